"""A year of four clients in three currencies: raw rows made by SQL, terms by hand. Not built."""

from pathlib import Path
from typing import Any

from ingest.ledger import ledger
from tests.unit.dbt.warehouse_of_a_night import ALWAYS, Night

# Site with its zone; client, queue, site, contacts a day.
SITES = {"waw": "Europe/Warsaw", "hfx": "America/Halifax", "mnl": "Asia/Manila"}
QUEUES = (
    ("acme", "Q1", "waw", 40), ("acme", "Q5", "hfx", 12), ("bolt", "Q2", "hfx", 40),
    ("coil", "Q3", "mnl", 40), ("dune", "Q4", "mnl", 40),
)  # fmt: skip
CONTRACT = {"contract_name": "Terms", "fee_per_contact": 1.1, "credit_base": "same_month"}
CLAUSE = {
    "clause_name": "Clause", "line_of_business": "all", "site_id": "all", "period": "month",
    "comparison": "at_least", "weighting": "volume", "applies_per": "month", "carry_over": "none",
    "exclusions_agreed": True, "minimum_n": 1,
}  # fmt: skip
SERVICE, GIVEN_UP = (
    "service_level.answered_of_offered_less_short", "abandonment.of_queue_visits_less_short",
)  # fmt: skip


def contracts() -> list[dict[str, Any]]:
    """Acme's fee rises on 15 June; bolt is credited from the next bill."""
    acme = CONTRACT | {"contract_id": "K1", "client_id": "acme", "currency": "EUR"}
    acme |= {"time_zone": "Europe/Berlin", "credit_cap_rate": 0.05}
    return [
        acme | {"monthly_fee": 42_000, "valid_from": "2025-01-01", "valid_to": "2026-06-15"},
        acme | {"monthly_fee": 45_000, "fee_per_contact": 1.15, "valid_from": "2026-06-15"},
        CONTRACT | ALWAYS
        | {"contract_id": "K2", "client_id": "bolt", "currency": "CAD", "monthly_fee": 18_000}
        | {"time_zone": "America/Halifax", "credit_base": "next_month", "credit_cap_rate": 0.04},
        CONTRACT | ALWAYS
        | {"contract_id": "K3", "client_id": "coil", "currency": "GBP", "monthly_fee": 9_000}
        | {"time_zone": "Europe/London", "credit_cap_rate": 0.1},
        CONTRACT | ALWAYS
        | {"contract_id": "K4", "client_id": "dune", "currency": "EUR", "monthly_fee": None}
        | {"time_zone": "Asia/Manila", "fee_per_contact": None, "fee_per_productive_hour": 38.5},
    ]  # fmt: skip


def clauses() -> list[dict[str, Any]]:
    """Every period, weighting, consequence and extra; K1's service level changes on 15 March."""

    def clause(contract: str, name: str, metric: str, threshold: float, **more: Any) -> Any:
        own = {"contract_id": contract, "clause_id": name, "metric": metric}
        return CLAUSE | ALWAYS | own | {"threshold": threshold} | more

    k1 = {"consequence": "percent", "bonus_rate": 0.005, "bonus_threshold": 0.83}
    return [
        clause("K1", "SL", SERVICE, 0.8, consequence_value=0.02, valid_to="2026-03-15", **k1),
        clause("K1", "SL", SERVICE, 0.82, consequence_value=0.03, valid_from="2026-03-15", **k1),
        clause("K1", "HOTLINE", SERVICE, 0.7, line_of_business="hotline", consequence="percent",
               consequence_value=0.02),
        clause("K1", "NIGHT", SERVICE, 0.7, line_of_business="nobody", consequence="percent",
               consequence_value=0.02),
        clause("K2", "SL", SERVICE, 0.75, period="day", required_share=0.8, minimum_n=20,
               consequence="points"),
        clause("K2", "GIVE_UP", GIVEN_UP, 0.035, comparison="at_most", consequence="points",
               consequence_value=5, carry_over="average_previous_month"),
        clause("K2", "ALL", "abandonment.of_contacts", 0.16, comparison="at_most",
               consequence="percent", consequence_value=0.03),
        clause("K3", "WAIT", "speed_of_answer.of_answered", 18, comparison="at_most",
               consequence="percent", consequence_value=0.02, earn_back_months=2,
               earn_back_rate=0.5),
        clause("K3", "HALF_HOURS", SERVICE, 0.6, period="interval", weighting="periods",
               required_share=0.9, consequence="amount", applies_per="missed_period",
               consequence_value=3.33, cap_rate=0.05),
        clause("K4", "DAYS", GIVEN_UP, 0.04, period="day", weighting="periods",
               comparison="at_most", required_share=0.65, consequence="percent",
               consequence_value=0.0175),
    ]  # fmt: skip


