"""What each system calls a person, and the crosswalk that operations keep; a few are missing."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from simulator.people.days import Ints, Texts, number
from simulator.people.jobs import stints
from simulator.people.population import seats_of, spells
from simulator.people.posts import holder, holdings, posts_of
from simulator.shape import SITES

HR, WFM, QA, PEOPLE = "sim_hr", "sim_wfm", "sim_qa", "sim_people"
SYSTEMS = (HR, WFM, QA, PEOPLE)
HISTORY_DAYS = 730
# After a system change this leader's teams were booked under a second personnel number.
SECOND_NUMBER_FROM = number(date(2026, 6, 1))
# Whom operations forgot: site and seat (both keep their holder for good).
FORGOTTEN = {HR: ("manila", 1), WFM: ("halifax", 1), QA: ("krakow", 1), PEOPLE: ("halifax", 0)}


@dataclass(frozen=True)
class People:
    """Everybody who ever worked here, by number: site and seat-hire. Founders hold posts only."""

    site: Ints
    hire: Ints


@lru_cache(maxsize=4)
def people(agents: int, seed: int) -> People:
    """Site and first day of everybody."""
    seats, held, posts = spells(agents, seed), holdings(agents, seed), posts_of(agents)
    site = np.zeros(held.people_n, dtype=np.int64)
    hire = np.full(held.people_n, np.iinfo(np.int64).max)
    site[seats.person] = seats.site
    np.minimum.at(hire, seats.person, seats.hire)
    founders = held.person >= seats.people_n
    site[held.person[founders]] = posts.site[held.post[founders]]
    np.minimum.at(hire, held.person[founders], held.start[founders])
    return People(site, hire)


def agent_ids(person: Ints) -> list[str]:
    """The company's own ids."""
    return [f"E{10_001 + p}" for p in person.tolist()]


def codes(system: str, person: Ints, site: Ints) -> Texts:
    """A system's codes of people; empty for nobody (-1)."""
    prefixes = [s.prefix.lower() for s in SITES]
    pairs = zip(person.tolist(), site.tolist(), strict=True)
    match system:
        case "sim_hr":
            out = [f"{100_001 + p}" for p, _ in pairs]
        case "sim_wfm":
            out = [f"W{p + 1:06d}" for p, _ in pairs]
        case "sim_qa":
            out = [f"{prefixes[s]}.{1001 + p}" for p, s in pairs]
        case "sim_people":
            out = [f"p{p + 1:05d}" for p, _ in pairs]
        case _:
            out = [f"{prefixes[s]}{1001 + p}" for p, s in pairs]
    text = np.array(out, dtype=object)
    text[person < 0] = ""
    return text


def second_number(agents: int, seed: int) -> int:
    """The leader who has two personnel numbers: who led the first team of Kraków that day."""
    site = next(n for n, s in enumerate(SITES) if s.site_id == "krakow")
    post = np.array([posts_of(agents).first[site]])
    at = holder(agents, seed, post, np.array([SECOND_NUMBER_FROM]))
    return int(holdings(agents, seed).person[at[0]])


def second_code(person: int) -> str:
    """That second personnel number."""
    return f"X{100_001 + person}"


def forgotten(system: str, agents: int, seed: int) -> int:
    """The person whom the crosswalk lacks for a system."""
    site_id, seat = FORGOTTEN[system]
    site = next(n for n, s in enumerate(SITES) if s.site_id == site_id)
    seats = spells(agents, seed)
    seat = min(seat, seats_of(agents)[site] - 1)
    return int(seats.person[np.flatnonzero((seats.site == site) & (seats.seat == seat))[-1]])


def crosswalk(agents: int, seed: int, last: int) -> list[tuple[str, str, str, str]]:
    """Rows (system, code, agent id, site id) of everybody employed in the two years to `last`."""
    who = np.unique(stints(agents, seed, last - HISTORY_DAYS).person)
    everybody = people(agents, seed)
    who = who[everybody.hire[who] <= last + 60]
    site = everybody.site[who]
    ids = agent_ids(who)
    where = [SITES[s].site_id for s in site.tolist()]
    rows = []
    for system in SYSTEMS:
        missing = forgotten(system, agents, seed)
        shown = codes(system, who, site).tolist()
        rows += [
            (system, code, agent_id, site_id)
            for code, agent_id, site_id, person in zip(shown, ids, where, who.tolist(), strict=True)
            if person != missing
        ]
    twice = second_number(agents, seed)
    home = SITES[int(everybody.site[twice])].site_id
    rows.append((HR, second_code(twice), agent_ids(np.array([twice]))[0], home))
    return rows


def unmapped_people(agents: int, seed: int) -> list[str]:
    """Codes of the systems of people that the crosswalk lacks."""
    everybody = people(agents, seed)
    out = []
    for system in SYSTEMS:
        person = np.array([forgotten(system, agents, seed)])
        out += codes(system, person, everybody.site[person]).tolist()
    return out
