"""What clients cost and bring, in parts that add up; and what nobody outside may see."""

from decimal import Decimal
from typing import Any

import pytest
import yaml

from ground.home import dbt_project_dir
from tests.unit.dbt.compiled import Compiled

DAY, NEXT = "2026-10-30", "2026-11-02"
EVER = {"valid_from": "2020-01-01"}


def agent_day(agent: str, at: str, hours: float, site: str = "waw") -> dict[str, Any]:
    """A paid day of an agent."""
    return {"agent_id": agent, "shift_date": at, "site_id": site, "paid_s": int(hours * 3600)}


def handled(number: int, agent: str, at: str, client: str, seconds: int) -> dict[str, Any]:
    """An answered leg."""
    leg = {"leg_id": f"l{number}", "agent_id": agent, "client_id": client, "site_id": "waw"}
    return leg | {"event_date": at, "site_date": at, "is_answered": True, "handle_s": seconds}


def test_paid_time_costs_the_rate_of_its_day_and_is_shared_by_what_was_handled(
    compiled: Compiled,
) -> None:
    """a works for two clients, b for none, c has the rate of a senior, d has none."""
    legs = [
        handled(1, "a", DAY, "acme", 900), handled(2, "a", DAY, "bolt", 300),
        handled(3, "c", NEXT, "acme", 60),
    ]  # fmt: skip
    rate = {"site_id": "waw", "currency": "PLN"}
    place = {"client_id": "acme", "site_id": "waw", "site_date": DAY, "event_date": DAY}
    contact = place | {"is_answered": True}
    con = compiled.database(
        {
            "agent_day": [
                agent_day("a", DAY, 8), agent_day("b", DAY, 2), agent_day("c", NEXT, 4),
                agent_day("d", NEXT, 1, "nowhere"),
            ],
            "dim_employment": [
                {"agent_id": "b", "client_id": "bolt", "level": 1, **EVER}
                | {"valid_to": "9999-12-31"},
                {"agent_id": "c", "client_id": "bolt", "level": 3, **EVER}
                | {"valid_to": "9999-12-31"},
            ],
            "stg_company__cost_rates": [
                rate | {"level": "all", "hourly_cost": 60, **EVER, "valid_to": "2026-11-01"},
                rate | {"level": "all", "hourly_cost": 64, "valid_from": "2026-11-01"},
                rate | {"level": "3", "hourly_cost": 80, **EVER},
            ],
            "dim_fx_rate": [
                {"currency": "PLN", "group_currency": "USD", "rate": 0.25, **EVER}
                | {"valid_to": "2026-11-01"},
                {"currency": "PLN", "group_currency": "USD", "rate": 0.3}
                | {"valid_from": "2026-11-01", "valid_to": "9999-12-31"},
            ],
            "int_agent_sessions": [],
            "fct_contact_leg": legs,
            "fct_contact": [
                contact | {"contact_id": "k1"},
                contact | {"contact_id": "k2"},
                contact | {"contact_id": "k3", "is_answered": False},
            ],
            "interaction_repeat": [
                place | {"contact_id": "k1", "resolved_within_7d_n": 1, "is_closed_7d": True},
                place | {"contact_id": "k2", "resolved_within_7d_n": 0, "is_closed_7d": False},
                place | {"contact_id": "k3", "resolved_within_7d_n": 0, "is_closed_7d": False},
            ],
        },
        "client_cost_day",
    )  # fmt: skip
    assert con.execute(
        "select client_id, site_date::varchar, paid_s::int, unrated_paid_s::int, productive_s, "
        "cost_group, contacts_handled_n, contacts_resolved_n, contacts_open_n "
        "from client.client_cost_day order by all"
    ).fetchall() == [
        ("acme", DAY, 6 * 3600, 0, 900, Decimal(90), 2, 1, 1),
        ("acme", NEXT, 4 * 3600, 0, 60, Decimal(96), 0, 0, 0),
        ("bolt", DAY, 4 * 3600, 0, 300, Decimal(60), 0, 0, 0),
        ("unmapped", NEXT, 3600, 3600, 0, Decimal(0), 0, 0, 0),
    ]


# Worked examples cost-per-call-cch (Call Centre Helper) and cost-per-call-oraclecms, in thousands:
# cost, calls, cost per call as published.
PUBLISHED = {"A": (304, 95, 3.2), "B": (320, 114, 2.8), "C": (320, 100, 3.2), "D": (120, 40, 3.0)}


