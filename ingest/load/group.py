"""The loader: one group of files of one feed, in one transaction, fully accounted.

Belongs here: the order of steps and what is written to raw, quarantine and ledger. Does not:
how formats are read (`readers.py`), how rows are judged (`judge.py`), who wins (`current.py`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ground.files import disk_full
from ground.sql import ident, idents, literal
from ingest.contracts.contract import Contract
from ingest.errors import FileRejectedError, WarehouseError
from ingest.judge import lists, reject
from ingest.judge.as_of import rows_of_map
from ingest.judge.faults import faulty_sql
from ingest.judge.judge import judge_steps
from ingest.ledger.files import close_mended
from ingest.load import supersession
from ingest.load.raw_tables import UNDERSCORED
from ingest.privacy.mask import code_sql, error_told, name_told, shape_sql
from ingest.read.control import said_by_marker
from ingest.read.fields import note_absent
from ingest.read.incoming import Readable
from ingest.read.landing import Candidate
from ingest.read.prepare import by_header, plain_text, prepare, set_clients
from ingest.read.readers import read_group
from ingest.read.taken import Taken, as_refusal, raw_digest, take


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file: its account and verdict, as the ledger has it."""

    file_id: int
    file_name: str
    extract_date: date
    landed_n: int
    loaded_n: int
    quarantined_n: int
    superseded_n: int
    unmapped_n: int
    verdict: str
    reason: str | None


def load_group(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    files: Sequence[Candidate],
    *,
    through: date,
    batch_id: int,
    master: bytes,
    spool_root: Path,
) -> list[FileOutcome]:
    """Take in `files`; all of the group or nothing. Gives one outcome per file.

    Raises WarehouseError when the disk or the warehouse refuses; nothing is kept then.
    """
    task = _Task(con, contract, through, batch_id, master)
    try:
        return _in_transaction(task, files, spool_root)
    except (duckdb.Error, ValueError, ArithmeticError, LookupError) as error:
        if len(files) == 1:
            return _in_transaction(task, files, spool_root, unreadable=as_refusal(error).reason)
    # One of them is beyond reading: alone, each shows what it is.
    return [out for file in files for out in load_group(
        con, contract, [file], through=through, batch_id=batch_id, master=master,
        spool_root=spool_root)]  # fmt: skip


@dataclass(frozen=True)
class _Task:
    con: duckdb.DuckDBPyConnection
    contract: Contract
    through: date
    batch_id: int
    master: bytes


def _in_transaction(
    task: _Task, files: Sequence[Candidate], spool_root: Path, unreadable: str | None = None
) -> list[FileOutcome]:
    task.con.execute("begin transaction")
    try:
        with TemporaryDirectory(dir=spool_root) as spool:
            outcomes = _load(task, files, Path(spool), unreadable)
        task.con.execute("commit")
    except (duckdb.Error, OSError) as error:
        _rollback(task.con)
        if isinstance(error, OSError) or disk_full(error) or unreadable:
            # What DuckDB says may quote the file, and a run's log keeps causes as well.
            said = str(error).splitlines()[0] if disk_full(error) else error_told(error)
            raise WarehouseError(
                f"{task.contract.name}: {len(files)} files from {files[0].file_name} on could not "
                f"be written: {said}. Nothing of them was kept; free some space and run the "
                f"night again."
            ) from None
        raise
    except BaseException:
        _rollback(task.con)
        raise
    return outcomes


def _rollback(con: duckdb.DuckDBPyConnection) -> None:
    try:
        con.execute("rollback")
    except duckdb.Error:
        # The failed statement has ended the transaction already.
        return


def _load(
    task: _Task, files: Sequence[Candidate], spool: Path, unreadable: str | None
) -> list[FileOutcome]:
    con, contract, batch_id = task.con, task.contract, task.batch_id
    copies = [_copy(contract, file, spool / str(n), unreadable) for n, file in enumerate(files)]
    ids = _register(task, files, copies)
    refused = reject.known_slots(con, contract)
    readable = []
    for copy, file_id in zip(copies, ids, strict=True):
        # Any error about one file is that file's verdict; the others go on.
        try:
            if isinstance(copy, FileRejectedError):
                raise copy
            if file_id in refused:
                if refused[file_id] is None:
                    continue
                raise FileRejectedError("conflicting_correction", str(refused[file_id]))
            readable.append(prepare(con, contract, copy, file_id))
        except Exception as error:  # noqa: BLE001
            told = as_refusal(error)
            reject.whole_file(con, file_id, 0, told.rule, told.reason, batch_id)
    set_clients(con, contract, task.master)
    for same_header in by_header(readable):
        _take_in(con, contract, same_header, batch_id)
    supersession.settle(con, contract, batch_id)
    close_mended(con, contract)
    return _outcomes(con, ids)


