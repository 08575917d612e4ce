"""dbt's models as one multi-asset, built and tested in this process.

Belongs here: turning dbt's results into materialisations and check results. Does not: calling dbt
(`dbt.py`), keys and groups (`translator.py`), judging (`audit`).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import build_dbt_asset_specs

from ground import dbt_manifest
from ground.home import Home
from orchestration.assets.raw import POOL
from orchestration.assets.translator import (
    WARNS,
    HeadsetTranslator,
    check_of_test,
    reason_of_test,
    subject_of_test,
)
from orchestration.dbt import runner
from orchestration.run import build_state
from orchestration.run.context import NightRun

Event = dg.MaterializeResult[Any] | dg.AssetCheckResult
DBT_NODE = "dagster_dbt/unique_id"
MODELS = "models"
# A run of some models only: it does not count as the build of a batch.
SELECTED = build_state.Plan("models were selected", False, "", 0)
WARNED = dg.AssetCheckSeverity.WARN


def model_assets(manifest: Path) -> dg.AssetsDefinition:
    """Every dbt model of the manifest; its data tests are one check, or two where some warn."""
    graph = dbt_manifest.load(manifest)
    translator = HeadsetTranslator()

    @dg.multi_asset(
        name=MODELS,
        specs=[
            spec.replace_attributes(skippable=True)
            for spec in build_dbt_asset_specs(
                manifest=graph, exclude="resource_type:unit_test", dagster_dbt_translator=translator
            )
        ],
        check_specs=check_specs(graph, translator),
        can_subset=True,
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
    nodes = dbt_manifest.load(night.home.target / "manifest.json")["nodes"]
    counts = row_counts(night.home, _tables(nodes, keys))
    # In the order in which dbt built them: Dagster wants parents first.
    for unique_id in (node.unique_id for node in built if node.unique_id in keys):
        metadata = {"dagster/row_count": counts[unique_id]} if unique_id in counts else {}
        yield dg.MaterializeResult(asset_key=keys[unique_id], metadata=metadata)
    tested = runner.test(night.home, names, night.progress)
    yield from check_results(nodes, tested, context.selected_asset_check_keys)


def check_specs(
    manifest: dbt_manifest.Manifest, translator: HeadsetTranslator
) -> list[dg.AssetCheckSpec]:
    """One check per model and severity of its tests; it says of each test why it is there.

    None blocks by itself: a blocking check would end the run before the audit could weigh it.
    """
    reasons: dict[tuple[str, str], list[str]] = {}
    for test in manifest["nodes"].values():
        subject = subject_of_test(test) if test["resource_type"] == "test" else None
        if subject is not None:
            told = f"- `{test['name']}`: {reason_of_test(test)}"
            reasons.setdefault((subject, check_of_test(test)), []).append(told)
    return [
        dg.AssetCheckSpec(
            name=name,
            asset=translator.get_asset_key(manifest["nodes"][subject]),
            description="\n".join(sorted(told)),
            blocking=False,
        )
        for (subject, name), told in sorted(reasons.items())
    ]


def row_counts(home: Home, tables: Mapping[str, tuple[str, str]]) -> dict[str, int]:
    """Rows of each table (unique id to schema and name) that stands in the warehouse."""
    from ingest.ledger.ledger import warehouse

    with warehouse(home, read_only=True) as con:
        return {
            unique_id: int(con.table(f'"{schema}"."{name}"').shape[0])
            for unique_id, (schema, name) in tables.items()
        }


def _tables(nodes: Mapping[str, Any], unique_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Schema and name of those models that are tables; counting a view costs its whole query."""
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


def check_results(
    nodes: Mapping[str, Any],
    tested: Sequence[runner.NodeResult],
    wanted: Collection[dg.AssetCheckKey],
) -> Iterator[dg.AssetCheckResult]:
    """One result per model and severity, with every test that failed named in full."""
    translator = HeadsetTranslator()
    groups: dict[dg.AssetCheckKey, list[runner.NodeResult]] = {}
    for result in tested:
        subject = subject_of_test(nodes[result.unique_id])
        if subject is not None:
            key = translator.get_asset_key(nodes[subject])
            name = check_of_test(nodes[result.unique_id])
            groups.setdefault(dg.AssetCheckKey(key, name), []).append(result)
    for check, results in groups.items():
        if check in wanted:
            yield _check_result(check, results, nodes)


def _check_result(
    check: dg.AssetCheckKey, results: Sequence[runner.NodeResult], nodes: Mapping[str, Any]
) -> dg.AssetCheckResult:
    failed = [result for result in results if not result.ok]
    metadata: dict[str, Any] = {
        "tests": len(results),
        "failed": len(failed),
        "failing_rows": sum(result.failures for result in failed),
        "seconds": round(sum(result.seconds for result in results), 2),
    }
    if failed:
        rows = [
            f"| `{one.name}` | {one.status} | {one.failures} | {one.message} "
            f"| {reason_of_test(nodes[one.unique_id])} |"
            for one in failed
        ]
        head = [
            "| test | status | rows | what happened | why it is there |",
            "|---|---|---|---|---|",
        ]
        metadata["failed_tests"] = dg.MetadataValue.md("\n".join([*head, *rows]))
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=not failed,
        severity=WARNED if check.name == WARNS else dg.AssetCheckSeverity.ERROR,
        metadata=metadata,
        description=", ".join(one.name for one in failed) or None,
    )


def _failure_text(failed: Sequence[runner.NodeResult]) -> str:
    lines = [f"{result.name}: {result.message}" for result in failed]
    return f"{len(failed)} model(s) did not build. " + " | ".join(lines)
