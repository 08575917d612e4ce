"""Cases, surveys, outcomes and repeat contacts: what a night's rows become, late ones included."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.dbt.warehouse_of_a_night import ALWAYS, Night, contact, first_night, leg

TABLES = (
    "core.fct_case",
    "core.fct_case_event",
    "core.fct_survey",
    "core.fct_outcome",
    "core.fct_disruption",
    "intermediate.int_case_spans",
    "intermediate.int_case_turns",
    "interaction.interaction_repeat",
    "client.client_case_day",
    "client.client_survey_day",
    "client.client_outcome_day",
    "client.client_backlog_day",
)
ANSWERED = {"agent_code": "a1", "talk_s": 60, "acw_s": 5}


def case(case_id: str, at: str, status: str = "open", **more: Any) -> dict[str, Any]:
    """A raw case of Warsaw."""
    return {
        "case_id": case_id,
        "brand": "acme",
        "site_id": "waw",
        "channel": "email",
        "line_of_business": "sales",
        "customer_id": "c1",
        "agent_code": "u1",
        "opened_at": at,
        "updated_at": at,
        "status": status,
    } | more


def event(number: int, case_id: str, kind: str, at: str, **more: Any) -> dict[str, Any]:
    """A raw case event."""
    agent = "u1" if kind in ("public_reply", "internal_note", "resolved") else None
    return {
        "case_event_id": f"v{number}",
        "case_id": case_id,
        "brand": "acme",
        "site_id": "waw",
        "agent_code": agent,
        "kind": kind,
        "occurred_at": at,
    } | more


def survey(survey_id: str, record: str, at: str, **more: Any) -> dict[str, Any]:
    """A raw survey of a call."""
    return {
        "survey_id": survey_id,
        "record": record,
        "brand": "acme",
        "site_id": "waw",
        "contact_id": "first",
        "agent_code": "u1",
        "recorded_at": at,
    } | more


def outcome(outcome_id: str, at: str, amount: float, **more: Any) -> dict[str, Any]:
    """A raw sale."""
    return {
        "outcome_id": outcome_id,
        "brand": "acme",
        "site_id": "waw",
        "contact_id": "first",
        "agent_code": "u1",
        "kind": "sale",
        "amount": amount,
        "currency": "EUR",
        "occurred_at": at,
    } | more


def call(contact_id: str, at: str, disposition: str, customer: str | None) -> dict[str, Any]:
    """A raw answered call of a known customer."""
    return contact(contact_id, at, "answered", disposition_code=disposition, customer_id=customer)


def load_first_night(night: Night) -> None:
    """Calls of one customer, a case that waits and reopens, one that is merged, a sale."""
    night.load(
        "company__agents",
        [{"system": "sim_crm", "agent_code": "u1", "agent_id": "E1", "site_id": "waw", **ALWAYS}],
    )
    night.load(
        "company__dispositions",
        [
            {"system": "sim", "disposition_code": code, "reason": reason, **ALWAYS}
            for code, reason in (("B", "billing"), ("F", "fault"))
        ],
    )
    calls = [
        call("first", "2026-09-01 10:00:00", "B", "c1"),
        call("other", "2026-09-02 10:00:00", "F", "c1"),
        call("again", "2026-09-03 10:00:00", "B", "c1"),
        call("hidden", "2026-09-03 11:00:00", "B", None),
    ]
    night.load("sim__contacts", calls, "started_at")
    legs = [
        leg(row["contact_id"], row["started_at"], "answered", wait_s=5, **ANSWERED) for row in calls
    ]
    night.load("sim__contact_legs", legs, "queued_at")
    night.load(
        "sim_crm__cases",
        [
            case("k1", "2026-09-01 08:00:00", "resolved", resolved_at="2026-09-04 08:00:00"),
            case("k2", "2026-09-01 09:00:00", "closed", merged_into_case_id="k1"),
            case("k3", "2026-09-02 21:59:00"),
        ],
        "opened_at",
    )
    night.load(
        "sim_crm__case_events",
        [
            event(1, "k1", "opened", "2026-09-01 08:00:00"),
            event(2, "k1", "internal_note", "2026-09-01 08:10:00"),
            event(3, "k1", "public_reply", "2026-09-01 09:00:00"),
            event(4, "k1", "status", "2026-09-01 09:00:00", new_value="pending"),
            event(5, "k1", "resolved", "2026-09-02 09:00:00"),
            event(6, "k1", "reopened", "2026-09-03 08:00:00"),
            event(7, "k1", "resolved", "2026-09-04 08:00:00"),
            event(8, "k2", "merged", "2026-09-01 10:00:00", new_value="k1"),
            event(9, "k3", "opened", "2026-09-02 21:59:00"),
        ],
        "occurred_at",
    )
    night.load(
        "sim_crm__surveys",
        [
            survey("s1", "sent", "2026-09-01 11:00:00"),
            survey("s1", "answered", "2026-09-02 11:00:00", csat=3, nps=10, resolved=False),
            survey("s2", "answered", "2026-09-03 11:00:00", csat=5, ces=7, resolved=True),
        ],
        "recorded_at",
    )
    night.load("sim_crm__outcomes", [outcome("o1", "2026-09-01 10:30:00", 100)], "occurred_at")
    night.load(
        "sim_crm__disruptions",
        [
            {
                "disruption_id": "d1",
                "kind": "outage",
                "site_id": "waw",
                "queue_code": "Q1",
                "started_at": "2026-09-01 22:30:00",
                "ended_at": "2026-09-01 23:00:00",
                "is_excused": True,
            }
        ],
        "started_at",
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Night:
    night = first_night(tmp_path_factory.mktemp("cases"))
    load_first_night(night)
    night.build()
    return night


def test_sound_cases_pass_every_check(built: Night) -> None:
    assert built.failing_checks() == {}


def test_a_case_that_waited_and_was_reopened(built: Night) -> None:
    assert built.rows(
        "select first_reply_s, first_resolution_s, resolution_s, pending_s, reopens_n, touches_n, "
        "is_reopened, is_one_touch, agent_id from core.fct_case where case_id = 'sim_crm:k1'"
    ) == [(3600, 90_000, 3 * 86_400, 86_400, 1, 2, True, False, "E1")]


def test_a_merged_case_is_kept_and_counts_nowhere(built: Night) -> None:
    assert built.rows(
        "select is_merged, is_counted, is_open, is_resolved from core.fct_case "
        "where case_id = 'sim_crm:k2'"
    ) == [(True, False, False, False)]
    assert built.rows(
        "select opened_n, counted_n, merged_n from client.client_case_day "
        "where site_date = '2026-09-01'"
    ) == [(2, 1, 1)]


def test_the_backlog_follows_every_reopening(built: Night) -> None:
    """k1: open 1st, done at the end of the 2nd, open again on the 3rd. k3 opens on the 2nd."""
    assert built.rows(
        "select site_date::varchar, open_n, pending_n, open_age_days, open_older_than_2_days_n "
        "from client.client_backlog_day order by 1"
    ) == [
        ("2026-09-01", 1, 1, 0, 0),
        ("2026-09-02", 1, 0, 0, 0),
        ("2026-09-03", 2, 0, 3, 0),
        ("2026-09-04", 1, 0, 2, 0),
    ]


def test_a_survey_knows_its_contact_and_the_second_one_is_not_the_first(built: Night) -> None:
    assert built.rows(
        "select survey_id, kind, is_answered, is_first_of_contact, is_satisfied, "
        "line_of_business, reason, agent_id from core.fct_survey "
        "where kind in ('csat', 'invitation') order by 1"
    ) == [
        ("sim_crm:s1.csat", "csat", True, True, False, "sales", "billing", "E1"),
        ("sim_crm:s1.invitation", "invitation", False, True, None, "sales", "billing", "E1"),
        ("sim_crm:s2.csat", "csat", True, False, True, "sales", "billing", "E1"),
    ]
    assert built.rows(
        "select sum(answered_n), sum(resolved_at_first_contact_n) from client.client_survey_day "
        "where kind = 'resolved'"
    ) == [(2, 1)]


def test_a_disruption_knows_its_queue_and_local_date(built: Night) -> None:
    assert built.rows(
        "select queue_id, agent_id, site_date::varchar, duration_s, is_excused "
        "from core.fct_disruption"
    ) == [("sim:Q1", None, "2026-09-02", 1800, True)]


REPEATS = (
    "select contact_id, hours_to_next_same_reason, hours_to_next_any_reason, traced_24h_n, "
    "resolved_within_24h_n, resolved_within_48h_n, resolved_any_reason_within_24h_n "
    "from interaction.interaction_repeat where site_date < '2026-09-10' order by 1"
)


def test_a_customer_who_comes_back_is_found_by_reason_and_by_any(built: Night) -> None:
    """No hours to speak of lie between the end and start of these calls of no length."""
    assert built.rows(REPEATS) == [
        ("sim:again", None, None, 1, 1, 1, 1),
        ("sim:first", Decimal(48), Decimal(24), 1, 1, 0, 0),
        ("sim:hidden", None, None, 0, 0, 0, 0),
        ("sim:other", None, Decimal(24), 1, 1, 1, 0),
    ]


def test_the_newest_contacts_are_not_judged_before_their_window_is_over(built: Night) -> None:
    open_windows = (
        "select contact_id, is_closed_24h, is_closed_7d from interaction.interaction_repeat "
        "where contact_id in ('sim:stays', 'sim:asks') order by 1"
    )
    assert built.rows(open_windows) == [
        ("sim:asks", False, False),
        ("sim:stays", True, False),
    ]


def test_late_rows_of_a_second_night_equal_a_build_from_scratch(
    built: Night, tmp_path: Path
) -> None:
    """A reversal, a call between two others, an old case reopened, a survey before the others."""
    night = Night.twin(built, tmp_path)
    night.batch()
    late = call("between", "2026-09-02 20:00:00", "B", "c1")
    newest = call("newest", "2026-11-02 10:00:00", "B", "c2")
    night.load("sim__contacts", [late, newest], "started_at")
    night.supersede("sim__contacts", "again")
    night.load("sim__contacts", [call("again", "2026-09-05 10:00:00", "B", "c1")], "started_at")
    night.supersede("sim__contact_legs", "again")
    moved = leg("again", "2026-09-05 10:00:00", "answered", wait_s=5, **ANSWERED)
    night.load("sim__contact_legs", [moved], "queued_at")
    night.load(
        "sim_crm__case_events",
        [
            event(20, "k3", "public_reply", "2026-11-02 10:00:00"),
            event(21, "k3", "resolved", "2026-11-02 10:00:00"),
        ],
        "occurred_at",
    )
    night.load(
        "sim_crm__surveys",
        [survey("s0", "answered", "2026-09-01 12:00:00", csat=4)],
        "recorded_at",
    )
    reversal = outcome("o2", "2026-10-15 10:00:00", -100, reverses_outcome_id="o1")
    night.load("sim_crm__outcomes", [reversal], "occurred_at")
    night.build()
    rewritten = {table: night.rows(f"from {table} order by all") for table in TABLES}
    assert night.rows(
        "select settled_amount, is_reversed from core.fct_outcome order by outcome_id"
    ) == [(Decimal("0.00"), True), (Decimal("0.00"), False)]
    assert night.rows(
        "select public_replies_n from core.fct_case where case_id = 'sim_crm:k3'"
    ) == [(1,)], "an event of today reaches the case of two months ago"
    night.build("--full-refresh")
    for table in TABLES:
        assert rewritten[table] == night.rows(f"from {table} order by all"), table
    assert night.failing_checks() == {}


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (
            "update core.fct_case set public_replies_n = public_replies_n + 1",
            "cases_add_up_to_their_events",
        ),
        (
            "update core.fct_case set is_open = true where is_resolved",
            "a_case_is_open_or_resolved_or_merged",
        ),
        (
            "update client.client_outcome_day set net_amount = net_amount + 1",
            "client_outcome_days_add_up_to_outcomes",
        ),
        (
            "delete from interaction.interaction_repeat where contact_id = 'sim:first'",
            "every_offered_contact_is_looked_at_for_repeats",
        ),
    ],
)
def test_damage_to_cases_fails_the_check_of_that_name(
    built: Night, tmp_path: Path, damage: str, check: str
) -> None:
    night = Night.twin(built, tmp_path)
    night.execute(damage)
    assert night.failing_checks("--select", check) == {check: "fail"}
