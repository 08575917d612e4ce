"""Company maps that change: what they now know is looked up again.

Belongs here: which dates to build again and which files to read again after a map's new
delivery. Does not: the maps' own loading; they are feeds like any other.
"""

from collections.abc import Mapping, Sequence

import duckdb

from ground.sql import ident, idents, literal
from ingest.contracts.contract import EVERY_MAP, Contract, Lookup
from ingest.judge.as_of import FIRST, LAST, lookup_sql, matched_sql
from ingest.judge.faults import UNKNOWN_ZONE
from ingest.ledger.ledger import OPEN_QUARANTINE
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

    Touched are the dates on which a code occurs whose row is another one on that date than before;
    a file is read again when a client (and so the key of its pseudonyms) or a time zone comes out
    otherwise.
    """
    if not any(changed.name in feed.maps_read for feed in feeds):
        return 0
    reading = [(feed, found) for feed in feeds if (found := _matches(feed, changed))]
    _find_changed_spans(con, changed)
    row = con.execute("select min(since) from changed_span").fetchone()
    if row is None or row[0] is None:
        return 0
    marked = 0
    for feed, matches in reading:
        when = "t._event_date between c.since - 1 and c.until"
        if _has_system(changed):
            # A row of one instance puts aside what holds for all, whatever its own dates.
            when = (
                f"(c.system = {literal(feed.system)} and {when} "
                f"or starts_with(c.system, {literal(feed.system + '/')}))"
            )
        dates = [
            f"select t._event_date as event_date from raw.{ident(feed.raw_table)} as t "
            f"join changed_span as c on {_agree(feed, match)} "
            f"where t._is_current and {when}"
            for match in matches
        ]
        touch(con, feed, " union ".join(dates), batch_id)
        if changed.name in feed.maps_read:
            marked += _mark_stale(con, feed, changed, f"_event_date >= {literal(row[0])} - 1")
    return marked


def _matches(feed: Contract, changed: Contract) -> list[Mapping[str, str]]:
    """Which columns of a feed name rows of the map: the map's column -> the feed's.

    Those that the contract says, and those that are called as the key of the map is: models look
    them up, whether or not unknown codes are counted.
    """
    if feed.system == EVERY_MAP:
        return []
    named = [
        look.match
        for look in (feed.client, feed.time_zone)
        if isinstance(look, Lookup) and look.map == changed.name
    ]
    named += [{code.key: code.column} for code in feed.code_maps if code.map == changed.name]
    columns = {column.name for column in feed.columns}
    codes = [name for name in changed.key if name not in ("system", "valid_from")]
    if codes and columns.issuperset(codes):
        named.append({name: name for name in codes})
    return list({tuple(sorted(match.items())): match for match in named}.values())


def _agree(feed: Contract, match: Mapping[str, str]) -> str:
    return " and ".join(
        f"c.{ident(key)} = {matched_sql(feed, column, 't')}" for key, column in match.items()
    )


def _has_system(changed: Contract) -> bool:
    return any(column.name == "system" for column in changed.columns)


def _find_changed_spans(con: duckdb.DuckDBPyConnection, changed: Contract) -> None:
    """Temp table `changed_span`: rows of the map, each with the dates [since, until) on which it
    holds now and did not, or did and does no longer.
    """
    said = idents(c.name for c in changed.columns if c.name not in ("valid_from", "valid_to"))
    same = f"hash({said})"
    held = (
        f"select {said}, {same} as row_hash, coalesce(valid_from, {FIRST}) as since, "
        f"coalesce(valid_to, {LAST}) as until, "
    )
    con.execute(
        f"create or replace temp table changed_span as with held as ("
        f"{held} true as is_now from raw.{ident(changed.raw_table)} where _is_current "
        f"union all {held} false as is_now from old_map), "
        f"edge as (select row_hash, since as at_date from held "
        f"union select row_hash, until from held), "
        f"span as (select row_hash, at_date as since, lead(at_date) over "
        f"(partition by row_hash order by at_date) as until from edge) "
        f"select {said}, span.since, span.until from span join held using (row_hash) "
        f"where held.since <= span.since and span.until <= held.until "
        f"group by all having bool_and(is_now) or not bool_or(is_now)"
    )


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
    waiting = f"select q.file_id from ({OPEN_QUARANTINE}) as q where q.rule = '{UNKNOWN_ZONE}'"
    row = con.execute(
        f"update ledger.file set verdict = 'remap' where verdict = 'loaded' "
        f"and system = {literal(feed.system)} and feed = {literal(feed.feed)} and file_id in ("
        f"select distinct t._file_id from raw.{ident(feed.raw_table)} as t "
        f"where {since} and ({' or '.join(stale)}) union {waiting})"
    ).fetchone()
    return int(row[0]) if row else 0
