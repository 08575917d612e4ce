"""`headset demo`: what `make run` shows a new user.

A small centre's history in one ranged run, then three nights one by one: a plain one, one with a
late and a corrected file, one whose audit blocks. Every step may be repeated: what is done is
done, so a second run takes seconds and changes nothing.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click
from rich.rule import Rule

from ground.home import CHECKOUT
from orchestration.console import out, working

if TYPE_CHECKING:
    from ground.home import Home
    from orchestration.run.summary import NightSummary

AGENTS, DAYS, SEED, NIGHTS = 130, 60, 7, 3
# A short part of an open day: from, to, and seconds between ticks.
LIVE = ("13:15", "14:15", 1800)
# Enough to see every kind of page, in a fraction of the time.
SMALL_AGENTS, SMALL_DAYS = 24, 21


@dataclass(frozen=True)
class Step:
    """Some extract dates, run together, and what a person should look out for."""

    first: date
    last: date
    about: str

    @property
    def since(self) -> date | None:
        """Files that arrived by this day were dropped before; None for the history."""
        return None if self.first != self.last else self.first - timedelta(days=1)


def steps(last_day: date, days: int) -> list[Step]:
    """History first, then the last nights one by one."""
    plain, corrected = last_day - timedelta(days=2), last_day - timedelta(days=1)
    return [
        Step(
            last_day - timedelta(days=days - 1),
            last_day - timedelta(days=NIGHTS),
            f"{days - NIGHTS} days of history, in one ranged run",
        ),
        Step(plain, plain, "a plain night"),
        Step(corrected, corrected, "a night with a late and a corrected file"),
        Step(last_day, last_day, "a night whose numbers cannot be right"),
    ]


@click.command()
@click.option("--small", is_flag=True, help=f"{SMALL_AGENTS} agents and {SMALL_DAYS} days.")
@click.option("--agents", type=click.IntRange(10), help=f"[default: {AGENTS}]")
@click.option("--days", type=click.IntRange(10), help=f"[default: {DAYS}]")
@click.option("--seed", default=SEED, show_default=True)
def demo(small: bool, agents: int | None, days: int | None, seed: int) -> None:
    """Simulate a small centre, run its nights, publish, and say what happened."""
    agents = agents or (SMALL_AGENTS if small else AGENTS)
    days = days or (SMALL_DAYS if small else DAYS)
    from ground.home import Home
    from ground.systems import SIMULATED, enabled_systems, record
    from orchestration.run.dates import FIRST_DAY
    from simulator.drop import LAST_DAY

    home = Home.from_env()
    plan = steps(LAST_DAY, days)
    if str(plan[0].first) < FIRST_DAY:
        os.environ.setdefault("HEADSET_FIRST_DAY", str(plan[0].first))
    _refuse_other_data(home, agents, days, seed)
    if not enabled_systems(home):
        record(home, SIMULATED.split(","))
    done = {(night.from_date, night.to_date) for night in ended(home)}
    for step in plan:
        if (str(step.first), str(step.last)) not in done:
            _run(home, step, agents, days, seed)
    if len(done) >= len(plan):
        _look_again(home, plan[-1])
    else:
        _open_day(home)
    _finish(home, len(plan))


def ended(home: "Home") -> list["NightSummary"]:
    """Nights that came to an end and had something to do, newest first."""
    from orchestration.run.summary import last_summaries

    return [n for n in last_summaries(home, 1000) if n.status not in ("failed", "unchanged")]


def _look_again(home: "Home", last: Step) -> None:
    from orchestration.run.night import run_night

    with working("All nights ran before; looking for anything new") as progress:
        summary = run_night(home, last.first, last.last, progress)
    out().print(
        "Everything was there already; nothing was changed."
        if summary.status == "unchanged"
        else "Something was new or changed since, and has been built."
    )


def _refuse_other_data(home: "Home", agents: int, days: int, seed: int) -> None:
    from simulator.manifest import Manifest

    manifest = Manifest.read(home.root / "simulator" / "manifest.json")
    if manifest is None and home.landing.exists() and any(home.landing.iterdir()):
        raise click.ClickException(
            f"{home.landing} holds files that the simulator did not write. "
            "Set HEADSET_HOME to another folder for the demo."
        )
    asked = {"agents": agents, "days": days, "seed": seed}
    if manifest and not asked.items() <= manifest.parameters.items():
        raise click.ClickException(
            f"{home.root} holds another centre {manifest.parameters}. "
            "`make clean` removes it; or set HEADSET_HOME to another folder."
        )


def _run(home: "Home", step: Step, agents: int, days: int, seed: int) -> None:
    from orchestration.commands.simulate import drop_files
    from orchestration.run.night import run_night
    from orchestration.run.report import night_report

    out().print(Rule(step.about, align="left", style="dim"))
    with working("The systems drop their files") as progress, _reading_the_project(home):
        drop_files(home, agents, days, seed, None, (step.since, step.last), progress)
    dates = str(step.last) if step.first == step.last else f"{step.first} to {step.last}"
    with working(f"Night of {dates}") as progress:
        summary = run_night(home, step.first, step.last, progress)
    out().print(night_report(summary))
    if summary.status == "failed":
        raise click.ClickException("the night failed, see above; `make run` goes on from here")


@contextmanager
def _reading_the_project(home: "Home") -> Iterator[None]:
    """dbt reads the project meanwhile, in a process of its own; the night finds it read."""
    if (home.target / "manifest.json").exists():
        yield
        return
    command = [sys.executable, "-m", "orchestration.dbt.runner"]
    env = os.environ | {"HEADSET_HOME": str(home.root)}
    # What it cannot read, the night will say.
    with subprocess.Popen(command, cwd=CHECKOUT, env=env, stderr=subprocess.DEVNULL):
        yield


def _open_day(home: "Home") -> None:
    """The day after the last published one, while it happens: what a floor sees at noon."""
    from live import terms
    from live.lane import Lane
    from orchestration.commands.live import played

    day = terms.last(Lane.of(home)).through + timedelta(days=1)
    out().print(Rule("the next day, while it happens", align="left", style="dim"))
    for line in played(home, day, *LIVE):
        out().print(line, soft_wrap=True)


def _finish(home: "Home", nights: int) -> None:
    from orchestration.run.report import first_few, indented, shown_path
    from orchestration.run.status import standing

    now, told = standing(home, nights), ended(home)
    published = now.published
    if published is None:
        raise click.ClickException("nothing is published; `headset status` tells more")
    console = out()
    console.print(Rule("where you stand", align="left", style="dim"))
    for heading, text in _standing_lines(now.feeds, now.quarantined, now.unmapped, told):
        console.print(f"[bold]{heading:<11}[/bold] {text}")
    console.print(
        f"[bold]{'Published':<11}[/bold] snapshot {published['snapshot_id']}: "
        f"{published['tables_n']} tables, {published['rows_n']:,} rows, for any tool that reads "
        f"DuckDB or Parquet\n{'':<11} {shown_path(home.published / 'current' / 'serve.duckdb')}"
    )
    if told and told[0].status == "blocked":
        console.print(
            f"[bold red]{'Held back':<11}[/bold red] the night of {told[0].to_date}; readers keep "
            "the snapshot from before. Because:"
        )
        for reason in first_few(told[0].failing):
            console.print(indented(f"- {reason}", 12))
        console.print(f"{'':<11} {shown_path(told[0].incident or '')}", soft_wrap=True)
    console.print("\nWhere to look next")
    for command, what in NEXT:
        console.print(f"  [bold]{command:<64}[/bold] {what}")


def _standing_lines(
    feeds: list[dict[str, Any]],
    quarantined: list[dict[str, Any]],
    unmapped: list[dict[str, Any]],
    told: list["NightSummary"],
) -> Iterator[tuple[str, str]]:
    def total(column: str) -> int:
        return sum(int(feed[column]) for feed in feeds)

    yield (
        "Landed",
        f"{total('landed_n'):,} rows in {len(feeds)} feeds = {total('loaded_n'):,} loaded + "
        f"{total('quarantined_n'):,} kept apart + {total('superseded_n'):,} superseded",
    )
    rules = len({(row["feed"], row["rule"]) for row in quarantined})
    yield (
        "Kept apart",
        f"{sum(row['rows_n'] for row in quarantined):,} rows by {rules} rules, each with file, "
        f"row and reason; {total('rejected_n')} file refused",
    )
    yield "Unmapped", f"{len(unmapped)} codes that no map knows: loaded, counted, shown"
    if told:
        yield (
            "Checked",
            f"{told[0].checks_n} checks in the last night: {told[0].failed_n} that block failed, "
            f"{told[0].warned_n} warned",
        )


HEADSET = ".venv/bin/headset"
NEXT = (
    (f"{HEADSET} metric service_level --by client --grain week", "a number, as published"),
    (f"{HEADSET} metrics", "what each number means"),
    (f"{HEADSET} quarantine list", "which rows were kept apart, and why"),
    (f"{HEADSET} status", "how things stand"),
    (f"{HEADSET} floor", "the open day, in a browser"),
    ("make dev", "the asset graph, runs and checks in Dagster"),
)
