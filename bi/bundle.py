"""The bundle that Superset imports, made of dashboards as they are written. Pure."""

import io
import json
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bi.charts import COLOURS, LIMIT_COLOUR, VIZ, label, params, query
from bi.definitions import DashboardError, View, charts_of, faults

DATABASE = "Headset"


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
                "verbose_name": label(name),
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


def _chart(board: Mapping[str, Any], chart: Mapping[str, Any], view: View) -> dict[str, Any]:
    drawn = params(chart, {name: kind for name, (kind, _) in view.columns.items()})
    context = {
        "datasource": {"id": 0, "type": "table"},
        "force": False,
        "queries": [query(chart, drawn)],
        "form_data": {**drawn, "viz_type": VIZ[chart["kind"]]},
        "result_format": "json",
        "result_type": "full",
    }
    return {
        "slice_name": chart["title"],
        "description": chart.get("about"),
        "certified_by": None,
        "certification_details": None,
        "viz_type": VIZ[chart["kind"]],
        "params": drawn,
        "query_context": json.dumps(context),
        "cache_timeout": None,
        "uuid": _id(board, chart),
        "dataset_uuid": stable_id("dataset", view.name),
        "version": "1.0.0",
    }


def _colours(board: Mapping[str, Any]) -> dict[str, str]:
    """One colour for a label over a whole page, and none twice in a picture; limits are grey."""
    found: dict[str, str] = {}
    for chart in charts_of(board):
        names = chart.get("metrics", {}) if chart["kind"] in ("line", "bar") else {}
        taken = {found[name] for name in names if name in found}
        free = [colour for colour in COLOURS if colour not in taken]
        for name in names:
            if name not in found and free:
                found[name] = free.pop(0)
        found |= dict.fromkeys(chart.get("limits", ()), LIMIT_COLOUR)
    return found


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
            "label_colors": _colours(board),
            "cross_filters_enabled": True,
            "refresh_frequency": 0,
        },
        "version": "1.0.0",
    }
