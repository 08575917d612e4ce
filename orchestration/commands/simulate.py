"""`headset simulate`: a synthetic BPO's raw extracts into landing/."""

from datetime import date
from typing import TYPE_CHECKING

import click

from orchestration.commands.demo import AGENTS, DAYS, SMALL_AGENTS, SMALL_DAYS
from orchestration.console import out, parse_date, working

if TYPE_CHECKING:
    from collections.abc import Callable

    from ground.home import Home


@click.command()
@click.option("--small", is_flag=True, help="The centre of `headset demo --small`.")
@click.option("--agents", type=click.IntRange(3), help=f"[default: {AGENTS}, as in the demo]")
@click.option("--days", type=click.IntRange(1), help=f"[default: {DAYS}]")
@click.option("--seed", default=7, show_default=True)
@click.option("--last-day", callback=parse_date, help="Last extract date.  [default: 2026-11-21]")
@click.option("--arrived-by", callback=parse_date, help="Only files that have arrived by this day.")
@click.option("--arrived-after", callback=parse_date, help="Only files that arrived later.")
def simulate(
    small: bool,
    agents: int | None,
    days: int | None,
    seed: int,
    last_day: date | None,
    arrived_by: date | None,
    arrived_after: date | None,
) -> None:
    """Drop raw extracts of a synthetic centre, with known truth and known defects."""
    from ground.home import Home

    home = Home.from_env()
    agents = agents or (SMALL_AGENTS if small else AGENTS)
    days = days or (SMALL_DAYS if small else DAYS)
    with working(f"Simulating {agents} agents over {days} days") as progress:
        totals = drop_files(
            home, agents, days, seed, last_day, (arrived_after, arrived_by), progress
        )
    out().print(
        f"{totals['files_n']:,} files, {totals['rows_n']:,} rows, "
        f"{totals['contacts_n']:,} contacts, {totals['defects_n']:,} planted defects "
        f"in {home.landing}",
        soft_wrap=True,
    )


def drop_files(
    home: "Home",
    agents: int,
    days: int,
    seed: int,
    last_day: date | None,
    arrived: tuple[date | None, date | None],
    progress: "Callable[[str], None]",
) -> dict[str, int]:
    """Drop the files that arrived after a day and by another; totals of all dropped so far."""
    from ground.systems import SIMULATED, enabled_systems, record
    from simulator import drop
    from simulator.drop import LAST_DAY

    if not enabled_systems(home):
        record(home, SIMULATED.split(","))
    try:
        manifest = drop(
            home.landing,
            agents=agents,
            days=days,
            seed=seed,
            last_day=last_day or LAST_DAY,
            arrived_after=arrived[0],
            arrived_by=arrived[1],
            progress=progress,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return manifest.totals
