"""The asset graph as a person reads it."""

from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from ground import dbt_manifest
from ground.home import Home
from orchestration.assets.models import check_results
from orchestration.assets.raw import dates_of, tags_of
from orchestration.assets.translator import BLOCKS, WARNS
from orchestration.dbt.runner import NodeResult
from orchestration.definitions import build_definitions, published_keys
from orchestration.run.dates import today

ERROR = dg.AssetCheckSeverity.ERROR

GROUPS = {
    "raw", "staging", "intermediate", "core", "interaction", "agent", "attrition", "client",
    "metric", "publication", "trust",
}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose project was parsed and nothing else."""
    from orchestration.dbt.runner import prepare

    home = Home(tmp_path_factory.mktemp("graph"))
    prepare(home)
    return home


@pytest.fixture(scope="module")
def defs(home: Home) -> dg.Definitions:
    return build_definitions(home, home.target / "manifest.json")


@pytest.fixture(scope="module")
def specs(defs: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def test_everything_loads(defs: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(defs)
    assert {job.name for job in defs.resolve_all_job_defs()} >= {"nightly", "housekeeping"}


def test_every_asset_says_what_it_is_whose_it_is_and_where_it_belongs(
    specs: dict[str, dg.AssetSpec],
) -> None:
    assert {spec.group_name for spec in specs.values()} == GROUPS
    for name, spec in specs.items():
        assert spec.description, name
        assert spec.owners, name
        assert spec.kinds, name


def test_publish_has_the_audit_as_its_only_parent(specs: dict[str, dg.AssetSpec]) -> None:
    assert [dep.asset_key.to_user_string() for dep in specs["publish"].deps] == ["audit"]


def test_the_audit_stands_on_every_published_model(
    home: Home, specs: dict[str, dg.AssetSpec]
) -> None:
    parents = {dep.asset_key for dep in specs["audit"].deps}
    assert parents == set(published_keys(home.target / "manifest.json"))
    assert dg.AssetKey(["core", "fct_contact"]) in parents


def test_company_maps_are_taken_in_before_the_feeds_that_look_them_up(
    specs: dict[str, dg.AssetSpec],
) -> None:
    parents = {dep.asset_key.to_user_string() for dep in specs["raw/sim/contacts"].deps}
    assert {"raw/company/sites", "raw/company/dialled_numbers"} <= parents
    assert {"raw/company/clients", "raw/company/own_numbers"} <= parents, "for phone numbers"


def test_staging_stands_on_what_ingest_loads(specs: dict[str, dg.AssetSpec]) -> None:
    parents = specs["staging/stg_sim__contacts"].deps
    assert [dep.asset_key.to_user_string() for dep in parents] == ["raw/sim/contacts"]


def test_every_data_test_is_in_a_check_that_leaves_blocking_to_the_audit(
    home: Home, defs: dg.Definitions
) -> None:
    checks = [
        spec
        for asset in defs.assets or ()
        if isinstance(asset, dg.AssetsDefinition)
        for spec in asset.check_specs
    ]
    blocking = {spec.key.to_user_string() for spec in checks if spec.blocking}
    assert blocking == {"audit:verdict"}
    assert all(spec.description for spec in checks)
    told = "".join(str(spec.description) for spec in checks)
    nodes = dbt_manifest.load(home.target / "manifest.json")["nodes"].values()
    tests = [node["name"] for node in nodes if node["resource_type"] == "test"]
    assert len(tests) > 100
    assert [name for name in tests if f"`{name}`" not in told] == []


def test_a_check_names_every_test_that_failed_and_counts_the_rest() -> None:
    model = {"resource_type": "model", "name": "dim_client", "schema": "core", "config": {}}

    def data_test(name: str, severity: str) -> dict[str, object]:
        meta = {"reason": f"Why {name}."}
        config = {"severity": severity, "meta": meta}
        return {"name": name, "attached_node": "model.headset.dim_client", "config": config} | {
            "depends_on": {"nodes": ["model.headset.dim_client"]}
        }

    nodes: dict[str, Any] = {
        "model.headset.dim_client": model,
        "test.headset.a": data_test("a", "error"),
        "test.headset.b": data_test("b", "error"),
        "test.headset.c": data_test("c", "warn"),
    }
    tested = [
        NodeResult("test.headset.a", "pass", "", 0.1),
        NodeResult("test.headset.b", "fail", "Got 7 results", 0.1, failures=7),
        NodeResult("test.headset.c", "warn", "Got 1 result", 0.1, failures=1),
    ]
    wanted = [
        dg.AssetCheckKey(dg.AssetKey(["core", "dim_client"]), name) for name in (BLOCKS, WARNS)
    ]
    blocks, warns = check_results(nodes, tested, wanted)
    assert (blocks.passed, blocks.severity, blocks.description) == (False, ERROR, "b")
    assert blocks.metadata["tests"].value == 2
    table = str(blocks.metadata["failed_tests"].value)
    assert "| `b` | fail | 7 | Got 7 results | Why b. |" in table
    assert "`a`" not in table
    assert (warns.passed, warns.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert list(check_results(nodes, tested, wanted[1:])) == [warns], "only what was asked for"


def test_a_system_is_one_step_that_says_once_per_feed_what_came(defs: dg.Definitions) -> None:
    raw = defs.resolve_assets_def(["raw", "sim", "contacts"])
    assert raw.partitions_def is None, "a run of a hundred dates has one event per feed"
    assert {key.path[1] for key in raw.keys} == {"sim"}
    assert len(raw.keys) > 2
    maps = defs.resolve_assets_def(["raw", "company", "sites"])
    assert {key.path[1] for key in maps.keys} == {"company"}


def test_a_run_that_names_no_dates_takes_in_all_up_to_today() -> None:
    assert dates_of({}) == (today(), today())
    range_ = (date(2026, 11, 1), date(2026, 11, 18))
    assert dates_of(tags_of(*range_)) == range_


def test_nothing_heavy_is_imported_to_load_the_graph(home: Home) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from ground.home import Home\n"
        "from orchestration.definitions import build_definitions\n"
        f"home = Home(Path({str(home.root)!r}))\n"
        "build_definitions(home, home.target / 'manifest.json')\n"
        "print([name for name in ('great_expectations', 'metricflow') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]"
