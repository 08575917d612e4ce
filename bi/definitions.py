"""Dashboards as they are written (`dashboards/*.yml`), and what is wrong with them.

title, slug, about (one or two sentences shown on top), for (whose page it is)
rows: list of rows, each a list of charts:
  {title, table (schema.name of a published view), kind, ...}; width of 12, height in rows of
  8 pixels; `bi/charts.py` says what else each kind takes
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from bi.charts import KINDS, columns_used, expressions
from ground.yaml_keys import refuse_unknown

PAGE_KEYS = ("title", "slug", "for", "about", "about_height", "rows")
CHART_KEYS = (
    "title", "table", "kind", "height", "width", "where", "metrics", "format", "formats", "labels",
    "columns", "order", "rows", "x", "x_format", "x_title", "about", "grain", "from", "to", "by",
    "limits", "tight", "stacked",
)  # fmt: skip
FOLDER = Path(__file__).resolve().parent / "dashboards"


class DashboardError(Exception):
    """A dashboard that cannot be made; the message names the file, the chart and the fault."""


@dataclass(frozen=True)
class View:
    """A published view: description, and per column its type and description."""

    name: str
    description: str
    columns: Mapping[str, tuple[str, str]]

    @property
    def schema(self) -> str:
        """The subject."""
        return self.name.split(".")[0]


def definitions(folder: Path | None = None) -> list[dict[str, Any]]:
    """All dashboards, by file name; `file` is added to each.

    folder: the packaged ones and those of the centre that this process works for, when left out.
    Raises DashboardError naming the file, and for an own slug without the centre's name in front.
    """
    if folder is not None:
        return [_read(path) for path in sorted(folder.glob("*.yml"))]
    return [*definitions(FOLDER), *own()]


def own() -> list[dict[str, Any]]:
    """The dashboards of the centre that this process works for; none without one."""
    centre, name = os.environ.get("HEADSET_CENTRE"), os.environ.get("HEADSET_CENTRE_NAME", "")
    found = definitions(Path(centre) / "dashboards") if centre else []
    for board in found:
        if not str(board.get("slug", "")).startswith(f"{name}-"):
            raise DashboardError(
                f"dashboards/{board['file']}: its slug is {board.get('slug')!r}; one of your own "
                f"begins with {name}-"
            )
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise DashboardError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(content, dict) or not content.get("rows"):
        raise DashboardError(f"{path}: a dashboard is a mapping with title, slug and rows")
    _refuse_unknown(content, path)
    return {**content, "file": path.name}


def _refuse_unknown(content: Mapping[str, Any], path: Path) -> None:
    try:
        refuse_unknown(content, PAGE_KEYS, "a dashboard")
        for chart in charts_of(content):
            refuse_unknown(chart, CHART_KEYS, f"chart {chart.get('title')!r}")
    except ValueError as error:
        raise DashboardError(f"{path.name}: {error}") from error


def charts_of(dashboard: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Every chart of a dashboard."""
    for row in dashboard["rows"]:
        yield from row


def faults(dashboards: Sequence[Mapping[str, Any]], views: Mapping[str, View]) -> list[str]:
    """Every chart that uses what is not published, or says what it shows in the wrong form.

    Expressions and conditions are tried on empty tables of the same columns and types.
    """
    found = []
    with duckdb.connect(":memory:") as con:
        con.execute("create macro published_through() as current_date")
        for dashboard in dashboards:
            for chart in charts_of(dashboard):
                where = f"{dashboard['file']}: {chart['title']}"
                view = views.get(chart["table"])
                if chart["kind"] not in KINDS:
                    found.append(f"{where}: kind {chart['kind']!r} is none of {', '.join(KINDS)}")
                elif view is None:
                    found.append(f"{where}: {chart['table']} is not published")
                else:
                    found += [f"{where}: {one}" for one in _faults(con, chart, view)]
    return found


def _faults(con: duckdb.DuckDBPyConnection, chart: Mapping[str, Any], view: View) -> list[str]:
    lacking = [name for name in columns_used(chart) if name not in view.columns]
    if lacking:
        return [f"{view.name} has no column {name}" for name in lacking]
    where = chart.get("where", "true")
    if "select" in where.lower():
        return ["its condition has a subquery, which Superset refuses"]
    empty = ", ".join(f'cast(null as {kind}) as "{n}"' for n, (kind, _) in view.columns.items())
    asked = ", ".join(expressions(chart).values()) or "count(*)"
    try:
        con.execute(f"select {asked} from (select {empty}) where {where}")
    except duckdb.Error as error:
        return [f"{view.name}: {str(error).splitlines()[0]}"]
    return []
