"""Absences as the planning tool keeps them: days away, and long leaves that end at last."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from simulator.clock import epoch
from simulator.demand import SLOT_S
from simulator.people.days import NEVER, Flags, Ints, Texts, day_of, instant_texts, number
from simulator.people.population import Spells, spells
from simulator.people.shifts import ANNUAL, duty_day, published_on
from simulator.people.staff_codes import WFM, codes
from simulator.people.tables import Table, stack, take
from simulator.shape import SITES, Site

# The tool's own words; ingest keeps their class alone.
WORDS = ("Annual leave (holiday)", "Called in at short notice", "No-show / NCNS", "Appointment")
LEAVE_WORD = "Parental or other statutory leave"
LOOK_AHEAD_DAYS = 12


def absences_file(agents: int, seed: int, since: date, day: date, is_first: bool) -> Table:
    """Absences recorded after `since` up to and with `day` (UTC); the first file has them all."""
    low = 0 if is_first else epoch("UTC", since + timedelta(days=1), 0)
    high = epoch("UTC", day + timedelta(days=1), 0)
    parts = []
    for place, site in enumerate(SITES):
        span = (day - since).days + LOOK_AHEAD_DAYS + 1
        for ahead in range(span):
            when = since + timedelta(days=ahead)
            at, rows = _days_away(place, agents, seed, when)
            parts.append(take(rows, np.flatnonzero((at >= low) & (at < high))))
        parts.append(_long_leaves(place, site, spells(agents, seed), low, high, number(since)))
    return stack(parts)


@lru_cache(maxsize=96)
def _days_away(place: int, agents: int, seed: int, day: date) -> tuple[Ints, Table]:
    """Absences from the shifts of an operating day, with the instants of recording."""
    site, made = SITES[place], duty_day(SITES[place], agents, seed, day)
    away = np.flatnonzero(made.away >= 0)
    rng = np.random.default_rng([seed, 73, place, day.toordinal()])
    ahead = rng.integers(0, 6 * 86_400, away.size)
    late = rng.integers(-5400, 5400, away.size)
    kind = made.away[away]
    published = epoch("UTC", published_on(day), 9 * 3600)
    at = np.where(kind == ANNUAL, published - ahead, made.start[away] + late)
    length = np.array([made.slots[n].size for n in away.tolist()], dtype=np.int64) * SLOT_S
    return at, _rows(
        place,
        site,
        np.array([f"A{place}{day:%y%m%d}-{s}" for s in made.seat[away].tolist()], dtype=object),
        made.person[away],
        made.start[away],
        made.start[away] + length,
        np.array(WORDS, dtype=object)[kind],
        kind == ANNUAL,
        kind < 2,
        at,
    )


def _long_leaves(place: int, site: Site, held: Spells, low: int, high: int, oldest: int) -> Table:
    """A leave is known three weeks ahead, open; when the person is back it is sent with its end."""
    mine = np.flatnonzero(
        (held.site == place) & (held.leave_from < NEVER) & (held.leave_to > oldest)
    )
    begin = _midnights(site, held.leave_from[mine])
    end = _midnights(site, held.leave_to[mine])
    names = [
        f"L{p + 1:06d}-{d}"
        for p, d in zip(held.person[mine].tolist(), held.leave_from[mine].tolist(), strict=True)
    ]
    parts = []
    for shown_end, at in ((np.zeros(mine.size, dtype=np.int64), begin - 21 * 86_400), (end, end)):
        rows = _rows(
            place,
            site,
            np.array(names, dtype=object),
            held.person[mine],
            begin,
            shown_end,
            np.full(mine.size, LEAVE_WORD, dtype=object),
            np.ones(mine.size, dtype=np.bool_),
            np.zeros(mine.size, dtype=np.bool_),
            at,
        )
        parts.append(take(rows, np.flatnonzero((at >= low) & (at < high))))
    return stack(parts)


def _midnights(site: Site, days: Ints) -> Ints:
    return np.array([epoch(site.zone, day_of(d), 0) for d in days.tolist()], dtype=np.int64)


def _rows(
    place: int,
    site: Site,
    name: Texts,
    person: Ints,
    begin: Ints,
    end: Ints,
    word: Texts,
    planned: Flags,
    paid: Flags,
    at: Ints,
) -> Table:
    closed = _local(site, np.where(end == 0, begin, end))
    closed[end == 0] = ""
    return {
        "id": name,
        "agent": codes(WFM, person, np.full(person.size, place)),
        "site": np.full(person.size, site.site_id, dtype=object),
        "start": _local(site, begin),
        "end": closed,
        "category": word,
        "planned": np.where(planned, "yes", "no").astype(object),
        "paid": np.where(paid, "yes", "no").astype(object),
        "recorded": instant_texts(at),
    }


def _local(site: Site, seconds: Ints) -> Texts:
    # A leave may span years: one instant at a time, for clocks change more than once.
    zone = ZoneInfo(site.zone)
    parts = [datetime.fromtimestamp(at, zone).isoformat() for at in seconds.tolist()]
    return np.array(parts, dtype=object)
