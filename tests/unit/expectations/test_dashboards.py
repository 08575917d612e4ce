"""A page that would break is found before publication; a failed check names the pages it hits."""

import json
from pathlib import Path
from typing import Any

import pytest

from bi.definitions import charts_of, definitions
from expectations import dashboards
from orchestration.run.dashboards import missing
from tests.unit.bi.test_dashboards import published


def manifest(*, without: str = "") -> dict[str, Any]:
    """dbt's manifest as the real dashboards need it: every column they name, as any type."""
    used = {chart["table"] for board in definitions() for chart in charts_of(board)}
    nodes = {}
    for name, view in published().items():
        if name in used - {"core.snapshot"}:
            nodes[f"model.headset.{name}"] = {
                "name": name,
                "config": {
                    "meta": {"publish": dict(zip(("schema", "name"), name.split("."), strict=True))}
                },
                "columns": {
                    column: {"data_type": kind}
                    for column, (kind, _) in view.columns.items()
                    if f"{name}.{column}" != without
                },
            }
    exposures = {
        "exposure.headset.floor": {
            "name": "dashboard_floor",
            "label": "The floor",
            "depends_on": {"nodes": ["model.headset.interaction.queue_half_hour"]},
        },
        "exposure.headset.page": {
            "name": "snapshot_page",
            "label": "Page of the snapshot",
            "depends_on": {
                "nodes": [
                    "model.headset.interaction.queue_half_hour",
                    "model.headset.attrition.survival",
                ]
            },
        },
    }
    return {"nodes": nodes, "exposures": exposures}


def checked(path: Path, found: dict[str, Any]) -> Any:
    file = path / "manifest.json"
    file.write_text(json.dumps(found))
    return dashboards.check(missing(file))


def test_dashboards_of_which_everything_is_published_pass(tmp_path: Path) -> None:
    assert checked(tmp_path, manifest()).passed


@pytest.mark.parametrize(
    "column", ["client.day.answered_n", "client.day.site_date", "trust.feed.superseded_n"]
)
def test_a_column_that_is_gone_blocks_before_a_reader_sees_it(tmp_path: Path, column: str) -> None:
    result = checked(tmp_path, manifest(without=column))
    assert result.holds
    assert result.radius == "snapshot"
    name = column.split(".")[-1]
    assert any(name in str(row["chart"]) for row in result.sample)


def test_a_table_that_is_gone_blocks_too(tmp_path: Path) -> None:
    found = manifest()
    del found["nodes"]["model.headset.trust.feed"]
    result = checked(tmp_path, found)
    assert result.failing_n >= 7
    assert "trust.feed is not published" in str(result.sample[0]["chart"])


def test_the_pages_that_a_table_touches() -> None:
    shown = dashboards.standing_on(manifest())
    both = ("Page of the snapshot", "The floor")
    assert dashboards.touched(["interaction.queue_half_hour", "core.date"], shown) == both
    assert dashboards.touched(["attrition.survival"], shown) == ("Page of the snapshot",)
    assert dashboards.touched([], shown) == ()
