"""Rows of published tables, as built now, against those that readers have. Pure.

A disappearance needs no bound. Elsewhere the bounds are the table's own (`meta.publish.volume`) or
those below: single rows go by corrections, not a part of a month.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from expectations.volume.finding import Finding
from publish.specs import Spec
from publish.volume import ALL, SHARES, Rows

# A client's or site's month loses rows by corrections and repeats found late, a few in a hundred.
MONTH_FALL, MONTH_LOST = 0.2, 20
# A table without months is a list or a look back; half of it does not go in one night.
TABLE_FALL, TABLE_LOST = 0.5, 10
# A month that is over and doubles, by more rows than came, was joined or loaded twice.
MONTH_RISE, MONTH_WON = 1.0, 50
UNKNOWN = ("", "unmapped")


@dataclass(frozen=True)
class Built:
    """One table: where it stands, its rows in both places, and what it is built from.

    feeds: source feeds above it, as `system.feed`. arrived_n: rows of them that came since what
    readers have. is_fact: a row of it is a row of a feed, so that it cannot grow by itself.
    """

    spec: Spec
    before: Rows
    now: Rows
    feeds: tuple[str, ...]
    arrived_n: int
    is_fact: bool


def findings(tables: Mapping[str, Built], closed_before: str) -> list[Finding]:
    """All findings; closed_before: the first month that may still grow (`2026-11`)."""
    found = []
    for one in tables.values():
        if one.spec.volume.free or one.spec.once:
            continue
        gone = list(_gone(one))
        found += gone
        missing = {f.whose for f in gone}
        if "all of it" not in missing:
            found += [f for f in _fallen(one) if f.whose not in missing]
            found += _risen(one, closed_before)
    return found


def _gone(one: Built) -> Iterator[Finding]:
    if one.before.get((ALL, ALL, ALL), 0) and not one.now.get((ALL, ALL, ALL), 0):
        yield _finding(one, "gone", ALL, ALL, ALL)
        return
    for (column, value, month), rows_n in one.before.items():
        if column == ALL or month != ALL or not rows_n or one.now.get((column, value, month), 0):
            continue
        # A look back over weeks (a scorecard) may leave a small client out; a month may not.
        if value not in UNKNOWN and (_has_months(one) or rows_n > TABLE_LOST):
            yield _finding(one, "gone", column, value, ALL)


def _fallen(one: Built) -> Iterator[Finding]:
    volume = one.spec.volume
    if not _has_months(one):
        bound = volume.fall or TABLE_FALL
        if (ALL, ALL, ALL) in one.before and _is_fall(one, (ALL, ALL, ALL), bound, TABLE_LOST):
            yield _finding(one, "fell", ALL, ALL, ALL)
        return
    explained: Counter[str] = Counter()
    for column in SHARES:
        # What clients or sites have lost is not said of the account that sent it as well.
        less = explained if column == "source_system" else Counter[str]()
        for at in one.before:
            if at[0] != column or at[2] == ALL or at[1] in UNKNOWN:
                continue
            if _is_fall(one, at, volume.fall or MONTH_FALL, MONTH_LOST, less[at[2]]):
                explained[at[2]] += _lost(one, at)
                yield _finding(one, "fell", *at)


def _lost(one: Built, at: tuple[str, str, str]) -> int:
    return one.before[at] - one.now.get(at, 0)


def _is_fall(
    one: Built, at: tuple[str, str, str], share: float, least: int, explained_n: int = 0
) -> bool:
    lost = _lost(one, at) - explained_n
    return lost > least and lost > share * one.before[at]


def _risen(one: Built, closed_before: str) -> Iterator[Finding]:
    rise = one.spec.volume.rise or (MONTH_RISE if one.is_fact else None)
    if rise is None or not _has_months(one):
        return
    for (column, value, month), rows_n in one.before.items():
        if column not in one.spec.partition_by or month == ALL or month >= closed_before:
            continue
        won = one.now.get((column, value, month), 0) - rows_n
        if won > MONTH_WON and won > rise * rows_n and won > one.arrived_n:
            yield _finding(one, "rose", column, value, month)


def _has_months(one: Built) -> bool:
    return "site_month" in one.spec.partition_by


def _finding(one: Built, kind: str, column: str, value: str, month: str) -> Finding:
    feeds, clients = one.feeds, tuple[str, ...]()
    if column == "client_id" and value not in UNKNOWN:
        feeds, clients = (), (value,)
    elif column == "source_system":
        system = value.split("/")[0]
        feeds = tuple(f for f in one.feeds if f.split(".")[0] == system) or one.feeds
    words = {ALL: "all of it", "source_system": value}
    return Finding(
        kind=kind,
        where=one.spec.name,
        whose=words.get(column, f"{column.removesuffix('_id')} {value or 'unknown'}"),
        when=month,
        before_n=one.before[column, value, month],
        now_n=one.now.get((column, value, month), 0),
        clients=clients,
        feeds=feeds,
        tables=(one.spec.name,),
    )
