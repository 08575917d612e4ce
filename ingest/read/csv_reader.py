"""CSV, read so that every physical line is accounted for.

Belongs here: delimited text, its header, its malformed lines. Does not: other formats
(`readers.py`).
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import duckdb

from ground.sql import file_literal, file_literals, ident, literal
from ingest.contracts.contract import Contract
from ingest.errors import FileRejectedError
from ingest.read.count import lines_with_text
from ingest.read.incoming import (
    NO_DELIMITER,
    Readable,
    columns_sql,
    line_source,
    numbered,
    sources_of,
)
from ingest.read.limits import CSV_LINE_BYTES, check_columns

_REJECT_REASONS = (
    "case error_type when 'MISSING COLUMNS' then 'the line has fewer fields than the header' "
    "when 'TOO MANY COLUMNS' then 'the line has more fields than the header' "
    "when 'UNQUOTED VALUE' then 'a quote is not closed or not escaped' "
    "when 'INVALID ENCODING' then 'the line is not in the declared encoding' "
    "else lower(error_type) end"
)


def csv_header(contract: Contract, path: Path) -> tuple[str, ...]:
    """Names in the first record; `col1..colN` when the contract says that there is no header."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        lines = iter(lambda: file.readline(CSV_LINE_BYTES), "")
        reader = csv.reader(lines, delimiter=contract.delimiter, quotechar=contract.quote or None)
        try:
            first = next(reader, [])
        except csv.Error:
            raise FileRejectedError(
                "unreadable", "the first line has a quote that is not closed, or is no header"
            ) from None
    check_columns(len(first))
    if not contract.header:
        last = max(int(source.removeprefix("col")) for source in sources_of(contract))
        most = max(last, len(first), contract.fields_n)
        return tuple(f"col{n + 1}" for n in range(most))
    seen: dict[str, int] = {}
    names = []
    for name in (cell.strip() or f"col{n + 1}" for n, cell in enumerate(first)):
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(names)


def _csv_source(contract: Contract, header: Sequence[str], paths: str, *, headed: bool) -> str:
    names = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header)
    return (
        f"read_csv([{paths}], auto_detect = false, header = {literal(headed)}, "
        f"delim = {literal(contract.delimiter)}, quote = {literal(contract.quote)}, "
        f"escape = {literal(contract.quote)}, columns = {{{names}}}, filename = '_path', "
        f"store_rejects = true, rejects_limit = 0, new_line = '\\n', "
        f"null_padding = {literal(not contract.header)})"
    )


def _forget_rejects(con: duckdb.DuckDBPyConnection) -> None:
    for table in ("reject_errors", "reject_scans"):
        con.execute(f"drop table if exists {table}")


def read_csv(con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Readable]) -> None:
    """Fill `incoming` and `malformed` from delimited text."""
    header = files[0].header
    _forget_rejects(con)
    paths = file_literals(f.path for f in files)
    source = _csv_source(contract, header, paths, headed=contract.header)
    columns = columns_sql(contract, header, "t")
    if len(files) == 1:
        numbered(con, "incoming", columns, source, files)
    else:
        numbered(con, "numbered", columns, source, files)
        con.execute(
            "create or replace temp table incoming as select n._file_id, "
            "n._row_number - b.before_n as _row_number, n.* exclude (_file_id, _row_number) "
            "from numbered as n join before_file as b using (_file_id)"
        )
        con.execute("drop table numbered")
    offset = 1 if contract.header else 0
    con.execute(
        f"create or replace temp table rejected as "
        f"select g.file_id, e.line - {offset} as n, any_value(ltrim(e.csv_line, chr(10))) as raw, "
        f"any_value({_REJECT_REASONS}) as reason "
        f"from reject_errors as e join reject_scans as s using (scan_id, file_id) "
        f"join reading as g on g.path = s.file_path group by 1, 2"
    )
    torn = _files_with_lost_lines(con, contract, files)
    _reread_by_line(con, contract, torn)
    if not con.execute("select 1 from rejected limit 1").fetchone():
        return
    con.execute("insert into malformed select file_id, n, 1, raw, reason from rejected")
    con.execute(
        # k-th good row stands behind every reject whose number less its rank is below k.
        "update incoming set _row_number = shifted.n from ("
        "with ranked as (select file_id, n - row_number() over (partition by file_id order by n) "
        "as good_before from rejected), "
        "affected as (select i._file_id, i._row_number, count(*) as shift_n from incoming as i "
        "join ranked as r on r.file_id = i._file_id and r.good_before < i._row_number "
        "group by 1, 2) select _file_id, _row_number, _row_number + shift_n as n from affected"
        ") as shifted where shifted._file_id = incoming._file_id "
        "and shifted._row_number = incoming._row_number"
    )


