"""The one door to what a build made: audit and publication read tables through it, and only read.

Belongs here: where built tables stand, as one attached database. A build by another engine that
keeps them elsewhere changes this module and nothing that reads (docs/scale.md). Does not: what is
read, and whoever writes (the ledger, dbt).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from ground.home import Home
from ground.sql import ident, literal

# As dbt names the database in every relation.
WAREHOUSE = "warehouse"


class NotBuiltError(Exception):
    """There is nothing to read: no night has run in this home."""


@contextmanager
def built_tables(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which `schema.table` is a built one; what it makes itself is temporary.

    No other connection may have the tables open for writing. Raises NotBuiltError when there are
    none, duckdb.Error when they cannot be opened.
    """
    with duckdb.connect(":memory:") as con:
        attach(con, home)
        con.execute(f"use {ident(WAREHOUSE)}")
        yield con


def attach(con: duckdb.DuckDBPyConnection, home: Home, name: str = WAREHOUSE) -> None:
    """Make the built tables a database of a connection that has a database of its own."""
    if not home.warehouse.exists():
        raise NotBuiltError(f"there is no warehouse at {home.warehouse}; run a night first")
    con.execute(f"attach if not exists {literal(str(home.warehouse))} as {ident(name)} (read_only)")
