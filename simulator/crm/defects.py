"""Bad rows of the CRM's files: each kind takes a good row and makes new ones to be turned away.

They are added, never put in place of a good row, so what was meant stays true. Which file gets
which kind follows from the day alone; the newest days stay clean for the demonstration nights.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from simulator.crm.rows import HEADERS, Row

SMALLEST_FILE_ROWS = 25
CYCLE_DAYS = 8
Make = Callable[[dict[str, str], str], list[dict[str, str]]]


@dataclass(frozen=True)
class Kind:
    """How rows of a kind are made, and the rule that must turn them away ("": superseded)."""

    rule: str
    make: Make
    like: Callable[[dict[str, str]], bool] = lambda row: True


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


def _sent(row: dict[str, str]) -> bool:
    return row["record"] == "sent"


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
        "answered_unasked": Kind("answer_before_sending", _with(csat="5"), _sent),
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
    feed: str, rows: Sequence[Row], kinds: Sequence[str], day: date, seed: int
) -> tuple[list[Row], list[Planted]]:
    """`rows` with bad ones of the `kinds` behind them, and where those came to lie."""
    out = list(rows)
    if len(rows) < SMALLEST_FILE_ROWS:
        return out, []
    rng = np.random.default_rng([seed, 66, *f"{feed}{day}".encode()])
    header, planted = HEADERS[feed], []
    for number, kind in enumerate(kinds):
        defect = KINDS[feed][kind]
        good = [
            row for row in (dict(zip(header, row, strict=True)) for row in rows) if defect.like(row)
        ]
        if not good:
            continue
        template = good[int(rng.integers(0, len(good)))]
        key = f"X{day:%y%m%d}{number:04d}"
        if defect.rule:
            template = {**template, header[0]: key}
        places = []
        for made in defect.make(template, key):
            out.append(tuple(made[column] for column in header))
            places.append(len(out))
        planted.append(Planted(kind, defect.rule, tuple(places)))
    return out, planted