def _load_terms(night: Night) -> None:
    night.load("company__contracts", contracts())
    night.load("company__contract_clauses", clauses())
    steps = [("SL", "points_by_shortfall", 0, 5), ("SL", "points_by_shortfall", 0.05, 10)]
    steps += [("SL", "points_by_shortfall", 0.15, 20), ("all", "credit_by_points", 5, 0.01)]
    steps += [("all", "credit_by_points", 10, 0.02), ("all", "credit_by_points", 20, 0.06)]
    night.load(
        "company__clause_points",
        [
            {"contract_id": "K2", "clause_id": clause, "table_kind": kind, "from_value": start}
            | {"result_value": result, **ALWAYS}
            for clause, kind, start, result in steps
        ],
    )
    left_out = [("K1", "holiday", "DE"), ("K2", "holiday", None), ("K3", "outage", None)]
    night.load(
        "company__clause_exclusions",
        [
            {"contract_id": contract, "clause_id": "all", "exclusion": what, **ALWAYS}
            | {"jurisdiction": where}
            for contract, what, where in [*left_out, ("K4", "volume_above_band", None)]
        ],
    )
    days = [("DE", "2025-12-25"), ("DE", "2026-01-01"), ("CA-NS", "2026-07-01")]
    night.load(
        "company__holidays",
        [
            {"jurisdiction": where, "holiday_date": day, "holiday_name": "Holiday"}
            | {"kind": "regular", "source": "made up"}
            for where, day in days
        ],
    )
    night.load("company__jurisdictions", [{"site_id": "hfx", "jurisdiction": "CA-NS", **ALWAYS}])
    night.load(
        "company__fx_rates",
        [
            {"currency": currency, "group_currency": "USD", "rate": rate, **ALWAYS} | more
            for currency, rate, more in (
                ("EUR", 1.09, {"valid_to": "2026-04-20"}),
                ("EUR", 1.0725, {"valid_from": "2026-04-20"}),
                ("CAD", 0.7312, {}),
                ("GBP", 1.3141, {}),
            )
        ],
    )
    band = {"contract_id": "K4", "line_of_business": "all", "basis": "day", "upper_rate": 0.1}
    night.load("company__forecast_bands", [band | {"lower_rate": 0.1, **ALWAYS}])
    night.load(
        "sim_crm__disruptions",
        [
            {"disruption_id": f"d{number}", "kind": "outage", "site_id": "mnl", "queue_code": queue}
            | {"client_id": "coil", "started_at": start, "ended_at": end, "is_excused": excused}
            for number, (queue, start, end, excused) in enumerate((
                ("Q3", "2026-02-10 01:10:00", "2026-02-12 01:30:00", True),
                (None, "2026-03-29 00:45:00", "2026-03-30 02:00:00", True),
                ("Q3", "2026-05-01 00:00:00", "2026-05-02 00:00:00", False),
                ("Q4", "2026-05-03 00:00:00", "2026-05-04 00:00:00", True),
            ))
        ],
        "started_at",
    )  # fmt: skip


