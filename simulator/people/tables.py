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
    names = list(table)
    rows = zip(*(values.tolist() for values in table.values()), strict=True)
    return [json_line(dict(zip(names, row, strict=True))) for row in rows]


def json_line(record: Mapping[str, str]) -> str:
    """One record as a JSON object."""
    out: dict[str, object] = {}
    for name, text in record.items():
        if text == "":
            continue
        value: object = text
        if name in NUMBERS and _is_number(text):
            value = float(text)
        elif name in FLAGS:
            value = text == "true"
        outer, _, inner = name.partition(".")
        if inner:
            nested = out.setdefault(outer, {})
            assert isinstance(nested, dict)
            nested[inner] = value
        else:
            out[outer] = value
    return json.dumps(out, separators=(",", ":"), ensure_ascii=False)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).removeprefix("-").isdigit()


def gzipped(lines: Sequence[str]) -> bytes:
    """Lines as gzipped UTF-8, the same bytes for the same lines."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    text = "".join(f"{line}\n" for line in lines)
    return packer.compress(text.encode()) + packer.flush()


def parquet(table: Table, types: Mapping[str, str]) -> bytes:
    """A Parquet file; columns are text unless `types` says otherwise."""
    shown = ", ".join(
        f"""cast(nullif("{name}", '') as {types.get(name, "varchar")}) as "{name}\""""
        for name in table
    )
    con = _engine()
    con.register("rows", table)
    with TemporaryDirectory() as folder:
        target = Path(folder) / "out.parquet"
        con.execute(f"copy (select {shown} from rows) to '{target}' (format parquet)")
        return target.read_bytes()


@lru_cache(maxsize=1)
def _engine() -> duckdb.DuckDBPyConnection:
    """In memory, with one thread: rows stay in order and equal rows give equal bytes."""
    con = duckdb.connect()
    con.execute("set threads = 1")
    con.execute("set TimeZone = 'UTC'")
    return con
