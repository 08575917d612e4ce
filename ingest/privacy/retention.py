"""What may no longer be kept: terms of the contracts, applied to landing, raw and quarantine.

Belongs here: removing what is past its term, and the ledger's record of it. Does not: snapshots
(`publish.snapshot.prune`), one person's data (`person.py`). Marts keep what they summed until a
change of definition rebuilds them; dates past the term are not touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from ground.home import Home
from ground.sql import ident, literal
from ingest.contracts.contract import Contract
from ingest.intake import prepare_tables
from ingest.ledger.ledger import note_removal, warehouse
from ingest.load.supersession import close_accounts
from ingest.read.landing import landed


@dataclass(frozen=True)
class Removed:
    """What one feed lost to its terms; `stuck_n` files are past theirs and may not be removed."""

    feed: str
    files_n: int
    rows_n: int
    quarantined_n: int
    stuck_n: int = 0


def apply_terms(home: Home, contracts: Sequence[Contract], today: date) -> list[Removed]:
    """Remove what is past its term; feeds that lost nothing are left out of the answer.

    A landed file goes `landing_days` after it was taken in, never before; a raw row `raw_days`
    after its event, and of whole lists only versions that no longer count; what a quarantined
    row held `quarantine_days` after it came (its count and reason stay). Whoever calls holds the
    night's lock.
    """
    out = []
    with warehouse(home) as con:
        prepare_tables(con, contracts)
        for contract in contracts:
            terms = contract.retention_days
            files_n, stuck_n = _landing(
                con, home, contract, _before(today, terms.get("landing_days"))
            )
            removed = Removed(
                contract.name,
                files_n,
                _raw(con, contract, _before(today, terms.get("raw_days"))),
                _quarantine(con, contract, _before(today, terms.get("quarantine_days"))),
                stuck_n,
            )
            if removed != Removed(contract.name, 0, 0, 0):
                out.append(removed)
    return out


def _before(today: date, days: int | None) -> date | None:
    return None if days is None else today - timedelta(days=days)


def _landing(
    con: duckdb.DuckDBPyConnection, home: Home, contract: Contract, before: date | None
) -> tuple[int, int]:
    """Files removed, and files that the sender's folder does not let go (a read-only mount)."""
    if before is None:
        return 0, 0
    rows = con.execute(
        "select file_name, modified_ns from ledger.file where system = ? and feed = ? "
        "group by all having max(arrived_at) < ? "
        "and bool_and(verdict not in ('remap', 'released', 'loading'))",
        [contract.system, contract.feed, before],
    ).fetchall()
    taken_in = set(rows)
    gone = [f for f in landed(home, contract) if (f.file_name, f.modified_ns) in taken_in]
    stuck_n = 0
    for file in gone:
        try:
            file.path.unlink(missing_ok=True)
        except OSError:
            stuck_n += 1
    files_n = len(gone) - stuck_n
    note_removal(con, "retention", "landing", contract, files_n, 0, before)
    return files_n, stuck_n


def _raw(con: duckdb.DuckDBPyConnection, contract: Contract, before: date | None) -> int:
    if before is None:
        return 0
    table = f"raw.{ident(contract.raw_table)}"
    old = f"coalesce(_event_date, f.extract_date) < {literal(before)}"
    if contract.delivery == "full" or contract.event_at is None:
        # A list says what holds now, however long ago it began to.
        old += " and not _is_current"
    con.execute("begin transaction")
    con.execute(
        f"create or replace temp table expired as select _file_id as file_id, count(*) as rows_n "
        f"from {table} as r join ledger.file as f on f.file_id = r._file_id where {old} group by 1"
    )
    con.execute(
        f"delete from {table} using ledger.file as f where f.file_id = {table}._file_id and {old}"
    )
    con.execute(
        "update ledger.file set expired_n = expired_n + e.rows_n from expired as e "
        "where e.file_id = ledger.file.file_id"
    )
    close_accounts(con, contract, "expired")
    row = con.execute("select coalesce(sum(rows_n), 0)::bigint from expired").fetchone()
    rows_n = int(row[0]) if row else 0
    note_removal(con, "retention", "raw", contract, 0, rows_n, before)
    con.execute("commit")
    return rows_n


def _quarantine(con: duckdb.DuckDBPyConnection, contract: Contract, before: date | None) -> int:
    if before is None:
        return 0
    row = con.execute(
        "update ledger.quarantine set raw_text = null, value_shape = null where system = ? "
        "and feed = ? and quarantined_at < ? and raw_text is not null",
        [contract.system, contract.feed, before],
    ).fetchone()
    rows_n = int(row[0]) if row else 0
    note_removal(con, "retention", "quarantine", contract, 0, rows_n, before)
    return rows_n
