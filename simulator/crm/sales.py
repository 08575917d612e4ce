"""Business results of the calls of one site date by columns, and what is taken back days later."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.crm.calls import Calls, Skills
from simulator.crm.cases import Cases
from simulator.people.days import Flags, Floats, Ints, Texts
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
class Results:
    """Business results; `reverses` is the result that one takes back (-1: none), amounts are text.

    `call` indexes the day's calls, `case` its cases (-1: none).
    """

    site: Site
    day: date
    call: Ints
    case: Ints
    kind: Texts
    reverses: Ints
    amount: Texts
    currency: Texts
    at: Ints


def results_of(
    site: Site, day: date, calls: Calls, cases: Cases, skills: Skills, seed: int
) -> Results:
    """Results of the calls answered on a local date of a site, with their later reversals."""
    rng = np.random.default_rng([seed, 64, SITES.index(site), day.toordinal()])
    case_of = np.full(calls.agent.size, -1)
    case_of[cases.call[cases.call >= 0]] = np.flatnonzero(cases.call >= 0)
    ends = [_RESULTS.get(code, ("", 0.0, 0.0)) for code in calls.reason.tolist()]
    share = np.array([end[1] for end in ends], dtype=np.float64)
    # Who settles matters well also sells a little better.
    share *= 1 + 0.2 * skills.resolution[calls.agent]
    call = np.flatnonzero(rng.random(share.size) < share)
    mean = np.array([ends[n][2] for n in call.tolist()], dtype=np.float64)
    amount = np.round(mean * rng.lognormal(-0.18, 0.6, call.size), 2)
    back = np.flatnonzero((mean > 0) & (rng.random(call.size) < REVERSED_SHARE))
    days_later = 1 + rng.integers(0, REVERSED_WITHIN_DAYS, back.size)
    part = np.where(rng.random(back.size) < 0.8, 1.0, 0.5)
    row = np.r_[np.arange(call.size), back]
    money = mean[row] != 0
    currency = np.array([CURRENCIES[client.country] for client in CLIENTS], dtype=object)
    return Results(
        site=site,
        day=day,
        call=call[row],
        case=case_of[call[row]],
        kind=np.array([ends[n][0] for n in call[row].tolist()], dtype=object),
        reverses=np.r_[np.full(call.size, -1), back],
        amount=_texts(np.r_[amount, -np.round(amount[back] * part, 2)], money),
        currency=np.where(money, currency[calls.client[call[row]]], ""),
        at=calls.ended[call[row]] + np.r_[np.zeros(call.size, dtype=np.int64), days_later * 86_400],
    )


def _texts(amount: Floats, money: Flags) -> Texts:
    shown = np.array([f"{value:.2f}" for value in amount.tolist()], dtype=object)
    return np.where(money, shown, "").astype(object)
