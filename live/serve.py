"""What readers see of the open day: one DuckDB file per tick, shown by one flip of a link.

`published/intraday/current/serve.duckdb` holds real rows, so it stands alone; a reader who holds a
connection keeps the tick that it opened. A group of figures that the audit holds back is copied
from the tick before, age and all. Belongs here: that file. Does not: what is in a figure.
"""

import shutil
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import duckdb

from ground import files
from ground.home import Home
from ground.sql import ident, literal, parquet
from live.audit import Finding
from live.coverage import QUEUES, STAFFING
from live.lane import Lane
from live.revision import EMPTY
from publish import snapshot_store
from publish.manifest import SERVE
from publish.serve import STORAGE_VERSION

KEEP = 3
# Tables of each group: shown together, held back together.
TABLES: Mapping[str, tuple[str, ...]] = {
    QUEUES: ("value", "queue_half_hour", "forecast_half_hour", "waiting"),
    STAFFING: ("staffing",),
}
# A value is blank once its tick is older than so many cadences.
STALE_CADENCES = 2


def serve_file(home: Home) -> Path | None:
    """The file of the last good tick, by its real path; None before the first one."""
    lane = Lane.of(home)
    tick = snapshot_store.current_id(lane)
    return snapshot_store.snapshot_dir(lane, tick) / SERVE if tick else None


def show(
    con: duckdb.DuckDBPyConnection,
    lane: Lane,
    home: Home,
    *,
    about: Mapping[str, str | int | float | bool | None],
    findings: Sequence[Finding],
    held: Collection[str],
) -> Path:
    """Write the tick's file and flip readers to it. Raises OSError, duckdb.Error; then the tick
    before is still shown."""
    with snapshot_store.lock(lane):
        before = snapshot_store.current_id(lane)
        tick = snapshot_store.next_id(lane, snapshot_store.now())
        part = snapshot_store.snapshots_dir(lane) / f"{snapshot_store.STAGING}{tick}"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        try:
            old = snapshot_store.snapshot_dir(lane, before) / SERVE if before else None
            _write(con, part / SERVE, lane, home, about, findings, held, old)
            files.seal(part / SERVE)
            final = snapshot_store.snapshot_dir(lane, tick)
            part.replace(final)
            files.fsync(final.parent)
            snapshot_store.flip(lane, tick)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        for old_tick in snapshot_store.ids(lane)[:-KEEP]:
            with suppress(OSError):
                shutil.rmtree(snapshot_store.snapshot_dir(lane, old_tick))
    return final / SERVE


def _write(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    lane: Lane,
    home: Home,
    about: Mapping[str, str | int | float | bool | None],
    findings: Sequence[Finding],
    held: Collection[str],
    old: Path | None,
) -> None:
    version = literal(STORAGE_VERSION)
    con.execute(f"attach {literal(str(path))} as shown (storage_version {version})")
    if old:
        con.execute(f"attach {literal(str(old))} as shown_before (read_only)")
    try:
        con.execute("create schema shown.live; create schema shown.trust")
        columns = ", ".join(f"{literal(value)} as {ident(name)}" for name, value in about.items())
        con.execute(f"create table shown.live.about as select {columns}, "
                    f"timestamp {literal(str(about['as_of']))} as as_of_at")  # fmt: skip
        for group, tables in TABLES.items():
            for table in tables:
                name = "value_as_computed" if table == "value" else table
                if group in held and old:
                    con.execute(f"create table shown.live.{name} as from shown_before.live.{name}")
                else:
                    empty = " limit 0" if group in held else ""
                    con.execute(f"create table shown.live.{name} as {_query(table, about)}{empty}")
        _small_tables(con, findings, held, old is not None, about)
        con.execute("use shown")
        con.execute(_blank_view())
        con.execute(_live_view(home, con))
        con.execute(_revision_view(lane))
    finally:
        con.execute("use intraday")
        con.execute("detach shown")
        if old:
            con.execute("detach shown_before")


def _query(table: str, about: Mapping[str, object]) -> str:
    as_of = f"timestamp {literal(str(about['as_of']))}"
    match table:
        case "value":
            return (
                f"select v.metric, v.level, v.client_id, v.site_id, v.queue_id, v.period, "
                f"v.half_hour_start_utc, v.site_date, v.certain_numerator as numerator, "
                f"case when v.certain_denominator <> 0 or v.unit = 'fraction' "
                f"then v.certain_denominator end as denominator, v.value, v.low, v.high, "
                f"v.open_n, v.version, v.unit, v.direction, {as_of} as as_of_at, "
                f"r.covered_through_at, true as is_provisional, r.missing_feeds, "
                f"b.band_low, b.band_high, b.band_n, b.band_of "
                f"from lane.value as v left join lane.value_reach as r on {_same('r')} "
                f"left join lane.value_band as b on {_same('b')} and b.metric = v.metric "
                f"and b.period = v.period and b.site_date = v.site_date"
            )
        case "queue_half_hour":
            return f"select *, {as_of} as as_of_at from interaction.interaction_queue_half_hour"
        case "forecast_half_hour":
            return f"select *, {as_of} as as_of_at from client.forecast_half_hour"
        case "waiting":
            # What was seen longer ago says nothing of who waits now.
            fresh = f"{as_of} - to_seconds({STALE_CADENCES * int(str(about['cadence_s']))})"
            return (
                f"select client_id, site_id, queue_id, "
                f"count(distinct leg_id) filter (where state = 'waiting') as waiting_n, "
                f"count(distinct leg_id) filter (where state = 'answered') as with_agent_n, "
                f"max(wait_s) filter (where state = 'waiting') as longest_wait_s, "
                f"{as_of} as as_of_at from lane.open_part where seen_at >= {fresh} group by all"
            )
        case _:
            return f"select *, {as_of} as as_of_at from lane.staffing"


