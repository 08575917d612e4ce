"""What the floor's page shows, read from the last good tick. Belongs here: questions to its file.

Figures are governed metrics by name; nothing is computed here but ages, and sums of counts by half
hour. Does not belong here: the page, the server.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

# The columns of the table of queues, each a metric of the dictionary.
SHOWN = {
    "offered": "offered.queue_visits",
    "in_time": "service_level.answered_of_offered_less_short",
    "abandoned": "abandonment.of_queue_visits_less_short",
    "speed": "speed_of_answer.of_answered",
    "handling": "handle_time.of_handled",
}
_SERIES_HOURS = 16

_ABOUT = """
select a.as_of_at, a.cadence_s, a.snapshot_id,
    round(epoch(now()::timestamp) - a.clock_offset_s - epoch(a.as_of_at))::bigint as age_s,
    age_s > 2 * a.cadence_s as is_stale
from live.about as a
"""
_GROUPS = """
select feed_group, is_held, why, as_of_at from live.shown order by feed_group
"""
_VALUES = """
select v.metric, v.level, v.client_id, v.queue_id, v.value, v.low, v.high, v.open_n, v.numerator,
    v.denominator, v.unit, v.band_low, v.band_high, v.band_n, v.band_of, v.blank_because,
    v.covered_through_at, v.site_date
from live.value as v
where v.period = 'day' and v.level in ('company', 'queue')
qualify row_number() over (
    partition by v.metric, v.level, v.client_id, v.queue_id order by v.site_date desc) = 1
"""
_RUNNING = f"""
select v.*
from live.value as v cross join live.about as a
where v.period = 'half_hour' and v.level in ('company', 'queue')
    and v.metric = '{SHOWN["in_time"]}'
    and v.half_hour_start_utc = time_bucket(interval 30 minute, a.as_of_at)
"""
_QUEUES = """
select q.queue_id, q.queue_name, q.client_id, q.channel,
    coalesce(sum(w.waiting_n), 0)::bigint as waiting_n,
    coalesce(sum(w.with_agent_n), 0)::bigint as with_agent_n,
    max(w.longest_wait_s) as longest_wait_s
from live.queue as q left join live.waiting as w using (queue_id)
where q.queue_id in (select queue_id from live.value where level = 'queue')
group by all order by q.client_id, q.queue_name
"""
_STAFFING = """
select s.site_id, coalesce(x.site_name, s.site_id) as site_name, s.activity, s.agents_n, s.seen_at
from live.staffing as s left join live.site as x using (site_id)
order by site_name, s.agents_n desc, s.activity
"""
_SERIES = f"""
with about as (select as_of_at from live.about),
halves as (
    select unnest(generate_series(
        time_bucket(interval 30 minute, as_of_at) - interval {_SERIES_HOURS} hour,
        time_bucket(interval 30 minute, as_of_at) + interval 4 hour, interval 30 minute)) as half_at
    from about),
local as (
    select h.half_at, s.site_id, timezone(s.time_zone, timezone('UTC', h.half_at)) as wall
    from halves as h cross join live.site as s),
usual as (
    select l.half_at, sum(u.offered_median) as usual, sum(u.offered_low) as usual_low,
        sum(u.offered_high) as usual_high
    from local as l join live.usual as u
        on u.site_id = l.site_id and u.weekday = isodow(l.wall)
        and u.half_hour_of_day = hour(l.wall) * 2 + minute(l.wall) // 30
    group by l.half_at),
offered as (
    select half_hour_start_utc as half_at, sum(offered_n) as offered from live.queue_half_hour
    group by 1),
forecast as (
    select half_hour_start_utc as half_at, sum(forecast_n) as forecast from live.forecast_half_hour
    where is_forecast group by 1)
select h.half_at,
    case when h.half_at <= a.as_of_at then coalesce(o.offered, 0)::bigint end as offered,
    f.forecast::double as forecast, u.usual::double as usual, u.usual_low::double as usual_low,
    u.usual_high::double as usual_high, h.half_at + interval 30 minute > a.as_of_at as is_open
from halves as h cross join about as a left join offered as o using (half_at)
left join forecast as f using (half_at) left join usual as u using (half_at)
order by h.half_at
"""
_REVISED = """
select count(distinct site_date) as days_n, count(*) filter (where revision is not null) as n
from trust.revision
"""


def board(serve_file: Path) -> dict[str, Any]:
    """Everything the page shows. Raises duckdb.Error when the file cannot be read."""
    with duckdb.connect(str(serve_file), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        values = _rows(con, _VALUES)
        running, queues = _rows(con, _RUNNING), _rows(con, _QUEUES)
        for queue in queues:
            queue["figures"] = _figures(values, running, "queue", queue["queue_id"])
        return {
            "about": _rows(con, _ABOUT)[0] | {"read_at": datetime.now(UTC).replace(tzinfo=None)},
            "groups": _rows(con, _GROUPS),
            "company": _figures(values, running, "company", None),
            "queues": queues,
            "staffing": _rows(con, _STAFFING),
            "series": _rows(con, _SERIES),
            "revised": _rows(con, _REVISED)[0],
            "metrics": SHOWN,
        }


def _figures(
    values: list[dict[str, Any]], running: list[dict[str, Any]], level: str, queue: str | None
) -> dict[str, Any]:
    """The figures of one queue, or of all; `now`: in time in the half hour that runs."""

    def of(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        return {
            row["metric"]: row
            for row in rows
            if row["level"] == level and (level == "company" or row["queue_id"] == queue)
        }

    day = of(values)
    return {"now": of(running).get(SHOWN["in_time"])} | {
        name: day.get(metric) for name, metric in SHOWN.items()
    }


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    found = con.execute(sql)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
