"""What a night costs: `python -m benchmarks.night`, printed as Markdown.

A small whole centre (every feed of 300 simulated agents, people's history and one day of contacts)
is taken in first. Then a day of telephony at the asked scale lands in one copy of that home and a
trivial day in another, and each has its night, as `headset night` runs it. The difference is what
the rows cost; the plain scripts fill the same core from the same files. Every step is a process of
its own, with its peak of memory. `--parts` chooses.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks import landing
from benchmarks.night_totals import LOADS, agree, status_of
from ground.home import CHECKOUT, Home

FIRST, MODEL, LAST = date(2026, 11, 17), date(2026, 11, 19), date(2026, 11, 21)
# Of a window of three days the simulator breaks nothing but the last day.
DAYS = 3
AGENTS = 300
HEADSET = (sys.executable, "-c", "from orchestration.cli import main; main()")
WAYS = {"duckdb": "plain DuckDB", "pandas": "pandas", "polars": "Polars"}


@dataclass(frozen=True)
class Took:
    """One process: how long, how much processor time, how much memory at most, how it ended."""

    seconds: float
    cpu_s: float
    peak_gb: float
    code: int
    said: str = ""


def main(copies: int, parts: Sequence[str], scratch: Path, limit_s: float) -> None:
    """Every part that was asked for, each with its table."""
    _say("| what | seconds | processor s | peak GB | remarks |\n|---|---|---|---|---|")
    from simulator import drop

    source = Home(scratch / "source")
    drop(source.landing, agents=AGENTS, days=DAYS, last_day=MODEL + timedelta(DAYS - 1))
    if {"cost", "fixed"} & set(parts):
        base = _first_home(scratch)
        if "fixed" in parts:
            fixed(scratch, source, base)
        if "cost" in parts:
            cost(scratch, source, base, copies, limit_s)
    if "growth" in parts:
        growth(scratch, source, min(copies, 5))
    if "backfill" in parts:
        backfill(scratch)


def _first_home(scratch: Path) -> Home:
    """All of a small centre up to its first day, with the first night behind it."""
    from simulator import drop

    home = Home(scratch / "base")
    last = FIRST + timedelta(DAYS - 1)
    drop(home.landing, agents=AGENTS, days=DAYS, last_day=last, arrived_by=FIRST)
    _tell(f"first night, {AGENTS} agents, all feeds and history", night(home, FIRST), home)
    return home


def cost(scratch: Path, source: Home, base: Home, copies: int, limit_s: float) -> None:
    """Night less trivial night, over the scripts."""
    trivial = _copy(base, scratch / "trivial")
    _land(source, trivial, MODEL, 1)
    small = night(trivial, MODEL)
    _tell("a night, trivial data", small, trivial)
    large = _copy(base, scratch / "large")
    rows = _land(source, large, MODEL, copies)
    landed = ", ".join(f"{n:,} {feed}" for feed, n in rows.items())
    by_hand = {}
    for way, name in WAYS.items():
        command = [sys.executable, "-m", "benchmarks.plain", way, str(large.landing), str(MODEL)]
        by_hand[way] = run([*command, str(scratch / way)], large, limit_s)
        _tell(f"{name}, four tables", by_hand[way], remark=landed)
    whole = night(large, MODEL, limit_s)
    _tell("the night with the same files", whole, large)
    if whole.code:
        return
    _say(f"\n- totals of the night and the scripts: {agree(large, scratch, tuple(WAYS), MODEL)}")
    for way, name in WAYS.items():
        least = by_hand[way]
        if least.code == 0:
            rows_s = (whole.seconds - small.seconds) / least.seconds
            by_cpu = (whole.cpu_s - small.cpu_s) / least.cpu_s
            _say(
                f"- (night - trivial night) / {name}: {rows_s:.1f} ({by_cpu:.1f} by processor "
                f"time); whole night / {name}: {whole.seconds / least.seconds:.1f}"
            )


def fixed(scratch: Path, source: Home, base: Home) -> None:
    """Nights that have little to do, and loading the definitions."""
    home = _copy(base, scratch / "fixed")
    _tell("nothing landed, nothing changed", night(home, FIRST), home)
    _land(source, home, MODEL, 1)
    # Without the note of what was built, everything is built anew from raw.
    (home.target / "built.json").unlink()
    _tell("full rebuild, trivial data", night(home, MODEL), home)
    loads = [run([sys.executable, "-c", LOADS], home) for _ in range(2)]
    best = min(loads, key=lambda took: took.seconds)
    _tell("definitions load", best, remark=f"of which our own code {best.said}")


def growth(scratch: Path, source: Home, copies: int) -> None:
    """Night 60 against night 3, with equal arrivals; the history between comes in one run."""
    from simulator import drop

    home = Home(scratch / "growth")
    days = [MODEL - timedelta(days=59 - n) for n in range(60)]
    before = days[0] - timedelta(days=1)
    drop(
        home.landing,
        agents=AGENTS,
        days=DAYS,
        last_day=before + timedelta(DAYS - 1),
        arrived_by=before,
    )
    landing.crosswalk(source.landing, home.landing, days[0], copies)
    found = {}
    for first, last in ((1, 2), (3, 3), (4, 59), (60, 60)):
        for day in days[first - 1 : last]:
            landing.multiplied(source.landing, home.landing, MODEL, day, copies)
        since = before if first == 1 else days[first - 1]
        found[last] = night(home, days[last - 1], first=since)
        _tell(f"nights {first} to {last}, {copies} copies a day", found[last], home)
    ratio = found[60].seconds / found[3].seconds
    by_cpu = found[60].cpu_s / found[3].cpu_s
    _say(f"\n- night 60 / night 3: {ratio:.2f} ({by_cpu:.2f} by processor time)")


def backfill(scratch: Path, days: int = 730) -> None:
    """All of `days` in one run, as a new deployment begins."""
    home = Home(scratch / "backfill")
    command = [*HEADSET, "simulate", "--agents", str(AGENTS), "--days", str(days)]
    _tell(f"simulating {days} days of {AGENTS} agents", run(command, home), home)
    first = LAST - timedelta(days=days - 1)
    # The last night is one that the audit blocks, on purpose.
    _tell(f"backfill of {days - 2} days", night(home, LAST - timedelta(days=2), first=first), home)


def night(home: Home, day: date, limit_s: float | None = None, first: date | None = None) -> Took:
    """One night, or one ranged run, as a person starts it."""
    dates = (
        ["--from", str(first), "--to", str(day)] if first and first != day else ["--date", str(day)]
    )
    return run([*HEADSET, "night", *dates], home, limit_s)


def run(command: Sequence[str], home: Home, limit_s: float | None = None) -> Took:
    """A process on a home, measured. One that takes too long is ended; its code is not 0."""
    env = os.environ | {"HEADSET_HOME": str(home.root), "HEADSET_FIRST_DAY": "2024-01-01"}
    env |= {"PYTHONPATH": str(CHECKOUT)}
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(list(command), env=env, stdout=said, stderr=subprocess.STDOUT)
        code, usage = _wait(process.pid, None if limit_s is None else began + limit_s, process.kill)
        process.returncode = code
        said.seek(0)
        text = said.read().strip()
    if code:
        sys.stderr.write(text[-3000:] + "\n")
    seconds = time.monotonic() - began
    peak = usage.ru_maxrss / 1e6
    return Took(seconds, usage.ru_utime + usage.ru_stime, peak, code, text[-200:])


def _wait(pid: int, until: float | None, end: Callable[[], None]) -> tuple[int, "os._Rusage"]:
    """Exit code and use of one child; wait4 alone tells the peak of one process."""
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status), usage
        if until is not None and time.monotonic() > until:
            end()
            until = None
        time.sleep(0.05)


def _copy(base: Home, target: Path) -> Home:
    from publish.snapshot import relocate

    shutil.copytree(base.root, target, symlinks=True)
    relocate(Home(target))
    return Home(target)


def _land(source: Home, home: Home, day: date, copies: int) -> dict[str, int]:
    landing.crosswalk(source.landing, home.landing, day, copies)
    return landing.multiplied(source.landing, home.landing, MODEL, day, copies)


def _tell(what: str, took: Took, home: Home | None = None, remark: str = "") -> None:
    told = remark or (status_of(home) if home else "")
    if took.code:
        told = f"ended with {took.code}: {told}"
    _say(f"| {what} | {took.seconds:.1f} | {took.cpu_s:.1f} | {took.peak_gb:.2f} | {told} |")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=65, help="times 4,658 contacts")
    parser.add_argument("--parts", default="fixed,cost", help="of fixed, cost, growth, backfill")
    parser.add_argument("--limit", type=float, default=900, help="seconds for one step at scale")
    parser.add_argument("--scratch", type=Path, help="where to work; else a temporary folder")
    given = parser.parse_args()
    place = given.scratch or Path(tempfile.mkdtemp())
    try:
        main(given.copies, given.parts.split(","), place, given.limit)
    finally:
        if given.scratch is None:
            shutil.rmtree(place, ignore_errors=True)
