"""Rows of a site's local date, and how the vendor writes them: CSV lines, NDJSON lines.

A date's contacts come from two operating days (the night's from the one before). Belongs here:
selecting and formatting. Does not: files, defects.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from simulator.clock import Seconds, epoch, iso_local
from simulator.customers import ani, name, note
from simulator.happenings import Contact, Leg, OperatingDay, State
from simulator.operations import operating_day
from simulator.shape import QUEUES, Site

CONTACT_HEADER = (
    "contact_id,site,channel,direction,ani,dnis,language,started_at,ended_at,ivr_s,outcome,"
    "parent_contact_id,disposition,customer_name,agent_note"
)
LEG_HEADER = (
    "contact_id,leg_no,queue,agent,queued_at,wait_s,talk_s,hold_s,hold_count,acw_s,leg_outcome,"
    "transferred_to,ring_no_answers"
)
_QUEUE_CODES = (*(queue.code for queue in QUEUES), "")


@dataclass(frozen=True)
class SiteDate:
    """Contacts that started on a local date of a site, their legs, and shifts that started then."""

    contacts: tuple[Contact, ...]
    legs: tuple[Leg, ...]
    states: tuple[State, ...]


# Two dates of each site: a UTC day of the CRM looks into the next.
@lru_cache(maxsize=8)
def site_date(site: Site, agents: int, seed: int, day: date) -> SiteDate:
    """What belongs in the three extracts of `site` and `day`."""
    begin, end = epoch(site.zone, day, 0), epoch(site.zone, day + timedelta(days=1), 0)
    parts = [
        _between(operating_day(site, agents, seed, day - timedelta(days=ago)), begin, end)
        for ago in (1, 0)
    ]
    return SiteDate(
        tuple(contact for part in parts for contact in part.contacts),
        tuple(leg for part in parts for leg in part.legs),
        tuple(state for part in parts for state in part.states),
    )


def opening_date(site: Site, agents: int, seed: int, day: date) -> SiteDate:
    """The first date of all: without the contacts of the night before.

    Their shifts began on the date before, whose states no extract holds.
    """
    begin, end = epoch(site.zone, day, 0), epoch(site.zone, day + timedelta(days=1), 0)
    own = _between(operating_day(site, agents, seed, day), begin, end)
    return replace(site_date(site, agents, seed, day), contacts=own.contacts, legs=own.legs)


def _between(made: OperatingDay, begin: int, end: int) -> SiteDate:
    contacts = tuple(c for c in made.contacts if begin <= c.started < end)
    ids = {contact.contact_id for contact in contacts}
    return SiteDate(
        contacts,
        tuple(leg for leg in made.legs if leg.contact_id in ids),
        tuple(state for state in made.states if begin <= state.shift < end),
    )


def contact_lines(site: Site, rows: Sequence[Contact]) -> list[str]:
    """CSV lines of contacts, header not included."""
    started = iso_local(site.zone, _seconds([row.started for row in rows]))
    ended = iso_local(site.zone, _seconds([row.ended for row in rows]))
    lines = []
    for row, start, end in zip(rows, started, ended, strict=True):
        queue = QUEUES[row.queue]
        number = ani(row.client, row.customer, row.kind, row.style)
        way = "callback,outbound" if row.is_callback else "voice,inbound"
        lines.append(
            f"{row.contact_id},{site.site_id},{way},{number},{queue.dialled},{queue.language},"
            f"{start},{end},{row.ivr_s},{row.outcome},{row.parent_id},{row.disposition},"
            f"{name(row.customer)},{note(row.note, row.customer, number)}"
        )
    return lines


def leg_lines(site: Site, rows: Sequence[Leg]) -> list[str]:
    """CSV lines of queue visits, header not included."""
    queued = iso_local(site.zone, _seconds([row.queued for row in rows]))
    codes = _QUEUE_CODES
    return [
        f"{row.contact_id},{row.leg_no},{codes[row.queue]},{row.agent},{at},{row.wait_s},"
        f"{row.talk_s},{row.hold_s},{row.hold_count},{row.acw_s},{row.outcome},"
        f"{codes[row.transferred_to]},{row.ring_no_answers}"
        for row, at in zip(rows, queued, strict=True)
    ]


def state_lines(site: Site, rows: Sequence[State]) -> list[str]:
    """NDJSON lines of agent states."""
    starts = iso_local(site.zone, _seconds([row.start for row in rows]))
    ends = iso_local(site.zone, _seconds([row.end for row in rows]))
    where = f'","site":"{site.site_id}","state":"'
    return [
        f'{{"agent":"{row.agent}{where}{row.code}","from":"{start}","to":"{end}",'
        f'"device":{{"extension":"{row.extension}"}}}}'
        for row, start, end in zip(rows, starts, ends, strict=True)
    ]


def _seconds(values: list[int]) -> Seconds:
    return np.array(values, dtype=np.int64)


def days_between(first: date, last: date) -> list[date]:
    """All dates from `first` to `last`, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
