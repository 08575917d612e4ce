"""Run nights in this process: what `headset night` does, and what the tests do.

Belongs here: one call from dates to a summary. Does not: what the steps do. Runs go through the
same Dagster job as the schedule's, on the instance of the home, so `headset dev` shows them.
"""

import logging
from contextlib import suppress
from datetime import UTC, date, datetime

import dagster as dg

from ground import home_version
from ground.home import Home
from ground.systems import enabled_systems
from ingest.ledger.acceptance import release_lists
from ingest.ledger.ledger import warehouse
from ingest.ledger.systems import settle
from orchestration.assets.raw import first_day, tags_of, today
from orchestration.automation import NIGHTLY
from orchestration.dbt import runner
from orchestration.definitions import build_definitions
from orchestration.instance import close_abandoned, dagster_instance
from orchestration.run.build_state import forget_models, nothing_to_do
from orchestration.run.context import Progress
from orchestration.run.lock import night_lock
from orchestration.run.summary import NightSummary, keep_summary

# The summary tells what a console would; the events are kept in the instance.
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class NightError(Exception):
    """A night could not be run; the message says what to do."""


def run_night(
    home: Home,
    from_: date,
    to_: date,
    progress: Progress = lambda _: None,
    *,
    rebuild: bool = False,
    accept: str | None = None,
) -> NightSummary:
    """Ingest the extract dates `from_`..`to_`, build, audit and publish, in one run.

    rebuild: build every model again from raw; months that raw no longer holds stay as they are.
    accept: why a person lets pass, in this run, what is missing or too much; lists that were held
    for shrinking are taken in.

    Whatever came in late (extract dates before `to_`) is taken in as well. A blocked or failed
    night is told in the summary's status, not raised; so is one that a signal stopped. Raises
    NightError for dates that cannot be asked for, NightRunningError when another night runs,
    dbt.DbtError when the project cannot be parsed.
    """
    _check_dates(from_, to_)
    # Dagster remarks that a skipped audit gave no verdict; the summary says that more plainly.
    logging.getLogger("dagster").addHandler(logging.NullHandler())
    told: list[NightSummary] = []
    with night_lock(home, f"night of {_dates(from_, to_)}") as lock:
        home_version.check(home)
        settle(home, enabled_systems(home))
        home_version.stamp(home)
        if rebuild:
            forget_models(home)
        if accept:
            _release_lists(home, accept)
        elif not lock.abandoned_runs and nothing_to_do(home, to_):
            return _unchanged(home, from_, to_)
        manifest = runner.prepare(home, progress)
        with dagster_instance(home) as instance:
            if lock.abandoned_runs:
                closed = close_abandoned(instance, lock.abandoned_runs)
                progress(f"closed {len(closed)} run(s) of a killed process")
                lock.settled()
            defs = build_definitions(home, manifest, progress=progress, on_end=told.append)
            # A signal ends the run in order (Dagster turns SIGTERM and Ctrl-C into this error).
            with suppress(KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
                defs.resolve_job_def(NIGHTLY).execute_in_process(
                    instance=instance,
                    run_config=QUIET,
                    raise_on_error=False,
                    tags=tags_of(from_, to_, accept),
                )
    if not told:
        raise NightError("the night ended before its first step; `headset dev` shows its run")
    return told[-1]


def _release_lists(home: Home, accept: str) -> None:
    if home.warehouse.exists():
        with warehouse(home) as con:
            release_lists(con, accept)


def _unchanged(home: Home, from_: date, to_: date) -> NightSummary:
    """A night without news leaves no run: it would grey out the last night's checks."""
    now = datetime.now(UTC)
    summary = NightSummary(
        run_id=f"unchanged-{now:%Y%m%dT%H%M%S}",
        from_date=str(from_),
        to_date=str(to_),
        started_at=now.isoformat(timespec="seconds"),
        status="unchanged",
    )
    keep_summary(home, summary)
    return summary


def _check_dates(from_: date, to_: date) -> None:
    first, last = first_day(), today()
    if from_ > to_:
        raise NightError(f"the range {_dates(from_, to_)} ends before it begins")
    if from_ < first or to_ > last:
        raise NightError(
            f"{_dates(from_, to_)} is outside the extract dates {first}..{last} "
            "(HEADSET_FIRST_DAY sets the first; the last is today, UTC)"
        )


def _dates(from_: date, to_: date) -> str:
    return str(from_) if from_ == to_ else f"{from_}..{to_}"
