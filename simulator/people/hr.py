"""The HR system's job records: what was recorded when, with corrections of earlier mistakes.

Every change closes the record before it (sent again, with its end) and opens a new one. Records
come before the fact, after it, and sometimes with a wrong date that a later recording puts right:
the wrong record is withdrawn.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulator.people.days import (
    DAY_S,
    NEVER,
    Flags,
    Ints,
    Texts,
    date_texts,
    flag_texts,
    instant_texts,
)
from simulator.people.jobs import CONTRACTS, ROLES, Segments, Stints, segments, stints
from simulator.people.staff_codes import (
    HISTORY_DAYS,
    HR,
    SECOND_NUMBER_FROM,
    codes,
    people,
    second_code,
    second_number,
)
from simulator.people.tables import Table
from simulator.people.teams import line_of_team, team_codes
from simulator.shape import SITES

LATE_SHARE, RESTATED_SHARE = 0.08, 0.04
FULL_TIME_HOURS, PART_TIME_HOURS = "38.75", "25.00"


@dataclass(frozen=True)
class Recorded:
    """When each segment's opening, and the end of its stint, was recorded (seconds)."""

    opened: Ints
    closed: Ints


@lru_cache(maxsize=4)
def recorded(agents: int, seed: int, last: int) -> Recorded:
    """Instants of recording: monotone within a stint, in office hours."""
    seg, who = _made(agents, seed, last)
    rng = np.random.default_rng([seed, 65])
    count = seg.stint.size
    at_hire = seg.is_first & ~who.is_moved_up[seg.stint]
    lag = np.where(at_hire, -rng.integers(2, 15, count), rng.integers(-7, 4, count))
    late = rng.random(count) < LATE_SHARE
    behind = np.where(at_hire, rng.integers(1, 9, count), rng.integers(4, 26, count))
    lag = np.where(late, behind, lag)
    opened = (seg.start + lag) * DAY_S + rng.integers(8 * 3600, 17 * 3600, count)
    ends = np.minimum(who.end[seg.stint], NEVER)
    closed = (ends + rng.integers(-14, 4, count)) * DAY_S + rng.integers(8 * 3600, 17 * 3600, count)
    opened = _monotone(seg.stint, opened)
    return Recorded(opened, np.maximum(closed, opened + 3600))


def _made(agents: int, seed: int, last: int) -> tuple[Segments, Stints]:
    since = last - HISTORY_DAYS
    return segments(agents, seed, since, last + 60), stints(agents, seed, since)


def _monotone(group: Ints, values: Ints) -> Ints:
    """At least an hour after the one before in the same group."""
    first = np.r_[True, group[1:] != group[:-1]]
    place = np.arange(group.size) - np.maximum.accumulate(np.where(first, np.arange(group.size), 0))
    spread = values - 3600 * place + group * (1 << 40)
    return np.maximum.accumulate(spread) - group * (1 << 40) + 3600 * place


@dataclass(frozen=True)
class _Rows:
    segment: Ints
    valid_from: Ints
    valid_to: Ints
    at: Ints
    withdrawn: Flags


def _rows(agents: int, seed: int, last: int) -> _Rows:
    seg, who = _made(agents, seed, last)
    when = recorded(agents, seed, last)
    rng = np.random.default_rng([seed, 66])
    count = seg.stint.size
    every = np.arange(count)
    shift = rng.integers(5, 21, count)
    put_right = when.opened + rng.integers(20, 46, count) * DAY_S
    following = np.where(seg.is_last, when.closed, np.r_[when.opened[1:], 0])
    restated = (
        ~seg.is_first
        & (rng.random(count) < RESTATED_SHARE)
        & (put_right < following)
        & (seg.start + shift < seg.end)
    )
    claimed = seg.start + np.where(restated, shift, 0)
    open_end = np.full(count, NEVER)
    parts = [(every, claimed, open_end, when.opened, False)]
    inner = every[~seg.is_first]
    parts.append((inner - 1, seg.start[inner - 1], claimed[inner], when.opened[inner], False))
    left = every[seg.is_last & (who.end[seg.stint] < NEVER)]
    parts.append((left, seg.start[left], seg.end[left], when.closed[left], False))
    wrong = every[restated]
    again = put_right[wrong]
    parts.append((wrong, claimed[wrong], open_end[wrong], again, True))
    parts.append((wrong, seg.start[wrong], open_end[wrong], again, False))
    parts.append((wrong - 1, seg.start[wrong - 1], seg.start[wrong], again, False))
    columns = [np.concatenate([part[n] for part in parts]) for n in range(4)]
    gone = np.concatenate([np.full(part[0].size, part[4]) for part in parts])
    return _Rows(columns[0], columns[1], columns[2], columns[3], gone)


def _as_taken_over(rows: _Rows, stint: Ints, since: int, last: int) -> _Rows:
    """What the interface sends: first everything in force, then each recording as it comes."""
    start = since * DAY_S
    order = np.lexsort((rows.at, rows.valid_from, stint[rows.segment]))
    segment, begin, at = rows.segment[order], rows.valid_from[order], rows.at[order]
    to, gone = rows.valid_to[order], rows.withdrawn[order]
    old = at < start
    group = stint[segment]
    outdone = np.r_[
        old[1:] & (group[1:] == group[:-1]) & (begin[1:] == begin[:-1]), False
    ]  # the next version of the same record was known as well
    kept = ~old | (~outdone & ~gone & (to > since))
    kept &= at < (last + 1) * DAY_S
    at = np.where(old, start + 7200, at)
    return _Rows(segment[kept], begin[kept], to[kept], at[kept], gone[kept])


@lru_cache(maxsize=2)
def employment(agents: int, seed: int, last: int) -> tuple[Ints, Table]:
    """Instants of recording, in order, and the rows as the HR system writes them."""
    seg, who = _made(agents, seed, last)
    rows = _as_taken_over(_rows(agents, seed, last), seg.stint, last - HISTORY_DAYS, last)
    order = np.lexsort((rows.valid_from, who.person[seg.stint[rows.segment]], rows.at))
    part = rows.segment[order]
    stint = seg.stint[part]
    person, site, team = who.person[stint], who.site[stint], seg.team[part]
    begin = rows.valid_from[order]
    client, line = line_of_team(agents, site, team, who.seat[stint])
    hours = np.where(who.is_part_time[stint], PART_TIME_HOURS, FULL_TIME_HOURS)
    table = {
        "person_no": codes(HR, person, site),
        "valid_from": date_texts(begin),
        "valid_to": date_texts(rows.valid_to[order]),
        "recorded_at": instant_texts(rows.at[order]),
        "withdrawn": flag_texts(rows.withdrawn[order]),
        "manager_no": _leader_codes(agents, seed, seg.leader[part], begin),
        "team": team_codes(site, team),
        "location": np.array([s.site_id for s in SITES], dtype=object)[site],
        "account": client,
        "programme": line,
        "job": np.array(ROLES, dtype=object)[seg.role[part]],
        "grade": seg.level[part].astype(str).astype(object),
        "contract": np.array(CONTRACTS, dtype=object)[seg.contract[part]],
        "fte": np.where(who.is_part_time[stint], "0.645", "1.000").astype(object),
        "weekly_hours": hours.astype(object),
    }
    return rows.at[order], table


def _leader_codes(agents: int, seed: int, leader: Ints, begin: Ints) -> Texts:
    site = people(agents, seed).site[np.maximum(leader, 0)]
    text = codes(HR, leader, site)
    twice = second_number(agents, seed)
    text[(leader == twice) & (begin >= SECOND_NUMBER_FROM)] = second_code(twice)
    return text
