"""What the ledger says, for people and for the plan of a night; it is read and never written here.

Belongs here: small read-only questions to `ledger.*`. Does not: keeping the ledger (`ingest`).
Whoever asks holds the night's lock, shared or alone: a reader shuts a writer out as well.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import duckdb

from ingest.home import Home
from orchestration.lock import reading

Row = dict[str, Any]

FRESHNESS = """
select system || '.' || feed as feed,
    max(extract_date) filter (where verdict in ('loaded', 'replaced'))::varchar as last_extract,
    strftime(max(finished_at), '%Y-%m-%d %H:%M') as last_file_at,
    count(*) filter (where verdict = 'rejected') as rejected_n,
    coalesce(sum(landed_n), 0)::bigint as landed_n,
    coalesce(sum(loaded_n), 0)::bigint as loaded_n,
    coalesce(sum(quarantined_n), 0)::bigint as quarantined_n,
    coalesce(sum(superseded_n), 0)::bigint as superseded_n
from ledger.file group by 1 order by 1
"""

QUARANTINED = """
select q.system || '.' || q.feed as feed, q.rule, sum(q.rows_n)::bigint as rows_n,
    count(distinct q.file_name) as files_n, any_value(q.reason) as reason
from ledger.quarantine as q
left join ledger.quarantine_closed as c using (quarantine_id)
where c.quarantine_id is null and (? is null or q.batch_id = ?)
group by 1, 2 order by rows_n desc, 1, 2
"""

UNMAPPED = """
select map, column_name, code, sum(rows_n)::bigint as rows_n, count(distinct file_id) as files_n
from ledger.unmapped group by 1, 2, 3 order by rows_n desc, 1, 2, 3
"""

REJECTED = """
select system || '.' || feed as feed, file_name, reason,
    strftime(finished_at, '%Y-%m-%d %H:%M') as at
from ledger.file where verdict = 'rejected' order by finished_at desc, file_name
"""

BATCHES = """
select coalesce(max(b.batch_id), 0) as newest,
    count(f.file_id) filter (where b.built_at is null) as unbuilt
from ledger.batch as b join ledger.file as f using (batch_id)
"""

TOUCHED = "select distinct event_date from raw.touched where batch_id > ? order by 1"

REWRITTEN = "select distinct model, rewritten_date from ledger.rewritten where batch_id > ?"

PASSED = """
select max(batch_id) as batch_id from ledger.verdict
where status = 'pass' and definition_hash = ?
"""


@dataclass(frozen=True)
class LedgerView:
    """The ledger's state at one moment: rows of plain values, ready for a table or JSON."""

    feeds: list[Row]
    quarantined: list[Row]
    unmapped: list[Row]
    rejected: list[Row]

    def as_json(self) -> dict[str, list[Row]]:
        """The same as plain dictionaries."""
        return asdict(self)


def view(home: Home) -> LedgerView:
    """Freshness, open quarantine, unmapped codes and rejected files.

    Raises NightRunningError while a night holds the warehouse.
    """
    with reading(home):
        return LedgerView(
            feeds=_rows(home, FRESHNESS),
            quarantined=_rows(home, QUARANTINED, [None, None]),
            unmapped=_rows(home, UNMAPPED),
            rejected=_rows(home, REJECTED),
        )


def quarantined_in(home: Home, batch_id: int) -> list[Row]:
    """Rows quarantined in one batch, by feed and rule."""
    return _rows(home, QUARANTINED, [batch_id, batch_id])


def batches(home: Home) -> tuple[int, int]:
    """The newest batch that brought files (0 without any), and how many files await a build."""
    rows = _rows(home, BATCHES)
    return (int(rows[0]["newest"]), int(rows[0]["unbuilt"])) if rows else (0, 0)


def touched_since(home: Home, batch_id: int) -> tuple[date, ...]:
    """UTC event dates that batches after `batch_id` touched."""
    rows = _rows(home, TOUCHED, [batch_id])
    return tuple(row["event_date"] for row in rows if row["event_date"])


def rewritten_since(home: Home, batch_id: int) -> tuple[tuple[str, date | None], ...]:
    """Models that batches after `batch_id` rewrote in part, with each date (None: they ran)."""
    rows = _rows(home, REWRITTEN, [batch_id])
    return tuple((row["model"], row["rewritten_date"]) for row in rows)


def last_passed(home: Home, definition_hash: str) -> int | None:
    """The newest batch that passed whole, by these definitions; None if there is none."""
    rows = _rows(home, PASSED, [definition_hash])
    return rows[0]["batch_id"] if rows else None


def _rows(home: Home, sql: str, values: list[object] | None = None) -> list[Row]:
    from ingest.ledger import warehouse

    with warehouse(home, read_only=True) as con:
        try:
            result = con.execute(sql, values or [])
        except duckdb.CatalogException:
            # Killed before its first night had made the tables.
            return []
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
