"""The guards of the contracts over a real build: clean, corrupted, untouched, missing."""

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import pytest

from expectations import audit
from expectations.guards import suite
from ground.home import CHECKOUT, Home


@pytest.fixture
def build(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of the worked examples' build, free to corrupt."""
    monkeypatch.setenv("HEADSET_DBT_PROJECT", str(CHECKOUT / "dbt_project"))
    copy = Home(tmp_path)
    shutil.copy(home.warehouse, copy.warehouse)
    copy.target.mkdir()
    for name in ("manifest.json", "semantic_manifest.json"):
        shutil.copy(home.target / name, copy.target)
    return copy


def corrupt(build: Home, sql: str) -> None:
    con = duckdb.connect(str(build.warehouse))
    con.execute(sql)
    con.close()


# One example is about agents who hang up on customers; its alarm is right to ring.
ALARMS = {"gx.short_contacts.under_10_s_of_handled.plausible_by_queue_id"}


def test_a_clean_build_passes_every_guard_but_the_alarm_an_example_plants(build: Home) -> None:
    results = suite.check(build)
    assert {r.check_id for r in results if not r.passed} == ALARMS
    assert {r.severity for r in results if not r.passed} == {"warn"}
    assert len(results) > 150


def test_a_site_that_sends_milliseconds_blocks_the_snapshot(build: Home) -> None:
    corrupt(build, "update core.fct_contact_leg set talk_s = talk_s * 1000")
    results = suite.check(build, dates=[dt.date(2026, 3, 2)])
    caught = next(r for r in results if r.check_id.endswith("plausible_by_site_id"))
    assert (caught.status, caught.severity, caught.radius) == ("fail", "block", "snapshot")
    assert caught.reason.startswith("a unit changed")
    assert {"interaction.contact_leg", "agent.day"} <= set(caught.tables)
    assert caught.sample[0]["site_id"] == "here"
    verdict = audit.decide(results, run_id="r1", batch_id=1, definition_hash="x")
    assert verdict.status == "blocked"


def test_a_fault_outside_the_touched_dates_is_not_looked_for(build: Home) -> None:
    corrupt(build, "update core.fct_contact_leg set talk_s = talk_s * 1000")
    assert all(r.passed for r in suite.check(build, dates=[dt.date(2026, 6, 1)]))


def test_a_night_that_touched_nothing_passes(build: Home) -> None:
    assert all(r.passed for r in suite.check(build, dates=[]))


def test_a_fact_that_is_missing_is_an_error_and_blocks(build: Home) -> None:
    corrupt(build, "drop table core.fct_contact_leg")
    results = suite.check(build)
    assert [(r.status, r.holds) for r in results] == [("error", True)]


def test_a_build_that_never_ran_says_so(tmp_path: Path) -> None:
    with pytest.raises(suite.GuardError, match=r"semantic_manifest\.json: no semantic manifest"):
        suite.check(Home(tmp_path))
