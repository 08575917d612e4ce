"""The statement engine on hand-made terms: a published table of credits, and what a what-if is."""

from decimal import Decimal

import duckdb
import pytest

from statements import engine
from statements.engine import StatementError

POINTS = (5, 10, 15, 20, 25, 30, 45)
CREDIT_PERCENT = (0, 2, 4, 6, 8, 10, 10)  # TELUS clause, worked example sla-credit-points-telus
SPAN = "date '2026-01-01' as valid_from, date '9999-12-31' as valid_to"


@pytest.fixture
def served() -> duckdb.DuckDBPyConnection:
    """A contract for each number of points: one clause missed in October, fees of 1000."""
    con = duckdb.connect()
    con.execute("create schema client")
    con.execute(
        f"create table client.contract as select 'K' || p as contract_id, 'acme' as client_id, "
        f"'EUR' as currency, 'same_month' as credit_base, null::decimal(18,6) as credit_cap_rate, "
        f"{SPAN} from (select unnest({list(POINTS)}) as p)"
    )
    con.execute(
        "create table client.contract_clause as select 'K' || p as contract_id, 'SL' as clause_id, "
        f"{SPAN}, 'acme' as client_id, 'm' as metric, 'at_least' as comparison, "
        f"0.8::decimal(18,6) as threshold, "
        f"'month' as period, 'volume' as weighting, 1::decimal(18,6) as required_share, "
        f"1 as minimum_n, 'points' as consequence, 'month' as applies_per, "
        f"p::decimal(18,4) as consequence_value, null::decimal(18,6) as cap_rate, "
        f"'none' as carry_over, null::integer as earn_back_months, "
        f"0::decimal(18,6) as earn_back_rate, null::decimal(18,6) as bonus_threshold, "
        f"0::decimal(18,6) as bonus_rate from (select unnest({list(POINTS)}) as p)"
    )
    con.execute(
        f"create table client.clause_step as select 'K' || p as contract_id, 'all' as clause_id, "
        f"'credit_by_points' as table_kind, s.a::decimal(18,6) as from_value, "
        f"s.b::decimal(18,6) as to_value, s.r::decimal(18,6) as result_value, {SPAN} "
        f"from (select unnest({list(POINTS)}) as p) cross join (values (5, 10, 0), (10, 15, 0.02), "
        f"(15, 20, 0.04), (20, 25, 0.06), (25, 30, 0.08), (30, null, 0.10)) as s (a, b, r)"
    )
    con.execute(
        "create table client.contract_fee_day as select contract_id, client_id, "
        "d::date as contract_date, date '2026-10-01' as month_start_date, "
        "valid_from as contract_valid_from, currency, (1000 / 31)::decimal(18,10) as fixed_fee, "
        "0::bigint as contacts_n, 0::decimal(18,4) as contact_fee, 0::bigint as handle_s, "
        "0::decimal(18,10) as hour_fee, true as is_closed_month from client.contract, "
        "generate_series(timestamp '2026-10-01', timestamp '2026-10-31', interval 1 day) as t (d)"
    )
    con.execute(
        "create table client.sla_half_hour as select contract_id, clause_id, "
        "valid_from as clause_valid_from, client_id, 'm' as metric, 'all' as line_of_business, "
        "'s' as site_id, 'q' as queue_id, timestamp '2026-10-05 10:00' as half_hour_start_utc, "
        "date '2026-10-05' as contract_date, date '2026-10-01' as month_start_date, "
        "70::decimal(18,6) as numerator, 100::decimal(18,6) as denominator, "
        "null::varchar as exclusion from client.contract_clause"
    )
    return con


def _credits(con: duckdb.DuckDBPyConnection) -> list[Decimal]:
    rows = con.execute(
        "select amount from int_sla_lines where line_kind = 'points' "
        "order by cast(substr(contract_id, 2) as integer)"
    ).fetchall()
    return [row[0] for row in rows]


def test_points_become_the_published_credits(served: duckdb.DuckDBPyConnection) -> None:
    engine.compute(served, "acme")
    assert _credits(served) == [Decimal(-10 * percent) for percent in CREDIT_PERCENT]


def test_a_threshold_that_is_kept_costs_nothing(served: duckdb.DuckDBPyConnection) -> None:
    engine.compute(served, "acme", {("SL", "threshold"): "0.70"})
    assert _credits(served) == [Decimal(0)] * len(POINTS)


def test_only_known_terms_can_be_changed() -> None:
    assert engine.parse_change("SL.threshold=0.85") == ("SL", "threshold", "0.85")
    for text in ("threshold", "SL.currency=EUR", "SL.threshold="):
        with pytest.raises(StatementError):
            engine.parse_change(text)
