"""Pieces of source text that contracts name: where each stands and how it is read.

Belongs here: one part of a column. Does not: columns and contracts (`contract.py`), the SQL that
reads them (`judge.py`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ground.yaml_keys import refuse_unknown
from ingest.contracts.read_as import READ_AS


@dataclass(frozen=True)
class Part:
    """One piece of source text: a column (or JSON path), how to read it, what means nothing.

    `when`: other sources and the texts that one of them must have, else the part is null.
    `extract`: a regular expression of which the first group is taken.
    """

    source: str
    read_as: tuple[str, ...]
    null_tokens: tuple[str, ...]
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()
    extract: str | None = None


def read_part(item: str | dict[str, Any], column: dict[str, Any], tokens: tuple[str, ...]) -> Part:
    """A part says itself how it is read; what it leaves unsaid, the column says."""
    own: dict[str, Any] = {"from": item} if isinstance(item, str) else item
    known = ("from", "read_as", "null_tokens", "when", "extract")
    refuse_unknown(own, known, f"a part of column {column.get('name')}")
    if isinstance(item, str) or "first_of" in column:
        own = {key: column[key] for key in ("read_as", "when", "extract") if key in column} | own
    extra = tuple(str(token) for token in own.get("null_tokens", ()))
    conditions = tuple(
        (source, tuple(str(value) for value in as_list(values)))
        for source, values in (own.get("when") or {}).items()
    )
    read_as = _read_as(own.get("read_as"))
    return Part(own["from"], read_as, tokens + extra, conditions, own.get("extract"))


def _read_as(names: str | list[str] | None) -> tuple[str, ...]:
    return tuple(one_of("read_as", name, READ_AS) for name in as_list(names or ()))


def as_list(value: Any) -> Iterable[Any]:
    """The value itself, or the one value as a list."""
    return value if isinstance(value, list | tuple) else [value]


def one_of(what: str, value: str, allowed: Sequence[str]) -> str:
    """The value. Raises ValueError when it is none of the allowed ones."""
    if value not in allowed:
        raise ValueError(f"{what} is {value!r}; it must be one of {', '.join(allowed)}")
    return value
