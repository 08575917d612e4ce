"""The ledger: every file ever seen, what became of its rows, and what that touched.

Belongs here: its tables, the accounting law (landed = loaded + quarantined + superseded, and
once a term has ended + expired, per file) and what later steps ask of it. Does not: reading files.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from ground.home import Home
from ground.sql import literal
from ingest.contracts.contract import Contract
from ingest.errors import WarehouseError
from ingest.privacy.pseudonym import MACROS

_TABLES = """
create schema if not exists raw;
create schema if not exists ledger;
create sequence if not exists ledger.file_ids;
create sequence if not exists ledger.batch_ids;
create sequence if not exists ledger.quarantine_ids;
create table if not exists ledger.batch (
    batch_id bigint primary key, run_id varchar, through_date date, started_at timestamp,
    ingested_at timestamp, built_at timestamp);
create table if not exists ledger.file (
    file_id bigint primary key, system varchar, feed varchar, file_name varchar,
    size_bytes bigint, modified_ns bigint, checksum varchar, extract_date date, revision integer,
    captures varchar, arrived_at timestamp, finished_at timestamp, landed_n bigint,
    loaded_n bigint, quarantined_n bigint, superseded_n bigint, unmapped_n bigint,
    verdict varchar, reason varchar, unlisted_columns varchar, contract_hash varchar,
    batch_id bigint);
create table if not exists ledger.quarantine (
    quarantine_id bigint, file_id bigint, system varchar, feed varchar, file_name varchar,
    row_number bigint, rows_n bigint, column_name varchar, value_shape varchar, rule varchar,
    reason varchar, raw_text varchar, batch_id bigint, quarantined_at timestamp);
create table if not exists ledger.quarantine_closed (
    quarantine_id bigint, closed_at timestamp, how varchar, batch_id bigint);
create table if not exists ledger.unmapped (
    system varchar, feed varchar, file_id bigint, map varchar, column_name varchar, code varchar,
    rows_n bigint);
create table if not exists raw.touched (
    feed varchar, system varchar, event_date date, batch_id bigint);
alter table raw.touched drop column if exists agent_code;
create table if not exists ledger.rewritten (
    batch_id bigint, model varchar, rewritten_date date);
create table if not exists ledger.built_from (
    model varchar, input_name varchar, rows_are varchar);
create table if not exists ledger.carried (
    model varchar, before_date date, fingerprint varchar, noted_at timestamp);
alter table ledger.file add column if not exists expired_n bigint default 0;
alter table ledger.file add column if not exists changed_ns bigint;
alter table ledger.file add column if not exists inode bigint;
alter table ledger.file add column if not exists present_n bigint;
alter table ledger.file add column if not exists instance varchar default 'default';
alter table ledger.file add column if not exists absent_columns varchar;
create table if not exists ledger.system_removed (
    system varchar, instance varchar, removed_at timestamp);
create table if not exists ledger.removal (
    removed_at timestamp, why varchar, place varchar, system varchar, feed varchar, files_n bigint,
    rows_n bigint, before_date date, person_hash varchar);
create table if not exists ledger.master_key (fingerprint varchar, noted_at timestamp);
create table if not exists ledger.acceptance (
    accepted_at timestamp, run_id varchar, reason varchar, what varchar);
create table if not exists ledger.erasure (
    person_hash varchar, state varchar, waits_for varchar, noted_at timestamp);
"""

_SESSION = """
set TimeZone = 'UTC';
set preserve_insertion_order = true;
set enable_progress_bar = false;
"""


def _session() -> str:
    """How every connection begins. Beyond its memory DuckDB spills; dbt's profile says the same."""
    return (
        f"{_SESSION}set memory_limit = {literal(os.environ.get('HEADSET_MEMORY_LIMIT', '3GB'))};\n"
    )


