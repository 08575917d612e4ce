"""`headset publish`: what readers see."""

import json

import click

from ground.home import Home
from orchestration.console import out


@click.command()
@click.option("--rollback", is_flag=True, help="Serve again what was served before.")
@click.option("--relocate", is_flag=True, help="Mend the views after HEADSET_HOME was moved.")
@click.option(
    "--verify",
    is_flag=True,
    help="Compare every published file with its checksum, and every row with the warehouse.",
)
@click.option(
    "--record",
    nargs=2,
    metavar="CLIENT ID",
    help="The system's own id of a record, from the id in a client's folder.",
)
def publish(rollback: bool, relocate: bool, verify: bool, record: tuple[str, str] | None) -> None:
    """Say which snapshot is served; with an option, change or verify it.

    Publishing itself is the end of `headset night`: nothing goes out without an audit.
    """
    from publish import snapshot

    if rollback + relocate + verify + bool(record) > 1:
        raise click.UsageError("give one option at a time")
    home = Home.from_env()
    if rollback:
        out().print(f"Readers now see snapshot {snapshot.rollback(home)}.")
    elif relocate:
        out().print(f"Views rewritten in {len(snapshot.relocate(home))} snapshot(s).")
    elif record:
        _record(home, *record)
    elif verify:
        snapshot.verify(home)
        out().print("Every file is as it was published.")
        _compare(home)
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


def _record(home: Home, client_id: str, keyed: str) -> None:
    from publish.records import find

    found = find(home, client_id, keyed)
    if not found:
        raise click.ClickException(f"no record of client {client_id} has the id {keyed}")
    for one in found:
        out().print(f"{one.table}.{one.column}: {one.system_id}", soft_wrap=True)


def _compare(home: Home) -> None:
    """The served snapshot against the warehouse, where the warehouse still holds that build."""
    from orchestration.run.build_state import last_built
    from orchestration.run.lock import reading
    from publish import compare, snapshot

    with reading(home):
        built, served = last_built(home), snapshot.current(home)
        if not built or not served or built.batch_id != served["batch_id"]:
            out().print("The warehouse holds another build, so its rows were not compared.")
            return
        manifest = json.loads((home.target / "manifest.json").read_text(encoding="utf-8"))
        found = compare.differences(home, manifest)
    if found:
        raise click.ClickException("\n".join([*found, "`headset night` publishes them again."]))
    out().print("Every published row is as the warehouse has it.")
