"""The page of pictures that comes with every snapshot."""

import datetime as dt
import re
from pathlib import Path

import duckdb
import pytest

from publish.drawing import Picture, figure, round_up
from publish.page import page


def serve_file(path: Path, *, with_headcount: bool) -> Path:
    with duckdb.connect(str(path)) as con:
        con.execute("create schema core; create schema interaction; create schema attrition")
        con.execute("create macro published_through() as date '2026-11-20'")
        con.execute(
            "create view core.snapshot as select '7-x' as snapshot_id, "
            "timestamp '2026-11-21 02:00:00' as published_at, 'pass' as verdict, 300 as checks_n"
        )
        con.execute(
            "create view interaction.queue_half_hour as "
            "select date '2026-11-01' + n::int as site_date, "
            "'<acme>' as client_id, 100 + n as offered_n, 80 as answered_n, 10 as abandoned_n, "
            "2 as short_abandoned_n, 0 as answered_unknown_wait_n, "
            "70 as answered_within_threshold_n, 800 as answered_wait_s "
            "from range(20) as days(n)"
        )
        if with_headcount:
            con.execute(
                "create view attrition.headcount_month as select date '2026-10-01' as "
                "month_start_date, 'as_is' as known_as, 40 as closing_n"
            )
    return path


def test_a_page_draws_what_is_published_and_names_what_is_not(tmp_path: Path) -> None:
    made = page(serve_file(tmp_path / "serve.duckdb", with_headcount=True))
    assert made.count("<svg") == 5
    assert "Without data: Staying, by days since hire." in made
    assert dt.date(2026, 11, 1).isoformat() in made
    assert "the last day that every site has sent is 2026-11-20" in made
    assert "<li><b>119</b>offered</li>" in made
    assert "<li><b>59.8%</b>answered in time</li>" in made
    assert "people employed" not in made


def test_distances_are_in_proportion_and_an_interval_is_a_band() -> None:
    """Days 0, 1 and 10 of a survival: the steps stand at a tenth and at the end of the axis."""
    rows = [
        (day, name, value)
        for day, staying in ((0, 1.0), (1, 0.5), (10, 0.25))
        for name, value in (("staying", staying), ("low", staying / 2), ("high", staying))
    ]
    made = figure(Picture("t", "v", "a", "", percent=True, steps=True), rows)
    (line,) = re.findall(r"<polyline [^>]*points='([^']*)'", made)
    xs = [float(point.split(",")[0]) for point in line.split()]
    assert len(xs) == 5
    span = xs[-1] - xs[0]
    assert [round((x - xs[0]) / span, 3) for x in xs] == [0, 0.1, 0.1, 1, 1]
    assert made.count("<polygon") == 1
    assert "95 % interval" in made
    assert ">low<" not in made


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (0.17, 0.2), (1, 1), (73, 80), (356, 400), (801, 1000)]
)
def test_an_axis_ends_at_a_round_number(value: float, top: float) -> None:
    assert round_up(value) == pytest.approx(top)


def test_a_page_needs_no_network_and_lets_no_name_become_markup(tmp_path: Path) -> None:
    made = page(serve_file(tmp_path / "serve.duckdb", with_headcount=False))
    assert "&lt;acme&gt;" in made
    assert "<acme>" not in made
    for outside in ("http:", "https:", "<script", "src=", "@import", "url("):
        assert outside not in made
