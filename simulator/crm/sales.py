"""Business results of the calls of one site date, and what is taken back days later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.crm.cases import Case, answerers
from simulator.crm.effects import effect_of
from simulator.customers import NORMAL
from simulator.extracts import SiteDate
from simulator.shape import CLIENTS, SITES, Site

CURRENCIES = {"DE": "EUR", "CA": "CAD", "US": "USD", "GB": "GBP"}
# Disposition: (kind, share of calls that end so, mean amount).
_RESULTS = {
    "S01": ("sale", 0.55, 180.0),
    "R01": ("sale", 0.40, 640.0),
    "K01": ("upsell", 0.06, 45.0),
    "S02": ("save", 0.35, 0.0),
    "R03": ("refund", 0.65, -120.0),
    "M01": ("renewal", 0.30, 0.0),
}
REVERSED_SHARE, REVERSED_WITHIN_DAYS = 0.08, 10


@dataclass(frozen=True)
class Result:
    """A business result; `reverses` names the result that it takes back, amounts are text."""

    outcome_id: str
    site_id: str
    client: int
    contact_id: str
    case_id: str
    customer: int
    has_phone: bool
    agent: str
    kind: str
    reverses: str
    amount: str
    currency: str
    at: int


def results_of(
    site: Site,
    day: date,
    meant: SiteDate,
    cases: list[Case],
    seed: int,
    people: Mapping[str, str],
) -> list[Result]:
    """Results of the calls answered on a local date of a site, with their later reversals."""
    rng = np.random.default_rng([seed, 64, SITES.index(site), day.toordinal()])
    answered = answerers(meant)
    by_call = {case.contact_id: case.case_id for case in cases if case.contact_id}
    made: list[Result] = []
    for contact in meant.contacts:
        agent = answered.get(contact.contact_id)
        kind, share, mean = _RESULTS.get(contact.disposition, ("", 0.0, 0.0))
        if agent is None or not kind:
            continue
        # Who settles matters well also sells a little better.
        skill = 1 + 0.2 * effect_of(seed, people.get(agent, agent)).resolution
        if rng.random() >= share * skill:
            continue
        amount = round(mean * float(rng.lognormal(-0.18, 0.6)), 2)
        result = Result(
            f"R{site.prefix}{day:%y%m%d}{len(made):05d}",
            site.site_id,
            contact.client,
            contact.contact_id,
            by_call.get(contact.contact_id, ""),
            contact.customer,
            contact.kind == NORMAL,
            agent,
            kind,
            "",
            f"{amount:.2f}" if mean else "",
            CURRENCIES[CLIENTS[contact.client].country] if mean else "",
            contact.ended,
        )
        made.append(result)
        if mean > 0 and rng.random() < REVERSED_SHARE:
            days_later = 1 + int(rng.integers(0, REVERSED_WITHIN_DAYS))
            part = 1.0 if rng.random() < 0.8 else 0.5
            made.append(
                Result(
                    **{
                        **result.__dict__,
                        "outcome_id": f"R{site.prefix}{day:%y%m%d}{len(made):05d}",
                        "reverses": result.outcome_id,
                        "amount": f"{-round(amount * part, 2):.2f}",
                        "at": contact.ended + days_later * 86_400,
                    }
                )
            )
    return made
