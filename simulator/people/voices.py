"""What people say: a monthly pulse that leads to nobody, and ideas, concerns and interests."""

from functools import lru_cache

import numpy as np

from simulator.people.days import DAY_S, Floats, Ints, Texts, date_texts, instant_texts
from simulator.people.staffing import (
    Month,
    at_work,
    crew,
    known,
    next_evening,
    serials,
    shown_codes,
    site_names,
    working_days,
)
from simulator.people.tables import Table, stack, take
from simulator.people.teams import line_of_team, team_codes

RESPONSE_SHARE = 0.62
# Question: lowest and highest answer, usual mean and spread.
QUESTIONS = {
    "enps": (0, 10, 6.9, 2.3),
    "workload": (1, 5, 3.0, 1.0),
    "support": (1, 5, 3.7, 0.9),
    "growth": (1, 5, 3.2, 1.0),
    "belonging": (1, 5, 3.8, 0.9),
}
TEAM_MOOD_SD, MONTH_MOOD_SD = 0.45, 0.15
TOPICS = {
    "idea": ("process", "tool", "schedule", "training"),
    "concern": ("workload", "schedule", "pay", "tool", "leadership"),
    "interest": ("mentor", "trainer", "supervisor"),
}
RAISED_A_MONTH = {"idea": 0.05, "concern": 0.04, "interest": 0.02}
ANONYMOUS_CONCERNS, ANSWERED_SHARE, ANSWER_DAYS = 0.4, 0.78, 6.0
PULSE_DAY = 12


@lru_cache(maxsize=8)
def pulse(agents: int, seed: int, last: int, month: Month) -> tuple[Ints, Table]:
    """Answers of a month, in an order of their own; all are sent when the month is over."""
    here = crew(agents, seed, last, month)
    rng = np.random.default_rng([seed, 87, month.number])
    who = np.flatnonzero(rng.random(here.person.size) < RESPONSE_SHARE)
    mood = _moods(seed, here.site[who], here.team[who], month)
    on = month.first + PULSE_DAY + rng.integers(0, 5, who.size)
    account = line_of_team(agents, here.site[who], here.team[who], here.seat[who])[0]
    parts = []
    for question, (low, high, mean, spread) in QUESTIONS.items():
        answer = mean + spread * (mood + rng.standard_normal(who.size))
        answer = np.clip(np.rint(answer), low, high).astype(np.int64)
        parts.append(
            {
                "site": site_names(here.site[who]),
                "account": account,
                "team": team_codes(here.site[who], here.team[who]),
                "question": np.full(who.size, question, dtype=object),
                "answer": answer.astype(str).astype(object),
                "lowest": np.full(who.size, str(low), dtype=object),
                "highest": np.full(who.size, str(high), dtype=object),
                "answered_on": date_texts(on),
            }
        )
    table = stack(parts)
    order = rng.permutation(len(QUESTIONS) * who.size)
    names = np.array([f"{n:016x}" for n in rng.integers(0, 1 << 62, order.size).tolist()],
                     dtype=object)  # fmt: skip
    told = np.full(order.size, (month.first + month.days_n) * DAY_S - 7200)
    return told, {"id": names, **take(table, order)}


def _moods(seed: int, site: Ints, team: Ints, month: Month) -> Floats:
    """How a team feels: its own mood, which stays, and that of the month."""
    base = np.random.default_rng([seed, 88]).normal(0, TEAM_MOOD_SD, 4096)
    now = np.random.default_rng([seed, 89, month.number]).normal(0, MONTH_MOOD_SD, 16)
    out: Floats = base[(team + 977 * site) % base.size] + now[site]
    return out


@lru_cache(maxsize=8)
def voices(agents: int, seed: int, last: int, month: Month) -> tuple[Ints, Table]:
    """What was raised in a month, and once more when it was answered."""
    here = crew(agents, seed, last, month)
    rng = np.random.default_rng([seed, 90, month.number])
    ats, parts = [], []
    for kind, topics in TOPICS.items():
        row = np.flatnonzero(rng.random(here.person.size) < RAISED_A_MONTH[kind])
        count = row.size
        topic = np.array(topics, dtype=object)[rng.integers(0, len(topics), count)]
        hidden = rng.random(count) < (ANONYMOUS_CONCERNS if kind == "concern" else 0.0)
        raised = at_work(here.site[row], here.on[row], rng.random(count))
        answers = rng.random(count) < ANSWERED_SHARE
        wait = np.minimum(rng.lognormal(np.log(ANSWER_DAYS), 0.9, count), 70).astype(np.int64)
        answered = at_work(here.site[row], working_days(here.on[row] + 3 + wait), rng.random(count))
        outcome = _outcomes(kind, rng.random(count))
        person = np.where(hidden, -1, here.person[row])
        for is_answered, at in ((False, raised), (True, answered)):
            told = answers if is_answered else np.ones(count, dtype=np.bool_)
            ats.append(np.where(told, next_evening(at), 0))
            parts.append(
                {
                    "id": serials(kind[:2].upper(), month, row),
                    "site": site_names(here.site[row]),
                    "team": team_codes(here.site[row], here.team[row]),
                    "person": shown_codes(agents, seed, person),
                    "kind": np.full(count, kind, dtype=object),
                    "topic": topic,
                    "raised_at": instant_texts(raised),
                    "answered_at": known(np.full(count, is_answered), instant_texts(answered)),
                    "state": outcome if is_answered else np.full(count, "open", dtype=object),
                    "changed_at": instant_texts(ats[-1]),
                }
            )
    at = np.concatenate(ats)
    told_rows = np.flatnonzero(at > 0)
    return at[told_rows], take(stack(parts), told_rows)


def _outcomes(kind: str, luck: Floats) -> Texts:
    words = ("answered", "answered", "accepted") if kind == "concern" else (
        "accepted", "declined", "answered"
    )  # fmt: skip
    return np.array(words, dtype=object)[np.searchsorted([0.35, 0.65], luck)]
