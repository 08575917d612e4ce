"""A company map that changes touches the dates on which a changed code occurs, and no others."""

from datetime import date
from pathlib import Path

import pytest

from tests.unit.ingest.calls import Centre, call, make_centre

LINES = "line,client_id,valid_from,valid_to\n"
SITES = "site_id,time_zone,valid_from,valid_to\n"
ALBA, BRISA = "100,alba,2026-01-01,\n", "200,brisa,2026-01-01,\n"
CHANGES = {
    "the same rows in another order": ("lines", LINES + BRISA + ALBA, []),
    "a row cut in two that say the same": (
        "lines",
        LINES + "100,alba,2026-01-01,2026-03-09\n100,alba,2026-03-09,\n" + BRISA,
        [],
    ),
    "a line nobody calls": ("lines", LINES + ALBA + BRISA + "300,alba,2026-01-01,\n", []),
    "a line changes hands on the eleventh": (
        "lines",
        LINES + ALBA + "200,brisa,2026-01-01,2026-03-11\n200,alba,2026-03-11,\n",
        ["2026-03-11"],
    ),
    "a line was nobody's before the ninth": (
        "lines",
        LINES + "100,alba,2026-03-09,\n" + BRISA,
        ["2026-03-08"],
    ),
    "a line is taken out": ("lines", LINES + ALBA, ["2026-03-09", "2026-03-11"]),
    "the site moves to another zone on the tenth, and a night before by some clocks": (
        "sites",
        SITES + "north,Europe/Madrid,2026-01-01,2026-03-10\nnorth,Europe/London,2026-03-10,\n",
        ["2026-03-09", "2026-03-10", "2026-03-11"],
    ),
}


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """Line 100 is called on the 8th and 10th, line 200 on the 9th and 11th of March."""
    made = make_centre(tmp_path)
    for number, line in ((8, "100"), (9, "200"), (10, "100"), (11, "200")):
        day = date(2026, 3, number)
        made.calls(call(f"c{number}", line=line, start=f"{day}T12:00:00+01:00"), day=day)
    made.night(date(2026, 3, 11))
    return made


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_map_touches_the_dates_of_its_changed_codes(centre: Centre, change: str) -> None:
    feed, text, dates = CHANGES[change]
    centre.drop(f"{feed}_2026-03-12.csv", text, "company")
    centre.night(date(2026, 3, 12))
    assert centre.touched() == dates
