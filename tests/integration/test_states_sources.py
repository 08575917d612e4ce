"""Amazon Connect's agent events, Genesys' user details and adherence; the agents are invented."""

import json
from pathlib import Path
from typing import Any

from tests.deployment import Deployment
from tests.integration.extracts.states import STREAM


def states(systems: Deployment, system: str) -> list[tuple[Any, ...]]:
    """Agent, activity, from and to."""
    return systems.ask(
        "select agent_id, activity, strftime(started_at_utc, '%d %H:%M:%S'), "
        "strftime(ended_at_utc, '%d %H:%M:%S') from core.fct_agent_activity "
        "where source_system = ? order by started_at_utc, agent_id",
        system,
    )


def test_events_of_connect_are_states_with_work_after_contacts(systems: Deployment) -> None:
    assert states(systems, "connect") == [
        ("ann", "available", "10 12:00:00", "10 12:03:00"),
        ("ann", "on_contact", "10 12:03:00", "10 12:05:00"),
        ("ann", "acw", "10 12:05:00", "10 12:06:30"),
        ("ann", "available", "10 12:06:30", "10 12:08:00"),
        ("ann", "lunch", "10 12:08:00", "10 12:14:00"),
        # Five minutes after the last heartbeat nobody knows.
        ("ann", "available", "11 23:58:00", "12 00:07:00"),
        ("ann", "available", "12 00:30:00", "12 00:32:00"),
    ]


def test_an_event_delivered_twice_counts_once(systems: Deployment) -> None:
    found = systems.ask(
        "select sum(landed_n), sum(loaded_n), sum(superseded_n) from ledger.file "
        "where system = 'connect' and feed = 'agent_events'"
    )
    assert found == [(19, 17, 2)]


def test_presence_and_routing_of_genesys_are_one_line_of_states(systems: Deployment) -> None:
    assert states(systems, "genesys") == [
        ("bob", "unmapped", "10 12:00:00", "10 12:10:00"),
        ("genesys:u-cat", "unmapped", "10 12:00:00", "10 12:10:00"),
        ("bob", "available", "10 12:10:00", "10 12:20:00"),
        ("bob", "on_contact", "10 12:20:00", "10 12:30:00"),
        ("bob", "available", "10 12:30:00", "10 13:00:00"),
        ("bob", "break", "10 13:00:00", "10 13:15:00"),
    ]


def test_a_missing_branch_is_a_row_in_quarantine(systems: Deployment) -> None:
    assert systems.ask(
        "select column_name, rule from ledger.quarantine where feed = 'user_routing' order by 1"
    ) in ([("routing_status", "required")], [("started_at", "required")])


def test_offsets_count_from_the_start_of_the_query(systems: Deployment) -> None:
    found = systems.ask(
        "select agent_code, activity_code, schedule_date::varchar, "
        "strftime(started_at, '%d %H:%M'), strftime(ended_at, '%d %H:%M') "
        "from intermediate.feed_schedules order by started_at"
    )
    assert found == [
        ("u-bob", "a1", "2026-03-10", "11 02:00", "11 04:00"),
        ("u-bob", "a2", "2026-03-10", "11 04:00", "11 04:15"),
        ("u-bob", "a1", "2026-03-10", "11 04:15", "11 06:00"),
    ]
    actual = systems.ask(
        "select strftime(started_at, '%H:%M:%S') from raw.genesys__adherence_actuals"
    )
    assert actual == [("02:00:30",)]


def test_an_external_metric_of_null_takes_back_what_was_sent(systems: Deployment) -> None:
    assert systems.ask("select * from staging.stg_genesys__external_metrics") == []
    sent = systems.ask("select value from raw.genesys__external_metrics order by 1 nulls last")
    assert (5.0,) in sent


def test_no_agents_name_is_left(systems: Deployment) -> None:
    for table in ("connect__agent_events", "genesys__user_presence"):
        kept = str(systems.ask(f"select * from raw.{table}"))
        assert "2026" in kept
        assert "ebedee" not in kept


def test_another_systems_document_is_refused_and_a_newer_version_is_read(tmp_path: Path) -> None:
    made = Deployment(tmp_path, ["zendesk", "genesys", "connect"])
    made.map("sites", [{"site_id": "main", "time_zone": "UTC"}])
    # Genesys' answer under Zendesk's name, and Zendesk's under Genesys'.
    made.drop(
        "zendesk", "ticket_metric_events_main_2026-03-10.json", json.dumps({"userDetails": []})
    )
    made.drop("genesys", "user_details_main_2026-03-10.json", json.dumps({"tickets": [{"id": 1}]}))
    made.drop("zendesk", "tickets_main_2026-03-10.csv", "ContactId,Queue\n1,2\n")
    newer = STREAM[0] | {"Version": "2031-01-01", "Mood": {"Of": "Zebedee"}}
    for part in (1, 2):
        made.drop("connect", f"agent_events_main_2026-03-10_{part}.json", json.dumps(newer))
    made.take_in()
    found = made.ask(
        "select system, feed, verdict, loaded_n, superseded_n from ledger.file "
        "where system <> 'company' order by 1, 2, file_name"
    )
    assert found == [
        # The same event in two files: the later one has it.
        ("connect", "agent_events", "loaded", 0, 1),
        ("connect", "agent_events", "loaded", 1, 0),
        ("genesys", "user_presence", "rejected", 0, 0),
        ("genesys", "user_routing", "rejected", 0, 0),
        ("zendesk", "metric_events", "rejected", 0, 0),
        ("zendesk", "tickets", "rejected", 0, 0),
    ]
    assert "xxxx" in str(made.ask("select unlisted_columns from ledger.file"))
    assert "ebedee" not in str(made.ask("select * from ledger.file"))
