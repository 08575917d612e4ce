"""What kind of file a sample is: format, encoding, delimiter, header, where its records are.

Belongs here: structure, from the first lines. Does not: what the fields hold (`profile.py`).
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import FileRejectedError, IngestError
from ingest.read.spool import plain_head
from ingest.read.workbook import sheet_names

_HEAD_BYTES, _HEAD_LINES = 1 << 20, 200
_DELIMITERS = (";", ",", "\t", "|")
_HEADER_ROWS = 25
_HOPELESS = {
    b"%PDF": "a PDF; ask for the export as CSV or a workbook",
    b"\xd0\xcf\x11\xe0": "a workbook in the old .xls form; save it as .xlsx or CSV",
    b"SQLite": "a database file; export its table as CSV or Parquet",
    b"Rar!": "an archive; unpack it and give one file of it",
    b"7z\xbc\xaf": "an archive; unpack it and give one file of it",
}
_DATA_LIKE = re.compile(
    r"[-+(]?[\d\s.,/:()-]*\d[\d\s.,/:()%-]*([TZap]m?)?|.+@.+\.\w+|[0-9a-f]{8}-[0-9a-f-]{27}"
    r"|true|false|yes|no|\d{4}-\d\d-\d\d.*|\+?\d[\d ()/-]{6,}", re.IGNORECASE
)  # fmt: skip

_ENDINGS = re.compile(r"ANSWERED|NO ANSWER|BUSY|FAILED|CONGESTION|UNKNOWN")
_TIMES = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?")
_CHANNELS = re.compile(r"(PJSIP|SIP|IAX2|DAHDI|Local|SCCP)/.+")


class SampleError(IngestError):
    """A sample from which nothing can be drafted; the message says what to bring instead."""


@dataclass(frozen=True)
class Shape:
    """The `file` part of a contract, and why. `fields` are only known for JSON."""

    format: str
    encoding: str = "utf-8"
    delimiter: str = ","
    header: bool = True
    skip_lines: int = 0
    sheet: str | None = None
    records: str | None = None
    fields: tuple[str, ...] = ()
    width: int = 0
    not_records: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def shape_of(path: Path, sheet: str | None = None) -> Shape:
    """The shape of a sample. Raises SampleError when nothing can be made of it."""
    try:
        head = plain_head(path, _HEAD_BYTES)
    except FileRejectedError as error:
        raise SampleError(f"{path.name}: {error.reason}") from error
    for magic, what in _HOPELESS.items():
        if head.startswith(magic):
            raise SampleError(f"{path.name} is {what}")
    if head.startswith(b"PAR1"):
        return Shape("parquet")
    if head.startswith(b"PK"):
        return _workbook(path, sheet)
    encoding, text = _decoded(head)
    start = text.lstrip()
    if not start:
        raise SampleError(f"{path.name} is empty; bring a file with a header and some rows")
    if start.startswith("<"):
        raise SampleError(f"{path.name} is HTML or XML; ask for the export as CSV, JSON or XLSX")
    if start[0] in "[{":
        return _json_shape(path, start, encoding)
    return _csv_shape(path, text, encoding)


def _workbook(path: Path, sheet: str | None) -> Shape:
    try:
        names = sheet_names(path)
    except FileRejectedError as error:
        raise SampleError(
            f"{path.name} is a zip archive but no workbook; unpack it and give one file of it"
        ) from error
    notes = () if len(names) < 2 else (f"The workbook has {len(names)} sheets; this is one.",)
    if not names:
        raise SampleError(f"{path.name} has no sheet with cells")
    return Shape("xlsx", sheet=sheet or (names[0] if len(names) > 1 else None), notes=notes)


def _decoded(head: bytes) -> tuple[str, str]:
    """Encoding and text. A byte order mark decides; then UTF-8; then the likelier code page."""
    for bom, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(bom):
            return "utf-8" if name == "utf-8" else name, head.decode(
                "utf-8-sig" if name == "utf-8" else name, "ignore"
            )
    if head[:400].count(0) > len(head[:400]) // 4:
        name = "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
        return name, head.decode(name, "ignore")
    try:
        return "utf-8", head[: len(head) - 4].decode() + head[-4:].decode("utf-8", "ignore")
    except UnicodeDecodeError as error:
        if error.start >= len(head) - 8:
            return "utf-8", head.decode("utf-8", "ignore")
    scored = [(_plausible(head.decode(n, "replace")), n) for n in ("cp1252", "cp1250", "cp850")]
    best = max(scored, key=lambda item: item[0])[1]
    return best, head.decode(best, "replace")


def _plausible(text: str) -> int:
    beyond = Counter(char for char in text if ord(char) > 127)
    good = "äöüÄÖÜßéèêàâçîïôûùœáíóúñÉÈÀÇøåæąćęłńśźżĄĆĘŁŃŚŹŻčřšžěůý€„”°\u2013\u2019"
    return sum(n if char in good else -n for char, n in beyond.items())


def _json_shape(path: Path, text: str, encoding: str) -> Shape:
    first = text.split("\n", 1)[0].strip().rstrip(",")
    one_per_line, records = False, "$"
    found: list[Any] = []
    try:
        record = json.loads(first)
        one_per_line = isinstance(record, dict) and not _lists_in(record)
        if not one_per_line and isinstance(record, dict):
            second = text.split("\n", 2)[1:2]
            one_per_line = bool(second and second[0].lstrip().startswith("{"))
    except ValueError:
        record = None
    if one_per_line:
        for line in text.split("\n")[:_HEAD_LINES]:
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
    else:
        try:
            document = json.loads(plain_head(path, 1 << 28).decode(encoding, "replace"))
        except ValueError as error:
            raise SampleError(f"{path.name} begins like JSON but is none: {error}") from error
        if isinstance(document, list):
            found = document[:_HEAD_LINES]
        else:
            lists = _lists_in(document)
            if not lists:
                raise SampleError(f"{path.name} holds one JSON object and no list of records")
            records, found = max(lists, key=lambda item: len(item[1]))
    rows = [record for record in found if isinstance(record, dict)]
    fields = tuple(dict.fromkeys(name for row in rows for name in _scalars(row)))
    if not fields:
        raise SampleError(f"{path.name}: its JSON records hold no plain values")
    nested = sorted({key for row in rows for key, value in row.items() if isinstance(value, list)})
    notes = (f"Lists inside a record are left out: {', '.join(nested)}.",) if nested else ()
    if one_per_line:
        return Shape("ndjson", encoding, fields=fields, notes=notes)
    return Shape("json", encoding, records=records, fields=fields, notes=notes)


def _lists_in(value: Any, path: str = "$", depth: int = 0) -> list[tuple[str, list[Any]]]:
    if not isinstance(value, dict) or depth > 3:
        return []
    out = []
    for key, inner in value.items():
        if not re.fullmatch(r"\w+", key):
            continue
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            out.append((f"{path}.{key}", inner[:_HEAD_LINES]))
        out += _lists_in(inner, f"{path}.{key}", depth + 1)
    return out


def _scalars(record: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[str]:
    for key, value in record.items():
        if not re.fullmatch(r"[\w ]+", key):
            continue
        name = key if re.fullmatch(r"\w+", key) else f'"{key}"'
        if isinstance(value, dict) and depth < 4:
            yield from _scalars(value, f"{prefix}{name}.", depth + 1)
        elif not isinstance(value, list | dict):
            yield prefix + name


def _csv_shape(path: Path, text: str, encoding: str) -> Shape:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = lines[:_HEAD_LINES]
    best: tuple[int, int, str, list[tuple[int, list[str]]]] | None = None
    for delimiter in _DELIMITERS:
        rows = _parsed(lines, delimiter)
        widths = Counter(len(row) for _, row in rows if len(row) > 1)
        if widths:
            width, n = max(widths.items(), key=lambda item: (item[1], item[0]))
            if best is None or (n, width) > best[:2]:
                best = (n, width, delimiter, rows)
    if best is None:
        raise SampleError(
            f"{path.name}: no line has two fields by semicolon, comma, tab or bar; "
            "bring a table with a header, one row per record"
        )
    _, width, delimiter, rows = best
    found = header_row([row for _, row in rows], width)
    if found is None:
        _refuse_records(path, [row for _, row in rows if len(row) == width])
    skipped = 0 if found is None else (rows[found - 1][0] if found else 0)
    notes = [f"Fields are parted by {delimiter!r}: {width} on most lines."]
    more = [] if found is None else more_headers([row for _, row in rows[found + 1 :]])
    if more:
        notes.append(f"{len(more)} more header lines stand below the first; they are no records.")
    if found is None:
        notes.append("No line looks like a header: fields are called col1, col2, ...")
    elif skipped:
        notes.append(f"{skipped} lines stand above the header.")
    if encoding not in ("utf-8", "utf-16"):
        notes.append(f"GUESS: not UTF-8; its letters make most sense as {encoding}.")
    return Shape(
        "csv", encoding, delimiter, found is not None, skipped, width=width,
        not_records=tuple(more), labels=tuple(rows[found + 1][1]) if more and found is not None
        else (), notes=tuple(notes),
    )  # fmt: skip


def _refuse_records(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Name call detail records without a header. Only places and counts are told, no value."""
    ending = next((n for n in range(len(rows[0])) if _are(rows, n, _ENDINGS)), None)
    times = [n for n in range(len(rows[0])) if _are(rows, n, _TIMES)]
    channels = [n for n in range(len(rows[0])) if _are(rows, n, _CHANNELS)]
    if ending is None or len(times) < 2 or not channels:
        return
    places = ", ".join(str(n + 1) for n in times)
    raise SampleError(
        f"{path.name} holds call detail records of Asterisk without a header: {len(rows[0])} "
        f"fields, times in fields {places}, the disposition in field {ending + 1}. Which field is "
        "which is set in its cdr.conf; export it with a header for the system asterisk_cdr to read"
    )


