"""How far provisional values move: each shown value against the final one, split by cause.

The causes of one revision are exact parts that add up to it, because they are sums over visits: a
visit that was shown and is final cancels out, every other one has one cause. What such values did
before becomes the band beside a live value. Belongs here: that. Does not: what is shown.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from ground import files
from ground.sql import ident, idents, literal, literals, parquet
from live.lane import Lane, LiveError
from live.models import DayModels, Metric

# Why a final value is another than the one shown.
CAUSES = (
    "ended_later",   # its contact was open when the value was shown
    "late_row",      # it had ended, and its row came later
    "correction",    # its row was corrected, or moved to another half hour
    "mapped_later",  # a code of it means another queue, client or site since
    "withdrawn",     # its row is not there any more, a duplicate for instance
    "definition",    # the formula or the contract was changed meanwhile
)  # fmt: skip
LEVELS = {"queue": ("client_id", "queue_id"), "company": ()}
_KEYS = ("metric", "level", "client_id", "queue_id", "period", "half_hour_start_utc", "site_date")
# A band promises 95 %; from fewer earlier values, or days, it would be a guess: one late file moves
# every value of its day.
COVER, LEAST_N, LEAST_DAYS = 0.95, 40, 5
EMPTY = (
    "select null::varchar as metric, null::varchar as level, null::varchar as client_id, "
    "null::varchar as queue_id, null::varchar as period, null::timestamp as half_hour_start_utc, "
    "null::date as site_date, null::bigint as tick_id, null::timestamp as as_of_at, "
    "null::double as value, null::double as low, null::double as high, null::bigint as open_n, "
    "null::double as final_value, null::double as revision, null::bigint as numerator, "
    "null::bigint as denominator, null::bigint as final_numerator, "
    "null::bigint as final_denominator, "
    + ", ".join(
        f"null::bigint as {cause}_{part}"
        for cause in CAUSES
        for part in ("numerator", "denominator")
    )
    + " where false"
)


def lay_out(con: duckdb.DuckDBPyConnection) -> None:
    """The table of what was shown."""
    con.execute(
        "create table lane.shown_value (tick_id bigint, as_of_at timestamp, definitions varchar, "
        "metric varchar, level varchar, client_id varchar, queue_id varchar, period varchar, "
        "half_hour_start_utc timestamp, site_date date, ended_numerator bigint, "
        "ended_denominator bigint, numerator bigint, denominator bigint, value double, "
        "low double, high double, open_n bigint)"
    )


def has_parts(con: duckdb.DuckDBPyConnection, day: DayModels) -> bool:
    """Whether the lane kept every part that the metrics of now are made of."""
    found = con.execute("describe lane.visit_version").fetchall()
    return set(day.parts) <= {row[0] for row in found}


def note(con: duckdb.DuckDBPyConnection, tick_id: int, as_of: str, definitions: str) -> None:
    """Keep what this tick shows: days so far, and half hours that ended since the tick before."""
    at = f"timestamp {literal(as_of)}"
    con.execute(
        f"insert into lane.shown_value by name select {tick_id} as tick_id, {at} as as_of_at, "
        f"{literal(definitions)} as definitions, {idents(_KEYS)}, "
        f"numerator as ended_numerator, denominator as ended_denominator, "
        f"certain_numerator as numerator, certain_denominator as denominator, value::double as "
        f"value, low::double as low, high::double as high, open_n from lane.value "
        f"where level in ({literals(LEVELS)}) and (period = 'day' or "
        f"(half_hour_start_utc + interval 30 minute <= {at} and half_hour_start_utc + "
        f"interval 30 minute > coalesce((select max(as_of_at) from lane.tick), timestamp "
        f"'0001-01-01')))"
    )


def settle(
    con: duckdb.DuckDBPyConnection,
    lane: Lane,
    day: DayModels,
    serve: Path,
    days: Sequence[date],
) -> list[Path]:
    """Compare what was shown of `days` with the published snapshot; one Parquet file a day.

    Clients that the snapshot holds back are left out: their final rows are not there yet. Raises
    LiveError where causes do not add up.
    """
    lane.revisions.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = []
    con.execute(f"attach {literal(str(serve))} as final (read_only)")
    try:
        con.execute(_final_visits(day, days))
        found = con.execute("select definition_hash from final.core.snapshot").fetchall()
    finally:
        con.execute("detach final")
    for one in days:
        con.execute(_revisions(day, one, str(found[0][0])))
        _refuse_a_gap(con, one)
        path = lane.revisions / f"{one}.parquet"
        part = path.with_name(f".{path.name}.part")
        con.execute(f"copy lane.revision_day to {literal(str(part))} (format parquet)")
        part.replace(path)
        files.fsync(path.parent)
        written.append(path)
    return written


def _refuse_a_gap(con: duckdb.DuckDBPyConnection, one: date) -> None:
    """Raises LiveError where the causes do not add up to the revision."""
    gaps = " or ".join(
        f"final_{part} - {part} <> " + " + ".join(f"{cause}_{part}" for cause in CAUSES)
        for part in ("numerator", "denominator")
    )
    row = con.execute(f"select count(*) from lane.revision_day where {gaps}").fetchone()
    if row and row[0]:
        raise LiveError(f"{one}: the causes of {row[0]} revisions do not add up; none was kept")


def _final_visits(day: DayModels, days: Sequence[date]) -> str:
    parts = ", ".join(f"({sql})::bigint as {ident(part)}" for part, sql in day.parts.items())
    listed = ", ".join(literal(one) for one in days)
    return (
        f"create or replace temp table final_visit as select leg_id, site_id, client_id, queue_id, "
        f"half_hour_start_utc, site_date, {parts} from final.interaction.contact_leg "
        f"where site_date in ({listed}) and client_id not in (select unnest(from_json("
        f"(select held_clients from final.core.snapshot), '[\"varchar\"]')))"
    )


def _revisions(day: DayModels, one: date, definitions: str) -> str:
    keys = ("site_id", "client_id", "queue_id", "half_hour_start_utc")
    same = " and ".join(
        f"s.{ident(name)} is not distinct from f.{ident(name)}" for name in (*keys, *day.parts)
    )
    names = idents([*keys, *day.parts], "{}.")
    on = f"site_date = {literal(one)}"
    # Per tick the visits that are not as they end up, each with its one cause.
    moved = (
        f"with tick as (select distinct tick_id, definitions from lane.shown_value where {on}), "
        f"pair as (select t.tick_id, coalesce(s.leg_id, f.leg_id) as leg_id, "
        f"case when s.leg_id is null then case when exists (select 1 from lane.open_seen as o "
        f"where o.tick_id = t.tick_id and o.leg_id = f.leg_id) then 'ended_later' else 'late_row' "
        f"end when f.leg_id is null then 'withdrawn' "
        f"when t.definitions <> {literal(definitions)} then 'definition' "
        f"when (s.site_id, s.client_id, s.queue_id) is distinct from "
        f"(f.site_id, f.client_id, f.queue_id) then 'mapped_later' else 'correction' end as cause, "
        f"s as shown, f as final from tick as t cross join (select distinct leg_id from ("
        f"select leg_id from final_visit where {on} union all "
        f"select leg_id from lane.visit_version where {on})) as ids "
        f"left join lane.visit_version as s on s.leg_id = ids.leg_id and s.from_tick <= t.tick_id "
        f"and coalesce(s.to_tick > t.tick_id, true) "
        f"left join final_visit as f on f.leg_id = ids.leg_id "
        f"where (s.leg_id is not null or f.leg_id is not null) "
        f"and not coalesce(s.leg_id = f.leg_id and {same}, false)) "
        f"select tick_id, cause, {_fields('final', names)}, 1 as sign from pair "
        f"where final.leg_id is not null union all select tick_id, cause, "
        f"{_fields('shown', names)}, -1 as sign from pair where shown.leg_id is not null"
    )
    metrics = " union all ".join(_of_metric(metric, one) for metric in day.metrics)
    return (
        f"create or replace temp table moved_visit as {moved}; "
        f"create or replace table lane.revision_day as {metrics}"
    )


def _fields(of: str, names: str) -> str:
    return names.replace("{}", of)


def _of_metric(metric: Metric, one: date) -> str:
    """All revisions of one metric: the shown parts, the final ones, and every cause's share."""
    numerator = ident(metric.numerator)
    denominator = ident(metric.denominator) if metric.denominator else "0"
    # A day so far is its half hours that were over; a half hour is itself.
    inside = (
        "case when v.period = 'day' then x.half_hour_start_utc + interval 30 minute <= v.as_of_at "
        "else x.half_hour_start_utc = v.half_hour_start_utc end "
        "and (v.level = 'company' or (x.queue_id is not distinct from v.queue_id "
        "and x.client_id is not distinct from v.client_id))"
    )
    by_cause = ", ".join(
        f"coalesce(sum(x.sign * x.{column}) filter (where x.cause = {literal(cause)}), 0)::bigint "
        f"as {cause}_{part}"
        for cause in CAUSES
        for part, column in (("numerator", "n"), ("denominator", "d"))
    )
    ended = ", ".join(
        f"m.{cause}_{part}" for cause in CAUSES[1:] for part in ("numerator", "denominator")
    )
    value = (
        "{}numerator / nullif({}denominator, 0)::double"
        if metric.denominator
        else "{}numerator::double"
    )
    final = value.replace("{}", "f.final_")
    return (
        f"select v.metric, v.level, v.client_id, v.queue_id, v.period, v.half_hour_start_utc, "
        f"v.site_date, v.tick_id, v.as_of_at, v.value, v.low, v.high, v.open_n, "
        f"{final} as final_value, {final} - v.value as revision, v.numerator, v.denominator, "
        f"f.final_numerator, f.final_denominator, "
        # What was certain of open visits stood in the shown value already.
        f"m.ended_later_numerator - (v.numerator - v.ended_numerator) as ended_later_numerator, "
        f"m.ended_later_denominator - (v.denominator - v.ended_denominator) "
        f"as ended_later_denominator, {ended} "
        f"from (select * from lane.shown_value where metric = {literal(metric.display)} "
        f"and site_date = {literal(one)}) as v "
        f"left join (select v.tick_id, v.level, v.client_id, v.queue_id, v.period, "
        f"v.half_hour_start_utc, coalesce(sum(x.n), 0)::bigint as final_numerator, "
        f"coalesce(sum(x.d), 0)::bigint as final_denominator from lane.shown_value as v "
        f"left join (select *, {numerator} as n, {denominator} as d from final_visit "
        f"where site_date = {literal(one)}) as x on {inside} "
        f"where v.metric = {literal(metric.display)} and v.site_date = {literal(one)} "
        f"group by all) as f on {_same('f')} "
        f"left join (select v.tick_id, v.level, v.client_id, v.queue_id, v.period, "
        f"v.half_hour_start_utc, {by_cause} from lane.shown_value as v left join "
        f"(select *, {numerator} as n, {denominator} as d from moved_visit) as x "
        f"on x.tick_id = v.tick_id and {inside} "
        f"where v.metric = {literal(metric.display)} and v.site_date = {literal(one)} "
        f"group by all) as m on {_same('m')}"
    )


