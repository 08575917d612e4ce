"""`headset prepare`, `headset dev`, `headset dbt`: for those who work on Headset itself."""

import subprocess
import sys

import click

from orchestration.console import out, working

BUILDING = {"run", "build", "run-operation", "seed", "snapshot", "retry"}


@click.command()
def prepare() -> None:
    """Make the home ready: generated declarations, dbt's manifest, Dagster's settings."""
    from ground.home import Home
    from orchestration.dbt.runner import prepare as parse
    from orchestration.instance import prepare_dagster_home

    home = Home.from_env()
    with working("Preparing") as progress:
        prepare_dagster_home(home)
        manifest = parse(home, progress)
    out().print(f"Ready: {manifest}", soft_wrap=True)


@click.command()
@click.option("--port", default=3000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
def dev(port: int, host: str) -> None:
    """Open Dagster on this home: assets, runs, checks, schedules."""
    from ground.home import CHECKOUT, Home
    from orchestration.dbt.runner import environment
    from orchestration.dbt.runner import prepare as parse
    from orchestration.instance import prepare_dagster_home

    home = Home.from_env()
    with working("Preparing") as progress:
        prepare_dagster_home(home)
        parse(home, progress)
    command = [sys.executable, "-W", "ignore", "-m", "dagster", "dev"]
    out().print(f"Dagster: http://{host}:{port} (Ctrl-C ends it)")
    with environment(home):
        ended = subprocess.call([*command, "--host", host, "--port", str(port)], cwd=CHECKOUT)
    raise click.exceptions.Exit(ended)


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def dbt(arguments: tuple[str, ...]) -> None:
    """Run dbt on this home's warehouse, with everything it needs set: `headset dbt test`."""
    from ground.home import Home
    from orchestration.dbt.runner import passthrough
    from orchestration.run.build_state import note_single_models
    from orchestration.run.lock import night_lock

    home = Home.from_env()
    with night_lock(home, "headset dbt"):
        if BUILDING.intersection(arguments):
            note_single_models(home)
        if not passthrough(home, arguments):
            raise click.exceptions.Exit(1)
