"""What the day's folders hold: the newest revision of each slot, through the night's own intake.

A file of the open date is cumulative: `contacts_manila_2026-11-21.r7.csv.gz` holds all that is
known of that date by then, so older revisions need no reading. Reading, judging, pseudonyms and
quarantine are `ingest`'s. Belongs here: which files a tick takes, and letting go of superseded
rows.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from ground.home import CHECKOUT, sources_dir
from ground.sql import ident, literal
from ground.systems import enabled_systems, instances_of
from ingest.contracts.contract import Contract, load_contracts, read_contract
from ingest.ledger import ledger
from ingest.load.group import FileOutcome, load_group
from ingest.load.raw_tables import ensure_tables
from ingest.privacy.pseudonym import master_key
from ingest.read.landing import Candidate, groups, landed, pending, settled
from live.lane import Lane, LiveError
from live.terms import Terms

OWN_SOURCES = CHECKOUT / "live" / "sources"
# A night that does not publish leaves its day open; more than so many days are not the floor's.
OPEN_DAYS = 3


@dataclass(frozen=True)
class Taken:
    """What one tick took in."""

    files: tuple[FileOutcome, ...]

    @property
    def rows_n(self) -> int:
        """Rows that landed in them."""
        return sum(file.landed_n for file in self.files)


def day_contracts(lane: Lane, sources: Path | None = None) -> tuple[Contract, ...]:
    """Contracts of feeds that come while their day is open; those of visits in progress last.

    Raises LiveError when no enabled system has one.
    """
    systems = enabled_systems(lane)
    night = [
        one
        for one in load_contracts(sources or sources_dir(), systems)
        if one.intraday_latency_s is not None
    ]
    own = [
        replace(read_contract(path), instances=instances)
        for system, instances in instances_of(systems).items()
        for path in sorted((OWN_SOURCES / system).glob("*.yml"))
    ]
    if not night:
        raise LiveError(
            f"no contract of {', '.join(systems) or 'this home'} says `intraday`: "
            "nothing comes before its day is over"
        )
    return (*night, *own)


def prepare(con: duckdb.DuckDBPyConnection, contracts: Sequence[Contract]) -> None:
    """The raw tables of the day's feeds."""
    ensure_tables(con, contracts)


def take_in(
    con: duckdb.DuckDBPyConnection,
    lane: Lane,
    contracts: Sequence[Contract],
    terms: Terms,
    batch_id: int,
) -> Taken:
    """Take in what is new of the open dates. Raises WarehouseError on a full disk."""
    lane.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    master = master_key(lane.keys)
    outcomes: list[FileOutcome] = []
    through = terms.through.fromordinal(terms.through.toordinal() + OPEN_DAYS)
    for contract in contracts:
        found = _newest(con, contract, pending(con, lane, contract, through), terms.through)
        for group in groups(settled(found)):
            outcomes += load_group(
                con,
                contract,
                group,
                through=through,
                batch_id=batch_id,
                master=master,
                spool_root=lane.spool,
            )
    return Taken(tuple(outcomes))


def _newest(
    con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Candidate], after: date
) -> list[Candidate]:
    """Of each slot the highest revision, where it is above what stands; dates after `after`."""
    known = {
        (instance, captures, day): revision
        for instance, captures, day, revision in con.execute(
            "select instance, captures, extract_date, max(revision) from ledger.file "
            "where system = ? and feed = ? and verdict in ('loaded', 'replaced', 'empty', "
            "'unchanged') group by all",
            [contract.system, contract.feed],
        ).fetchall()
    }
    best: dict[tuple[str, str, date], Candidate] = {}
    for file in files:
        day = file.slot.extract_date
        if day is None or day <= after:
            continue
        slot = (file.instance, _captures(file), day)
        stands = best[slot].slot.revision if slot in best else known.get(slot, 0)
        if file.slot.revision > stands:
            best[slot] = file
    return list(best.values())


def _captures(file: Candidate) -> str:
    return json.dumps(file.slot.captures, sort_keys=True)


def let_go(con: duckdb.DuckDBPyConnection, contracts: Sequence[Contract]) -> None:
    """Drop rows of superseded revisions: the file that supersedes them holds the whole day.

    Their accounts stay in the ledger: landed, superseded.
    """
    for contract in contracts:
        con.execute(
            f"delete from raw.{ident(contract.raw_table)} where not _is_current and _file_id in "
            f"(select file_id from ledger.file where verdict = 'replaced' "
            f"and system = {literal(contract.system)} and feed = {literal(contract.feed)})"
        )


def forget_files(lane: Lane, contracts: Sequence[Contract], through: date) -> int:
    """Remove the lane's files of days that a night has published; the night has its own of them.

    They hold personal data, and nothing reads them any more. Gives their number.
    """
    gone = [
        file
        for contract in contracts
        for file in landed(lane, contract)
        if file.slot.extract_date is not None and file.slot.extract_date <= through
    ]
    for file in gone:
        file.path.unlink(missing_ok=True)
    return len(gone)


def begin(con: duckdb.DuckDBPyConnection, tick: str, through: date) -> int:
    """Open the batch of a tick."""
    return ledger.open_batch(con, tick, through)
