"""What a person let pass, and why: absences, and full lists that had shrunk.

Belongs here: noting it and releasing what waits for it. Does not: what is an absence.
"""

from collections.abc import Sequence

import duckdb

from ingest.judge.lists import RULE

_HELD = f"verdict = 'rejected' and starts_with(reason, '{RULE}:')"


def release_lists(con: duckdb.DuckDBPyConnection, reason: str) -> list[str]:
    """Have every list that was held for shrinking read again and taken in; names them."""
    names = [
        f"{feed}: {name}"
        for feed, name in con.execute(
            f"select system || '.' || feed, file_name from ledger.file where {_HELD} order by all"
        ).fetchall()
    ]
    con.execute(f"update ledger.file set verdict = 'released' where {_HELD}")
    note(con, None, reason, names)
    return names


def note(
    con: duckdb.DuckDBPyConnection, run_id: str | None, reason: str, what: Sequence[str]
) -> None:
    """Record what was accepted, one row for each thing."""
    if what:
        con.executemany(
            "insert into ledger.acceptance values (now()::timestamp, ?, ?, ?)",
            [[run_id, reason, one] for one in what],
        )
