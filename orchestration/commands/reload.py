"""`headset reload`: read landed files again, so that a new column is filled in old rows."""

from datetime import date

import click

from orchestration.console import err, out, parse_date


@click.command()
@click.argument("feed")
@click.option("--from", "from_", required=True, callback=parse_date, help="First extract date.")
@click.option("--to", required=True, callback=parse_date, help="Last extract date.")
def reload(feed: str, from_: date, to: date) -> None:
    """Have the next night read a feed's files again, by today's contract (such as sim.contacts).

    What is no longer in landing stays as it was loaded.
    """
    from ground.home import Home
    from ingest.ledger.files import read_again
    from orchestration.run.lock import night_lock

    home = Home.from_env()
    with night_lock(home, f"headset reload {feed}"):
        again_n, gone_n = read_again(home, feed, from_, to)
    out().print(f"{again_n:,} files of {feed} are read again by the next night.")
    if gone_n:
        err().print(f"{gone_n:,} are no longer in landing: their rows stay as they were loaded.")
    if again_n:
        err().print("`headset night` reads, builds, audits and publishes them.")
