"""One run of the night as its steps share it: the lock, the batch, what happened so far.

Belongs here: what a step must know of the others. Does not: the steps themselves.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
import duckdb

from ground import home_version
from ground.home import Home
from ground.systems import enabled_systems
from ingest.ledger.systems import settle
from orchestration.event_store import by_step
from orchestration.instance import close_abandoned
from orchestration.run.lock import night_lock
from orchestration.run.summary import STOPPED, Feed, NightSummary, Quarantined, keep_summary

Progress = Callable[[str], None]
log = logging.getLogger("headset")


@dataclass
class NightRun:
    """The state that the steps of one run share."""

    home: Home
    run_id: str
    progress: Progress
    from_date: dt.date | None = None
    to_date: dt.date | None = None
    batch_id: int | None = None
    results: dict[str, Any] = field(default_factory=dict)
    feeds: list[Feed] = field(default_factory=list)
    error: str | None = None
    _intake: ExitStack = field(default_factory=ExitStack, repr=False)

    def cover(self, first: dt.date, last: dt.date) -> None:
        """Note the extract dates that a step of this run works on."""
        self.from_date = min(first, self.from_date or first)
        self.to_date = max(last, self.to_date or last)

    def open_batch(self, through: dt.date) -> int:
        """The batch of this run; the first step that asks opens it."""
        if self.batch_id is None:
            from ingest.intake import open_batch
            from ingest.ledger.ledger import kept_open

            self._intake.enter_context(kept_open(self.home))
            self.batch_id = open_batch(self.home, self.run_id, through)
        return self.batch_id

    def close_batch(self) -> None:
        """Everything of this run's batch is ingested; note what it put in quarantine."""
        if self.batch_id is not None:
            from ingest.intake import close_batch
            from orchestration.run.ledger_view import quarantined_in

            close_batch(self.home, self.batch_id)
            rows = quarantined_in(self.home, self.batch_id)
            self.results["quarantined"] = tuple(Quarantined(**row) for row in rows)
        self.end_intake()

    def end_intake(self) -> None:
        """Let go of the warehouse, which the intake holds open from its first feed on."""
        self._intake.close()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Keep the error that ends a step, so that the summary can tell it in one line."""
        try:
            yield
        except BaseException as error:
            text = str(getattr(error, "description", None) or error) or type(error).__name__
            if not isinstance(error, Exception):
                text = f"{STOPPED}; what was published is still served, the next night goes on"
            self.error = f"{name}: {text}"
            raise

    def summary(self, started_at: dt.datetime, seconds: float) -> NightSummary:
        """What to keep of this run."""
        today = started_at.date()
        return NightSummary(
            run_id=self.run_id,
            from_date=str(self.from_date or today),
            to_date=str(self.to_date or today),
            started_at=started_at.isoformat(timespec="seconds"),
            seconds=round(seconds, 1),
            feeds=tuple(self.feeds),
            batch_id=self.batch_id,
            error=self.error,
            **self.results,
        )


def night_resource(
    home: Home,
    *,
    progress: Progress,
    wait_s: float,
    on_end: Callable[[NightSummary], None] = lambda _: None,
) -> dg.ResourceDefinition:
    """The resource `night`: holds the lock for the whole run and keeps its summary at the end.

    wait_s: how long a run started by Dagster waits for another night to end.
    """

    @dg.resource(description="Lock, batch and progress of one night")
    def night(context: dg.InitResourceContext) -> Iterator[NightRun]:
        run_id = context.run.run_id if context.run else "no-run"
        with ExitStack() as stack:
            lock = stack.enter_context(night_lock(home, f"run {run_id[:8]}", wait_s))
            if context.instance is not None:
                stack.enter_context(by_step(context.instance))
            if lock.abandoned_runs:
                if context.instance is not None:
                    close_abandoned(context.instance, lock.abandoned_runs)
                lock.settled()
            lock.note_run(run_id)
            home_version.check(home)
            settle(home, enabled_systems(home))
            run = NightRun(home, run_id, progress)
            began, clock = dt.datetime.now(dt.UTC), time.monotonic()
            try:
                yield run
            finally:
                run.end_intake()
                summary = run.summary(began, time.monotonic() - clock)
                on_end(summary)
                _keep(home, summary)

    return night


def _keep(home: Home, summary: NightSummary) -> None:
    from ingest.errors import IngestError
    from orchestration.run.ledger_view import keep_ledger

    try:
        keep_summary(home, summary)
        keep_ledger(home)
    except (OSError, IngestError, duckdb.Error) as error:
        # A full disk, or a query of dbt that a signal left running: the night's own error is the
        # one to tell, and is on its way.
        log.warning("The summary of run %s was not kept: %s", summary.run_id, error)
