"""Policy changes and who was told when; mentors of those who start."""

from functools import lru_cache

import numpy as np

from simulator.people.days import DAY_S, NEVER, Floats, Ints, date_texts, instant_texts
from simulator.people.jobs import stints
from simulator.people.population import TRAINING_DAYS
from simulator.people.staff_codes import HISTORY_DAYS
from simulator.people.staffing import (
    Crew,
    Month,
    at_work,
    crew,
    serials,
    shown_codes,
    site_names,
)
from simulator.people.tables import Table, stack
from simulator.shape import SITES

KINDS = ("policy", "process", "tool", "schedule", "pay_rule")
KIND_SHARES = (0.3, 0.3, 0.2, 0.12, 0.08)
CHANGES_A_MONTH, LATE_SHARE, NEVER_SHARE = 1.2, 0.12, 0.03
MENTORED_SHARE, PAIR_DAYS, MENTOR_ROLE = 0.85, 42, 1


@lru_cache(maxsize=8)
def changes(agents: int, seed: int, last: int, month: Month) -> tuple[Ints, Table]:
    """Changes that take effect in a month, one row for each person concerned."""
    here = crew(agents, seed, last, month)
    rng = np.random.default_rng([seed, 91, month.number])
    ats, parts = [], []
    for place, _ in enumerate(SITES):
        members = np.flatnonzero(here.site == place)
        for turn in range(int(rng.poisson(CHANGES_A_MONTH))):
            day = month.first + int(rng.integers(0, month.days_n))
            kind = KINDS[int(rng.choice(len(KINDS), p=KIND_SHARES))]
            site = np.full(members.size, place)
            effective = at_work(site, np.full(members.size, day), np.zeros(members.size))
            fate = rng.random(members.size)
            ahead = rng.integers(1, 15, members.size)
            late = rng.integers(1, 6, members.size)
            told_on = day + np.where(fate < LATE_SHARE, late, -ahead)
            told = at_work(site, told_on, rng.random(members.size))
            told[fate > 1 - NEVER_SHARE] = 0
            ats.append(np.full(members.size, (day + 6) * DAY_S + 22 * 3600))
            parts.append(
                {
                    "change": np.full(
                        members.size, f"CH{place}{month.number}-{turn}", dtype=object
                    ),
                    "site": site_names(site),
                    "person": shown_codes(agents, seed, here.person[members]),
                    "kind": np.full(members.size, kind, dtype=object),
                    "effective_at": instant_texts(effective),
                    "told_at": instant_texts(told),
                }
            )
    if not parts:
        nothing = np.array([], dtype=object)
        names = ("change", "site", "person", "kind", "effective_at", "told_at")
        return np.array([], dtype=np.int64), dict.fromkeys(names, nothing)
    return np.concatenate(ats), stack(parts)


@lru_cache(maxsize=8)
def mentoring(agents: int, seed: int, last: int, month: Month) -> tuple[Ints, Table]:
    """Pairs that begin in a month: sent when they begin, and again when they are over."""
    here = crew(agents, seed, last, month)
    who = stints(agents, seed, last - HISTORY_DAYS)
    rng = np.random.default_rng([seed, 92, month.number])
    luck, pick = rng.random(who.start.size), rng.random(who.start.size)
    begin = who.start + TRAINING_DAYS
    new = np.flatnonzero(
        (who.post < 0)
        & (begin >= month.first)
        & (begin < month.first + month.days_n)
        & (who.end > begin)
        & (luck < MENTORED_SHARE)
    )
    mentor = _mentors(here, who.site[new], who.person[new], pick[new])
    new, mentor = new[mentor >= 0], mentor[mentor >= 0]
    first = begin[new]
    over = np.minimum(first + PAIR_DAYS, who.end[new])
    ats, parts = [], []
    for at, until in ((first, np.full(new.size, NEVER)), (over, over)):
        told = at * DAY_S + 22 * 3600
        ats.append(told)
        parts.append(
            {
                "id": serials("M", month, new),
                "mentor": shown_codes(agents, seed, mentor),
                "newcomer": shown_codes(agents, seed, who.person[new]),
                "first_day": date_texts(first),
                "until": date_texts(until),
                "changed_at": instant_texts(told),
            }
        )
    return np.concatenate(ats), stack(parts)


def _mentors(here: Crew, site: Ints, newcomer: Ints, pick: Floats) -> Ints:
    """A mentor of the site, or else whoever has been there longest; -1 where there is nobody."""
    out = np.full(site.size, -1)
    for place, _ in enumerate(SITES):
        mine = np.flatnonzero(site == place)
        able = np.flatnonzero((here.site == place) & (here.role == MENTOR_ROLE))
        if able.size == 0:
            able = np.flatnonzero(here.site == place)
            able = able[np.argsort(here.start[able], kind="stable")][:2]
        if able.size:
            out[mine] = here.person[able[(pick[mine] * able.size).astype(np.int64)]]
    return np.where(out == newcomer, -1, out)