# What the audit writes and the marts `trust_*` read; they are built before the first audit.
AUDIT_TABLES = """
create schema if not exists ledger;
create table if not exists ledger.check_result (
    run_id varchar, batch_id bigint, check_id varchar, subject varchar, tool varchar,
    severity varchar, radius varchar, reason varchar, status varchar, failing_n bigint,
    clients varchar, feeds varchar, sample varchar, tables varchar, checked_at timestamp
);
create table if not exists ledger.verdict (
    run_id varchar, batch_id bigint, status varchar, held_clients varchar, held_feeds varchar,
    checks_n bigint, failed_n bigint, warned_n bigint, definition_hash varchar,
    decided_at timestamp
);
"""

# An open account: quarantine rows that no replay or correction has closed.
OPEN_QUARANTINE = """
select q.* from ledger.quarantine as q
left join ledger.quarantine_closed as c using (quarantine_id)
where c.quarantine_id is null
"""

_LAW = f"""
with quarantined as (
    select file_id, sum(rows_n) as quarantined_n from ({OPEN_QUARANTINE}) group by file_id
)
select f.file_id, f.system, f.feed, f.file_name, f.landed_n, f.present_n, f.loaded_n,
    f.quarantined_n, f.superseded_n, coalesce(q.quarantined_n, 0) as quarantine_rows_n
from ledger.file as f left join quarantined as q using (file_id)
where f.landed_n <> f.loaded_n + f.quarantined_n + f.superseded_n + f.expired_n
    or (f.present_n <> f.landed_n and f.verdict in ('loaded', 'replaced', 'remap'))
    or f.quarantined_n <> coalesce(q.quarantined_n, 0)
    or f.verdict = 'loading'
order by f.file_id
"""


# Warehouse files that `kept_open` holds: one opening each, which all connections share.
_kept: dict[Path, duckdb.DuckDBPyConnection] = {}


@contextmanager
def kept_open(home: Home) -> Iterator[None]:
    """Open the warehouse once for all connections that this process makes within the block.

    Opening it takes 60 ms and more, and closing it writes its catalogue anew, for each of fifty
    feeds. Raises WarehouseError as `warehouse` does.
    """
    with warehouse(home) as con:
        _kept[home.warehouse] = con
        try:
            yield
        finally:
            del _kept[home.warehouse]


