"""From terse dashboards (`dashboards/*.yml`) to the bundle that Superset imports. Pure.

A dashboard file:

    title, slug, about (one or two sentences shown on top)
    rows: list of rows, each a list of charts:
      {title, table (schema.name of a published view), kind, ...}

Kinds and what they need:

    number  metric                       one figure
    line    x (a date column), metrics, by (optional), limits (optional extra metrics, drawn thin)
    bar     x, metrics, by (optional)
    table   columns (raw rows), or by and metrics (sums); order (column, `desc` optional)

`metrics` is a mapping of label to an SQL aggregate over the view's additive columns. `where` is one
SQL condition, `width` of 12, `height` in rows of 8 pixels.
"""

import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent / "dashboards"
DATABASE = "Headset"
KINDS = ("number", "line", "bar", "table")
_VIZ = {
    "number": "big_number_total",
    "line": "echarts_timeseries_line",
    "bar": "echarts_timeseries_bar",
    "table": "table",
}


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


def definitions(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """All dashboards, by file name; `file` is added to each."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        found.append({**content, "file": path.name})
    return found


def charts_of(dashboard: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Every chart of a dashboard."""
    for row in dashboard["rows"]:
        yield from row


def faults(dashboards: Sequence[Mapping[str, Any]], views: Mapping[str, View]) -> list[str]:
    """Every chart that uses what is not published, or says what it shows in the wrong form."""
    found = []
    for dashboard in dashboards:
        for chart in charts_of(dashboard):
            where = f"{dashboard['file']}: {chart['title']}"
            if chart["kind"] not in KINDS:
                found.append(f"{where}: kind {chart['kind']!r} is none of {', '.join(KINDS)}")
            view = views.get(chart["table"])
            if view is None:
                found.append(f"{where}: {chart['table']} is not published")
                continue
            found += [
                f"{where}: {chart['table']} has no column {name}"
                for name in _columns_used(chart)
                if name not in view.columns
            ]
    return found


def _columns_used(chart: Mapping[str, Any]) -> list[str]:
    named = [chart["x"]] if "x" in chart else []
    named += [*chart.get("by", ()), *chart.get("columns", ())]
    if chart.get("order"):
        named += [chart["order"].split()[0]] if chart.get("columns") else []
    return named


def bundle(
    dashboards: Sequence[Mapping[str, Any]], views: Mapping[str, View], serve_file: Path
) -> bytes:
    """The ZIP for `POST /api/v1/assets/import/`. Raises DashboardError when `faults` finds any."""
    wrong = faults(dashboards, views)
    if wrong:
        raise DashboardError("\n".join(wrong))
    files = {"metadata.yaml": {"version": "1.0.0", "type": "assets"}}
    files[f"databases/{DATABASE}.yaml"] = _database(serve_file)
    used = {chart["table"] for board in dashboards for chart in charts_of(board)}
    for name in sorted(used):
        files[f"datasets/{DATABASE}/{name}.yaml"] = _dataset(views[name])
    for board in dashboards:
        for chart in charts_of(board):
            files[f"charts/{_id(board, chart)}.yaml"] = _chart(board, chart, views[chart["table"]])
        files[f"dashboards/{board['slug']}.yaml"] = _dashboard(board)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(f"headset/{path}", yaml.safe_dump(content, sort_keys=False))
    return packed.getvalue()


def stable_id(*parts: str) -> str:
    """A uuid that is the same in every bundle."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "headset:" + "/".join(parts)))


def _id(board: Mapping[str, Any], chart: Mapping[str, Any]) -> str:
    return stable_id("chart", board["slug"], chart["title"])


def _database(serve_file: Path) -> dict[str, Any]:
    return {
        "database_name": DATABASE,
        "sqlalchemy_uri": f"duckdb:///{serve_file}",
        "cache_timeout": None,
        "expose_in_sqllab": False,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_file_upload": False,
        "extra": {
            "engine_params": {"connect_args": {"read_only": True}, "poolclass": "NullPool"},
            "allows_virtual_table_explore": False,
        },
        "uuid": stable_id("database"),
        "version": "1.0.0",
    }


def _dataset(view: View) -> dict[str, Any]:
    return {
        "table_name": view.name.split(".")[1],
        "schema": view.schema,
        "description": view.description,
        "main_dttm_col": None,
        "default_endpoint": None,
        "offset": 0,
        "cache_timeout": None,
        "catalog": None,
        "sql": None,
        "params": None,
        "template_params": None,
        "filter_select_enabled": True,
        "fetch_values_predicate": None,
        "extra": None,
        "normalize_columns": False,
        "always_filter_main_dttm": False,
        "uuid": stable_id("dataset", view.name),
        "database_uuid": stable_id("database"),
        "version": "1.0.0",
        "metrics": [
            {"metric_name": "rows", "expression": "count(*)", "verbose_name": "Rows"},
        ],
        "columns": [
            {
                "column_name": name,
                "type": kind,
                "description": text,
                "is_dttm": kind in ("DATE", "TIMESTAMP"),
                "groupby": True,
                "filterable": True,
                "is_active": True,
            }
            for name, (kind, text) in view.columns.items()
        ],
    }


def _metric(label: str, expression: str) -> dict[str, Any]:
    return {
        "expressionType": "SQL",
        "sqlExpression": expression,
        "label": label,
        "hasCustomLabel": True,
        "optionName": "metric_" + hashlib.sha256(f"{label}{expression}".encode()).hexdigest()[:12],
    }


def _chart(board: Mapping[str, Any], chart: Mapping[str, Any], view: View) -> dict[str, Any]:
    params = _params(chart)
    query = _query(chart, params)
    context = {
        "datasource": {"id": 0, "type": "table"},
        "force": False,
        "queries": [query],
        "form_data": {**params, "viz_type": _VIZ[chart["kind"]]},
        "result_format": "json",
        "result_type": "full",
    }
    return {
        "slice_name": chart["title"],
        "description": chart.get("about"),
        "certified_by": None,
        "certification_details": None,
        "viz_type": _VIZ[chart["kind"]],
        "params": params,
        "query_context": json.dumps(context),
        "cache_timeout": None,
        "uuid": _id(board, chart),
        "dataset_uuid": stable_id("dataset", view.name),
        "version": "1.0.0",
    }


def _filters(chart: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not chart.get("where"):
        return []
    return [{"expressionType": "SQL", "sqlExpression": chart["where"], "clause": "WHERE"}]


def _params(chart: Mapping[str, Any]) -> dict[str, Any]:
    metrics = [
        _metric(*one) for one in {**chart.get("metrics", {}), **chart.get("limits", {})}.items()
    ]
    common: dict[str, Any] = {
        "adhoc_filters": _filters(chart),
        "row_limit": chart.get("rows", 5000),
        "color_scheme": "headset",
        "time_range": "No filter",
    }
    if chart["kind"] == "number":
        label, expression = next(iter(chart["metrics"].items()))
        return common | {
            "metric": _metric(label, expression),
            "subheader": chart.get("about", ""),
            "y_axis_format": chart.get("format", "SMART_NUMBER"),
        }
    if chart["kind"] == "table":
        order = (chart.get("order") or "").split()
        if chart.get("columns"):
            sort = [json.dumps([order[0], order[-1] != "desc"])] if order else []
            return common | {
                "query_mode": "raw",
                "all_columns": list(chart["columns"]),
                "order_by_cols": sort,
                "show_cell_bars": False,
                "table_timestamp_format": "%Y-%m-%d",
                "page_length": 10,
                "server_pagination": False,
            }
        return common | {
            "query_mode": "aggregate",
            "groupby": list(chart["by"]),
            "metrics": metrics,
            "order_desc": True,
            "show_cell_bars": False,
            "page_length": 10,
        }
    return common | {
        "x_axis": chart["x"],
        "time_grain_sqla": chart.get("grain"),
        "x_axis_sort_asc": True,
        "metrics": metrics,
        "groupby": list(chart.get("by", ())),
        "y_axis_format": chart.get("format", "SMART_NUMBER"),
        "y_axis_bounds": [chart.get("from"), chart.get("to")],
        "truncateYAxis": "from" in chart or "to" in chart,
        "rich_tooltip": True,
        "show_legend": True,
        "legendType": "scroll",
        "legendOrientation": "top",
        "x_axis_time_format": "%d %b",
        "markerEnabled": chart["kind"] == "line",
        "markerSize": 4,
        "zoomable": False,
    }


def _query(chart: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    query: dict[str, Any] = {
        "filters": [],
        "extras": {"where": f"({chart['where']})" if chart.get("where") else "", "having": ""},
        "applied_time_extras": {},
        "row_limit": params["row_limit"],
        "annotation_layers": [],
        "series_limit": 0,
        "order_desc": True,
        "orderby": [],
    }
    if chart["kind"] == "table" and chart.get("columns"):
        order = [json.loads(one) for one in params["order_by_cols"]]
        return query | {"columns": list(chart["columns"]), "metrics": None, "orderby": order}
    metrics = [params["metric"]] if chart["kind"] == "number" else params["metrics"]
    columns: list[Any] = list(chart.get("by", ()))
    if "x" in chart:
        axis: dict[str, Any] = {
            "columnType": "BASE_AXIS",
            "sqlExpression": chart["x"],
            "label": chart["x"],
            "expressionType": "SQL",
        }
        if chart.get("grain"):
            axis["timeGrain"] = chart["grain"]
        columns = [axis, *columns]
        query["orderby"] = []
    return query | {"columns": columns, "metrics": metrics}


def _dashboard(board: Mapping[str, Any]) -> dict[str, Any]:
    rows: list[str] = []
    position: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
        "HEADER_ID": {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": board["title"]}},
        "GRID_ID": {"id": "GRID_ID", "type": "GRID", "children": rows, "parents": ["ROOT_ID"]},
    }

    def add_row(name: str, children: list[str]) -> None:
        rows.append(name)
        position[name] = {
            "id": name,
            "type": "ROW",
            "children": children,
            "parents": ["ROOT_ID", "GRID_ID"],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }

    add_row("ROW-about", ["MARKDOWN-about"])
    position["MARKDOWN-about"] = {
        "id": "MARKDOWN-about",
        "type": "MARKDOWN",
        "children": [],
        "parents": ["ROOT_ID", "GRID_ID", "ROW-about"],
        "meta": {"code": board["about"], "width": 12, "height": board.get("about_height", 12)},
    }
    for number, row in enumerate(board["rows"], start=1):
        name = f"ROW-{number}"
        children = [f"CHART-{number}-{place}" for place in range(1, len(row) + 1)]
        add_row(name, children)
        for child, chart in zip(children, row, strict=True):
            position[child] = {
                "id": child,
                "type": "CHART",
                "children": [],
                "parents": ["ROOT_ID", "GRID_ID", name],
                "meta": {
                    "chartId": 0,
                    "uuid": _id(board, chart),
                    "sliceName": chart["title"],
                    "width": chart.get("width", 12 // len(row)),
                    "height": chart.get("height", 50),
                },
            }
    return {
        "dashboard_title": board["title"],
        "description": board["about"],
        "css": "",
        "slug": board["slug"],
        "certified_by": "",
        "certification_details": "",
        "published": True,
        "uuid": stable_id("dashboard", board["slug"]),
        "position": position,
        "metadata": {
            "color_scheme": "headset",
            "cross_filters_enabled": True,
            "refresh_frequency": 0,
        },
        "version": "1.0.0",
    }
