"""Quoting for SQL that is built from contracts. Belongs here: identifiers and literals only."""

from collections.abc import Iterable
from datetime import date


def ident(name: str) -> str:
    """A quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def lit(value: str | int | float | bool | date | None) -> str:
    """A quoted literal of a plain Python value."""
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


def lits(values: Iterable[str]) -> str:
    """A comma list of quoted literals; never empty, so that `in (...)` stays valid."""
    return ", ".join(lit(value) for value in values) or "null"


def idents(names: Iterable[str], prefix: str = "") -> str:
    """A comma list of quoted identifiers, each behind `prefix` (an alias and a dot)."""
    return ", ".join(prefix + ident(name) for name in names)