def _same(other: str) -> str:
    columns = ("tick_id", "level", "client_id", "queue_id", "period", "half_hour_start_utc")
    return " and ".join(f"{other}.{name} is not distinct from v.{name}" for name in columns)


def bands(paths: Sequence[Path]) -> str:
    """A query: where 95 % of earlier values ended, from where they stood, by metric and hour.

    Such values are those of the metric, level and period within an hour of the clock; of the same
    queue where there are enough of them (`place` 0), else of all (1), else of any hour (2). The
    limits are order statistics, so nothing is assumed of their shape.
    """
    tail = (1 - COVER) / 2
    groups = (
        ("queue and hour", "e.client_id", "e.queue_id", "{near} <= 1"),
        ("hour", "null::varchar", "null::varchar", "{near} <= 1"),
        ("day", "null::varchar", "null::varchar", "true"),
    )
    apart = "abs(hour(e.as_of_at) - h.hour)"
    near = f"least({apart}, 24 - {apart})"
    return " union all ".join(
        f"select {place} as place, {literal(of)} as band_of, e.metric, e.level, e.period, "
        f"{client} as client_id, {queue} as queue_id, h.hour, "
        f"list_sort(list(revision))[greatest(floor({tail} * (count(*) + 1))::bigint, 1)] "
        f"as moved_low, "
        f"list_sort(list(revision))[least(ceil({1 - tail} * (count(*) + 1))::bigint, count(*))] "
        f"as moved_high, count(*) as band_n from "
        f"(from {parquet(paths)} where revision is not null) as e "
        f"join (select unnest(range(24)) as hour) as h on {where.format(near=near)} group by all "
        f"having count(*) >= {LEAST_N} and count(distinct e.site_date) >= {LEAST_DAYS}"
        for place, (of, client, queue, where) in enumerate(groups)
    )


