"""Readers: files of one feed into the temp tables `incoming` and `malformed`, by SQL alone.

Belongs here: formats. Does not: what the tables look like (`incoming.py`), types, rules,
personal data.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import duckdb

from ground.sql import file_literals, ident, literal
from ingest.contracts.contract import Contract
from ingest.errors import FileRejectedError
from ingest.privacy.mask import known_fields
from ingest.read.csv_reader import read_csv
from ingest.read.incoming import Readable, columns_sql, sources_of
from ingest.read.json_reader import read_json
from ingest.read.strip_extras import not_a_record, note_dropped
from ingest.read.workbook import check_cells, extent


def check_header(contract: Contract, header: Sequence[str]) -> None:
    """Raise FileRejectedError (`missing_column`) when a required column's field is absent."""
    listed = set(sources_of(contract))
    for column in contract.columns:
        for part in column.parts:
            if column.required and part.source in listed and part.source not in header:
                raise FileRejectedError(
                    "missing_column",
                    f"column {part.source!r} (required as {column.name}) is missing; "
                    f"the file has: {known_fields(header, listed)}",
                )


def read_group(
    con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Readable]
) -> None:
    """Fill `incoming` and `malformed` from `files`, which share one header."""
    con.execute(
        "create or replace temp table malformed (_file_id bigint, _row_number bigint, "
        "rows_n bigint, raw varchar, reason varchar)"
    )
    con.execute("create or replace temp table reading (file_id bigint, path varchar)")
    con.executemany("insert into reading values (?, ?)", [[f.file_id, str(f.path)] for f in files])
    match contract.format:
        case "csv":
            read_csv(con, contract, files)
        case "ndjson" | "json":
            read_json(con, contract, files)
        case "parquet":
            _read_parquet(con, contract, files)
        case _:
            _read_xlsx(con, contract, files)
    _set_misencoded_apart(con, contract, [file.file_id for file in files if file.repaired])


def _set_misencoded_apart(
    con: duckdb.DuckDBPyConnection, contract: Contract, repaired: Sequence[int]
) -> None:
    if not repaired:
        return
    parts = [f"p{n}" for n in range(len(sources_of(contract)))]
    line = f"concat_ws(',', {', '.join(parts)})"
    bad = " or ".join(f"coalesce(contains({part}, chr(65533)), false)" for part in parts)
    where = f"_file_id in ({', '.join(map(str, repaired))}) and ({bad})"
    con.execute(
        f"insert into malformed select _file_id, _row_number, 1, {line}, "
        f"'the line is not in the declared encoding' from incoming where {where}"
    )
    con.execute(f"delete from incoming where {where}")


def _read_parquet(
    con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Readable]
) -> None:
    paths = file_literals(f.path for f in files)
    columns = columns_sql(contract, files[0].header, "t")
    con.execute(
        f"create or replace temp table incoming as select g.file_id as _file_id, "
        f"t.file_row_number + 1 as _row_number, {columns} "
        f"from read_parquet([{paths}], file_row_number = true, filename = '_path') as t "
        f"join reading as g on g.path = t._path"
    )
    _all_text(con, contract)


def _all_text(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    casts = ", ".join(f"p{n}::varchar as p{n}" for n in range(len(sources_of(contract))))
    con.execute(
        f"create or replace temp table incoming as select _file_id, _row_number, {casts} "
        f"from incoming"
    )


def load_excel(con: duckdb.DuckDBPyConnection) -> None:
    """Load DuckDB's Excel reader from the installed package; nothing is downloaded."""
    spec = find_spec("duckdb_extension_excel")
    if spec is None or spec.origin is None:
        raise FileRejectedError("unreadable", "the package duckdb-extension-excel is not installed")
    library = next(Path(spec.origin).parent.glob("extensions/*/excel.duckdb_extension"))
    con.execute(f"load {literal(str(library))}")


def xlsx_source(contract: Contract, path: Path) -> str:
    """SQL that reads one sheet as text, to its last written cell and past empty rows."""
    options = f", sheet = {literal(contract.sheet)}" if contract.sheet else ""
    reach = extent(path, contract.sheet)
    if reach:
        column, row = reach
        check_cells(column, row)
        first = min(contract.skip_lines + 1, row)
        options += f", range = 'A{first}:{column}{row}', stop_at_empty = false"
    headed = literal(contract.header)
    return f"read_xlsx({literal(str(path))}, all_varchar = true, header = {headed}{options})"


def _read_xlsx(
    con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Readable]
) -> None:
    load_excel(con)
    columns = columns_sql(contract, files[0].header, "t")
    cells = ", ".join(f"nullif(trim(t.{ident(name)}), '')" for name in files[0].header)
    union = " union all ".join(
        f"select {file.file_id}::bigint as _file_id, t._row_number, {columns}, "
        f"{not_a_record(contract, f'coalesce({cells})')} as _is_extra from "
        f"(select row_number() over () as _row_number, * "
        f"from {xlsx_source(contract, file.path)}) as t where coalesce({cells}) is not null"
        for file in files
    )
    con.execute(f"create or replace temp table incoming as {union}")
    note_dropped(con, "select _file_id, count(*) from incoming where _is_extra group by 1")
    con.execute("delete from incoming where _is_extra")
    con.execute("alter table incoming drop column _is_extra")


def described_fields(con: duckdb.DuckDBPyConnection, source: str) -> tuple[str, ...]:
    """Column names of a table function, as DuckDB sees them."""
    return tuple(row[0] for row in con.execute(f"describe select * from {source}").fetchall())
