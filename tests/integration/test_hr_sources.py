"""Workday and a plain roster from their files to the marts; the people are invented."""

from datetime import date
from typing import Any

from tests.deployment import Deployment

NOW = "9999-12-30 00:00:00"


def held(systems: Deployment, agent: str, instant: str = NOW) -> list[tuple[Any, ...]]:
    """Leader, from and to, as known at an instant."""
    return systems.ask(
        "select leader_id, valid_from, nullif(valid_to, date '9999-12-31') "
        "from intermediate.int_employment_history where agent_id = ? "
        "and known_from <= ?::timestamp and known_to > ?::timestamp order by valid_from",
        agent,
        instant,
        instant,
    )


def test_a_record_entered_late_holds_until_the_next_one(systems: Deployment) -> None:
    # Leaders L1 and L2 are two ids of one person.
    assert held(systems, "ann") == [
        ("lea", date(2026, 1, 5), date(2026, 2, 1)),
        ("lea", date(2026, 2, 1), date(2026, 3, 1)),
        ("workday:L3", date(2026, 3, 1), None),
    ]


def test_what_was_taken_back_was_known_until_then(systems: Deployment) -> None:
    assert held(systems, "ann", "2026-03-12 00:00:00")[-1][2] == date(2026, 5, 1)
    assert held(systems, "ann", "2026-03-15 00:00:00")[-1][2] is None


def test_a_rehire_under_another_id_is_the_same_person(systems: Deployment) -> None:
    assert held(systems, "bob") == [
        ("lea", date(2026, 1, 5), date(2026, 2, 1)),
        ("lea", date(2026, 3, 2), date(2026, 3, 9)),
        # Known again since the promotion was taken back.
        ("lea", date(2026, 3, 9), date(2026, 3, 16)),
        ("lea", date(2026, 3, 16), None),
    ]
    events = systems.ask(
        "select kind, effective_date from core.fct_employment_event where agent_id = 'bob' "
        "and source_system = 'workday' order by recorded_at_utc, kind"
    )
    assert events == [
        ("hire", date(2026, 1, 5)),
        ("termination", date(2026, 2, 1)),
        ("rehire", date(2026, 3, 2)),
        ("promotion", date(2026, 3, 9)),
        ("rescind", date(2026, 3, 9)),
    ]


def test_moves_are_neither_hires_nor_exits(systems: Deployment) -> None:
    found = systems.ask(
        "select kind, count(*) from core.fct_employment_event where agent_id = 'ann' "
        "and source_system = 'workday' group by 1 order by 1"
    )
    assert found == [("hire", 1), ("move", 2), ("rescind", 1), ("termination", 1)]


def test_lists_become_a_history(systems: Deployment) -> None:
    assert held(systems, "roster:R1") == [
        ("roster:R7", date(2024, 2, 1), date(2026, 1, 17)),
        ("roster:R8", date(2026, 1, 17), None),
    ]
    assert held(systems, "roster:R2") == [
        ("roster:R7", date(2026, 1, 5), date(2026, 2, 16)),
        ("roster:R7", date(2026, 3, 2), None),
    ]
    assert held(systems, "roster:R2", "2026-01-20 00:00:00")[0][2] == date(2026, 2, 1)
    events = systems.ask(
        "select kind, effective_date from core.fct_employment_event "
        "where agent_id = 'roster:R2' order by recorded_at_utc, kind"
    )
    assert events == [
        ("hire", date(2026, 1, 5)),
        ("termination", date(2026, 2, 1)),
        ("rescind", date(2026, 2, 1)),
        ("termination", date(2026, 2, 16)),
        ("rehire", date(2026, 3, 2)),
    ]


def test_what_may_never_enter_does_not(systems: Deployment) -> None:
    tables = ("raw.workday__worker_history", "raw.roster__people", "ledger.quarantine")
    for table in tables:
        kept = str(systems.ask(f"select * from {table}"))
        for word in ("Pastafarian", "AB negative", "Zebedee"):
            assert word not in kept
    assert systems.ask("select rule from ledger.quarantine where system = 'workday'") == [
        ("leaving_without_code",)
    ]
    assert systems.ask(
        "select distinct len(string_split(unlisted_columns, ', ')) from ledger.file "
        "where system = 'workday'"
    ) == [(3,)]
