"""Surveys of the calls of one site date: who is asked, who answers, and what.

Few answer, and the very pleased and the very angry more often than the others, so answers alone
overstate both ends. Drawn from (seed, site, date) alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.crm.cases import Case, answerers
from simulator.crm.effects import effect_of
from simulator.extracts import SiteDate
from simulator.shape import SITES, Site

ASKED_SHARE, TWICE_SHARE, LATE_SHARE, SKIPPED_SHARE = 0.30, 0.02, 0.04, 0.06
FORM = "2026.2"


@dataclass(frozen=True)
class Survey:
    """A survey sent; `answered` is 0 when nothing came back. Empty answers were skipped."""

    survey_id: str
    site_id: str
    client: int
    contact_id: str
    case_id: str
    agent: str
    sent: int
    answered: int
    csat: str
    nps: str
    ces: str
    resolved: str


def surveys_of(
    site: Site,
    day: date,
    meant: SiteDate,
    cases: list[Case],
    seed: int,
    people: Mapping[str, str],
) -> list[Survey]:
    """Surveys about the calls answered on a local date of a site."""
    rng = np.random.default_rng([seed, 63, SITES.index(site), day.toordinal()])
    answered = answerers(meant)
    waited = {leg.contact_id: leg.wait_s for leg in meant.legs if leg.leg_no == 1}
    by_call = {case.contact_id: case for case in cases if case.contact_id}
    made: list[Survey] = []
    for contact in meant.contacts:
        agent = answered.get(contact.contact_id)
        if agent is None or rng.random() >= ASKED_SHARE:
            continue
        case = by_call.get(contact.contact_id)
        effect = effect_of(seed, people.get(agent, agent))
        settled = case.is_settled if case else bool(rng.random() < effect.resolves)
        mood = (
            0.35
            + effect.csat
            + (0.45 if settled else -0.9)
            - 0.004 * min(waited.get(contact.contact_id, 0), 200)
            + rng.normal(0, 0.8)
        )
        for again in range(2 if rng.random() < TWICE_SHARE else 1):
            sent = contact.ended + 600 + again * 86_400
            answers = rng.random() < 0.10 + 0.12 * min(abs(mood - 0.4), 2.0)
            delay = int(rng.exponential(7 * 3600)) + 60
            if rng.random() < LATE_SHARE:
                delay += int(rng.integers(3, 7)) * 86_400
            given = _answers(rng, mood, settled) if answers else ("", "", "", "")
            made.append(
                Survey(
                    f"V{site.prefix}{day:%y%m%d}{len(made):05d}",
                    site.site_id,
                    contact.client,
                    contact.contact_id,
                    case.case_id if case else "",
                    agent,
                    sent,
                    sent + min(delay, 8 * 86_400) if answers else 0,
                    *given,
                )
            )
    return made


def _answers(rng: np.random.Generator, mood: float, settled: bool) -> tuple[str, str, str, str]:
    csat = int(np.searchsorted([-1.2, -0.6, 0.0, 0.7], mood)) + 1
    nps = int(np.clip(round(7 + 2.4 * (mood - 0.2) + rng.normal(0, 1)), 0, 10))
    ces = int(np.clip(round(5 + 1.5 * (mood - 0.2) + rng.normal(0, 0.8)), 1, 7))
    says = settled if rng.random() > 0.1 else not settled
    values = (str(csat), str(nps), str(ces), "yes" if says else "no")
    skipped = rng.random(4) < SKIPPED_SHARE
    a, b, c, d = (
        "" if skip else value for value, skip in zip(values, skipped.tolist(), strict=True)
    )
    return a, b, c, d