def _copy(
    contract: Contract, file: Candidate, stem: Path, unreadable: str | None
) -> Taken | FileRejectedError:
    """The file's private copy as plain text, or why there is none."""
    if file.refused:
        return FileRejectedError(*file.refused)
    if unreadable:
        return FileRejectedError("unreadable", unreadable)
    try:
        taken = take(file.folder, file.name, stem.with_suffix(f".{contract.format}"))
        said_n = said_by_marker(contract, file.folder, file.name)
        return replace(plain_text(contract, taken, stem), said_n=said_n)
    except Exception as error:  # noqa: BLE001
        return as_refusal(error)


def _register(
    task: _Task, files: Sequence[Candidate], copies: Sequence[Taken | FileRejectedError]
) -> list[int]:
    """Enter the files in the ledger; a reloaded one is emptied and keeps its id."""
    con, contract = task.con, task.contract
    new = con.execute(
        "select nextval('ledger.file_ids') from range(?)",
        [sum(file.file_id is None for file in files)],
    ).fetchall()
    fresh = iter(row[0] for row in new)
    ids = []
    for file in files:
        if file.file_id is not None:
            supersession.forget(con, contract, file.file_id, task.batch_id)
            con.execute("delete from ledger.file where file_id = ?", [file.file_id])
        ids.append(next(fresh) if file.file_id is None else file.file_id)
    con.executemany(
        "insert into ledger.file (file_id, system, feed, file_name, size_bytes, modified_ns, "
        "changed_ns, inode, checksum, extract_date, revision, captures, arrived_at, landed_n, "
        "loaded_n, quarantined_n, superseded_n, unmapped_n, verdict, contract_hash, batch_id, "
        "expired_n, instance) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, now()::timestamp, 0, 0, "
        "0, 0, 0, 'loading', ?, ?, 0, ?)",
        [
            [
                file_id,
                contract.system,
                contract.feed,
                file.file_name,
                *file.stamp,
                copy.checksum if isinstance(copy, Taken) else raw_digest(file.folder, file.name),
                file.slot.extract_date or task.through,
                file.slot.revision,
                json.dumps(_captures_told(task, file), sort_keys=True),
                contract.digest,
                task.batch_id,
                file.instance,
            ]
            for file, copy, file_id in zip(files, copies, ids, strict=True)
        ],
    )
    con.execute(
        "create or replace temp table group_file "
        "(file_id bigint, captures varchar, is_released boolean)"
    )
    con.executemany(
        "insert into group_file values (?, ?, ?)",
        [
            [file_id, json.dumps(file.slot.captures), file.is_released]
            for file, file_id in zip(files, ids, strict=True)
        ],
    )
    return ids


def _captures_told(task: _Task, file: Candidate) -> dict[str, str]:
    """What the name says, as the ledger may keep it; equal captures stay equal."""
    return {
        name: name_told(value, lambda: task.master, [value])
        for name, value in file.slot.captures.items()
    }


def _take_in(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    files: Sequence[Readable],
    batch_id: int,
) -> None:
    """Read, judge and write files of one header."""
    read_group(con, contract, files)
    note_absent(con, contract, files)
    con.execute(
        "create or replace temp table slot as select f.file_id, f.instance, f.extract_date, "
        "map_from_entries(list_transform(json_keys(g.captures), lambda k: "
        "{'k': k, 'v': json_extract_string(g.captures, '$.' || k)})) as captures "
        "from ledger.file as f join group_file as g using (file_id) "
        "where f.file_id in (select file_id from reading)"
    )
    for step in judge_steps(contract, maps_by_system(con, contract)):
        con.execute(step)
    supersession.find_duplicates(con, contract)
    found = con.execute("select distinct _fault from judged where _fault <> 0").fetchall()
    con.execute(faulty_sql(contract, {row[0] for row in found}))
    reject.bad_files(con, contract, batch_id)
    lists.hold_shrunken(con, contract, batch_id)
    _count_landed(con)
    _quarantine(con, contract, batch_id)
    names = [c.name for c in contract.columns]
    con.execute(
        f"insert into raw.{ident(contract.raw_table)} ({idents(names)}, "
        f"{idents(name for name, _ in UNDERSCORED)}) select {idents(names)}, _client_id, "
        f"_time_zone, _event_date, _file_id, _row_number, now()::timestamp, "
        f"not _is_repeat and {supersession.holds_sql(contract)}, _instance "
        f"from judged where _fault = 0"
    )
    _count_unmapped(con, contract)