@contextmanager
def warehouse(home: Home, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the warehouse that closes with the block; tables exist, zone is UTC.

    Raises WarehouseError when another process holds the file.
    """
    kept = _kept.get(home.warehouse)
    if kept is not None:
        with kept.cursor() as con:
            con.execute(_session() + MACROS)
            yield con
        return
    home.root.mkdir(parents=True, exist_ok=True)
    try:
        con = duckdb.connect(str(home.warehouse), read_only=read_only)
    except duckdb.IOException as error:
        raise WarehouseError(
            f"{home.warehouse} cannot be opened: {_first_line(error)}. Is a night running?"
        ) from error
    try:
        con.execute(_session())
        if not read_only:
            _make_tables(con)
            con.execute(MACROS)
        yield con
    finally:
        con.close()


def _make_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Tables and what was added to them since; once made, a comment says so.

    A statement that changes nothing still makes the file be written anew when it is closed.
    """
    made = hashlib.sha256((_TABLES + AUDIT_TABLES).encode()).hexdigest()[:16]
    row = con.execute(
        "select comment from duckdb_tables() where schema_name = 'ledger' "
        "and table_name = 'batch' and database_name = current_database()"
    ).fetchone()
    if row is None or row[0] != made:
        con.execute(_TABLES + AUDIT_TABLES)
        con.execute(f"comment on table ledger.batch is '{made}'")


# Nothing is of it, and it covers no date beyond the given one.
_EMPTY = " and ".join(
    [
        *(
            f"batch_id not in (select batch_id from {table} where batch_id is not null)"
            for table in ("ledger.file", "raw.touched", "ledger.rewritten")
        ),
        "through_date <= ?",
    ]
)


def open_batch(con: duckdb.DuckDBPyConnection, run_id: str, through: date) -> int:
    """Start a batch: all that one night takes in. Gives its id.

    Batches that a killed night opened and put nothing into go.
    """
    con.execute(f"delete from ledger.batch where ingested_at is null and {_EMPTY}", [through])
    row = con.execute(
        "insert into ledger.batch select nextval('ledger.batch_ids'), ?, ?, now()::timestamp, "
        "null, null returning batch_id",
        [run_id, through],
    ).fetchone()
    return int(_one(row)[0])


def close_batch(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Say that everything of the batch is ingested.

    One of a retry, without news, goes: what the build notes is of the batch that it builds.
    """
    con.execute(
        "update ledger.batch set ingested_at = now()::timestamp where batch_id = ?", [batch_id]
    )
    con.execute(
        f"delete from ledger.batch where batch_id = ? and {_EMPTY} and exists (select 1 from "
        f"ledger.batch as b where b.batch_id < ? and b.built_at is null "
        f"and b.through_date >= ledger.batch.through_date)",
        [batch_id, date.max, batch_id],
    )


def note_unchanged(con: duckdb.DuckDBPyConnection, models: Sequence[str]) -> None:
    """Note for the batches that await a build that these models rewrite no date in it."""
    con.execute(
        "insert into ledger.rewritten select b.batch_id, m.model, null "
        "from (select max(batch_id) as batch_id from ledger.batch where built_at is null) as b, "
        "(select unnest($models::varchar[]) as model) as m where b.batch_id is not null",
        {"models": list(models)},
    )


def note_carried(
    con: duckdb.DuckDBPyConnection, models: Mapping[str, tuple[date, str | None]]
) -> None:
    """Note before which date each model stays as it was built, and by which definition."""
    for model, (before, fingerprint) in models.items():
        con.execute(
            "insert into ledger.carried select $model, $before, $print, now()::timestamp "
            "where not exists "
            "(from ledger.carried where model = $model and before_date >= $before)",
            {"model": model, "before": before, "print": fingerprint},
        )


def mark_built(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Say that the models hold everything up to this batch; what it touched is done."""
    con.execute(
        "update ledger.batch set built_at = now()::timestamp "
        "where batch_id <= ? and built_at is null",
        [batch_id],
    )


def note_removal(
    con: duckdb.DuckDBPyConnection,
    why: str,
    place: str,
    contract: Contract | None,
    files_n: int,
    rows_n: int,
    before: date | None,
    person_hash: str | None = None,
) -> None:
    """Record that something was removed or given out; nothing is recorded of nothing by terms."""
    if why == "retention" and not files_n and not rows_n:
        return
    names = (contract.system, contract.feed) if contract else (None, None)
    con.execute(
        "insert into ledger.removal values (now()::timestamp, ?, ?, ?, ?, ?, ?, ?, ?)",
        [why, place, *names, files_n, rows_n, before, person_hash],
    )


def accounting_violations(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Files whose account is not closed: rows of the ledger that break the law; empty is good.

    The counts in raw are compared too: what the ledger calls loaded must be there.
    """
    broken = rows_as_dicts(con.execute(_LAW))
    for table, file_filter in _raw_tables(con):
        broken += rows_as_dicts(
            con.execute(
                f"with counted as (select _file_id as file_id, "
                f"count(*) filter (where _is_current) as in_raw_n, "
                f"count(*) filter (where not _is_current) as kept_n from {table} group by 1) "
                f"select f.file_id, f.system, f.feed, f.file_name, f.landed_n, f.loaded_n, "
                f"f.quarantined_n, f.superseded_n, coalesce(c.in_raw_n, 0) as in_raw_n "
                f"from ledger.file as f left join counted as c using (file_id) "
                f"where f.system || '__' || f.feed = ? and f.loaded_n <> coalesce(c.in_raw_n, 0)",
                [file_filter],
            )
        )
    return broken


def _raw_tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    rows = con.execute(
        "select table_name from information_schema.tables "
        "where table_schema = 'raw' and table_name <> 'touched' order by 1"
    ).fetchall()
    return [(f'raw."{name}"', name) for (name,) in rows]


def rows_as_dicts(result: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The result's rows as dictionaries by column name."""
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _one(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    if row is None:
        raise WarehouseError("the warehouse gave no row where one was due")
    return row


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
