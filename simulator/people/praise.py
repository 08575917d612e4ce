"""Recognition: given by peers and leaders, passed on from customers, earned by staying.

Uneven as it is in a centre: some are seen all the time, some do good work and nobody says so.
"""

from functools import lru_cache

import numpy as np

from simulator.people.days import Flags, Floats, Ints, Texts, instant_texts
from simulator.people.posts import holdings
from simulator.people.staffing import (
    Crew,
    Month,
    at_work,
    crew,
    next_evening,
    serials,
    shown_codes,
    site_names,
)
from simulator.people.tables import Table, stack

A_MONTH, SEEN_LOG_SD, OVERLOOKED_SHARE = 0.35, 0.9, 0.12
PEER, LEADER, CUSTOMER = 0, 1, 2
KINDS = ("peer", "leader", "customer")
KIND_SHARES = (0.45, 0.35, 0.2)
REASONS = ("helped_a_colleague", "solved_a_hard_case", "kept_a_promise", "calm_with_a_customer")
# Days of service: what they are called.
MILESTONES = {90: "days_90", 365: "year_1", 730: "year_2", 1095: "year_3", 1825: "year_5"}


@lru_cache(maxsize=8)
def recognitions(agents: int, seed: int, last: int, month: Month) -> tuple[Ints, Table]:
    """Instants of recording and rows of the recognitions of a month."""
    here = crew(agents, seed, last, month)
    rng = np.random.default_rng([seed, 84, month.number])
    given = rng.poisson(A_MONTH * visibility(agents, seed)[here.person])
    row = np.repeat(np.arange(here.person.size), given)
    kind = rng.choice(len(KINDS), row.size, p=KIND_SHARES)
    giver = np.select(
        [kind == PEER, kind == LEADER], [_peers(here, row, rng), here.leader[row]], -1
    )
    # Who would thank themselves passes a customer's thanks on instead.
    own = giver == here.person[row]
    kind, giver = np.where(own, CUSTOMER, kind), np.where(own, -1, giver)
    day = np.minimum(here.on[row] + rng.integers(0, 3, row.size), month.first + month.days_n - 1)
    at = at_work(here.site[row], day, rng.random(row.size))
    words = np.array(REASONS, dtype=object)[rng.integers(0, len(REASONS), row.size)]
    parts = [_rows(agents, seed, here, row, giver, np.array(KINDS, dtype=object)[kind], words, at)]
    for days, name in MILESTONES.items():
        on = here.start + days
        reached = np.flatnonzero((on >= month.first) & (on < month.first + month.days_n))
        word = np.full(reached.size, name, dtype=object)
        parts.append(
            _rows(
                agents,
                seed,
                here,
                reached,
                np.full(reached.size, -1),
                np.full(reached.size, "milestone", dtype=object),
                word,
                at_work(here.site[reached], on[reached], np.zeros(reached.size)),
            )
        )
    at = np.concatenate([part[0] for part in parts])
    table = stack([part[1] for part in parts])
    return at, {"id": serials("R", month, np.arange(at.size)), **table}


def overlooked(agents: int, seed: int) -> Flags:
    """By person: nobody ever says thank you, whatever they do."""
    rng = np.random.default_rng([seed, 85])
    return rng.random(holdings(agents, seed).people_n) < OVERLOOKED_SHARE


def visibility(agents: int, seed: int) -> Floats:
    """By person, how often they are recognised, 1 on average over those who are seen."""
    rng = np.random.default_rng([seed, 86])
    seen = rng.normal(-(SEEN_LOG_SD**2) / 2, SEEN_LOG_SD, holdings(agents, seed).people_n)
    return np.where(overlooked(agents, seed), 0.0, np.exp(seen))


def _peers(here: Crew, row: Ints, rng: np.random.Generator) -> Ints:
    """Somebody of the same site."""
    order = np.argsort(here.site, kind="stable")
    counts = np.bincount(here.site, minlength=int(here.site.max(initial=0)) + 1)
    begin = np.cumsum(counts) - counts
    site = here.site[row]
    chosen = begin[site] + (rng.random(row.size) * counts[site]).astype(np.int64)
    out: Ints = here.person[order[chosen]]
    return out


def _rows(
    agents: int,
    seed: int,
    here: Crew,
    row: Ints,
    giver: Ints,
    kind: Texts,
    reason: Texts,
    at: Ints,
) -> tuple[Ints, Table]:
    return next_evening(at), {
        "site": site_names(here.site[row]),
        "to": shown_codes(agents, seed, here.person[row]),
        "from": shown_codes(agents, seed, giver),
        "kind": kind,
        "reason": reason,
        "given_at": instant_texts(at),
    }
