"""From an id in a client's folder back to the record. Belongs here: finding, with the master key,
what a client's keyed id stands for. Does not: keying (`clients.py`).
"""

from dataclasses import dataclass

import duckdb

from ground.home import Home
from ground.sql import ident, literal, parquet
from ingest.privacy.pseudonym import MACROS, client_pads, master_key
from publish import snapshot_store
from publish.clients import KEYED, KEYED_SQL
from publish.errors import PublishError


@dataclass(frozen=True)
class Record:
    """Where a record stands in the served snapshot, under the id that its system has given it."""

    table: str
    column: str
    system_id: str


def find(home: Home, client_id: str, keyed: str) -> list[Record]:
    """Every column of the client's tables that has the record; a system's own id finds itself.

    Raises PublishError when nothing is published or the client has no folder.
    """
    served = snapshot_store.current_id(home)
    if served is None:
        raise PublishError(f"nothing is published in {home.published} yet")
    snapshot = snapshot_store.load(home, served)
    if client_id not in snapshot.clients:
        raise PublishError(f"snapshot {served} has no folder for client {client_id!r}")
    root = snapshot_store.snapshot_dir(home, served)
    ((_, inner, outer),) = client_pads(master_key(home.keys), [client_id])
    found = []
    with duckdb.connect() as con:
        con.execute(MACROS)
        con.execute(
            "create temp table record_key as select ?::blob as inner_pad, ?::blob as outer_pad",
            [inner, outer],
        )
        for name, own in snapshot.clients[client_id].tables.items():
            paths = [root / part.path for part in snapshot.tables[name].partitions if part.rows]
            for column in own.columns if paths else ():
                if column.text == KEYED:
                    id_sql = ident(column.name)
                    rows = con.execute(
                        f"select distinct {id_sql} from {parquet(paths)} as t where "
                        f"client_id = {literal(client_id)} and "
                        f"({KEYED_SQL.format(id_sql)} = ? or {id_sql} = ?)",
                        [keyed, keyed],
                    ).fetchall()
                    found += [Record(name, column.name, row[0]) for row in rows]
    return found
