"""What planners publish: shifts a week ahead, changes at short notice, and who is to be away.

The shifts are those of the telephony's roster and plan; what is published at first differs from
them only where a shift was moved later.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from simulator.clock import epoch, iso_local
from simulator.codes import UNKNOWN_SCHEDULED
from simulator.demand import SLOT_S
from simulator.people.days import Ints, Texts, instant_texts
from simulator.people.staff_codes import WFM, codes
from simulator.people.tables import Table, stack, take
from simulator.plan import intended
from simulator.roster import ABSENCE, holders, staff
from simulator.shape import SITES, Site

# By number in `plan.CODES`.
PLAN_CODES = ("WORK", "BRK", "LUN", "TRN", "MTG", "COA", "CAS")
MOVED_SHARE, ODD_SHARE = 0.03, 0.002
PUBLISHED_AT_S = 15 * 3600
THURSDAY = 3
ANNUAL, UNPLANNED, NO_SHOW, OTHER = range(4)
CLASS_SHARES = (0.45, 0.43, 0.06, 0.06)


@dataclass(frozen=True)
class DutyDay:
    """Everybody on duty on an operating day of a site; `away` is -1 for who comes.

    `moved_s`: by how much the first publication was off; `told_at`: when the move was published.
    """

    seat: Ints
    person: Ints
    start: Ints
    slots: tuple[npt.NDArray[np.int8], ...]
    away: Ints
    moved_s: Ints
    told_at: Ints
    is_odd: Ints


@lru_cache(maxsize=96)
def duty_day(site: Site, agents: int, seed: int, day: date) -> DutyDay:
    """The plan of one operating day, with absences and moves."""
    place = SITES.index(site)
    planned = intended(site, agents, seed, day)
    seat, start = planned.seat, planned.start
    count = len(staff(site, agents, seed))
    # The same draw decides in the telephony who stays away.
    ill = np.random.default_rng([seed, 12, place, day.toordinal()]).random(count) < ABSENCE
    rng = np.random.default_rng([seed, 71, place, day.toordinal()])
    kind = rng.choice(len(CLASS_SHARES), count, p=CLASS_SHARES)
    moved = rng.random(count) < MOVED_SHARE
    by = rng.choice([-7200, -3600, 3600, 7200], count)
    notice = rng.integers(6 * 3600, 70 * 3600, count)
    odd = rng.random(count) < ODD_SHARE
    away = np.where(ill, kind, -1)[seat]
    shift = np.where(moved[seat] & (away != ANNUAL), by[seat], 0)
    # Moved within a date: a day is published anew as a whole, and only that one.
    shift[_local_dates(site, start) != _local_dates(site, start - shift)] = 0
    return DutyDay(
        seat=seat,
        person=holders(site, agents, seed, day)[seat],
        start=start,
        slots=tuple(planned.shift(row) for row in range(seat.size)),
        away=away,
        moved_s=shift,
        told_at=start - notice[seat],
        is_odd=odd[seat].astype(np.int64),
    )


def published_on(day: date) -> date:
    """The Thursday on which the week of `day` (Monday to Sunday) was published."""
    monday = day - timedelta(days=day.weekday())
    return monday - timedelta(days=7 - THURSDAY)


def schedules_file(agents: int, seed: int, first: date, day: date) -> Table:
    """What the file of `day` holds: Thursdays next week, Mondays the changes, at first the rest."""
    parts = []
    for site in SITES:
        if day == first:
            ends = first + timedelta(days=6 - first.weekday())
            if first.weekday() >= THURSDAY:
                ends += timedelta(days=7)
            parts.append(_weeks(site, agents, seed, first, ends))
        elif day.weekday() == THURSDAY:
            monday = day + timedelta(days=7 - THURSDAY)
            parts.append(_weeks(site, agents, seed, monday, monday + timedelta(days=6)))
        else:
            parts.append(_changes(site, agents, seed, max(first, day - timedelta(days=7)), day))
    return stack(parts)


def is_schedule_day(first: date, day: date) -> bool:
    """Whether planners send a file on `day`."""
    return day == first or day.weekday() in (THURSDAY, 0)


def _weeks(site: Site, agents: int, seed: int, begin: date, end: date) -> Table:
    """First publications of the local dates from `begin` to `end`."""
    shifts, holds = [], []
    for ahead in range(-1, (end - begin).days + 1):
        day = begin + timedelta(days=ahead)
        made = duty_day(site, agents, seed, day)
        shifts.append(_shift_rows(site, made, made.start - made.moved_s, made.start))
        if ahead >= 0:
            holds.append(holders(site, agents, seed, day))
    rows = stack(shifts)
    inside = (rows["date"] >= str(begin)) & (rows["date"] <= str(end))
    rows = take(rows, np.flatnonzero(inside))
    # All of a date is published at once, whatever operating day its shifts belong to.
    days = rows["date"].tolist()
    known = {day: f"{published_on(date.fromisoformat(day))}T15:00:00" for day in set(days)}
    rows["published"] = np.array([known[day] for day in days], dtype=object)
    return stack([rows, _days_off(site, rows, holds, begin)])


def _days_off(site: Site, rows: Table, holds: list[Ints], begin: date) -> Table:
    """One interval of a whole local day for everybody without a shift on that date."""
    at_work = set(zip(rows["agent"].tolist(), rows["date"].tolist(), strict=True))
    place = SITES.index(site)
    agent, day_texts, starts, ends, published = [], [], [], [], []
    for ahead, held in enumerate(holds):
        day = begin + timedelta(days=ahead)
        people = held[held >= 0]
        shown = codes(WFM, people, np.full(people.size, place)).tolist()
        off = [code for code in shown if (code, str(day)) not in at_work]
        agent += off
        day_texts += [str(day)] * len(off)
        starts += [epoch(site.zone, day, 0)] * len(off)
        ends += [epoch(site.zone, day + timedelta(days=1), 0)] * len(off)
        published += [epoch("UTC", published_on(day), PUBLISHED_AT_S)] * len(off)
    return {
        "agent": np.array(agent, dtype=object),
        "site": np.full(len(agent), site.site_id, dtype=object),
        "date": np.array(day_texts, dtype=object),
        "published": instant_texts(np.array(published, dtype=np.int64)),
        "code": np.full(len(agent), "OFF", dtype=object),
        "start": _local(site, np.array(starts, dtype=np.int64)),
        "end": _local(site, np.array(ends, dtype=np.int64)),
    }


def _changes(site: Site, agents: int, seed: int, begin: date, end: date) -> Table:
    """Days published anew from `begin` to `end` (not included)."""
    low, high = epoch("UTC", begin, 0), epoch("UTC", end, 0)
    parts = []
    for ahead in range(-1, (end - begin).days + 4):
        made = duty_day(site, agents, seed, begin + timedelta(days=ahead))
        told = (made.moved_s != 0) & (made.told_at >= low) & (made.told_at < high)
        chosen = np.flatnonzero(told)
        some = DutyDay(
            made.seat[chosen],
            made.person[chosen],
            made.start[chosen],
            tuple(made.slots[n] for n in chosen.tolist()),
            made.away[chosen],
            made.moved_s[chosen],
            made.told_at[chosen],
            made.is_odd[chosen],
        )
        parts.append(_shift_rows(site, some, some.start, some.told_at))
    return stack(parts)


def _shift_rows(site: Site, made: DutyDay, start: Ints, published: Ints) -> Table:
    """One row per stretch of one activity of shifts that begin at `start`."""
    who, begin, end, code = [], [], [], []
    for n, slots in enumerate(made.slots):
        if made.away[n] == ANNUAL:
            edges, names = [0, slots.size], ["LVE"]
        else:
            cuts = np.flatnonzero(np.diff(slots)) + 1
            edges = [0, *cuts.tolist(), slots.size]
            names = [PLAN_CODES[int(slots[edge])] for edge in edges[:-1]]
            if made.is_odd[n]:
                names[0] = UNKNOWN_SCHEDULED
        who += [n] * len(names)
        begin += edges[:-1]
        end += edges[1:]
        code += names
    row = np.array(who, dtype=np.int64)
    starts = start[row] + SLOT_S * np.array(begin, dtype=np.int64)
    ends = start[row] + SLOT_S * np.array(end, dtype=np.int64)
    shown = codes(WFM, made.person, np.zeros(made.person.size, dtype=np.int64))
    dates = _local_dates(site, start)
    return {
        "agent": shown[row],
        "site": np.full(row.size, site.site_id, dtype=object),
        "date": dates[row],
        "published": instant_texts(published[row]),
        "code": np.array(code, dtype=object),
        "start": _local(site, starts),
        "end": _local(site, ends),
    }


def _local(site: Site, seconds: Ints) -> Texts:
    return np.array(iso_local(site.zone, seconds), dtype=object)


def _local_dates(site: Site, seconds: Ints) -> Texts:
    return np.array([text[:10] for text in iso_local(site.zone, seconds)], dtype=object)
