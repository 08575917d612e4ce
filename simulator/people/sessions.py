"""Coaching and one-to-ones: planned, held or not, and the step agreed.

A session is sent when it is planned, again when it was held or called off, and once more when
the step agreed is done. In truth coaching changes nobody's work: whoever finds that it does has
compared the wrong people (those who do badly are coached more).
"""

from functools import lru_cache

import numpy as np

from simulator.people.days import DAY_S, NEVER, Floats, Ints, Texts, date_texts, instant_texts
from simulator.people.effects import effects, live_days
from simulator.people.posts import SITE_LEADER, holder, holdings, posts_of
from simulator.people.staffing import (
    Crew,
    Month,
    at_work,
    crew,
    known,
    next_evening,
    serials,
    shown_codes,
    site_names,
)
from simulator.people.tables import Table, stack, take

COACHED_A_MONTH = 0.45
BY_TRAINER, CANCELLED, SLIPPED = 0.3, 0.07, 0.04
ACTION_SHARE, ACTION_DONE = 0.7, 0.62
# Topic (a metric, or a class of the catalogue): the step that goes with it.
STEPS = {
    "handle_time": "knowledge_at_hand",
    "after_contact_work": "notes_while_talking",
    "resolution": "first_owner",
    "csat": "name_the_feeling",
    "quality": "listen_together",
    "repeat_contacts": "five_whys",
}


@lru_cache(maxsize=8)
def sessions(agents: int, seed: int, last: int, month: Month) -> tuple[Ints, Table]:
    """Instants of recording and rows of the sessions planned for a month."""
    here = crew(agents, seed, last, month)
    rng = np.random.default_rng([seed, 82, month.number])
    talks = _made(agents, seed, here, rng, here.leader, "one_to_one", month)
    need = COACHED_A_MONTH * np.exp(-0.5 * effects(agents, seed).quality[here.person])
    need += 0.5 * (live_days(agents, seed, here.person, here.on) < 60)
    coach = np.where(
        rng.random(need.size) < BY_TRAINER, _trainers(agents, seed, here, rng), here.leader
    )
    coached = _made(agents, seed, here, rng, coach, "coaching", month)
    wanted = np.flatnonzero(rng.random(need.size) < np.minimum(need, 0.95))
    size = here.person.size
    rows = np.concatenate([wanted + n * size for n in range(3)])
    at = np.concatenate([talks[0], coached[0][rows]])
    table = stack([talks[1], take(coached[1], rows)])
    told = np.flatnonzero(at > 0)
    return at[told], take(table, told)


def diligence(agents: int, seed: int) -> Floats:
    """By person, the share of planned sessions that they hold as a leader."""
    rng = np.random.default_rng([seed, 83])
    return 1 - 0.35 * rng.beta(1.2, 3, holdings(agents, seed).people_n)


def _made(
    agents: int,
    seed: int,
    here: Crew,
    rng: np.random.Generator,
    coach: Ints,
    kind: str,
    month: Month,
) -> tuple[Ints, Table]:
    """Three versions of one session for each of the crew, one under the other; 0: never sent."""
    count = here.person.size
    planned = at_work(here.site, here.on, rng.random(count))
    fate = rng.random(count)
    off = fate < CANCELLED
    held = ~off & (rng.random(count) < diligence(agents, seed)[coach] - SLIPPED)
    # Some slip to the next day, unless that is a Saturday.
    slips = (rng.random(count) < 0.2) & ((here.on + 3) % 7 < 4)
    done = planned + np.where(slips, DAY_S, 0) + 1800
    topic = rng.integers(0, len(STEPS), count)
    agreed = held & (rng.random(count) < (ACTION_SHARE if kind == "coaching" else 0.25))
    due = here.on + rng.integers(7, 22, count)
    step_done = due + rng.integers(-6, 6, count)
    does = agreed & (rng.random(count) < ACTION_DONE)
    first_told = planned - rng.integers(3, 15, count) * DAY_S
    changed = np.where(held, next_evening(done), np.where(off, planned - 7200, 0))
    last_told = np.where(does, step_done * DAY_S + 22 * 3600, 0)
    last_told = np.where(does, np.maximum(last_told, changed + DAY_S), 0)
    names = np.array(list(STEPS), dtype=object)[topic]
    steps = np.array(list(STEPS.values()), dtype=object)[topic]
    every = np.arange(count)
    parts = []
    for at, is_over, is_done in (
        (first_told, np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)),
        (changed, np.ones(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)),
        (last_told, np.ones(count, dtype=np.bool_), np.ones(count, dtype=np.bool_)),
    ):
        status = np.where(is_over & held, "done", np.where(is_over & off, "cancelled", "planned"))
        shown = is_over & agreed
        parts.append(
            {
                "id": serials(kind[0].upper(), month, every),
                "site": site_names(here.site),
                "person": shown_codes(agents, seed, here.person),
                "led_by": shown_codes(agents, seed, coach),
                "type": np.full(count, kind, dtype=object),
                "planned_for": _utc(planned),
                "held_at": known(is_over & held, _utc(done)),
                "state": status.astype(object),
                "topic": names if kind == "coaching" else np.full(count, "", dtype=object),
                "action.code": known(shown, steps),
                "action.due": known(shown, date_texts(due)),
                "action.done": known(is_done & does, date_texts(np.minimum(step_done, NEVER))),
                "changed_at": _utc(at),
            }
        )
    return np.concatenate([first_told, changed, last_told]), stack(parts)


def _trainers(agents: int, seed: int, here: Crew, rng: np.random.Generator) -> Ints:
    """A trainer of each person's site on the day."""
    posts = posts_of(agents)
    teams_n, first = np.array(posts.teams_n), np.array(posts.first)
    tops = np.flatnonzero(posts.kind == SITE_LEADER)
    trainers_n = tops - first - teams_n
    pick = (rng.random(here.site.size) * trainers_n[here.site]).astype(np.int64)
    post = (first + teams_n)[here.site] + pick
    return holdings(agents, seed).person[holder(agents, seed, post, here.on)]


def _utc(seconds: Ints) -> Texts:
    return np.array([f"{text}Z" if text else "" for text in instant_texts(seconds).tolist()],
                    dtype=object)  # fmt: skip
