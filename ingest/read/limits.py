"""How much one file may ask for: bounds that no honest extract reaches.

Belongs here: the bounds and their wording. Does not: reading.
"""

from ingest.errors import FileRejectedError

# As it lies, and as it is when unpacked.
FILE_BYTES = 1 << 35
PLAIN_BYTES = 1 << 36
# Text of extracts packs 5 to 40 times; a bomb 1,000 times. Small files are not worth asking.
RATIO, RATIO_FROM_BYTES = 200, 16_000_000
# DuckDB reads lines of up to 2 MB of delimited text; documents hold a whole record in a line.
CSV_LINE_BYTES = 2_000_000
JSON_LINE_BYTES = 67_108_864
DOCUMENT_BYTES = 1 << 29
COLUMNS = 2_000
CELLS = 200_000_000
ROWS_PER_BYTE, ROWS_FROM = 100, 10_000_000


def too_large(size: int) -> FileRejectedError:
    """The refusal of a file beyond its bound."""
    return FileRejectedError(
        "too_large", f"it is larger than a file may be ({size:,} bytes so far); send it in parts"
    )


def check_ratio(packed: int, plain: int) -> None:
    """Raise FileRejectedError when what was unpacked so far is beyond all bounds."""
    if plain > PLAIN_BYTES:
        raise too_large(plain)
    if plain > RATIO_FROM_BYTES and plain > RATIO * max(packed, 1):
        raise FileRejectedError(
            "compression_bomb",
            f"it unpacks to more than {RATIO} times its size; send it plain if that is right",
        )


def check_line(size: int, most: int) -> None:
    """Raise FileRejectedError when one line is longer than a reader may hold."""
    if size > most:
        raise FileRejectedError("line_too_long", f"one line is longer than {most:,} bytes")


def check_columns(columns: int) -> None:
    """Raise FileRejectedError when there are more fields than any extract has."""
    if columns > COLUMNS:
        raise FileRejectedError(
            "too_many_columns", f"it has {columns:,} columns; at most {COLUMNS:,} are read"
        )


def check_document(size: int) -> None:
    """Raise FileRejectedError when a document that is read as one text is too large for that."""
    if size > DOCUMENT_BYTES:
        raise too_large(size)


def check_rows(packed: int, rows: int) -> None:
    """Raise FileRejectedError when a few bytes say that they are a great many rows."""
    if rows > ROWS_FROM and rows > ROWS_PER_BYTE * packed:
        raise FileRejectedError(
            "compression_bomb", f"it says that it holds {rows:,} rows in {packed:,} bytes"
        )
