"""Landed files that are open: refused, or claimed by no contract; and setting a refused one aside.

A refused file stays open until the same name comes whole (`close_mended`) or a person dismisses it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb

from ground.home import Home, sources_dir
from ground.sql import literal
from ground.systems import COMPANY, enabled_systems, instances_of
from ingest.contracts.contract import Contract, load_contracts
from ingest.errors import IngestError
from ingest.ledger.ledger import OPEN_QUARANTINE, rows_as_dicts, warehouse
from ingest.privacy.mask import shape
from ingest.read.landing import Unclaimed, landed, unclaimed, waiting, walk

REJECTED = """
select system || '.' || feed as feed, file_name, 'refused' as state, reason,
    strftime(finished_at, '%Y-%m-%d %H:%M') as at
from ledger.file where verdict = 'rejected' order by finished_at desc, file_name
"""


class FileUnknownError(IngestError):
    """No refused file of that feed has that name."""


def close_mended(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Close the entries of refused files whose name has come whole, among those of `group_file`.

    Their rows count as superseded: those of the whole file took their place.
    """
    con.execute(
        f"create or replace temp table mended as select o.file_id, min(n.file_id) as by_file "
        f"from ledger.file as o join ledger.file as n on n.system = o.system and n.feed = o.feed "
        f"and n.instance = o.instance and n.file_name = o.file_name and n.file_id > o.file_id "
        f"where o.verdict = 'rejected' and o.system = {literal(contract.system)} "
        f"and o.feed = {literal(contract.feed)} and n.verdict in ('loaded', 'replaced') "
        f"and n.file_id in (select file_id from group_file) group by 1"
    )
    _close(con, "mended", "the same name has come whole")


def dismiss(home: Home, feed: str, name: str, why: str) -> int:
    """Set a refused file aside; gives its rows. Raises FileUnknownError when there is none."""
    system, _, of = feed.partition(".")
    with warehouse(home) as con:
        con.execute("begin transaction")
        con.execute(
            "create or replace temp table mended as select file_id, file_id as by_file "
            "from ledger.file where system = ? and feed = ? and file_name = ? "
            "and verdict = 'rejected'",
            [system, of, name],
        )
        rows = con.execute(
            "select count(*), coalesce(sum(landed_n), 0) from ledger.file "
            "where file_id in (select file_id from mended)"
        ).fetchall()
        if not rows[0][0]:
            con.execute("rollback")
            raise FileUnknownError(
                f"no refused file of {feed} is called {name}; `headset file list` has their names"
            )
        _close(con, "dismissed", why)
        con.execute("commit")
    return int(rows[0][1])


def _close(con: duckdb.DuckDBPyConnection, how: str, why: str) -> None:
    con.execute(
        f"insert into ledger.quarantine_closed select q.quarantine_id, now()::timestamp, "
        f"{literal(how)}, null from ({OPEN_QUARANTINE}) as q join mended using (file_id)"
    )
    con.execute(
        "update ledger.file set verdict = ?, reason = ?, superseded_n = landed_n - expired_n, "
        "quarantined_n = 0 where file_id in (select file_id from mended)",
        [how, f"{how}: {why}"],
    )


def read_again(home: Home, feed: str, first: date, last: date) -> tuple[int, int]:
    """Mark the files of a feed and its extract dates to be read again; and how many are gone.

    Raises FileUnknownError when no enabled feed is called so.
    """
    contracts = {c.name: c for c in load_contracts(sources_dir(), enabled_systems(home))}
    if feed not in contracts:
        raise FileUnknownError(
            f"no enabled feed is called {feed}; there are {', '.join(contracts)}"
        )
    here = {one.file_name for one in landed(home, contracts[feed])}
    with warehouse(home) as con:
        loaded = con.execute(
            "select file_id, file_name from ledger.file where system || '.' || feed = ? "
            "and verdict = 'loaded' and extract_date between ? and ?",
            [feed, first, last],
        ).fetchall()
        again = [file_id for file_id, name in loaded if name in here]
        con.execute(
            "update ledger.file set verdict = 'remap' where list_contains($again, file_id)",
            {"again": again},
        )
    return len(again), len(loaded) - len(again)


def nobodys(home: Home, contracts: Sequence[Contract]) -> list[Unclaimed]:
    """Landed files that nobody loads: claimed by no contract, waiting for their marker, or in
    folders of systems that are not enabled.
    """
    known = {COMPANY, *instances_of(enabled_systems(home))}
    folders = sorted(home.landing.iterdir()) if home.landing.is_dir() else []
    strange = [
        Unclaimed(shape(folder.name), f"{n:,} files in a folder of no enabled system")
        for folder in folders
        if folder.is_dir() and folder.name not in known and (n := sum(1 for _ in walk(folder)))
    ]
    loose = sum(1 for path in folders if not path.is_dir())
    if loose:
        strange.append(Unclaimed("landing", f"{loose:,} files beside the systems' folders"))
    return [*unclaimed(home, contracts), *waiting(home, contracts), *strange]


def open_files(home: Home) -> list[dict[str, Any]]:
    """Refused files, and those that no contract claims."""
    contracts = load_contracts(sources_dir(), enabled_systems(home))
    rows: list[dict[str, Any]] = []
    if home.warehouse.exists():
        with warehouse(home, read_only=True) as con:
            rows = rows_as_dicts(con.execute(REJECTED))
    return rows + [
        {
            "feed": one.system,
            "file_name": one.file_name,
            "state": "not taken in",
            "reason": "its marker has not come, or no contract's pattern matches it",
        }
        for one in nobodys(home, contracts)
    ]