def _are(rows: Sequence[Sequence[str]], place: int, pattern: re.Pattern[str]) -> bool:
    cells = [row[place].strip() for row in rows if row[place].strip()]
    return bool(cells) and all(pattern.fullmatch(cell) for cell in cells)


def _parsed(lines: Sequence[str], delimiter: str) -> list[tuple[int, list[str]]]:
    """Rows with the number of the physical line on which each ends."""
    reader = csv.reader(iter(line + "\n" for line in lines), delimiter=delimiter)
    out: list[tuple[int, list[str]]] = []
    try:
        out.extend((reader.line_num, row) for row in reader)
    except csv.Error:
        return out
    return out


def more_headers(rows: Sequence[Sequence[str | None]]) -> list[str]:
    """Patterns for the question texts and import ids that Qualtrics writes below its header."""
    firsts = [next((cell.strip() for cell in row if cell and cell.strip()), "") for row in rows[:2]]
    if len(firsts) < 2 or not firsts[1].startswith('{"ImportId"'):
        return []
    return [f"(?i){re.escape(firsts[0])}\\b", r'\{"+ImportId']


def header_row(rows: Sequence[Sequence[str | None]], width: int) -> int | None:
    """Index of the row that names the fields; None when the first full row holds data."""
    for n, row in enumerate(rows[:_HEADER_ROWS]):
        cells = [(cell or "").strip() for cell in row]
        filled = [cell for cell in cells if cell]
        if len(row) != width or len(filled) < max(2, round(width * 0.7)):
            continue
        data_like = sum(bool(_DATA_LIKE.fullmatch(cell)) for cell in filled)
        unique = len(set(filled)) >= len(filled) - len(filled) // 4
        if data_like <= len(filled) // 5 and unique and max(map(len, filled)) < 120:
            return n
        return None
    return None
