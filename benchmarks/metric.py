"""How fast `headset metric` answers, what guards cost a night: `python -m benchmarks.metric HOME`.

HOME holds a published snapshot (after `make run`); it is read only. Asked are, each as a command of
its own with all that a command costs, questions on that snapshot, and on a year of 30,000 agents at
agent-day grain, made here of plausible shifts (one Parquet file a month, in a temporary folder).
Then the guards run over a copy of HOME's warehouse for the dates of its last night, beside how long
HOME's nights took. Printed as Markdown.
"""

import argparse
import datetime as dt
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from expectations.guards import suite
from ground.home import CHECKOUT, Home
from ground.sql import literal

RUN = "from orchestration.cli import main; main()"
ROUNDS, DAYS, FIRST = 3, 365, dt.date(2025, 11, 1)
DEMO = (
    ("service_level", "--by", "client_id"),
    ("abandonment", "--by", "queue_id", "--grain", "month"),
    ("handle_time", "--by", "agent_id"),
    ("absence", "--by", "site_id", "--grain", "week"),
    ("attrition",),
)
YEAR = (
    ("occupancy",),
    ("occupancy", "--by", "team_id", "--grain", "month"),
    ("shrinkage", "--by", "site_id", "--grain", "day"),
    ("utilisation", "--by", "client_id", "--where", "site_id=s1"),
    ("logged_in_time", "--by", "agent_id"),
)
STATES = ("available", "on_contact", "acw", "break", "lunch", "training", "meeting", "coaching")
SHIFTS = """
select
    'a' || agent.n as agent_id,
    cast($first as date) + cast(day.n as integer) as shift_date,
    's' || agent.n % 40 as site_id,
    'c' || agent.n % 90 as client_id,
    't' || agent.n // 15 as team_id,
    'l' || agent.n // 15 as leader_id,
    'service' as line_of_business, 'agent' as role, '91+' as tenure_band,
    400 + day.n as tenure_days,
    10000 + hash(agent.n, day.n) % 4000 as on_contact_state_s,
    2000 + hash(agent.n, day.n, 1) % 2000 as acw_state_s,
    6000 + hash(agent.n, day.n, 2) % 6000 as available_state_s,
    1800 as break_state_s, 1800 as lunch_state_s, 0 as off_queue_state_s, 0 as unmapped_state_s,
    hash(agent.n, day.n, 3) % 600 as training_state_s, 0 as meeting_state_s,
    hash(agent.n, day.n, 4) % 300 as coaching_state_s,
    28800 as paid_s, 30600 as logged_in_s, 12000 + hash(agent.n, day.n) % 5000 as handle_s
from range($agents) as agent (n)
cross join range($from_day, $to_day) as day (n)
"""


def main(source: Path, agents: int) -> None:
    """Ask, generate, ask again, guard, print."""
    home = Home(source)
    _say("| what | question | answers in, s (median, slowest) | rows |\n|---|---|---|---|")
    report("demo", home, DEMO)
    with tempfile.TemporaryDirectory() as folder:
        year = Home(Path(folder))
        rows = generate(home, year, agents)
        report(f"{rows:,} agent days", year, YEAR)
    nights = sorted(_nights(home))
    took, checks = guard_s(home)
    share = f", {took / statistics.median(nights):.0%} of the median night" if nights else ""
    _say(f"\nGuards: {checks} in {took:.1f} s; nights of this home took {nights} s{share}.")


def report(what: str, home: Home, questions: Sequence[Sequence[str]]) -> None:
    """One row per question, each asked ROUNDS times."""
    for question in questions:
        times, rows = [], 0
        for _ in range(ROUNDS):
            began = time.monotonic()
            rows = ask(home, question)
            times.append(time.monotonic() - began)
        median, slowest = statistics.median(times), max(times)
        _say(f"| {what} | `{' '.join(question)}` | {median:.1f}, {slowest:.1f} | {rows:,} |")


def ask(home: Home, question: Sequence[str]) -> int:
    """Rows of the answer of `headset metric`, run as people run it."""
    command = [sys.executable, "-c", RUN, "metric", *question, "--format", "csv"]
    here = os.environ | {"HEADSET_HOME": str(home.root), "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(command, env=here, cwd=CHECKOUT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(question)}: {done.stderr.strip()}")
    return len(done.stdout.splitlines()) - 1


def generate(source: Home, target: Home, agents: int) -> int:
    """A snapshot of agent days and the calendar, with the definitions of `source`."""
    old = (source.published / "current").resolve()
    folder = target.published / "snapshots" / "year"
    folder.mkdir(parents=True)
    for name in ("semantic_manifest.json", "metrics.json"):
        shutil.copy(old / name, folder)
    models = {"agent.day": {"model": "agent_day"}, "core.date": {"model": "dim_date"}}
    body = {"tables": models, "created_at": "2026-11-01T06:00:00"}
    (folder / "manifest.json").write_text(json.dumps(body))
    with duckdb.connect(str(folder / "serve.duckdb")) as con:
        for month in range(0, DAYS, 31):
            part = literal(str(folder / f"day-{month:03d}.parquet"))
            con.execute(
                f"copy ({SHIFTS}) to {part} (format parquet, compression snappy)",
                {
                    "first": FIRST,
                    "agents": agents,
                    "from_day": month,
                    "to_day": min(month + 31, DAYS),
                },
            )
        con.execute("create schema core")
        con.execute("create schema agent")
        dates = literal(str(old / "tables" / "core.date" / "**" / "*.parquet"))
        con.execute(f"create view core.date as select * from read_parquet({dates})")
        files = literal(str(folder / "day-*.parquet"))
        con.execute(f"create view agent.day as select * from read_parquet({files})")
        rows = con.execute("select count(*) from agent.day").fetchall()[0][0]
    (target.published / "current").symlink_to(folder)
    return int(rows)


def guard_s(home: Home) -> tuple[float, int]:
    """Seconds of all guards over a copy of the warehouse, for the dates of its last batch."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Home(Path(folder))
        shutil.copy(home.warehouse, copy.warehouse)
        copy.target.mkdir(parents=True)
        for name in ("manifest.json", "semantic_manifest.json"):
            shutil.copy(home.target / name, copy.target)
        with duckdb.connect(str(copy.warehouse), read_only=True) as con:
            dates = [row[0] for row in con.execute(
                "select distinct event_date from raw.touched "
                "where batch_id = (select max(batch_id) from raw.touched)"
            ).fetchall()]  # fmt: skip
        began = time.monotonic()
        results = suite.check(copy, dates=dates)
        return time.monotonic() - began, len(results)


def _nights(home: Home) -> Iterator[float]:
    """Seconds of the nights of one day; a first load of all history is no plain night."""
    for path in (home.audit / "nights").glob("*.json"):
        body = json.loads(path.read_text())
        if body["from_date"] == body["to_date"]:
            yield float(body["seconds"])


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--agents", type=int, default=30_000)
    arguments = parser.parse_args()
    main(arguments.home, arguments.agents)
