"""Before reading: is the file whole, has it the right fields, and whose keys will be needed.

Belongs here: spooling, headers, and the loader's temporary tables of clients and own numbers.
Does not: rows.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from ground.sql import file_literal, ident
from ingest.contracts.contract import Contract
from ingest.errors import FileRejectedError
from ingest.privacy.mask import error_told, fields_told
from ingest.privacy.pseudonym import client_pads
from ingest.read import control
from ingest.read.count import lines_with_text, records_in
from ingest.read.csv_reader import csv_header
from ingest.read.incoming import Readable, sources_of
from ingest.read.limits import JSON_LINE_BYTES, check_document, check_rows
from ingest.read.readers import check_header, described_fields, load_excel, xlsx_source
from ingest.read.spool import spool_text
from ingest.read.strip_extras import note_dropped, without_extras
from ingest.read.taken import Taken

# Not a client: the key of fingerprints that stand for masked text.
MASKED = " masked"
TEXT = ("csv", "ndjson", "json")


def plain_text(contract: Contract, taken: Taken, stem: Path) -> Taken:
    """The copy as plain text, where the format is text; its checksum is that of the text.

    Raises FileRejectedError when it cannot be unpacked or holds nothing.
    """
    if contract.format not in TEXT:
        return taken
    spooled = spool_text(taken.path, stem.with_suffix(".txt"), contract.encoding)
    return replace(
        taken,
        path=spooled.path,
        checksum=spooled.checksum or taken.checksum,
        lines_n=spooled.lines_n,
        repaired=spooled.repaired,
    )


def prepare(
    con: duckdb.DuckDBPyConnection, contract: Contract, taken: Taken, file_id: int
) -> Readable:
    """The file with its fields and the number of its records; what stays out is noted.

    Raises FileRejectedError when it cannot be read or a required field is missing.
    """
    path, lines_n, repaired = taken.path, taken.lines_n, taken.repaired
    in_trailer = control.cut_trailer(contract, path)
    lines_n -= in_trailer is not None
    if contract.format in TEXT and (contract.skip_lines or contract.not_records):
        kept = without_extras(contract, path, path.with_suffix(".kept.txt"))
        path, lines_n = kept.path, kept.lines_n
        note_dropped(con, f"select {file_id}, {kept.dropped_n}")
    _check_size(contract, path)
    present_n = records_in(contract, path)
    if contract.format == "parquet":
        check_rows(path.stat().st_size, present_n or 0)
    con.execute("update ledger.file set present_n = ? where file_id = ?", [present_n, file_id])
    for said_n in (in_trailer, taken.said_n):
        control.compare(said_n, present_n)
    if contract.format == "json":
        _check_document(contract, path)
    if contract.format in ("ndjson", "json"):
        return Readable(file_id, path, repaired=repaired)
    header = _fields(contract, path)
    check_header(contract, header)
    if unlisted := fields_told(header, sources_of(contract)):
        con.execute(
            "update ledger.file set unlisted_columns = ? where file_id = ?",
            [unlisted, file_id],
        )
    return Readable(file_id, path, header, lines_n, repaired)


def _check_size(contract: Contract, path: Path) -> None:
    match contract.format:
        case "json":
            check_document(path.stat().st_size)
        case "csv":
            lines_with_text(path)
        case "ndjson":
            lines_with_text(path, JSON_LINE_BYTES)


def _fields(contract: Contract, path: Path) -> tuple[str, ...]:
    if contract.format == "csv":
        return csv_header(contract, path)
    # On a connection of its own: an error here would end the loader's transaction.
    with duckdb.connect() as probe:
        try:
            if contract.format == "parquet":
                return described_fields(probe, f"read_parquet({file_literal(path)})")
            load_excel(probe)
            return described_fields(probe, xlsx_source(contract, path))
        except duckdb.Error as error:
            raise FileRejectedError(
                "unreadable", f"not a {contract.format} file ({error_told(error)})"
            ) from None


def _check_document(contract: Contract, path: Path) -> None:
    """A document without the branch that holds the records is another system's file.

    One that has nothing but counts says that there are none.
    """
    branch = (contract.records or "$").removesuffix("[*]")
    with duckdb.connect() as probe:
        row = probe.execute(
            "select json_valid(content) and json_type(content) = 'OBJECT' "
            "and json_extract(content, ?) is null and exists (select 1 from "
            "unnest(json_keys(content)) as k(name) where json_type(json_extract(content, "
            "'$.\"' || name || '\"')) in ('OBJECT', 'ARRAY', 'VARCHAR')) "
            f"from read_text({file_literal(path)})",
            [branch],
        ).fetchone()
    if row and row[0]:
        raise FileRejectedError("wrong_document", f"the document has no {branch}")


def by_header(readable: Sequence[Readable]) -> list[list[Readable]]:
    """Files that one statement can read: those with the same fields in the same order."""
    by_header: dict[tuple[str, ...], list[Readable]] = {}
    for file in readable:
        by_header.setdefault(file.header, []).append(file)
    return list(by_header.values())


def set_clients(con: duckdb.DuckDBPyConnection, contract: Contract, master: bytes) -> None:
    """The group's keys and the company's own numbers, in temporary tables that die with it."""
    con.execute(
        "create or replace temp table client_key (client_id varchar, calling_code varchar, "
        "trunk_prefix varchar, international_prefix varchar, inner_pad blob, outer_pad blob)"
    )
    con.execute("create or replace temp table own_number (number varchar)")
    con.execute("create or replace temp table mask_key (inner_pad blob, outer_pad blob)")
    ((_, *pads),) = client_pads(master, [MASKED])
    con.execute("insert into mask_key values (?, ?)", pads)
    if not any(column.is_pseudonym for column in contract.columns):
        return
    known: dict[str, tuple[str | None, ...]] = {"unmapped": (None, None, None)}
    if isinstance(contract.client, str):
        known[contract.client] = (None, None, None)
    if _exists(con, "company__clients"):
        for client, *codes in con.execute(
            "select client_id, max(calling_code), max(trunk_prefix), max(international_prefix) "
            "from raw.company__clients where _is_current group by 1"
        ).fetchall():
            known[client] = tuple(codes)
    con.executemany(
        "insert into client_key values (?, ?, ?, ?, ?, ?)",
        [[c, *known[c], inner, outer] for c, inner, outer in client_pads(master, known)],
    )
    sources = {"company__own_numbers": "number", "company__dialled_numbers": "dialled_number"}
    for table, column in sources.items():
        if _exists(con, table):
            con.execute(
                f"insert into own_number select '+' || regexp_replace({column}, '[^0-9]', '', 'g') "
                f"as number from raw.{ident(table)} where _is_current "
                f"except select number from own_number"
            )


def _exists(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    row = con.execute(
        "select count(*) from information_schema.tables "
        "where table_schema = 'raw' and table_name = ?",
        [table],
    ).fetchone()
    return bool(row and row[0])