def lay_out_bands(con: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> None:
    """Fill `lane.band`, once for the day: no day is compared while it is open."""
    con.execute(
        "create or replace table lane.band (place integer, band_of varchar, metric varchar, "
        "level varchar, period varchar, client_id varchar, queue_id varchar, hour bigint, "
        "moved_low double, moved_high double, band_n bigint)"
    )
    if paths:
        con.execute(f"insert into lane.band by name {bands(paths)}")


def band(con: duckdb.DuckDBPyConnection, as_of: str) -> None:
    """Fill `lane.value_band`: what such values did before, beside the values of this tick."""
    con.execute(
        f"create or replace table lane.value_band as select v.metric, v.level, v.client_id, "
        f"v.site_id, v.queue_id, v.period, v.site_date, v.value + b.moved_low as band_low, "
        f"v.value + b.moved_high as band_high, b.band_n, b.band_of "
        f"from lane.value as v join lane.band as b on {fits('v', 'b')} "
        f"and b.hour = hour(timestamp {literal(as_of)}) where v.period = 'day' "
        f"qualify row_number() over (partition by v.metric, v.level, v.client_id, v.site_id, "
        f"v.queue_id, v.period, v.site_date order by b.place) = 1"
    )


def fits(value: str, band: str) -> str:
    """A band is about a value: the same metric, level and period, and the same queue or any."""
    v, b = value, band
    return (
        f"{b}.metric = {v}.metric and {b}.level = {v}.level and {b}.period = {v}.period "
        f"and ({b}.place > 0 or ({b}.queue_id is not distinct from {v}.queue_id "
        f"and {b}.client_id is not distinct from {v}.client_id))"
    )
