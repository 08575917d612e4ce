"""`headset publish`: what readers see."""

import click

from orchestration.console import out


@click.command()
@click.option("--rollback", is_flag=True, help="Serve again what was served before.")
@click.option("--relocate", is_flag=True, help="Mend the views after HEADSET_HOME was moved.")
@click.option("--verify", is_flag=True, help="Compare every published file with its checksum.")
def publish(rollback: bool, relocate: bool, verify: bool) -> None:
    """Say which snapshot is served; with an option, change or verify it.

    Publishing itself is the end of `headset night`: nothing goes out without an audit.
    """
    from ground.home import Home
    from publish import snapshot

    if rollback + relocate + verify > 1:
        raise click.UsageError("give one option at a time")
    home = Home.from_env()
    if rollback:
        out().print(f"Readers now see snapshot {snapshot.rollback(home)}.")
    elif relocate:
        out().print(f"Views rewritten in {len(snapshot.relocate(home))} snapshot(s).")
    elif verify:
        snapshot.verify(home)
        out().print("Every file is as it was published.")
    else:
        served = snapshot.current(home)
        if served is None:
            out().print("Nothing is published yet. `headset night` publishes.")
            return
        tables = served["tables"]
        rows = sum(table["rows"] for table in tables.values())
        out().print(
            f"Snapshot {served['snapshot_id']}: {len(tables)} tables, {rows:,} rows, "
            f"published {served['created_at']}."
        )
        out().print(f"{home.published / 'current' / 'serve.duckdb'}", soft_wrap=True)
