"""Readers: files of one feed into the temp table `incoming` of text parts, by SQL alone.

`incoming(_file_id, _row_number, p0, p1, ...)`: one row per record, numbered from 1 within its
file (a header is not counted), one text column per part that the contract lists.
`malformed(_file_id, _row_number, rows_n, raw, reason)`: records that are none.
Belongs here: formats. Does not: types, rules, personal data.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import duckdb

from ingest.contract import Contract, Part
from ingest.errors import FileRejectedError
from ingest.sql import ident, lit, lits

_NO_DELIMITER = "\x01"
_SAMPLED_RECORDS = 100
_REJECT_REASONS = (
    "case error_type when 'MISSING COLUMNS' then 'the line has fewer fields than the header' "
    "when 'TOO MANY COLUMNS' then 'the line has more fields than the header' "
    "when 'UNQUOTED VALUE' then 'a quote is not closed or not escaped' "
    "when 'INVALID ENCODING' then 'the line is not in the declared encoding' "
    "else lower(error_type) end"
)


@dataclass
class Readable:
    """One file ready to be read: its id, where its plain text lies, its header or fields."""

    file_id: int
    path: Path
    header: tuple[str, ...] = field(default=())


def parts_of(contract: Contract) -> list[Part]:
    """The distinct source parts of all columns, in order; part i is `p<i>` in `incoming`."""
    parts = [part for column in contract.columns for part in column.parts]
    return list(dict.fromkeys(part for part in parts if not part.source.startswith("file.")))


def csv_header(contract: Contract, path: Path) -> tuple[str, ...]:
    """Names in the first record; `col1..colN` when the contract says that there is no header."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=contract.delimiter, quotechar=contract.quote or None)
        first = next(reader, [])
    if not contract.header:
        last = max(int(p.source.removeprefix("col")) for p in parts_of(contract))
        return tuple(f"col{n + 1}" for n in range(max(last, len(first))))
    seen: dict[str, int] = {}
    names = []
    for name in (cell.strip() for cell in first):
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(names)


def check_header(contract: Contract, header: Sequence[str]) -> tuple[str, ...]:
    """Fields of the file that the contract does not list; they stay out.

    Raises FileRejectedError (`missing_column`) when a required column's field is absent.
    """
    listed = {part.source for part in parts_of(contract)}
    for column in contract.columns:
        for part in column.parts:
            if column.required and part.source in listed and part.source not in header:
                raise FileRejectedError(
                    "missing_column",
                    f"column {part.source!r} (required as {column.name}) is missing; "
                    f"the file has: {', '.join(header)}",
                )
    return tuple(name for name in header if name not in listed)


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
            _read_csv(con, contract, files)
        case "ndjson" | "json":
            _read_json(con, contract, files)
        case "parquet":
            _read_parquet(con, contract, files)
        case _:
            _read_xlsx(con, contract, files)


def _columns_sql(contract: Contract, header: Sequence[str], alias: str) -> str:
    out = []
    for n, part in enumerate(parts_of(contract)):
        known = part.source in header
        out.append(f"{f'{alias}.{ident(part.source)}' if known else 'null::varchar'} as p{n}")
    return ", ".join(out)


def _numbered(con: duckdb.DuckDBPyConnection, columns: str, source: str, where: str = "") -> None:
    # One global number in file order, then less the file's first: a window per file would sort.
    con.execute(
        f"create or replace temp table numbered as with numbered as ("
        f"select row_number() over () as _n, * from {source}) "
        f"select g.file_id as _file_id, t._n as _row_number, {columns} "
        f"from numbered as t join reading as g on g.path = t._path {where}"
    )
    con.execute(
        "create or replace temp table incoming as select n._file_id, "
        "n._row_number - f.before_n as _row_number, n.* exclude (_file_id, _row_number) "
        "from numbered as n join (select _file_id, min(_row_number) - 1 as before_n "
        "from numbered group by 1) as f using (_file_id)"
    )
    con.execute("drop table numbered")