def _contacts() -> str:
    """One row a contact from 1 November 2025; every ninth day half as many again, chance by hash.

    Midnights, months and both clock changes of every zone lie inside.
    """
    rows = ", ".join(
        f"('{client}', '{queue}', '{site}', '{SITES[site]}', {a_day}, {number})"
        for number, (client, queue, site, a_day) in enumerate(QUEUES)
    )
    return f"""
        with dice as (
            select client_id, queue_code, site_id, zone, queue_code || '-' || d || '-' || k as id,
                timestamp '2025-11-01'
                    + to_seconds(cast(d * 86400 + hash(number, d, k) % 86400 as bigint)) as began,
                hash(d, k, number, 1) % 1000 as fate, (hash(d, k, number, 2) % 10000) / 1e4 as luck,
                cast(hash(d, k, number, 3) % 600 as integer) as talk_s,
                cast(hash(d, k, number, 4) % 100 as integer) as moves
            from (values {rows}) as queue (client_id, queue_code, site_id, zone, a_day, number)
            cross join range(0, 365) as day (d) cross join range(0, 60) as nth (k)
            where k < a_day * (case when d % 9 = 0 then 1.5 else 1 end)
        )
        select *, cast(floor(luck ** 10 * 200) as integer) as wait_s,
            case when fate < 20 then 'abandoned_in_ivr' when fate < 30 then 'phantom'
                when fate < 130 then 'abandoned_in_queue' else 'answered' end as outcome,
            case when fate between 130 and 160 then 'outbound' else 'inbound' end as direction
        from dice
    """


_EVERY = "1 as _file_id, row_number() over () as _row_number, true as _is_current"


def year(root: Path) -> Night:
    """The raw rows of the year and the terms; some contacts are moved on to wait a second time."""
    night = Night(root)
    night.batch()
    for kind, key in (("dialled_numbers", "dialled_number"), ("queues", "queue_code")):
        night.load(
            f"company__{kind}",
            [
                {"system": "sim", "client_id": client, key: queue, **ALWAYS}
                | {"line_of_business": "hotline" if queue == "Q5" else "service"}
                for client, queue, _, _ in QUEUES
            ],
        )
    night.load(
        "company__sites",
        [
            {"site_id": site, "site_name": site, "time_zone": zone, "shift_date_rule": "start"}
            | ALWAYS
            for site, zone in SITES.items()
        ],
    )
    _load_terms(night)
    with ledger.warehouse(night.home) as con:
        con.execute(f"create temp table made as {_contacts()}")
        con.execute(
            f"insert into raw.sim__contacts by name select id as contact_id, site_id, {_EVERY}, "
            "client_id as _client_id, zone as _time_zone, began::date as _event_date, outcome, "
            "'voice' as channel, direction, queue_code as dialled_number, began as started_at, "
            "began + interval 1 hour as ended_at, 10 as ivr_s from made"
        )
        leg = (
            f"insert into raw.sim__contact_legs by name select id as contact_id, site_id, {_EVERY},"
            " client_id as _client_id, zone as _time_zone, queue_code, queued_at, wait_s, "
            "queued_at::date as _event_date, leg_number, left_by as outcome, hold_s, hold_count, "
            "case when left_by = 'answered' then 'a1' end as agent_code, "
            "case when left_by = 'answered' then talk_s else 0 end as talk_s, "
            "case when left_by = 'answered' then 30 else 0 end as acw_s, transferred_to_queue from "
        )
        con.execute(
            f"{leg}(select *, began + interval 10 second as queued_at, 1 as leg_number, "
            "0 as hold_s, 0 as hold_count, "
            "case when moves < 5 then queue_code end as transferred_to_queue, "
            "case when outcome = 'answered' then 'answered' else 'abandoned' end as left_by "
            "from made where outcome in ('answered', 'abandoned_in_queue'))"
        )
        con.execute(
            f"{leg}(select * replace (wait_s + moves as wait_s), "
            "began + to_seconds(cast(10 + wait_s + talk_s as bigint)) as queued_at, "
            "2 as leg_number, 7 as hold_s, 1 as hold_count, null as transferred_to_queue, "
            "case when moves = 0 then 'abandoned' else 'answered' end as left_by "
            "from made where outcome = 'answered' and moves < 5)"
        )
        con.execute(
            f"insert into raw.company__forecasts by name select 'sim' as queue_system, {_EVERY}, "
            "'Q4' as queue_code, t as half_hour_start_at, 0.8::decimal(18, 6) as forecast_n, "
            "t::date as _event_date from generate_series(timestamp '2025-10-31', "
            "timestamp '2026-11-02', interval 30 minute) as series (t)"
        )
        con.execute(
            "insert into raw.touched (feed, system, event_date, batch_id) "
            "select distinct feed, 'sim', _event_date, (select max(batch_id) from ledger.batch) "
            "from (select 'contacts' as feed, _event_date from raw.sim__contacts union all "
            "select 'contact_legs', _event_date from raw.sim__contact_legs)"
        )
    return night
