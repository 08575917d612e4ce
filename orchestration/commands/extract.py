"""`headset extract`: a leader's or an agent's own rows, to hand out."""

from pathlib import Path

import click

from orchestration.console import out


@click.command()
@click.option("--leader", metavar="ID", help="The rows of a leader and of his team at the time.")
@click.option("--agent", metavar="ID", help="The rows of an agent.")
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A new or empty folder.",
)
def extract(leader: str | None, agent: str | None, folder: Path) -> None:
    """Write what a leader or an agent may take away of the snapshot now served.

    Nobody else's rows, no column for HR, no client's money. A client's folder needs no command: it
    comes with every snapshot (`published/current/clients/`).
    """
    from ground.home import Home
    from publish import extract as extracting

    if (leader is None) == (agent is None):
        raise click.UsageError("give either --leader or --agent")
    kind: extracting.Kind = "leader" if leader is not None else "agent"
    done = extracting.extract(Home.from_env(), kind, leader or agent or "", folder)
    tables = {name: rows for name, rows in done.rows.items() if rows}
    out().print(
        f"{len(tables)} tables, {sum(tables.values()):,} rows of snapshot {done.snapshot_id}: "
        f"{folder / 'extract.duckdb'}",
        soft_wrap=True,
    )
