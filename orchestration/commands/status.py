"""`headset status`: how things stand, also while a night is running."""

import json
from typing import Any

import click
from rich.text import Text

from orchestration.console import err, format_option, out, table


@click.command()
@click.option("--nights", default=7, show_default=True, help="How many nights to show.")
@format_option
def status(nights: int, style: str) -> None:
    """Last nights, freshness per feed, what is published, quarantined, unknown or skewed."""
    from ground.home import Home
    from orchestration.run.status import standing

    now = standing(Home.from_env(), nights)
    if style == "json":
        click.echo(json.dumps(now.as_json(), indent=1, default=str))
    elif style == "csv":
        _csv(now.as_json())
    else:
        if now.running:
            err().print(f"[yellow]{now.running}[/yellow] The ledger is as of the night before.")
        _print(now.as_json())


def _csv(now: dict[str, Any]) -> None:
    from orchestration.console import show

    columns = [
        "feed",
        "account",
        "last_extract",
        "last_file_at",
        "hours_since",
        "late",
        "rejected_n",
    ]
    show(now["feeds"], columns, "csv")


SECTIONS = (
    ("Nights", "nights", "night at status landed quarantined failed_checks seconds"),
    (
        "Feeds",
        "feeds",
        "feed account last_extract last_file_at late loaded_n quarantined_n rejected_n",
    ),
    ("Days that never came", "gaps", "feed first_missing last_missing days_n"),
    ("In quarantine (open)", "quarantined", "feed rule rows_n files_n reason"),
    ("Codes that no map knows", "unmapped", "map column_name code rows_n files_n"),
    ("Values that no list knows", "unknown_values", "feed column_name value rows_n last_date"),
    ("People that no crosswalk knows", "identities", "system codes_n rows_n files_n"),
    ("Clocks that disagree", "clocks", "system other_system told_by pairs_n skew_s"),
    ("Refused files", "rejected", "feed file_name reason"),
    ("Columns that are not as the contract says", "columns", "feed column how file_name"),
    ("Files that no contract claims", "unclaimed", "system file_name"),
    ("Accepted by a person", "accepted", "at what reason"),
)
HINTS = {
    "rejected": "Send them again whole; `headset file dismiss` says that one is not missed.",
    "columns": "A field that the contract does not list is named by its place and shape alone.",
    "identities": "Their rows are loaded, each code as a person of its own: add them to agents.",
    "clocks": "skew_s: seconds by which the first clock is ahead. Have it set; no row is shifted.",
    "unmapped": "Add a dated row to the map in landing/company/ and run a night: that mends it.",
    "unknown_values": "Their rows are in no figure: say in the source's contract what they mean.",
    "quarantined": "`headset quarantine show --rule RULE` shows the rows.",
}


def _print(now: dict[str, Any]) -> None:
    console = out()
    if now["killed"]:
        console.print(
            f"A night was killed: {now['killed']}. The next one goes on from where it was."
        )
    published = now["published"]
    if published is None:
        console.print("Nothing is published yet. `headset night` publishes.")
    else:
        console.print(
            f"[bold]Published[/bold]  snapshot {published['snapshot_id']}, "
            f"{published['tables_n']} tables, {published['rows_n']:,} rows, "
            f"since {published['created_at']} UTC"
        )
        if published["held"]:
            console.print(f"Held back: {', '.join(published['held'])}")
    for title, name, columns in SECTIONS:
        if now[name]:
            console.print(f"\n[bold]{title}[/bold]")
            console.print(table(now[name], columns.split()))
            if name in HINTS:
                console.print(f"[dim]{HINTS[name]}[/dim]")
    for incident in now["incidents"]:
        console.print(Text(f"Why it is held back: {incident}"), soft_wrap=True)
