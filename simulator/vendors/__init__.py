"""What the simulated telephony did, written as other vendors' systems would have written it.

Belongs here: one module per system, from `SiteDate` to the lines of its files; they prove that a
system's extracts give the same marts as the canonical ones. Does not: inventing what happened.
"""

from collections.abc import Iterable
from dataclasses import replace

from simulator.extracts import SiteDate
from simulator.happenings import Leg


def without_callbacks(meant: SiteDate, unheard: Iterable[Leg] = ()) -> SiteDate:
    """The same day, had nobody called back: not every system can say who calls whom.

    `unheard`: legs of another date whose work, after midnight, lies in shifts of this one and
    which nobody is to know of either.
    """
    calls = [*(leg for leg in meant.legs if leg.is_callback), *unheard]
    busy = {(leg.agent, leg.queued + leg.wait_s) for leg in calls}
    ended = {
        (leg.agent, leg.queued + leg.wait_s + leg.talk_s + leg.hold_s)
        for leg in calls
        if leg.outcome == "answered"
    }
    states = tuple(
        state._replace(code="AVAIL")
        if (state.code == "INCALL" and (state.agent, state.start) in busy)
        or (state.code == "ACW" and (state.agent, state.start) in ended)
        else state
        for state in meant.states
    )
    return replace(
        meant,
        contacts=tuple(contact for contact in meant.contacts if not contact.is_callback),
        legs=tuple(leg for leg in meant.legs if not leg.is_callback),
        states=states,
    )
