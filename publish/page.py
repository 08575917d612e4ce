"""One self-contained page of pictures per snapshot, for whoever has no BI tool.

Belongs here: a handful of questions to serve.duckdb. No network, no script. A picture whose view is
not published, or has no rows, is left out and named.
"""

import html
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from publish.drawing import Picture, figure, said

_QUEUES = "interaction.queue_half_hour"
_ABANDONED = "sum(abandoned_n - short_abandoned_n) / nullif(sum(offered_n - short_abandoned_n), 0)"
# Answers of unknown wait are neither in time nor late; of many of them nothing is said.
_IN_TIME = (
    "case when sum(answered_unknown_wait_n) <= 0.01 * sum(answered_n) then "
    "sum(answered_within_threshold_n) / nullif(sum(offered_n - short_abandoned_n), 0) end"
)
_SPEED = "sum(answered_wait_s) / nullif(sum(answered_n - answered_unknown_wait_n), 0)"


@dataclass(frozen=True)
class Figure:
    """One figure of the top row: `sql` gives a number."""

    title: str
    view: str
    sql: str
    percent: bool = False


def _last_day(title: str, value: str, *, percent: bool = False) -> Figure:
    sql = f"select {value} from {_QUEUES} where site_date = published_through()"
    return Figure(title, _QUEUES, sql, percent)


FIGURES = (
    _last_day("offered", "sum(offered_n)"),
    _last_day("answered in time", _IN_TIME, percent=True),
    _last_day("abandoned", _ABANDONED, percent=True),
    _last_day("seconds to answer", _SPEED),
    Figure(
        "people employed",
        "attrition.headcount_month",
        "select sum(closing_n) from attrition.headcount_month where known_as = 'as_is' "
        "and month_start_date = date_trunc('month', published_through())",
    ),
)


def _by_client(title: str, about: str, value: str, *, percent: bool = False) -> Picture:
    sql = (
        f"select site_date, client_id, {value} from {_QUEUES} "
        "where site_date between published_through() - 27 and published_through() "
        "group by all order by all"
    )
    return Picture(title, _QUEUES, about, sql, percent)


PICTURES = (
    _by_client("Offered by day", "Queue visits of inbound contacts.", "sum(offered_n)"),
    _by_client(
        "Service level by day",
        "Answered within the queue's threshold, of offered less short abandons.",
        _IN_TIME,
        percent=True,
    ),
    _by_client(
        "Speed of answer by day (s)",
        "Mean wait of those who were answered. Read it with abandonment.",
        _SPEED,
    ),
    _by_client(
        "Abandonment by day",
        "Abandoned less short abandons, of offered less short abandons.",
        _ABANDONED,
        percent=True,
    ),
    Picture(
        "Headcount at the end of each month",
        "attrition.headcount_month",
        "As HR knows it now.",
        "select month_start_date, 'people', sum(closing_n) from attrition.headcount_month "
        "where known_as = 'as_is' group by 1 order by 1",
    ),
    Picture(
        "Staying, by days since hire",
        "attrition.survival",
        "Kaplan-Meier over all hires.",
        "select day_n, unnest(['staying', 'low', 'high']), "
        "unnest([survival_rate, survival_low, survival_high]) from attrition.survival "
        "where dimension = 'company' and day_n <= 730 order by 1",
        percent=True,
        steps=True,
    ),
)


def write(snapshot: Path) -> Path:
    """Write `index.html` beside a snapshot's serve.duckdb. Raises duckdb.Error, OSError."""
    path = snapshot / "index.html"
    path.write_text(page(snapshot / "serve.duckdb"), encoding="utf-8")
    return path


def page(serve_file: Path) -> str:
    """The page of one serve.duckdb."""
    with duckdb.connect(str(serve_file), read_only=True) as con:
        snapshot, at, verdict, checks, day = con.execute(
            "select snapshot_id, published_at, verdict, checks_n, published_through() "
            "from core.snapshot"
        ).fetchall()[0]
        views = {
            f"{schema}.{name}"
            for schema, name in con.execute(
                "select schema_name, view_name from duckdb_views() where not internal"
            ).fetchall()
        }
        figures = _figures(con, views)
        drawn, missing = [], []
        for picture in PICTURES:
            rows = con.execute(picture.sql).fetchall() if picture.view in views else []
            rows = [row for row in rows if row[2] is not None]
            if rows:
                drawn.append(figure(picture, rows))
            else:
                missing.append(picture.title)
    left_out = f"<p>Without data: {html.escape(', '.join(missing))}.</p>" if missing else ""
    last = f"the last day that every site has sent is {day}" if day else "no site has sent a day"
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Headset</title>"
        f"<style>{_STYLE}</style><h1>Headset</h1>"
        f"<p>As published {at:%Y-%m-%d %H:%M} UTC, snapshot {html.escape(snapshot)}; audit: "
        f"{html.escape(verdict)}, {checks} checks; {last}:</p>"
        f"<ul>{figures}</ul><main>{''.join(drawn)}</main>{left_out}</html>\n"
    )


_STYLE = (
    "body{font:15px/1.4 system-ui,sans-serif;margin:2rem;color:#222}main{display:grid;gap:1.5rem;"
    "grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr))}figure{margin:0}h2{font-size:"
    "1rem;margin:0}figcaption{color:#555;font-size:.85rem}svg{width:100%;max-width:640px;"
    "height:auto}text{font:11px system-ui,sans-serif;fill:#555}ul{display:flex;flex-wrap:wrap;"
    "gap:1rem 3rem;list-style:none;padding:0}li{color:#555;font-size:.85rem}li b{display:block;"
    "font-size:1.8rem;font-weight:500;color:#222}.key{white-space:nowrap;margin-right:.8rem}"
    ".key i{display:inline-block;width:.7rem;height:.7rem;margin-right:.3rem}"
)


def _figures(con: duckdb.DuckDBPyConnection, views: Collection[str]) -> str:
    found = []
    for one in FIGURES:
        rows = con.execute(one.sql).fetchall() if one.view in views else []
        if rows and rows[0][0] is not None:
            value = float(rows[0][0])
            shown = f"{value:.1%}" if one.percent else said(round(value), percent=False)
            found.append(f"<li><b>{shown}</b>{html.escape(one.title)}</li>")
    return "".join(found)
