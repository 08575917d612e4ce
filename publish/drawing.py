"""Line charts as inline SVG, for the page of a snapshot. Belongs here: drawing, no questions."""

import datetime as dt
import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP = 560, 220, 46, 10, 24, 8
# Okabe and Ito's colours: told apart without red and green.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#7F7F7F")
LOW, HIGH = "low", "high"
Row = tuple[object, str, float]


@dataclass(frozen=True)
class Picture:
    """A line chart: `sql` gives x (a date or a number), series, y.

    percent: how y is written. steps: a value holds until the next one. Series called `low` and
    `high` are the interval of the other one, drawn as a shaded band.
    """

    title: str
    view: str
    about: str
    sql: str
    percent: bool = False
    steps: bool = False


def figure(picture: Picture, rows: Sequence[Row]) -> str:
    """The figure of a picture; there is at least one row."""
    where = _Axes.of([(_number(x), float(y)) for x, _, y in rows], dates=_is_date(rows[0][0]))
    series: dict[str, list[tuple[float, float]]] = {}
    for x, name, y in rows:
        series.setdefault(name, []).append(where.point(_number(x), float(y)))
    banded = {LOW, HIGH} <= series.keys()
    drawn, key = [], []
    if banded:
        outline = _steps(series.pop(LOW), picture.steps)
        outline += reversed(_steps(series.pop(HIGH), picture.steps))
        drawn.append(f"<polygon fill='#0072B2' fill-opacity='0.15' points='{_path(outline)}'/>")
        key.append(_key("rgba(0,114,178,.25)", "95 % interval"))
    for number, (name, points) in enumerate(sorted(series.items())):
        colour = COLOURS[number % len(COLOURS)]
        line = _path(_steps(points, picture.steps))
        drawn.append(f"<polyline fill='none' stroke='{colour}' stroke-width='2' points='{line}'/>")
        key.append(_key(colour, name))
    title = html.escape(picture.title)
    return (
        f"<figure><h2>{title}</h2><figcaption>{html.escape(picture.about)}<br>{''.join(key)}"
        f"</figcaption><svg viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-label='{title}'>"
        f"{where.grid(percent=picture.percent)}{''.join(drawn)}</svg></figure>"
    )


@dataclass(frozen=True)
class _Axes:
    """Both axes in proportion: x from the first to the last value, y from 0 to a round number."""

    first: float
    last: float
    top: float
    dates: bool

    @classmethod
    def of(cls, points: Sequence[tuple[float, float]], *, dates: bool) -> "_Axes":
        xs = [x for x, _ in points]
        return cls(min(xs), max(xs), round_up(max(y for _, y in points)), dates)

    def point(self, x: float, y: float) -> tuple[float, float]:
        share = (x - self.first) / (self.last - self.first) if self.last > self.first else 0.0
        return LEFT + (WIDTH - LEFT - RIGHT) * share, self._y(y / self.top)

    def grid(self, *, percent: bool) -> str:
        lines = [
            f"<line x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{self._y(part):.1f}' "
            f"y2='{self._y(part):.1f}' stroke='#ddd'/>"
            f"<text x='{LEFT - 6}' y='{self._y(part) + 4:.1f}' text-anchor='end'>"
            f"{said(part * self.top, percent=percent)}</text>"
            for part in (0, 0.25, 0.5, 0.75, 1)
        ]
        for part, anchor in ((0, "start"), (0.5, "middle"), (1, "end")):
            x = self.first + part * (self.last - self.first)
            text = dt.date.fromordinal(round(x)).isoformat() if self.dates else f"{x:,.0f}"
            left = LEFT + part * (WIDTH - LEFT - RIGHT)
            lines.append(
                f"<text x='{left:.1f}' y='{HEIGHT - 4}' text-anchor='{anchor}'>{text}</text>"
            )
        return "".join(lines)

    @staticmethod
    def _y(share: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * min(max(share, 0.0), 1.0)


def round_up(value: float) -> float:
    """The least of 1, 2, 4 and 8 times a power of ten that is not below: it quarters well."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(n * power for n in (1, 2, 4, 8, 10) if n * power >= value * (1 - 1e-9))


def said(value: float, *, percent: bool) -> str:
    """A value in words of an axis."""
    if percent:
        return f"{100 * value:.3g}%"
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"


def _steps(points: Sequence[tuple[float, float]], steps: bool) -> list[tuple[float, float]]:
    if not steps:
        return list(points)
    found = [points[0]]
    for x, y in points[1:]:
        found += [(x, found[-1][1]), (x, y)]
    return found


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _key(colour: str, name: str) -> str:
    return (
        f"<span class='key'><i style='background:{colour}'></i>{html.escape(name or 'all')}</span> "
    )


def _number(value: object) -> float:
    return float(value.toordinal()) if isinstance(value, dt.date) else float(str(value))


def _is_date(value: object) -> bool:
    return isinstance(value, dt.date)
