"""One chart of a dashboard in Superset's words: what it draws (`params`) and asks (`query`). Pure.

Kinds and what they need:

    number  metric                       one figure
    line    x (a date column), metrics, by (optional), limits (extra metrics, drawn in grey)
    steps   the same, for what holds until the next point (survival)
    bar     x, metrics, by (optional)
    table   columns (raw rows), or by and metrics (sums); order (column, `desc` optional)

`metrics` is a mapping of label to an SQL aggregate over the view's additive columns, `where` one
SQL condition without a subquery (`published_through()` is the last day that every site has sent),
`rows` the most that are shown. `labels` and `formats` of columns win over those that names and
units give; `tight: true` lets the axis start where the values do (control charts).
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

KINDS = ("number", "line", "steps", "bar", "table")
VIZ = {
    "number": "big_number_total",
    "line": "echarts_timeseries_line",
    "steps": "echarts_timeseries_step",
    "bar": "echarts_timeseries_bar",
    "table": "table",
}
LIMIT_COLOUR = "#9AA5B1"
# Okabe and Ito's colours: told apart without red and green.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#7F7F7F")
_ENDINGS = (
    ("_at_utc", " (UTC)"), ("_usd", " (USD)"), ("_pct", " (%)"), ("_s", " (s)"), ("_date", ""),
    ("_n", ""), ("_id", ""), ("_rate", ""),
)  # fmt: skip
_SHARES = ("certainty", "reliability")


def label(column: str) -> str:
    """A column's name as a person reads it: no `_n` or `_id`, units in brackets."""
    text = column.removeprefix("is_").removeprefix("has_")
    for ending, said in _ENDINGS:
        if text.endswith(ending) and text != ending[1:]:
            text = text.removesuffix(ending) + said
            break
    return text.replace("_", " ")


def expressions(chart: Mapping[str, Any]) -> dict[str, str]:
    """Every aggregate of a chart, by label."""
    return {**chart.get("metrics", {}), **chart.get("limits", {})}


def columns_used(chart: Mapping[str, Any]) -> list[str]:
    """Columns that a chart names outside its expressions."""
    named = [chart["x"]] if "x" in chart else []
    named += [*chart.get("by", ()), *chart.get("columns", ())]
    if chart.get("order"):
        named += [chart["order"].split()[0]] if chart.get("columns") else []
    return named


def params(chart: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, Any]:
    """What Superset calls the form data of a chart; `types`: of the view's columns."""
    common: dict[str, Any] = {
        "adhoc_filters": _filters(chart),
        "row_limit": chart.get("rows", 5000),
        "color_scheme": "headset",
        "time_range": "No filter",
    }
    metrics = [_metric(*one) for one in expressions(chart).items()]
    if chart["kind"] == "number":
        return common | {
            "metric": metrics[0],
            "subtitle": chart.get("about", ""),
            "y_axis_format": chart.get("format", "SMART_NUMBER"),
            "header_font_size": 0.4,
            "subtitle_font_size": 0.125,
        }
    if chart["kind"] == "table":
        return common | _table(chart, metrics, types)
    return common | {
        "x_axis": chart["x"],
        "time_grain_sqla": chart.get("grain"),
        "x_axis_sort_asc": True,
        "metrics": metrics,
        "groupby": list(chart.get("by", ())),
        "y_axis_format": chart.get("format", "SMART_NUMBER"),
        "y_axis_bounds": [chart.get("from"), chart.get("to")],
        "truncateYAxis": "from" in chart or "to" in chart or chart.get("tight", False),
        "rich_tooltip": True,
        "show_legend": len(metrics) > 1 or bool(chart.get("by")),
        "legendType": "scroll",
        "legendOrientation": "top",
        "x_axis_time_format": chart.get("x_format", "%d %b"),
        "x_axis_title": chart.get("x_title", ""),
        "x_axis_title_margin": 30 if chart.get("x_title") else 0,
        "markerEnabled": chart["kind"] == "line",
        "seriesType": "end" if chart["kind"] == "steps" else "line",
        "markerSize": 4,
        "stack": "Stack" if chart.get("stacked") else None,
        "zoomable": False,
    }


def query(chart: Mapping[str, Any], drawn: Mapping[str, Any]) -> dict[str, Any]:
    """The question behind a chart whose `params` are `drawn`."""
    asked: dict[str, Any] = {
        "filters": [],
        "extras": {"where": f"({chart['where']})" if chart.get("where") else "", "having": ""},
        "applied_time_extras": {},
        "row_limit": drawn["row_limit"],
        "annotation_layers": [],
        "series_limit": 0,
        "order_desc": True,
        "orderby": [],
    }
    if chart["kind"] == "table" and chart.get("columns"):
        order = [json.loads(one) for one in drawn["order_by_cols"]]
        return asked | {"columns": list(chart["columns"]), "metrics": None, "orderby": order}
    metrics = [drawn["metric"]] if chart["kind"] == "number" else drawn["metrics"]
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
    return asked | {"columns": columns, "metrics": metrics}


def _table(
    chart: Mapping[str, Any], metrics: list[dict[str, Any]], types: Mapping[str, str]
) -> dict[str, Any]:
    shown = [*chart.get("columns", ()), *chart.get("by", ()), *chart.get("metrics", {})]
    formats = {name: _format(name, types.get(name, "")) for name in shown}
    formats |= {name: {"d3NumberFormat": text} for name, text in chart.get("formats", {}).items()}
    labels = chart.get("labels", {})
    config = {
        name: formats.get(name, {}) | ({"customColumnName": labels[name]} if name in labels else {})
        for name in shown
    }
    common = {
        "column_config": {name: one for name, one in config.items() if one},
        "show_cell_bars": False,
        "color_pn": False,
        "table_timestamp_format": "%Y-%m-%d",
        "page_length": 0,
        "server_pagination": False,
        "order_desc": True,
    }
    if not chart.get("columns"):
        return common | {"query_mode": "aggregate", "groupby": chart["by"], "metrics": metrics}
    order = (chart.get("order") or "").split()
    return common | {
        "query_mode": "raw",
        "all_columns": list(chart["columns"]),
        "order_by_cols": [json.dumps([order[0], order[-1] != "desc"])] if order else [],
    }


def _format(column: str, kind: str) -> dict[str, str]:
    if kind.startswith("TIMESTAMP"):
        return {"d3TimeFormat": "%Y-%m-%d %H:%M"}
    if column.endswith("_rate") or column in _SHARES:
        return {"d3NumberFormat": ".1%"}
    if kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL"):
        return {"d3NumberFormat": ",.2~f"}
    if kind.endswith("INT") or kind == "INTEGER":
        return {"d3NumberFormat": ",d"}
    return {}


def _metric(said: str, expression: str) -> dict[str, Any]:
    return {
        "expressionType": "SQL",
        "sqlExpression": expression,
        "label": said,
        "hasCustomLabel": True,
        "optionName": "metric_" + hashlib.sha256(f"{said}{expression}".encode()).hexdigest()[:12],
    }


def _filters(chart: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not chart.get("where"):
        return []
    return [{"expressionType": "SQL", "sqlExpression": chart["where"], "clause": "WHERE"}]
