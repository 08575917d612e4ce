"""Who works when: a weekly roster fitted greedily to the forecast. Deterministic by seed.

A roster holds as long as the clocks of the customers keep their distance to the site's clock;
when daylight saving time ends on one side only, shifts move with the customers.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.clock import epoch, offset
from simulator.curves import QUEUE_SHARE
from simulator.demand import SLOT_S, agents_needed, offered_load, profile
from simulator.people.days import NEVER, day_of, number
from simulator.people.population import part_time, seats_of, spells
from simulator.people.staff_codes import agent_ids, codes
from simulator.shape import SITES, Site

FULL_SLOTS, PART_SLOTS = 33, 20
ABSENCE = 0.07
# Seats between two holders, holders in training and on long leave.
VACANT = 0.06
FIXED_SHRINKAGE = 0.14
OVERHANG_SLOTS = 1
REST_S = 10 * 3600
SWITCHED_LOGIN_FROM = date(2026, 10, 15)
Table = npt.NDArray[np.float64]


class Login(NamedTuple):
    """A code by which the telephony knows an agent, from a day to another (None: for good)."""

    code: str
    agent_id: str
    person: int
    since: date
    until: date | None


@dataclass(frozen=True)
class Agent:
    """A seat in the roster and, in order, the logins of those who held it."""

    site_id: str
    number: int
    slots_n: int
    extension: str
    logins: tuple[Login, ...]
    mapped: bool = True

    def login(self, day: date) -> Login:
        """The login used for a shift that starts on `day`."""
        for login in self.logins:
            if login.until is None or day < login.until:
                return login
        return self.logins[-1]


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
    """The seats of a site out of `agents` in all (at least two a site), and who held them."""
    place = SITES.index(site)
    counts = seats_of(agents)
    count, before = counts[place], sum(counts[:place])
    part = part_time(place, count, seed)
    logins = _logins(place, agents, seed)
    return tuple(
        Agent(
            site_id=site.site_id,
            number=before + seat + 1,
            slots_n=PART_SLOTS if part[seat] else FULL_SLOTS,
            extension=str(4000 + before + seat + 1),
            logins=tuple(logins[seat]),
            # One starter whom nobody entered in the crosswalk.
            mapped=not (site.site_id == "krakow" and seat == count - 1),
        )
        for seat in range(count)
    )


def _logins(place: int, agents: int, seed: int) -> list[list[Login]]:
    """By seat of a site, the logins of its holders from the day they join."""
    held, count = spells(agents, seed), seats_of(agents)[place]
    mine = np.flatnonzero((held.site == place) & (held.seat < count))
    shown = codes("sim", held.person[mine], held.site[mine]).tolist()
    ids = agent_ids(held.person[mine])
    columns = (held.seat, held.hire, held.end, held.person)
    rows = zip(shown, ids, *(column[mine].tolist() for column in columns), strict=True)
    out: list[list[Login]] = [[] for _ in range(count)]
    for code, agent_id, seat, hire, end, person in rows:
        until = None if end >= NEVER else day_of(end)
        login = Login(code, agent_id, person, day_of(hire), until)
        if seat % 40 == 7:
            again = login._replace(code=code + "b", since=SWITCHED_LOGIN_FROM)
            out[seat] += [login._replace(until=SWITCHED_LOGIN_FROM), again]
        else:
            out[seat].append(login)
    return out


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
    capacity *= 1 - VACANT
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
    """Indices into `staff` of who is on duty on `day` and does come."""
    count = len(staff(site, agents, seed))
    draws = np.random.default_rng([seed, 12, SITES.index(site), day.toordinal()])
    away = draws.random(count) < ABSENCE
    return tuple(index for index in on_duty(site, agents, seed, day) if not away[index])


def on_duty(site: Site, agents: int, seed: int, day: date) -> tuple[int, ...]:
    """Indices into `staff` of who is rostered for `day` and had ten hours of rest."""
    today = roster(site, agents, seed, day)
    yesterday = day - timedelta(days=1)
    before = roster(site, agents, seed, yesterday)
    holds = holders(site, agents, seed, day)
    duty = []
    for index, shift in enumerate(today.shifts):
        if not shift.weekdays[day.weekday()] or holds[index] < 0:
            continue
        earlier = before.shifts[index]
        if earlier.weekdays[yesterday.weekday()]:
            ended = shift_bounds(site, earlier, yesterday)[1]
            if shift_bounds(site, shift, day)[0] - ended < REST_S:
                continue
        duty.append(index)
    return tuple(duty)


def holders(site: Site, agents: int, seed: int, day: date) -> npt.NDArray[np.int64]:
    """By seat, who can take contacts all through `day` and the night after; -1 for nobody."""
    held, at = spells(agents, seed), number(day)
    out = np.full(len(staff(site, agents, seed)), -1, dtype=np.int64)
    able = (held.site == SITES.index(site)) & (held.seat < out.size)
    able &= (held.go_live <= at) & (held.end > at + 1)
    able &= ~((held.leave_from <= at + 1) & (held.leave_to > at))
    out[held.seat[able]] = held.person[able]
    return out
