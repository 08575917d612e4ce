"""The key of a draft: what no two rows of the whole sample share, and what may be a key at all.

Belongs here: choosing and saying it. Does not: what fields mean. Where nothing is a key there is
none: every row counts, by its place in its file, and no row supersedes a stranger.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import duckdb

from ingest.contracts.contract import Contract
from ingest.sample.profile import is_unique
from ingest.sample.roles import Meaning

_ALONE = {
    "cases": ("case_id", "record_id"),
    "evaluations": ("evaluation_id", "record_id"),
    "surveys": ("response_id", "record_id"),
}
_ALONE_ELSE = ("contact_id", "record_id", "case_id", "evaluation_id", "response_id")
# Nobody begins two contacts in one second; two queues or two customers' lines may.
_WHO = ("contact_id", "case_id", "evaluation_id", "response_id", "record_id", "agent_code")
_WHEN = ("started_at", "opened_at", "evaluated_at", "responded_at", "ended_at")


@dataclass(frozen=True)
class Key:
    """Roles that make the key, none when nothing does; `why` stands above it."""

    roles: tuple[str, ...]
    why: tuple[str, ...]


NO_KEY = Key(
    (),
    (
        "No field, and no person or id with a time, is unique in the sample: there is no key.",
        "Each row counts by its place in its file; a file of the same name replaces the old one.",
        "Files must not overlap. If the system has an id of the record, ask for it.",
    ),
)


def key_of(
    con: duckdb.DuckDBPyConnection, contract: Contract, meaning: Meaning, fills: Sequence[str]
) -> Key:
    """The first of the likely roles, or of their pairs, that is filled and unique on every row."""
    rows_n = con.execute("select count(*) from incoming").fetchall()[0][0]
    for roles in _likely(meaning, fills):
        names = [name for role in roles for name in meaning.roles[role].reads]
        if is_unique(con, contract, names):
            what = " and ".join(roles)
            return Key(roles, (f"GUESS: in all {rows_n} rows of the sample no two have the same "
                               f"{what}.",))  # fmt: skip
    return NO_KEY


def _likely(meaning: Meaning, fills: Sequence[str]) -> Iterator[tuple[str, ...]]:
    if meaning.has("hire_date"):
        if meaning.has("agent_code") and meaning.roles["agent_code"].personal == "staff_id":
            yield ("agent_code",)
        if meaning.has("agent_code"):
            yield ("agent_code", "hire_date")
        return
    for role in _ALONE.get(fills[0] if fills else "", _ALONE_ELSE):
        if meaning.has(role):
            yield (role,)
    if meaning.has("contact_id", "record_id") and meaning.has("sequence_n"):
        yield (next(r for r in ("contact_id", "record_id") if meaning.has(r)), "sequence_n")
    if not fills and meaning.has("agent_code") and not meaning.has(*_WHEN):
        yield ("agent_code",)
    for who, when in product(_WHO, _WHEN):
        if meaning.has(who) and meaning.has(when) and _has_clock(meaning, when):
            yield (who, when)


def _has_clock(meaning: Meaning, role: str) -> bool:
    found = meaning.roles[role]
    return (
        found.with_date is not None
        or found.field.mostly("clock")
        or bool(found.reading and found.reading.read_as)
    )
