"""What a tick costs: processor seconds and memory over a simulated day, tick by tick.

    python -m benchmarks.live --home HOME [--every 15m] [--day 2026-11-21]

It plays a day of the simulated centre in HOME (made by `headset demo`; use a copy) and prints each
tick, then the share of ticks within the promise (95 % within 20 s at 5,000 contacts a day), the
largest memory, and flatness: the mean of the last quarter over the mean of the second.
"""

import argparse
import resource
import statistics
import sys
from datetime import date, timedelta
from pathlib import Path

from ground.home import Home
from live import terms, tick
from live.lane import Lane
from orchestration.dbt.day_models import day_models
from simulator.live import drop_at, ticks_of
from simulator.manifest import Manifest

PROMISE_S, MEMORY_MB = 20.0, 1024


def main() -> None:
    """Play a day, say what each tick cost."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--home", type=Path, required=True)
    asked.add_argument("--every", type=int, default=15, help="minutes")
    asked.add_argument("--day", type=date.fromisoformat)
    options = asked.parse_args()
    home = Home(options.home.absolute())
    lane = Lane.of(home)
    day = options.day or terms.last(lane).through + timedelta(days=1)
    manifest = Manifest.read(home.root / "simulator" / "manifest.json")
    if manifest is None:
        sys.exit(f"{home.root} holds no simulated centre")
    agents, seed = int(str(manifest.parameters["agents"])), int(str(manifest.parameters["seed"]))
    models = day_models(home)
    costs: list[float] = []
    for at in ticks_of(day, "00:00", "24:00", options.every * 60)[1:]:
        drop_at(lane.landing, agents, seed, at, day - timedelta(days=1))
        done = tick.run(home, models, at=at, cadence_s=options.every * 60)
        costs.append(done.seconds)
        say(done.line)
    quarter = len(costs) // 4
    second, last = costs[quarter : 2 * quarter], costs[-quarter:]
    within = sum(cost <= PROMISE_S for cost in costs) / len(costs)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"{len(costs)} ticks: {within:.0%} within {PROMISE_S:.0f} s of processor time")
    say(f"median {statistics.median(costs):.2f} s, largest {max(costs):.2f} s")
    say(
        f"flatness {statistics.mean(last) / statistics.mean(second):.2f} (last quarter over second)"
    )
    say(f"memory {memory:.0f} MB of {MEMORY_MB} MB (dropping the files included)")


def say(text: str) -> None:
    """One line, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
