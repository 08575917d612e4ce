"""From a planned shift and the contacts handled in it to the states an agent was in."""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from simulator.clock import local_days
from simulator.happenings import State
from simulator.plan import AVAILABLE, ShiftPlan
from simulator.shape import Site

# (offered, answered, released, free again) of one contact, in seconds since 1970 UTC.
Handled = tuple[int, int, int, int]


def login(site: Site, plan: ShiftPlan) -> str:
    """The login that the agent uses in this shift: that of its first local date."""
    start = plan.segments[0].start
    shown = int(local_days(site.zone, np.array([start], dtype=np.int64))[0])
    return plan.agent.login(date.fromordinal(shown + date(1970, 1, 1).toordinal())).code


def states_of(plan: ShiftPlan, code: str, done: Sequence[Handled]) -> Iterator[State]:
    """The plan as lived, without gaps: work on contacts pushes what was planned aside."""
    shift = now = plan.segments[0].start
    extension, at = plan.agent.extension, 0
    for segment in plan.segments:
        if segment.end <= now:
            continue
        if segment.code == AVAILABLE:
            while at < len(done) and done[at][0] < segment.end:
                _, answered, end, free = done[at]
                at += 1
                if answered > now:
                    yield State(code, AVAILABLE, now, answered, extension, shift)
                yield State(code, "INCALL", answered, end, extension, shift)
                if free > end:
                    yield State(code, "ACW", end, free, extension, shift)
                now = free
            if now >= segment.end:
                continue
        yield State(code, segment.code, now, segment.end, extension, shift)
        now = segment.end
