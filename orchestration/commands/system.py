"""`headset system`: which systems and instances this home has, and taking one out."""

import click

from orchestration.console import format_option, out, show


@click.group()
def system() -> None:
    """Show the systems of this home, or take one out."""


@system.command("list")
@format_option
def list_(style: str) -> None:
    """What is enabled, and what of each is loaded."""
    from ground.home import Home
    from ground.systems import enabled_systems
    from ingest.ledger.ledger import warehouse
    from ingest.ledger.systems import loaded
    from orchestration.run.lock import reading

    home = Home.from_env()
    held = {}
    if home.warehouse.exists():
        with reading(home), warehouse(home) as con:
            held = {str(one.scope): one for one in loaded(con)}
    enabled = enabled_systems(home)
    rows = [
        {
            "system": scope,
            "enabled": scope in enabled,
            "files": held[scope].files_n if scope in held else 0,
            "rows": held[scope].rows_n if scope in held else 0,
        }
        for scope in dict.fromkeys([*enabled, *held])
    ]
    show(rows, ["system", "enabled", "files", "rows"], style)


@system.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def remove(name: str, yes: bool) -> None:
    """Take a system (zendesk) or one instance (zendesk/acme) out of this home.

    The next night builds and publishes without it. Its rows stay in raw and its files in landing:
    enabled again, it is back.
    """
    from ground.home import Home
    from ingest.ledger.systems import remove as take_out
    from orchestration.run.lock import night_lock

    home = Home.from_env()
    if not yes:
        click.confirm(f"Publish without {name} from the next night on?", abort=True)
    with night_lock(home, "headset system remove"):
        gone = take_out(home, name)
    out().print(
        f"{gone.scope} is out: {gone.rows_n:,} rows of {gone.files_n:,} files are no longer built. "
        "Take it from HEADSET_SYSTEMS too, where that is set."
    )
