"""Who holds which seat from when to when: hires in waves, a hazard of leaving, rehires.

A seat is a place in a site's roster; people follow each other in it. Spells begin in 2012, so
that by now newcomers and old hands are mixed as they are in a centre; every draw depends on the
seed and the site alone, never on the days that are dropped.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from simulator.people.days import NEVER, Flags, Floats, Ints, number
from simulator.shape import SITES

ORIGIN, HORIZON = number(date(2012, 1, 2)), number(date(2034, 1, 2))
SPELLS = 24
WAVE_DAYS, TRAINING_DAYS, EARLY_DAYS = 28, 21, 90
# Daily hazard of leaving from each day of tenure on: nearly half are gone after ninety days.
HAZARD = ((0, 0.0098), (30, 0.0048), (90, 0.00079), (365, 0.0005))
FRAILTY_SD = 0.3
SITE_HAZARD = (1.1, 0.95, 0.95)
PROMOTED_SHARE, VOLUNTARY_SHARE, EARLY_VOLUNTARY_SHARE = 0.12, 0.72, 0.70
REHIRED_SHARE = 0.05
PART_TIME_SHARE = 0.3
GROWTH_SHARE, GROWTH_WAVES = 0.15, (date(2025, 2, 10), date(2025, 9, 8), date(2026, 2, 9))
RAMP_DOWN_SITE, RAMP_DOWN_SHARE, RAMP_DOWN = "krakow", 0.18, number(date(2025, 11, 30))
VOLUNTARY, INVOLUNTARY, PROMOTED, RAMPED_DOWN = 0, 1, 2, 3


@dataclass(frozen=True)
class Spells:
    """One entry per person in a seat, ordered by site, seat and hire. Days are half-open.

    `seat` numbers the seats of a site; those from the site's agent count on were given up when a
    client ramped down. `number` numbers seats over all sites. `hazard` multiplies `HAZARD`.
    """

    site: Ints
    seat: Ints
    number: Ints
    hire: Ints
    end: Ints
    exit: Ints
    leave_from: Ints
    leave_to: Ints
    hazard: Floats
    is_part_time: Flags
    person: Ints
    is_rehire: Flags
    people_n: int

    @property
    def go_live(self) -> Ints:
        """First day on which the person takes contacts."""
        return self.hire + TRAINING_DAYS


@lru_cache(maxsize=4)
def seats_of(agents: int) -> tuple[int, ...]:
    """Seats per site of a company with `agents` in all (at least two a site)."""
    return tuple(max(2, round(agents * site.agents_share)) for site in SITES)


def part_time(site: int, count: int, seed: int) -> Flags:
    """Which seats of a site are part-time."""
    rng = np.random.default_rng([seed, 11, site])
    out: Flags = rng.random(count) < PART_TIME_SHARE
    return out


@lru_cache(maxsize=4)
def spells(agents: int, seed: int) -> Spells:
    """Everybody who held a seat, for all sites."""
    parts = [_site_spells(site, agents, seed) for site in range(len(SITES))]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    donors = _rehires(joined, seed)
    person = np.arange(joined["hire"].size)
    person[donors[:, 0]] = person[donors[:, 1]]
    is_rehire = np.zeros(person.size, dtype=np.bool_)
    is_rehire[donors[:, 0]] = True
    # People are numbered in the order in which they joined.
    first = np.flatnonzero(~is_rehire)
    order = first[np.lexsort((first, joined["hire"][first]))]
    rank = np.zeros(person.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    return Spells(
        site=joined["site"],
        seat=joined["seat"],
        number=joined["number"],
        hire=joined["hire"],
        end=joined["end"],
        exit=joined["exit"],
        leave_from=joined["leave_from"],
        leave_to=joined["leave_to"],
        hazard=joined["hazard"].astype(np.float64),
        is_part_time=joined["part"].astype(np.bool_),
        person=rank[person],
        is_rehire=is_rehire,
        people_n=order.size,
    )


def tenure_quantile(cumulated: Floats) -> Ints:
    """Days of tenure at which the cumulated hazard reaches `cumulated`, at least 1."""
    starts = np.array([start for start, _ in HAZARD] + [20_000], dtype=np.float64)
    rates = np.array([rate for _, rate in HAZARD])
    total = np.concatenate([[0.0], np.cumsum(np.diff(starts) * rates)])
    return np.maximum(np.interp(cumulated, total, starts), 1).astype(np.int64)


def keeps_its_holder(site: int, count: int) -> Flags:
    """Seats whose holder stays for good: every site's first two, and those with a planted oddity.

    (Each fortieth holder has two logins; the last at Kraków is unknown to the crosswalk.)
    """
    seat = np.arange(count)
    kept: Flags = (seat < 2) | (seat % 40 == 7)
    if SITES[site].site_id == "krakow":
        kept[-1] = True
    return kept


def _site_spells(site: int, agents: int, seed: int) -> dict[str, Ints | Floats]:
    counts = seats_of(agents)
    count, before = counts[site], sum(counts[:site])
    extra = 0
    if SITES[site].site_id == RAMP_DOWN_SITE:
        extra = max(1, round(count * RAMP_DOWN_SHARE))
    total = count + extra
    seat = np.arange(total)
    rng = np.random.default_rng([seed, 61, site])
    hazard = np.exp(rng.normal(-(FRAILTY_SD**2) / 2, FRAILTY_SD, (total, SPELLS)))
    hazard *= SITE_HAZARD[site]
    tenure = tenure_quantile(rng.exponential(size=(total, SPELLS)) / hazard)
    gap = rng.integers(10, 40, (total, SPELLS))
    start = ORIGIN + rng.integers(0, 1500, total)
    growth = (seat >= count * (1 - GROWTH_SHARE)) & (seat < count)
    waves = np.array([number(day) for day in GROWTH_WAVES])
    start = np.where(growth, waves[seat % len(waves)], start)
    kept = np.zeros(total, dtype=np.bool_)
    kept[:count] = keeps_its_holder(site, count)
    start = np.where(kept, ORIGIN + 2200 + rng.integers(0, 2200, total), start)
    hire = np.zeros((total, SPELLS), dtype=np.int64)
    end = np.zeros((total, SPELLS), dtype=np.int64)
    at = start
    for turn in range(SPELLS):
        hire[:, turn] = _next_wave(at, site)
        end[:, turn] = np.where(kept, NEVER, hire[:, turn] + tenure[:, turn])
        at = np.minimum(end[:, turn] + gap[:, turn], NEVER)
    given_up = (seat >= count)[:, None]
    cut = given_up & (end > RAMP_DOWN)
    end = np.where(cut, RAMP_DOWN, end)
    away = _leaves(rng, hire, end)
    exits = np.where(cut, RAMPED_DOWN, _exits(rng, end - hire))
    shown = (hire < np.where(given_up, RAMP_DOWN, HORIZON)) & (hire < NEVER - 1)
    part = np.ones(total, dtype=np.int64)
    part[:count] = part_time(site, count, seed)
    full = np.broadcast_to
    shape = (total, SPELLS)
    columns: dict[str, Ints | Floats] = {
        "site": full(np.int64(site), shape),
        "seat": full(seat[:, None], shape),
        "number": full(before + seat[:, None] + 1, shape),
        "hire": hire,
        "end": end,
        "exit": exits,
        "leave_from": away[0],
        "leave_to": away[1],
        "hazard": hazard,
        "part": full(part[:, None], shape),
    }
    return {name: values[shown] for name, values in columns.items()}


def _next_wave(at: Ints, site: int) -> Ints:
    """The next Monday on which the site takes in a class."""
    origin = ORIGIN + 7 * site
    return origin + -(-(at - origin) // WAVE_DAYS) * WAVE_DAYS


def _exits(rng: np.random.Generator, tenure: Ints) -> Ints:
    up, how = rng.random(tenure.shape), rng.random(tenure.shape)
    voluntary = np.where(tenure < EARLY_DAYS, EARLY_VOLUNTARY_SHARE, VOLUNTARY_SHARE)
    left = np.where(how < voluntary, VOLUNTARY, INVOLUNTARY)
    return np.where((tenure > 365) & (up < PROMOTED_SHARE), PROMOTED, left)


def _leaves(rng: np.random.Generator, hire: Ints, end: Ints) -> tuple[Ints, Ints]:
    """One long leave in some of the longer spells; NEVER for none."""
    tenure = np.minimum(end, HORIZON) - hire
    length = rng.integers(42, 130, hire.shape)
    start = hire + 200 + (rng.random(hire.shape) * np.maximum(tenure - 400, 1)).astype(np.int64)
    has = (tenure > 500) & (rng.random(hire.shape) < np.minimum(0.08 * tenure / 365, 0.5))
    has &= end < NEVER
    return np.where(has, start, NEVER), np.where(has, start + length, NEVER)


def _rehires(joined: dict[str, Ints | Floats], seed: int) -> Ints:
    """Pairs (spell, the earlier spell of the same person); nobody is rehired twice."""
    rng = np.random.default_rng([seed, 62])
    hire, end, site = joined["hire"], joined["end"], joined["site"]
    back = rng.random(hire.size) < REHIRED_SHARE
    wait = rng.integers(60, 500, hire.size)
    pairs = []
    for place in range(len(SITES)):
        gone = np.flatnonzero((site == place) & (joined["exit"] == VOLUNTARY) & ~back)
        gone = gone[np.argsort(end[gone], kind="stable")]
        wanted = np.flatnonzero((site == place) & back)
        at = np.searchsorted(end[gone], hire[wanted] - wait[wanted], side="right") - 1
        wanted, at = wanted[at >= 0], at[at >= 0]
        # The first to ask gets the person.
        donors, first = np.unique(gone[at], return_index=True)
        pairs.append(np.stack([wanted[first], donors], axis=1))
    return np.concatenate(pairs).astype(np.int64)
