"""What each agent is to do over a shift: breaks, training, calls, and written work off the queue.

Agents are blended: planners put as many on the phones as the forecast needs and give the others
written work, a week ahead and by name. On the day some stay away, and whoever sits at written work
is called to the phones where too few are left. Blocks are kept long; nobody flips every quarter of
an hour.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from simulator.arrivals import day_noise
from simulator.codes import BREAK, COACHING, LUNCH, MEETING, OFF_QUEUE, TRAINING, UNKNOWN_ACTIVITY
from simulator.demand import SLOT_S, agents_needed, offered_load, profile
from simulator.people.days import number
from simulator.people.effects import handle_log
from simulator.roster import (
    ABSENCE,
    Agent,
    at_work,
    holders,
    on_duty,
    roster,
    shift_bounds,
    staff,
)
from simulator.shape import SITES, Site

AVAILABLE = "AVAIL"
CODES = (AVAILABLE, BREAK, LUNCH, TRAINING, MEETING, COACHING, OFF_QUEUE, UNKNOWN_ACTIVITY)
_ON, _OFF, _ODD = 0, 6, 7
ABSENT, FREE = -2, -1
ODD_SHARE = 0.01
LONGEST_BLOCK_SLOTS = 12
Grid = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


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
    """The shifts of everybody at work in the operating day `day`, as they are worked."""
    people, planned = staff(site, agents, seed), intended(site, agents, seed, day)
    rng = np.random.default_rng([seed, 31, SITES.index(site), day.toordinal()])
    came = np.isin(planned.seat, at_work(site, agents, seed, day))
    grid = planned.slots[came].astype(np.int64)
    # By now it shows how busy the lines are.
    need = _wanted(site, agents, seed, day, grid.shape[1], day_noise(site, seed, day))
    wanted = np.floor(need + rng.random(need.size)).astype(np.int64)
    _call_in(grid, wanted - (grid == _ON).sum(axis=0), rng)
    odd = np.flatnonzero(rng.random(grid.shape[0]) < ODD_SHARE)
    grid[odd] = np.where(grid[odd] == _OFF, _ODD, grid[odd])
    return tuple(
        ShiftPlan(people[seat], _segments(row, planned.first, rng))
        for seat, row in zip(planned.seat[came].tolist(), grid, strict=True)
    )


@dataclass(frozen=True)
class Intended:
    """What everybody on duty is to do, whether they come or not: one row a person.

    `seat` indexes `staff`; `start` is when the shift begins. `slots` has an index of CODES for each
    quarter hour from `first` on, ABSENT outside the shift.
    """

    first: int
    seat: Grid
    start: Grid
    slots: npt.NDArray[np.int8]

    def shift(self, row: int) -> npt.NDArray[np.int8]:
        """The slots of one person's shift."""
        mine: npt.NDArray[np.int8] = self.slots[row][self.slots[row] != ABSENT]
        return mine


@lru_cache(maxsize=32)
def intended(site: Site, agents: int, seed: int, day: date) -> Intended:
    """The plan of the operating day as planners publish it."""
    known = roster(site, agents, seed, day)
    rng = np.random.default_rng([seed, 32, SITES.index(site), day.toordinal()])
    seats = on_duty(site, agents, seed, day)
    first = int(profile(site, day).slots[0])
    bounds = [
        tuple((at - first) // SLOT_S for at in shift_bounds(site, known.shifts[seat], day))
        for seat in seats
    ]
    width = max([high for _, high in bounds] + [profile(site, day).slots.size])
    grid = np.full((len(seats), width), ABSENT, dtype=np.int64)
    for row, (low, high) in enumerate(bounds):
        grid[row, low:high] = _day_of_one(high - low, rng)
    # Some will stay away; who, nobody knows yet.
    need = _wanted(site, agents, seed, day, width) / (1 - ABSENCE)
    _assign(grid, np.floor(need + rng.random(width)).astype(np.int64), rng)
    return Intended(
        first,
        np.array(seats, dtype=np.int64),
        np.array([first + low * SLOT_S for low, _ in bounds], dtype=np.int64),
        grid.astype(np.int8),
    )


def _wanted(
    site: Site, agents: int, seed: int, day: date, width: int, noise: Floats | None = None
) -> Floats:
    """Agents that the forecast, times `noise`, asks for on the phones; at an open line one."""
    today = profile(site, day)
    rates = today.shape * roster(site, agents, seed, day).weekly_contacts
    if noise is not None:
        rates = rates * noise[:, None]
    # Planners know how quick the people are whom they plan with.
    held = holders(site, agents, seed, day)
    pace = float(np.exp(handle_log(agents, seed, held[held >= 0], number(day))).mean())
    need = agents_needed(pace * offered_load(site, rates, today.is_open))
    need = np.where(today.is_open.any(axis=0), np.maximum(need, 1), 0)
    return np.pad(need, (0, width - need.size), mode="edge")


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
    """Turn free slots into calls for as many as are wanted, else into written work, in place."""
    people = grid.shape[0]
    on_for = np.zeros(people, dtype=np.int64)
    off_for = rng.integers(0, LONGEST_BLOCK_SLOTS, size=(people,))
    for slot in range(grid.shape[1]):
        column = grid[:, slot]
        free = column == FREE
        going_on = (on_for > 0) & (on_for < LONGEST_BLOCK_SLOTS)
        score = np.where(going_on, 1000 - on_for, np.where(on_for > 0, 0, 1 + off_for))
        score = np.where(free, score, -1)
        best = np.argsort(-score, kind="stable")[: max(0, int(wanted[slot]))]
        on = np.zeros(people, dtype=np.bool_)
        on[best] = True
        on &= free
        column[free & ~on] = _OFF
        column[on] = _ON
        on_for = np.where(on, on_for + 1, 0)
        off_for = np.where(on, 0, off_for + 1)


def _call_in(grid: Grid, missing: Grid, rng: np.random.Generator) -> None:
    """Take people from written work to the phones where somebody is missing, in place."""
    spare = np.where(grid == _OFF, FREE, ABSENT)
    _assign(spare, missing, rng)
    grid[spare == _ON] = _ON


def _segments(row: Grid, first: int, rng: np.random.Generator) -> tuple[Segment, ...]:
    present = np.flatnonzero(row != ABSENT)
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
