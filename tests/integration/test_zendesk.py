"""Zendesk from its tables to the marts; the tickets are invented, in extracts/zendesk.py."""

from pathlib import Path

import pytest

from ground.home import CHECKOUT
from tests.deployment import Deployment
from tests.integration.extracts.zendesk import REQUESTER

SAMPLES = CHECKOUT.parent / "shared" / "data" / "zendesk"
ZENDESK = "where source_system = 'zendesk'"


def test_a_case_stands_as_its_ticket_does(systems: Deployment) -> None:
    found = systems.ask(
        "select case_id[14:], client_id, status, priority, channel, agent_id, is_merged, "
        f"merged_into_case_id[14:], parent_case_id[14:] from core.fct_case {ZENDESK} order by 1"
    )
    assert found == [
        ("1", "acme", "resolved", "low", "email", "ann", False, None, None),
        ("2", "acme", "resolved", "normal", "voice", "ann", False, None, None),
        ("3", "acme", "closed", None, "web", None, True, "1", None),
        ("5", "acme", "on_hold", "high", "chat", "ann", False, None, None),
        ("6", "unmapped", "pending", "urgent", "web", "zendesk:502", False, None, "1"),
    ]


def test_internal_comments_are_no_replies_and_neither_is_what_opens_a_ticket(
    systems: Deployment,
) -> None:
    found = systems.ask(
        "select case_id[14:], public_replies_n, internal_notes_n, customer_replies_n, reopens_n, "
        "first_reply_s, first_resolution_s, resolution_s, pending_s "
        f"from core.fct_case {ZENDESK} order by 1"
    )
    hour = 3600
    assert found == [
        ("1", 1, 1, 1, 1, 66 * hour, 67 * hour, 115 * hour, hour),
        ("2", 1, 0, 1, 0, 6.5 * hour, 7 * hour, 7 * hour, 0),
        ("3", 0, 0, 0, 0, None, None, None, 0),
        ("5", 1, 0, 0, 0, 6 * hour, None, None, 0),
        ("6", 0, 0, 0, 0, None, None, None, 0),
    ]


def test_business_hours_know_clock_changes_holidays_and_the_schedule_of_the_moment(
    systems: Deployment,
) -> None:
    found = systems.ask(
        "select case_id[14:], first_reply_business_s / 3600, resolution_business_s / 3600 "
        f"from core.fct_case {ZENDESK} order by 1"
    )
    assert found == [
        # Friday 15 to 17, Monday 9 to 10 by another clock; Tuesday is a holiday.
        ("1", 3, 12),
        # From midnight to six on the night that lacks an hour.
        ("2", 5, 5),
        ("3", None, None),
        # Two hours by the first schedule; the second is closed on Mondays.
        ("5", 2, None),
        ("6", None, None),
    ]


def test_a_target_is_that_of_the_priority_and_policy_at_the_reply(systems: Deployment) -> None:
    found = systems.ask(
        "select case_id[14:], first_reply_target_s / 60, is_first_reply_late "
        f"from core.fct_case {ZENDESK} order by 1"
    )
    assert found == [
        ("1", 120, True),
        # An agent opened it in public: no target runs.
        ("2", None, None),
        ("3", None, None),
        # A breach that was taken back.
        ("5", None, False),
        ("6", None, True),
    ]


def test_values_are_those_of_the_event(systems: Deployment) -> None:
    found = systems.ask(
        "select kind, old_value, new_value, agent_id from core.fct_case_event "
        "where case_id = 'zendesk:main/1' and kind in ('status', 'priority', 'resolved', "
        "'reopened', 'assigned') order by occurred_at_utc, kind"
    )
    assert found == [
        ("priority", None, "normal", None),
        ("assigned", None, None, None),
        ("status", "new", "open", None),
        ("priority", "normal", "high", "ann"),
        ("resolved", "open", "resolved", "ann"),
        ("reopened", "resolved", "pending", None),
        ("resolved", "pending", "resolved", "ann"),
        ("priority", "high", "low", "ann"),
    ]
    merged = systems.ask(
        "select event.new_value, merged_into_case_id from core.fct_case_event as event "
        "join core.fct_case using (case_id) where case_id = 'zendesk:main/3' "
        "and event.kind = 'merged'"
    )
    assert merged == [(None, "zendesk:main/1")]


def test_no_text_and_no_customers_number_is_left(systems: Deployment) -> None:
    tables = systems.ask(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_name like 'zendesk%' or table_name in ('fct_case', 'fct_case_event', 'file', "
        "'quarantine')"
    )
    assert len(tables) >= 14
    for (table,) in tables:
        kept = str(systems.ask(f"select * from {table}"))
        assert REQUESTER not in kept
        assert "ebedee" not in kept
    assert systems.ask(
        "select column_name, rule from ledger.quarantine where feed = 'tickets'"
    ) == [("status", "accepted")]


@pytest.mark.skipif(not SAMPLES.exists(), reason="the public sample tables are not here")
def test_the_public_sample_loads_whole(tmp_path: Path) -> None:
    made = Deployment(tmp_path, ["zendesk"])
    names = {
        "tickets": "ticket_data",
        "ticket_field_history": "ticket_field_history_data",
        "ticket_comments": "ticket_comment_data",
        "users": "user_data",
        "schedules": "schedule_data",
        "schedule_holidays": "schedule_holiday_data",
        "ticket_schedules": "ticket_schedule_data",
        "sla_policies": "sla_policy_metric_history_data",
        "ticket_sla_policies": "ticket_sla_policy_data",
    }
    for ours, theirs in names.items():
        text = (SAMPLES / f"{theirs}.csv").read_text(encoding="utf-8")
        made.drop("zendesk", f"{ours}_main_2026-03-20.csv", text)
    outcomes = made.take_in()
    for ours in names:
        assert outcomes[f"zendesk.{ours}"].quarantined_n == 0, ours
    found = made.ask(
        "select feed, landed_n - loaded_n from ledger.file where system = 'zendesk' "
        "and landed_n <> loaded_n"
    )
    # One change of status stands four times in the sample.
    assert found == [("ticket_field_history", 3)]
