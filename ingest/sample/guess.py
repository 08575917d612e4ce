"""Read a sample as text, measure it, and say what its fields are and what its key is.

Belongs here: the order of guessing, and samples of which nothing can be guessed. Does not: writing
(`draft.py`). The sample is read by the intake of any night, in a home of its own.
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from ground.home import Home
from ingest import intake
from ingest.contracts.contract import Contract
from ingest.ledger import ledger
from ingest.sample.dates import ORDERS, Evidence, decided
from ingest.sample.evidence import candidates, stays_out
from ingest.sample.extent import Extent
from ingest.sample.fills import fills_of
from ingest.sample.keys import Key, key_of
from ingest.sample.meaning import meaning_of
from ingest.sample.profile import Field, measure
from ingest.sample.roles import DATES, INSTANTS, Meaning
from ingest.sample.shape import SampleError, Shape
from ingest.sample.text_contract import text_contract

_FAR = date(9999, 1, 1)


def guess(
    root: Path, system: str, sample: Path, shape: Shape, extent: Extent, dates: str | None
) -> tuple[Key, Meaning]:
    """Read the sample as text by the night's own readers, measure its fields, say what they are."""
    home = Home(root)
    contract = text_contract(
        root, system, extent.shape, fields=extent.fields, not_records=extent.not_records
    )
    take_in(home, contract, sample)
    with ledger.warehouse(home) as con:
        names = ", ".join(f"{column.name} as p{n}" for n, column in enumerate(contract.columns))
        con.execute(
            f"create or replace temp table incoming as select _row_number, {names} "
            f"from raw.{contract.raw_table}"
        )
        (rows_n,) = con.execute("select count(*) from incoming").fetchall()[0]
        _refuse_hopeless(con, sample, rows_n)
        labels = dict(zip(extent.fields, shape.labels, strict=False))
        measured = [
            replace(one, label=labels.get(one.name, ""))
            for one in measure(con, contract, shape.format == "xlsx")
        ]
        positions = {name: n for n, name in enumerate(extent.fields)}
        fields, undecided = decided(con, measured, positions, Evidence(dates, _day_of(sample.name)))
        _ask_for_order(sample, [f for f in measured if f.name in {u.field for u in undecided}])
        meaning = meaning_of(fields)
        return key_of(con, contract, meaning, fills_of(meaning)), meaning


def _day_of(name: str) -> date | None:
    """The day in a file's name."""
    found = re.search(r"(?<!\d)(20\d\d)-?([01]\d)-?([0-3]\d)(?!\d)", name)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _ask_for_order(sample: Path, undecided: Sequence[Field]) -> None:
    """Refuse dates that read both ways, where the draft would use them."""
    for one in undecided:
        if stays_out(one):
            continue
        if any(role.role in (*INSTANTS, *DATES) for _, role in candidates(one, has_date=True)):
            raise SampleError(
                f"{sample.name}: the dates of {one.name!r} read as day and month and as month and "
                f"day, and nothing in the sample decides; say --dates {' or '.join(ORDERS)}"
            )


def _refuse_hopeless(con: duckdb.DuckDBPyConnection, sample: Path, rows_n: int) -> None:
    (rejected,) = con.execute("select max(reason) from ledger.file").fetchall()[0]
    (apart_n,) = con.execute("select coalesce(sum(rows_n), 0) from ledger.quarantine").fetchall()[0]
    if not rows_n and rejected and not apart_n and not str(rejected).startswith("empty"):
        raise SampleError(f"{sample.name}: {rejected}")
    if not rows_n:
        raise SampleError(f"{sample.name} has a header and no record below it; bring some rows")
    if apart_n > rows_n:
        raise SampleError(
            f"{sample.name}: {apart_n} of {apart_n + rows_n} lines do not have the fields of the "
            f"header; this is a report for reading, ask for the table behind it"
        )


def take_in(home: Home, contract: Contract, sample: Path) -> intake.FeedOutcome:
    """Load the sample into `home` by the contract, as a night would."""
    target = home.landing / contract.system / sample.name
    target.parent.mkdir(parents=True)
    shutil.copy(sample, target)
    batch = intake.open_batch(home, "sample", _FAR)
    return intake.ingest_feed(home, contract, (contract,), through=_FAR, batch_id=batch)
