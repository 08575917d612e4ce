"""The Dagster instance of a home: where its runs are kept, and how dead ones are closed.

Belongs here: DAGSTER_HOME. Does not: what a run does.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine

from ground.home import CHECKOUT, Home

# One planned event per asset instead of one per asset and extract date.
FEWER_EVENTS = "DAGSTER_EMIT_PARTITION_SUBSET_IN_PLANNED_EVENTS"
OPEN = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def prepare_dagster_home(home: Home) -> None:
    """Make DAGSTER_HOME with the dagster.yaml of the checkout, and name it to Dagster."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    shipped, ours = CHECKOUT / "dagster.yaml", home.dagster / "dagster.yaml"
    if not ours.exists() or ours.read_bytes() != shipped.read_bytes():
        shutil.copyfile(shipped, ours)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    os.environ.setdefault(FEWER_EVENTS, "true")
    if not event.contains(Engine, "connect", _sync_less):
        event.listen(Engine, "connect", _sync_less)
        event.listen(Engine, "engine_connect", _compile_less)


def _sync_less(connection: object, _: object) -> None:
    """Let SQLite wait for the disk at checkpoints only.

    Dagster commits every event four times; a ranged run over 60 extract dates waited 90 s for a
    busy disk. A power cut can lose the last events of a run, never the store (it is in WAL mode).
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = normal")
        for held in _held:
            _hold(connection, held)


def _compile_less(connection: Connection) -> None:
    """Let all connections to SQLite share what SQLAlchemy has compiled.

    Dagster makes an engine per event, and each begins with an empty cache: more than a third of
    the time that an event takes.
    """
    if _held and connection.dialect.name == "sqlite":
        connection.dialect = _dialects.setdefault(type(connection.dialect), connection.dialect)
        connection.execution_options(compiled_cache=_compiled)


_dialects: dict[type[Dialect], Dialect] = {}
_compiled: dict[Any, Any] = {}
# Of each instance in use: one idle connection per database file.
_held: list[dict[str, sqlite3.Connection]] = []


def _hold(connection: sqlite3.Connection, held: dict[str, sqlite3.Connection]) -> None:
    """Keep a second connection to the file open: the last one that closes is a checkpoint.

    Dagster opens and closes one per event, so that every event waited for the disk after all
    (half the time of a small night).
    """
    path = str(connection.execute("pragma database_list").fetchone()[2])
    if path and path not in held:
        (mode,) = connection.execute("pragma journal_mode").fetchone()
        if mode == "wal":
            held[path] = sqlite3.connect(path, check_same_thread=False)
            held[path].execute("select count(*) from sqlite_master").fetchone()


@contextmanager
def dagster_instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """The instance whose runs `headset dev` shows."""
    prepare_dagster_home(home)
    held: dict[str, sqlite3.Connection] = {}
    _held.append(held)
    try:
        with dg.DagsterInstance.get() as instance:
            yield instance
    finally:
        _held.remove(held)
        for connection in held.values():
            connection.close()


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
