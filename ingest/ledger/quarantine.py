"""The quarantine: what was kept apart, why, and bringing it back after a mend.

Belongs here: listing, showing, replaying. Does not: deciding what goes there (`judge.py`).
The table is append-only; an entry is closed by a row in `ledger.quarantine_closed`.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb

from ground.home import Home
from ingest.contracts.contract import Contract
from ingest.intake import prepare_tables
from ingest.ledger.ledger import OPEN_QUARANTINE, rows_as_dicts, warehouse
from ingest.load.group import FileOutcome, load_group
from ingest.privacy.pseudonym import master_key
from ingest.read.landing import Candidate, groups, landed

_LISTING = f"""
select system, feed, rule, count(*) as entries_n, sum(rows_n) as rows_n,
    count(distinct file_id) as files_n, min(quarantined_at) as since,
    arg_min(file_name, quarantine_id) as first_file,
    arg_min(row_number, quarantine_id) as first_row,
    arg_min(reason, quarantine_id) as first_reason
from ({OPEN_QUARANTINE}) group by all order by rows_n desc, system, feed, rule
"""


def listing(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Open entries by feed and rule, most rows first, each with its first example."""
    return rows_as_dicts(con.execute(_LISTING))


def show(
    con: duckdb.DuckDBPyConnection,
    *,
    feed: str | None = None,
    rule: str | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Open entries one by one: file, row, column, what stood there, rule, reason."""
    return rows_as_dicts(
        con.execute(
            f"select quarantine_id, system || '.' || feed as feed, file_name, row_number, rows_n, "
            f"column_name, value_shape, rule, reason, raw_text, quarantined_at "
            f"from ({OPEN_QUARANTINE}) where (? is null or system || '.' || feed = ?) "
            f"and (? is null or rule = ?) order by quarantine_id limit ?",
            [feed, feed, rule, rule, limit],
        )
    )


def replay(
    home: Home,
    contracts: Iterable[Contract],
    *,
    through: date,
    batch_id: int,
    feed: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> list[FileOutcome]:
    """Read again, by today's contracts, every landed file that has open entries.

    What now passes is loaded and its entry closed; what still fails is entered anew. Files
    past their retention are no longer in landing; their entries stay open.
    """
    everything = tuple(contracts)
    outcomes: list[FileOutcome] = []
    with warehouse(home) as con:
        prepare_tables(con, everything)
        home.spool.mkdir(exist_ok=True)
        for contract in everything:
            if feed is not None and contract.name != feed:
                continue
            files = _files_with_open_entries(con, home, contract)
            for group in groups(files):
                outcomes += load_group(
                    con,
                    contract,
                    group,
                    through=through,
                    batch_id=batch_id,
                    master=master_key(home.keys),
                    spool_root=home.spool,
                )
            if files:
                progress(f"{contract.name}: {len(files)} files read again")
    return outcomes


def _files_with_open_entries(
    con: duckdb.DuckDBPyConnection, home: Home, contract: Contract
) -> list[Candidate]:
    rows = con.execute(
        f"select distinct f.file_name, f.file_id, f.modified_ns from ({OPEN_QUARANTINE}) as q "
        f"join ledger.file as f using (file_id) where f.system = ? and f.feed = ?",
        [contract.system, contract.feed],
    ).fetchall()
    open_files = {name: (file_id, modified) for name, file_id, modified in rows}
    return [
        replace(file, file_id=open_files[file.file_name][0])
        for file in landed(home, contract)
        if file.file_name in open_files and file.modified_ns == open_files[file.file_name][1]
    ]
