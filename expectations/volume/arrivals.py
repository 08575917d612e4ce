"""What came of each feed, account and client for an extract date, against weekdays before. Pure.

A date is judged until a person saw it published: what did not come stays open until it comes or is
accepted. Holidays are not judged and not compared with.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from expectations.volume.finding import Finding

ALL = ""
WEEKS = (1, 2, 3, 4)
# Two same weekdays may both be odd; with three at ten rows each, none at all is no chance
# (a Poisson mean of ten is zero once in 20,000 days).
COMPARABLES, SOME_ROWS = 3, 10
# From fifty rows a day on, half of the smallest same weekday is no weather: a site's file is cut.
MANY_ROWS, FALL, RISE = 50, 0.5, 3.0
UNKNOWN = (ALL, "unmapped")


@dataclass(frozen=True)
class Feed:
    """What the contract of one feed says, and its rows by (account, client, extract date).

    first: the first extract date of each account. rises: whether more than usual is a fault; a
    feed of changes repeats whatever was touched, and may touch everything at once.
    """

    name: str
    late_after_hours: int
    fall: float
    rise: float
    rises: bool
    rows: Mapping[tuple[str, str, dt.date], int]
    first: Mapping[str, dt.date]
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Calendar:
    """Through which date is judged, which days are no usual ones, which clients have ended."""

    through: dt.date
    holidays: Collection[dt.date]
    ended: Mapping[str, dt.date]


@dataclass(frozen=True)
class Shown:
    """Through which date readers were shown what came; earlier for who was held back since."""

    last: dt.date
    clients: Mapping[str, dt.date]
    feeds: Mapping[str, dt.date]

    @property
    def first(self) -> dt.date:
        """The oldest of these dates."""
        return min([self.last, *self.clients.values(), *self.feeds.values()])


def findings(feed: Feed, calendar: Calendar, shown: Shown) -> Iterator[Finding]:
    """All findings on one feed, for the dates that readers have not been shown."""
    for account in sorted(feed.first):
        clients = sorted({c for a, c, _ in feed.rows if a == account and c not in UNKNOWN})
        since = shown.feeds.get(feed.name, shown.last)
        grace = dt.timedelta(hours=feed.late_after_hours + 24)
        for day in _days(shown.first - grace, calendar):
            if not _rows(feed, account, ALL, day):
                # It may be late; it is judged once, in the first night after its contract's term.
                if _is_overdue(feed, day, calendar.through) and not _is_overdue(feed, day, since):
                    yield from _judged(feed, account, ALL, day, calendar)
                continue
            whole = list(_judged(feed, account, ALL, day, calendar)) if day > since else []
            yield from whole
            if whole:
                continue
            for client in clients:
                told = shown.clients.get(client, shown.last)
                if told < day < calendar.ended.get(client, dt.date.max):
                    yield from _judged(feed, account, client, day, calendar)


def _days(shown: dt.date, calendar: Calendar) -> Iterator[dt.date]:
    day = shown
    while day < calendar.through:
        day += dt.timedelta(days=1)
        if day not in calendar.holidays:
            yield day


def _judged(
    feed: Feed, account: str, client: str, day: dt.date, calendar: Calendar
) -> Iterator[Finding]:
    before = [
        _rows(feed, account, client, past)
        for past in (day - dt.timedelta(days=7 * week) for week in WEEKS)
        if past not in calendar.holidays and past >= feed.first[account]
    ]
    now = _rows(feed, account, client, day)
    usual = len(before) >= COMPARABLES
    kind = None
    if not now:
        gone = usual and min(before) >= SOME_ROWS
        if gone or _silent_for_a_week(feed, account, client, day, calendar):
            kind = "not_come"
    elif usual and min(before) >= MANY_ROWS and now < (1 - feed.fall) * min(before):
        kind = "came_less"
    elif usual and min(before) >= MANY_ROWS and feed.rises and now > feed.rise * max(before):
        kind = "came_more"
    if kind is None:
        return
    yield Finding(
        kind=kind,
        where=feed.name,
        whose=f"client {client}" if client != ALL else account,
        when=str(day),
        before_n=max(before, default=0) if kind == "came_more" else min(before, default=0),
        now_n=now,
        clients=(client,) if client != ALL else (),
        feeds=(feed.name,) if client == ALL else (),
        tables=feed.tables,
    )


def _silent_for_a_week(
    feed: Feed, account: str, client: str, day: dt.date, calendar: Calendar
) -> bool:
    """Whether a small flow ended a week ago: rows then, none since, some in each week before."""

    def rows_from(first: int, last: int) -> int:
        dates = (day - dt.timedelta(days=back) for back in range(first, last, -1))
        return sum(_rows(feed, account, client, one) for one in dates)

    if day - dt.timedelta(days=28) < feed.first[account] or not rows_from(7, 6):
        return False
    silent = not rows_from(6, -1 - (calendar.through - day).days)
    return silent and all(rows_from(6 + 7 * week, 7 * week - 1) >= SOME_ROWS for week in (1, 2, 3))


def _is_overdue(feed: Feed, day: dt.date, through: dt.date) -> bool:
    """Whether a date may no longer be missing in the night of `through`, by the contract's term."""
    return ((through - day).days + 1) * 24 > feed.late_after_hours


def _rows(feed: Feed, account: str, client: str, day: dt.date) -> int:
    return feed.rows.get((account, client, day), 0)