def _files_with_lost_lines(
    con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Readable]
) -> list[Readable]:
    """Files of which the reader has dropped lines: behind a quote that is never closed.

    DuckDB gives up the rest of such a file without a word, so every line is accounted for.
    """
    rows = con.execute(
        "select file_id, sum(n) from ("
        "select _file_id as file_id, count(*) as n from incoming group by 1 union all "
        "select file_id, count(*) from rejected group by 1) group by 1"
    ).fetchall()
    records = dict(rows)
    swallowing = con.execute(
        "select distinct file_id from rejected where contains(rtrim(raw, chr(10)), chr(10))"
    ).fetchall()
    headed = int(contract.header)
    out = []
    for file in files if contract.quote else ():
        complete = records.get(file.file_id, 0) == file.lines_n - headed
        if (file.file_id,) in swallowing or not (complete or _all_lines_read(con, contract, file)):
            out.append(file)
    return out


def _all_lines_read(con: duckdb.DuckDBPyConnection, contract: Contract, file: Readable) -> bool:
    """True when records, the line ends inside their fields, and rejects make up all lines."""
    inside = " + ".join(
        f"coalesce(length({ident(name)}) - length(replace({ident(name)}, chr(10), '')), 0)"
        for name in file.header
    )
    source = _csv_source(contract, file.header, file_literal(file.path), headed=contract.header)
    row = con.execute(
        f"select (select coalesce(sum(1 + {inside}), 0) from {source}) + (select coalesce(sum("
        f"1 + length(rtrim(raw, chr(10))) - length(replace(rtrim(raw, chr(10)), chr(10), ''))), 0) "
        f"from rejected where file_id = {file.file_id}) + {int(contract.header)} = "
        f"(select count(*) from {line_source([file])} where trim(line) <> '')"
    ).fetchone()
    return bool(row and row[0])


def _reread_by_line(
    con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Readable]
) -> None:
    """An open quote swallowed good lines: take only lines whose quotes are even."""
    for file in files:
        # Each line is a record of its own now, and so the count of them is another.
        con.execute(
            "update ledger.file set present_n = ? where file_id = ?",
            [lines_with_text(file.path) - int(contract.header), file.file_id],
        )
        con.execute("delete from incoming where _file_id = ?", [file.file_id])
        con.execute("delete from rejected where file_id = ?", [file.file_id])
        skip = "and _n > 1" if contract.header else ""
        base = 1 if contract.header else 0
        con.execute(
            f"create or replace temp table line as select _n, line, "
            f"(length(line) - length(replace(line, {literal(contract.quote)}, ''))) % 2 = 1 "
            f"as is_torn from (select row_number() over () as _n, line from {line_source([file])}) "
            f"where line <> '' {skip}"
        )
        con.execute(
            f"insert into malformed select {file.file_id}, _n - {base}, 1, line, "
            f"'quotes do not close on this line' from line where is_torn"
        )
        kept = file.path.with_suffix(".kept.csv")
        con.execute(
            f"copy (select line from line where not is_torn order by _n) to {literal(str(kept))} "
            f"(format csv, header false, quote '', escape '', delimiter {literal(NO_DELIMITER)})"
        )
        _forget_rejects(con)
        source = _csv_source(contract, file.header, file_literal(kept), headed=False)
        con.execute(
            f"create or replace temp table reread as "
            f"select row_number() over () as good_n, * from {source}"
        )
        con.execute(
            f"create or replace temp table place as with numbered as ("
            f"select row_number() over (order by _n) as k, _n - {base} as n "
            f"from line where not is_torn), refused as (select line as k, "
            f"any_value(csv_line) as raw, any_value({_REJECT_REASONS}) as reason "
            f"from reject_errors group by 1) select n.n, r.raw, r.reason, "
            f"case when r.k is null then row_number() over (partition by r.k is null order by k) "
            f"end as good_n from numbered as n left join refused as r using (k)"
        )
        con.execute(
            f"insert into malformed select {file.file_id}, n, 1, raw, reason from place "
            f"where good_n is null"
        )
        con.execute(
            f"insert into incoming select {file.file_id}, place.n, "
            f"{columns_sql(contract, file.header, 'r')} from reread as r join place using (good_n)"
        )
