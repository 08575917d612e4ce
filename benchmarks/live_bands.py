"""Do 95 % of final values lie in the band that earlier days gave? Fit on some days, judge others.

    python -m benchmarks.live_bands --home HOME --days 12

It plays published days of the simulated centre in HOME (made by `headset demo`; use a copy) tick by
tick, compares what was shown with what was published, fits bands on the odd days and judges them on
the even ones. It prints the share inside, by period, and the mean revision with its error.
"""

import argparse
import shutil
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from ground.home import Home
from ground.sql import parquet
from live import revision, terms, tick
from live.lane import Lane
from orchestration.dbt.day_models import day_models
from publish import snapshot_store
from simulator.live import drop_at
from simulator.manifest import Manifest

FIRST_HOUR, LAST_HOUR = 7, 22


def main() -> None:
    """Play the days, fit, judge."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--home", type=Path, required=True)
    asked.add_argument("--days", type=int, default=12)
    asked.add_argument("--last", type=date.fromisoformat, required=True, help="last day to play")
    asked.add_argument("--every", type=int, default=2, help="hours between ticks")
    options = asked.parse_args()
    home = Home(options.home.absolute())
    lane = Lane.of(home)
    shutil.rmtree(lane.revisions, ignore_errors=True)
    for ago in reversed(range(options.days)):
        _play(home, lane, options.last - timedelta(days=ago), options.every)
    paths = sorted(lane.revisions.glob("*.parquet"))
    fitted, judged = paths[::2], paths[1::2]
    with duckdb.connect() as con:
        con.execute(f"create table band as {revision.bands(fitted)}")
        rows = con.execute(
            f"""
            with judged as (from {parquet(judged)} where revision is not null),
            found as (
                select v.period, v.metric, v.site_date, v.revision, b.moved_low, b.moved_high
                from judged as v join band as b
                    on {revision.fits("v", "b")} and b.hour = hour(v.as_of_at)
                qualify row_number() over (
                    partition by v.metric, v.level, v.client_id, v.queue_id, v.period,
                        v.half_hour_start_utc, v.tick_id, v.site_date order by b.place) = 1)
            select period, count(*) as n, count(distinct site_date) as days_n,
                avg((revision between moved_low - 1e-12 and moved_high + 1e-12)::integer) as inside
            from found group by 1 order by 1
            """
        ).fetchall()
        means = con.execute(
            f"select metric, avg(revision), stddev(revision) / sqrt(count(*)) from "
            f"{parquet(paths)} where level = 'company' and period = 'day' group by 1 order by 1"
        ).fetchall()
    for period, n, days_n, inside in rows:
        say(f"{period}: {inside:.1%} of {n:,} values on {days_n} other days inside their band")
    for metric, mean, error in means:
        say(f"{metric}: mean revision {mean:+.5f} +- {error or 0:.5f}")


def _play(home: Home, lane: Lane, day: date, every: int) -> None:
    snapshot = snapshot_store.current_id(home)
    manifest = Manifest.read(home.root / "simulator" / "manifest.json")
    if snapshot is None or manifest is None:
        sys.exit(f"{home.root} holds no published simulated centre")
    agents, seed = int(str(manifest.parameters["agents"])), int(str(manifest.parameters["seed"]))
    models, before = day_models(home), day - timedelta(days=1)
    terms.keep(home, snapshot, before)
    shutil.rmtree(lane.landing, ignore_errors=True)
    lane.warehouse.unlink(missing_ok=True)
    for hour in range(FIRST_HOUR, LAST_HOUR + 1, every):
        at = datetime(day.year, day.month, day.day, hour, 10, tzinfo=UTC)
        drop_at(lane.landing, agents, seed, at, before)
        say(tick.run(home, models, at=at, cadence_s=every * 3600).line)
    shutil.rmtree(lane.landing, ignore_errors=True)
    terms.keep(home, snapshot, day)
    tick.run(home, models, at=at, cadence_s=every * 3600)


def say(text: str) -> None:
    """One line, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
