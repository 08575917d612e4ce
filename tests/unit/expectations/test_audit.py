"""What a night is worth, and what is kept of it."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations import audit
from expectations.checks import CheckResult, Verdict
from ground.home import Home

NIGHT = dt.datetime(2026, 3, 2, 4, 0)


def result(check_id: str = "dbt.some_check", **given: Any) -> CheckResult:
    fields: dict[str, Any] = {
        "check_id": check_id,
        "subject": "fct_contact",
        "tool": "dbt",
        "severity": "block",
        "radius": "snapshot",
        "reason": "contacts must be unique",
        "status": "pass",
        "checked_at": NIGHT,
    }
    return CheckResult(**(fields | given))


def decide(*results: CheckResult, run_id: str = "r1", night: dt.datetime = NIGHT) -> Verdict:
    return audit.decide(results, run_id=run_id, batch_id=7, definition_hash="abc", decided_at=night)


def test_a_night_without_a_failure_passes() -> None:
    verdict = decide(result(), result("gx.other", severity="warn"))
    assert (verdict.status, verdict.checks_n, verdict.failed_n, verdict.warned_n) == (
        "pass", 2, 0, 0,
    )  # fmt: skip


def test_a_warning_holds_nothing_back() -> None:
    verdict = decide(result(severity="warn", status="fail"))
    assert (verdict.status, verdict.failed_n, verdict.warned_n) == ("pass", 0, 1)


def test_a_blocking_failure_of_the_snapshot_publishes_nothing() -> None:
    assert decide(result(), result("x", status="fail")).status == "blocked"


def test_a_check_that_could_not_be_evaluated_is_never_a_pass() -> None:
    assert decide(result(status="error")).status == "blocked"


def test_a_client_check_holds_back_its_clients_alone() -> None:
    failing = result(radius="client", status="fail", clients=("bolt", "acme"))
    verdict = decide(result(), failing)
    assert (verdict.status, verdict.held_clients) == ("partial", ("acme", "bolt"))


def test_a_feed_check_holds_back_its_feeds_alone() -> None:
    verdict = decide(result(radius="feed", status="fail", feeds=("sim.contacts",)))
    assert (verdict.status, verdict.held_feeds) == ("partial", ("sim.contacts",))


@pytest.mark.parametrize("radius", ["client", "feed"])
def test_a_failure_that_cannot_say_whom_it_hits_holds_back_everything(radius: str) -> None:
    assert decide(result(radius=radius, status="error")).status == "blocked"


def test_a_build_that_nobody_checked_is_not_published() -> None:
    assert decide().status == "blocked"


def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_verdict_and_results_are_kept_in_ledger_and_file(tmp_path: Path) -> None:
    results = [result(), result("gx.x", status="fail", failing_n=3, sample=({"n": 1},))]
    path = audit.record(home(tmp_path), decide(*results), results)
    kept = json.loads(path.read_text())
    assert (kept["run_id"], kept["batch_id"], kept["status"]) == ("r1", 7, "blocked")
    assert [r["check_id"] for r in kept["results"]] == ["dbt.some_check", "gx.x"]
    con = duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True)
    assert con.execute("select status, failed_n from ledger.verdict").fetchall() == [("blocked", 1)]
    rows = con.execute("select check_id, status, sample from ledger.check_result order by 1")
    assert rows.fetchall() == [
        ("dbt.some_check", "pass", "[]"),
        ("gx.x", "fail", '[{"n": 1}]'),
    ]


def test_recording_a_run_again_replaces_it(tmp_path: Path) -> None:
    for _ in range(2):
        audit.record(home(tmp_path), decide(result()), [result()])
    con = duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True)
    assert con.execute("select count(*) from ledger.check_result").fetchall() == [(1,)]


def test_a_good_night_leaves_no_incident(tmp_path: Path) -> None:
    audit.record(home(tmp_path), decide(result()), [result()])
    assert not (tmp_path / "audit" / "incidents").exists()


def test_an_incident_says_what_since_when_whom_and_what_next(tmp_path: Path) -> None:
    (tmp_path / "published" / "snapshots" / "s41").mkdir(parents=True)
    (tmp_path / "published" / "current").symlink_to(tmp_path / "published" / "snapshots" / "s41")
    for day in range(1, 4):
        at = dt.datetime(2026, 3, day, 4, 0)
        one = result(
            "gx.handle_time.bounds",
            tool="gx",
            reason="a unit changed",
            status="pass" if day == 1 else "fail",
            failing_n=12,
            clients=("acme",),
            tables=("interaction.contact_leg",),
            sample=({"site_id": "krk", "mean_value": 180000.0},),
            checked_at=at,
        )
        run_id = f"r{day}"
        shown = {"interaction.contact_leg": ("The floor",), "client.day": ("Client statement",)}
        audit.record(home(tmp_path), decide(one, run_id=run_id, night=at), [one], shown=shown)
    page = (tmp_path / "audit" / "incidents" / "r3.md").read_text()
    assert "# Nothing was published: run r3" in page
    assert "## a unit changed" in page
    assert "Since: 2026-03-02 04:00 UTC" in page
    assert "failed on 12 rows" in page
    assert "`interaction.contact_leg`" in page
    assert "Dashboards it would have touched: The floor.\n" in page
    kept = json.loads((tmp_path / "audit" / "r3.json").read_text())
    assert kept["results"][0]["dashboards"] == ["The floor"]
    assert "last good snapshot: `s41`" in page
    assert "| krk | 180000.0 |" in page
    assert "## What to do next" in page
    assert not (tmp_path / "audit" / "incidents" / "r1.md").exists()


def test_a_check_that_failed_passed_and_fails_again_fails_since_this_night(tmp_path: Path) -> None:
    for day, status in ((1, "fail"), (2, "pass"), (3, "fail")):
        at = dt.datetime(2026, 3, day, 4, 0)
        one = result(status=status, checked_at=at)
        audit.record(home(tmp_path), decide(one, run_id=f"r{day}", night=at), [one])
    page = (tmp_path / "audit" / "incidents" / "r3.md").read_text()
    assert "Since: this night" in page


def test_a_warehouse_in_use_gives_a_clear_error_and_no_verdict_file(tmp_path: Path) -> None:
    con = duckdb.connect(str(tmp_path / "warehouse.duckdb"))
    con.execute("create schema ledger; create table ledger.check_result (other integer)")
    con.close()
    with pytest.raises(audit.AuditError, match="run r1: the verdict was not recorded"):
        audit.record(home(tmp_path), decide(result()), [result()])
    assert not (tmp_path / "audit" / "r1.json").exists()


def test_checks_that_broke_share_one_table(tmp_path: Path) -> None:
    results = [
        result(f"dbt.{n}", status="error", sample=({"error": "out of memory"},)) for n in range(3)
    ]
    audit.record(home(tmp_path), decide(*results), results)
    page = (tmp_path / "audit" / "incidents" / "r1.md").read_text()
    assert "## 3 checks could not be evaluated, which is no pass" in page
    assert "| `dbt.1` | this night | out of memory |" in page


def test_an_audit_without_a_build_says_so_and_leaves_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(audit.AuditError, match=r"manifest\.json: no dbt manifest; run the build"):
        audit.run(
            home(tmp_path),
            run_id="r1",
            batch_id=7,
            definition_hash="abc",
            run_results=[tmp_path / "run_results_test.json"],
            dashboard_faults=[],
        )
    assert not (tmp_path / "audit").exists()
