"""Partitions of published tables. Belongs here: what a table looks like, fingerprints of its
partitions, and writing one Parquet file. Does not: deciding what is written and what is linked.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ground import files
from ground.built_tables import WAREHOUSE
from ground.sql import ident, idents, literal, literals, parquet, partition_segment
from publish import texts
from publish.errors import PublishError
from publish.manifest import COUNTED, Column, Partition, PartitionKey, Table
from publish.specs import Spec

# Files of another engine, or written under other rules for texts, are written again.
WRITER = f"duckdb-{duckdb.__version__}/1-{texts.rules()}"
# Rewriting 20,000 rows costs about 0.15 s, a file of its own about 0.02 s.
DAILY_FROM_ROWS = 20_000
# A month stays open so long after its end: most late and corrected rows come within a week.
OPEN_DAYS = 7
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_WIDE = {"HUGEINT", "UHUGEINT"}


@dataclass(frozen=True)
class Source:
    """Rows to publish: a select statement that yields exactly the columns of `table`."""

    table: Table
    sql: str


def source(con: duckdb.DuckDBPyConnection, spec: Spec) -> Source:
    """The rows of a model in the attached warehouse, with `site_month` derived when asked for.

    128-bit sums become decimal(38,0), since Parquet would keep them as floating point.
    """
    relation = ident(WAREHOUSE, *spec.relation)
    try:
        described = con.execute(f"describe select * from {relation}").fetchall()
    except duckdb.CatalogException as error:
        raise PublishError(
            f"{spec.name}: model {spec.model} is not in the warehouse "
            f"(expected {'.'.join(spec.relation)}); run the build first"
        ) from error
    types = {name: kind for name, kind, *_ in described}
    selected = [_selected(spec, name, kind) for name, kind in types.items()]
    month_of = None
    if "site_month" in spec.partition_by and "site_month" not in types:
        month_of = spec.month_of
        if month_of not in types:
            raise PublishError(
                f"{spec.name}: partitioned by site_month, but model {spec.model} has no "
                f"{month_of}; name the date in config.meta.publish.month_of"
            )
        types["site_month"] = "VARCHAR"
        selected.append(f"strftime({ident(month_of)}, '%Y-%m') as site_month")
    once = (spec.once,) if spec.once else ()
    lacking = [name for name in (*spec.partition_by, *spec.key, *once) if name not in types]
    if lacking:
        raise PublishError(
            f"{spec.name}: model {spec.model} has no column {lacking[0]}, "
            "named by config.meta.publish or its primary key"
        )
    guessed = f"{spec.name.split('.')[1]}_id"
    table = Table(
        name=spec.name,
        model=spec.model,
        description=spec.description,
        columns=tuple(
            _column(spec, name, "DECIMAL(38,0)" if kind in _WIDE else kind)
            for name, kind in types.items()
        ),
        partition_by=spec.partition_by,
        month_of=month_of,
        key=spec.key or ((guessed,) if guessed in types else ()),
        as_of=None,
        partitions=(),
    )
    return Source(table, f"select {', '.join(selected)} from {relation}")


def _selected(spec: Spec, name: str, kind: str) -> str:
    if kind in _WIDE:
        return f"cast({ident(name)} as decimal(38, 0)) as {ident(name)}"
    # What names a folder is guarded before there is one; all else when it is written.
    if name in spec.partition_by and kind == "VARCHAR":
        return f"{texts.guarded(ident(name), spec.text(name))} as {ident(name)}"
    return ident(name)


def reshaped(old: Iterable[Path], before: Table, wanted: Table) -> Source:
    """Rows of an earlier snapshot in today's columns: gone ones dropped, new ones null."""
    known = {column.name for column in before.columns}
    selected = ", ".join(
        f"cast({ident(column.name) if column.name in known else 'null'} as {column.type}) "
        f"as {ident(column.name)}"
        for column in wanted.columns
    )
    return Source(wanted, f"select {selected} from {parquet(old)}")


