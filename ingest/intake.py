"""One night's intake: batches, feeds, and the order of things.

Belongs here: the calls that the orchestrator makes. Does not: Dagster.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from ground.home import Home
from ground.sql import ident
from ingest.contracts.contract import EVERY_MAP, Contract
from ingest.ledger import ledger
from ingest.ledger.home_checks import note_key
from ingest.load import company_maps
from ingest.load.group import FileOutcome, load_group
from ingest.load.raw_tables import ensure_tables
from ingest.privacy.pseudonym import master_key
from ingest.read.landing import Candidate, groups, pending, settled


@dataclass(frozen=True)
class FeedOutcome:
    """What one feed brought in one batch. Counts are rows, summed over its files."""

    system: str
    feed: str
    files: tuple[FileOutcome, ...]
    latest_event_at: datetime | None
    touched_dates: tuple[date, ...]
    stopped: str | None

    def _sum(self, field: str) -> int:
        return sum(getattr(file, field) for file in self.files)

    @property
    def landed_n(self) -> int:
        """Rows that landed, good or bad."""
        return self._sum("landed_n")

    @property
    def loaded_n(self) -> int:
        """Rows that count now."""
        return self._sum("loaded_n")

    @property
    def quarantined_n(self) -> int:
        """Rows kept apart with a reason."""
        return self._sum("quarantined_n")

    @property
    def superseded_n(self) -> int:
        """Rows that a repeat or a correction outdid."""
        return self._sum("superseded_n")

    @property
    def unmapped_n(self) -> int:
        """Codes (one per row and code column) that no company map knows."""
        return self._sum("unmapped_n")

    @property
    def rejected_n(self) -> int:
        """Files refused as a whole."""
        return sum(file.verdict == "rejected" for file in self.files)


def open_batch(home: Home, run_id: str, through: date) -> int:
    """Start a batch that takes in everything up to extract date `through`. Gives its id."""
    with ledger.warehouse(home) as con:
        return ledger.open_batch(con, run_id, through)


def close_batch(home: Home, batch_id: int) -> None:
    """Say that the batch is ingested."""
    with ledger.warehouse(home) as con:
        ledger.close_batch(con, batch_id)


def prepare_tables(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> None:
    """Create the raw tables of all contracts, so that maps can be looked up and models built."""
    ensure_tables(con, contracts)


def pending_files(home: Home, contracts: Iterable[Contract], through: date) -> list[Candidate]:
    """Landed files up to `through` that the ledger does not hold as they are now."""
    with ledger.warehouse(home) as con:
        return [file for c in contracts for file in pending(con, home, c, through)]


def ingest_feed(
    home: Home,
    contract: Contract,
    contracts: Iterable[Contract],
    *,
    through: date,
    batch_id: int,
    progress: Callable[[str], None] = lambda _: None,
) -> FeedOutcome:
    """Take in all pending files of one feed. Company maps must come before what reads them.

    A file whose column has changed its type stops the feed's later files, not other feeds.
    Raises WarehouseError on a full disk or a locked warehouse; what was committed stays.
    """
    everything = tuple(contracts)
    with ledger.warehouse(home) as con:
        reads = {contract.name, *contract.maps_read}
        is_map = contract.system == EVERY_MAP
        prepare_tables(con, [c for c in everything if is_map or c.name in reads])
        files = settled(pending(con, home, contract, through))
        if is_map:
            company_maps.remember(con, contract)
        outcomes, stopped = _load_all(con, home, contract, files, through, batch_id, progress)
        if is_map and files:
            company_maps.follow(con, contract, everything, batch_id)
        return FeedOutcome(
            contract.system,
            contract.feed,
            tuple(outcomes),
            _latest(con, contract),
            _touched(con, contract, batch_id),
            stopped,
        )


def _load_all(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    contract: Contract,
    files: list[Candidate],
    through: date,
    batch_id: int,
    progress: Callable[[str], None],
) -> tuple[list[FileOutcome], str | None]:
    outcomes: list[FileOutcome] = []
    if not files:
        return outcomes, None
    master = master_key(home.keys)
    note_key(con, master)
    home.spool.mkdir(exist_ok=True)
    for group in groups(files):
        outcomes += load_group(
            con,
            contract,
            group,
            through=through,
            batch_id=batch_id,
            master=master,
            spool_root=home.spool,
        )
        rows_n = sum(file.landed_n for file in outcomes)
        progress(f"{contract.name}: {len(outcomes)} of {len(files)} files, {rows_n:,} rows")
        changed = [f for f in outcomes if (f.reason or "").startswith("changed_type")]
        if changed:
            return outcomes, f"{changed[0].file_name}: {changed[0].reason}"
    return outcomes, None


def _latest(con: duckdb.DuckDBPyConnection, contract: Contract) -> datetime | None:
    if not contract.event_at:
        return None
    # The newest day is enough, and its rows are found without reading the others.
    row = con.execute(
        f"select max({ident(contract.event_at)}) from raw.{ident(contract.raw_table)} "
        f"where _event_date = (select max(_event_date) from raw.{ident(contract.raw_table)}) "
        f"and _is_current"
    ).fetchone()
    return row[0] if row else None


def _touched(con: duckdb.DuckDBPyConnection, contract: Contract, batch_id: int) -> tuple[date, ...]:
    rows = con.execute(
        "select distinct event_date from raw.touched where system = ? and batch_id = ? "
        "and list_contains(?, feed) order by 1",
        [contract.system, batch_id, list(contract.fills)],
    ).fetchall()
    return tuple(row[0] for row in rows)
