"""Quoting for SQL text and folder names. Belongs here: escaping only, no connection."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from urllib.parse import quote

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"


def ident(*parts: str) -> str:
    """A quoted identifier, dotted when several parts are given."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def idents(names: Iterable[str], prefix: str = "") -> str:
    """A comma list of quoted identifiers, each behind `prefix` (an alias and a dot)."""
    return ", ".join(prefix + ident(name) for name in names)


def literal(value: str | int | float | bool | date | None) -> str:
    """A quoted literal of a plain Python value, for statements that take no bound values."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case date():
            return f"date '{value.isoformat()}'"
        case _:
            return "'" + value.replace("'", "''") + "'"


def literals(values: Iterable[str]) -> str:
    """A comma list of quoted strings; `null` when there is none, so that `in (...)` stays valid."""
    return ", ".join(literal(value) for value in values) or "null"


def file_literal(path: Path) -> str:
    """A path for a table function that reads files: this one, not what its letters may match."""
    return literal(re.sub(r"([*?\[])", r"[\1]", str(path)))


def file_literals(paths: Iterable[Path]) -> str:
    """A comma list of paths, as `file_literal` writes them."""
    return ", ".join(file_literal(path) for path in paths)


def parquet(paths: Iterable[Path], partition_types: Mapping[str, str] | None = None) -> str:
    """A table function over exactly these files.

    Paths are listed, not globbed, so a file missing from a partly copied snapshot fails the query
    instead of shortening the result. Glob characters in a path are escaped.

    partition_types: columns to read from folder names (and their types), so that a filter on them
    skips files unopened; the same values are in the files.
    """
    hive = "hive_partitioning = false"
    if partition_types:
        types = ", ".join(f"{literal(name)}: {kind}" for name, kind in partition_types.items())
        hive = f"hive_partitioning = true, hive_types = {{{types}}}"
    return f"read_parquet([{file_literals(paths)}], {hive})"


def safe_name(value: str) -> str:
    """A value as one ASCII path segment; reversible by URL-decoding, never `.`, `..` or hidden."""
    name = quote(value, safe="")
    return "%2E" + name[1:] if name.startswith(".") else name


def partition_segment(column: str, value: str | None) -> str:
    """The folder of one partition value, hive style: `client_id=a%2Fb`."""
    if value is None:
        return f"{column}={NULL_PARTITION}"
    if value.upper() in ("NULL", NULL_PARTITION):
        # Spelt plainly, readers of such folders take these words for a missing value.
        return f"{column}=%{ord(value[0]):02X}{value[1:]}"
    return f"{column}={quote(value, safe='')}"
