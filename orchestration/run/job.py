"""The run of a night that has work: the job of Dagster, in this process.

Belongs here: from dates to a run of the instance's own job. Does not: whether there is work
(`night.py`), what the steps do.
"""

import logging
from contextlib import suppress
from datetime import date

import dagster as dg

from ground.home import Home
from orchestration.assets.raw import tags_of
from orchestration.automation import NIGHTLY
from orchestration.dbt import runner
from orchestration.definitions import build_definitions
from orchestration.instance import close_abandoned, dagster_instance
from orchestration.run.context import Progress
from orchestration.run.lock import NightLock
from orchestration.run.summary import NightSummary

# The summary tells what a console would; the events are kept in the instance.
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def execute(
    home: Home,
    from_: date,
    to_: date,
    lock: NightLock,
    progress: Progress,
    accept: str | None = None,
) -> NightSummary | None:
    """Take in, build, audit and publish under the night's lock; None when no step began.

    accept: why a person lets pass, in this run, what is missing or too much.
    Raises dbt.DbtError when the project cannot be parsed.
    """
    # Dagster remarks that a skipped audit gave no verdict; the summary says that more plainly.
    logging.getLogger("dagster").addHandler(logging.NullHandler())
    told: list[NightSummary] = []
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
    return told[-1] if told else None
