"""Who sits where on a day, month by month: what coaching, praise and mentoring are drawn over."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from simulator.clock import epoch
from simulator.people.days import DAY_S, Flags, Floats, Ints, Texts, day_of, number
from simulator.people.jobs import attributes, stints
from simulator.people.population import TRAINING_DAYS
from simulator.people.staff_codes import HISTORY_DAYS, PEOPLE, codes, people
from simulator.shape import SITES


@dataclass(frozen=True)
class Month:
    """A calendar month: its number (years times twelve), first day and length in days."""

    number: int
    first: int
    days_n: int


@dataclass(frozen=True)
class Crew:
    """People in seats who take contacts, each on a day of their own (`on`, a working day)."""

    person: Ints
    site: Ints
    seat: Ints
    team: Ints
    leader: Ints
    role: Ints
    start: Ints
    on: Ints


def months_between(first: date, last: date) -> list[Month]:
    """The months that touch the days from `first` to `last`."""
    low, high = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [_month(n) for n in range(low, high + 1)]


def _month(n: int) -> Month:
    first, after = (date(m // 12, m % 12 + 1, 1) for m in (n, n + 1))
    return Month(n, number(first), (after - first).days)


@lru_cache(maxsize=12)
def crew(agents: int, seed: int, last: int, month: Month) -> Crew:
    """Everybody at work in a month, as they stood on a working day of it drawn for each."""
    who = stints(agents, seed, last - HISTORY_DAYS)
    rng = np.random.default_rng([seed, 81, month.number])
    on = working_days(month.first + rng.integers(0, month.days_n, who.person.size))
    here = (who.post < 0) & (who.start + TRAINING_DAYS <= on) & (on < who.end)
    here &= ~((who.leave_from <= on) & (on < who.leave_to))
    stint = np.flatnonzero(here)
    day = on[stint]
    known = attributes(agents, seed, who, stint, day)
    return Crew(
        person=who.person[stint],
        site=who.site[stint],
        seat=who.seat[stint],
        team=known["team"],
        leader=known["leader"],
        role=known["role"],
        start=who.start[stint],
        on=day,
    )


def working_days(days: Ints) -> Ints:
    """Each day, or the Friday before it."""
    weekday = (days + 3) % 7
    return days - np.maximum(weekday - 4, 0)


def at_work(site: Ints, days: Ints, share: Floats) -> Ints:
    """Instants within local office hours, `share` of the way through them."""
    return local_midnights(site, days) + 9 * 3600 + (share * 31).astype(np.int64) * 900


def local_midnights(site: Ints, days: Ints) -> Ints:
    """Instants at which local days of sites begin."""
    pairs, back = np.unique(np.stack([site, days]), axis=1, return_inverse=True)
    found = [epoch(SITES[s].zone, day_of(d), 0) for s, d in pairs.T.tolist()]
    return np.array(found, dtype=np.int64)[back.ravel()]


def site_names(site: Ints) -> Texts:
    """Ids of sites."""
    return np.array([s.site_id for s in SITES], dtype=object)[site]


def shown_codes(agents: int, seed: int, person: Ints) -> Texts:
    """Codes of people in the people system; empty for nobody (-1)."""
    site = people(agents, seed).site[np.maximum(person, 0)]
    return codes(PEOPLE, person, site)


def serials(letter: str, month: Month, rows: Ints) -> Texts:
    """Ids such as `C24321-000017`, from the places of rows in a month."""
    return np.array([f"{letter}{month.number}-{row:06d}" for row in rows.tolist()], dtype=object)


def bounds(since: date, day: date) -> tuple[int, int]:
    """Instants [low, high) recorded after `since` up to and with `day`."""
    low, high = (epoch("UTC", at + timedelta(days=1), 0) for at in (since, day))
    return low, high


def next_evening(at: Ints) -> Ints:
    """22:00 UTC of the day of each instant, or of the next when that is past."""
    return -(-(at - 22 * 3600) // DAY_S) * DAY_S + 22 * 3600


def known(flags: Flags, values: Texts) -> Texts:
    """Texts where flags stand, nothing elsewhere."""
    return np.where(flags, values, "").astype(object)
