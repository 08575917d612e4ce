"""How many records a file holds, counted by other means than those that read it.

Belongs here: one count per format, over the private copy. Does not: reading values. The ledger
compares it with what was read; DuckDB reads, so nothing here asks DuckDB but for a footer.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from ground.sql import file_literal
from ingest.contracts.contract import Contract
from ingest.errors import FileRejectedError
from ingest.read.limits import CSV_LINE_BYTES, JSON_LINE_BYTES, check_line

_CHUNK = 1 << 22


def records_in(contract: Contract, path: Path) -> int | None:
    """Records of the file, a header not counted; None for a workbook, whose rows have no count."""
    match contract.format:
        case "csv":
            return _csv_records(contract, path) - int(contract.header)
        case "ndjson":
            return _line_records(contract, path)
        case "json":
            return _document_records(contract, path)
        case "parquet":
            return _parquet_rows(path)
        case _:
            return None


def _csv_records(contract: Contract, path: Path) -> int:
    quote = contract.quote.encode()
    if not quote or not _holds(path, quote):
        return lines_with_text(path)
    csv.field_size_limit(max(csv.field_size_limit(), JSON_LINE_BYTES))
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        lines = (line for line in file)
        reader = csv.reader(lines, delimiter=contract.delimiter, quotechar=contract.quote)
        return sum(1 for record in reader if record)


def lines_with_text(path: Path, most: int = CSV_LINE_BYTES) -> int:
    """Lines that are not empty, the last one without an end included."""
    found, tail = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            *whole, tail = (tail + chunk).split(b"\n")
            found += sum(map(bool, whole))
            check_line(max(map(len, whole), default=0), most)
            check_line(len(tail), most)
    return found + bool(tail)


def _holds(path: Path, what: bytes) -> bool:
    with path.open("rb") as file:
        return any(what in chunk for chunk in iter(lambda: file.read(_CHUNK), b""))


def _line_records(contract: Contract, path: Path) -> int:
    if contract.concatenated:
        return sum(_rows_of_values(contract, line) for line in _texts(path))
    if contract.each:
        return sum(_rows_of(contract, line) for line in _texts(path))
    with path.open("rb") as file:
        return sum(1 for line in file if line.strip(b" \n"))


def _texts(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        yield from (line for line in file if line.strip(" \n"))


def _rows_of_values(contract: Contract, line: str) -> int:
    """Rows of JSON values one behind the other; what is torn at the end is one as well."""
    decoder, at, found, text = json.JSONDecoder(), 0, 0, line.strip()
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return found + 1
        found += _elements(value, contract.each) if isinstance(value, dict) else 1
        while text[at : at + 1].isspace():
            at += 1
    return found


def _rows_of(contract: Contract, line: str) -> int:
    try:
        record = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return 1
    return _elements(record, contract.each) if isinstance(record, dict) else 1


def _refuse(name: str) -> None:
    raise ValueError(name)


def _document_records(contract: Contract, path: Path) -> int:
    try:
        found: Any = json.loads(path.read_bytes(), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise FileRejectedError("unreadable", "the file is no JSON document") from None
    for step in (contract.records or "$").removesuffix("[*]").split(".")[1:]:
        found = found.get(step) if isinstance(found, dict) else None
    if not isinstance(found, list):
        return 0
    return sum(_elements(r, contract.each) if isinstance(r, dict) else 1 for r in found)


def _elements(record: Any, each: str | None) -> int:
    """Innermost elements of `a.b[].c[]`; a branch without one counts as one."""
    if not each:
        return 1
    here: list[Any] = [record]
    for step in each.split("."):
        name, below = step.removesuffix("[]"), []
        for one in here:
            value = one.get(name) if isinstance(one, dict) else None
            if not step.endswith("[]"):
                below.append(value)
            else:
                below += value if isinstance(value, list) and value else [None]
        here = below
    return len(here)


def _parquet_rows(path: Path) -> int:
    with duckdb.connect() as con:
        row = con.execute(
            f"select sum(num_rows) from parquet_file_metadata({file_literal(path)})"
        ).fetchone()
    return int(row[0]) if row and row[0] is not None else 0
