"""The asset graph as a person reads it."""

from pathlib import Path

import dagster as dg
import pytest

from ground.home import Home
from orchestration.definitions import build_definitions, published_keys

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


def test_every_data_test_is_a_check_that_leaves_blocking_to_the_audit(
    defs: dg.Definitions,
) -> None:
    checks = [
        spec
        for asset in defs.assets or ()
        if isinstance(asset, dg.AssetsDefinition)
        for spec in asset.check_specs
    ]
    blocking = {spec.key.to_user_string() for spec in checks if spec.blocking}
    assert blocking == {"audit:verdict"}
    assert len(checks) > 50
    assert all(spec.description for spec in checks)


def test_raw_assets_are_partitioned_by_extract_date_and_backfilled_in_one_run(
    defs: dg.Definitions,
) -> None:
    raw = defs.resolve_assets_def(["raw", "sim", "contacts"])
    assert isinstance(raw.partitions_def, dg.DailyPartitionsDefinition)
    assert raw.backfill_policy == dg.BackfillPolicy.single_run()
    maps = defs.resolve_assets_def(["raw", "company", "sites"])
    assert maps.partitions_def is None, "a range of dates costs a map nothing"
    assert len(maps.keys) > 5, "one step for all of them"


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
