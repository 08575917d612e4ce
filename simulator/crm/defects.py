"""Bad rows of the CRM's files: each kind takes a good row and makes new ones to be turned away.

They are added, never put in place of a good row, so what was meant stays true. Which file gets
which kind follows from the day alone; the newest days stay clean for the demonstration nights.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from simulator.people.tables import Table, length, stack

SMALLEST_FILE_ROWS = 25
CYCLE_DAYS = 8
Make = Callable[[dict[str, str], str], list[dict[str, str]]]


@dataclass(frozen=True)
class Kind:
    """How rows of a kind are made, and the rule that must turn them away ("": superseded).

    They are made of rows with a value in a column, where `like` names both.
    """

    rule: str
    make: Make
    like: tuple[str, str] | None = None


@dataclass(frozen=True)
class Planted:
    """Where a defect came to lie: 1-based record numbers."""

    kind: str
    rule: str
    rows: tuple[int, ...]

    @property
    def expected(self) -> str:
        """What becomes of the rows."""
        return "quarantined" if self.rule else "superseded"


def _with(**changes: str) -> Make:
    return lambda row, key: [{**row, **changes}]


def _moved(column: str, days: int) -> Make:
    def make(row: dict[str, str], key: str) -> list[dict[str, str]]:
        day = date.fromisoformat(row[column][:10]) + timedelta(days=days)
        return [{**row, column: f"{day}{row[column][10:]}"}]

    return make


def _disagree(column: str, values: tuple[str, str]) -> Make:
    return lambda row, key: [{**row, column: value} for value in values]


KINDS: dict[str, dict[str, Kind]] = {
    "cases": {
        "missing_required": Kind("required", _with(opened_at="")),
        "wrong_type": Kind("type", _with(updated_at="yesterday")),
        "unknown_value": Kind("accepted", _with(status="parked")),
        "resolved_first": Kind("resolved_before_opened", _with(resolved_at="2020-01-01T00:00:00Z")),
        "too_old": Kind("outside_extract_window", _moved("opened_at", -90)),
    },
    "case_events": {
        "missing_required": Kind("required", _with(case="")),
        "unknown_value": Kind("accepted", _with(kind="escalated")),
        "nobody_replied": Kind("reply_without_agent", _with(kind="public_reply", actor="")),
        "in_the_future": Kind("outside_extract_window", _moved("at", 3)),
        "exact_duplicate": Kind("", _with()),
        "conflicting_duplicate": Kind("duplicate_key", _disagree("kind", ("opened", "closed"))),
    },
    "surveys": {
        "wrong_type": Kind("type", _with(record="answered", csat="five")),
        "out_of_range": Kind("range", _with(record="answered", nps="11")),
        "answered_unasked": Kind("answer_before_sending", _with(csat="5"),
                                  ("record", "sent")),
        "missing_required": Kind("required", _with(brand="")),
        "exact_duplicate": Kind("", _with()),
    },
    "outcomes": {
        "wrong_type": Kind("type", _with(amount="12,50", currency="EUR")),
        "no_currency": Kind("amount_without_currency", _with(amount="10.00", currency="")),
        "refund_that_gives": Kind("takes_back_a_gain", _with(kind="refund", amount="10.00",
                                                              currency="EUR")),
        "unknown_value": Kind("accepted", _with(kind="gift")),
    },
    "disruptions": {},
}  # fmt: skip


def kinds_on(feed: str, day: date, last: date) -> list[str]:
    """Kinds planted in a day's file."""
    if day > last - timedelta(days=3):
        return []
    kinds = list(KINDS[feed])
    return [kind for n, kind in enumerate(kinds) if (day.toordinal() + n) % CYCLE_DAYS == 0]


def plant(
    feed: str, table: Table, kinds: Sequence[str], day: date, seed: int
) -> tuple[Table, list[Planted]]:
    """`table` with bad rows of the `kinds` below it, and where those came to lie."""
    count = length(table)
    if count < SMALLEST_FILE_ROWS:
        return table, []
    rng = np.random.default_rng([seed, 66, *f"{feed}{day}".encode()])
    added: list[dict[str, str]] = []
    planted: list[Planted] = []
    for number, kind in enumerate(kinds):
        defect = KINDS[feed][kind]
        good = np.flatnonzero(table[defect.like[0]] == defect.like[1]) if defect.like else None
        places = np.arange(count) if good is None else good
        if not places.size:
            continue
        row = int(places[int(rng.integers(0, places.size))])
        template = {name: str(values[row]) for name, values in table.items()}
        key = f"X{day:%y%m%d}{number:04d}"
        if defect.rule:
            template[next(iter(table))] = key
        made = defect.make(template, key)
        begin = count + len(added) + 1
        added += made
        planted.append(Planted(kind, defect.rule, tuple(range(begin, begin + len(made)))))
    if not added:
        return table, planted
    below = {name: np.array([row[name] for row in added], dtype=object) for name in table}
    return stack([table, below]), planted