def test_cost_per_contact_agrees_with_what_was_published(compiled: Compiled) -> None:
    """One paid hour costs one; 2.807 was printed as 2.80."""
    con = compiled.database(
        {
            "agent_day": [
                agent_day("a", DAY, hours, name) for name, (hours, _, _) in PUBLISHED.items()
            ],
            "stg_company__cost_rates": [
                {"site_id": name, "level": "all", "hourly_cost": 1, "currency": "GBP", **EVER}
                for name in PUBLISHED
            ],
            "dim_fx_rate": [
                {"currency": "GBP", "group_currency": "GBP", "rate": 1, **EVER}
                | {"valid_to": "9999-12-31"}
            ],
            "dim_employment": [],
            "int_agent_sessions": [],
            "fct_contact_leg": [],
            "interaction_repeat": [],
            "fct_contact": [
                {"contact_id": f"{name}{number}", "client_id": "acme", "site_id": name}
                | {"is_answered": True, "site_date": DAY}
                for name, (_, calls, _) in PUBLISHED.items()
                for number in range(calls)
            ],
        },
        "client_cost_day",
    )
    ours = dict(
        con.execute(
            "select site_id, sum(cost_group) / sum(contacts_handled_n) "
            "from client.client_cost_day group by 1"
        ).fetchall()
    )
    for name, (_, _, published) in PUBLISHED.items():
        assert float(ours[name]) == pytest.approx(published, abs=0.01), name


def test_a_margin_is_fees_and_bonuses_less_credits_and_cost(compiled: Compiled) -> None:
    line = {"client_id": "acme", "statement_month": "2026-10-01", "is_closed_month": True}
    con = compiled.database(
        {
            "sla_statement_line": [
                line | {"line_kind": kind, "amount_group": amount}
                for kind, amount in (
                    ("fee", 1000), ("fee", 50), ("clause", -40), ("points", -10), ("cap", 5),
                    ("bonus", 20), ("correction", -3), ("earn_back", 1), ("clause", None),
                )
            ],
            "client_cost_day": [
                {"client_id": "acme", "site_date": DAY, "cost_group": 400, "unrated_paid_s": 0},
                {"client_id": "bolt", "site_date": DAY, "cost_group": 7, "unrated_paid_s": 60},
            ],
        },
        "client_margin_month",
    )  # fmt: skip
    assert con.execute(
        "select client_id, is_closed_month, fee_group::int, credit_group::int, bonus_group::int, "
        "revenue_group::int, cost_group::int, margin_group::int, open_lines_n, unrated_paid_s::int "
        "from client.client_margin_month order by all"
    ).fetchall() == [
        ("acme", True, 1050, -44, 20, 1023, 400, 623, 1, 0),
        ("bolt", False, 0, 0, 0, 0, 7, -7, 0, 60),
    ]


def test_a_renewal_is_told_when_it_is_decided(compiled: Compiled) -> None:
    def status(client: str, start: str, outcome: str, due: str | None) -> dict[str, Any]:
        row = {"client_id": client, "valid_from": start, "status": "live"}
        return row | {"renewal_outcome": outcome, "renewal_date": due}

    con = compiled.database(
        {
            "stg_company__client_status": [
                status("acme", "2025-01-01", "open", "2026-10-01"),
                status("acme", "2026-09-12", "renewed", "2028-10-01"),
                status("bolt", "2025-01-01", "open", "2026-12-01"),
                status("coil", "2025-01-01", "open", "2026-07-01"),
                status("coil", "2026-07-01", "lost", None),
            ]
        },
        "client_renewal",
    )
    assert con.execute(
        "select client_id, decided_date::varchar, due_date::varchar, renewed_n, lost_n "
        "from client.client_renewal order by 1"
    ).fetchall() == [
        ("acme", "2026-09-12", "2026-10-01", 1, 0),
        ("coil", "2026-07-01", "2026-07-01", 0, 1),
    ]


def test_no_column_of_money_is_for_a_client_or_by_person() -> None:
    path = dbt_project_dir() / "models" / "marts" / "client" / "_money.yml"
    models = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    columns = [column for model in models for column in model["columns"]]
    assert {column["config"]["meta"]["audience"] for column in columns} == {"internal"}
    assert not [column["name"] for column in columns if "agent" in column["name"]]
