"""Where a small night's processor time goes: `python -m benchmarks.phases HOME`, as Markdown.

HOME is a home with its history behind it; without one, a small centre is simulated and taken in
first. A copy of it has a plain night, and then a night in which nothing landed, each in a process
of its own. Time counts for the innermost phase that runs, in processor seconds of all threads of
the process; `rest` is Dagster, the lock, the ledger's view and what no phase names.
"""

import argparse
import functools
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ground.home import CHECKOUT, Home

LAST = date(2026, 11, 21)
HISTORY_END = LAST - timedelta(days=3)
# Phase, module, and what in it does the work: a function, or a class and its method.
PHASES = (
    ("nothing to do?", "orchestration.run.night", "nothing_to_do"),
    ("parse", "orchestration.dbt.runner", "prepare"),
    ("definitions", "orchestration.run.job", "build_definitions"),
    ("intake", "ingest.intake", "ingest_feed"),
    ("models", "orchestration.dbt.runner", "run"),
    ("tests", "orchestration.dbt.runner", "test"),
    ("audit", "expectations.audit", "run"),
    ("guards", "expectations.guards.suite", "check"),
    ("publication", "publish.snapshot", "publish"),
    ("events", "dagster", "DagsterInstance.handle_new_event"),
    ("events", "dagster", "DagsterInstance.create_run"),
    ("events", "orchestration.event_store", "EventStore.flush"),
)
HEAVY = ("dagster", "dagster_dbt", "dbt.cli.main", "great_expectations", "orchestration.run.job")


class Clock:
    """Processor time by phase; a phase inside another takes its time from it."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)
        self._stack = ["rest"]
        self._since = 0.0

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count the block for a phase."""
        self._switch()
        self._stack.append(name)
        self.calls[name] += 1
        try:
            yield
        finally:
            self._switch()
            self._stack.pop()

    def _switch(self) -> None:
        now = time.process_time()
        self.spent[self._stack[-1]] += now - self._since
        self._since = now

    def measured(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, counted for a phase."""

        @functools.wraps(work)
        def counted(*args: Any, **kwargs: Any) -> Any:
            with self.phase(name):
                return work(*args, **kwargs)

        return counted

    def end(self) -> dict[str, float]:
        """All phases, the rest last."""
        self._switch()
        return dict(self.spent)


def one_night(root: Path, first: date, last: date) -> dict[str, float]:
    """A night in this process, as `headset night` runs it; seconds by phase."""
    clock, began = Clock(), time.monotonic()
    with clock.phase("imports"):
        for name in HEAVY:
            importlib.import_module(name)
    for phase, module, path in PHASES:
        owner, (*parents, last_name) = importlib.import_module(module), path.split(".")
        for parent in parents:
            owner = getattr(owner, parent)
        setattr(owner, last_name, clock.measured(phase, getattr(owner, last_name)))
    night = importlib.import_module("orchestration.run.night")
    summary = night.run_night(Home(root), first, last)
    spent = clock.end() | {"all": time.process_time(), "by the clock": time.monotonic() - began}
    spent["events stored"] = clock.calls["events"]
    if summary.status not in ("published", "unchanged"):
        raise SystemExit(f"the night ended {summary.status}: {summary.error or summary.failing}")
    return spent


def in_its_own_process(root: Path, first: date, last: date) -> dict[str, float]:
    """The same in a new process, as a person starts a night."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.phases",
        str(root),
        "--night",
        f"{first}",
        f"{last}",
    ]
    env = os.environ | {"HEADSET_HOME": str(root), "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    spent: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return spent


def main(given: Path | None, agents: int, days: int, scratch: Path) -> None:
    """A plain night and one without news, phase by phase."""
    from benchmarks.night import _copy
    from simulator import drop

    base = Home(given or scratch / "base")
    whole = {"agents": agents, "days": days, "last_day": LAST}
    runs: dict[str, dict[str, float]] = {}
    if not base.warehouse.exists():
        drop(base.landing, arrived_by=HISTORY_END, **whole)
        first = LAST - timedelta(days=days - 1)
        runs["history"] = in_its_own_process(base.root, first, HISTORY_END)
    home, day = _copy(base, scratch / "night"), HISTORY_END + timedelta(days=1)
    drop(home.landing, arrived_by=day, arrived_after=HISTORY_END, **whole)
    runs["plain night"] = in_its_own_process(home.root, day, day)
    runs["nothing landed"] = in_its_own_process(home.root, day, day)
    sys.stdout.write(table(runs) + "\n")


def table(runs: dict[str, dict[str, float]]) -> str:
    """Phases down, nights across."""
    names = list(dict.fromkeys(name for spent in runs.values() for name in spent))
    lines = [f"load {os.getloadavg()[0]:.1f}", "", "| | " + " | ".join(runs) + " |"]
    lines.append("|---" * (len(runs) + 1) + "|")
    for name in names:
        cells = (f"{spent[name]:.1f}" if name in spent else "" for spent in runs.values())
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, nargs="?")
    parser.add_argument("--agents", type=int, default=300)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--night", type=date.fromisoformat, nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.night:
        sys.stdout.write(json.dumps(one_night(asked.home, *asked.night)) + "\n")
    else:
        with tempfile.TemporaryDirectory() as place:
            main(asked.home, asked.agents, asked.days, Path(place))
