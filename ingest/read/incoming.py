"""The loader's first temp tables, which every reader fills.

`incoming(_file_id, _row_number, p0, p1, ...)`: one row per record, numbered from 1 within its
file (a header is not counted), one text column per source that the contract lists.
`malformed(_file_id, _row_number, rows_n, raw, reason)`: records that are none.
Belongs here: what readers share. Does not: any one format.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ground.sql import file_literals, ident, literal
from ingest.contracts.contract import Contract

# A byte that no text holds: the whole line is one field.
NO_DELIMITER = "\x01"


@dataclass
class Readable:
    """One file ready to be read: its id, its plain text, its header, its physical lines.

    `repaired`: some bytes were not in the declared encoding and stand as U+FFFD.
    """

    file_id: int
    path: Path
    header: tuple[str, ...] = field(default=())
    lines_n: int = 0
    repaired: bool = False


def sources_of(contract: Contract) -> list[str]:
    """The distinct sources of all columns, in order; source i is `p<i>` in `incoming`."""
    parts = [part for column in contract.columns for part in column.parts]
    read = [source for part in parts for source in (part.source, *(when for when, _ in part.when))]
    return list(dict.fromkeys(source for source in read if not source.startswith("file.")))


def columns_sql(contract: Contract, header: Sequence[str], alias: str) -> str:
    """SQL: the sources p0, p1, ... from fields of `alias`; null where the file has no field."""
    out = []
    for n, source in enumerate(sources_of(contract)):
        known = source in header
        out.append(f"{f'{alias}.{ident(source)}' if known else 'null::varchar'} as p{n}")
    return ", ".join(out)


def numbered(
    con: duckdb.DuckDBPyConnection,
    into: str,
    columns: str,
    source: str,
    files: Sequence[Readable],
    where: str = "",
) -> None:
    """Create `into` from a table function of `files` (with `_path`); rows have one count over all.

    A window per file would sort. Less `before_n` of `before_file` it is the file's own.
    """
    one = f"{files[0].file_id}::bigint"
    file_id, join = (
        (one, "") if len(files) == 1 else ("g.file_id", "join reading as g on g.path = t._path")
    )
    con.execute(
        f"create or replace temp table {into} as with numbered as ("
        f"select row_number() over () as _n, * from {source}) "
        f"select {file_id} as _file_id, t._n as _row_number, {columns} "
        f"from numbered as t {join} {where}"
    )
    con.execute(
        f"create or replace temp table before_file as select _file_id, "
        f"min(_row_number) - 1 as before_n from {into} group by 1"
    )


def line_source(files: Sequence[Readable]) -> str:
    """SQL: the physical lines of the files, as `line` and `_path`."""
    paths = file_literals(f.path for f in files)
    return (
        f"read_csv([{paths}], auto_detect = false, header = false, "
        f"delim = {literal(NO_DELIMITER)}, quote = '', escape = '', "
        f"columns = {{'line': 'VARCHAR'}}, filename = '_path', "
        f"new_line = '\\n', max_line_size = 67108864)"
    )
