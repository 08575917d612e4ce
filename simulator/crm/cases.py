"""Cases of one site date by columns, and whether each matter was truly settled.

A case is opened from a call or comes by e-mail or chat. Everything is drawn from (seed, site, date)
alone. Times are seconds since 1970 UTC.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np

from simulator.arrivals import CUSTOMERS_PER_AGENT
from simulator.codes import DISPOSITIONS
from simulator.crm.calls import Calls, Skills
from simulator.crm.lives import ASSIGNED, KINDS, MERGED, NOBODY, STATES, Events, lives
from simulator.customers import ANONYMOUS, NORMAL
from simulator.people.days import Flags, Ints, Texts
from simulator.shape import QUEUES, SITES, Site

CALL_SHARE, DIGITAL_SHARE, CHAT_SHARE = 0.20, 0.15, 0.4
MERGED_SHARE = 0.02
CHANNELS = ("voice", "email", "chat")
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


@dataclass(frozen=True)
class Cases:
    """Cases opened on a local date of a site; `call` and `into` are -1 for none.

    `call` indexes the day's calls, `agent` its desk, `into` the cases themselves.
    """

    site: Site
    day: date
    desk: Texts
    contact_id: Texts
    call: Ints
    channel: Ints
    client: Ints
    queue: Ints
    reason: Texts
    priority: Ints
    customer: Ints
    agent: Ints
    into: Ints
    is_settled: Flags
    opened: Ints
    events: Events

    @cached_property
    def case_id(self) -> Texts:
        """Numbers of the cases, as the CRM gives them."""
        stem = f"K{self.site.prefix}{self.day:%y%m%d}"
        names = [f"{stem}{number:05d}" for number in range(self.opened.size)]
        return np.array(names, dtype=object)


def named(names: Texts | tuple[str, ...], places: Ints) -> Texts:
    """Names at places; empty for NOBODY."""
    out: Texts = np.array([*names, ""], dtype=object)[places]
    return out


def sides(made: Cases, events: Events) -> tuple[Texts, Texts]:
    """What events changed from and to, as text: states, logins, cases."""
    out = []
    for places in (events.old, events.new):
        text = named(STATES, np.where(np.isin(events.kind, (ASSIGNED, MERGED)), NOBODY, places))
        for kind, names in ((ASSIGNED, made.desk), (MERGED, made.case_id)):
            text[events.kind == kind] = named(names, places[events.kind == kind])
        out.append(text)
    return out[0], out[1]


def cases_of(site: Site, day: date, calls: Calls, skills: Skills, agents: int, seed: int) -> Cases:
    """Cases opened on a local date of a site."""
    rng = np.random.default_rng([seed, 62, SITES.index(site), day.toordinal()])
    open_to = np.flatnonzero(~calls.is_callback & np.isin(calls.kind, (NORMAL, ANONYMOUS)))
    called = open_to[rng.random(open_to.size) < CALL_SHARE]
    digital_n = int(rng.poisson(DIGITAL_SHARE * open_to.size))
    # E-mails and chats are about what calls are about, at about the same times.
    like = open_to[rng.integers(0, max(1, open_to.size), digital_n)]
    source, is_call = np.r_[called, like], np.r_[np.ones(called.size), np.zeros(digital_n)] > 0
    count = source.size
    channel = np.where(is_call, 0, np.where(rng.random(count) < CHAT_SHARE, 2, 1))
    other = rng.integers(0, max(1, calls.desk.size), count)
    agent = np.where(is_call, calls.agent[source], other)
    aside = rng.integers(-1800, 1800, count)
    opened = np.where(is_call, calls.ended[source] - 1, calls.started[source] + aside)
    somebody = rng.integers(0, CUSTOMERS_PER_AGENT * agents, count)
    is_new = ~is_call & (rng.random(count) < 0.5)
    customer = np.where(is_new, somebody, calls.customer[source])
    client = calls.client[source]
    into = _swallowing(rng.random(count) < MERGED_SHARE, client, customer, opened)
    settled = (rng.random(count) < skills.resolves[agent]) & (into < 0)
    reasons = [DISPOSITIONS.get(code, "") for code in calls.reason[source].tolist()]
    return Cases(
        site=site,
        day=day,
        desk=calls.desk,
        contact_id=np.where(is_call, calls.contact_id[source], ""),
        call=np.where(is_call, source, -1),
        channel=channel,
        client=client,
        queue=calls.queue[source],
        reason=np.array(reasons, dtype=object),
        priority=np.minimum(3, rng.geometric(0.7, count) - 1),
        customer=customer,
        agent=agent,
        into=into,
        is_settled=settled,
        opened=opened,
        events=lives(rng, opened, agent, calls.desk.size, channel, settled, into),
    )


def _swallowing(merged: Flags, client: Ints, customer: Ints, opened: Ints) -> Ints:
    """A case of the same client opened by then and not merged itself, the customer's own first."""
    own = _before(merged, np.unique(client * (1 << 40) + customer, return_inverse=True)[1], opened)
    return np.where(merged, np.where(own >= 0, own, _before(merged, client, opened)), -1)


def _before(merged: Flags, group: Ints, opened: Ints) -> Ints:
    """For each case the last one of its group, by opening, that is not merged; -1 for none."""
    order = np.lexsort((merged, opened, group))
    first = np.r_[True, group[order][1:] != group[order][:-1]][: order.size]
    place = np.where(first | ~merged[order], np.arange(order.size), 0)
    last = order[np.maximum.accumulate(place)]
    out = np.full(order.size, -1)
    out[order] = np.where(merged[last], -1, last)
    return out


def told(made: Cases) -> list[Case]:
    """The cases one by one, in order, with their events."""
    old, new = sides(made, made.events)
    events = [
        CaseEvent(at, KINDS[kind], actor, was, now)
        for at, kind, actor, was, now in zip(
            made.events.at.tolist(),
            made.events.kind.tolist(),
            named(made.desk, made.events.actor).tolist(),
            old.tolist(),
            new.tolist(),
            strict=True,
        )
    ]
    begin = np.searchsorted(made.events.case, np.arange(made.opened.size + 1)).tolist()
    logins, into = named(made.desk, made.agent).tolist(), named(made.case_id, made.into).tolist()
    return [
        Case(
            case_id=str(made.case_id[n]),
            site_id=made.site.site_id,
            client=int(made.client[n]),
            channel=CHANNELS[made.channel[n]],
            line_of_business=QUEUES[made.queue[n]].line_of_business,
            reason=str(made.reason[n]),
            priority=PRIORITIES[made.priority[n]],
            customer=int(made.customer[n]),
            agent=logins[n],
            contact_id=str(made.contact_id[n]),
            merged_into=into[n],
            is_settled=bool(made.is_settled[n]),
            events=tuple(events[begin[n] : begin[n + 1]]),
        )
        for n in range(made.opened.size)
    ]
