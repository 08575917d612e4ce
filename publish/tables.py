"""The tables of a snapshot. Belongs here: what is written, linked or held for each of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from ground import files
from ground.sql import ident
from publish import partitions
from publish.errors import PublishError, PublishRefused
from publish.manifest import Partition, PartitionKey, Snapshot, Table
from publish.specs import Spec

FileKey = tuple[PartitionKey, str | None]


@dataclass(frozen=True)
class OnDisk:
    """A whole snapshot on disk: its folder and its record."""

    folder: Path
    snapshot: Snapshot


@dataclass(frozen=True)
class Job:
    """One publication. `folder` is where the new snapshot is written.

    base: the newest whole snapshot, whose unchanged files are linked.
    served: the snapshot now read, to which whatever is held back stays.
    changed_months: per table, the only months that changed since `base`; other tables are scanned.
    master_key: what the ids of records in client folders are keyed with.
    """

    con: duckdb.DuckDBPyConnection
    folder: Path
    snapshot_id: str
    definition_hash: str
    held_clients: frozenset[str]
    held_tables: frozenset[str]
    base: OnDisk | None
    served: OnDisk | None
    changed_months: Mapping[str, Collection[str]]
    master_key: bytes


@dataclass(frozen=True)
class Built:
    """A finished table; how many of its files were linked and how many written."""

    table: Table
    linked_n: int
    written_n: int


def build(job: Job, spec: Spec) -> Built:
    """Write or link every partition of one table into the new snapshot."""
    if spec.name in job.held_tables:
        return _held_table(job, spec)
    rows = partitions.source(job.con, spec)
    if spec.once:
        rows = _once(job, rows, spec.once)
    reused, written = _fresh(job, rows)
    if "client_id" in spec.partition_by and job.held_clients:
        held_reused, held_written = _held_clients(job, rows)
        reused += held_reused
        written += held_written
    if not (reused or written):
        written = [_empty(job, rows)]
    parts = sorted(reused + written, key=lambda part: part.path)
    table = replace(rows.table, as_of=job.snapshot_id, partitions=tuple(parts))
    return Built(table, len(reused), len(written))


def root_of(name: str) -> str:
    """Relative folder of a table."""
    return f"tables/{name}"


def _once(job: Job, rows: partitions.Source, period: str) -> partitions.Source:
    """Periods published before as they were then, and of the warehouse only those that are new.

    What is said of groups must not be said twice: the difference of two snapshots would tell of
    the one person who came or went between them.
    """
    base = job.base
    before = base.snapshot.tables.get(rows.table.name) if base else None
    if base is None or before is None or not before.rows:
        return rows
    if period not in {column.name for column in before.columns}:
        return rows
    paths = [base.folder / part.path for part in before.partitions if part.rows]
    kept = partitions.reshaped(paths, before, rows.table).sql
    said = f"{ident(period)} in (select {ident(period)} from kept)"
    new = f"select * from ({rows.sql}) where not coalesce({said}, false)"
    return replace(rows, sql=f"with kept as ({kept}) select * from kept union all {new}")


def _fresh(job: Job, rows: partitions.Source) -> tuple[list[Partition], list[Partition]]:
    """Partitions as the warehouse has them now: linked when the base has the same rows."""
    table = rows.table
    known: dict[FileKey, Partition] = {}
    base = job.base
    before = base.snapshot.tables.get(table.name) if base else None
    comparable = base is not None and base.snapshot.writer == partitions.WRITER
    if before and comparable and before.shape == table.shape:
        known = {(part.key, part.day): part for part in before.partitions if part.rows}
    first_open = partitions.open_from(job.con, rows)
    months = _months(job, table) if known else None
    if months is not None:
        months = {*months, *_closed(table, known, first_open)}
    kept, found = _compared(job, rows, known, months, first_open)
    wanted = partitions.count(job.con, rows, partitions.without(table, job.held_clients))
    if months is not None and _rows(kept, found) != wanted:
        # More changed than was said, so nothing is taken on trust.
        kept, found = _compared(job, rows, known, None, first_open)
    if _rows(kept, found) != wanted:
        raise PublishError(
            f"{table.name}: the warehouse has {wanted} rows, the snapshot would have "
            f"{_rows(kept, found)}"
        )
    reused = [_link(job, base, part, as_of=job.snapshot_id) for part in kept if base]
    written = []
    for piece in found:
        old = known.get((piece.key, piece.day))
        if base and old and old.fingerprint == piece.fingerprint:
            seen = replace(old, rows_by=piece.rows_by)
            reused.append(_link(job, base, seen, as_of=job.snapshot_id))
        else:
            written.append(_write(job, rows, piece, as_of=job.snapshot_id))
    return reused, written


def _compared(
    job: Job,
    rows: partitions.Source,
    known: Mapping[FileKey, Partition],
    months: Collection[str] | None,
    first_open: str | None,
) -> tuple[list[Partition], list[partitions.Piece]]:
    """Files of the base that are kept unread, and what the rest of the table holds now."""
    table = rows.table
    where = partitions.without(table, job.held_clients)
    kept = []
    if job.base and months is not None:
        # What the base itself held back was not current in it, so it is looked at again.
        doubtful = set(job.base.snapshot.verdict.held_clients)
        where += " and " + partitions.reach(table, months, doubtful - job.held_clients)
        at = table.partition_by.index("site_month")
        kept = [
            part
            for part in known.values()
            if part.key[at] is not None
            and part.key[at] not in months
            and table.client_of(part) not in doubtful | job.held_clients
        ]
    return kept, partitions.pieces(job.con, rows, where, open_from=first_open)


def _rows(kept: Iterable[Partition], found: Iterable[partitions.Piece]) -> int:
    return sum(part.rows for part in kept) + sum(piece.rows_n for piece in found)


def _closed(table: Table, known: Mapping[FileKey, Partition], first_open: str | None) -> set[str]:
    """Months whose days lie in files of their own although the month is over."""
    if first_open is None:
        return set()
    at = table.partition_by.index("site_month")
    months = {key[at] for key, day in known if day is not None}
    return {month for month in months if month is not None and month < first_open}


def _months(job: Job, table: Table) -> Collection[str] | None:
    """The only months to look at; null when every partition has to be."""
    base = job.base
    if base is None or "site_month" not in table.partition_by:
        return None
    if base.snapshot.definition_hash != job.definition_hash:
        return None
    if table.name in base.snapshot.held_tables:
        return None
    return job.changed_months.get(table.name)


def _held_clients(job: Job, rows: partitions.Source) -> tuple[list[Partition], list[Partition]]:
    """Rows of held clients as they are served now, in today's columns."""
    served = job.served
    before = served.snapshot.tables.get(rows.table.name) if served else None
    if not served or not before:
        return [], []
    held = [
        part for part in before.partitions if part.rows and _is_held(before, part, job.held_clients)
    ]
    if before.shape == rows.table.shape:
        return [_link(job, served, part, as_of=part.as_of) for part in held], []
    if "client_id" not in before.partition_by:
        raise PublishRefused(
            f"{rows.table.name}: clients {sorted(job.held_clients)} are held back, but the served "
            f"snapshot {served.snapshot.snapshot_id} is not partitioned by client; mend the "
            "failed check or publish without holding a client once"
        )
    if not held:
        return [], []
    old = partitions.reshaped([served.folder / part.path for part in held], before, rows.table)
    as_of = min(part.as_of for part in held)
    found = partitions.pieces(job.con, old)
    return [], [_write(job, old, piece, as_of=as_of) for piece in found]


