"""An erasure as a process: recorded, resumed until it is proven, and proven by a search.

Belongs here: its states, the free space of the warehouse file, and the search for what is left.
Does not: taking a person out of rows (`person.py`), building and publishing without them.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from ground.home import Home
from ground.sql import file_literal, ident, literals
from ingest.ledger.ledger import warehouse

# Taken out of raw and landing; served without them; searched for and not found.
STATES = ("taken_out", "published", "proven")


def note(con: duckdb.DuckDBPyConnection, person_hash: str, state: str, waits_for: str = "") -> None:
    """Record how far the erasure of a person has come."""
    con.execute(
        "insert into ledger.erasure values (?, ?, ?, now()::timestamp)",
        [person_hash, state, waits_for],
    )


def is_open(home: Home, person_hash: str) -> bool:
    """Whether an erasure of the person was begun and is not proven: the next one goes on."""
    with warehouse(home) as con:
        row = con.execute(
            "select arg_max(state, noted_at) from ledger.erasure where person_hash = ?",
            [person_hash],
        ).fetchone()
    return bool(row and row[0] not in (None, "proven"))


def wipe_free_blocks(home: Home) -> int:
    """Write over the blocks that deleted and changed rows have left. Gives their number.

    The file keeps what a block held until another table takes it; so one does, and goes.
    """
    with warehouse(home) as con:
        con.execute("checkpoint")
        row = con.execute("select free_blocks, block_size from pragma_database_size()").fetchone()
        free, size = (int(row[0]), int(row[1])) if row else (0, 0)
        if free:
            con.execute(
                f"create or replace table ledger.wiped as select hash(range) as filler "
                f"from range({free * size // 8})"
            )
            con.execute("checkpoint")
            con.execute("drop table ledger.wiped")
            con.execute("checkpoint")
    return free


def left_in(home: Home, ids: Sequence[str]) -> list[str]:
    """Where any of the ids still stands: tables of the warehouse, published files. [] proves it.

    The warehouse's tables are searched row by row, whatever their compression; published Parquet
    files likewise; every other file of the home outside landing by its bytes.
    """
    found = []
    with warehouse(home) as con:
        tables = con.execute(
            "select schema_name, table_name, list(column_name) from duckdb_columns() "
            "where database_name = current_database() and not internal "
            "and data_type = 'VARCHAR' and (schema_name, table_name) in (select (schema_name, "
            "table_name) from duckdb_tables() where not temporary) group by all"
        ).fetchall()
        for schema, table, columns in tables:
            if _stands(con, f"{ident(schema)}.{ident(table)}", columns, ids):
                found.append(f"{schema}.{table}")
    with duckdb.connect() as con:
        found += [
            str(path.relative_to(home.root))
            for path in sorted(home.published.rglob("*.parquet"))
            if _in_parquet(con, path, ids)
        ]
    found += _in_bytes(home, ids)
    return found


def _stands(
    con: duckdb.DuckDBPyConnection, source: str, columns: Iterable[str], ids: Sequence[str]
) -> bool:
    tests = " or ".join(f"{ident(column)} in ({literals(ids)})" for column in columns)
    row = con.execute(f"select 1 from {source} where {tests} limit 1").fetchone()
    return row is not None


def _in_parquet(con: duckdb.DuckDBPyConnection, path: Path, ids: Sequence[str]) -> bool:
    source = f"read_parquet({file_literal(path)})"
    described = con.execute(f"describe select * from {source}").fetchall()
    columns = [name for name, kind, *_ in described if kind == "VARCHAR"]
    return bool(columns) and _stands(con, source, columns, ids)


def _in_bytes(home: Home, ids: Sequence[str]) -> list[str]:
    """Files beside tables and landing that hold one of the longer ids as it stands."""
    words = [one.encode() for one in ids if len(one) >= 16]
    skipped = (home.landing, home.warehouse, home.keys)
    return [
        str(path.relative_to(home.root))
        for path in home.root.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and path.suffix != ".parquet"
        and not any(path == one or one in path.parents for one in skipped)
        and any(word in path.read_bytes() for word in words)
    ]
