"""Company maps that change: what they now know is looked up again.

Belongs here: which dates to build again and which files to read again after a map's new
delivery. Does not: the maps' own loading; they are feeds like any other.
"""

from collections.abc import Sequence

import duckdb

from ground.sql import ident, idents, literal
from ingest.contracts.contract import Contract, Lookup
from ingest.judge.as_of import lookup_sql
from ingest.load.group import maps_by_system
from ingest.load.supersession import touch


def remember(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Keep the map as it is before its new delivery, in the temp table `old_map`."""
    names = idents(column.name for column in contract.columns)
    con.execute(
        f"create or replace temp table old_map as select {names} "
        f"from raw.{ident(contract.raw_table)} where _is_current"
    )


def follow(
    con: duckdb.DuckDBPyConnection, changed: Contract, feeds: Sequence[Contract], batch_id: int
) -> int:
    """Touch what a changed map may alter and mark files to read again. Gives the files' number.

    Dates from the earliest `valid_from` among the changed rows on are touched; a file is read
    again when a client (and so the key of its pseudonyms) or a time zone comes out otherwise.
    """
    if not any(changed.name in feed.maps_read for feed in feeds):
        return 0
    names = idents(column.name for column in changed.columns)
    new = f"select {names} from raw.{ident(changed.raw_table)} where _is_current"
    row = con.execute(
        f"select count(*), min(coalesce(valid_from, date '0001-01-01')) from ("
        f"(({new}) except select {names} from old_map) union all "
        f"((select {names} from old_map) except ({new})))"
    ).fetchone()
    if row is None or row[0] == 0:
        return 0
    since = f"_event_date >= {literal(row[1])} - 1"
    marked = 0
    for feed in feeds:
        if changed.name not in feed.maps_read:
            continue
        table = f"raw.{ident(feed.raw_table)}"
        touch(
            con,
            feed,
            f"select distinct _event_date as event_date from {table} where _is_current and {since}",
            batch_id,
        )
        marked += _mark_stale(con, feed, changed, since)
    return marked


def _mark_stale(
    con: duckdb.DuckDBPyConnection, feed: Contract, changed: Contract, since: str
) -> int:
    stale = []
    by_system = maps_by_system(con, feed)
    for look, column, unknown in (
        (feed.client, "_client_id", "unmapped"),
        (feed.time_zone, "_time_zone", "UTC"),
    ):
        if not isinstance(look, Lookup) or look.map != changed.name:
            continue
        if any(source.startswith("file.") for source in look.match.values()):
            stale.append("true")
            continue
        found = lookup_sql(feed, look, "t", "t._event_date", by_system)
        stale.append(f"coalesce({found}, {literal(unknown)}) <> t.{column}")
    if not stale:
        return 0
    row = con.execute(
        f"update ledger.file set verdict = 'remap' where verdict = 'loaded' and file_id in ("
        f"select distinct t._file_id from raw.{ident(feed.raw_table)} as t "
        f"where {since} and ({' or '.join(stale)}))"
    ).fetchone()
    return int(row[0]) if row else 0
