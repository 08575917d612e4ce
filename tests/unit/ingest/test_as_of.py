"""As-of look-ups in bulk find what the look-up of one row finds."""

import duckdb

from ground.home import sources_dir
from ingest.contracts.contract import Lookup, load_contracts
from ingest.judge.as_of import lookup_sql, matches_sql, spans_sql

# Four numbers with ten rows each: overlapping, empty, back to front, open at either end, not
# current, of another system, of one account alone, and without a number.
_MAP = """
create schema raw;
create table raw.company__dialled_numbers as
select
    case n % 11 when 0 then 'other' when 1 then 'sim/beta' else 'sim' end as system,
    case n % 13 when 0 then null else 'N' || n % 4 end as dialled_number,
    'c' || hash(n) % 7 as client_id,
    case when n % 5 > 0 then date '2026-01-01' + (hash(n, 1) % 40)::integer end as valid_from,
    case when n % 7 > 0 then date '2026-01-01' + (hash(n, 2) % 60)::integer end as valid_to,
    n % 9 > 0 as _is_current
from range(40) as numbers (n);
create table event as
select case when n % 2 = 0 then 'default' else 'beta' end as _instance,
    'N' || n % 5 as dialled_number, date '2025-12-20' + (n // 5)::integer as at_date
from range(500) as numbers (n)
"""


def test_spans_of_a_map_give_every_event_the_same_client_as_a_look_up_of_its_own() -> None:
    contracts = load_contracts(sources_dir(), ["sim", "sim/beta"])
    contract = next(c for c in contracts if c.name == "sim.contacts")
    look = contract.client
    assert isinstance(look, Lookup)
    by_system = frozenset({look.map})
    with duckdb.connect() as con:
        con.execute(_MAP)
        one = con.execute(
            f"select e.*, {lookup_sql(contract, look, 'e', 'e.at_date', by_system)} as found "
            f"from event as e order by all"
        ).fetchall()
        spans = con.execute(
            f"select e.*, s.found from event as e left join "
            f"({spans_sql(contract, look, by_system)}) as s "
            f"on {matches_sql(contract, look, 's', 'e', 'e.at_date')} order by all"
        ).fetchall()
    assert spans == one
    assert {row[3] is None for row in one} == {True, False}
