"""As-of look-ups in company maps: which client, which time zone, on that date.

Belongs here: SQL that asks a map. Does not: what a new delivery of a map makes stale (`maps.py`).
"""

from collections.abc import Iterable

from ground.sql import ident, idents, literal
from ingest.contracts.contract import Contract, Lookup

FIRST, LAST = "date '0001-01-01'", "date '9999-12-31'"


def rows_of_map(
    contract: Contract,
    name: str,
    maps_by_system: frozenset[str],
    keys: Iterable[str],
    value: str | None = None,
) -> str:
    """SELECT of `_instance`, keys, value and validity: the map's rows for each of the instances.

    A row of the system holds for every instance, one of `system/instance` for that one: where an
    instance has rows of its own for a key, these alone say what the key means there.
    """
    table, keys = f"raw.{ident(name.replace('.', '__'))}", list(keys)
    scopes = ", ".join(
        f"({literal(s.instance)}, {literal(f'{s.system}/{s.instance}')})" for s in contract.scopes
    )
    held = idents(dict.fromkeys([*keys, *([value] if value else []), "valid_from", "valid_to"]))
    by_system = name in maps_by_system
    rows = f"select {held}{', system' if by_system else ''} from {table} where _is_current"
    each = f"(values {scopes}) as s (_instance, scope)"
    if not by_system:
        return f"select s._instance, m.* from ({rows}) as m cross join {each}"
    same = " and ".join(f"o.{ident(key)} = m.{ident(key)}" for key in keys)
    system = literal(contract.system)
    return (
        f"select s._instance, m.* from ({rows}) as m join {each} on m.system in ({system}, s.scope)"
        f" where m.system <> {system} or not exists (select 1 from {table} as o "
        f"where o._is_current and o.system = s.scope and {same})"
    )


def spans_sql(contract: Contract, look: Lookup, maps_by_system: frozenset[str]) -> str:
    """SELECT of (_instance, k0, ..., since, until, found): the map in spans that never overlap.

    Where rows of one key overlap, the least value is found, as `lookup_sql` does; a date lies in
    one span at most, so joining the spans cannot multiply rows.
    """
    keys = ", ".join(f"m.{ident(key)} as k{n}" for n, key in enumerate(look.match))
    rows = rows_of_map(contract, look.map, maps_by_system, look.match, look.value)
    names = idents(["_instance", *(f"k{n}" for n in range(len(look.match)))])
    same = " and ".join(f"s.k{n} = r.k{n}" for n in range(len(look.match)))
    same += " and s._instance = r._instance"
    return (
        f"with held as (select m._instance, {keys}, m.{ident(look.value)} as found, "
        f"coalesce(m.valid_from, {FIRST}) as since, coalesce(m.valid_to, {LAST}) as until "
        f"from ({rows}) as m), "
        f"edge as (select {names}, since as at_date from held union select {names}, until "
        f"from held), "
        f"span as (select {names}, at_date as since, lead(at_date) over ("
        f"partition by {names} order by at_date) as until from edge) "
        f"select s._instance, {', '.join(f's.k{n}' for n in range(len(look.match)))}, "
        f"s.since, s.until, min(r.found) as found from span as s join held as r on {same} "
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
    same = f"{spans}._instance = {alias}._instance"
    return " and ".join([*keys, same, f"{as_of} >= {spans}.since", f"{as_of} < {spans}.until"])


def lookup_sql(
    contract: Contract, look: Lookup, alias: str, as_of: str, maps_by_system: frozenset[str]
) -> str:
    """SQL: the map's value as of a date. A scalar subquery cannot multiply rows."""
    conditions = [
        f"m.{ident(key)} = {matched_sql(contract, column, alias, '')}"
        for key, column in look.match.items()
    ]
    conditions.append(f"m._instance = {alias}._instance")
    rows = rows_of_map(contract, look.map, maps_by_system, look.match, look.value)
    return (
        f"(select min(m.{ident(look.value)}) from ({rows}) as m "
        f"where {' and '.join(conditions)} "
        f"and {as_of} >= coalesce(m.valid_from, {FIRST}) "
        f"and {as_of} < coalesce(m.valid_to, {LAST}))"
    )


def matched_sql(contract: Contract, column: str, alias: str, prefix: str = "") -> str:
    """SQL: the column of a row, or what the name of its file says, that a map is asked by."""
    if column.startswith("file."):
        return f"{alias}._captures[{literal(column.removeprefix('file.'))}]"
    return f"{alias}.{ident(prefix + contract.column(column).name)}"
