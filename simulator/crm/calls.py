"""The answered calls of one site date by columns: what the CRM looks back on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.crm.effects import effect_of
from simulator.extracts import SiteDate
from simulator.people.days import Flags, Floats, Ints, Texts


@dataclass(frozen=True)
class Calls:
    """One entry a call that somebody answered, in order of time.

    `agent` indexes `desk`, the telephony logins of the day; it is the last who answered. `waited`
    is the wait in the first queue.
    """

    desk: Texts
    contact_id: Texts
    reason: Texts
    agent: Ints
    waited: Ints
    client: Ints
    queue: Ints
    customer: Ints
    kind: Ints
    started: Ints
    ended: Ints
    is_callback: Flags


@dataclass(frozen=True)
class Skills:
    """True effects by login of a desk: see `effects`."""

    csat: Floats
    resolution: Floats
    resolves: Floats


def calls_of(meant: SiteDate) -> Calls:
    """The calls of a site date that were answered."""
    answered: dict[str, str] = {}
    waits: dict[str, int] = {}
    for leg in meant.legs:
        if leg.leg_no == 1:
            waits[leg.contact_id] = leg.wait_s
        if leg.outcome == "answered":
            answered[leg.contact_id] = leg.agent
    calls = [contact for contact in meant.contacts if contact.contact_id in answered]
    desk = sorted(set(answered.values()))
    place = {login: number for number, login in enumerate(desk)}

    def whole(name: str) -> Ints:
        return np.array([getattr(call, name) for call in calls], dtype=np.int64)

    return Calls(
        desk=np.array(desk, dtype=object),
        contact_id=np.array([call.contact_id for call in calls], dtype=object),
        reason=np.array([call.disposition for call in calls], dtype=object),
        agent=np.array([place[answered[call.contact_id]] for call in calls], dtype=np.int64),
        waited=np.array([waits.get(call.contact_id, 0) for call in calls], dtype=np.int64),
        client=whole("client"),
        queue=whole("queue"),
        customer=whole("customer"),
        kind=whole("kind"),
        started=whole("started"),
        ended=whole("ended"),
        is_callback=whole("is_callback").astype(np.bool_),
    )


def skills_of(calls: Calls, seed: int, people: Mapping[str, str]) -> Skills:
    """How good the people at the desk truly are. `people`: agent of each telephony login."""
    known = [effect_of(seed, people.get(login, login)) for login in calls.desk.tolist()]
    return Skills(
        np.array([one.csat for one in known], dtype=np.float64),
        np.array([one.resolution for one in known], dtype=np.float64),
        np.array([one.resolves for one in known], dtype=np.float64),
    )
