"""Cases of one site date, from opening to closing, and whether each matter was truly settled.

A case is opened from a call or comes by e-mail or chat. It waits for the customer, is resolved,
comes back when nothing was settled, and is closed for good four quiet days later. Everything is
drawn from (seed, site, date) alone. Times are seconds since 1970 UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from simulator.arrivals import CUSTOMERS_PER_AGENT
from simulator.codes import DISPOSITIONS
from simulator.crm.effects import effect_of
from simulator.customers import ANONYMOUS, NORMAL
from simulator.extracts import SiteDate
from simulator.happenings import Contact
from simulator.shape import QUEUES, SITES, Site

CALL_SHARE, DIGITAL_SHARE, CHAT_SHARE = 0.30, 0.22, 0.4
SETTLED_IN_CALL, MERGED_SHARE, WAITS_SHARE, NOTE_SHARE = 0.5, 0.02, 0.3, 0.35
COMES_BACK_SHARE = 0.6
CLOSED_AFTER_S = 4 * 86_400
LIFE_DAYS = 12
PRIORITIES = ("normal", "low", "high", "urgent")


class CaseEvent(NamedTuple):
    """A change or message of a case; `agent` is a telephony login or empty."""

    at: int
    kind: str
    agent: str
    old: str
    new: str


@dataclass(frozen=True)
class Case:
    """A case with all that will ever happen to it; `is_settled` is the hidden truth."""

    case_id: str
    site_id: str
    client: int
    channel: str
    line_of_business: str
    reason: str
    priority: str
    customer: int
    agent: str
    contact_id: str
    merged_into: str
    is_settled: bool
    events: tuple[CaseEvent, ...]


def answerers(meant: SiteDate) -> dict[str, str]:
    """Login of the last agent who answered each contact."""
    return {leg.contact_id: leg.agent for leg in meant.legs if leg.outcome == "answered"}


def cases_of(
    site: Site, day: date, meant: SiteDate, agents: int, seed: int, people: Mapping[str, str]
) -> list[Case]:
    """Cases opened on a local date of a site. `people`: agent of each telephony login."""
    rng = np.random.default_rng([seed, 62, SITES.index(site), day.toordinal()])
    answered = answerers(meant)
    calls = [
        contact
        for contact in meant.contacts
        if contact.contact_id in answered
        and not contact.is_callback
        and contact.kind in (NORMAL, ANONYMOUS)
    ]
    desk = sorted(set(answered.values()))
    if not desk:
        return []
    chosen = [c for c, pick in zip(calls, rng.random(len(calls)), strict=True) if pick < CALL_SHARE]
    count = int(rng.poisson(DIGITAL_SHARE * len(calls)))
    models = [calls[n] for n in rng.integers(0, len(calls), count).tolist()]
    made: list[Case] = []
    for number, contact in enumerate((*chosen, *models)):
        is_call = number < len(chosen)
        stem = f"{site.prefix}{day:%y%m%d}{number:05d}"
        if is_call:
            channel, agent, opened = "voice", answered[contact.contact_id], contact.ended - 1
        else:
            channel = "chat" if rng.random() < CHAT_SHARE else "email"
            agent = desk[int(rng.integers(0, len(desk)))]
            opened = contact.started + int(rng.integers(-1800, 1800))
        settled = bool(rng.random() < effect_of(seed, people.get(agent, agent)).resolves)
        customer = contact.customer
        if not is_call and rng.random() < 0.5:
            customer = int(rng.integers(0, CUSTOMERS_PER_AGENT * agents))
        into = _swallowing(made, contact, customer, opened) if rng.random() < MERGED_SHARE else ""
        life = _Life(rng, opened, agent, desk)
        events = life.merged(into) if into else life.lived(channel, settled)
        made.append(
            Case(
                case_id=f"K{stem}",
                site_id=site.site_id,
                client=contact.client,
                channel=channel,
                line_of_business=QUEUES[contact.queue].line_of_business,
                reason=DISPOSITIONS.get(contact.disposition, ""),
                priority=PRIORITIES[int(min(3, rng.geometric(0.7) - 1))],
                customer=customer,
                agent=agent,
                contact_id=contact.contact_id if is_call else "",
                merged_into=into,
                is_settled=settled and not into,
                events=events,
            )
        )
    return made


def _swallowing(made: Sequence[Case], contact: Contact, customer: int, opened: int) -> str:
    """A case of the same client opened by then and not merged itself, the customer's own first."""
    mine = [
        c
        for c in made
        if c.client == contact.client and not c.merged_into and c.events[0].at <= opened
    ]
    own = [c for c in mine if c.customer == customer]
    return (own or mine)[-1].case_id if mine else ""


