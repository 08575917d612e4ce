"""Who works when: a weekly roster fitted greedily to the forecast. Deterministic by seed.

A roster holds as long as the clocks of the customers keep their distance to the site's clock;
when daylight saving time ends on one side only, shifts move with the customers.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from simulator.clock import epoch, offset
from simulator.curves import QUEUE_SHARE
from simulator.demand import SLOT_S, agents_needed, offered_load, profile
from simulator.shape import SITES, Site

FULL_SLOTS, PART_SLOTS = 33, 20
PART_TIME_SHARE = 0.6
ABSENCE = 0.07
FIXED_SHRINKAGE = 0.14
OVERHANG_SLOTS = 1
REST_S = 10 * 3600
SWITCHED_LOGIN_FROM = date(2026, 10, 15)
Table = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Agent:
    """An agent. `logins`: (code, first day, day after the last) in order; open ends are None."""

    agent_id: str
    site_id: str
    number: int
    slots_n: int
    extension: str
    logins: tuple[tuple[str, date | None, date | None], ...]
    mapped: bool = True

    def code(self, day: date) -> str:
        """The login used for a shift that starts on `day`."""
        for code, _, until in self.logins:
            if until is None or day < until:
                return code
        return self.logins[-1][0]


@dataclass(frozen=True)
class Shift:
    """Where an agent's shift lies in an operating day (slots after the cut), and on which days."""

    start_slot: int
    slots_n: int
    weekdays: tuple[bool, ...]


@dataclass(frozen=True)
class Roster:
    """Shifts by agent (same order as `staff`) and contacts per week that they can handle."""

    shifts: tuple[Shift, ...]
    weekly_contacts: float


@lru_cache(maxsize=16)
def staff(site: Site, agents: int, seed: int) -> tuple[Agent, ...]:
    """The agents of a site out of `agents` in all (at least two a site)."""
    before = 0
    for other in SITES:
        count = max(2, round(agents * other.agents_share))
        if other.site_id == site.site_id:
            break
        before += count
    rng = np.random.default_rng([seed, 11, SITES.index(site)])
    part = rng.random(count) < PART_TIME_SHARE
    people = []
    for index in range(count):
        number = before + index + 1
        code = f"{site.prefix.lower()}{1000 + number}"
        logins: tuple[tuple[str, date | None, date | None], ...] = ((code, None, None),)
        if index % 40 == 7:
            again = f"{site.prefix.lower()}{7000 + number}"
            logins = (
                (code, None, SWITCHED_LOGIN_FROM),
                (again, SWITCHED_LOGIN_FROM, None),
            )
        people.append(
            Agent(
                agent_id=f"E{10_000 + number}",
                site_id=site.site_id,
                number=number,
                slots_n=PART_SLOTS if part[index] else FULL_SLOTS,
                extension=str(4000 + number),
                logins=logins,
                # One new starter whom nobody entered in the crosswalk.
                mapped=not (site.site_id == "krakow" and index == count - 1),
            )
        )
    return tuple(people)


def roster(site: Site, agents: int, seed: int, day: date) -> Roster:
    """The roster in force on the operating day `day`."""
    noon = epoch(site.zone, day, 12 * 3600)
    here = offset(site.zone, noon)
    distance = tuple(offset(route.queue.zone, noon) - here for route in site.routes)
    return _fitted(site, agents, seed, distance, _reference_monday(site, distance, day))


def _reference_monday(site: Site, distance: tuple[int, ...], day: date) -> date:
    # The same clocks must give the same roster whatever day asks: search a fixed year.
    for week in range(53):
        monday = date(day.year, 1, 5) + timedelta(weeks=week)
        monday -= timedelta(days=monday.weekday())
        noons = [epoch(site.zone, monday + timedelta(days=d), 12 * 3600) for d in (0, 7)]
        if all(
            tuple(offset(r.queue.zone, noon) - offset(site.zone, noon) for r in site.routes)
            == distance
            for noon in noons
        ):
            return monday
    return day - timedelta(days=day.weekday())


