"""Events in people's employment as the HR system logs them: hires, moves, leaves, farewells."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulator.people.days import DAY_S, NEVER, Ints, Texts, day_of, instant_texts
from simulator.people.hr import recorded
from simulator.people.jobs import segments, stints
from simulator.people.population import (
    INVOLUNTARY,
    PROMOTED,
    RAMPED_DOWN,
    TRAINING_DAYS,
    VOLUNTARY,
    spells,
)
from simulator.people.posts import holdings
from simulator.people.staff_codes import HISTORY_DAYS, HR, codes, people
from simulator.people.tables import Table

KINDS = (
    "hire", "go_live", "move", "promotion", "leave_start", "leave_end", "rehire", "termination",
    "rescind",
)  # fmt: skip
HIRE, GO_LIVE, MOVE, PROMOTION, LEAVE_START, LEAVE_END, REHIRE, TERMINATION, RESCIND = range(9)
SOURCES = ("referral", "agency", "job_board", "walk_in", "campus", "other")
# code: (class, reason)
TERMINATIONS = {
    "V01": ("voluntary", "better_pay"), "V02": ("voluntary", "schedule"),
    "V03": ("voluntary", "study"), "V04": ("voluntary", "commute"),
    "V05": ("voluntary", "career_change"), "V06": ("voluntary", "personal"),
    "I01": ("involuntary", "performance"), "I02": ("involuntary", "attendance"),
    "I03": ("involuntary", "training_failed"), "I04": ("involuntary", "misconduct"),
    "C01": ("client_ramp_down", "client_ramp_down"), "N01": ("internal", "moved_to_head_office"),
}  # fmt: skip
UNKNOWN_TERMINATION = "V99"
_VOLUNTARY = ("V01", "V02", "V03", "V04", "V05", "V06", UNKNOWN_TERMINATION)
_VOLUNTARY_SHARES = (0.30, 0.22, 0.12, 0.12, 0.12, 0.105, 0.015)
_INVOLUNTARY = ("I01", "I02", "I04")
RESCINDED_SHARE = 0.03


@dataclass(frozen=True)
class _Events:
    kind: Ints
    person: Ints
    on: Ints
    at: Ints
    code: Texts
    regretted: Texts
    source: Texts
    service: Ints
    rescinds: Ints


@lru_cache(maxsize=2)
def employment_events(agents: int, seed: int, last: int) -> tuple[Ints, Table]:
    """Instants of recording, in order, and the rows as the HR system writes them."""
    rng = np.random.default_rng([seed, 67])
    parts = [
        *_hires(agents, seed, last, rng),
        _go_lives(agents, seed, last, rng),
        *_changes(agents, seed, last),
        *_leaves(agents, seed, last, rng),
        _farewells(agents, seed, last, rng),
        *_taken_back(agents, seed, last, rng),
    ]
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in _Events.__dataclass_fields__
    }
    start = (last - HISTORY_DAYS) * DAY_S + 7200
    joined["at"] = np.maximum(joined["at"], start)
    order = np.lexsort((joined["kind"], joined["person"], joined["at"]))
    order = order[joined["at"][order] < (last + 1) * DAY_S]
    e = {name: values[order] for name, values in joined.items()}
    person = e["person"]
    table = {
        "event_id": _ids(e["kind"], person, e["on"]),
        "person_no": codes(HR, person, people(agents, seed).site[person]),
        "event": np.array(KINDS, dtype=object)[e["kind"]],
        "effective": _german_dates(e["on"]),
        "recorded": instant_texts(e["at"]),
        "rescinds": np.where(
            e["kind"] == RESCIND, _ids(np.full(person.size, TERMINATION), person, e["rescinds"]), ""
        ).astype(object),
        "leaving_code": e["code"],
        "regretted": e["regretted"],
        "channel": e["source"],
        "service_from": _german_dates(e["service"]),
    }
    return e["at"], table


def _events(kind: int, person: Ints, on: Ints, at: Ints, **more: Ints | Texts) -> _Events:
    blank = np.full(person.size, "", dtype=object)
    columns: dict[str, Ints | Texts] = {
        "code": blank,
        "regretted": blank,
        "source": blank,
        "service": np.full(person.size, NEVER),
        "rescinds": np.full(person.size, NEVER),
        **more,
    }
    return _Events(np.full(person.size, kind), person, on, at, **columns)  # type: ignore[arg-type]


def _office_hours(rng: np.random.Generator, days: Ints) -> Ints:
    return days * DAY_S + rng.integers(8 * 3600, 17 * 3600, days.size)


def _hires(
    agents: int, seed: int, last: int, rng: np.random.Generator
) -> tuple[_Events, _Events, _Events]:
    """First and second hires of everybody who was here in the window, and the founders'."""
    seats, held, who = (
        spells(agents, seed),
        holdings(agents, seed),
        stints(agents, seed, last - HISTORY_DAYS),
    )
    here = np.zeros(held.people_n, dtype=np.bool_)
    here[who.person] = True
    recent = (seats.end > last - HISTORY_DAYS) | (seats.exit == PROMOTED)
    chosen = here[seats.person] & recent & (seats.hire <= last + 30)
    lag = -rng.integers(2, 15, seats.hire.size)
    late = rng.random(seats.hire.size) < 0.06
    at = _office_hours(rng, seats.hire + np.where(late, rng.integers(1, 9, lag.size), lag))
    source = np.array(SOURCES, dtype=object)[
        rng.choice(len(SOURCES), seats.hire.size, p=[0.28, 0.15, 0.32, 0.08, 0.12, 0.05])
    ]
    first = np.flatnonzero(chosen & ~seats.is_rehire)
    again = np.flatnonzero(chosen & seats.is_rehire)
    began = people(agents, seed).hire
    bridged = rng.random(again.size) < 0.4
    service = np.where(bridged, began[seats.person[again]], NEVER)
    # A founder who takes over the site is promoted, not hired again.
    is_founder = (held.person >= seats.people_n) & (held.is_promoted == 0)
    founders = np.flatnonzero(is_founder & here[held.person])
    start = held.start[founders]
    return (
        _events(HIRE, seats.person[first], seats.hire[first], at[first], source=source[first]),
        _events(REHIRE, seats.person[again], seats.hire[again], at[again],
                source=source[again], service=service),
        _events(HIRE, held.person[founders], start, start * DAY_S,
                source=np.full(start.size, "other", dtype=object)),
    )  # fmt: skip


