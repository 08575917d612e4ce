"""The fence between goals and pay, on dbt's lineage: what decides pay stands on no key result.

A goal that pays is no longer honest. Two things are refused: a model built from the incentive plans
that is built from key results too, and a governed metric built from key results, for any plan may
name any metric. That a plan names the metric of a key result is found in the lists themselves
(`company_rules/key_result_pays.yml`).
"""

from collections.abc import Iterable
from pathlib import Path

from expectations.checks import CheckResult
from ground import dbt_manifest
from ground.dbt_manifest import Manifest

GOALS = ("company.key_results", "company.objectives")
PLANS = ("company.incentive_plans",)
GOAL_MODELS = ("stg_company__key_results", "stg_company__objectives")
PLAN_MODELS = ("stg_company__incentive_plans",)
PROGRESS = "key_result_progress"


def across(manifest: Manifest) -> tuple[str, ...]:
    """Unique ids of models and metrics that decide pay and stand on a key result; none is right."""
    goals = _nodes(manifest, GOALS, GOAL_MODELS)
    pay = set(dbt_manifest.below(manifest, _nodes(manifest, PLANS, PLAN_MODELS)))
    metrics = {uid for uid in manifest.get("metrics", {}) if uid.rsplit(".", 1)[-1] != PROGRESS}
    pay |= metrics
    return tuple(sorted(set(dbt_manifest.below(manifest, goals)) & pay))


def check(path: Path) -> CheckResult:
    """The fence as a check of the audit. Raises ManifestError when the manifest cannot be read."""
    found = across(dbt_manifest.load(path))
    return CheckResult(
        check_id="lineage.no_key_result_feeds_pay",
        subject="incentive plans",
        tool="ledger",
        severity="block",
        radius="snapshot",
        reason="A goal that pays is no longer honest: what decides pay stands on no key result.",
        status="fail" if found else "pass",
        failing_n=len(found),
        sample=tuple({"node": one} for one in found[:5]),
    )


def _nodes(manifest: Manifest, feeds: Iterable[str], models: Iterable[str]) -> tuple[str, ...]:
    return (*dbt_manifest.source_ids(manifest, feeds), *dbt_manifest.model_ids(manifest, models))