def _is_held(table: Table, part: Partition, clients: Collection[str]) -> bool:
    return table.client_of(part) in clients


def _held_table(job: Job, spec: Spec) -> Built:
    """The whole table as it is served now; empty when it was never published."""
    served = job.served
    before = served.snapshot.tables.get(spec.name) if served else None
    if served and before:
        parts = [_link(job, served, part, as_of=part.as_of) for part in before.partitions]
        return Built(replace(before, partitions=tuple(parts)), len(parts), 0)
    rows = partitions.source(job.con, spec)
    return Built(replace(rows.table, partitions=(_empty(job, rows),)), 0, 1)


def _write(
    job: Job,
    rows: partitions.Source,
    piece: partitions.Piece,
    *,
    as_of: str,
) -> Partition:
    root = root_of(rows.table.name)
    return partitions.write(job.con, rows, piece, folder=job.folder, root=root, as_of=as_of)


def _empty(job: Job, rows: partitions.Source) -> Partition:
    root = root_of(rows.table.name)
    return partitions.write_empty(
        job.con, rows, folder=job.folder, root=root, as_of=job.snapshot_id
    )


def _link(job: Job, snapshot: OnDisk, part: Partition, *, as_of: str) -> Partition:
    files.link(snapshot.folder / part.path, job.folder / part.path)
    return replace(part, as_of=as_of)
