"""What a person's job was from day to day: segments of constant role, team, leader and contract."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulator.people.days import NEVER, Flags, Ints
from simulator.people.population import spells
from simulator.people.posts import (
    SITE_LEADER,
    SUPERVISOR,
    SWAPS,
    TRAINER,
    holder,
    holdings,
    leader_of_team,
    posts_of,
    teams_of_seats,
)
from simulator.shape import SITES

ROLES = ("agent", "mentor", "trainer", "supervisor", "site_leader")
CONTRACTS = ("permanent", "fixed_term", "agency")
LEVEL_DAYS = (180, 540)
MENTOR_DAYS, MENTOR_SHARE = 400, 0.15
MOVED_SHARE = 0.3
MEMORY_DAYS = 400
_KEY = 1 << 20
NOBODY = -1


@dataclass(frozen=True)
class Stints:
    """One entry per unbroken time of a person in a seat or a post. `post` is -1 in a seat."""

    person: Ints
    site: Ints
    start: Ints
    end: Ints
    exit: Ints
    post: Ints
    seat: Ints
    team: Ints
    moved_on: Ints
    moved_to: Ints
    is_part_time: Flags
    is_moved_up: Flags
    is_rehire: Flags
    leave_from: Ints
    leave_to: Ints
    luck: Ints


@dataclass(frozen=True)
class Segments:
    """Constant stretches [start, end) of a stint, ordered by stint and start."""

    stint: Ints
    start: Ints
    end: Ints
    role: Ints
    level: Ints
    team: Ints
    leader: Ints
    contract: Ints
    is_first: Flags
    is_last: Flags


@lru_cache(maxsize=4)
def stints(agents: int, seed: int, since: int) -> Stints:
    """Everybody employed on `since` or later."""
    seats, held, posts = spells(agents, seed), holdings(agents, seed), posts_of(agents)
    rng = np.random.default_rng([seed, 64])
    team = teams_of_seats(agents, seats.site, seats.seat)
    teams_n = np.array(posts.teams_n)[seats.site]
    tenure = np.minimum(seats.end, seats.hire + 1500) - seats.hire
    moves = (tenure > 240) & (teams_n > 1) & (rng.random(team.size) < MOVED_SHARE)
    day = seats.hire + 120 + (rng.random(team.size) * np.maximum(tenure - 180, 1)).astype(np.int64)
    luck = rng.integers(0, 100, team.size)
    a, b = np.flatnonzero(seats.end > since), np.flatnonzero(held.end > since)
    nothing = np.full(b.size, NEVER)
    no = np.zeros(b.size, dtype=np.bool_)
    kind = posts.kind[held.post[b]]
    return Stints(
        person=np.r_[seats.person[a], held.person[b]],
        site=np.r_[seats.site[a], posts.site[held.post[b]]],
        start=np.r_[seats.hire[a], held.start[b]],
        end=np.r_[seats.end[a], held.end[b]],
        exit=np.r_[seats.exit[a], held.exit[b]],
        post=np.r_[np.full(a.size, -1), held.post[b]],
        seat=np.r_[seats.seat[a], np.full(b.size, -1)],
        team=np.r_[team[a], np.where(kind == SUPERVISOR, posts.team[held.post[b]], -1)],
        moved_on=np.r_[np.where(moves, day, NEVER)[a], nothing],
        moved_to=np.r_[((team + 1) % teams_n)[a], np.full(b.size, -1)],
        is_part_time=np.r_[seats.is_part_time[a], no],
        is_moved_up=np.r_[np.zeros(a.size, dtype=np.bool_), held.is_promoted[b] > 0],
        is_rehire=np.r_[seats.is_rehire[a], no],
        leave_from=np.r_[seats.leave_from[a], nothing],
        leave_to=np.r_[seats.leave_to[a], nothing],
        luck=np.r_[luck[a], np.full(b.size, 50)],
    )


@lru_cache(maxsize=4)
def segments(agents: int, seed: int, since: int, until: int) -> Segments:
    """Job segments of all stints that begin before `until`; the oldest reach back 400 days."""
    who = stints(agents, seed, since)
    base = np.maximum(who.start, since - MEMORY_DAYS)
    stint, day = _change_days(agents, seed, who, base, until)
    inside = (day >= base[stint]) & (day < np.minimum(who.end, until)[stint])
    keys = np.unique(stint[inside] * _KEY + day[inside])
    stint, day = keys // _KEY, keys % _KEY
    shown = attributes(agents, seed, who, stint, day)
    table = np.stack(list(shown.values()))
    same = np.r_[False, (stint[1:] == stint[:-1]) & (table[:, 1:] == table[:, :-1]).all(axis=0)]
    stint, day = stint[~same], day[~same]
    first = np.r_[True, stint[1:] != stint[:-1]]
    last = np.r_[stint[1:] != stint[:-1], True]
    end = np.where(last, who.end[stint], np.r_[day[1:], NEVER])
    kept = {name: values[~same] for name, values in shown.items()}
    return Segments(stint=stint, start=day, end=end, is_first=first, is_last=last, **kept)


def attributes(agents: int, seed: int, who: Stints, stint: Ints, day: Ints) -> dict[str, Ints]:
    """Role, level, team, leader and contract of stints on days."""
    posts = posts_of(agents)
    site, post, luck = who.site[stint], who.post[stint], who.luck[stint]
    tenure = day - who.start[stint]
    in_seat = post < 0
    is_mentor = in_seat & (tenure >= MENTOR_DAYS) & (luck < 100 * MENTOR_SHARE)
    kind = posts.kind[post]
    of_post = np.select([kind == SUPERVISOR, kind == TRAINER], [3, 2], 4)
    role = np.where(in_seat, np.where(is_mentor, 1, 0), of_post)
    rung = 1 + (tenure >= LEVEL_DAYS[0]).astype(np.int64)
    rung += (tenure >= LEVEL_DAYS[1]) & (luck >= 35)
    level = np.where(role == 0, rung, np.where(in_seat, 1, 1 + (tenure >= 730)))
    team = np.where(day >= who.moved_on[stint], who.moved_to[stint], who.team[stint])
    # A supervisor goes where the team is; the post does not move.
    swaps = np.searchsorted(np.array(SWAPS), day, side="right")
    turn = np.where(team // 2 % 2 == 0, (swaps + 1) // 2 % 2, swaps // 2 % 2) == 1
    partner = team ^ 1
    goes = ~in_seat & (team >= 0) & turn & (partner < np.array(posts.teams_n)[site])
    team = np.where(goes, partner, team)
    known = np.maximum(team, 0)
    led = leader_of_team(agents, seed, site, known, day)
    last_posts = np.array([*posts.first[1:], posts.site.size]) - 1
    top = holdings(agents, seed).person[holder(agents, seed, last_posts[site], day)]
    leader = np.where(in_seat, led, np.where(kind == SITE_LEADER, NOBODY, top))
    young, settled = tenure < 180, (luck >= 12) | (tenure >= 365)
    contract = np.where(~settled, 2, np.where(young & (luck < 85), 1, 0))
    contract = np.where(in_seat, contract, 0)
    return {"role": role, "level": level, "team": team, "leader": leader, "contract": contract}


def _change_days(agents: int, seed: int, who: Stints, base: Ints, until: int) -> tuple[Ints, Ints]:
    """Pairs (stint, day) on which something may have changed; too many do no harm."""
    every = np.arange(who.start.size)
    pairs = [(every, base), (every, who.moved_on)]
    pairs += [(every, who.start + days) for days in (*LEVEL_DAYS, MENTOR_DAYS, 180, 365, 730)]
    keys = _team_changes(agents, seed)
    teams_n, first = np.array(posts_of(agents).teams_n), np.array(posts_of(agents).first)
    for team in (who.team, who.moved_to):
        member = np.flatnonzero((team >= 0) & (team < teams_n[who.site]))
        post = first[who.site[member]] + team[member]
        pairs.append(_between(keys, post, member, base, np.minimum(who.end, until)))
    tops = _top_changes(agents, seed)
    members = np.flatnonzero(who.post >= 0)
    pairs.append(_between(tops, who.site[members], members, base, np.minimum(who.end, until)))
    return np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])


def _between(keys: Ints, group: Ints, member: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """For each member, the days of its group between its bounds. `keys` are group and day."""
    begin = np.searchsorted(keys, group * _KEY + low[member])
    end = np.searchsorted(keys, group * _KEY + high[member])
    count = np.maximum(end - begin, 0)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(member, count), keys[np.repeat(begin, count) + offset] % _KEY


def _team_changes(agents: int, seed: int) -> Ints:
    """Days on which the leader of a team may change, by the team's own post, as sorted keys."""
    posts, held = posts_of(agents), holdings(agents, seed)
    mine = np.flatnonzero(posts.kind[held.post] == SUPERVISOR)
    post, day = held.post[mine], held.start[mine]
    other = post + np.where(posts.team[post] % 2 == 0, 1, -1)
    supervisors = np.flatnonzero(posts.kind == SUPERVISOR)
    swaps = (supervisors[:, None] * _KEY + np.array(SWAPS)).ravel()
    return np.unique(np.concatenate([post * _KEY + day, other * _KEY + day, swaps]))


def _top_changes(agents: int, seed: int) -> Ints:
    posts, held = posts_of(agents), holdings(agents, seed)
    tops = np.flatnonzero(posts.kind[held.post] == SITE_LEADER)
    changes = posts.site[held.post[tops]] * _KEY + held.start[tops]
    swaps = (np.arange(len(SITES))[:, None] * _KEY + np.array(SWAPS)).ravel()
    return np.unique(np.concatenate([changes, swaps]))
