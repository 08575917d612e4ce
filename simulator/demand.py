"""How many contacts to expect: hour and weekday curves on the customers' clock, per quarter hour.

The forecast is what planners know; what arrives is Poisson around it, with day noise.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from simulator.clock import DAY_S, Seconds, epoch, offsets
from simulator.curves import HOUR_CURVES, OCCUPANCY_FLOOR, OCCUPANCY_SLACK, WEEKDAY_CURVES
from simulator.shape import Queue, Site

SLOT_S = 900
LEGS_PER_CONTACT = 0.95
HANDLE_EXTRA_S = 62.0
CLOSED_SHARE = 0.10
Rates = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Profile:
    """Relative load of one operating day. `slots`: instants (n); `shape`, `is_open`: routes x n."""

    slots: Seconds
    shape: Rates
    is_open: npt.NDArray[np.bool_]


@lru_cache(maxsize=256)
def profile(site: Site, day: date) -> Profile:
    """The profile of the operating day that starts at `site.cut_hour` of `day`.

    A day on which clocks change has four slots more or fewer. Shapes are relative to a
    route's week: a week of them sums to about the route's weight.
    """
    start = epoch(site.zone, day, site.cut_hour * 3600)
    end = epoch(site.zone, day + timedelta(days=1), site.cut_hour * 3600)
    slots = np.arange(start, end, SLOT_S, dtype=np.int64)
    shapes, opens = [], []
    for route in site.routes:
        queue = route.queue
        local = slots + SLOT_S // 2 + offsets(queue.zone, slots)
        hour = (local % DAY_S) / 3600
        weekday = (local // DAY_S + 3) % 7
        is_open = (hour >= queue.opens) & (hour < queue.closes)
        curve = np.interp(hour - 0.5, np.arange(-1, 25), _wrapped(queue.curve))
        load = curve * np.asarray(WEEKDAY_CURVES[queue.curve])[weekday]
        shapes.append(route.weight * load * np.where(is_open, 1, CLOSED_SHARE) / _week(queue))
        opens.append(is_open)
    return Profile(slots, np.stack(shapes), np.stack(opens))


def offered_load(site: Site, rates: Rates, is_open: npt.NDArray[np.bool_]) -> Rates:
    """Erlangs per slot from contacts per slot (routes x n)."""
    handle = np.array([r.queue.talk_mean_s + HANDLE_EXTRA_S for r in site.routes])
    work: Rates = np.sum(rates * is_open * handle[:, None], axis=0) * LEGS_PER_CONTACT / SLOT_S
    return work


def agents_needed(load: Rates) -> Rates:
    """Square-root staffing: about 80 % occupancy at a load of ten erlangs, less when small.

    However large the load, some time is left between two contacts.
    """
    return OCCUPANCY_FLOOR * load + OCCUPANCY_SLACK * np.sqrt(load)


def _wrapped(curve: str) -> Rates:
    hours = HOUR_CURVES[curve]
    return np.array((hours[-1], *hours, hours[0]))


@lru_cache(maxsize=64)
def _week(queue: Queue) -> float:
    hour = (np.arange(96) + 0.5) / 4
    curve = np.interp(hour - 0.5, np.arange(-1, 25), _wrapped(queue.curve))
    is_open = (hour >= queue.opens) & (hour < queue.closes)
    return float(np.sum(curve[is_open]) * sum(WEEKDAY_CURVES[queue.curve]))
