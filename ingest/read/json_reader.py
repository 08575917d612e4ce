"""JSON: records by line, in an array, one behind the other, or nested in arrays of a record.

Belongs here: how records and the rows inside them are found. Does not: other formats
(`readers.py`), types.
"""

from collections.abc import Sequence

import duckdb

from ground.sql import file_literals, literal, literals
from ingest.contracts.contract import Contract
from ingest.privacy.mask import shape_sql
from ingest.read.incoming import Readable, line_source, numbered, sources_of

_SAMPLED_RECORDS = 100
_NAME_LENGTH = 40
_POSITION = "#"


def json_path(source: str) -> str:
    """`customer.phone` or `$.customer.phone` as a JSON path."""
    return source if source.startswith("$") else "$." + source


def read_json(
    con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Readable]
) -> None:
    """Fill `incoming` and `malformed` from JSON."""
    is_object = "case when json_valid(t.line) then json_type(t.line) = 'OBJECT' else false end"
    numbered(
        con,
        "record",
        f"t.line, {is_object} as is_object",
        _records(contract, files),
        files,
        "where trim(t.line) <> ''",
    )
    con.execute(
        "insert into malformed select _file_id, _row_number - before_n, 1, line, "
        "'the line is no JSON object' from record join before_file using (_file_id) "
        "where not is_object"
    )
    _note_unlisted(con, contract)
    _take_rows(con, contract)


def _records(contract: Contract, files: Sequence[Readable]) -> str:
    """SQL: one row per record, as `line` and `_path`."""
    if contract.format == "ndjson":
        lines = line_source(files)
        if not contract.concatenated:
            return lines
        parted = "regexp_replace(line, '[}][ \\t]*[{]', '}' || chr(10) || '{', 'g')"
        return f"(select _path, unnest(string_split({parted}, chr(10))) as line from {lines})"
    steps = (contract.records or "$").removesuffix("[*]")
    paths = file_literals(f.path for f in files)
    return (
        f"(select filename as _path, unnest(json_extract(content, {literal(steps + '[*]')}))"
        f"::varchar as line from read_text([{paths}]))"
    )


def _note_unlisted(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Shapes of the top-level fields of the first records that the contract does not name."""
    sources = [source.removeprefix("$.") for source in sources_of(contract)]
    listed = literals(source.split(".")[0].split("[")[0] for source in sources)
    con.execute(
        f"update ledger.file set unlisted_columns = u.names from ("
        f"select _file_id, string_agg(name, ', ' order by name) as names from ("
        f"select distinct _file_id, left({shape_sql('name')}, {_NAME_LENGTH}) as name from ("
        f"select _file_id, unnest(json_keys(line)) as name from record "
        f"join before_file using (_file_id) "
        f"where is_object and _row_number - before_n <= {_SAMPLED_RECORDS}) "
        f"where name not in ({listed})) group by 1) as u "
        f"where u._file_id = ledger.file.file_id"
    )


def levels_of(each: str | None) -> list[str]:
    """`a.b[].c[]` as the cumulative paths `a.b[]`, `a.b[].c[]`; what is no array is on the way."""
    names = each.split(".") if each else []
    return [".".join(names[: n + 1]) for n, name in enumerate(names) if name.endswith("[]")]


def _level_of(source: str, levels: Sequence[str]) -> tuple[int, str]:
    """The level (0: the record) whose element the source is looked up in, and the path there."""
    for depth in range(len(levels), 0, -1):
        head = levels[depth - 1] + "."
        if source.startswith(head):
            return depth, source.removeprefix(head)
    return 0, source


def _take_rows(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """One row per record, or per innermost element; a record without one keeps a row of its own.

    Such a row is nobody's loss in silence: what is required of the element is missing on it.
    """
    levels = levels_of(contract.each)
    table = (
        "(select _file_id, _row_number - before_n as _row_number, line as l0 "
        "from record join before_file using (_file_id) where is_object)"
    )
    for depth, level in enumerate(levels, 1):
        above = levels[depth - 2] + "." if depth > 1 else ""
        step = level.removeprefix(above).removesuffix("[]")
        items = f"json_extract(l{depth - 1}, {literal(f'$.{step}[*]')})"
        table = (
            f"(select * exclude (items), unnest(items) as l{depth}, "
            f"unnest(range(1, len(items) + 1)) as n{depth} from (select *, "
            f"case when len({items}) > 0 then {items} else [null::json] end as items from {table}))"
        )
    at: list[list[tuple[int, str]]] = [[] for _ in range(len(levels) + 1)]
    columns = []
    for n, source in enumerate(sources_of(contract)):
        depth, path = _level_of(source, levels)
        if path == _POSITION and depth:
            columns.append(f"case when l{depth} is not null then n{depth} end::varchar as p{n}")
        else:
            at[depth].append((n, json_path(path)))
            columns.append(f"v{depth}[{len(at[depth])}] as p{n}")
    found = ", ".join(
        f"json_extract_string(l{depth}, [{literals(path for _, path in wanted)}]) as v{depth}"
        for depth, wanted in enumerate(at)
        if wanted
    )
    order = ", ".join(["_row_number", *(f"n{n + 1}" for n in range(len(levels)))])
    number = (
        f"row_number() over (partition by _file_id order by {order})" if levels else "_row_number"
    )
    places = "".join(f", n{n + 1}" for n in range(len(levels)))
    whole = "".join(f", l{n + 1}" for n in range(len(levels)))
    con.execute(
        f"create or replace temp table incoming as select _file_id, {number} as _row_number, "
        f"{', '.join(columns)} from (select _file_id, _row_number{places}{whole}, {found} "
        f"from {table})"
    )
    con.execute("drop table record")
