"""Who works a shift, and from its plan and the contacts handled to the states it was spent in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.clock import local_days
from simulator.happenings import State
from simulator.people.days import number
from simulator.people.effects import handle_log
from simulator.plan import AVAILABLE, ShiftPlan, plans
from simulator.roster import Login
from simulator.shape import Site

# (offered, answered, released, free again) of one contact, in seconds since 1970 UTC.
Handled = tuple[int, int, int, int]


@dataclass(frozen=True)
class Staffed:
    """Shifts of an operating day, with the login and the true effect on talk time of each."""

    shifts: tuple[ShiftPlan, ...]
    codes: list[str]
    talk_log: list[float]


def staffed(site: Site, agents: int, seed: int, day: date) -> Staffed:
    """Who works the operating day `day`, and how quick they are."""
    shifts = plans(site, agents, seed, day)
    logins = [_login(site, plan) for plan in shifts]
    person = np.array([one.person for one in logins], dtype=np.int64)
    effect = handle_log(agents, seed, person, number(day))
    return Staffed(shifts, [one.code for one in logins], effect.tolist())


def _login(site: Site, plan: ShiftPlan) -> Login:
    """The login that the agent uses in this shift: that of its first local date."""
    start = plan.segments[0].start
    shown = int(local_days(site.zone, np.array([start], dtype=np.int64))[0])
    return plan.agent.login(date.fromordinal(shown + date(1970, 1, 1).toordinal()))


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
