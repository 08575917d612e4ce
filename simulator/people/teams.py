"""What a team is called and whom it works for."""

import numpy as np

from simulator.people.days import Ints, Texts
from simulator.people.population import RAMP_DOWN_SITE, seats_of
from simulator.people.posts import posts_of
from simulator.shape import SITES

RAMPED_DOWN_LINE = ("dune_travel", "bookings")


def team_codes(site: Ints, team: Ints) -> Texts:
    """Team codes such as `KRK-03`; empty where there is no team (-1)."""
    prefixes = [s.prefix for s in SITES]
    pairs = zip(site.tolist(), team.tolist(), strict=True)
    return np.array(
        [f"{prefixes[s]}-{t + 1:02d}" if t >= 0 else "" for s, t in pairs], dtype=object
    )


def line_of_team(agents: int, site: Ints, team: Ints, seat: Ints) -> tuple[Texts, Texts]:
    """Client and line of business of teams, by the weight of the site's queues; empty if none.

    Seats that were given up belonged to the client that ramped down.
    """
    client = np.full(site.size, "", dtype=object)
    line = np.full(site.size, "", dtype=object)
    counts = np.array(seats_of(agents))
    for number, place in enumerate(SITES):
        mine = np.flatnonzero((site == number) & (team >= 0))
        share = (team[mine] + 0.5) / posts_of(agents).teams_n[number]
        at = np.searchsorted(np.cumsum([route.weight for route in place.routes]), share)
        at = np.minimum(at, len(place.routes) - 1)
        queues = [route.queue for route in place.routes]
        client[mine] = np.array([q.client_id for q in queues], dtype=object)[at]
        line[mine] = np.array([q.line_of_business for q in queues], dtype=object)[at]
        if place.site_id == RAMP_DOWN_SITE:
            given_up = (site == number) & (seat >= counts[number])
            client[given_up], line[given_up] = RAMPED_DOWN_LINE
    return client, line
