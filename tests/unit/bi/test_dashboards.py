"""Dashboards as code: what they use is published, and a bundle is the same every time."""

import io
import json
import zipfile
from pathlib import Path

import pytest
import yaml

from bi.bundle import bundle
from bi.definitions import DashboardError, View, charts_of, definitions, faults
from bi.views import visible
from ground.home import CHECKOUT
from publish.page import PICTURES
from publish.serve import ABOUT
from publish.specs import ColumnDoc, Spec


def published() -> dict[str, View]:
    """Every view that a snapshot will have, from the yml of the models."""
    found = {"core.snapshot": View("core.snapshot", "", ABOUT)}
    for path in (CHECKOUT / "dbt_project" / "models").rglob("*.yml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for model in content.get("models", ()):
            at = ((model.get("config") or {}).get("meta") or {}).get("publish")
            if at:
                name = f"{at['schema']}.{at['name']}"
                columns = {c["name"]: (c["data_type"], "") for c in model["columns"]}
                found[name] = View(name, "", columns)
    return found


PAGE_OF = {
    "client": "client",
    "leader": "leader",
    "agent": "agent",
    "floor": "floor",
    "hr": "attrition",
    "data": "trust",
}


def snapshot(folder: Path) -> Path:
    """A snapshot's manifest with every table that models publish, and for whom each column is."""
    tables = {}
    for path in (CHECKOUT / "dbt_project" / "models").rglob("*.yml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for model in content.get("models", ()):
            at = ((model.get("config") or {}).get("meta") or {}).get("publish")
            if not at:
                continue
            name = f"{at['schema']}.{at['name']}"
            said = {
                column["name"]: ColumnDoc(
                    "", ((column.get("config") or {}).get("meta") or {}).get("audience"), None, None
                )
                for column in model["columns"]
            }
            spec = Spec(name, "", "", ("", ""), "", (), "", (), said)
            columns = [{"name": one, "audience": spec.audience(one)} for one in said]
            tables[name] = {"columns": columns}
    (folder / "manifest.json").write_text(json.dumps({"tables": tables}))
    return folder


def test_everybody_may_see_all_of_the_page_that_is_for_him(tmp_path: Path) -> None:
    seen = visible(snapshot(tmp_path))
    boards = {board["slug"]: board for board in definitions()}
    for kind, page in PAGE_OF.items():
        needed = {chart["table"] for row in boards[page]["rows"] for chart in row}
        assert needed <= set(seen[kind]), (kind, needed - set(seen[kind]))


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


def test_a_column_inside_an_expression_or_a_condition_is_missed_as_well() -> None:
    views = published()
    for name, used_by in (("offered_n", "expression"), ("site_date", "condition")):
        board = {
            "file": "one.yml",
            "rows": [
                [
                    {
                        "title": used_by,
                        "table": "client.day",
                        "kind": "number",
                        "metrics": {"offered": "sum(offered_n)"},
                        "where": "site_date > published_through() - 7",
                    }
                ]
            ],
        }
        assert faults([board], views) == []
        columns = {n: c for n, c in views["client.day"].columns.items() if n != name}
        (fault,) = faults([board], {"client.day": View("client.day", "", columns)})
        assert fault.startswith(f"one.yml: {used_by}: client.day: ")
        assert name in fault


def test_what_superset_would_refuse_is_refused_here() -> None:
    chart = {
        "title": "t",
        "table": "client.day",
        "kind": "number",
        "metrics": {"offered": "sum(offered_n)"},
        "where": "site_date > (select max(site_date) from client.day)",
    }
    (fault,) = faults([{"file": "one.yml", "rows": [[chart]]}], published())
    assert "subquery" in fault


def test_every_dashboard_and_the_page_are_exposures_of_dbt() -> None:
    """So that the audit can name them; with exactly the models that they show."""
    models = {}
    for path in (CHECKOUT / "dbt_project" / "models").rglob("*.yml"):
        for model in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models", ()):
            at = ((model.get("config") or {}).get("meta") or {}).get("publish")
            if at:
                models[f"{at['schema']}.{at['name']}"] = f"ref('{model['name']}')"
    file = CHECKOUT / "dbt_project" / "models" / "exposures" / "_dashboards.yml"
    declared = {
        one["name"]: set(one["depends_on"])
        for one in yaml.safe_load(file.read_text(encoding="utf-8"))["exposures"]
    }
    shown = {
        f"dashboard_{board['slug']}": {
            models[chart["table"]] for chart in charts_of(board) if chart["table"] in models
        }
        for board in definitions()
    }
    shown["snapshot_page"] = {models[picture.view] for picture in PICTURES}
    assert declared == shown


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
