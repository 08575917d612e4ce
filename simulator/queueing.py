"""The queue: first come, first served, many agents, impatient customers.

An event-driven simulation in the manner of Kiefer and Wolfowitz: customers are taken in order of
arrival, each by the agent who is free first (longest idle), unless patience runs out before.
Waits and abandonment follow from staffing alone. Belongs here: queues. Does not: rows of files.
"""

import math
from collections.abc import Sequence
from heapq import heapify, heappop, heappush

Window = tuple[int, int]


class AgentPool:
    """Agents with windows in which they take contacts, and the time each is free from."""

    def __init__(self, windows: Sequence[Sequence[Window]]) -> None:
        """`windows`: for each agent, sorted disjoint [from, to) in seconds."""
        self._windows = windows
        self._at = [0] * len(windows)
        self._free = [(own[0][0], agent) for agent, own in enumerate(windows) if own]
        heapify(self._free)

    def next_free(self, arrival: int) -> tuple[int, int] | None:
        """(instant, agent) of who can take a contact that arrives at `arrival`; taken off the pool.

        None when nobody will be free again. Arrivals must not go back in time.
        """
        free, windows, at = self._free, self._windows, self._at
        while free:
            since, agent = heappop(free)
            moment = max(arrival, since)
            own = windows[agent]
            here = at[agent]
            while here < len(own) and own[here][1] <= moment:
                here += 1
            at[agent] = here
            if here == len(own):
                continue
            start = own[here][0]
            if start <= moment:
                return moment, agent
            heappush(free, (max(since, start), agent))
        return None

    def release(self, agent: int, instant: int) -> None:
        """Put the agent back, free from `instant` on."""
        heappush(self._free, (instant, agent))


def erlang_a_abandonment(
    arrivals_per_s: float, handle_s: float, agents: int, patience_s: float
) -> float:
    """Share of customers who abandon in M/M/n+M (Erlang-A), between 0 and 1.

    Palm's model: Poisson arrivals, exponential service (mean `handle_s`) and patience (mean
    `patience_s`), `agents` servers. With no agents everybody abandons.
    """
    if arrivals_per_s <= 0:
        return 0.0
    if agents <= 0:
        return 1.0
    busy_rate, leave_rate = 1 / handle_s, 1 / patience_s
    weight, total, waiting = 1.0, 1.0, 0.0
    for number in range(1, agents + 2000):
        rate = min(number, agents) * busy_rate + max(number - agents, 0) * leave_rate
        weight *= arrivals_per_s / rate
        total += weight
        waiting += weight * max(number - agents, 0)
        if weight > 1e200:
            weight, total, waiting = weight / 1e200, total / 1e200, waiting / 1e200
        if number > agents and weight < total * 1e-12:
            break
    return min(1.0, leave_rate * waiting / total / arrivals_per_s)


def lognormal_mu(mean: float, log_sd: float) -> float:
    """Location of the lognormal with this mean and standard deviation of the logarithm."""
    return math.log(mean) - log_sd**2 / 2
