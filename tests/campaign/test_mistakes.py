"""Operators' mistakes: no row is lost, nothing wrong is published, a sentence says what to do.

`make campaign` runs every row; the rows that are quick, because they end before a build, run with
all other tests.
"""

import os

import pytest

from tests.campaign.case import ROWS, Case, Offered, run, says
from tests.campaign.mistakes import MISTAKES, Mistake

WHOLE = os.environ.get("CAMPAIGN") == "whole"
RIGHT = ("published", "partial", "unchanged", "untouched")


@pytest.mark.parametrize(
    "mistake", [one for one in MISTAKES if WHOLE or one.quick], ids=lambda one: one.name
)
def test_a_mistake_loses_nothing_and_says_what_to_do(
    case: Case, mistake: Mistake, request: pytest.FixtureRequest
) -> None:
    before: Offered = request.getfixturevalue("before")
    # A refused night publishes nothing: what a right one would have is not needed.
    after: Offered = before if mistake.ends == "refused" else request.getfixturevalue("after")
    told = run(case, mistake, before, after)
    ROWS.append(told)
    assert told.faults == []
    assert (told.ended, says(mistake, told)) == (mistake.ends, True), told.said
    assert told.recovered in RIGHT, told.recovered