def _same(other: str) -> str:
    """The rows are for the same queue, client or site; nobody is the same as nobody."""
    columns = ("level", "client_id", "site_id", "queue_id")
    return " and ".join(f"{other}.{name} is not distinct from v.{name}" for name in columns)


def _small_tables(
    con: duckdb.DuckDBPyConnection,
    findings: Sequence[Finding],
    held: Collection[str],
    has_old: bool,
    about: Mapping[str, object],
) -> None:
    con.execute("create table shown.live.usual as from lane.usual")
    con.execute(
        "create table shown.live.coverage as select feed, feed_group, site_id, newest_at, "
        "covered_through_at, rows_n, is_missing from lane.coverage"
    )
    con.execute(
        "create table shown.live.queue as select distinct on (queue_id) "
        "source_system || ':' || queue_code as queue_id, queue_name, client_id, channel "
        "from staging.stg_company__queues order by queue_id, valid_from desc"
    )
    con.execute(
        "create table shown.live.site as select site_id, max(site_name) as site_name, "
        "max(time_zone) as time_zone from raw.company__sites where _is_current group by 1"
    )
    con.execute(
        'create table shown.live."check" (check_id varchar, radius varchar, failing_n bigint, '
        "holds boolean, reason varchar)"
    )
    if findings:
        con.executemany(
            'insert into shown.live."check" values (?, ?, ?, ?, ?)',
            [[f.check, f.radius, f.failing_n, f.holds, f.reason] for f in findings],
        )
    for number, group in enumerate(TABLES):
        why = "; ".join(dict.fromkeys(f.reason for f in findings if f.holds and f.radius == group))
        as_of = f"timestamp {literal(str(about['as_of']))}"
        if group in held:
            as_of = (
                f"(select as_of_at from shown_before.live.shown where feed_group = "
                f"{literal(group)})" if has_old else "null::timestamp"
            )  # fmt: skip
        row = (
            f"select {literal(group)} as feed_group, {as_of} as as_of_at, "
            f"{literal(group in held)} as is_held, {literal(why)} as why"
        )
        begin = "create table shown.live.shown as" if not number else "insert into shown.live.shown"
        con.execute(f"{begin} {row}")


def _blank_view() -> str:
    """Never a stale green number: beyond twice the cadence the value goes, its age stays."""
    age = "epoch(now()::timestamp) - a.clock_offset_s - epoch(v.as_of_at)"
    silent = "coalesce(v.missing_feeds, '') <> ''"
    stale = f"({age}) > {STALE_CADENCES} * a.cadence_s"
    return (
        "create view live.value as select v.* replace ("
        + ", ".join(
            f"case when {stale} or {silent} then null else v.{name} end as {name}"
            for name in ("value", "low", "high", "band_low", "band_high")
        )
        + f"), round({age})::bigint as age_s, case when {stale} then 'older than "
        f"{STALE_CADENCES} ticks' when {silent} then 'nothing new from ' || v.missing_feeds "
        f"when v.value is null then 'nothing has ended yet' end as blank_because "
        f"from live.value_as_computed as v cross join live.about as a"
    )


def _live_view(home: Home, con: duckdb.DuckDBPyConnection) -> str:
    """Final days and today's provisional rows, one under the other, each saying which it is."""
    current = snapshot_store.current_id(home)
    today = "select *, true as is_provisional from live.queue_half_hour"
    if current is None:
        return f"create view live.queue_half_hour_live as {today}"
    table = snapshot_store.load(home, current).tables["interaction.queue_half_hour"]
    root = snapshot_store.snapshot_dir(home, current)
    own = con.execute("describe shown.live.queue_half_hour").fetchall()
    have = {column.name for column in table.columns}
    columns = ", ".join(ident(row[0]) for row in own if row[0] in have)
    final = parquet(root / part.path for part in table.partitions)
    return (
        f"create view live.queue_half_hour_live as {today} union all by name "
        f"select {columns}, false as is_provisional from {final}"
    )


def _revision_view(lane: Lane) -> str:
    paths = sorted(lane.revisions.glob("*.parquet")) if lane.revisions.is_dir() else []
    if not paths:
        return f"create view trust.revision as {EMPTY}"
    return f"create view trust.revision as from {parquet(paths)}"
