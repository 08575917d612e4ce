"""`headset file`: files that were refused or that no contract claims, and setting one aside."""

import click

from orchestration.console import format_option, out, show


@click.group()
def file() -> None:
    """Show the landed files that are open, or dismiss a refused one."""


@file.command("list")
@format_option
def list_(style: str) -> None:
    """Refused files, and landed files that no contract claims."""
    from ground.home import Home
    from ingest.ledger.files import open_files
    from orchestration.run.lock import reading

    home = Home.from_env()
    with reading(home):
        rows = open_files(home)
    if not rows and style == "table":
        out().print("Every landed file is taken in.")
        return
    show(rows, ["feed", "file_name", "state", "reason"], style)


@file.command()
@click.argument("name")
@click.option("--feed", required=True, help="Such as zendesk.tickets.")
@click.option("--why", required=True, help="Why its rows are not missed; it is kept.")
def dismiss(name: str, feed: str, why: str) -> None:
    """Say that a refused file is not missed. Sent again under its name, it is taken in as ever."""
    from ground.home import Home
    from ingest.ledger.files import dismiss as set_aside
    from orchestration.run.lock import night_lock

    home = Home.from_env()
    with night_lock(home, "headset file dismiss"):
        rows_n = set_aside(home, feed, name, why)
    out().print(f"{name} is dismissed: {rows_n:,} rows of it are not missed ({why}).")