class _Life:
    """One case as it goes on; draws from the day's generator."""

    def __init__(self, rng: np.random.Generator, opened: int, agent: str, desk: list[str]) -> None:
        self.rng, self.at, self.agent, self.desk = rng, opened, agent, desk
        self.end = opened + (LIFE_DAYS - 1) * 86_400
        self.events: list[CaseEvent] = []
        self.status = "new"
        self.say("opened")
        self.say("assigned", new=agent)

    def say(self, kind: str, agent: str = "", old: str = "", new: str = "") -> None:
        self.events.append(CaseEvent(self.at, kind, agent, old, new))

    def later(self, median_s: float, spread: float = 0.8) -> bool:
        """Move on in time; False when that is beyond what is simulated of a case."""
        step = 1 + int(median_s * float(np.exp(self.rng.normal(0, spread))))
        if self.at + step > self.end:
            return False
        self.at += step
        return True

    def turn(self, status: str, agent: str = "") -> None:
        self.say("status", agent, self.status, status)
        self.status = status

    def merged(self, into: str) -> tuple[CaseEvent, ...]:
        """Found to be the same matter as another case."""
        if self.later(3600):
            self.say("merged", self.agent, new=into)
        return tuple(self.events)

    def lived(self, channel: str, settled: bool) -> tuple[CaseEvent, ...]:
        """Answered, perhaps kept waiting for the customer, resolved, perhaps reopened, closed."""
        if channel == "voice" and self.rng.random() < SETTLED_IN_CALL:
            self.at += 20
            self.say("internal_note", self.agent)
            done = True
        else:
            self.turn("open")
            done = self._answered({"voice": 7200.0, "email": 9000.0, "chat": 45.0}[channel])
        if done:
            self._resolved()
            if not settled and self.rng.random() < COMES_BACK_SHARE:
                done = self._came_back()
        if done and self.at + CLOSED_AFTER_S <= self.end:
            self.at += CLOSED_AFTER_S
            self.say("closed", old=self.status, new="closed")
        return tuple(self.events)

    def _answered(self, median_s: float) -> bool:
        if self.rng.random() < NOTE_SHARE and self.later(median_s / 3):
            self.say("internal_note", self.agent)
        if not self.later(median_s):
            return False
        self.say("public_reply", self.agent)
        if self.rng.random() < WAITS_SHARE:
            self.turn("pending", self.agent)
            if not self.later(70_000):
                return False
            self.say("customer_reply")
            self.turn("open")
            if not self.later(median_s):
                return False
            self.say("public_reply", self.agent)
        return self.later(600)

    def _resolved(self) -> None:
        self.say("resolved", self.agent, self.status, "resolved")
        self.status = "resolved"

    def _came_back(self) -> bool:
        if not self.later(110_000):
            return True
        self.say("customer_reply")
        self.say("reopened", "", self.status, "open")
        self.status = "open"
        if self.rng.random() < 0.4:
            other = self.desk[int(self.rng.integers(0, len(self.desk)))]
            self.say("assigned", "", self.agent, other)
            self.agent = other
        if not self._answered(9000):
            return False
        self._resolved()
        return True
