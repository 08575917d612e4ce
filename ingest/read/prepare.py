"""Before reading: is the file whole, has it the right fields, and whose keys will be needed.

Belongs here: spooling, headers, and the loader's temporary tables of clients and own numbers.
Does not: rows.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from ground.sql import ident, literal
from ingest.contracts.contract import Contract
from ingest.errors import FileRejectedError
from ingest.privacy.mask import error_told, fields_told
from ingest.privacy.pseudonym import client_pads
from ingest.read.csv_reader import csv_header
from ingest.read.incoming import Readable, sources_of
from ingest.read.readers import check_header, described_fields, load_excel, xlsx_source
from ingest.read.spool import spool_text
from ingest.read.strip_extras import note_dropped, without_extras

# Not a client: the key of fingerprints that stand for masked text.
MASKED = " masked"


def prepare(
    con: duckdb.DuckDBPyConnection, contract: Contract, path: Path, file_id: int, spool: Path
) -> Readable:
    """The file, spooled if it must be, with its fields; what stays out is noted in the ledger.

    Raises FileRejectedError when it cannot be read or a required field is missing.
    """
    lines_n, repaired = 0, False
    if contract.format in ("csv", "ndjson", "json"):
        spooled = spool_text(path, spool / f"{file_id}.txt", contract.encoding)
        path, lines_n, repaired = spooled.path, spooled.lines_n, spooled.repaired
        if contract.skip_lines or contract.not_records:
            kept = without_extras(contract, path, spool / f"{file_id}.kept.txt")
            path, lines_n = kept.path, kept.lines_n
            note_dropped(con, f"select {file_id}, {kept.dropped_n}")
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


def _fields(contract: Contract, path: Path) -> tuple[str, ...]:
    if contract.format == "csv":
        return csv_header(contract, path)
    # On a connection of its own: an error here would end the loader's transaction.
    with duckdb.connect() as probe:
        try:
            if contract.format == "parquet":
                return described_fields(probe, f"read_parquet({literal(str(path))})")
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
            "'$.\"' || name || '\"')) in ('OBJECT', 'ARRAY', 'VARCHAR')) from read_text(?)",
            [branch, str(path)],
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
