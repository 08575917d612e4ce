"""`headset quarantine`: what was kept apart, why, and how to bring it back."""

from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from orchestration.console import err, format_option, out, show, working


@click.group(invoke_without_command=True)
@click.pass_context
def quarantine(ctx: click.Context) -> None:
    """Rows kept apart with a reason: list, show, replay."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, style="table")


@quarantine.command("list")
@format_option
def list_(style: str) -> None:
    """Open entries by feed and rule."""
    from ground.home import Home
    from ingest.ledger.ledger import warehouse
    from ingest.ledger.quarantine import listing
    from orchestration.run.lock import reading

    home = Home.from_env()
    with reading(home), warehouse(home, read_only=True) as con:
        rows = listing(con)
    if not rows and style == "table":
        out().print("Nothing is in quarantine.")
        return
    show(rows, list(rows[0]) if rows else ["feed", "rule"], style)


@quarantine.command("show")
@click.option("--feed", help="Such as sim.contacts.")
@click.option("--rule", help="Such as end_before_start.")
@click.option("--limit", default=50, show_default=True, help="How many entries.")
@format_option
def show_(feed: str | None, rule: str | None, limit: int, style: str) -> None:
    """Entries one by one: file, row, column, what stood there, rule, reason."""
    from ground.home import Home
    from ingest.ledger.ledger import warehouse
    from ingest.ledger.quarantine import show as entries
    from orchestration.run.lock import reading

    home = Home.from_env()
    with reading(home), warehouse(home, read_only=True) as con:
        rows = entries(con, feed=feed, rule=rule, limit=limit)
    if not rows and style == "table":
        out().print("No such entry is open.")
        return
    if style == "table":
        print_entries(out(), rows)
        return
    show(rows, list(rows[0]) if rows else ["feed", "rule"], style)


def print_entries(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Each entry on lines of its own, so that no width hides where it stands and what is wrong."""
    for row in rows:
        many = f"  {row['rows_n']:,} rows" if (row["rows_n"] or 1) > 1 else ""
        place = "the whole file" if row["row_number"] is None else f"row {row['row_number']:,}"
        lines = (
            Text(f"{row['feed']}  {row['file_name']}  {place}{many}", "bold"),
            Text(f"  column {row['column_name'] or '-'}: {row['value_shape'] or '-'}"),
            Text(f"  rule {row['rule']}: {row['reason'] or ''}"),
        )
        for line in lines:
            console.print(line, overflow="fold", highlight=False)


@quarantine.command()
@click.option("--feed", help="Only this feed, such as sim.contacts.")
def replay(feed: str | None) -> None:
    """Read the files with open entries again, by today's contracts; then run a night."""
    from ground.home import Home, sources_dir
    from ground.systems import enabled_systems
    from ingest.contracts.contract import load_contracts
    from ingest.intake import close_batch, open_batch
    from ingest.ledger.quarantine import replay as read_again
    from orchestration.run.dates import today
    from orchestration.run.lock import night_lock

    home = Home.from_env()
    contracts = load_contracts(sources_dir(), enabled_systems(home))
    if feed is not None and feed not in {contract.name for contract in contracts}:
        names = ", ".join(contract.name for contract in contracts)
        raise click.UsageError(f"there is no feed {feed!r}; enabled feeds: {names}")
    with night_lock(home, "headset quarantine replay"), working("Reading again") as progress:
        batch_id = open_batch(home, "quarantine-replay", today())
        files = read_again(
            home, contracts, through=today(), batch_id=batch_id, feed=feed, progress=progress
        )
        close_batch(home, batch_id)
    back = sum(file.loaded_n for file in files)
    still = sum(file.quarantined_n for file in files)
    out().print(f"{len(files)} files read again: {back:,} rows loaded, {still:,} still kept apart.")
    if files:
        err().print("`headset night` builds, audits and publishes them.")
