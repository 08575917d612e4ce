"""The gate: `audit` judges the build, `publish` shows what it let through.

Belongs here: the two assets. Does not: checks and verdicts (`expectations`), snapshots (`publish`).
"""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.assets.raw import ACCEPT, POOL
from orchestration.dbt import runner
from orchestration.run import build_state
from orchestration.run.context import NightRun

AUDIT, PUBLISH, VERDICT = "audit", "publish", "verdict"
GROUP = "publication"
OWNER = "team:data-platform"
TOOLS = {"dbt": "data tests", "gx": "metric guards", "ledger": "ledger laws"}


def gate_assets(published: Sequence[dg.AssetKey]) -> list[dg.AssetsDefinition]:
    """`audit` after every published model, and `publish` after `audit` alone."""

    @dg.asset(
        name=AUDIT,
        deps=published,
        group_name=GROUP,
        kinds={"great_expectations"},
        owners=[OWNER],
        pool=POOL,
        description="The verdict on this build, from every dbt test, metric guard and ledger law.",
        required_resource_keys={"night"},
        check_specs=[
            dg.AssetCheckSpec(
                VERDICT, asset=AUDIT, blocking=True, description="Nothing unaudited reaches BI."
            )
        ],
    )
    def audit(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]
        from expectations import audit as auditing
        from expectations import landing_checks
        from orchestration.run import dashboards

        night: NightRun = context.resources.night
        with night.step("audit"):
            built = _whole_build(night)
            verdict, results = auditing.run(
                night.home,
                run_id=night.run_id,
                batch_id=built.batch_id,
                definition_hash=built.definition_hash,
                dashboard_faults=dashboards.missing(night.home.target / "manifest.json"),
                dates=build_state.dates_to_audit(night.home, built),
                accept=context.run.tags.get(ACCEPT),
                run_results=runner.results_of_build(night.home),
                progress=night.progress,
            )
            told = landing_checks.told(
                night.home,
                batch_id=built.batch_id,
                manifest=night.home.target / "manifest.json",
            )
        incident = night.home.audit / "incidents" / f"{night.run_id}.md"
        failing = [r for r in results if r.holds]
        night.results |= {
            "status": "blocked" if verdict.status == "blocked" else "failed",
            "checks_n": verdict.checks_n,
            "failed_n": verdict.failed_n,
            "warned_n": verdict.warned_n,
            "held_clients": tuple(verdict.held_clients),
            "held_feeds": tuple(verdict.held_feeds),
            "failing": tuple(_told(r) for r in failing),
            "told": told,
            "incident": str(incident) if incident.exists() else None,
        }
        return dg.MaterializeResult(
            metadata=_audit_metadata(verdict, results)
            | {"dashboards_touched": _dashboards(night.home, failing)},
            check_results=[_verdict_check(verdict, failing)],
        )

    @dg.asset(
        name=PUBLISH,
        deps=[AUDIT],
        group_name=GROUP,
        kinds={"parquet", "duckdb"},
        owners=[OWNER],
        pool=POOL,
        description="A self-contained snapshot in `published/`, shown to readers by one flip.",
        required_resource_keys={"night"},
    )
    def publish(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]
        night: NightRun = context.resources.night
        with night.step("publish"):
            published = _publish(night)
            _keep_terms(night, published.snapshot_id)
        held = tuple(published.held_clients) or night.results.get("held_feeds", ())
        night.results |= {
            "status": "partial" if held else "published",
            "snapshot_id": published.snapshot_id,
            "written_n": published.written_n,
            "linked_n": published.linked_n,
            "rows_n": published.rows_n,
        }
        return dg.MaterializeResult(
            metadata={
                "snapshot": published.snapshot_id,
                "dagster/row_count": published.rows_n,
                "files_written": published.written_n,
                "files_linked": published.linked_n,
                "held_clients": ", ".join(published.held_clients) or "none",
                "path": dg.MetadataValue.path(str(night.home.published / "current")),
            }
        )

    return [audit, publish]


def _whole_build(night: NightRun) -> build_state.Built:
    built = build_state.last_built(night.home)
    if built is None or not built.whole:
        raise dg.Failure(
            "The warehouse holds no whole build: run the job `nightly` (or `headset night`). "
            "Models that were built one by one are not judged."
        )
    return built


