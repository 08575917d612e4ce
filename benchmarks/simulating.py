"""What the simulator costs: contacts a minute, processor time and memory, and a further day.

`python -m benchmarks.simulating`, with `--agents` and `--days`. Each line is a process of its own,
so that memory is its own. Files go to a temporary folder and are removed.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from simulator.drop import LAST_DAY, drop

GIGABYTE = 1 << 30


def measure(landing: Path, agents: int, days: int, *, last_alone: bool) -> None:
    """Drop the files, or those of the last day alone, and print what it took."""
    begun, on_clock = time.process_time(), time.monotonic()
    day = LAST_DAY - timedelta(days=1)
    made = drop(landing, agents=agents, days=days, arrived_after=day if last_alone else None)
    cpu, clock = time.process_time() - begun, time.monotonic() - on_clock
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GIGABYTE
    rows, contacts = made.totals["rows_n"], made.totals["contacts_n"]
    what = "the last day alone" if last_alone else f"{days} days"
    print(  # noqa: T201
        f"{agents:>7} agents, {what:18} {rows:>10,} rows {contacts:>9,} contacts {cpu:7.1f} s of "
        f"processor {clock:7.1f} s by the clock {peak:5.2f} GB {60 * contacts / cpu:>10,.0f} "
        "contacts a minute"
    )


def main() -> None:
    """Measure the whole window, then its last day alone, each in a process of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--agents", type=int, default=130)
    options.add_argument("--days", type=int, default=60)
    options.add_argument("--part", choices=["all", "last"], help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.part:
        with tempfile.TemporaryDirectory() as folder:
            landing = Path(folder) / "landing"
            measure(landing, asked.agents, asked.days, last_alone=asked.part == "last")
        return
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")  # noqa: T201
    for part in ("all", "last"):
        sizes = ["--agents", str(asked.agents), "--days", str(asked.days), "--part", part]
        subprocess.run([sys.executable, "-m", "benchmarks.simulating", *sizes], check=True)


if __name__ == "__main__":
    main()
