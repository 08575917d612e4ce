"""How the columns of a feed's files have changed: gone, never there, new. Read from the ledger.

Fields that a contract does not list are known by place and shape alone, as nothing of a file leaves
the listed columns.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

# A field of JSON may be rare: it is gone when the files before all had it.
FILES_BEFORE = 5
_SHAPE = re.compile(r"\(([^)]*)\)")

_FILES = f"""
select system || '.' || feed as feed, instance, captures, file_name, batch_id, absent_columns,
    unlisted_columns
from ledger.file
where verdict in ('loaded', 'replaced', 'remap') and absent_columns is not null
qualify row_number() over (
    partition by system, feed, instance, captures
    order by extract_date desc, revision desc, file_id desc) <= {FILES_BEFORE + 1}
order by 1, 2, 3, extract_date desc, revision desc, file_id desc
"""


@dataclass(frozen=True)
class Change:
    """One column of the newest file of a feed and site that is otherwise than the contract says.

    how: `gone` (the files before had it), `never came`, `not in the contract`.
    is_news: whether the file before was not so yet. column: of an unlisted field place and shape.
    """

    feed: str
    column: str
    how: str
    file_name: str
    batch_id: int
    is_news: bool


def changes(con: duckdb.DuckDBPyConnection) -> list[Change]:
    """What is otherwise than the contract says in the newest file of each feed and site."""
    slots: dict[tuple[str, str, str], list[tuple[str, int, list[str], list[str]]]] = {}
    for feed, instance, captures, name, batch_id, absent, unlisted in con.execute(
        _FILES
    ).fetchall():
        file = (name, batch_id, json.loads(absent), _fields(unlisted))
        slots.setdefault((feed, instance, captures), []).append(file)
    return _once(change for (feed, *_), files in slots.items() for change in _of_slot(feed, files))


def _of_slot(
    feed: str, newest_first: Sequence[tuple[str, int, list[str], list[str]]]
) -> Iterable[Change]:
    (name, batch_id, absent, unlisted), *before = newest_first
    for column in absent:
        how = _how(before_had := [column not in gone for _, _, gone, _ in before])
        if how:
            news = not before_had or before_had[0]
            yield Change(feed, column, how, name, batch_id, news)
    known = {_shape(field) for _, _, _, fields in before for field in fields}
    for field in unlisted:
        news = not before or _shape(field) not in known
        yield Change(feed, field, "not in the contract", name, batch_id, news)


def _how(had: Sequence[bool]) -> str | None:
    """What the files before (newest first) say of a column that the newest lacks.

    None for what comes and goes: a field that only some records have.
    """
    if not any(had):
        return "never came"
    return "gone" if all(had[had.index(True) :]) else None


def _fields(unlisted: str | None) -> list[str]:
    return [one for one in (unlisted or "").split(", ") if one]


def _shape(field: str) -> str:
    found = _SHAPE.search(field)
    return found[1] if found else field


def _once(found: Iterable[Change]) -> list[Change]:
    """One line for a feed and column, whatever number of sites sends it so; news first."""
    out: dict[tuple[str, str, str], Change] = {}
    for one in found:
        at = (one.feed, one.column, one.how)
        if at not in out or (one.is_news and not out[at].is_news):
            out[at] = one
    return list(out.values())
