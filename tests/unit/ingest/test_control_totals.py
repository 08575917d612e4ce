"""A file that says how long it is, is taken only as long as it says."""

import pytest

from ingest.read.landing import unclaimed, waiting
from tests.unit.ingest.calls import CALLS, DAY, HEADER, Centre, call

NAME = f"calls_north_{DAY}.csv"
ROWS = [call(f"c{n}") for n in range(20)]


def with_control(centre: Centre, control: str) -> None:
    centre.contract(
        CALLS.replace("delivery: increment", f"control: {control}\ndelivery: increment")
    )


def text(*lines: str) -> str:
    return "\n".join([HEADER, *lines]) + "\n"


def refused(centre: Centre) -> list[str]:
    found = centre.ask("select reason from ledger.file where verdict = 'rejected'")
    return [str(row[0]) for row in found]


TRAILERS = {
    "whole": (text(*ROWS, "TRAILER;20"), 20, None),
    "cut at a line end": (text(*ROWS[:8]), 0, "its last line is not the trailer"),
    "a line lost on the way": (
        text(*ROWS[:19], "TRAILER;20"),
        0,
        "says 20 records and it holds 19",
    ),
    "a line twice": (text(*ROWS, ROWS[0], "TRAILER;20"), 0, "says 20 records and it holds 21"),
    "no rows on a quiet day": (text("TRAILER;0"), 0, None),
}


@pytest.mark.parametrize("case", TRAILERS)
@pytest.mark.parametrize("name", [NAME, NAME + ".gz"])
def test_a_trailer_is_compared_with_what_is_there(centre: Centre, case: str, name: str) -> None:
    with_control(centre, '{trailer: "TRAILER;(\\\\d+)"}')
    content, loaded_n, why = TRAILERS[case]
    centre.drop(name, content)
    outcome = centre.night()
    assert outcome.loaded_n == loaded_n
    assert [why in one for one in refused(centre)] == ([True] if why else []), refused(centre)
    assert outcome.quarantined_n == 0, "a trailer is no row"


@pytest.mark.parametrize(
    ("marker", "loaded_n", "why"),
    [
        (None, None, None),
        ("", 20, None),
        ("20\n", 20, None),
        ("rows=20", 20, None),
        ("21", 0, "says 21 records and it holds 20"),
        ("0207946012", 0, "says 1,000,000 or more records and it holds 20"),
    ],
)
def test_a_file_waits_for_its_marker_and_is_as_long_as_that_says(
    centre: Centre, marker: str | None, loaded_n: int | None, why: str | None
) -> None:
    with_control(centre, "{marker: .done}")
    centre.drop(NAME, text(*ROWS))
    if marker is not None:
        centre.drop(NAME + ".done", marker)
    outcome = centre.night()
    assert [file.loaded_n for file in outcome.files] == ([] if loaded_n is None else [loaded_n])
    assert [why in one for one in refused(centre)] == ([True] if why else [])
    if marker is None:
        (waits,) = waiting(centre.home, centre.contracts())
        assert waits.file_name == f"{NAME} (waits for its .done)"
        centre.drop(NAME + ".done", "20")
        assert centre.night().loaded_n == 20
    assert unclaimed(centre.home, centre.contracts()) == [], "a marker is claimed by its file"


@pytest.mark.parametrize(
    "control",
    ["{trailer: TRAILER}", "{marker: done}", "{total: 3}"],
    ids=["no group", "no ending", "unknown"],
)
def test_a_control_that_cannot_work_is_refused(centre: Centre, control: str) -> None:
    from ingest.errors import ContractError

    with_control(centre, control)
    with pytest.raises(ContractError):
        centre.contracts()
