"""Provisional values: what ended, what is certain of the rest, and the limits of what may come.

A share of events is a sum over a sum, and one more event moves it by 0 or 1 above and 0 or 1
below. So the least value that can come out takes for each open visit the way that adds below
alone, where it has one; the greatest takes the way that adds on both sides. Counts take their
least and their most. Belongs here: that, by queue, site, client and over all. Does not: parts.
"""

from collections.abc import Iterable

import duckdb

from ground.sql import ident, literal
from live.build import CELL
from live.lane import LiveError
from live.models import DayModels, Metric

# Whom a value is for, by the columns that say so.
LEVELS = {
    "queue": ("client_id", "queue_id"),
    "client": ("client_id",),
    "site": ("site_id",),
    "company": (),
}
_SUMS = ("numerator", "denominator", "open_n", "certain_numerator", "certain_denominator",
         "low_numerator", "low_denominator", "high_numerator", "high_denominator")  # fmt: skip


def compute(con: duckdb.DuckDBPyConnection, day: DayModels, as_of: str) -> None:
    """Fill `lane.value`: each metric by level, per half hour, and per day so far.

    as_of: the tick's instant. A day so far is its half hours that are over by then; the one that
    runs has a row of its own. Raises LiveError where a part is no event and so has no limits.
    """
    refuse_other_than_events(con, day)
    cells = " union all ".join(_cells(metric) for metric in day.metrics)
    con.execute(f"create or replace table lane.metric_cell as {cells}")
    over = f"half_hour_start_utc + interval 30 minute <= timestamp {literal(as_of)}"
    periods = {
        "half_hour": ("half_hour_start_utc", "true"),
        "day": ("null::timestamp", over),
    }
    rows = " union all ".join(
        _level(name, columns, period, start, where)
        for name, columns in LEVELS.items()
        for period, (start, where) in periods.items()
    )
    con.execute(f"create or replace table lane.summed as {rows}")
    names = ", ".join(
        f"({literal(m.id)}, {literal(m.display)}, {m.version}, {literal(m.unit)}, "
        f"{literal(m.direction)}, {literal(m.intraday)}, {literal(m.denominator is not None)})"
        for m in day.metrics
    )
    con.execute(
        f"create or replace table lane.value as with named as (from (values {names}) as v "
        f"(metric_id, metric, version, unit, direction, intraday, is_share)), "
        f"computed as (select n.metric, s.* exclude (metric_id), n.version, n.unit, n.direction, "
        f"n.intraday, {_quotient('certain')} as value, {_quotient('low')} as least, "
        f"{_quotient('high')} as most from lane.summed as s join named as n using (metric_id)) "
        # Where every way at one limit leaves nothing below the line, the other limit is the only
        # value that can come out.
        f"select * exclude (least, most, intraday), "
        f"case when intraday = 'bounded' then coalesce(least, most) end as low, "
        f"case when intraday = 'bounded' then coalesce(most, least) end as high from computed"
    )


def _quotient(of: str) -> str:
    return (
        f"case when n.is_share then {of}_numerator / nullif({of}_denominator, 0)::double "
        f"else {of}_numerator end"
    )


def _cells(metric: Metric) -> str:
    """Per cell: what ended, and of the visits that are open the certain, the least and the most."""
    numerator = ident(metric.numerator)
    denominator = ident(metric.denominator) if metric.denominator else "1"
    keys = ", ".join(CELL)
    ended = (
        f"select {literal(metric.id)} as metric_id, {keys}, {numerator} as numerator, "
        f"{denominator if metric.denominator else '0'} as denominator, 0 as open_n, "
        + ", ".join(
            f"{numerator if name.endswith('numerator') else denominator} as {name}"
            if metric.denominator or name.endswith("numerator")
            else f"0 as {name}"
            for name in _SUMS[3:]
        )
        + " from lane.cell"
    )
    if metric.intraday != "bounded":
        open_n = (
            f"select {literal(metric.id)}, {keys}, 0, 0, count(distinct leg_id), 0, 0, 0, 0, 0, 0 "
            f"from lane.open_part group by {keys}"
        )
        return f"{ended} union all {open_n}"
    ways = (
        f"select {keys}, leg_id, min({numerator}) as n_min, max({numerator}) as n_max, "
        f"max({denominator}) as d_max, "
        f"count(distinct ({numerator}, {denominator})) = 1 as is_certain, "
        f"bool_or({numerator} = 0 and {denominator} = 1) as has_below, "
        f"bool_or({numerator} = 1 and {denominator} = 1) as has_both, "
        f"bool_or({denominator} = 0) as has_none from lane.open_part group by {keys}, leg_id"
    )
    if metric.denominator is None:
        sums = (
            "sum(if(is_certain, n_min, 0)), 0, sum(n_min), 0, sum(n_max), 0"
        )  # fmt: skip
    else:
        sums = (
            "sum(if(is_certain, n_min, 0)), sum(if(is_certain, d_max, 0)), "
            "sum(if(has_below or has_none, 0, 1)), sum(if(has_below, 1, if(has_none, 0, 1))), "
            "sum(if(has_both, 1, 0)), sum(if(has_both, 1, if(has_none, 0, 1)))"
        )
    opened = (
        f"select {literal(metric.id)}, {keys}, 0, 0, sum(if(is_certain, 0, 1)), {sums} "
        f"from ({ways}) group by {keys}"
    )
    return f"{ended} union all {opened}"


def _level(name: str, columns: Iterable[str], period: str, start: str, where: str) -> str:
    ids = {column: f"{column}" for column in columns}
    shown = ", ".join(
        f"{ids.get(column, 'null::varchar')} as {column}"
        for column in ("client_id", "site_id", "queue_id")
    )
    sums = ", ".join(f"sum({one})::bigint as {one}" for one in _SUMS)
    grouped = [*ids, "metric_id", "site_date"] + ([start] if period == "half_hour" else [])
    return (
        f"select metric_id, {literal(name)} as level, {shown}, {literal(period)} as period, "
        f"{start} as half_hour_start_utc, site_date, {sums} from lane.metric_cell "
        f"where {where} group by {', '.join(grouped)}"
    )


def refuse_other_than_events(con: duckdb.DuckDBPyConnection, day: DayModels) -> None:
    """Raises LiveError when a part of a bounded metric is not 0 or 1, or above its whole."""
    for metric in day.metrics:
        if metric.intraday != "bounded":
            continue
        numerator = ident(metric.numerator)
        wrong = f"{numerator} not in (0, 1)"
        if metric.denominator:
            whole = ident(metric.denominator)
            wrong += f" or {whole} not in (0, 1) or {numerator} > {whole}"
        for table in ("lane.open_part", "lane.visit_version"):
            row = con.execute(f"select count(*) from {table} where {wrong}").fetchone()
            if row and row[0]:
                raise LiveError(
                    f"{metric.display}: {row[0]} visits count other than 0 or 1 in its parts, so "
                    "it has no certain limits; its contract must say `intraday: ended`"
                )