def _publish(night: NightRun) -> Any:
    """Publish the last build by the newest verdict; publication itself refuses a wrong pair."""
    from ground import dbt_manifest
    from metrics.contracts.contract import from_dbt_manifest, to_json
    from publish import snapshot

    home = night.home
    built = _whole_build(night)
    verdicts = build_state.verdict_files(home)
    manifest = home.target / "manifest.json"
    metrics = from_dbt_manifest(dbt_manifest.load(manifest))
    return snapshot.publish(
        home,
        manifest=manifest,
        semantic_manifest=home.target / "semantic_manifest.json",
        metric_contracts=json.loads(to_json(metrics)),
        verdict=_verdict(verdicts[0]) if verdicts else None,
        run_id=night.run_id,
        newest_batch_id=built.batch_id,
        definition_hash=built.definition_hash,
        changed_months=lambda base: build_state.changed_months(home, base),
        progress=night.progress,
    )


def _keep_terms(night: NightRun, snapshot_id: str) -> None:
    """Leave maps and terms for the open day; the night has published, whatever comes of this."""
    import duckdb

    from ingest.privacy.mask import error_told
    from live import terms
    from orchestration.run import ledger_view

    through = ledger_view.as_of(night.home)
    if through is None:
        return
    try:
        terms.keep(night.home, snapshot_id, date.fromisoformat(str(through)[:10]))
    except (OSError, duckdb.Error) as error:
        said = error_told(error)
        night.progress(f"the open day keeps the maps of the night before: {said}")


def _verdict(path: Path) -> Any:
    from expectations.checks import Verdict

    raw = json.loads(path.read_text(encoding="utf-8"))
    return Verdict(**{name: raw[name] for name in Verdict.__dataclass_fields__})


def _verdict_check(verdict: Any, failing: Sequence[Any]) -> dg.AssetCheckResult:
    severity = (
        dg.AssetCheckSeverity.ERROR if verdict.status == "blocked" else dg.AssetCheckSeverity.WARN
    )
    told = f"{len(failing)} of {verdict.checks_n} checks hold something back"
    reasons = [f"- {_told(result)}" for result in failing] or ["none"]
    return dg.AssetCheckResult(
        check_name=VERDICT,
        passed=verdict.status == "pass",
        severity=severity,
        description=told if failing else "everything that blocks has passed",
        metadata={
            "verdict": verdict.status,
            "failed": len(failing),
            "reasons": dg.MetadataValue.md("\n".join(reasons)),
            "held_clients": ", ".join(verdict.held_clients) or "none",
            "held_feeds": ", ".join(verdict.held_feeds) or "none",
        },
    )


def _dashboards(home: Any, failing: Sequence[Any]) -> str:
    """The pages that would have shown what the failing checks are about."""
    from expectations import dashboards
    from ground import dbt_manifest

    shown = dashboards.standing_on(dbt_manifest.load(home.target / "manifest.json"))
    tables = {table for result in failing for table in result.tables}
    return ", ".join(dashboards.touched(tables, shown)) or "none"


def _told(result: Any) -> str:
    rows = "1 row" if result.failing_n == 1 else f"{result.failing_n:,} rows"
    how = "could not be evaluated" if result.status == "error" else rows
    return f"{result.check_id} ({how}): {result.reason}"


def _audit_metadata(verdict: Any, results: Sequence[Any]) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "verdict": verdict.status,
        "checks": verdict.checks_n,
        "failed": verdict.failed_n,
        "warned": verdict.warned_n,
    }
    for tool, words in TOOLS.items():
        metadata[words] = sum(r.tool == tool for r in results)
    bad = [r for r in results if not r.passed]
    if bad:
        rows = [
            f"| {r.severity} | {r.status} | `{r.check_id}` | {r.reason} | {r.failing_n} |"
            for r in sorted(bad, key=lambda r: (r.severity, r.check_id))
        ]
        head = ["| severity | status | check | reason | rows |", "|---|---|---|---|---|"]
        metadata["not_passed"] = dg.MetadataValue.md("\n".join([*head, *rows]))
    return metadata
