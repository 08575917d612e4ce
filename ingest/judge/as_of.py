"""As-of look-ups in company maps: which client, which time zone, on that date.

Belongs here: SQL that asks a map. Does not: what a new delivery of a map makes stale (`maps.py`).
"""

from ground.sql import ident, literal
from ingest.contracts.contract import Contract, Lookup

FIRST, LAST = "date '0001-01-01'", "date '9999-12-31'"


def spans_sql(contract: Contract, look: Lookup, maps_by_system: frozenset[str]) -> str:
    """SELECT of (k0, k1, ..., since, until, found): the map cut into spans that never overlap.

    Where rows of one key overlap, the least value is found, as `lookup_sql` does; a date lies in
    one span at most, so joining the spans cannot multiply rows.
    """
    keys = ", ".join(f"m.{ident(key)} as k{n}" for n, key in enumerate(look.match))
    own = f"and m.system = {literal(contract.system)} " if look.map in maps_by_system else ""
    names = ", ".join(f"k{n}" for n in range(len(look.match)))
    same = " and ".join(f"s.k{n} = r.k{n}" for n in range(len(look.match)))
    return (
        f"with held as (select {keys}, m.{ident(look.value)} as found, "
        f"coalesce(m.valid_from, {FIRST}) as since, coalesce(m.valid_to, {LAST}) as until "
        f"from raw.{ident(look.table)} as m where m._is_current {own}), "
        f"edge as (select {names}, since as at_date from held union select {names}, until "
        f"from held), "
        f"span as (select {names}, at_date as since, lead(at_date) over ("
        f"partition by {names} order by at_date) as until from edge) "
        f"select {', '.join(f's.k{n}' for n in range(len(look.match)))}, s.since, s.until, "
        f"min(r.found) as found from span as s join held as r on {same} "
        f"and r.since <= s.since and s.until <= r.until group by all"
    )


def zones_sql(contract: Contract, look: Lookup, maps_by_system: frozenset[str]) -> str:
    """The spans of a map of time zones; a name that no clock goes by is none."""
    return (
        f"select s.* replace (z.name as found) from ({spans_sql(contract, look, maps_by_system)}) "
        f"as s left join (select distinct name from pg_timezone_names()) as z on z.name = s.found"
    )


def matches_sql(
    contract: Contract, look: Lookup, spans: str, alias: str, as_of: str, prefix: str = ""
) -> str:
    """SQL: a row of `alias` lies in a span of `spans_sql` on the date `as_of`."""
    keys = [
        f"{spans}.k{n} = {matched_sql(contract, column, alias, prefix)}"
        for n, column in enumerate(look.match.values())
    ]
    return " and ".join([*keys, f"{as_of} >= {spans}.since", f"{as_of} < {spans}.until"])


def lookup_sql(
    contract: Contract, look: Lookup, alias: str, as_of: str, maps_by_system: frozenset[str]
) -> str:
    """SQL: the map's value as of a date. A scalar subquery cannot multiply rows."""
    conditions = [
        f"m.{ident(key)} = {matched_sql(contract, column, alias, '')}"
        for key, column in look.match.items()
    ]
    if look.map in maps_by_system:
        conditions.append(f"m.system = {literal(contract.system)}")
    return (
        f"(select min(m.{ident(look.value)}) from raw.{ident(look.table)} as m "
        f"where m._is_current and {' and '.join(conditions)} "
        f"and {as_of} >= coalesce(m.valid_from, {FIRST}) "
        f"and {as_of} < coalesce(m.valid_to, {LAST}))"
    )


def matched_sql(contract: Contract, column: str, alias: str, prefix: str = "") -> str:
    """SQL: the column of a row, or what the name of its file says, that a map is asked by."""
    if column.startswith("file."):
        return f"{alias}._captures[{literal(column.removeprefix('file.'))}]"
    return f"{alias}.{ident(prefix + contract.column(column).name)}"