def _go_lives(agents: int, seed: int, last: int, rng: np.random.Generator) -> _Events:
    who = stints(agents, seed, last - HISTORY_DAYS)
    day = who.start + TRAINING_DAYS
    live = np.flatnonzero(
        (who.post < 0) & (day < who.end) & (day > last - HISTORY_DAYS) & (day <= last + 30)
    )
    at = _office_hours(rng, day[live] + rng.integers(0, 3, live.size))
    return _events(GO_LIVE, who.person[live], day[live], at)


def _changes(agents: int, seed: int, last: int) -> tuple[_Events, _Events]:
    """Moves between teams and steps up, seen in the job records."""
    since = last - HISTORY_DAYS
    seg, who = segments(agents, seed, since, last + 60), stints(agents, seed, since)
    at = recorded(agents, seed, last).opened
    later = ~seg.is_first
    person, in_seat = who.person[seg.stint], who.post[seg.stint] < 0
    rank = seg.role * 10 + seg.level
    higher = np.r_[False, rank[1:] > rank[:-1]]
    other_team = np.r_[False, seg.team[1:] != seg.team[:-1]]
    shown = seg.start > since
    up = (later & higher) | (seg.is_first & who.is_moved_up[seg.stint])
    promoted = np.flatnonzero(shown & up)
    moved = np.flatnonzero(shown & later & in_seat & other_team)
    return (
        _events(PROMOTION, person[promoted], seg.start[promoted], at[promoted]),
        _events(MOVE, person[moved], seg.start[moved], at[moved]),
    )


