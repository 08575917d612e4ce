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
from orchestration.assets.raw import ACCEPT, POOL
from orchestration.assets.translator import (
    WARNS,
    HeadsetTranslator,
    check_of_test,
    published_name,
    reason_of_test,
    subject_of_test,
)
from orchestration.dbt import runner
from orchestration.run import build_state
from orchestration.run.context import NightRun
from orchestration.run.rebuild import in_order, prints_now

Event = dg.MaterializeResult[Any] | dg.AssetCheckResult
DBT_NODE = "dagster_dbt/unique_id"
MODELS = "models"
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
    home, selected = night.home, _selected_keys(context)
    night.close_batch()
    if context.is_subset:
        built = _single_models(night, selected.values())
        tested = runner.test(home, set(selected.values()), prints_now(home), 0, night.progress)
    else:
        plan = build_state.plan(home, again=ACCEPT in context.run.tags)
        if plan is None:
            night.results["status"] = "unchanged"
            context.log.info("Nothing landed and no definition changed: nothing to build.")
            return
        context.log.info(f"Building because {plan.why}.")
        built, tested = _whole_build(night, plan)
    manifest = dbt_manifest.load(home.target / "manifest.json")
    nodes, done = manifest["nodes"], {node.unique_id for node in built}
    keys = {unique_id: key for key, unique_id in selected.items()}
    counts = row_counts(home, _tables(nodes, keys))
    # What was kept says so too: nothing runs that stands on an asset which says nothing.
    told = {uid for uid in keys if uid in done or uid in counts or published_name(nodes[uid])}
    for unique_id in in_order(manifest, told):
        metadata: dict[str, Any] = {"built": unique_id in done}
        if unique_id in counts:
            metadata["dagster/row_count"] = counts[unique_id]
        yield dg.MaterializeResult(asset_key=keys[unique_id], metadata=metadata)
    yield from check_results(nodes, tested, context.selected_asset_check_keys)


def _single_models(night: NightRun, unique_ids: Iterable[str]) -> tuple[runner.NodeResult, ...]:
    """Build some models only: it does not count as the build of a batch."""
    build_state.note_single_models(night.home)
    built = runner.run(night.home, _names(unique_ids), (), night.progress)
    _refuse_broken(night, built)
    return built


def _whole_build(
    night: NightRun, plan: build_state.Plan
) -> tuple[tuple[runner.NodeResult, ...], tuple[runner.NodeResult, ...]]:
    """Build what changed, and test it: results of models and of tests."""
    home = night.home
    now = build_state.rebuild(home, plan)
    build_state.note_begun(home, now)
    built = runner.run(home, _names(now.moved), _names(now.redefined), night.progress)
    _refuse_broken(night, built)
    build_state.keep_built(home, plan, now)
    kept = build_state.last_built(home)
    changed = None if plan.whole or kept is None else kept.untested
    tested = runner.test(home, changed, prints_now(home), plan.batch_id, night.progress)
    build_state.note_tested(home)
    return built, tested


def _names(unique_ids: Iterable[str]) -> list[str]:
    return sorted(uid.rsplit(".", 1)[-1] for uid in unique_ids)


def _refuse_broken(night: NightRun, built: Sequence[runner.NodeResult]) -> None:
    failed = runner.broken(built)
    if failed:
        raise dg.Failure(_failure_text(failed))
    night.results["models_n"] = len(built)


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
