"""Housekeeping: old runs, their logs, old snapshots, and what the contracts' terms let go.

Belongs here: what may be removed and when. Dagster's own retention removes ticks only; a night
leaves about 5 MB of events.
"""

import shutil
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from ground.home import Home, sources_dir
from ground.systems import enabled_systems
from orchestration.instance import OPEN
from orchestration.run.lock import night_lock

KEEP_RUNS_DAYS = 30
KEEP_SNAPSHOTS = 7
WAIT_FOR_NIGHT_S = 7200


def housekeeping_job(home: Home) -> dg.JobDefinition:
    """A job of one step, so that a person sees in one place what was removed."""

    @dg.op(
        description="Remove runs older than 30 days, old snapshots, files and rows past their term."
    )
    def tidy(context: dg.OpExecutionContext) -> None:
        from ingest.contracts.contract import load_contracts
        from ingest.privacy.retention import apply_terms
        from publish import snapshot

        before = datetime.now(UTC) - timedelta(days=KEEP_RUNS_DAYS)
        removed = remove_runs(context.instance, before)
        freed = forget_logs(home.dagster, removed)
        for store in stores(home.dagster):
            vacuum(store)
        pruned = snapshot.prune(home, KEEP_SNAPSHOTS)
        contracts = load_contracts(sources_dir(), enabled_systems(home))
        with night_lock(home, "housekeeping", WAIT_FOR_NIGHT_S):
            for one in apply_terms(home, contracts, datetime.now(UTC).date()):
                context.log.info(
                    "%s: %d landed files, %d rows and what %d quarantined rows held were past "
                    "their terms",
                    *(one.feed, one.files_n, one.rows_n, one.quarantined_n),
                )
                if one.stuck_n:
                    context.log.warning(
                        "%s: %d landed files are past their term and may not be removed from "
                        "landing; its owner has to",
                        *(one.feed, one.stuck_n),
                    )
        context.log.info(
            "Removed %d runs (%d files), pruned snapshots: %s", len(removed), freed, pruned
        )

    @dg.job(
        name="housekeeping",
        executor_def=dg.in_process_executor,
        description="Weekly: keep the home small, apply terms of retention. Marts are not touched.",
    )
    def housekeeping() -> None:
        tidy()

    return housekeeping


def remove_runs(instance: dg.DagsterInstance, before: datetime) -> list[str]:
    """Delete ended runs created before an instant, with their events; returns their ids."""
    old = instance.get_run_records(dg.RunsFilter(created_before=before))
    removed = []
    for record in old:
        if record.dagster_run.status not in OPEN:
            instance.delete_run(record.dagster_run.run_id)
            removed.append(record.dagster_run.run_id)
    return removed


def forget_logs(dagster_home: Path, run_ids: Sequence[str]) -> int:
    """Delete what Dagster leaves on disk of deleted runs: captured output, per-run stores."""
    found = [
        path
        for run_id in run_ids
        for path in (
            dagster_home / "storage" / run_id,
            *(dagster_home / "history" / "runs").glob(f"{run_id}.db*"),
        )
        if path.exists()
    ]
    for path in found:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return len(found)


def stores(dagster_home: Path) -> list[Path]:
    """The SQLite files that Dagster keeps."""
    return sorted((dagster_home / "history").rglob("*.db"))


def vacuum(store: Path, patience_s: float = 5) -> None:
    """Give the space of deleted events back to the disk; a store in use is left for next week."""
    connection = sqlite3.connect(store, timeout=patience_s, isolation_level=None)
    try:
        connection.execute("vacuum")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
    finally:
        connection.close()
