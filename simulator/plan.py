"""What each agent is to do over a shift: breaks, training, and blocks on and off the phones.

Agents are blended: planners put as many on the phones as the forecast needs, the others do
written work (off queue). Blocks are kept long; nobody flips every quarter of an hour.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from simulator.codes import BREAK, COACHING, LUNCH, MEETING, OFF_QUEUE, TRAINING, UNKNOWN_ACTIVITY
from simulator.demand import SLOT_S, agents_needed, offered_load, profile
from simulator.roster import Agent, at_work, on_duty, roster, shift_bounds, staff
from simulator.shape import SITES, Site

AVAILABLE = "AVAIL"
CODES = (AVAILABLE, BREAK, LUNCH, TRAINING, MEETING, COACHING, OFF_QUEUE, UNKNOWN_ACTIVITY)
_ON, _OFF, _ODD = 0, 6, 7
_ABSENT, FREE = -2, -1
LONGEST_BLOCK_SLOTS = 12
Grid = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Segment:
    """A planned stretch of one state, [start, end) in seconds since 1970 UTC."""

    start: int
    end: int
    code: str


@dataclass(frozen=True)
class ShiftPlan:
    """One agent's shift; its segments tile it."""

    agent: Agent
    segments: tuple[Segment, ...]


def plans(site: Site, agents: int, seed: int, day: date) -> tuple[ShiftPlan, ...]:
    """The shifts of everybody at work in the operating day `day`."""
    people, known = staff(site, agents, seed), roster(site, agents, seed, day)
    present = at_work(site, agents, seed, day)
    rng = np.random.default_rng([seed, 31, SITES.index(site), day.toordinal()])
    today = profile(site, day)
    rates = today.shape * known.weekly_contacts
    need = agents_needed(offered_load(site, rates, today.is_open))
    wanted = np.floor(need + rng.random(need.size)).astype(np.int64)
    # While a line is open somebody answers, and two do not all go on a break at once.
    wanted = np.where(today.is_open.any(axis=0), np.maximum(wanted, 2), 0)
    first = int(today.slots[0])
    bounds = [shift_bounds(site, known.shifts[index], day) for index in present]
    intended = intended_days(site, agents, seed, day)
    width = max([(end - first) // SLOT_S for _, end in bounds] + [today.slots.size])
    grid = np.full((len(present), width), _ABSENT, dtype=np.int64)
    for row, (start, end) in enumerate(bounds):
        low, high = (start - first) // SLOT_S, (end - first) // SLOT_S
        grid[row, low:high] = intended[present[row]].slots
    wanted = np.pad(wanted, (0, width - wanted.size), mode="edge")
    _assign(grid, wanted, rng)
    return tuple(
        ShiftPlan(people[index], _segments(grid[row], first, rng))
        for row, index in enumerate(present)
    )


@dataclass(frozen=True)
class IntendedDay:
    """What an agent on duty is to do, slot by slot from `start` on: an index of CODES or FREE."""

    start: int
    slots: Grid


def intended_days(site: Site, agents: int, seed: int, day: date) -> dict[int, IntendedDay]:
    """By index into `staff`, the day of everybody on duty, whether they come or not."""
    known = roster(site, agents, seed, day)
    rng = np.random.default_rng([seed, 32, SITES.index(site), day.toordinal()])
    out = {}
    for index in on_duty(site, agents, seed, day):
        start, end = shift_bounds(site, known.shifts[index], day)
        out[index] = IntendedDay(start, _day_of_one((end - start) // SLOT_S, rng))
    return out


def _day_of_one(slots_n: int, rng: np.random.Generator) -> Grid:
    slots = np.full(slots_n, FREE, dtype=np.int64)
    shake: list[int] = rng.integers(-2, 3, 3).tolist()
    if slots_n < 26:
        slots[slots_n // 2 + shake[0]] = 1
    else:
        slots[slots_n // 4 + shake[0]] = 1
        lunch = slots_n // 2 + shake[1]
        slots[lunch : lunch + 2] = 2
        slots[3 * slots_n // 4 + shake[2] + 1] = 1
    pick, at = rng.random(), int(rng.integers(1, max(2, slots_n - 6)))
    code, length = (3, 4) if pick < 0.07 else (4, 2) if pick < 0.17 else (5, 2)
    if pick < 0.25:
        block = slots[at : at + length]
        block[block == FREE] = code
    return slots


def _assign(grid: Grid, wanted: Grid, rng: np.random.Generator) -> None:
    """Turn free slots into on- or off-queue, in place."""
    people = grid.shape[0]
    on_for = np.zeros(people, dtype=np.int64)
    off_for = rng.integers(0, LONGEST_BLOCK_SLOTS, size=(people,))
    odd = rng.random(people) < 0.01
    for slot in range(grid.shape[1]):
        column = grid[:, slot]
        free = column == FREE
        going_on = (on_for > 0) & (on_for < LONGEST_BLOCK_SLOTS)
        score = np.where(going_on, 1000 - on_for, np.where(on_for > 0, 0, 1 + off_for))
        score = np.where(free, score, -1)
        best = np.argsort(-score, kind="stable")[: int(wanted[slot])]
        on = np.zeros(people, dtype=np.bool_)
        on[best] = True
        on &= free
        column[free & ~on] = _OFF
        column[free & ~on & odd] = _ODD
        column[on] = _ON
        on_for = np.where(on, on_for + 1, 0)
        off_for = np.where(on, 0, off_for + 1)


def _segments(row: Grid, first: int, rng: np.random.Generator) -> tuple[Segment, ...]:
    present = np.flatnonzero(row != _ABSENT)
    codes = row[present[0] : present[-1] + 1]
    changes = np.flatnonzero(np.diff(codes)) + 1
    edges = np.concatenate([[0], changes, [codes.size]])
    # Nobody is punctual to the second.
    late = rng.integers(-60, 150, edges.size)
    times = (first + (int(present[0]) + edges) * SLOT_S + late).tolist()
    return tuple(
        Segment(times[n], times[n + 1], CODES[int(codes[edge])])
        for n, edge in enumerate(edges[:-1].tolist())
    )
