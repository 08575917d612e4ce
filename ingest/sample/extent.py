"""Where the records of a sample are: its fields' names, and lines that are no records.

Belongs here: the header and the tail, in text and in workbooks. Does not: values (`profile.py`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from ground.sql import literal
from ingest.errors import FileRejectedError
from ingest.read.csv_reader import csv_header
from ingest.read.readers import described_fields, load_excel
from ingest.read.spool import plain_head, spool_text
from ingest.read.strip_extras import without_extras
from ingest.read.workbook import extent as sheet_extent
from ingest.sample import words
from ingest.sample.shape import SampleError, Shape, header_row, more_headers
from ingest.sample.text_contract import text_contract

_TAIL = 15
_ROWS = 200


@dataclass(frozen=True)
class Extent:
    """The shape, now with the header's place; names of the fields; what is no record."""

    shape: Shape
    fields: tuple[str, ...]
    not_records: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def extent_of(sample: Path, shape: Shape, scratch: Path) -> Extent:
    """Find the fields and the tail. Raises SampleError when there is no table."""
    try:
        match shape.format:
            case "csv":
                return _of_text(sample, shape, scratch)
            case "xlsx":
                return _of_sheet(sample, shape)
            case "parquet":
                with duckdb.connect() as con:
                    return Extent(
                        shape, described_fields(con, f"read_parquet({literal(str(sample))})")
                    )
            case _:
                return Extent(shape, shape.fields)
    except (FileRejectedError, duckdb.Error) as error:
        raise SampleError(f"{sample.name}: {str(error).splitlines()[0]}") from error


def _of_text(sample: Path, shape: Shape, scratch: Path) -> Extent:
    spooled = spool_text(sample, scratch / "sample.txt", shape.encoding)
    lines = plain_head(spooled.path, 1 << 28).decode("utf-8", "replace").split("\n")
    blank = f' \t\r{shape.delimiter}"'
    last = [line.lstrip(blank) for line in lines if line.strip(blank)][-_TAIL:]
    end = rf'\s*:?\s*"?\s*({re.escape(shape.delimiter)}|$)'
    found = (*shape.not_records, *_not_records(last, end))
    contract = text_contract(scratch, "sample", shape, not_records=found)
    kept = without_extras(contract, spooled.path, scratch / "kept.txt")
    if not shape.header:
        fields = tuple(f"col{n + 1}" for n in range(shape.width))
    else:
        fields = csv_header(contract, kept.path)
    return Extent(shape, fields, found, _notes(found[len(shape.not_records) :]))


def _of_sheet(sample: Path, shape: Shape) -> Extent:
    reach = sheet_extent(sample, shape.sheet)
    sheet = f", sheet = {literal(shape.sheet)}" if shape.sheet else ""
    if reach is None:
        raise SampleError(f"{sample.name}: the sheet has no cells")
    column, last = reach
    with duckdb.connect() as con:
        load_excel(con)

        def rows(first: int, end: int) -> list[tuple[str | None, ...]]:
            return con.execute(
                f"select * from read_xlsx({literal(str(sample))}, all_varchar = true, "
                f"header = false, stop_at_empty = false, range = 'A{first}:{column}{end}'{sheet})"
            ).fetchall()

        head = rows(1, min(last, _ROWS))
        width = max(sum(1 for cell in row if cell) for row in head)
        at = header_row([row for row in head if any(row)], len(head[0])) if width > 1 else None
        if at is None:
            raise SampleError(
                f"{sample.name}: no row names the fields of a table; bring a sheet with a header, "
                "one row per record (--sheet names another sheet)"
            )
        filled = [n for n, row in enumerate(head) if any(row)]
        shape = replace(shape, skip_lines=filled[at])
        cells = [cell.strip() if cell else "" for cell in head[filled[at]]]
        tail = rows(max(filled[at] + 2, last - _TAIL), last) if last > filled[at] + 1 else []
        firsts = [next((cell.strip() for cell in row if cell), "") for row in tail]
        more = more_headers([rows(filled[at] + n, filled[at] + n)[0] for n in (2, 3) if
                             filled[at] + n <= last])  # fmt: skip
        found = (*more, *_not_records(firsts, r"\s*:?\s*$"))
        options = f"range = 'A{shape.skip_lines + 1}:{column}{last}', stop_at_empty = false{sheet}"
        names = described_fields(
            con, f"read_xlsx({literal(str(sample))}, all_varchar = true, header = true, {options})"
        )
    named = tuple(name for name, cell in zip(names, cells, strict=False) if cell)
    above = [f"{shape.skip_lines} rows stand above the header."] if shape.skip_lines else []
    return Extent(shape, named, found, (*above, *_notes(found)))


def _not_records(firsts: Sequence[str], end: str) -> tuple[str, ...]:
    """Patterns for the words of totals and remarks with which lines at the end begin."""
    out = []
    for text in firsts:
        low = text.lower()
        out += [
            f"(?i){re.escape(w)}{end}" for w in words.TOTALS if re.match(re.escape(w) + end, low)
        ]
        out += [f"(?i){re.escape(word)}" + r"\b" for word in words.REMARKS if _is_remark(word, low)]
    return tuple(dict.fromkeys(out))


def _is_remark(word: str, low: str) -> bool:
    return bool(re.match(re.escape(word) + r"\b.*[:0-9]", low))


def _notes(found: Sequence[str]) -> tuple[str, ...]:
    return ("GUESS: lines at the end that begin so are totals or remarks.",) if found else ()
