"""One self-contained page of pictures per snapshot, for whoever has no BI tool.

Belongs here: a handful of questions to serve.duckdb and their drawing as inline SVG. No network, no
script. A picture whose view is not published, or has no rows, is left out and named.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

WIDTH, HEIGHT, LEFT, BOTTOM = 560, 220, 46, 24
# Okabe and Ito's colours: told apart without red and green.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#7F7F7F")
_LAST_28 = "site_date > (select max(site_date) - 28 from {view})"


@dataclass(frozen=True)
class Picture:
    """A line chart: `sql` gives x, series, y; `percent` says how y is written."""

    title: str
    view: str
    about: str
    sql: str
    percent: bool = False


def _by_client(title: str, about: str, value: str, percent: bool = False) -> Picture:
    view = "interaction.queue_half_hour"
    where = _LAST_28.format(view=view)
    sql = (
        f"select site_date, client_id, {value} from {view} where {where} group by all order by all"
    )
    return Picture(title, view, about, sql, percent)


PICTURES = (
    _by_client("Offered by day", "Queue visits of inbound contacts.", "sum(offered_n)"),
    _by_client(
        "Service level by day",
        "Answered within the queue's threshold, of offered less short abandons.",
        "sum(answered_within_threshold_n) / nullif(sum(offered_n - short_abandoned_n), 0)",
        percent=True,
    ),
    _by_client(
        "Speed of answer by day (s)",
        "Mean wait of those who were answered. Read it with abandonment.",
        "sum(answered_wait_s) / nullif(sum(answered_n), 0)",
    ),
    _by_client(
        "Abandonment by day",
        "Abandoned less short abandons, of offered less short abandons.",
        "sum(abandoned_n - short_abandoned_n) / nullif(sum(offered_n - short_abandoned_n), 0)",
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
        "Kaplan-Meier with its 95 % interval.",
        "select day_n, unnest(['staying', 'low', 'high']), "
        "unnest([survival_rate, survival_low, survival_high]) from attrition.survival "
        "where dimension = 'company' and day_n <= 730 order by 1",
        percent=True,
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
        snapshot, at, verdict, checks = con.execute(
            "select snapshot_id, published_at, verdict, checks_n from core.snapshot"
        ).fetchall()[0]
        views = {
            f"{schema}.{name}"
            for schema, name in con.execute(
                "select schema_name, view_name from duckdb_views() where not internal"
            ).fetchall()
        }
        drawn, missing = [], []
        for picture in PICTURES:
            rows = con.execute(picture.sql).fetchall() if picture.view in views else []
            rows = [row for row in rows if row[2] is not None]
            if rows:
                drawn.append(_figure(picture, rows))
            else:
                missing.append(picture.title)
    left_out = f"<p>Without data: {html.escape(', '.join(missing))}.</p>" if missing else ""
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Headset</title>"
        f"<style>{_STYLE}</style><h1>Headset</h1>"
        f"<p>As published {at:%Y-%m-%d %H:%M} UTC, snapshot {html.escape(snapshot)}; audit: "
        f"{html.escape(verdict)}, {checks} checks.</p>"
        f"<main>{''.join(drawn)}</main>{left_out}</html>\n"
    )


_STYLE = (
    "body{font:15px/1.4 system-ui,sans-serif;margin:2rem;color:#222}main{display:grid;gap:1.5rem;"
    "grid-template-columns:repeat(auto-fit,minmax(560px,1fr))}figure{margin:0}h2{font-size:1rem;"
    "margin:0}figcaption{color:#555;font-size:.85rem}svg{width:100%;max-width:640px;height:auto}"
    "text{font:11px system-ui,sans-serif;fill:#555}"
)


def _figure(picture: Picture, rows: Sequence[tuple[object, str, float]]) -> str:
    xs = sorted({row[0] for row in rows}, key=str) if not _numeric(rows) else sorted(
        {float(str(row[0])) for row in rows}
    )  # fmt: skip
    place = {x: LEFT + (WIDTH - LEFT - 8) * n / max(len(xs) - 1, 1) for n, x in enumerate(xs)}
    top = 1.0 if picture.percent else max(float(row[2]) for row in rows) or 1.0
    series = sorted({row[1] for row in rows})
    lines, key = [], []
    for number, name in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(
            f"{place[_x(row[0], xs)]:.1f},{_y(float(row[2]) / top):.1f}"
            for row in rows
            if row[1] == name
        )
        lines.append(
            f"<polyline fill='none' stroke='{colour}' stroke-width='2' points='{points}'/>"
        )
        key.append(f"<span style='color:{colour}'>&#9632;</span> {html.escape(name)}")
    ticks = "".join(
        f"<line x1='{LEFT}' x2='{WIDTH}' y1='{_y(part):.1f}' y2='{_y(part):.1f}' stroke='#ddd'/>"
        f"<text x='{LEFT - 6}' y='{_y(part) + 4:.1f}' text-anchor='end'>"
        f"{_label(part * top, picture.percent)}</text>"
        for part in (0, 0.25, 0.5, 0.75, 1)
    )
    ends = (
        f"<text x='{LEFT}' y='{HEIGHT - 4}'>{html.escape(_short(xs[0]))}</text>"
        f"<text x='{WIDTH}' y='{HEIGHT - 4}' text-anchor='end'>{html.escape(_short(xs[-1]))}</text>"
    )
    return (
        f"<figure><h2>{html.escape(picture.title)}</h2>"
        f"<figcaption>{html.escape(picture.about)} {' &nbsp; '.join(key)}</figcaption>"
        f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-label='{html.escape(picture.title)}'>"
        f"{ticks}{ends}{''.join(lines)}</svg></figure>"
    )


def _numeric(rows: Sequence[tuple[object, str, float]]) -> bool:
    return isinstance(rows[0][0], int | float)


def _x(value: object, xs: Sequence[object]) -> object:
    return float(value) if isinstance(value, int | float) and isinstance(xs[0], float) else value


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 8) * min(max(share, 0.0), 1.0)


def _label(value: float, percent: bool) -> str:
    if percent:
        return f"{value:.0%}"
    return f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:.1f}"


def _short(value: object) -> str:
    return f"{value:.0f}" if isinstance(value, float) else str(value)
