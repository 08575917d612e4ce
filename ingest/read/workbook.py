"""How far a sheet of a workbook reaches: DuckDB stops at the first empty row unless told.

Belongs here: the extent of a sheet, read from the package's XML. Does not: cells.
"""

import re
import zipfile
from pathlib import Path

from ingest.errors import FileRejectedError
from ingest.privacy.mask import error_told
from ingest.read.limits import CELLS, check_columns, check_ratio

_CELL = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})([0-9]+)"')
_SHEET = re.compile(r"<(?:\w+:)?sheet [^>]*>")
_RELATION = re.compile(r"<Relationship [^>]*>")
_CHUNK = 1 << 20


def sheet_names(path: Path) -> tuple[str, ...]:
    """Names of the workbook's sheets, in order. Raises FileRejectedError when it is none."""
    with _open(path) as book:
        return tuple(name for name, _ in _sheets(book))


def extent(path: Path, sheet: str | None) -> tuple[str, int] | None:
    """Last column (letters) and last row in which a cell of the sheet is written.

    None when its cells carry no addresses. Raises FileRejectedError for a missing sheet.
    """
    with _open(path) as book:
        sheets = _sheets(book)
        parts = [part for name, part in sheets if sheet in (None, name)]
        if not parts:
            raise FileRejectedError(
                "unreadable", f"there is no sheet {sheet!r} among its {len(sheets)}"
            )
        last_column, last_row, tail = 0, 0, b""
        with book.open(parts[0]) as xml:
            while chunk := xml.read(_CHUNK):
                block = tail + chunk
                for letters, row in set(_CELL.findall(block)):
                    last_column = max(last_column, _number(letters.decode()))
                    last_row = max(last_row, int(row))
                tail = block[-200:]
    return (_letters(last_column), last_row) if last_row else None


def check_cells(column: str, row: int) -> None:
    """Raise FileRejectedError when a sheet reaches further than any extract does."""
    check_columns(_number(column))
    if _number(column) * row > CELLS:
        raise FileRejectedError("too_large", f"its sheet reaches over more than {CELLS:,} cells")


def _open(path: Path) -> zipfile.ZipFile:
    try:
        book = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise FileRejectedError("unreadable", f"not a xlsx file ({error_told(error)})") from None
    check_ratio(path.stat().st_size, sum(part.file_size for part in book.infolist()))
    return book


def _sheets(book: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Name and part of each sheet."""
    try:
        listed = book.read("xl/workbook.xml").decode("utf-8", "replace")
        relations = book.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    except KeyError as error:
        raise FileRejectedError("unreadable", "not a xlsx file: it holds no workbook") from error
    targets = {}
    for relation in _RELATION.findall(relations):
        part = _attribute(relation, "Target")
        targets[_attribute(relation, "Id")] = part[1:] if part.startswith("/") else f"xl/{part}"
    found = [
        (_attribute(tag, "name"), targets.get(_attribute(tag, "r:id"), ""))
        for tag in _SHEET.findall(listed)
    ]
    return [(name, part) for name, part in found if part in book.namelist()]


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    text = found.group(1) if found else ""
    for entity, plain in (("&quot;", '"'), ("&apos;", "'"), ("&lt;", "<"), ("&gt;", ">")):
        text = text.replace(entity, plain)
    return text.replace("&amp;", "&")


def _number(letters: str) -> int:
    out = 0
    for letter in letters:
        out = out * 26 + ord(letter) - 64
    return out


def _letters(number: int) -> str:
    out = ""
    while number:
        number, rest = divmod(number - 1, 26)
        out = chr(65 + rest) + out
    return out
