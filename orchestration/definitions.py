"""Headset for Dagster: what `dagster dev` loads, assembled by one function.

Belongs here: the assembly. Nothing is read at import; `defs` runs when Dagster loads the code
location, and `build_definitions` serves the command line and the tests as well.
"""

import logging
from collections.abc import Callable
from pathlib import Path

import dagster as dg

from ground import dbt_manifest
from ground.home import Home, sources_dir
from ground.systems import enabled_systems
from ingest.contracts.contract import load_contracts
from orchestration.assets.audit_publish import gate_assets
from orchestration.assets.models import model_assets
from orchestration.assets.raw import raw_assets
from orchestration.assets.translator import HeadsetTranslator, published_name
from orchestration.automation import automation
from orchestration.run.context import Progress, night_resource
from orchestration.run.summary import NightSummary

WAIT_FOR_NIGHT_S = 7200
log = logging.getLogger("headset")


def build_definitions(
    home: Home,
    manifest: Path,
    *,
    progress: Progress = log.info,
    wait_s: float = 0,
    on_end: Callable[[NightSummary], None] = lambda _: None,
) -> dg.Definitions:
    """All assets, jobs, schedules and sensors on one home.

    manifest: dbt's manifest.json, made by `orchestration.dbt.runner.prepare`.
    wait_s: how long a run waits while another night holds the lock.
    on_end: told the summary of each run.
    """
    contracts = load_contracts(sources_dir(), enabled_systems(home))
    runs = automation(home, contracts)
    return dg.Definitions(
        assets=[
            *raw_assets(contracts),
            model_assets(manifest),
            *gate_assets(published_keys(manifest)),
        ],
        jobs=runs.jobs,
        schedules=runs.schedules,
        sensors=runs.sensors,
        resources={"night": night_resource(home, progress=progress, wait_s=wait_s, on_end=on_end)},
        executor=dg.in_process_executor,
    )


def published_keys(manifest: Path) -> list[dg.AssetKey]:
    """The models that end up in a snapshot: what the audit stands on."""
    nodes = dbt_manifest.load(manifest)["nodes"].values()
    translator = HeadsetTranslator()
    return sorted(
        translator.get_asset_key(node)
        for node in nodes
        if node["resource_type"] == "model" and published_name(node)
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads. The project is parsed here only if `headset` never did (10 s, once)."""
    from orchestration.dbt.runner import prepare

    home = Home.from_env()
    manifest = home.target / "manifest.json"
    if not manifest.is_file():
        log.warning("No dbt manifest in %s yet: parsing the project once.", home.target)
        manifest = prepare(home, log.info)
    return build_definitions(home, manifest, wait_s=WAIT_FOR_NIGHT_S)
