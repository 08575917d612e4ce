"""What becomes of cases from opening to closing, all cases of a site date at once.

A case is answered, perhaps waits for the customer, is resolved, comes back when nothing was
settled, and is closed for good four quiet days later. Belongs here: events by columns. Does not:
which cases there are.
"""

from dataclasses import dataclass, fields

import numpy as np

from simulator.people.days import Flags, Floats, Ints

SETTLED_IN_CALL, WAITS_SHARE, NOTE_SHARE = 0.5, 0.3, 0.35
COMES_BACK_SHARE, GIVEN_ON_SHARE = 0.6, 0.4
CLOSED_AFTER_S = 4 * 86_400
LIFE_DAYS = 12
KINDS = (
    "opened", "assigned", "status", "resolved", "reopened", "closed", "merged", "internal_note",
    "public_reply", "customer_reply",
)  # fmt: skip
(OPENED, ASSIGNED, STATUS, RESOLVED, REOPENED, CLOSED, MERGED, NOTE, REPLY, ASKED) = range(10)
STATES = ("new", "open", "pending", "resolved", "closed")
NEW, OPEN, PENDING, SOLVED, SHUT = range(5)
NOBODY = -1


@dataclass(frozen=True)
class Events:
    """Changes and messages, ordered by case and time. `place` counts within a case, from 0.

    `actor` indexes the desk (NOBODY: the customer or the system). `old` and `new` are states, for
    `assigned` places at the desk, for `merged` the case that swallowed this one; NOBODY for none.
    """

    case: Ints
    place: Ints
    at: Ints
    kind: Ints
    actor: Ints
    old: Ints
    new: Ints


@dataclass(frozen=True)
class Standing:
    """How a case stands after each of its events; instants are 0 for never."""

    status: Ints
    agent: Ints
    resolved: Ints
    closed: Ints
    merged_into: Ints


def lives(
    rng: np.random.Generator, opened: Ints, agent: Ints, desk_n: int, channel: Ints, settled: Flags,
    into: Ints,
) -> Events:  # fmt: skip
    """Events of cases that `agent` opens. `channel` indexes `cases.CHANNELS`, voice first."""
    life = _Lives(rng, opened, agent, desk_n)
    everybody = np.arange(opened.size)
    life.say(everybody, OPENED)
    life.say(everybody, ASSIGNED, new=agent)
    swallowed = everybody[into >= 0]
    merged = life.later(swallowed, 3600.0)
    life.say(merged, MERGED, actor=life.agent[merged], new=into[merged])
    alive = everybody[into < 0]
    at_once = (channel[alive] == 0) & (rng.random(alive.size) < SETTLED_IN_CALL)
    there = alive[at_once]
    life.at[there] += 20
    life.say(there, NOTE, actor=life.agent[there])
    later = alive[~at_once]
    life.turn(later, OPEN, NOBODY)
    medians = np.array([7200.0, 9000.0, 45.0])[channel]
    done = np.sort(np.concatenate([there, life.answered(later, medians[later])]))
    life.resolve(done)
    back = done[~settled[done] & (rng.random(done.size) < COMES_BACK_SHARE)]
    stays = life.come_back(back)
    done = np.setdiff1d(done, stays, assume_unique=True)
    quiet = done[life.at[done] + CLOSED_AFTER_S <= life.end[done]]
    life.at[quiet] += CLOSED_AFTER_S
    life.say(quiet, CLOSED, old=life.status[quiet], new=SHUT)
    return life.events()