@lru_cache(maxsize=64)
def _fitted(site: Site, agents: int, seed: int, distance: tuple[int, ...], monday: date) -> Roster:
    people = staff(site, agents, seed)
    shapes, opens = [], []
    for weekday in range(7):
        day = profile(site, monday + timedelta(days=weekday))
        shapes.append(_day_of_96(day.shape))
        opens.append(_day_of_96(day.is_open.astype(float)) > 0)
    shape = np.concatenate(shapes, axis=1)
    is_open = np.concatenate(opens, axis=1)
    capacity = sum(p.slots_n for p in people) * 5 * (1 - ABSENCE) * (1 - FIXED_SHRINKAGE)
    weekly = _contacts_for(site, shape, is_open, QUEUE_SHARE * capacity)
    need = np.maximum(agents_needed(offered_load(site, shape * weekly, is_open)), is_open.any(0))
    target = need.reshape(7, 96) * sum(p.slots_n for p in people) * 5 / need.sum()
    return Roster(_greedy(people, target), weekly)


def _day_of_96(table: Table) -> Table:
    return table[:, :96] if table.shape[1] >= 96 else np.pad(table, ((0, 0), (0, 4)), mode="edge")


def _contacts_for(
    site: Site, shape: Table, is_open: npt.NDArray[np.bool_], agent_slots: float
) -> float:
    low, high = 0.0, 1e9
    for _ in range(60):
        middle = (low + high) / 2
        load = offered_load(site, shape * middle, is_open)
        low, high = (middle, high) if agents_needed(load).sum() < agent_slots else (low, middle)
    return low


def _greedy(people: tuple[Agent, ...], target: Table) -> tuple[Shift, ...]:
    missing = target.copy()
    shifts = []
    patterns = [tuple((w - first) % 7 < 5 for w in range(7)) for first in range(7)]
    for person in people:
        starts = [*range(0, 96 + OVERHANG_SLOTS - person.slots_n, 2), 97 - person.slots_n]
        sums = np.concatenate([np.zeros((7, 1)), np.cumsum(missing, axis=1)], axis=1)
        ends = [min(start + person.slots_n, 96) for start in starts]
        gain = np.asarray(patterns, dtype=float) @ (sums[:, ends] - sums[:, starts])
        pattern, at = np.unravel_index(int(np.argmax(gain)), gain.shape)
        days = patterns[int(pattern)]
        missing[np.asarray(days), starts[int(at)] : ends[int(at)]] -= 1
        shifts.append(Shift(starts[int(at)], person.slots_n, days))
    return tuple(shifts)


def shift_bounds(site: Site, shift: Shift, day: date) -> tuple[int, int]:
    """Start and end of the shift in the operating day `day`, by the wall clock."""
    first = site.cut_hour * 3600 + shift.start_slot * SLOT_S
    return epoch(site.zone, day, first), epoch(site.zone, day, first + shift.slots_n * SLOT_S)


def at_work(site: Site, agents: int, seed: int, day: date) -> tuple[int, ...]:
    """Indices into `staff` of who is rostered for `day`, had ten hours of rest, and is not ill."""
    today = roster(site, agents, seed, day)
    before = roster(site, agents, seed, day - timedelta(days=1))
    ill = np.random.default_rng([seed, 12, SITES.index(site), day.toordinal()]).random(
        len(today.shifts)
    )
    present = []
    for index, shift in enumerate(today.shifts):
        if not shift.weekdays[day.weekday()] or ill[index] < ABSENCE:
            continue
        earlier = before.shifts[index]
        yesterday = day - timedelta(days=1)
        if earlier.weekdays[yesterday.weekday()]:
            ended = shift_bounds(site, earlier, yesterday)[1]
            if shift_bounds(site, shift, day)[0] - ended < REST_S:
                continue
        present.append(index)
    return tuple(present)
