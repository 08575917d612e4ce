"""The steps between two variants add up exactly, whatever the parts are."""

import itertools
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ground.home import dbt_project_dir
from metrics.contracts import reader
from metrics.contracts.contract import MetricContract
from metrics.question.snapshot import MetricError
from metrics.reconcile import causes
from metrics.reconcile.causes import Family
from metrics.reconcile.figures import read
from metrics.reconcile.variants import UNEXPLAINED, against, explain, family_of, terms_of

DEFINITIONS = reader.load(dbt_project_dir() / "models" / "metrics")
FAMILIES = causes.load()


def _pairs() -> list[tuple[Family, MetricContract, MetricContract]]:
    found = []
    for one, other in itertools.permutations(DEFINITIONS.metrics, 2):
        if one.name == other.name and any(one.name in family.metrics for family in FAMILIES):
            try:
                found.append((family_of(one, other), one, other))
            except MetricError:
                continue
    return found


PAIRS = _pairs()
numbers = st.integers(min_value=0, max_value=10**6) | st.fractions(
    min_value=0, max_value=1000, max_denominator=8
)


def test_every_family_of_the_issue_can_be_reconciled() -> None:
    assert {one.name for _, one, _ in PAIRS} >= {
        "service_level", "abandonment", "handle_time", "occupancy", "first_contact_resolution",
        "csat", "attrition",
    }  # fmt: skip
    assert len(PAIRS) > 100


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_effects_add_up_to_the_difference_exactly(data: st.DataObject) -> None:
    family, first, second = data.draw(st.sampled_from(PAIRS))
    needed = sorted(terms_of(family, first) | terms_of(family, second))
    parts = {name: Fraction(data.draw(numbers)) for name in needed}
    steps = explain(family, first, second, parts)
    start, end = steps[0].value, steps[-1].value
    if start is None or end is None:
        return
    effects = [step.effect for step in steps if step.effect is not None]
    assert sum(effects, start) == end


def test_what_no_cause_explains_stays_by_itself() -> None:
    family, first, second = _named(
        "abandonment_of_queue_visits", "abandonment_of_queue_visits_less_short"
    )
    parts = dict.fromkeys(terms_of(family, first) | terms_of(family, second), Fraction(0))
    parts |= {
        "queue_visits_offered": Fraction(100),
        "queue_visits_abandoned": Fraction(20),
        "queue_visits_short_abandoned": Fraction(10),
        "queue_visits_offered_less_short": Fraction(90),
        "queue_visits_abandoned_less_short": Fraction(10),
        "queue_visits_answered": Fraction(80),
        "queue_visits_answered_in_time": Fraction(80),
        "queue_visits_answered_or_abandoned_in_time": Fraction(90),
        "queue_visits_answered_or_abandoned_late": Fraction(90),
    }
    steps = explain(family, first, second, parts)
    assert [(step.cause, step.effect) for step in steps[1:-1]] == [
        ("short abandons", Fraction(1, 9) - Fraction(1, 5)),
        (UNEXPLAINED, Fraction(0)),
    ]
    theirs = against(steps, Fraction(3, 25), "vendor.csv")
    assert theirs[-2].cause == UNEXPLAINED
    assert theirs[-2].effect == Fraction(3, 25) - Fraction(1, 9)
    assert theirs[-1].value == Fraction(3, 25)


def _named(first: str, second: str) -> tuple[Family, MetricContract, MetricContract]:
    return next(one for one in PAIRS if (one[1].id, one[2].id) == (first, second))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("client_id\nx\n", ":1: a report needs a column `value`"),
        ("client_id,value\nx,abc\n", ":2: 'abc' is not a number"),
        ("client_id,value\nx,81\n", ":2: 81 of a fraction; write 81 % or 0.81"),
        ("client_id,value\nx,.5,.6\n", ":2: 3 cells under 2 columns"),
        ("client_id,value\nx,0.5\n\nx,0.6\n", ":4: client_id x is there twice"),
        ("day,value\n02.03.2026,0.5\n", ":2: day '02.03.2026' is not a date"),
        ("day,week,value\n2026-03-02,2026-03-02,0.5\n", ":1: each column once, and one of day"),
        ("value\n", ":1: a report without a figure"),
    ],
)
def test_a_wrong_report_is_told_with_file_and_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "vendor.csv"
    path.write_text(text)
    with pytest.raises(MetricError) as caught:
        read(path, "fraction")
    assert str(caught.value).startswith(f"{path}:")
    assert says in str(caught.value)


def test_percents_of_a_report_are_read_as_such(tmp_path: Path) -> None:
    path = tmp_path / "vendor.csv"
    path.write_text("client_id,value\nx,81.5 %\ny,\n")
    assert read(path, "fraction").values == {("x",): Fraction(815, 1000), ("y",): None}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("handling: handle_s", "handling: handel_s", "no additive part handel_s"),
        ("      handle_s:\n", "      handel_s:\n", "no additive part handel_s"),
        ("        dialling: handle", "        ringing: handle", "cause 'ringing' has no place"),
        ("[handle_time]", "[handel_time]", "no metric is called handel_time"),
    ],
)
def test_a_wrong_cause_is_told_with_file_and_line(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert causes.findings(DEFINITIONS) == []
    path = tmp_path / "causes.yml"
    path.write_text(causes.CAUSES.read_text().replace(old, new))
    found = causes.findings(DEFINITIONS, path)
    assert any(says in one.message and one.line > 1 for one in found), found
