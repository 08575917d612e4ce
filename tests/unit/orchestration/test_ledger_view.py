"""What the ledger's view says of unknown people and of clocks that disagree."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from ground.home import Home
from orchestration.run import ledger_view
from orchestration.run.status import is_gap

TABLES = """
create schema ledger; create schema core;
create table ledger.unmapped (
    system varchar, map varchar, column_name varchar, code varchar, rows_n bigint, file_id bigint);
create table ledger.file (system varchar, feed varchar, extract_date date, verdict varchar);
create table core.fct_contact (
    contact_id varchar, source_system varchar, started_at_utc timestamp, event_date date);
create table core.fct_contact_leg (
    source_system varchar, agent_id varchar, is_answered boolean, answered_at_utc timestamp,
    event_date date);
create table core.fct_agent_activity (
    source_system varchar, agent_id varchar, activity varchar, started_at_utc timestamp,
    event_date date);
create table core.fct_case (source_system varchar, contact_id varchar, opened_at_utc timestamp);
create table core.fct_survey (
    source_system varchar, contact_id varchar, responded_at_utc timestamp);
"""
DAY = "timestamp '2026-03-10 08:00:00'"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.root.mkdir(parents=True)
    tell(made, TABLES)
    return made


def tell(home: Home, sql: str) -> None:
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute(sql)


def found(home: Home, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in ledger_view._rows(home, sql)]


def agents_on_contact(home: Home, ahead_s: int) -> None:
    """Thirty calls of one telephony, and the states of another system `ahead_s` later."""
    tell(
        home,
        f"insert into core.fct_contact_leg select 'acd', 'ann', true, "
        f"{DAY} + to_minutes(n * 20), date '2026-03-10' from range(30) as t (n); "
        f"insert into core.fct_agent_activity select 'desk', 'ann', 'on_contact', "
        f"{DAY} + to_minutes(n * 20) + to_seconds({ahead_s}), date '2026-03-10' "
        f"from range(30) as t (n)",
    )


def test_a_clock_that_is_ahead_is_told_with_its_seconds(home: Home) -> None:
    agents_on_contact(home, 90)
    assert found(home, ledger_view.CLOCKS) == [("desk", "acd", "states and calls", 30, 90)]


def test_clocks_that_agree_are_not_told(home: Home) -> None:
    agents_on_contact(home, 2)
    assert found(home, ledger_view.CLOCKS) == []


def test_cases_before_their_calls_tell_of_a_clock_that_is_behind(home: Home) -> None:
    tell(
        home,
        f"insert into core.fct_contact select 'acd:' || n, 'acd', {DAY} + to_minutes(n), "
        f"date '2026-03-10' from range(10) as t (n); "
        f"insert into core.fct_case select 'crm', 'acd:' || n, "
        f"{DAY} + to_minutes(n) - to_seconds(case when n < 4 then 600 else -60 end) "
        f"from range(10) as t (n)",
    )
    assert found(home, ledger_view.CLOCKS) == [
        ("crm", "acd", "records before their contact", 4, -600)
    ]


def test_people_that_nobody_knows_are_counted_by_system(home: Home) -> None:
    tell(
        home,
        "insert into ledger.unmapped values ('acd', 'company.agents', 'agent_code', 'x', 5, 1), "
        "('acd', 'company.agents', 'agent_code', 'x', 2, 2), "
        "('acd', 'company.agents', 'agent_code', 'y', 1, 2), "
        "('acd', 'company.queues', 'queue_code', 'q', 9, 2)",
    )
    assert found(home, ledger_view.IDENTITIES) == [("acd", 2, 8, 2)]


def test_two_days_that_never_came_are_told(home: Home) -> None:
    tell(
        home,
        "insert into ledger.file select 'acd', 'calls', date '2026-03-01' + n, "
        "case when n = 4 then 'rejected' else 'loaded' end "
        "from unnest([0, 1, 2, 4, 5, 6]) as t (n)",
    )
    assert found(home, ledger_view.GAPS) == [("acd.calls", "2026-03-04", "2026-03-05", 2)]
    (row,) = ledger_view._rows(home, ledger_view.GAPS)
    assert is_gap(row, 30)
    assert not is_gap(row, 80), "nothing comes at weekends"
    assert not is_gap(row, None), "comes when it changes"
