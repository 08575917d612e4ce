"""The tick for Dagster: a job of one step, and a schedule that a centre switches on.

Belongs here: when a tick runs by itself. Does not: what it does (`live`). It shares nothing with
the night's job: no pool, no lock, no file.
"""

import dagster as dg

from ground.home import Home

EVERY_MINUTES = 5


def tick_job(home: Home) -> dg.JobDefinition:
    """A job of one step; a tick that is still running lets this one pass."""

    @dg.op(description="Take in what came of the open day, judge it, show it.")
    def take_a_tick(context: dg.OpExecutionContext) -> None:
        from live import tick
        from live.lane import TickRunningError
        from orchestration.dbt.day_models import day_models

        try:
            done = tick.run(home, day_models(home), cadence_s=EVERY_MINUTES * 60)
        except TickRunningError as error:
            context.log.info(str(error))
            return
        context.log.info(done.line)

    @dg.job(
        name="tick",
        executor_def=dg.in_process_executor,
        description="The open day: provisional figures, in a lane of its own.",
    )
    def tick_() -> None:
        take_a_tick()

    return tick_


def every_few_minutes(job: dg.JobDefinition) -> dg.ScheduleDefinition:
    """Off until somebody switches it on: not every centre has files while the day is open."""
    return dg.ScheduleDefinition(
        name="every_few_minutes",
        job=job,
        cron_schedule=f"*/{EVERY_MINUTES} * * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"Every {EVERY_MINUTES} minutes: the open day.",
    )
