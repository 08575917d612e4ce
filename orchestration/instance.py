"""The Dagster instance of a home: where its runs are kept, and how dead ones are closed.

Belongs here: DAGSTER_HOME. Does not: what a run does.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import dagster as dg

from ground.home import CHECKOUT, Home
from orchestration.event_store import by_step
from orchestration.own_centre import own_folder

OPEN = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def prepare_dagster_home(home: Home) -> None:
    """Make DAGSTER_HOME with the centre's own dagster.yaml, or the packaged one, and name it."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    own = own_folder()
    shipped, ours = CHECKOUT / "dagster.yaml", home.dagster / "dagster.yaml"
    if own and (own / "dagster.yaml").is_file():
        shipped = own / "dagster.yaml"
    if not ours.exists() or ours.read_bytes() != shipped.read_bytes():
        shutil.copyfile(shipped, ours)
    os.environ["DAGSTER_HOME"] = str(home.dagster)


@contextmanager
def dagster_instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """The instance whose runs `headset dev` shows."""
    prepare_dagster_home(home)
    with dg.DagsterInstance.get() as instance, by_step(instance):
        yield instance


def close_abandoned(instance: dg.DagsterInstance, run_ids: Iterable[str]) -> list[str]:
    """Mark runs of a killed process as failed and give back the pool slots they held.

    Without this a slot of the pool `warehouse` (limit 1) stays taken for ever.
    """
    closed = []
    for run_id in run_ids:
        run = instance.get_run_by_id(run_id)
        if run is not None and run.status in OPEN:
            instance.report_run_failed(run, "The process of this run was killed.")
            closed.append(run_id)
        instance.event_log_storage.free_concurrency_slots_for_run(run_id)
    return closed