@dataclass(frozen=True)
class Piece:
    """Rows that one file holds: a whole partition, or one day of it."""

    key: PartitionKey
    day: str | None
    rows_n: int
    hash_sum: int
    rows_by: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Equal text means equal rows, as long as the writer (engine and format) is the same."""
        return f"{self.rows_n}:{self.hash_sum:x}"


def pieces(
    con: duckdb.DuckDBPyConnection,
    rows: Source,
    where: str = "true",
    *,
    open_from: str | None = None,
) -> list[Piece]:
    """The files of every partition that `where` reaches, each with an order-independent hash.

    One scan. The hash of a partition is the sum of those of its days.

    open_from: from this month (`2026-10`) on, large partitions are kept by day; null keeps all
        partitions whole.
    """
    table = rows.table
    names = [column.name for column in table.columns if not _derived(table, column.name)]
    keys = [f"cast({ident(name)} as varchar)" for name in table.partition_by]
    by_day = open_from is not None and by_days(table)
    groups = (
        [*keys, f"cast(cast({ident(table.month_of or '')} as date) as varchar)"] if by_day else keys
    )
    marks = counted(table)
    by = [*groups, *(f"cast({ident(name)} as varchar)" for name in marks)]
    grouped = f"group by {', '.join(by)}" if by else "having count(*) > 0"
    found = con.execute(
        f"select {', '.join([*by, 'count(*)'])}, sum(cast(hash({idents(names)}) as hugeint)) "
        f"from ({rows.sql}) where {where} {grouped}"
    ).fetchall()
    parts: dict[tuple[PartitionKey, str | None], list[Piece]] = {}
    for row in found:
        key, day = tuple(row[: len(keys)]), row[len(keys)] if by_day else None
        values = row[len(groups) : len(groups) + len(marks)]
        whose = {name: {value or "": row[-2]} for name, value in zip(marks, values, strict=True)}
        parts.setdefault((key, day), []).append(Piece(key, day, row[-2], int(row[-1]), whose))
    partitions: dict[PartitionKey, list[Piece]] = {}
    for (key, day), shares in parts.items():
        partitions.setdefault(key, []).append(_together(shares, day))
    return [
        piece
        for key in sorted(partitions, key=_nulls_last)
        for piece in _files(table, partitions[key], open_from)
    ]


def by_days(table: Table) -> bool:
    """Whether a table's months can be kept by day: the month is that of a date."""
    return table.month_of is not None and "site_month" in table.partition_by


def open_from(con: duckdb.DuckDBPyConnection, rows: Source) -> str | None:
    """The first month of a table that is still open: it ended within a week of the newest date."""
    if not by_days(rows.table):
        return None
    date = ident(rows.table.month_of or "")
    found = con.execute(
        f"select strftime(max(cast({date} as date)) - {OPEN_DAYS}, '%Y-%m') from ({rows.sql})"
    ).fetchall()
    return found[0][0] if found else None


def count(con: duckdb.DuckDBPyConnection, rows: Source, where: str) -> int:
    """Rows of a table; without a condition the engine reads none of them."""
    return int(con.execute(f"select count(*) from ({rows.sql}) where {where}").fetchall()[0][0])


def counted(table: Table) -> list[str]:
    """The columns of a table by which the rows of a partition are counted."""
    return [
        name
        for name in COUNTED
        if name not in table.partition_by and name in {column.name for column in table.columns}
    ]


def whole(found: Iterable[Piece]) -> Piece:
    """The days of one partition as one."""
    return _together(list(found), None)


def _together(shares: list[Piece], day: str | None) -> Piece:
    """Shares of one file as one: counts and hashes add up."""
    whose: dict[str, dict[str, int]] = {name: {} for name in shares[0].rows_by}
    for share in shares:
        for name, rows_by in share.rows_by.items():
            for value, rows_n in rows_by.items():
                whose[name][value] = whose[name].get(value, 0) + rows_n
    rows_n, hash_sum = sum(one.rows_n for one in shares), sum(one.hash_sum for one in shares)
    return Piece(shares[0].key, day, rows_n, hash_sum, whose)


def _files(table: Table, days: list[Piece], open_from: str | None) -> list[Piece]:
    """One file for a partition; of a large one whose month is open, one a day."""
    partition = whole(days)
    if open_from is None or not by_days(table) or partition.rows_n < DAILY_FROM_ROWS:
        return [partition]
    month = partition.key[table.partition_by.index("site_month")]
    if month is None or month < open_from:
        return [partition]
    return sorted(days, key=lambda one: one.day or "")


def _nulls_last(key: PartitionKey) -> list[tuple[bool, str]]:
    return [(value is None, value or "") for value in key]


def reach(table: Table, months: Collection[str], clients: Collection[str]) -> str:
    """A condition for the rows of these months, or of these clients, or of no month at all."""
    parts = [_equals(table, "site_month", month) for month in sorted(months)]
    parts.append(f"{ident(table.month_of or 'site_month')} is null")
    if clients and "client_id" in table.partition_by:
        parts.append(f"client_id in ({literals(sorted(clients))})")
    return "(" + " or ".join(parts) + ")"


def without(table: Table, clients: Collection[str]) -> str:
    """A condition that leaves out the rows of these clients."""
    if not clients or "client_id" not in table.partition_by:
        return "true"
    return f"(client_id is null or client_id not in ({literals(sorted(clients))}))"