def _csv_source(contract: Contract, header: Sequence[str], paths: str, *, headed: bool) -> str:
    names = ", ".join(f"{lit(name)}: 'VARCHAR'" for name in header)
    return (
        f"read_csv([{paths}], auto_detect = false, header = {lit(headed)}, "
        f"delim = {lit(contract.delimiter)}, quote = {lit(contract.quote)}, "
        f"escape = {lit(contract.quote)}, columns = {{{names}}}, filename = '_path', "
        f"store_rejects = true, rejects_limit = 0, new_line = '\\n', "
        f"null_padding = {lit(not contract.header)})"
    )


def _forget_rejects(con: duckdb.DuckDBPyConnection) -> None:
    for table in ("reject_errors", "reject_scans"):
        con.execute(f"drop table if exists {table}")


def _read_csv(
    con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Readable]
) -> None:
    header = files[0].header
    _forget_rejects(con)
    paths = lits(str(f.path) for f in files)
    source = _csv_source(contract, header, paths, headed=contract.header)
    _numbered(con, _columns_sql(contract, header, "t"), source)
    offset = 1 if contract.header else 0
    con.execute(
        f"create or replace temp table rejected as "
        f"select g.file_id, e.line - {offset} as n, any_value(ltrim(e.csv_line, chr(10))) as raw, "
        f"any_value({_REJECT_REASONS}) as reason "
        f"from reject_errors as e join reject_scans as s using (scan_id, file_id) "
        f"join reading as g on g.path = s.file_path group by 1, 2"
    )
    torn = con.execute(
        "select distinct file_id from rejected where contains(rtrim(raw, chr(10)), chr(10)) "
        "or reason like '%maximum%' or raw = ''"
    ).fetchall()
    if torn and contract.quote:
        _reread_by_line(con, contract, [f for f in files if (f.file_id,) in torn])
    con.execute(
        "insert into malformed select file_id, n, 1, raw, reason from rejected "
        "where file_id not in (select _file_id from malformed)"
    )
    con.execute(
        # k-th good row stands behind every reject whose number less its rank is below k.
        "update incoming set _row_number = shifted.n from ("
        "with ranked as (select file_id, n - row_number() over (partition by file_id order by n) "
        "as good_before from rejected), "
        "affected as (select i._file_id, i._row_number, count(*) as shift_n from incoming as i "
        "join ranked as r on r.file_id = i._file_id and r.good_before < i._row_number "
        "where i._file_id not in (select _file_id from malformed where reason like 'quotes%') "
        "group by 1, 2) select _file_id, _row_number, _row_number + shift_n as n from affected"
        ") as shifted where shifted._file_id = incoming._file_id "
        "and shifted._row_number = incoming._row_number"
    )


def _reread_by_line(
    con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Readable]
) -> None:
    """An open quote swallowed good lines: take only lines whose quotes are even."""
    for file in files:
        con.execute("delete from incoming where _file_id = ?", [file.file_id])
        con.execute("delete from rejected where file_id = ?", [file.file_id])
        skip = "and _n > 1" if contract.header else ""
        base = 1 if contract.header else 0
        con.execute(
            f"create or replace temp table line as select _n, line, "
            f"(length(line) - length(replace(line, {lit(contract.quote)}, ''))) % 2 = 1 as is_torn "
            f"from (select row_number() over () as _n, line from {_line_source([file])}) "
            f"where trim(line) <> '' {skip}"
        )
        con.execute(
            f"insert into malformed select {file.file_id}, _n - {base}, 1, line, "
            f"'quotes do not close on this line' from line where is_torn"
        )
        kept = file.path.with_suffix(".kept.csv")
        con.execute(
            f"copy (select line from line where not is_torn order by _n) to {lit(str(kept))} "
            f"(format csv, header false, quote '', escape '', delimiter {lit(_NO_DELIMITER)})"
        )
        _forget_rejects(con)
        source = _csv_source(contract, file.header, lit(str(kept)), headed=False)
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
            f"{_columns_sql(contract, file.header, 'r')} from reread as r join place using (good_n)"
        )


