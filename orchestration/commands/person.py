"""`headset access` and `headset erase`: what is held about one person, and its erasure."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from orchestration.console import format_option, out, show, working

if TYPE_CHECKING:
    from ingest.privacy.person import Person

Command = Callable[..., Any]


def whom(command: Command) -> Command:
    """The options that name a person; exactly one is given."""
    for option in (
        click.option("--agent", help="An agent's login in any system, or the company's id."),
        click.option("--customer", help="A customer's id in the source system."),
        click.option("--email", help="A customer's e-mail address."),
        click.option("--phone", help="A customer's number with its country code: +34600111222."),
    ):
        command = option(command)
    return command


@click.command()
@whom
@format_option
def access(style: str, **named: str | None) -> None:
    """Print every row held about a customer or an agent, to answer their request."""
    from ground.home import Home, sources_dir
    from ground.systems import enabled_systems
    from ingest.contracts.contract import load_contracts
    from ingest.privacy.person import access as held
    from orchestration.run.lock import night_lock

    home = Home.from_env()
    with night_lock(home, "headset access"):
        rows = held(home, load_contracts(sources_dir(), enabled_systems(home)), chosen(named))
    if not rows and style == "table":
        out().print("Nothing is held about this person.")
        return
    show(rows, list(dict.fromkeys(name for row in rows for name in row)) or ["feed"], style)


@click.command()
@whom
@click.option("--yes", is_flag=True, help="Do not ask first.")
def erase(yes: bool, **named: str | None) -> None:
    """Erase a customer or an agent, build and publish without them, remove older snapshots."""
    from ground.home import Home, sources_dir
    from ground.systems import enabled_systems
    from ingest.contracts.contract import load_contracts
    from ingest.ledger.ledger import warehouse
    from ingest.privacy import erasure
    from ingest.privacy.person import erase as take_out
    from ingest.privacy.person import person_hash, still_held
    from orchestration.run.build_state import note_single_models
    from orchestration.run.lock import night_lock
    from orchestration.run.night import run_night
    from publish import snapshot, snapshot_store

    person = chosen(named)
    if not yes:
        click.confirm("Erase this person for good? Older snapshots go too", abort=True)
    home = Home.from_env()
    with night_lock(home, "headset erase"), working("Erasing") as progress:
        contracts = load_contracts(sources_dir(), enabled_systems(home))
        open_before = erasure.is_open(home, person_hash(home, person))
        run_id = f"erasure-{datetime.now(UTC):%Y%m%dT%H%M%S}"
        erased = take_out(home, contracts, person, run_id)
        who = person_hash(home, person)
        if erased.rows_n or open_before:
            snapshot_store.note_erasure(home, run_id)
            note_single_models(home)
            with warehouse(home, read_only=True) as con:
                row = con.execute("select max(through_date) from ledger.batch").fetchone()
            assert row is not None, "an erasure opens a batch"
            summary = run_night(home, row[0], row[0], progress)
            if summary.status != "published":
                raise click.ClickException(
                    f"the person is out of raw, but the night was {summary.status}: readers still "
                    "see the snapshot from before. Mend it and erase again; see `headset status`"
                )
            snapshot.prune(home, keep=1, min_age_hours=0, rollback=False)
            erasure.wipe_free_blocks(home)
        left = still_held(home, contracts, person, erased.ids)
        waits = "; ".join([*left, *erased.waits_for])
        with warehouse(home) as con:
            erasure.note(con, who, "published" if waits else "proven", waits)
    if left:
        raise click.ClickException(
            f"the erasure is not complete: {'; '.join(left)}. Mend that and erase again"
        )
    out().print(
        f"Erased from {erased.rows_n:,} rows and {erased.quarantined_n:,} in quarantine; "
        f"{erased.files_n:,} landed files removed."
    )
    if erased.waits_for:
        out().print(
            f"The erasure stays open, for landing still holds the person: {waits}. "
            "Mend or replay these, then erase again."
        )


def chosen(named: dict[str, str | None]) -> "Person":
    """The person that the one given option names. Raises click.UsageError."""
    from ingest.privacy.person import Person

    given = [(kind, value.strip()) for kind, value in named.items() if value]
    if len(given) != 1:
        raise click.UsageError("name one person: --phone, --email, --customer or --agent")
    kind, value = given[0]
    if kind == "phone" and not (value.startswith("+") and value[1:].isdigit()):
        raise click.UsageError("--phone wants a number with its country code: +34600111222")
    if kind == "email":
        value = value.lower()
    return Person("customer_id" if kind == "customer" else kind, value)
