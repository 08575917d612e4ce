"""`headset tick` and `headset live`: the open day, once or every few minutes."""

import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import click

from orchestration.console import err, out, parse_date, working

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ground.home import Home

EVERY = "5m"


def parse_every(_: click.Context, __: click.Parameter, value: str) -> int:
    """Minutes, as `5m`; gives seconds."""
    if not value.endswith("m") or not value[:-1].isdigit() or not 1 <= int(value[:-1]) <= 60:
        raise click.BadParameter(f"{value!r} is not a number of minutes from 1m to 60m")
    return int(value[:-1]) * 60


every_option = click.option(
    "--every", default=EVERY, show_default=True, callback=parse_every, help="Minutes between ticks."
)


@click.command()
@every_option
def tick(every: int) -> None:
    """Take in what came of the open day, and show it: provisional numbers with certain limits.

    Exit code 1 when figures are held back; the last good ones stay, with their age.
    """
    from ground.home import Home
    from live import tick as ticking
    from orchestration.dbt.day_models import day_models

    home = Home.from_env()
    with working("A tick") as progress:
        done = ticking.run(home, day_models(home, progress), cadence_s=every, progress=progress)
    out().print(done.line, soft_wrap=True)
    if done.held:
        raise click.exceptions.Exit(1)


@click.command()
@every_option
@click.option("--simulated", callback=parse_date, help="Play this day of the simulated centre.")
@click.option("--from", "first", default="06:00", show_default=True, help="Its first tick, UTC.")
@click.option("--to", "last", default="22:00", show_default=True, help="Its last tick, UTC.")
def live(every: int, simulated: date | None, first: str, last: str) -> None:
    """A tick every few minutes, one line each, until Ctrl-C.

    With --simulated the ACD of `headset demo` drops its files first, and no time is waited.
    """
    from ground.home import Home

    home = Home.from_env()
    lines = played(home, simulated, first, last, every) if simulated else _waited(home, every)
    for line in lines:
        out().print(line, soft_wrap=True)


def _waited(home: "Home", every: int) -> "Iterator[str]":
    from live import tick as ticking
    from live.lane import TickRunningError
    from orchestration.dbt.day_models import day_models

    while True:
        begun = time.monotonic()
        try:
            yield ticking.run(home, day_models(home), cadence_s=every).line
        except TickRunningError as error:
            yield f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {error}"
        time.sleep(max(0.0, every - (time.monotonic() - begun)))


def played(home: "Home", day: date, first: str, last: str, every: int) -> "Iterator[str]":
    """Play a simulated day: the ACD drops its files, a tick takes them in; a line each."""
    from live import tick as ticking
    from orchestration.dbt.day_models import day_models

    models = day_models(home, lambda text: err().print(text))
    for at in dropped(home, day, first, last, every):
        yield ticking.run(home, models, at=at, cadence_s=every).line


def dropped(home: "Home", day: date, first: str, last: str, every: int) -> "Iterator[datetime]":
    """Instants of a simulated day, each once the files of that instant have been dropped."""
    from live.lane import Lane
    from simulator.live import drop_at, ticks_of
    from simulator.manifest import Manifest

    manifest = Manifest.read(home.root / "simulator" / "manifest.json")
    if manifest is None:
        raise click.ClickException(
            f"{home.root} holds no simulated centre; `headset demo` makes one"
        )
    agents, seed = int(str(manifest.parameters["agents"])), int(str(manifest.parameters["seed"]))
    try:
        instants = ticks_of(day, first, last, every)
    except ValueError as error:
        raise click.UsageError(f"--from and --to are clock times, HH:MM: {error}") from error
    for at in instants:
        drop_at(Lane.of(home).landing, agents, seed, at, day - timedelta(days=1))
        yield at
