"""Dashboards as code: what they use is published, and a bundle is the same every time."""

import io
import json
import zipfile
from pathlib import Path

import pytest
import yaml

from bi.bundle import DashboardError, View, bundle, charts_of, definitions, faults
from bi.views import visible
from ingest.home import CHECKOUT

SNAPSHOT_COLUMNS = (
    "snapshot_id",
    "published_at",
    "verdict",
    "checks_n",
    "failed_n",
    "held_clients",
)


def published() -> dict[str, View]:
    """Every view that a snapshot will have, from the yml of the models."""
    found = {
        "core.snapshot": View("core.snapshot", "", dict.fromkeys(SNAPSHOT_COLUMNS, ("VARCHAR", "")))
    }
    for path in (CHECKOUT / "dbt_project" / "models").rglob("*.yml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for model in content.get("models", ()):
            at = ((model.get("config") or {}).get("meta") or {}).get("publish")
            if at:
                name = f"{at['schema']}.{at['name']}"
                columns = {c["name"]: (c["data_type"], "") for c in model["columns"]}
                found[name] = View(name, "", columns)
    return found


def test_every_dashboard_uses_only_what_is_published() -> None:
    assert faults(definitions(), published()) == []


def test_a_column_that_is_no_longer_published_is_named_before_publication() -> None:
    views = published()
    columns = dict(views["client.day"].columns)
    del columns["site_date"]
    views["client.day"] = View("client.day", "", columns)
    (fault,) = faults(definitions(), views)
    assert fault == "client.yml: Offered and answered by day: client.day has no column site_date"
    with pytest.raises(DashboardError, match=r"client\.day has no column site_date"):
        bundle(definitions(), views, Path("serve.duckdb"))


def test_a_bundle_is_complete_and_the_same_every_time() -> None:
    made = [bundle(definitions(), published(), Path("serve.duckdb")) for _ in range(2)]
    archives = [zipfile.ZipFile(io.BytesIO(one)) for one in made]
    names = archives[0].namelist()
    assert [a.read(n) for n in names for a in archives[:1]] == [archives[1].read(n) for n in names]
    charts = sum(len(list(charts_of(board))) for board in definitions())
    assert len([n for n in names if "/charts/" in n]) == charts
    for name in (n for n in names if "/charts/" in n):
        chart = yaml.safe_load(archives[0].read(name))
        (query,) = json.loads(chart["query_context"])["queries"]
        assert query["columns"] or query["metrics"], name


def test_whoever_reads_one_client_sees_no_view_with_a_column_of_another_audience(
    tmp_path: Path,
) -> None:
    tables = {
        "client.day": [("client_id", "client"), ("offered_n", "client")],
        "client.margin": [("client_id", "client"), ("margin_usd", "internal")],
        "interaction.contact": [("client_id", "client"), ("agent_id", "client")],
        "agent.scorecard": [("agent_id", "agent"), ("leader_id", "agent"), ("client_id", "agent")],
        "attrition.rate": [("attrition_rate", "hr")],
    }
    manifest = {
        "tables": {
            name: {"columns": [{"name": n, "audience": a} for n, a in columns]}
            for name, columns in tables.items()
        }
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    seen = visible(tmp_path)
    assert seen["client"] == {"client.day": "client_id"}
    assert seen["agent"] == {"agent.scorecard": "agent_id", "interaction.contact": "agent_id"}
    assert seen["leader"] == {"agent.scorecard": "leader_id"}
    assert set(seen["hr"]) == {
        "core.snapshot",
        "client.day",
        "interaction.contact",
        "agent.scorecard",
        "attrition.rate",
    }
    assert set(seen["data"]) == {"core.snapshot", *tables}
    assert "attrition.rate" not in seen["floor"]