def _line_source(files: Sequence[Readable]) -> str:
    paths = lits(str(f.path) for f in files)
    return (
        f"read_csv([{paths}], auto_detect = false, header = false, delim = {lit(_NO_DELIMITER)}, "
        f"quote = '', escape = '', columns = {{'line': 'VARCHAR'}}, filename = '_path', "
        f"new_line = '\\n', max_line_size = 67108864)"
    )


def json_path(source: str) -> str:
    """`customer.phone` or `$.customer.phone` as a JSON path."""
    return source if source.startswith("$") else "$." + source


def _read_json(
    con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Readable]
) -> None:
    if contract.format == "ndjson":
        source = _line_source(files)
    else:
        steps = (contract.records or "$").removesuffix("[*]")
        paths = lits(str(f.path) for f in files)
        source = (
            f"(select filename as _path, unnest(json_extract(content, {lit(steps + '[*]')}))"
            f"::varchar as line from read_text([{paths}]))"
        )
    paths_list = ", ".join(lit(json_path(part.source)) for part in parts_of(contract))
    columns = ", ".join(f"v[{n + 1}] as p{n}" for n in range(len(parts_of(contract))))
    _numbered(con, "t.line, null::varchar[] as v", source, "where trim(t.line) <> ''")
    con.execute(
        "insert into malformed select _file_id, _row_number, 1, line, "
        "'the line is no JSON object' from incoming "
        "where not json_valid(line) or json_type(line) <> 'OBJECT'"
    )
    _note_unlisted(con, contract)
    con.execute(
        f"create or replace temp table incoming as select _file_id, _row_number, {columns} from ("
        f"select _file_id, _row_number, json_extract_string(line, [{paths_list}]) as v "
        f"from incoming where json_valid(line) and json_type(line) = 'OBJECT')"
    )


def _note_unlisted(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Top-level fields of the first records of each file that the contract does not name."""
    sources = [part.source.removeprefix("$.") for part in parts_of(contract)]
    listed = lits(source.split(".")[0].split("[")[0] for source in sources)
    con.execute(
        f"update ledger.file set unlisted_columns = u.names from ("
        f"select _file_id, string_agg(distinct name, ', ' order by name) as names from ("
        f"select _file_id, unnest(json_keys(line)) as name from incoming "
        f"where _row_number <= {_SAMPLED_RECORDS} and json_valid(line) "
        f"and json_type(line) = 'OBJECT') where name not in ({listed}) group by 1) as u "
        f"where u._file_id = ledger.file.file_id"
    )


def _read_parquet(
    con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Readable]
) -> None:
    paths = lits(str(f.path) for f in files)
    columns = _columns_sql(contract, files[0].header, "t")
    con.execute(
        f"create or replace temp table incoming as select g.file_id as _file_id, "
        f"t.file_row_number + 1 as _row_number, {columns} "
        f"from read_parquet([{paths}], file_row_number = true, filename = '_path') as t "
        f"join reading as g on g.path = t._path"
    )
    _all_text(con, contract)


def _all_text(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    casts = ", ".join(f"p{n}::varchar as p{n}" for n in range(len(parts_of(contract))))
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
    con.execute(f"load {lit(str(library))}")


def xlsx_source(contract: Contract, path: Path) -> str:
    """SQL that reads one sheet as text."""
    sheet = f", sheet = {lit(contract.sheet)}" if contract.sheet else ""
    return f"read_xlsx({lit(str(path))}, all_varchar = true, header = true{sheet})"


def _read_xlsx(
    con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Readable]
) -> None:
    load_excel(con)
    columns = _columns_sql(contract, files[0].header, "t")
    union = " union all ".join(
        f"select {file.file_id}::bigint as _file_id, t._row_number, {columns} from "
        f"(select row_number() over () as _row_number, * "
        f"from {xlsx_source(contract, file.path)}) as t"
        for file in files
    )
    con.execute(f"create or replace temp table incoming as {union}")


def described_fields(con: duckdb.DuckDBPyConnection, source: str) -> tuple[str, ...]:
    """Column names of a table function, as DuckDB sees them."""
    return tuple(row[0] for row in con.execute(f"describe select * from {source}").fetchall())
