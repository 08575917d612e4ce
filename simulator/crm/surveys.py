"""Surveys of the calls of one site date by columns: who is asked, who answers, and what.

Few answer, and the very pleased and the very angry more often than the others, so answers alone
overstate both ends. Drawn from (seed, site, date) alone.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.crm.calls import Calls, Skills
from simulator.crm.cases import Cases
from simulator.people.days import Flags, Floats, Ints, Texts
from simulator.shape import SITES, Site

ASKED_SHARE, TWICE_SHARE, LATE_SHARE, SKIPPED_SHARE = 0.60, 0.02, 0.04, 0.06
# How likely an answer is in the middle, and how much more so for each step of mood away from it.
ANSWER_SHARE, STRONG_SHARE, MIDDLE = 0.03, 0.035, 0.9
USUAL_MOOD, SETTLED_MOOD, UNSETTLED_MOOD = 0.95, 0.45, -0.9
FORM = "2026.2"


@dataclass(frozen=True)
class Surveys:
    """Surveys sent; `answered` is 0 when nothing came back. Empty answers were skipped.

    `call` indexes the day's calls, `case` its cases (-1: none).
    """

    site: Site
    day: date
    call: Ints
    case: Ints
    sent: Ints
    answered: Ints
    csat: Texts
    nps: Texts
    ces: Texts
    resolved: Texts


def surveys_of(
    site: Site, day: date, calls: Calls, cases: Cases, skills: Skills, seed: int
) -> Surveys:
    """Surveys about the calls answered on a local date of a site."""
    rng = np.random.default_rng([seed, 63, SITES.index(site), day.toordinal()])
    case_of = np.full(calls.agent.size, -1)
    case_of[cases.call[cases.call >= 0]] = np.flatnonzero(cases.call >= 0)
    call = np.flatnonzero(rng.random(calls.agent.size) < ASKED_SHARE)
    settled = rng.random(call.size) < skills.resolves[calls.agent[call]]
    with_case = case_of[call] >= 0
    settled[with_case] = cases.is_settled[case_of[call][with_case]]
    mood = (
        USUAL_MOOD
        + skills.csat[calls.agent[call]]
        + np.where(settled, SETTLED_MOOD, UNSETTLED_MOOD)
        - 0.004 * np.minimum(calls.waited[call], 200)
        + rng.normal(0, 0.8, call.size)
    )
    # Some are asked twice, a day apart.
    again = np.repeat(np.arange(call.size), 1 + (rng.random(call.size) < TWICE_SHARE))
    is_second = np.r_[False, again[1:] == again[:-1]][: again.size]
    call, settled, mood = call[again], settled[again], mood[again]
    sent = calls.ended[call] + 600 + 86_400 * is_second
    answers = rng.random(call.size) < ANSWER_SHARE + STRONG_SHARE * np.minimum(
        np.abs(mood - MIDDLE), 2.0
    )
    delay = rng.exponential(7 * 3600, call.size).astype(np.int64) + 60
    late = rng.random(call.size) < LATE_SHARE
    delay += np.where(late, rng.integers(3, 7, call.size) * 86_400, 0)
    return Surveys(
        site,
        day,
        call,
        case_of[call],
        sent,
        np.where(answers, sent + np.minimum(delay, 8 * 86_400), 0),
        *_answers(rng, mood, settled, answers),
    )


def _answers(
    rng: np.random.Generator, mood: Floats, settled: Flags, answers: Flags
) -> tuple[Texts, Texts, Texts, Texts]:
    count = mood.size
    csat = np.searchsorted([-1.2, -0.6, 0.0, 0.7], mood) + 1
    pleased = mood - USUAL_MOOD + 0.15
    nps = np.clip(np.round(7 + 2.4 * pleased + rng.normal(0, 1, count)), 0, 10)
    ces = np.clip(np.round(5 + 1.5 * pleased + rng.normal(0, 0.8, count)), 1, 7)
    says = settled == (rng.random(count) > 0.1)
    shown = (
        csat.astype(str),
        nps.astype(np.int64).astype(str),
        ces.astype(np.int64).astype(str),
        np.where(says, "yes", "no"),
    )
    given = answers[:, None] & (rng.random((count, 4)) >= SKIPPED_SHARE)
    a, b, c, d = (np.where(given[:, n], text.astype(object), "") for n, text in enumerate(shown))
    return a, b, c, d
