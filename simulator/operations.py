"""One operating day of one site: arrivals meet planned agents; contacts, legs and states come out.

Belongs here: what happened, in seconds since 1970 UTC. Does not: how a vendor writes it down.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from heapq import heappop, heappush
from math import exp

from simulator.arrivals import CLIENT_NUMBER, Arrivals, arrivals
from simulator.codes import UNKNOWN_DISPOSITION
from simulator.customers import ANONYMOUS, NORMAL
from simulator.demand import SLOT_S, profile
from simulator.draws import ContactDraws, LegDraws, contact_draws, leg_draws, talk_parameters
from simulator.happenings import Contact, Leg, OperatingDay
from simulator.plan import AVAILABLE
from simulator.queueing import AgentPool
from simulator.shape import QUEUE_NUMBER, QUEUES, Site
from simulator.timeline import Handled, Staffed, staffed, states_of

TRANSFER_SHARE, SECOND_TRANSFER_SHARE = 0.10, 0.05
REDIAL_SHARE = 0.30
CALLBACK_OFFER_S, CALLBACK_SHARE = 30, 0.13
VOICEMAIL_S, VOICEMAIL_SHARE = 90, 0.03
OVERFLOW_S = 600


# A leg without its contact id: the fields of `Leg` from `leg_no` on.
_Visit = tuple[int, int, str, int, int, int, int, int, int, str, int, int, bool]


@dataclass(slots=True)
class _Open:
    """A contact in the making."""

    queue: int
    customer: int
    reason: int
    started: int
    ivr_s: int
    draw: int
    ended: int = 0
    outcome: str = ""
    parent: int = -1
    legs: list[_Visit] = field(default_factory=list)


@lru_cache(maxsize=8)
def operating_day(site: Site, agents: int, seed: int, day: date) -> OperatingDay:
    """Simulate the operating day that starts on `day`; depends on nothing but the arguments."""
    came = arrivals(site, agents, seed, day)
    count = len(came.started)
    return _Simulation(
        site,
        day,
        came,
        contact_draws(site, seed, day, count + count // 5 + 64),
        leg_draws(site, seed, day, count + count // 2 + 128),
        staffed(site, agents, seed, day),
    ).run()


class _Simulation:
    def __init__(
        self,
        site: Site,
        day: date,
        came: Arrivals,
        contact: ContactDraws,
        leg: LegDraws,
        on_duty: Staffed,
    ) -> None:
        self.site, self.day, self.came = site, day, came
        self.draw, self.leg_draw, self.shifts = contact, leg, on_duty.shifts
        known = profile(site, day)
        self.first, self.end = int(known.slots[0]), int(known.slots[-1]) + SLOT_S
        self.is_open = {
            QUEUE_NUMBER[route.queue.code]: known.is_open[n].tolist()
            for n, route in enumerate(site.routes)
        }
        self.mu, self.log_sd = talk_parameters()
        self.pool = AgentPool(
            [[(s.start, s.end) for s in p.segments if s.code == AVAILABLE] for p in self.shifts]
        )
        self.codes, self.talk_log = on_duty.codes, on_duty.talk_log
        self.handled: list[list[Handled]] = [[] for _ in self.shifts]
        self.contacts: list[_Open] = []
        self.later: list[tuple[int, int, int, int, int, bool]] = []
        self.visits = 0

    def run(self) -> OperatingDay:
        """Take every queue visit in order of time."""
        for at, contact, leg_no, queue, is_callback in self._events():
            self._visit(at, contact, leg_no, queue, is_callback)
        return self._result()

    def _events(self) -> Iterator[tuple[int, int, int, int, bool]]:
        reaching = []
        queues = [QUEUE_NUMBER[route.queue.code] for route in self.site.routes]
        fields = (self.came.started, self.came.route, self.came.customer, self.came.reason)
        for started, route, customer, reason in zip(*(f.tolist() for f in fields), strict=True):
            number = self._begin(queues[route], customer, reason, started)
            entry = self._through_ivr(number)
            if entry is not None:
                reaching.append((entry, number))
        reaching.sort()
        later = self.later
        for entry, number in reaching:
            while later and later[0][0] <= entry:
                at, contact, leg_no, queue, _, is_callback = heappop(later)
                yield at, contact, leg_no, queue, is_callback
            yield entry, number, 1, self.contacts[number].queue, False
        while later:
            at, contact, leg_no, queue, _, is_callback = heappop(later)
            yield at, contact, leg_no, queue, is_callback

    def _begin(self, queue: int, customer: int, reason: int, started: int) -> int:
        number = len(self.contacts)
        draw = number % len(self.draw.ivr_s)
        self.contacts.append(_Open(queue, customer, reason, started, self.draw.ivr_s[draw], draw))
        return number

    def _through_ivr(self, number: int) -> int | None:
        """When the contact reaches its queue; None when it never does."""
        contact = self.contacts[number]
        if self.draw.is_phantom[contact.draw]:
            contact.ivr_s, contact.ended, contact.outcome = 0, contact.started, "phantom"
            return None
        if self.draw.hangs_up_in_ivr[contact.draw]:
            contact.ivr_s = max(1, contact.ivr_s // 2)
            contact.ended, contact.outcome = contact.started + contact.ivr_s, "abandoned_in_ivr"
            return None
        return contact.started + contact.ivr_s

    def _visit(self, at: int, number: int, leg_no: int, queue: int, is_callback: bool) -> None:
        contact = self.contacts[number]
        k = self.visits % len(self.leg_draw.ring_s)
        self.visits += 1
        slot = min((at - self.first) // SLOT_S, len(self.is_open[queue]) - 1)
        if leg_no == 1 and not is_callback and not self.is_open[queue][slot]:
            self._leave(contact, leg_no, queue, at, 0, "closed", 0)
            contact.ended = at + 8
            return
        found = self.pool.next_free(at)
        if is_callback:
            if found is not None:
                contact.started = found[0]
                self._answer(number, leg_no, queue, found[0], 0, found, k)
            return
        ring = self.leg_draw.ring_s[k]
        wait = OVERFLOW_S + 1 if found is None else found[0] - at + ring
        limit, outcome = self._limit(contact, leg_no, wait, k)
        if found is not None and wait <= limit:
            self._answer(number, leg_no, queue, at, wait, found, k)
            return
        if found is not None:
            self.pool.release(found[1], found[0])
        missed = self.leg_draw.ring_no_answers[k] if wait - limit < ring else 0
        self._leave(contact, leg_no, queue, at, limit, outcome, missed)
        if leg_no == 1:
            self._come_back(number, at + limit, outcome, k)

    def _limit(self, contact: _Open, leg_no: int, wait: int, k: int) -> tuple[int, str]:
        """After how many seconds the customer leaves the queue if unanswered, and how."""
        patience, choice = self.leg_draw.patience_s[k], self.leg_draw.choice[k]
        limit, outcome = patience, "abandoned"
        if leg_no == 1 and wait > CALLBACK_OFFER_S + 10:
            offer = CALLBACK_OFFER_S + k % 25
            if choice < CALLBACK_SHARE:
                if patience > offer and self.draw.kind[contact.draw] == NORMAL:
                    limit, outcome = offer, "callback_requested"
            elif choice < CALLBACK_SHARE + VOICEMAIL_SHARE and patience > VOICEMAIL_S:
                limit, outcome = VOICEMAIL_S, "voicemail"
        return (limit, outcome) if limit <= OVERFLOW_S else (OVERFLOW_S, "flowed_out")

    def _leave(
        self,
        contact: _Open,
        leg_no: int,
        queue: int,
        at: int,
        wait: int,
        outcome: str,
        missed: int,
    ) -> None:
        contact.legs.append(
            (leg_no, queue, "", at, wait, 0, 0, 0, 0, outcome, -1, missed, contact.parent >= 0)
        )
        contact.ended = at + wait
        if not contact.outcome:
            contact.outcome = "abandoned_in_queue" if outcome == "abandoned" else outcome

    def _come_back(self, number: int, left: int, outcome: str, k: int) -> None:
        contact, delay = self.contacts[number], self.leg_draw.delay[k]
        if outcome == "callback_requested":
            due = left + 1200 + int(7800 * delay)
            if due > self.end - 3600:
                due = left + 300
            if due < self.end - 900:
                back = self._begin(contact.queue, contact.customer, contact.reason, due)
                made = self.contacts[back]
                made.ivr_s, made.parent = 0, number
                heappush(self.later, (due, back, 1, contact.queue, 0, True))
        elif outcome == "abandoned" and self.leg_draw.onward[k] < REDIAL_SHARE:
            due = left + 40 + int(2400 * delay * delay)
            if due < self.end - 900:
                again = self._begin(contact.queue, contact.customer, contact.reason, due)
                # A withheld number stays withheld when its owner tries again.
                if self.draw.kind[contact.draw] == ANONYMOUS:
                    self.contacts[again].draw = contact.draw
                entry = self._through_ivr(again)
                if entry is not None:
                    heappush(self.later, (entry, again, 1, contact.queue, 0, False))

    def _answer(
        self,
        number: int,
        leg_no: int,
        queue: int,
        queued: int,
        wait: int,
        found: tuple[int, int],
        k: int,
    ) -> None:
        contact, leg = self.contacts[number], self.leg_draw
        offered, agent = found
        answered = queued + wait
        drawn = self.mu[queue] + self.log_sd[queue] * leg.talk_z[k] + self.talk_log[agent]
        talk = max(2, int(exp(drawn)))
        hold = leg.hold_s[k]
        end = answered + talk + hold
        done = end + leg.acw_s[k]
        self.pool.release(agent, done)
        self.handled[agent].append((offered, answered, end, done))
        target = self._transfer(queue, leg_no, end, k)
        contact.legs.append(
            (
                leg_no, queue, self.codes[agent], queued, wait, talk, hold, int(hold > 0),
                leg.acw_s[k], "answered", target, leg.ring_no_answers[k], contact.parent >= 0,
            )
        )  # fmt: skip
        contact.ended, contact.outcome = end, "answered"
        if target >= 0:
            heappush(self.later, (end, number, leg_no + 1, target, 0, False))

    def _transfer(self, queue: int, leg_no: int, at: int, k: int) -> int:
        share = {1: TRANSFER_SHARE, 2: SECOND_TRANSFER_SHARE}.get(leg_no, 0.0)
        if self.leg_draw.onward[k] >= share or at >= self.end:
            return -1
        slot = (at - self.first) // SLOT_S
        client = QUEUES[queue].client_id
        others = [
            other
            for other, is_open in self.is_open.items()
            if other != queue and QUEUES[other].client_id == client and is_open[slot]
        ]
        return others[int(self.leg_draw.choice[k] * len(others))] if others else -1

    def _result(self) -> OperatingDay:
        order = sorted(
            (number for number, contact in enumerate(self.contacts) if contact.outcome),
            key=lambda number: self.contacts[number].started,
        )
        stem = f"{self.site.prefix}-{self.day:%y%m%d}-"
        ids = {number: f"{stem}{place + 1:05d}" for place, number in enumerate(order)}
        contacts, legs = [], []
        for number in order:
            made = self.contacts[number]
            contacts.append(self._contact(made, ids[number], ids.get(made.parent, "")))
            legs += [Leg(ids[number], *visit) for visit in made.legs]
        states = [
            state
            for plan, code, done in zip(self.shifts, self.codes, self.handled, strict=True)
            for state in states_of(plan, code, done)
        ]
        return OperatingDay(tuple(contacts), tuple(legs), tuple(states))

    def _contact(self, made: _Open, contact_id: str, parent_id: str) -> Contact:
        queue, draw = QUEUES[made.queue], made.draw
        disposition = ""
        if made.outcome == "answered":
            disposition = queue.reasons[made.reason]
            if self.draw.odd_disposition[draw]:
                disposition = UNKNOWN_DISPOSITION
        is_callback = made.parent >= 0
        kind = NORMAL if is_callback else self.draw.kind[draw]
        return Contact(
            contact_id, CLIENT_NUMBER[queue.client_id], made.queue, is_callback, made.customer,
            kind, self.draw.style[draw], made.started, made.ended, made.ivr_s, made.outcome,
            parent_id, disposition, self.draw.note[draw],
        )  # fmt: skip
