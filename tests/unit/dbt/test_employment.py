"""Employment in two times: what held on a date, and what was known of it at an instant."""

from datetime import date, datetime, timedelta
from typing import Any

from duckdb import DuckDBPyConnection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.dbt.compiled import Compiled

HR = {"source_system": "hr", "file_id": 1, "row_number": 1}


def job(agent: str, valid_from: str, recorded_at: str, **more: Any) -> dict[str, Any]:
    """A version of a job record of team leader L1 in Warsaw."""
    return {
        **HR,
        "agent_code": agent,
        "valid_from": valid_from,
        "recorded_at": recorded_at,
        "event_date": recorded_at[:10],
        "is_withdrawn": False,
        "leader_code": "L1",
        "site_id": "waw",
        "role": "agent",
    } | more


def event(event_id: str, agent: str, kind: str, day: str, recorded_at: str, **more: Any) -> Any:
    """An employment event."""
    return {
        **HR,
        "employment_event_id": event_id,
        "agent_code": agent,
        "kind": kind,
        "effective_date": day,
        "recorded_at": recorded_at,
        "event_date": recorded_at[:10],
    } | more


MODELS = ("fct_employment", "dim_employment", "int_employment_history", "fct_employment_anomaly")


def known(con: DuckDBPyConnection, day: str, instant: str) -> list[tuple[Any, ...]]:
    """Leader of everybody employed on a date, as known at an instant."""
    return con.execute(
        "select agent_id, leader_id from intermediate.int_employment_history "
        "where valid_from <= ?::date and valid_to > ?::date "
        "and known_from <= ?::timestamp and known_to > ?::timestamp order by 1",
        [day, day, instant, instant],
    ).fetchall()


def test_a_move_recorded_late_changes_what_is_and_not_what_was_known(compiled: Compiled) -> None:
    con = compiled.database(
        {
            "feed_employment": [
                job("A", "2026-01-05", "2026-01-01 08:00:00"),
                job("A", "2026-03-01", "2026-04-10 08:00:00", leader_code="L2"),
            ],
            "feed_employment_events": [
                event("1", "A", "hire", "2026-01-05", "2026-01-01 08:00:00")
            ],
        },
        *MODELS,
    )
    assert known(con, "2026-03-15", "2026-04-01 00:00:00") == [("hr:A", "hr:L1")]
    assert known(con, "2026-03-15", "2026-04-11 00:00:00") == [("hr:A", "hr:L2")]
    assert known(con, "2026-02-15", "2026-04-11 00:00:00") == [("hr:A", "hr:L1")]
    spans = "select valid_from::varchar, valid_to::varchar, leader_id from core.dim_employment"
    assert con.execute(spans + " order by 1").fetchall() == [
        ("2026-01-05", "2026-03-01", "hr:L1"),
        ("2026-03-01", None, "hr:L2"),
    ]


def test_a_withdrawn_record_never_held_and_the_one_beneath_holds_again(compiled: Compiled) -> None:
    con = compiled.database(
        {
            "feed_employment": [
                job("A", "2026-01-05", "2026-01-01 08:00:00"),
                job("A", "2026-03-01", "2026-02-10 08:00:00", leader_code="L2"),
                job("A", "2026-03-01", "2026-03-10 08:00:00", leader_code="L2", is_withdrawn=True),
            ]
        },
        *MODELS,
    )
    assert known(con, "2026-03-05", "2026-03-06 00:00:00") == [("hr:A", "hr:L2")]
    assert known(con, "2026-03-05", "2026-03-11 00:00:00") == [("hr:A", "hr:L1")]
    assert con.execute("select count(*) from core.dim_employment").fetchall() == [(1,)]


def test_a_rescinded_leaving_was_known_for_a_while_and_then_never_was(compiled: Compiled) -> None:
    con = compiled.database(
        {
            "feed_employment": [job("A", "2026-01-05", "2026-01-01 08:00:00")],
            "feed_employment_events": [
                event("1", "A", "hire", "2026-01-05", "2026-01-01 08:00:00"),
                event("2", "A", "termination", "2026-03-01", "2026-02-20 08:00:00"),
                event(
                    "3", "A", "rescind", "2026-03-01", "2026-03-05 08:00:00", rescinds_event_id="2"
                ),
            ],
        },
        *MODELS,
        "fct_employment_event",
    )
    assert known(con, "2026-03-02", "2026-03-03 00:00:00") == []
    assert known(con, "2026-03-02", "2026-03-06 00:00:00") == [("hr:A", "hr:L1")]
    assert con.execute(
        "select kind from core.fct_employment_event where is_rescinded"
    ).fetchall() == [("termination",)]


def test_a_rehire_is_a_second_employment_with_its_own_service(compiled: Compiled) -> None:
    con = compiled.database(
        {
            "feed_employment": [job("A", "2024-01-01", "2024-01-01 08:00:00")],
            "feed_employment_events": [
                event("1", "A", "hire", "2024-01-01", "2024-01-01 08:00:00"),
                event("2", "A", "termination", "2025-01-01", "2025-01-01 08:00:00"),
                event(
                    "3",
                    "A",
                    "rehire",
                    "2025-06-01",
                    "2025-06-01 08:00:00",
                    service_date="2024-06-01",
                ),
            ],
        },
        *MODELS,
    )
    assert con.execute(
        "select spell_number, hired_date::varchar, left_date::varchar, service_date::varchar, "
        "hire_kind from core.dim_employment order by 1"
    ).fetchall() == [
        (1, "2024-01-01", "2025-01-01", "2024-01-01", "hire"),
        (2, "2025-06-01", None, "2024-06-01", "rehire"),
    ]