class _Lives:
    """Cases as they go on; rows given to its methods are cases."""

    def __init__(self, rng: np.random.Generator, opened: Ints, agent: Ints, desk_n: int) -> None:
        self.rng, self.at, self.agent, self.desk_n = rng, opened.copy(), agent.copy(), desk_n
        self.end = opened + (LIFE_DAYS - 1) * 86_400
        self.status = np.full(opened.size, NEW)
        self.told: list[tuple[Ints, ...]] = []

    def say(
        self,
        rows: Ints,
        kind: int,
        actor: Ints | int = NOBODY,
        old: Ints | int = NOBODY,
        new: Ints | int = NOBODY,
    ) -> None:
        def filled(value: Ints | int) -> Ints:
            return np.array(np.broadcast_to(value, rows.shape), dtype=np.int64)

        columns = (self.at[rows], filled(kind), filled(actor), filled(old), filled(new))
        self.told.append((rows, *columns))

    def later(self, rows: Ints, median_s: Floats | float, spread: float = 0.8) -> Ints:
        """Move on in time; gives the cases for which that is still simulated."""
        step = 1 + (median_s * np.exp(self.rng.normal(0, spread, rows.size))).astype(np.int64)
        within = self.at[rows] + step <= self.end[rows]
        self.at[rows[within]] += step[within]
        moved: Ints = rows[within]
        return moved

    def turn(self, rows: Ints, status: int, actor: Ints | int) -> None:
        self.say(rows, STATUS, actor, self.status[rows], status)
        self.status[rows] = status

    def resolve(self, rows: Ints) -> None:
        self.say(rows, RESOLVED, self.agent[rows], self.status[rows], SOLVED)
        self.status[rows] = SOLVED

    def answered(self, rows: Ints, median_s: Floats) -> Ints:
        """Replied to, perhaps after a note and a question back; gives those that come to an end."""
        after = np.zeros(self.at.size)
        after[rows] = median_s
        noted = rows[self.rng.random(rows.size) < NOTE_SHARE]
        noted = self.later(noted, after[noted] / 3)
        self.say(noted, NOTE, self.agent[noted])
        rows = self.later(rows, after[rows])
        self.say(rows, REPLY, self.agent[rows])
        waits = self.rng.random(rows.size) < WAITS_SHARE
        asked = rows[waits]
        self.turn(asked, PENDING, self.agent[asked])
        asked = self.later(asked, 70_000.0)
        self.say(asked, ASKED)
        self.turn(asked, OPEN, NOBODY)
        asked = self.later(asked, after[asked])
        self.say(asked, REPLY, self.agent[asked])
        return self.later(np.sort(np.concatenate([rows[~waits], asked])), 600.0)

    def come_back(self, rows: Ints) -> Ints:
        """The customer writes again; gives the cases that do not come to an end any more."""
        rows = self.later(rows, 110_000.0)
        self.say(rows, ASKED)
        self.say(rows, REOPENED, NOBODY, self.status[rows], OPEN)
        self.status[rows] = OPEN
        given = rows[self.rng.random(rows.size) < GIVEN_ON_SHARE]
        other = self.rng.integers(0, max(1, self.desk_n), given.size)
        self.say(given, ASSIGNED, NOBODY, self.agent[given], other)
        self.agent[given] = other
        done = self.answered(rows, np.full(rows.size, 9000.0))
        self.resolve(done)
        open_still: Ints = np.setdiff1d(rows, done, assume_unique=True)
        return open_still

    def events(self) -> Events:
        """All that was said, in order of cases and time."""
        columns = [np.concatenate(parts) for parts in zip(*self.told, strict=True)]
        order = np.argsort(columns[0], kind="stable")
        case, *rest = (column[order] for column in columns)
        first = np.flatnonzero(np.r_[True, case[1:] != case[:-1]]) if case.size else case
        count = np.diff(np.r_[first, case.size])
        place = np.arange(case.size) - np.repeat(first, count)
        return Events(case, place, *rest)


def standing(events: Events) -> Standing:
    """How each case stands after each event."""
    kind, first = events.kind, events.place == 0
    status = np.select(
        [kind == STATUS, kind == RESOLVED, kind == REOPENED, (kind == CLOSED) | (kind == MERGED)],
        [events.new, SOLVED, OPEN, SHUT],
        NOBODY,
    )
    resolved = np.select([kind == RESOLVED, kind == REOPENED], [events.at, 0], NOBODY)
    closed = np.where((kind == CLOSED) | (kind == MERGED), events.at, NOBODY)
    return Standing(
        status=_held(status, first, NEW),
        agent=_held(np.where(kind == ASSIGNED, events.new, NOBODY), first, NOBODY),
        resolved=_held(resolved, first, 0),
        closed=_held(closed, first, 0),
        merged_into=_held(np.where(kind == MERGED, events.new, NOBODY), first, NOBODY),
    )


def _held(said: Ints, first: Flags, before: int) -> Ints:
    """The last value said in a case so far; `before` until there is one."""
    said = np.where(first & (said == NOBODY), before, said)
    place = np.where(said != NOBODY, np.arange(said.size), 0)
    if before == NOBODY:
        place = np.where(first, np.arange(said.size), place)
    held: Ints = said[np.maximum.accumulate(place)]
    return held


def chosen(events: Events, rows: Ints) -> Events:
    """Some of the events."""
    return Events(*(getattr(events, column.name)[rows] for column in fields(Events)))
