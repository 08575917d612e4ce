"""Which feeds, metrics and pages are alive, and which file would light those that are dark."""

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from ground.home import Home
from ground.systems import SIMULATED
from orchestration.cli import cli
from orchestration.run.coverage import would_fill
from publish.snapshot import serve_file
from tests.centre import Centre


def headset(*arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments])


def test_everything_that_was_counted_is_alive_and_no_more(centre: Centre) -> None:
    """The simulated centre fills every feed; a metric is dark where its values say so."""
    result = headset("coverage", "--format", "json")
    assert result.exit_code == 0, result.output
    now = json.loads(result.stdout)
    feeds = {row["feed"]: row for row in now["feeds"]}
    assert len(feeds) == 20
    assert all(row["rows_n"] > 0 for row in feeds.values()), feeds
    assert feeds["contacts"]["since"] == str(centre.first_day)
    alive = {row["metric"] for row in now["metrics"] if row["alive"]}
    assert {"service_level.answered_of_offered", "abandonment.of_contacts"} <= alive
    with duckdb.connect(str(serve_file(centre.home)), read_only=True) as con:
        counted = con.execute(
            "select distinct metric from metric.value where value <> 0"
        ).fetchall()
    assert {name for (name,) in counted} <= alive
    pages = {row["page"]: row for row in now["pages"]}
    assert pages["Data trust"]["dark_n"] == 0


def test_a_feed_that_nobody_sends_darkens_what_stands_on_it_alone(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of the same home without its people systems: schedules light adherence again."""
    left = [one for one in SIMULATED.split(",") if one != "sim_wfm"]
    monkeypatch.setenv("HEADSET_SYSTEMS", ",".join(left))
    now = json.loads(headset("coverage", "--format", "json").stdout)
    feeds = {row["feed"]: row for row in now["feeds"]}
    assert feeds["schedules"]["rows_n"] == 0
    assert feeds["schedules"]["would_fill"] == (
        "enable forms, then landing/forms/schedules_{extract_date}[.r{revision}].csv"
    )


def test_the_file_that_lights_a_feed_is_of_an_enabled_system_first() -> None:
    from ground.home import sources_dir
    from ground.systems import every_system
    from ingest.contracts.contract import load_contracts

    packaged = load_contracts(sources_dir(), every_system(sources_dir()))
    mine = [c for c in packaged if c.system == "zendesk" and "cases" in c.fills]
    assert would_fill("cases", mine, packaged).startswith("landing/zendesk/tickets_")
    assert "asterisk" in would_fill("agent_activity", [], packaged)
    assert would_fill("pulse", [], packaged).startswith("enable forms")
    assert would_fill("no_such_feed", [], packaged) == "`headset source new`"


def test_before_the_first_night_only_the_feeds_are_told(own_home: Path) -> None:
    result = headset("coverage")
    assert result.exit_code == 0, result.output
    assert "Nothing is published yet" in result.output
    assert not Home(own_home).warehouse.exists()