def test_what_cannot_be_so_is_named_by_rule_and_kept(compiled: Compiled) -> None:
    con = compiled.database(
        {
            "feed_employment": [
                job("TWO", "2026-01-01", "2026-01-01 08:00:00"),
                job("TWO", "2026-02-01", "2026-01-01 08:00:00", leader_code="L2"),
                job("OVER", "2026-01-01", "2026-01-01 08:00:00", valid_to="2026-03-01"),
                job("OVER", "2026-02-01", "2026-02-01 08:00:00"),
                job("SELF", "2026-01-01", "2026-01-01 08:00:00", leader_code="SELF"),
                job("NOWHERE", "2026-01-01", "2026-01-01 08:00:00", site_id=None),
                job("BEFORE", "2026-01-01", "2026-01-01 08:00:00"),
                job("USUAL", "2026-01-01", "2026-01-01 08:00:00"),
                job("USUAL", "2026-02-01", "2026-01-20 08:00:00", leader_code="L2"),
            ],
            "feed_employment_events": [
                event("1", "BEFORE", "hire", "2026-01-01", "2026-01-01 08:00:00"),
                event("2", "BEFORE", "termination", "2025-12-01", "2026-01-01 08:00:00"),
                event("3", "LOST", "hire", "2026-01-01", "2026-01-01 08:00:00"),
            ],
        },
        *MODELS,
    )
    found = (
        "select rule, agent_id, first_date::varchar from core.fct_employment_anomaly order by all"
    )
    assert con.execute(found).fetchall() == [
        ("employed_without_job_record", "hr:LOST", "2026-01-01"),
        ("leader_of_himself", "hr:SELF", "2026-01-01"),
        ("overlapping_job_records", "hr:OVER", "2026-02-01"),
        ("overlapping_job_records", "hr:TWO", "2026-02-01"),
        ("person_without_site", "hr:NOWHERE", "2026-01-01"),
        ("termination_before_hire", "hr:BEFORE", "2025-12-01"),
        ("two_leaders_on_one_day", "hr:TWO", "2026-02-01"),
    ]
    assert len(known(con, "2026-02-15", "2026-11-01 00:00:00")) == 7


def test_codes_older_than_the_crosswalk_are_those_of_its_first_row(compiled: Compiled) -> None:
    code = {"source_system": "hr", "agent_code": "A", "site_id": "waw"}
    con = compiled.database(
        {
            "stg_company__agents": [
                {**code, "agent_id": "E1", "valid_from": "2025-01-01", "valid_to": "2026-01-01"},
                {**code, "agent_id": "E2", "valid_from": "2026-01-01"},
            ],
            "feed_employment": [
                job("A", "2019-01-01", "2019-01-01 08:00:00", valid_to="2026-01-01"),
                job("A", "2026-01-01", "2026-01-01 08:00:00"),
            ],
        },
        *MODELS,
    )
    held = "select agent_id, is_mapped from core.fct_employment order by valid_from"
    assert con.execute(held).fetchall() == [("E1", True), ("E2", True)]


DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 12))
VERSION = st.tuples(
    st.sampled_from("AB"),
    DAYS,
    st.one_of(st.none(), st.integers(1, 8)),
    st.booleans(),
    st.sampled_from(["L1", "L2", None]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(VERSION, max_size=9), DAYS, st.integers(0, 10))
def test_one_version_at_most_holds_and_it_is_the_latest_known(
    compiled: Compiled, drawn: list[Any], day: date, steps: int
) -> None:
    rows = [
        job(
            agent,
            str(start),
            str(datetime(2026, 1, 1) + timedelta(days=step)),
            valid_to=start + timedelta(days=length) if length else None,
            is_withdrawn=withdrawn,
            leader_code=leader,
        )
        for step, (agent, start, length, withdrawn, leader) in enumerate(drawn)
    ]
    instant = datetime(2026, 1, 1, 12) + timedelta(days=steps)
    expected = {}
    for row in rows:
        later = [
            other["recorded_at"]
            for other in rows
            if (other["agent_code"], other["valid_from"]) == (row["agent_code"], row["valid_from"])
            and row["recorded_at"] < other["recorded_at"] <= str(instant)
        ]
        covers = row["valid_from"] <= str(day) and (not row["valid_to"] or day < row["valid_to"])
        if row["recorded_at"] <= str(instant) and not later and not row["is_withdrawn"] and covers:
            expected["hr:" + row["agent_code"]] = row["leader_code"] and "hr:" + row["leader_code"]
    con = compiled.database({"feed_employment": rows}, "fct_employment", "int_employment_history")
    as_was = con.execute(
        "select agent_id, leader_id from core.fct_employment "
        "where valid_from <= $1 and coalesce(valid_to, '9999-12-31') > $1 "
        "and recorded_from <= $2 and coalesce(recorded_to, '9999-12-31') > $2 order by 1",
        [day, instant],
    ).fetchall()
    assert as_was == sorted(expected.items())
    assert known(con, str(day), str(instant)) == as_was