def maps_by_system(con: duckdb.DuckDBPyConnection, contract: Contract) -> frozenset[str]:
    """The company maps of this feed whose rows name the system that they hold for."""
    return frozenset(name for name in contract.maps_read if "system" in _columns_of(con, name))


def _columns_of(con: duckdb.DuckDBPyConnection, map_name: str) -> list[str]:
    table = f"raw.{ident(map_name.replace('.', '__'))}"
    return [row[0] for row in con.execute(f"describe {table}").fetchall()]


def _count_landed(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "update ledger.file set landed_n = n from (select file_id, sum(rows_n) as n from ("
        "select _file_id as file_id, count(*) as rows_n from judged group by 1 union all "
        "select _file_id, sum(rows_n) from malformed group by 1) group by 1) as counted "
        "where counted.file_id = ledger.file.file_id and verdict = 'loading'"
    )


def _quarantine(con: duckdb.DuckDBPyConnection, contract: Contract, batch_id: int) -> None:
    head = f"{literal(contract.system)}, {literal(contract.feed)}, f.file_name"
    con.execute(
        f"insert into ledger.quarantine select nextval('ledger.quarantine_ids'), f.file_id, "
        f"{head}, j.n, j.rows_n, j.col, j.shown, j.rule, j.reason, j.raw, {batch_id}, "
        f"now()::timestamp from (select _file_id, _row_number as n, 1 as rows_n, _column as col, "
        f"_shown as shown, _rule as rule, _reason as reason, _raw as raw from faulty "
        f"union all select _file_id, _row_number, rows_n, null, null, "
        f"'malformed', reason, {shape_sql('raw')} from malformed) as j "
        f"join ledger.file as f on f.file_id = j._file_id where f.verdict = 'loading' "
        f"order by f.file_id, j.n"
    )


def _count_unmapped(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    by_system = maps_by_system(con, contract)
    for code in contract.code_maps:
        column = ident(code.column)
        rows = rows_of_map(contract, code.map, by_system, [code.key])
        con.execute(
            f"insert into ledger.unmapped "
            f"select {literal(contract.system)}, {literal(contract.feed)}, "
            f"j._file_id, {literal(code.map)}, {literal(code.column)}, {code_sql('j.code')}, "
            f"sum(j.n) from ("
            f"select _file_id, _instance, {column} as code, "
            f"coalesce(_event_date, _extract_date) as on_date, "
            f"count(*) as n from judged where _fault = 0 and {column} is not null group by all) "
            f"as j where not exists (select 1 from ({rows}) as m where m._instance = j._instance "
            f"and m.{ident(code.key)} = j.code "
            f"and j.on_date >= coalesce(m.valid_from, date '0001-01-01') "
            f"and j.on_date < coalesce(m.valid_to, date '9999-12-31')) group by j._file_id, j.code"
        )


def _outcomes(con: duckdb.DuckDBPyConnection, ids: Sequence[int]) -> list[FileOutcome]:
    con.execute(
        "update ledger.file set unmapped_n = n from (select file_id, sum(rows_n) as n "
        "from ledger.unmapped group by 1) as u where u.file_id = ledger.file.file_id "
        "and u.file_id in (select file_id from group_file)"
    )
    rows = con.execute(
        "select file_id, file_name, extract_date, landed_n, loaded_n, quarantined_n, "
        "superseded_n, unmapped_n, verdict, reason from ledger.file "
        "where file_id in (select file_id from group_file) order by file_id"
    ).fetchall()
    return [FileOutcome(*row) for row in rows]