def _leaves(agents: int, seed: int, last: int, rng: np.random.Generator) -> tuple[_Events, _Events]:
    since = last - HISTORY_DAYS
    who = stints(agents, seed, since)
    begin = np.flatnonzero((who.leave_from < NEVER) & (who.leave_from > since))
    end = np.flatnonzero((who.leave_to < NEVER) & (who.leave_to > since))
    ahead = rng.integers(5, 40, begin.size)
    about = rng.integers(-3, 4, end.size)
    return (
        _events(LEAVE_START, who.person[begin], who.leave_from[begin],
                _office_hours(rng, who.leave_from[begin] - ahead)),
        _events(LEAVE_END, who.person[end], who.leave_to[end],
                _office_hours(rng, who.leave_to[end] + about)),
    )  # fmt: skip


def _farewells(agents: int, seed: int, last: int, rng: np.random.Generator) -> _Events:
    since = last - HISTORY_DAYS
    seg, who = segments(agents, seed, since, last + 60), stints(agents, seed, since)
    closed = recorded(agents, seed, last).closed
    ends = np.flatnonzero(seg.is_last)
    stint = seg.stint[ends]
    gone = (who.end[stint] < NEVER) & (who.exit[stint] != PROMOTED)
    stint, at = stint[gone], closed[ends[gone]]
    exits, tenure = who.exit[stint], who.end[stint] - who.start[stint]
    count = stint.size
    own = np.array(_VOLUNTARY, dtype=object)[
        rng.choice(len(_VOLUNTARY), count, p=_VOLUNTARY_SHARES)
    ]
    sent = np.array(_INVOLUNTARY, dtype=object)[rng.choice(3, count, p=[0.4, 0.45, 0.15])]
    sent[(tenure <= TRAINING_DAYS + 7) & (who.post[stint] < 0)] = "I03"
    code = np.select([exits == VOLUNTARY, exits == INVOLUNTARY], [own, sent], "C01").astype(object)
    wanted = rng.random(count)
    regretted = np.where(wanted < 0.15, "", np.where(wanted < 0.55, "yes", "no")).astype(object)
    regretted[exits == INVOLUNTARY] = "no"
    regretted[exits == RAMPED_DOWN] = "yes"
    person, end = who.person[stint], who.end[stint]
    return _events(TERMINATION, person, end, at, code=code, regretted=regretted)


def _taken_back(
    agents: int, seed: int, last: int, rng: np.random.Generator
) -> tuple[_Events, _Events]:
    """Notices that were given and withdrawn before the day came."""
    since = last - HISTORY_DAYS
    who = stints(agents, seed, since)
    low, high = np.maximum(who.start + 60, since + 30), np.minimum(who.end - 60, last)
    day = low + (rng.random(low.size) * np.maximum(high - low, 1)).astype(np.int64)
    chosen = np.flatnonzero((high - low > 60) & (rng.random(low.size) < RESCINDED_SHARE))
    # Even a small centre has one.
    if chosen.size == 0:
        chosen = np.flatnonzero(high - low > 60)[:1]
    person, day = who.person[chosen], day[chosen]
    given = _office_hours(rng, day - 21)
    back = _office_hours(rng, day - rng.integers(3, 15, day.size))
    code = np.full(day.size, "V01", dtype=object)
    return (
        _events(TERMINATION, person, day, given, code=code),
        _events(RESCIND, person, day, back, rescinds=day),
    )


def _ids(kind: Ints, person: Ints, on: Ints) -> Texts:
    triples = zip(kind.tolist(), person.tolist(), on.tolist(), strict=True)
    return np.array([f"{'HGMPLBRTX'[k]}{p + 1:06d}-{d}" for k, p, d in triples], dtype=object)


def _german_dates(days: Ints) -> Texts:
    known = {d: f"{day_of(d):%d.%m.%Y}" if d < NEVER else "" for d in np.unique(days).tolist()}
    return np.array([known[d] for d in days.tolist()], dtype=object)
