"""Outages, bad weather and approved adjustments: one draw a site and week."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from simulator.clock import epoch
from simulator.shape import SITES, Site


@dataclass(frozen=True)
class Disruption:
    """What went wrong where; empty keys mean all. `end` is 0 while it lasts."""

    number: str
    kind: str
    site_id: str
    brand: str
    queue: str
    start: int
    end: int
    is_approved: bool


def disruptions_until(first: date, day: date, seed: int) -> list[Disruption]:
    """Everything that began from `first` to the end (UTC) of `day`, as it is known then."""
    until = epoch("UTC", day + timedelta(days=1), 0)
    found = [
        hit
        for week in range((day - first).days // 7 + 1)
        for site in SITES
        for hit in _week(site, first + timedelta(weeks=week), seed)
    ]
    return [
        hit if hit.end <= until else Disruption(**{**hit.__dict__, "end": 0})
        for hit in found
        if hit.start < until
    ]


def _week(site: Site, monday: date, seed: int) -> Iterator[Disruption]:
    rng = np.random.default_rng([seed, 65, SITES.index(site), monday.toordinal()])
    plans = (("outage", 0.45, 55.0), ("adjustment", 0.5, 90.0), ("weather", 0.08, 400.0))
    for number, (kind, chance, minutes) in enumerate(plans):
        if rng.random() >= chance:
            continue
        day = monday + timedelta(days=int(rng.integers(0, 7)))
        start = epoch(site.zone, day, int(rng.integers(8, 20)) * 3600)
        queue = site.routes[int(rng.integers(0, len(site.routes)))].queue
        is_one_queue = kind == "outage" and rng.random() < 0.6
        lasted = int(60 * minutes * float(rng.lognormal(0, 0.5)))
        yield Disruption(
            f"INC-{site.prefix}-{monday:%y%m%d}-{number}",
            kind,
            site.site_id,
            queue.client_id if is_one_queue else "",
            queue.code if is_one_queue else "",
            start,
            start + lasted,
            bool(kind != "outage" or rng.random() < 0.8),
        )
