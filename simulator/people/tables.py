"""Tables of text columns, and how each kind of file writes them. Empty text means no value."""

import json
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np

from simulator.people.days import Ints, Texts

Table = dict[str, Texts]
Record = dict[str, str]
# Columns that a typed format (Parquet, JSON) holds as something other than text.
NUMBERS = ("score", "points", "max_points", "weight")
FLAGS = ("not_applicable", "auto_fail")
# Stands in no value.
_BETWEEN = "\x01"


def length(table: Table) -> int:
    """Rows of a table."""
    return next(iter(table.values())).size


def take(table: Table, rows: Ints | slice) -> Table:
    """Some rows of a table."""
    return {name: values[rows] for name, values in table.items()}


def stack(tables: Sequence[Table]) -> Table:
    """Tables of the same columns under each other."""
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def csv_lines(table: Table, delimiter: str = ",") -> list[str]:
    """One line a row; no value needs a quote."""
    return [delimiter.join(row) for row in zip(*(v.tolist() for v in table.values()), strict=True)]


def ndjson_lines(table: Table) -> list[str]:
    """One object a row; `a.b` is nested, an empty value is left out."""
    # Columns that share an outer name become one object, where the first of them stands.
    outers: dict[str, list[list[str]]] = {}
    for name, values in table.items():
        outer, _, inner = name.partition(".")
        outers.setdefault(outer, []).append(_members(inner or outer, name, values))
    columns = []
    for outer, members in outers.items():
        if outer in table:
            columns += members
            continue
        head = f"{_quoted(outer)}:{{"
        inside = (",".join(filter(None, row)) for row in zip(*members, strict=True))
        columns.append([f"{head}{text}}}" if text else "" for text in inside])
    rows = zip(*columns, strict=True)
    return [f"{{{','.join(filter(None, row))}}}" for row in rows]


def _members(key: str, name: str, values: Texts) -> list[str]:
    """`"key":value` of every row; each distinct value is written once. Nothing for empty text."""
    head = f"{_quoted(key)}:"
    texts = values.tolist()
    written = {text: f"{head}{_value(name, text)}" if text else "" for text in set(texts)}
    return [written[text] for text in texts]


def _value(name: str, text: str) -> str:
    if name in NUMBERS and _is_number(text):
        return repr(float(text))
    if name in FLAGS:
        return "true" if text == "true" else "false"
    return _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).removeprefix("-").isdigit()


def gzipped(lines: Sequence[str]) -> bytes:
    """Lines as gzipped UTF-8, the same bytes for the same lines."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    text = "".join(f"{line}\n" for line in lines)
    return packer.compress(text.encode()) + packer.flush()


def parquet(table: Table, types: Mapping[str, str]) -> bytes:
    """A Parquet file; columns are text unless `types` says otherwise."""
    columns = ", ".join(f"'{name}': 'varchar'" for name in table)
    shown = ", ".join(
        f"""cast(nullif("{name}", '') as {types.get(name, "varchar")}) as "{name}\""""
        for name in table
    )
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "rows", Path(folder) / "out.parquet"
        # Many times faster than handing DuckDB columns of Python's texts.
        lines = csv_lines(table, _BETWEEN)
        source.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        _engine().execute(
            f"copy (select {shown} from read_csv($source, auto_detect = false, header = false, "
            f"delim = '{_BETWEEN}', quote = '', escape = '', columns = {{{columns}}})) "
            f"to '{target}' (format parquet)",
            {"source": str(source)},
        )
        return target.read_bytes()


@lru_cache(maxsize=1)
def _engine() -> duckdb.DuckDBPyConnection:
    """In memory, with one thread: rows stay in order and equal rows give equal bytes."""
    con = duckdb.connect()
    con.execute("set threads = 1")
    con.execute("set TimeZone = 'UTC'")
    return con
