"""How many rows a published table has, by whose they are and by month: as served, and as built.

Belongs here: counting, from the manifest (which costs nothing) and from the warehouse. Does not:
what is too few (`expectations.volume`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping

import duckdb

from ground.built_tables import WAREHOUSE
from ground.sql import ident
from publish.manifest import COUNTED, Table
from publish.specs import Spec

ALL = ""
SHARES = ("client_id", "site_id", "source_system")
# (column or ALL, its value, month or ALL) to rows.
Rows = Mapping[tuple[str, str, str], int]


def served(table: Table) -> Rows:
    """Rows of a table in a snapshot. Of what an earlier release did not count nothing is said."""
    found: Counter[tuple[str, str, str]] = Counter()
    by_month = "site_month" in table.partition_by
    for part in table.partitions:
        if not part.rows:
            continue
        key = dict(zip(table.partition_by, part.key, strict=True))
        month = (key["site_month"] or ALL) if by_month else ALL
        shares: list[tuple[str, Mapping[str, int]]] = [
            (name, {key[name] or "": part.rows}) for name in SHARES if name in key
        ]
        shares += [(name, rows) for name, rows in part.rows_by.items() if name not in key]
        _add(found, month, part.rows, shares)
    return found


Columns = Mapping[tuple[str, str], frozenset[str]]


def columns(con: duckdb.DuckDBPyConnection) -> Columns:
    """The columns of every table and view of the attached warehouse, asked for once."""
    rows = con.execute(
        "select schema_name, table_name, list(column_name) from duckdb_columns() "
        "where database_name = ? group by all",
        [WAREHOUSE],
    ).fetchall()
    return {(schema, name): frozenset(names) for schema, name, names in rows}


def built(con: duckdb.DuckDBPyConnection, spec: Spec, known: frozenset[str]) -> Rows:
    """Rows of the model that a table is published from, in the attached warehouse.

    known: its columns.
    """
    shown = {*COUNTED, *spec.partition_by} & known
    names = [name for name in SHARES if name in shown]
    # Months as dates: their text is made once for each, not for each row.
    month = "cast(null as date)"
    if "site_month" in spec.partition_by:
        own = "site_month" in known
        month = "cast(site_month || '-01' as date)" if own else _month(spec.month_of)
    by = [f"cast({ident(name)} as varchar)" for name in names]
    found: Counter[tuple[str, str, str]] = Counter()
    query = (
        f"select {', '.join([*by, month, 'count(*)'])} from {ident(WAREHOUSE, *spec.relation)} "
        f"group by all"
    )
    for *values, first_day, rows_n in con.execute(query).fetchall():
        shares = [(n, {v or "": rows_n}) for n, v in zip(names, values, strict=True)]
        _add(found, f"{first_day:%Y-%m}" if first_day else ALL, rows_n, shares)
    return found


def _month(of: str) -> str:
    return f"date_trunc('month', {ident(of)})"


def _add(
    found: Counter[tuple[str, str, str]],
    month: str,
    rows_n: int,
    shares: Iterable[tuple[str, Mapping[str, int]]],
) -> None:
    months = (ALL, month) if month != ALL else (ALL,)
    for when in months:
        found[ALL, ALL, when] += rows_n
        for name, values in shares:
            for value, n in values.items():
                found[name, value, when] += n