def partition_path(
    root: str, names: Iterable[str], key: PartitionKey, day: str | None = None
) -> str:
    """Relative path of a file: `<root>/client_id=a/site_month=2026-10/part.parquet`.

    day: the file's name instead of `part`, for one day of a month (`2026-10-21.parquet`).
    """
    pairs = zip(names, key, strict=True)
    segments = [partition_segment(name, value) for name, value in pairs]
    too_long = [segment for segment in segments if len(segment) > 250]
    if too_long:
        raise PublishError(f"{root}: {too_long[0][:60]}... is too long for a folder name")
    return "/".join([root, *segments, f"{day or 'part'}.parquet"])


def write(
    con: duckdb.DuckDBPyConnection,
    rows: Source,
    piece: Piece,
    *,
    folder: Path,
    root: str,
    as_of: str,
) -> Partition:
    """Write one file in a fixed order, so that the same rows give the same bytes."""
    table = rows.table
    names = [column.name for column in table.columns]
    told = ", ".join(_told(column) for column in table.columns)
    order = [*table.key, *(name for name in names if name not in table.key)]
    pairs = zip(table.partition_by, piece.key, strict=True)
    conditions = [_equals(table, name, value) for name, value in pairs]
    if piece.day is not None:
        date = ident(table.month_of or "")
        conditions.append(f"{date} >= date '{piece.day}' and {date} < date '{piece.day}' + 1")
    where = " and ".join(conditions) or "true"
    ordered = ", ".join(f"{ident(name)} asc nulls last" for name in order)
    return copy(
        con,
        f"select {told} from ({rows.sql}) as t where {where} order by {ordered}",
        folder=folder,
        path=partition_path(root, table.partition_by, piece.key, piece.day),
        key=piece.key,
        day=piece.day,
        fingerprint=piece.fingerprint,
        as_of=as_of,
        rows_by=piece.rows_by,
    )


def _told(column: Column) -> str:
    return f"{texts.guarded('t.' + ident(column.name), column.text)} as {ident(column.name)}"


def write_empty(
    con: duckdb.DuckDBPyConnection, rows: Source, *, folder: Path, root: str, as_of: str
) -> Partition:
    """A file without rows, so that a table without rows still has its columns."""
    query = f"select {idents(column.name for column in rows.table.columns)} from ({rows.sql})"
    path = f"{root}/empty.parquet"
    return copy(
        con,
        f"{query} limit 0",
        folder=folder,
        path=path,
        key=(),
        fingerprint="0:0",
        as_of=as_of,
    )


def copy(
    con: duckdb.DuckDBPyConnection,
    query: str,
    *,
    folder: Path,
    path: str,
    key: PartitionKey,
    as_of: str,
    day: str | None = None,
    fingerprint: str | None = None,
    rows_by: Mapping[str, Mapping[str, int]] | None = None,
) -> Partition:
    """Write the rows of a query, in its order, to a sealed Parquet file.

    Without a fingerprint of the rows the file's own checksum stands in for it.
    """
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    to = f"{literal(str(target))} (format parquet, compression snappy)"
    rows = con.execute(f"copy ({query}) to {to}").fetchall()[0][0]
    files.seal(target)
    entry = files.described(target)
    return Partition(
        path=path,
        key=key,
        rows=rows,
        fingerprint=fingerprint or f"{rows}:{entry['sha256']}",
        sha256=entry["sha256"],
        bytes=entry["bytes"],
        as_of=as_of,
        day=day,
        rows_by=rows_by or {},
    )


def _column(spec: Spec, name: str, kind: str) -> Column:
    doc = spec.docs.get(name.lower())
    if doc is None and name == "site_month":
        said = f"Month of {spec.month_of}, YYYY-MM."
        return Column(name, kind, said, spec.audience(name), text="own")
    return Column(
        name=name,
        type=kind,
        description=doc.description if doc else "",
        audience=spec.audience(name),
        unit=doc.unit if doc else None,
        personal_class=doc.personal_class if doc else None,
        text=spec.text(name) if kind == "VARCHAR" else None,
    )


def _derived(table: Table, name: str) -> bool:
    return name == "site_month" and table.month_of is not None


def _equals(table: Table, name: str, value: str | None) -> str:
    """A condition that the engine can prune on: plain equality, and date ranges for months."""
    if value is None:
        return f"{ident(name)} is null"
    month = _MONTH.fullmatch(value) if _derived(table, name) else None
    if month and table.month_of and int(month[1]) < 9999:
        year, number = int(month[1]), int(month[2])
        after = f"{year + number // 12:04d}-{number % 12 + 1:02d}"
        date = ident(table.month_of)
        return f"({date} >= date '{value}-01' and {date} < date '{after}-01')"
    kind = next(column.type for column in table.columns if column.name == name)
    left = ident(name) if kind == "VARCHAR" else f"cast({ident(name)} as varchar)"
    return f"{left} = {literal(value)}"
