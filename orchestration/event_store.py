"""Dagster's event log in SQLite, written once per step instead of four times per event.

`dagster.yaml` names this class as the home's event log. It is Dagster's own store, same files, same
tables. While a night runs (`by_step`), events wait in memory until a step begins, a run changes
its state, or somebody asks; then all are written over one connection and one commit per file.
A process that is killed loses the events of the step it was in, never a stored one.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import dagster as dg

# A store that `dagster.yaml` names is a subclass of one of these; `dagster` itself exports none.
from dagster._core.storage.event_log import SqliteEventLogStorage  # noqa: TID251
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine

INDEX = "index"
PATIENCE_S = 30
AT_MOST = 500
BOUNDARIES = (dg.DagsterEventType.STEP_START, dg.DagsterEventType.STEP_FAILURE)


class EventStore(SqliteEventLogStorage):
    """Dagster's event log of a home."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._guard = threading.RLock()
        self._waiting: list[dg.EventLogEntry] = []
        self._engines: dict[str, Engine] | None = None
        self._written: dict[str, Connection] = {}
        self._found: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> Any:
        """Where the home's Dagster keeps its state."""
        return {"dagster_home": dg.StringSource}

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Mapping[str, Any]) -> "EventStore":
        """The store in the folder that Dagster uses by default, so that older runs are in it."""
        return cls(str(Path(config_value["dagster_home"], "history", "runs")), inst_data)

    @contextmanager
    def by_step(self) -> Iterator[None]:
        """Write once per step for the block; inside another such block it adds nothing."""
        if self._engines is not None:
            yield
            return
        self._engines = {}
        try:
            yield
        finally:
            try:
                self.flush()
            finally:
                engines, self._engines = self._engines, None
                for engine in engines.values():
                    engine.dispose()

    def store_event(self, event: dg.EventLogEntry) -> None:
        """Keep an event: at once, or with the others of its step."""
        if self._engines is None:
            super().store_event(event)
            return
        with self._guard:
            self._waiting.append(event)
            if len(self._waiting) >= AT_MOST or _is_boundary(event):
                self.flush()

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table: looked up once, for Dagster asks before every reading."""
        return self._once(
            f"table {table_name}", lambda: super(EventStore, self).has_table(table_name)
        )

    def has_secondary_index(self, name: str) -> bool:
        """Whether a migration of Dagster's was done: looked up once, too."""
        return self._once(
            f"index {name}", lambda: super(EventStore, self).has_secondary_index(name)
        )

    def _once(self, what: str, look: Callable[[], bool]) -> bool:
        if self._engines is None:
            return look()
        if what not in self._found and look():
            self._found.add(what)
        return what in self._found

    def flush(self) -> None:
        """Write what waits."""
        with self._guard:
            events, self._waiting = self._waiting, []
            if not events:
                return
            with ExitStack() as stack:
                for shard in dict.fromkeys((INDEX, *(event.run_id for event in events))):
                    self._written[shard] = stack.enter_context(self._engine(shard).begin())
                try:
                    for event in events:
                        super().store_event(event)
                finally:
                    self._written.clear()

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """A connection to one run's events."""
        if self._engines is None or run_id is None:
            return super().run_connection(run_id)  # type: ignore[no-any-return]
        return self._kept(run_id)

    def index_connection(self) -> AbstractContextManager[Connection]:
        """A connection to what is kept across runs."""
        return super().index_connection() if self._engines is None else self._kept(INDEX)

    @contextmanager
    def _kept(self, shard: str) -> Iterator[Connection]:
        with self._guard:
            if shard in self._written:
                yield self._written[shard]
                return
            self.flush()
            with self._engine(shard).begin() as connection:
                yield connection

    def _engine(self, shard: str) -> Engine:
        assert self._engines is not None
        if shard not in self._engines:
            first = super().index_connection() if shard == INDEX else super().run_connection(shard)
            with first:
                pass  # Dagster makes the file and its tables when it is first asked for.
            engine = create_engine(
                self.conn_string_for_shard(shard), connect_args={"timeout": PATIENCE_S}
            )
            event.listen(engine, "connect", _sync_less)
            self._engines[shard] = engine
        return self._engines[shard]


def by_step(instance: dg.DagsterInstance) -> AbstractContextManager[None]:
    """The block in which an instance writes events once per step, if its store can."""
    store = instance.event_log_storage
    return store.by_step() if isinstance(store, EventStore) else nullcontext()


def _is_boundary(entry: dg.EventLogEntry) -> bool:
    """Whether a person who looks on should see it now: a step begins or fails, a run's state."""
    told = entry.dagster_event
    return told is not None and (told.event_type in BOUNDARIES or told.is_job_event)


def _sync_less(connection: sqlite3.Connection, _: object) -> None:
    """Let SQLite wait for the disk at checkpoints only: a power cut loses events, not the store."""
    connection.execute("pragma synchronous = normal")
