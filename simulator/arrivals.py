"""Who calls when: Poisson arrivals on the demand curve, and customers who come back unresolved.

Every draw depends on (seed, site, operating day) alone. Repeat contacts of the next seven days
are decided on the day of the first contact, so any one day can be made without the others.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from simulator.clock import Seconds
from simulator.demand import SLOT_S, profile
from simulator.roster import roster
from simulator.shape import CLIENTS, SITES, Site

REPEAT_SHARE = 0.33
REPEAT_DAYS = 7
BACK_NEXT_DAY = 0.38
CUSTOMERS_PER_AGENT = 320
DAY_NOISE = 0.07
CLIENT_NUMBER = {client.client_id: number for number, client in enumerate(CLIENTS)}
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Arrivals:
    """Contacts of one operating day in order of arrival; every array has one entry a contact.

    `route` indexes the site's routes; `reason` the reasons of the route's queue.
    """

    started: Seconds
    route: Integers
    customer: Integers
    reason: Integers
    is_repeat: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _First:
    """First contacts of a day, with the lag in days of the repeat (0: none) and its quantile."""

    arrivals: Arrivals
    lag: Integers
    quantile: npt.NDArray[np.float64]


def arrivals(site: Site, agents: int, seed: int, day: date) -> Arrivals:
    """All contacts that arrive in the operating day `day`: first contacts and repeats."""
    parts = [_firsts(site, agents, seed, day).arrivals]
    slots, shape = profile(site, day).slots, profile(site, day).shape
    cumulative = np.cumsum(shape, axis=1)
    for lag in range(1, REPEAT_DAYS + 1):
        earlier = _firsts(site, agents, seed, day - timedelta(days=lag))
        chosen = np.flatnonzero(earlier.lag == lag)
        started = np.zeros(chosen.size, dtype=np.int64)
        routes = earlier.arrivals.route[chosen]
        for route in range(len(site.routes)):
            mine = routes == route
            total = cumulative[route, -1]
            at = np.interp(
                earlier.quantile[chosen[mine]] * total,
                np.concatenate([[0.0], cumulative[route]]),
                np.append(slots, slots[-1] + SLOT_S),
            )
            started[mine] = at.astype(np.int64)
        parts.append(
            Arrivals(
                started,
                routes,
                earlier.arrivals.customer[chosen],
                earlier.arrivals.reason[chosen],
                np.ones(chosen.size, dtype=np.bool_),
            )
        )
    started = np.concatenate([part.started for part in parts])
    order = np.argsort(started, kind="stable")
    return Arrivals(
        started[order],
        np.concatenate([part.route for part in parts])[order],
        np.concatenate([part.customer for part in parts])[order],
        np.concatenate([part.reason for part in parts])[order],
        np.concatenate([part.is_repeat for part in parts])[order],
    )


@lru_cache(maxsize=64)
def _firsts(site: Site, agents: int, seed: int, day: date) -> _First:
    known = roster(site, agents, seed, day)
    today = profile(site, day)
    rng = np.random.default_rng([seed, 21, SITES.index(site), day.toordinal()])
    noise = day_noise(site, seed, day)
    rates = today.shape * (known.weekly_contacts / (1 + REPEAT_SHARE)) * noise[:, None]
    counts = rng.poisson(rates)
    route = np.repeat(np.arange(len(site.routes)), counts.sum(axis=1))
    slot = np.concatenate([np.repeat(today.slots, row) for row in counts])
    total = route.size
    started = slot + rng.integers(0, SLOT_S, total)
    pool = max(200, CUSTOMERS_PER_AGENT * agents)
    reasons = np.array([len(r.queue.reasons) for r in site.routes])
    customer = (pool * rng.random(total) ** 1.4).astype(np.int64)
    reason = (reasons[route] * rng.random(total) ** 1.6).astype(np.int64)
    days = 1 + (rng.random(total)[:, None] > _by_then(site, day)[route]).sum(axis=1)
    lag = np.where(rng.random(total) < REPEAT_SHARE, days, 0).astype(np.int64)
    first = Arrivals(started, route, customer, reason, np.zeros(total, dtype=np.bool_))
    return _First(first, lag, rng.random(total))


@lru_cache(maxsize=64)
def _by_then(site: Site, day: date) -> npt.NDArray[np.float64]:
    """By route, the share of who comes back that has done so one, two, ... days later.

    Most come back soon; on a day on which few call, few come back.
    """
    ahead = range(1, REPEAT_DAYS + 1)
    load = [profile(site, day + timedelta(days=lag)).shape.sum(axis=1) for lag in ahead]
    soon = np.array([BACK_NEXT_DAY * (1 - BACK_NEXT_DAY) ** (lag - 1) for lag in ahead])
    weight = np.stack(load, axis=1) * soon
    share: npt.NDArray[np.float64] = np.cumsum(weight, axis=1) / weight.sum(axis=1)[:, None]
    share[:, -1] = 1
    return share


def day_noise(site: Site, seed: int, day: date) -> npt.NDArray[np.float64]:
    """By route, how far the day's demand is off the forecast, as a factor: a client's own."""
    noise = [
        np.random.default_rng(
            [seed, 22, CLIENT_NUMBER[route.queue.client_id], day.toordinal()]
        ).normal(-(DAY_NOISE**2) / 2, DAY_NOISE)
        for route in site.routes
    ]
    factors: npt.NDArray[np.float64] = np.exp(noise)
    return factors
