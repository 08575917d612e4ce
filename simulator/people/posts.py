"""Who leads whom: teams, the posts of supervisors, trainers and site leaders, and their holders.

Agents who move up take a post, and its holder makes room. Twice a year some teams swap leaders.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from simulator.people.days import NEVER, Ints, number
from simulator.people.population import (
    HORIZON,
    INVOLUNTARY,
    ORIGIN,
    PROMOTED,
    VOLUNTARY,
    seats_of,
    spells,
)
from simulator.shape import SITES

TEAM_SEATS, SEATS_A_TRAINER = 12, 60
SUPERVISOR, TRAINER, SITE_LEADER = 0, 1, 2
ROLE_OF_POST = ("supervisor", "trainer", "site_leader")
CHANGE_AT_THE_TOP = (date(2026, 2, 2), date(2025, 10, 6), date(2026, 5, 4))
SWAPS = tuple(number(date(year, month, 1)) for year in range(2020, 2034) for month in (3, 9))
_KEY = 1 << 20


@dataclass(frozen=True)
class Holdings:
    """One entry per person in a post, ordered by post and first day.

    `person` numbers on after those of the seats; `is_promoted`: came from a seat. `exit` as in
    `population`; a holder whose `exit` is PROMOTED goes to the post of the site's leader.
    """

    post: Ints
    person: Ints
    start: Ints
    end: Ints
    exit: Ints
    is_promoted: Ints
    people_n: int


@dataclass(frozen=True)
class Posts:
    """Every post: its site, its kind, and, for a supervisor, the number of the team in its site.

    Posts of a site follow each other: supervisors (one a team), trainers, the leader.
    """

    site: Ints
    kind: Ints
    team: Ints
    first: tuple[int, ...]
    teams_n: tuple[int, ...]


@lru_cache(maxsize=4)
def posts_of(agents: int) -> Posts:
    """The posts of a company."""
    sites, kinds, teams, first, teams_n = [], [], [], [], []
    at = 0
    for site, count in enumerate(seats_of(agents)):
        supervisors = max(1, round(count / TEAM_SEATS))
        trainers = max(1, count // SEATS_A_TRAINER)
        size = supervisors + trainers + 1
        first.append(at)
        teams_n.append(supervisors)
        sites.append(np.full(size, site))
        kinds.append(np.repeat([SUPERVISOR, TRAINER, SITE_LEADER], [supervisors, trainers, 1]))
        teams.append(np.r_[np.arange(supervisors), np.full(trainers + 1, -1)])
        at += size
    return Posts(
        np.concatenate(sites),
        np.concatenate(kinds),
        np.concatenate(teams),
        tuple(first),
        tuple(teams_n),
    )


@lru_cache(maxsize=4)
def holdings(agents: int, seed: int) -> Holdings:
    """Who held each post from when to when."""
    posts, seats = posts_of(agents), spells(agents, seed)
    rng = np.random.default_rng([seed, 63])
    total = posts.site.size
    up = np.flatnonzero((seats.exit == PROMOTED) & (seats.end < HORIZON))
    below = posts.site[posts.kind != SITE_LEADER]
    size = np.bincount(below, minlength=len(SITES))
    begin = np.array(posts.first)
    # A site's supervisors and trainers stand before its leader, so that an offset is enough.
    chosen = begin[seats.site[up]] + (rng.random(up.size) * size[seats.site[up]]).astype(np.int64)
    founders = seats.people_n + np.arange(total)
    post = np.concatenate([np.arange(total), chosen])
    person = np.concatenate([founders, seats.person[up]])
    start = np.concatenate([ORIGIN + rng.integers(0, 365, total), seats.end[up]])
    order = np.lexsort((person, start, post))
    post, person, start = post[order], person[order], start[order]
    last = np.r_[post[1:] != post[:-1], True]
    end = np.where(last, NEVER, np.r_[start[1:], NEVER])
    exits = np.where(rng.random(post.size) < VOLUNTARY_OF_LEADERS, VOLUNTARY, INVOLUNTARY)
    came = person < seats.people_n
    made = Holdings(post, person, start, end, exits, came.astype(np.int64), seats.people_n + total)
    return _with_new_site_leaders(made, posts)


VOLUNTARY_OF_LEADERS = 0.8


def _with_new_site_leaders(made: Holdings, posts: Posts) -> Holdings:
    """Once a site's leader leaves, and the supervisor who makes room at that time takes over."""
    exits, end = made.exit.copy(), made.end.copy()
    extra: list[tuple[int, int, int]] = []
    for site in range(len(SITES)):
        top = int(np.flatnonzero((posts.site == site) & (posts.kind == SITE_LEADER))[0])
        leaving = np.flatnonzero(
            (posts.site[made.post] == site)
            & (posts.kind[made.post] == SUPERVISOR)
            & (made.end < NEVER)
        )
        wanted = number(CHANGE_AT_THE_TOP[site])
        if leaving.size == 0:
            continue
        chosen = int(leaving[np.argmin(np.abs(made.end[leaving] - wanted))])
        exits[chosen] = PROMOTED
        end[np.flatnonzero(made.post == top)[0]] = made.end[chosen]
        extra.append((top, int(made.person[chosen]), int(made.end[chosen])))
    if not extra:
        return made
    more = np.array(extra, dtype=np.int64)
    post = np.r_[made.post, more[:, 0]]
    person, start = np.r_[made.person, more[:, 1]], np.r_[made.start, more[:, 2]]
    order = np.lexsort((start, post))
    count = len(extra)
    return Holdings(
        post[order],
        person[order],
        start[order],
        np.r_[end, np.full(count, NEVER)][order],
        np.r_[exits, np.full(count, VOLUNTARY)][order],
        np.r_[made.is_promoted, np.full(count, 2)][order],
        made.people_n,
    )


def teams_of_seats(agents: int, site: Ints, seat: Ints) -> Ints:
    """Team (number in its site) that a seat belongs to; seats given up fill the last teams up."""
    count = np.array(seats_of(agents))[site]
    teams = np.array(posts_of(agents).teams_n)[site]
    out: Ints = np.minimum(seat, 2 * count - 1 - seat).clip(0) * teams // count
    return out


def leading_post(agents: int, site: Ints, team: Ints, day: Ints) -> Ints:
    """The supervisor's post that leads a team on a day: its own, or that of the team it swapped."""
    posts = posts_of(agents)
    teams = np.array(posts.teams_n)[site]
    swaps = np.searchsorted(np.array(SWAPS), day, side="right")
    pair = team // 2 % 2
    swapped = np.where(pair == 0, (swaps + 1) // 2 % 2, swaps // 2 % 2) == 1
    other = team ^ 1
    mine = np.where(swapped & (other < teams), other, team)
    return np.array(posts.first)[site] + mine


def holder(agents: int, seed: int, post: Ints, day: Ints) -> Ints:
    """Index into `holdings` of who holds a post on a day (the first ever, before that)."""
    held = holdings(agents, seed)
    keys = held.post * _KEY + held.start
    at = np.searchsorted(keys, post * _KEY + day, side="right") - 1
    at = np.maximum(at, 0)
    return np.where(held.post[at] == post, at, np.searchsorted(held.post, post))


def leader_of_team(agents: int, seed: int, site: Ints, team: Ints, day: Ints) -> Ints:
    """Person who leads a team on a day."""
    at = holder(agents, seed, leading_post(agents, site, team, day), day)
    return holdings(agents, seed).person[at]
