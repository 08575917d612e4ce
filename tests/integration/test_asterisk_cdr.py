"""Asterisk's call detail records from file to facts; the calls are invented."""

from tests.deployment import Deployment
from tests.integration.extracts.records import CUSTOMER


def test_calls_that_no_queue_took_are_contacts(systems: Deployment) -> None:
    found = systems.ask(
        "select contact_id[19:], client_id, direction, outcome, customer_id is not null, "
        "strftime(started_at_utc, '%H:%M') from core.fct_contact "
        "where source_system = 'asterisk_cdr' order by 1"
    )
    assert found == [
        ("a", "acme", "inbound", "answered", True, "13:00"),
        ("b", "acme", "outbound", "answered", True, "13:10"),
        ("e", "acme", "outbound", "flowed_out", True, "13:40"),
        ("f", "acme", "inbound", "abandoned_in_ivr", False, "13:50"),
    ]


def test_the_phone_that_answered_is_the_leg(systems: Deployment) -> None:
    found = systems.ask(
        "select contact_id[19:], leg_number, agent_id, wait_s, dialling_s, talk_s, outcome "
        "from core.fct_contact_leg where source_system = 'asterisk_cdr' order by 1, 2"
    )
    assert found == [
        ("a", 1, "bob", 8, None, 90, "answered"),
        ("b", 1, "ann", None, 5, 60, "answered"),
        ("e", 1, "ann", None, None, 0, "flowed_out"),
    ]


def test_no_callers_number_is_left(systems: Deployment) -> None:
    for table in ("raw.asterisk_cdr__cdr", "core.fct_contact"):
        kept = str(systems.ask(f"select * from {table}"))
        assert "2026" in kept
        assert CUSTOMER not in kept
        assert "ebedee" not in kept
