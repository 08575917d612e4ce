"""When things run: the nightly job, its schedule, the sensor for late files, housekeeping.

Belongs here: jobs, schedules, sensors. Does not: what an asset does.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import dagster as dg

from ground.home import Home
from ingest.contracts.contract import Contract
from orchestration.assets.raw import tags_of
from orchestration.housekeeping import housekeeping_job
from orchestration.live_job import every_few_minutes, tick_job
from orchestration.run.build_state import nothing_to_do
from orchestration.run.dates import yesterday
from orchestration.run.lock import NightRunningError, reading

# What define_asset_job returns has no public name.
Job = Any
NIGHTLY = "nightly"
WEEKLY_AT = "30 5 * * 0"
LOOK_EVERY_S = 900


@dataclass(frozen=True)
class Automation:
    """What runs by itself."""

    jobs: tuple[Job, ...]
    schedules: tuple[dg.ScheduleDefinition, ...]
    sensors: tuple[dg.SensorDefinition, ...]


def automation(home: Home, contracts: Sequence[Contract]) -> Automation:
    """The nightly job over all assets, and what starts it."""
    nightly = dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        description="Ingest yesterday's extracts, build, audit, publish. Safe to repeat.",
    )
    housekeeping, ticking = housekeeping_job(home), tick_job(home)
    return Automation(
        jobs=(nightly, housekeeping, ticking),
        schedules=(
            _every_night(nightly, home),
            _every_week(housekeeping),
            every_few_minutes(ticking),
        ),
        sensors=(_late_files(nightly, home, contracts), _watch(home)),
    )


def _every_night(job: Job, home: Home) -> dg.ScheduleDefinition:
    at = time.fromisoformat(os.environ.get("HEADSET_NIGHT_AT") or "02:00")
    zone = os.environ.get("HEADSET_NIGHT_ZONE") or "UTC"

    @dg.schedule(
        name="every_night",
        job=job,
        cron_schedule=f"{at.minute} {at.hour} * * *",
        execution_timezone=zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"{at:%H:%M} {zone}: yesterday's extract date, and what came in late.",
    )
    def every_night(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        day = yesterday(context.scheduled_execution_time.date())
        request = dg.RunRequest(run_key=day.isoformat(), tags=tags_of(day, day))
        try:
            with reading(home):
                idle = nothing_to_do(home, day)
        except NightRunningError:
            # The run waits for the lock, and looks again.
            return request
        return dg.SkipReason(f"Nothing landed up to {day}.") if idle else request

    return every_night


def _every_week(job: dg.JobDefinition) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name="every_week",
        job=job,
        cron_schedule=WEEKLY_AT,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Sunday 05:30 UTC: remove old runs and snapshots.",
    )


def _late_files(job: Job, home: Home, contracts: Sequence[Contract]) -> dg.SensorDefinition:
    @dg.sensor(
        name="late_files",
        job=job,
        minimum_interval_seconds=LOOK_EVERY_S,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts a night when a file of an earlier extract date has come in since.",
    )
    def late_files(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        from ingest.intake import pending_files

        if not home.warehouse.exists():
            return dg.SkipReason("No night has run yet.")
        through = yesterday(yesterday(datetime.now(UTC).date()))
        try:
            with reading(home):
                waiting = pending_files(home, contracts, through)
        except NightRunningError as error:
            return dg.SkipReason(f"Looking again later: {error}.")
        return late_request(
            [(f.file_name, f.slot.extract_date) for f in waiting if f.slot.extract_date]
        )

    return late_files


def _watch(home: Home) -> dg.SensorDefinition:
    @dg.sensor(
        name="watch",
        job_name=None,
        minimum_interval_seconds=LOOK_EVERY_S,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells what is late, held back, failed, stale or short of disk; runs nothing.",
    )
    def watch(_: dg.SensorEvaluationContext) -> dg.SkipReason:
        from orchestration.alerts.watch import look

        found = look(home)
        said = "; ".join(one.text for one in found.holds) or "Nothing is wrong."
        return dg.SkipReason(" ".join([said, *found.failed]))

    return watch


def late_request(files: Sequence[tuple[str, date]]) -> dg.RunRequest | dg.SkipReason:
    """A run through the latest extract date of the late files; one per set of files."""
    if not files:
        return dg.SkipReason("No file of an earlier extract date is waiting.")
    names = sorted(name for name, _ in files)
    key = hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
    day = max(extract_date for _, extract_date in files)
    tags = tags_of(day, day) | {"headset/late_files": str(len(names))}
    return dg.RunRequest(run_key=f"late-{day}-{key}", tags=tags)
