"""The raw tables: one per feed, made as its contract says and widened when the contract grows.

Belongs here: their columns. Does not: what is written to them (`load.py`).
"""

from collections.abc import Iterable, Mapping

import duckdb

from ground.sql import ident, literal
from ground.systems import DEFAULT_INSTANCE
from ingest.contracts.contract import Contract

UNDERSCORED = (
    ("_client_id", "varchar"),
    ("_time_zone", "varchar"),
    ("_event_date", "date"),
    ("_file_id", "bigint"),
    ("_row_number", "bigint"),
    ("_loaded_at", "timestamp"),
    ("_is_current", "boolean"),
    ("_instance", "varchar"),
)
# A table of before there were instances: whatever it holds is the default one's.
_INSTANCE = f"varchar default {literal(DEFAULT_INSTANCE)}"


def ensure_tables(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> None:
    """Create the feeds' raw tables, or add the columns that their contracts have gained."""
    have: dict[str, dict[str, str]] = {}
    for table, column, kind in con.execute(
        "select table_name, column_name, lower(data_type) from duckdb_columns() "
        "where schema_name = 'raw' and database_name = current_database()"
    ).fetchall():
        have.setdefault(table, {})[column] = kind
    for contract in contracts:
        _ensure_table(con, contract, have.get(contract.raw_table))


def _ensure_table(
    con: duckdb.DuckDBPyConnection, contract: Contract, have: Mapping[str, str] | None
) -> None:
    table = f"raw.{ident(contract.raw_table)}"
    columns = [(c.name, c.sql_type) for c in contract.columns]
    if have is None:
        body = ", ".join(f"{ident(name)} {kind}" for name, kind in (*columns, *UNDERSCORED))
        con.execute(f"create table if not exists {table} ({body})")
        return
    if "_instance" not in have:
        columns.append(("_instance", _INSTANCE))
    for name, kind in columns:
        if name not in have:
            con.execute(f"alter table {table} add column {ident(name)} {kind}")
        elif have[name] != kind:
            con.execute(f"alter table {table} alter column {ident(name)} set data type {kind}")
