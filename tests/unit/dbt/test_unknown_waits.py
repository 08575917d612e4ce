"""Nobody is charged for a wait that nobody measured, and a contact's wait is whole or unknown."""

from typing import Any

import pytest

from tests.unit.dbt.compiled import Compiled

HALF_HOUR = {"half_hour_start_utc": "2026-10-05 09:00:00", "time_zone": "UTC"}
PLACE = {
    "client_id": "acme", "site_id": "waw", "queue_id": "q", "line_of_business": "service",
    "site_date": "2026-10-05", "event_date": "2026-10-05", "source_system": "sim",
}  # fmt: skip
NOTHING = (
    "fct_contact", "fct_survey", "fct_case", "fct_evaluation", "fct_disruption", "dim_clause_step",
    "forecast_half_hour", "forecast_band_period",
)  # fmt: skip


def visits(in_time: int, late: int, unknown: int, lost: int = 0) -> list[dict[str, Any]]:
    waits = [("answered", 5)] * in_time + [("answered", 60)] * late
    waits += [("answered", None)] * unknown + [("abandoned", None)] * lost
    return [
        PLACE | HALF_HOUR
        | {"leg_id": str(number), "contact_id": str(number), "outcome": outcome, "wait_s": wait}
        | {"is_offered": True, "is_queued": True, "is_answered": outcome == "answered"}
        | {"is_abandoned": outcome == "abandoned", "is_short_abandon": False}
        | {"is_answered_within_threshold": wait == 5}
        for number, (outcome, wait) in enumerate(waits)
    ]  # fmt: skip


def month(compiled: Compiled, legs: list[dict[str, Any]]) -> tuple[Any, ...]:
    clause = {
        "contract_id": "k", "clause_id": "SL", "valid_from": "2020-01-01",
        "valid_to": "9999-12-31", "client_id": "acme", "time_zone": "UTC",
        "metric": "service_level_answered_of_offered_less_short", "line_of_business": "all",
        "site_id": "all", "comparison": "at_least", "threshold": 0.8, "period": "month",
        "weighting": "volume", "required_share": 1, "minimum_n": 1, "consequence": "percent",
        "applies_per": "month", "consequence_value": 0.1, "earn_back_rate": 0, "bonus_rate": 0,
    }  # fmt: skip
    fee_day = {
        "contract_id": "k", "client_id": "acme", "contract_date": "2026-10-05", "currency": "EUR",
        "contract_valid_from": "2020-01-01", "month_start_date": "2026-10-01",
        "is_closed_month": True, "fixed_fee": 1000, "contact_fee": 0, "hour_fee": 0,
        "contacts_n": 0, "handle_s": 0,
    }  # fmt: skip
    contract = {"contract_id": "k", "valid_from": "2020-01-01", "credit_base": "same_month"}
    con = compiled.database(
        {
            "fct_contact_leg": legs, "dim_contract_clause": [clause],
            "contract_fee_day": [fee_day],
            "dim_contract": [contract | {"client_id": "acme", "valid_to": "9999-12-31"}],
        }
        | {name: [] for name in NOTHING},
        "sla_clause_month",
    )  # fmt: skip
    (row,) = con.execute(
        "select numerator::int, denominator::int, too_few_n::int, is_attained, credit_amount::int "
        "from client.sla_clause_month"
    ).fetchall()
    return row


@pytest.mark.parametrize(
    ("legs", "judged"),
    [
        pytest.param(visits(70, 30, 0), (70, 100, 0, False, 100), id="all known"),
        pytest.param(visits(0, 0, 100), (0, 0, 100, None, 0), id="no wait known"),
        pytest.param(visits(60, 0, 40), (0, 0, 100, None, 0), id="many unknown"),
        # Counted as late the one unknown wait would make 79.9 % of 80 %.
        pytest.param(visits(159, 39, 1, 0), (159, 198, 1, True, 0), id="one unknown"),
        pytest.param(visits(160, 0, 0, 40), (160, 200, 0, True, 0), id="a hang-up needs no wait"),
    ],
)
def test_a_penalty_rests_on_known_waits_alone(
    compiled: Compiled, legs: list[dict[str, Any]], judged: tuple[Any, ...]
) -> None:
    assert month(compiled, legs) == judged


@pytest.mark.parametrize(
    ("waits", "answered", "wait_s"),
    [
        pytest.param([7], True, 7, id="one visit"),
        pytest.param([None], True, None, id="unknown"),
        pytest.param([30, None], True, None, id="the first known, the second not"),
        pytest.param([None, 10], True, None, id="the first unknown"),
        pytest.param([30, 10], True, 40, id="both"),
        pytest.param([], True, None, id="answered, and no visit was sent"),
        pytest.param([], False, 0, id="nobody came so far"),
    ],
)
def test_the_wait_of_a_contact_is_whole_or_unknown(
    compiled: Compiled, waits: list[int | None], answered: bool, wait_s: int | None
) -> None:
    at = {
        "event_date": "2026-10-05",
        "source_system": "sim",
        "contact_id": "1",
        "client_id": "acme",
    }
    contact = at | {
        "outcome": "answered" if answered else "abandoned_in_ivr", "direction": "inbound",
        "started_at": "2026-10-05 09:00:00", "time_zone": "UTC",
    }  # fmt: skip
    legs = [
        at
        | {"leg_number": number, "wait_s": wait, "queue_code": "q", "time_zone": "UTC"}
        | {"outcome": "answered" if number == len(waits) else "flowed_out", "agent_code": "a"}
        | {"queued_at": "2026-10-05 09:00:00"}
        for number, wait in enumerate(waits, 1)
    ]
    con = compiled.database({"feed_contacts": [contact], "feed_contact_legs": legs}, "fct_contact")
    assert con.execute(
        "select wait_s, is_answered_within_threshold from core.fct_contact"
    ).fetchall() == [(wait_s, wait_s is not None and wait_s <= 20 and answered)]
