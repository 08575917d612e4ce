"""dbt's models as one multi-asset, built and tested in this process.

Belongs here: turning dbt's results into materialisations and check results. Does not: calling dbt
(`dbt.py`), keys and groups (`translator.py`), judging (`audit`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from ground.home import Home
from orchestration.assets.raw import POOL
from orchestration.assets.translator import HeadsetTranslator
from orchestration.dbt import runner
from orchestration.run import build_state
from orchestration.run.context import NightRun

Event = dg.MaterializeResult[Any] | dg.AssetCheckResult
DBT_NODE = "dagster_dbt/unique_id"
MODELS = "models"
# A run of some models only: it does not count as the build of a batch.
SELECTED = build_state.Plan("models were selected", False, "", 0)
STATUS_WORDS = {"warn": dg.AssetCheckSeverity.WARN}


def model_assets(manifest: Path) -> dg.AssetsDefinition:
    """Every dbt model of the manifest, and every data test as a check of it."""

    @dbt_assets(
        manifest=manifest,
        name=MODELS,
        exclude="resource_type:unit_test",
        dagster_dbt_translator=HeadsetTranslator(),
        required_resource_keys={"night"},
        pool=POOL,
    )
    def models(context: dg.AssetExecutionContext) -> Iterator[Event]:
        night: NightRun = context.resources.night
        with night.step("build"):
            yield from _build(context, night)

    return models


def _build(context: dg.AssetExecutionContext, night: NightRun) -> Iterator[Event]:
    names = _selected_models(context)
    night.close_batch()
    plan = build_state.plan(night.home) if names is None else SELECTED
    if plan is None:
        night.results["status"] = "unchanged"
        context.log.info("Nothing landed and no definition changed: nothing to build.")
        return
    context.log.info(f"Building because {plan.why}.")
    if names is not None:
        build_state.note_single_models(night.home)
    built = runner.run(night.home, names, plan.full_refresh, night.progress, views=plan.views)
    failed = runner.broken(built)
    if failed:
        raise dg.Failure(_failure_text(failed))
    night.results["models_n"] = len(built)
    if names is None:
        build_state.keep_built(night.home, plan)
    keys = {unique_id: key for key, unique_id in _selected_keys(context).items()}
    counts = row_counts(night.home, _tables(context, keys))
    # In the order in which dbt built them: Dagster wants parents first.
    for unique_id in (node.unique_id for node in built if node.unique_id in keys):
        metadata = {"dagster/row_count": counts[unique_id]} if unique_id in counts else {}
        yield dg.MaterializeResult(asset_key=keys[unique_id], metadata=metadata)
    yield from _check_results(context, runner.test(night.home, names, night.progress))


def row_counts(home: Home, tables: Mapping[str, tuple[str, str]]) -> dict[str, int]:
    """Rows of each table (unique id to schema and name) that stands in the warehouse."""
    from ingest.ledger.ledger import warehouse

    with warehouse(home, read_only=True) as con:
        return {
            unique_id: int(con.table(f'"{schema}"."{name}"').shape[0])
            for unique_id, (schema, name) in tables.items()
        }


def _tables(
    context: dg.AssetExecutionContext, unique_ids: Iterable[str]
) -> dict[str, tuple[str, str]]:
    """Schema and name of those models that are tables; counting a view costs its whole query."""
    nodes = json.loads((context.resources.night.home.target / "manifest.json").read_text())["nodes"]
    return {
        unique_id: (nodes[unique_id]["schema"], nodes[unique_id]["alias"])
        for unique_id in unique_ids
        if nodes[unique_id]["config"]["materialized"] != "view"
    }


def _selected_keys(context: dg.AssetExecutionContext) -> dict[dg.AssetKey, str]:
    return {
        spec.key: str(spec.metadata[DBT_NODE])
        for spec in context.assets_def.specs
        if spec.key in context.selected_asset_keys
    }


def _selected_models(context: dg.AssetExecutionContext) -> list[str] | None:
    """Names of the selected models; None when all of them are."""
    if not context.is_subset:
        return None
    return [unique_id.split(".")[-1] for unique_id in _selected_keys(context).values()]


def _check_results(
    context: dg.AssetExecutionContext, tested: Sequence[runner.NodeResult]
) -> Iterator[dg.AssetCheckResult]:
    by_test = {
        str(spec.metadata["dbt_test"]): spec.key
        for spec in context.assets_def.check_specs
        if spec.key in context.selected_asset_check_keys
    }
    for result in tested:
        key = by_test.get(result.unique_id)
        if key is None:
            continue
        yield dg.AssetCheckResult(
            asset_key=key.asset_key,
            check_name=key.name,
            passed=result.ok,
            severity=STATUS_WORDS.get(result.status, dg.AssetCheckSeverity.ERROR),
            metadata={"failing_rows": result.failures, "seconds": round(result.seconds, 2)},
            description=None if result.ok else result.message,
        )


def _failure_text(failed: Sequence[runner.NodeResult]) -> str:
    lines = [f"{result.name}: {result.message}" for result in failed]
    return f"{len(failed)} model(s) did not build. " + " | ".join(lines)
