"""Laws of the ledger: each broken once, and exactly its own check tells."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from expectations import ledger_checks
from expectations.checks import CheckResult
from expectations.ledger_checks import FeedRule
from ground.home import Home

RULES = (FeedRule("sim.contacts", "sim__contacts", "increment", 30),)
CLEAN = """
    create schema ledger; create schema raw;
    create table ledger.batch (batch_id bigint, through_date date);
    create table ledger.file (file_id bigint, system varchar, feed varchar, file_name varchar,
        extract_date date, captures varchar, landed_n bigint, loaded_n bigint,
        quarantined_n bigint, superseded_n bigint, verdict varchar, reason varchar,
        batch_id bigint, expired_n bigint, present_n bigint, instance varchar);
    create table ledger.quarantine (quarantine_id bigint, file_id bigint, rows_n bigint);
    create table ledger.quarantine_closed (quarantine_id bigint);
    create table ledger.unmapped (system varchar, feed varchar, file_id bigint, map varchar,
        column_name varchar, code varchar, rows_n bigint);
    create table raw.sim__contacts (_file_id bigint, _event_date date, _is_current boolean);
    insert into ledger.batch values (3, date '2026-03-10');
    insert into ledger.file
        select day, 'sim', 'contacts', 'contacts_krk_' || day || '.csv.gz',
               date '2026-03-01' + day::integer, '{"site": "krk"}', 102, 100, 2, 0,
               'loaded', null, 3, 0, 102, 'default'
        from range(10) as days(day);
    insert into ledger.quarantine select file_id * 2, file_id, 1 from ledger.file;
    insert into ledger.quarantine select file_id * 2 + 1, file_id, 1 from ledger.file;
    insert into raw.sim__contacts
        select file_id, extract_date, true from ledger.file, range(100);
"""
BROKEN = {
    "a row that vanished": (
        "update ledger.file set landed_n = 103 where file_id = 4",
        "ledger.accounting",
    ),
    "a row that another count finds and the reader did not": (
        "update ledger.file set present_n = 103 where file_id = 4",
        "ledger.accounting",
    ),
    "rows in raw that the ledger does not know": (
        "insert into raw.sim__contacts values (4, date '2026-03-05', true)",
        "ledger.raw_counts",
    ),
    "rows of no file at all": (
        "insert into raw.sim__contacts values (99, date '2026-03-05', true)",
        "ledger.raw_counts",
    ),
    "a quarantine row that vanished": (
        "delete from ledger.quarantine where quarantine_id = 8",
        "ledger.quarantine_counts",
    ),
    "a file that was refused": (
        """insert into ledger.file values (50, 'sim', 'contacts', 'bad.csv.gz',
           date '2026-03-10', '{"site": "mnl"}', 0, 0, 0, 0, 'rejected', 'no header',
           3, 0, null, 'default')""",
        "ledger.rejected_files",
    ),
    "codes that no map knows": (
        """insert into ledger.unmapped values
           ('sim', 'contacts', 5, 'company.dispositions', 'disposition_code', 'X9', 20)""",
        "ledger.unmapped_share",
    ),
    "a feed that stopped": (
        "update ledger.batch set through_date = date '2026-03-12'",
        "ledger.freshness",
    ),
    "an extract that never came": (
        """delete from ledger.file where file_id = 4; delete from ledger.quarantine
           where file_id = 4; update raw.sim__contacts set _file_id = 5 where _file_id = 4;
           update ledger.file set loaded_n = 200, landed_n = 202, present_n = 202
           where file_id = 5""",
        "ledger.missing_extracts",
    ),
    "a day without a row": (
        "update raw.sim__contacts set _event_date = date '2026-03-06' where _file_id = 4",
        "ledger.missing_event_dates",
    ),
}


def check(
    tmp_path: Path, planted: str, rules: tuple[FeedRule, ...] = RULES
) -> dict[str, CheckResult]:
    con = duckdb.connect(str(tmp_path / "warehouse.duckdb"))
    con.execute(CLEAN)
    con.execute(planted)
    con.close()
    results = ledger_checks.check(Home(tmp_path), batch_id=3, rules=rules)
    return {result.check_id: result for result in results}


def test_a_clean_ledger_breaks_no_law(tmp_path: Path) -> None:
    results = check(tmp_path, "select 1")
    assert {r.status for r in results.values()} == {"pass"}
    assert len(results) == 8


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_law_fails_its_own_check_alone(tmp_path: Path, fault: str) -> None:
    planted, expected = BROKEN[fault]
    results = check(tmp_path, planted)
    assert {name for name, r in results.items() if not r.passed} == {expected}
    assert results[expected].feeds in (("sim.contacts",), ())


@pytest.mark.parametrize(
    "law", ["ledger.accounting", "ledger.raw_counts", "ledger.quarantine_counts"]
)
def test_rows_that_do_not_add_up_block_the_snapshot(tmp_path: Path, law: str) -> None:
    result = check(tmp_path, "select 1")[law]
    assert (result.severity, result.radius) == ("block", "snapshot")


def test_a_refused_file_is_named_with_its_reason(tmp_path: Path) -> None:
    result = check(tmp_path, BROKEN["a file that was refused"][0])["ledger.rejected_files"]
    assert result.severity == "warn"
    assert result.sample == (
        {"feed": "sim.contacts", "file_name": "bad.csv.gz", "reason": "no header"},
    )


def test_missing_dates_are_named(tmp_path: Path) -> None:
    result = check(tmp_path, BROKEN["a day without a row"][0])["ledger.missing_event_dates"]
    assert [row["missing_date"] for row in result.sample] == ["2026-03-05"]


def test_a_centre_that_is_closed_on_sundays_misses_nothing(tmp_path: Path) -> None:
    planted = """
        delete from raw.sim__contacts;
        insert into raw.sim__contacts
            select day % 10, date '2026-01-01' + day::integer, true from range(60) as d(day)
            where dayofweek(date '2026-01-01' + day::integer) <> 0;
        update ledger.file set loaded_n = (
            select count(*) from raw.sim__contacts where _file_id = file_id);
        update ledger.file set landed_n = loaded_n + 2"""
    assert check(tmp_path, planted)["ledger.missing_event_dates"].passed


def test_closed_quarantine_no_longer_counts(tmp_path: Path) -> None:
    planted = """
        insert into ledger.quarantine_closed values (8);
        update ledger.file set quarantined_n = 1, loaded_n = 101 where file_id = 4;
        insert into raw.sim__contacts values (4, date '2026-03-05', true)"""
    assert {r.status for r in check(tmp_path, planted).values()} == {"pass"}


def test_one_account_that_is_silent_is_late_while_another_is_fresh(tmp_path: Path) -> None:
    rules = (replace(RULES[0], instances=("default", "beta")),)
    planted = """
        update ledger.file set instance = 'beta' where file_id = 3;
        update ledger.file set extract_date = date '2026-03-01' where file_id = 0"""
    late = check(tmp_path, planted, rules)["ledger.freshness"]
    assert [(row["account"], row["newest_extract"]) for row in late.sample] == [
        ("beta", "2026-03-04")
    ]


def test_a_law_that_cannot_be_evaluated_is_an_error(tmp_path: Path) -> None:
    results = check(tmp_path, "drop table ledger.unmapped")
    assert results["ledger.unmapped_share"].status == "error"
    assert "unmapped" in str(results["ledger.unmapped_share"].sample[0]["error"])
