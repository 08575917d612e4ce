"""`headset night`: ingest, build, audit, publish."""

import os
import sys
from datetime import UTC, date, datetime, timedelta

import click

from orchestration.console import err, out, parse_date, working


@click.command()
@click.option("--date", "day", callback=parse_date, help="Extract date. Default: yesterday (UTC).")
@click.option("--from", "from_", callback=parse_date, help="First extract date of a range.")
@click.option("--to", callback=parse_date, help="Last extract date of a range.")
@click.option("--rebuild", is_flag=True, help="Build every model again from raw, changed or not.")
@click.option("--accept", metavar="WHY", help="Let pass, this once, what is missing or too much.")
def night(
    day: date | None, from_: date | None, to: date | None, rebuild: bool, accept: str | None
) -> None:
    """Ingest the extracts, build, audit and publish, in one run.

    A file that came in late is taken in whatever its date. Exit code 1 when the audit blocked or
    the night failed; what was published before is then still served.
    """
    from ground.home import Home
    from orchestration.run.night import run_night
    from orchestration.run.report import night_report
    from orchestration.run.summary import STOPPED

    if accept is not None and len(accept.split()) < 2:
        raise click.UsageError("--accept wants the reason in words: it is kept and shown")
    first, last = chosen_range(day, from_, to, datetime.now(UTC).date())
    title = f"Night of {first}" if first == last else f"Nights {first} to {last}"
    with working(title) as progress:
        summary = run_night(Home.from_env(), first, last, progress, rebuild=rebuild, accept=accept)
    out().print(night_report(summary))
    if STOPPED in str(summary.error):
        # DuckDB's threads of an interrupted query cannot be waited for: they may take minutes.
        sys.stdout.flush()
        os._exit(1)
    if summary.status in ("blocked", "failed"):
        err().print("Readers still see the snapshot from before.")
        raise click.exceptions.Exit(1)


def chosen_range(
    day: date | None, from_: date | None, to: date | None, today: date
) -> tuple[date, date]:
    """The dates a person means. Raises click.UsageError when the options contradict each other."""
    if day and (from_ or to):
        raise click.UsageError("give either --date or --from and --to")
    if bool(from_) != bool(to):
        raise click.UsageError("--from and --to go together")
    if from_ and to:
        return from_, to
    chosen = day or today - timedelta(days=1)
    return chosen, chosen
