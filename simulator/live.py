"""A day while it happens: what the ACD's cumulative files hold at one instant, late rows and all.

Every file is a revision of its slot: it holds what has ended by then, and the newest supersedes the
others. Some rows come late, some are wrong at first and put right, some stand twice, and some come
under a second id that is taken back; who does follows from the contact's id alone, so the night's
file is the truth. Belongs here: cutting a day at an instant. Does not: what happens in it.
"""

import gzip
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from simulator.clock import epoch, iso_local
from simulator.extracts import (
    CONTACT_HEADER,
    LEG_HEADER,
    SiteDate,
    contact_lines,
    leg_lines,
    site_date,
    state_lines,
)
from simulator.files import Content, write
from simulator.happenings import Contact, Leg
from simulator.shape import QUEUES, SITES, SYSTEM, Site

OPEN_HEADER = (
    "contact_id,leg_no,channel,direction,dnis,language,queue,started_at,queued_at,state,wait_s,"
    "seen_at"
)
# One contact in so many is late by so long, counted wrong for so long, sent twice, or has a twin.
LATE_IN, LATE_S = 40, 1_500
WRONG_IN, WRONG_S, WRONG_WAIT_S = 50, 2_400, 25
TWICE_IN = 60
TWIN_IN, TWIN_S = 150, 1_800


@dataclass(frozen=True)
class _Cut:
    """A site's date at an instant: rows that its files hold."""

    contacts: tuple[Contact, ...]
    legs: tuple[Leg, ...]
    open_legs: tuple[tuple[Contact, Leg], ...]


def drop_at(landing: Path, agents: int, seed: int, at: datetime, after: date) -> list[str]:
    """Write the files of every date after `after` that is open at an instant; gives their names.

    Equal arguments give equal bytes. Files of dates on which nothing has begun are not written.
    """
    instant = int(at.timestamp())
    made: list[str] = []
    for site in SITES:
        today = at.astimezone(ZoneInfo(site.zone)).date()
        for day in (today - timedelta(days=1), today):
            if day > after:
                made += _drop(landing, site, site_date(site, agents, seed, day), day, instant)
    return made


def _drop(landing: Path, site: Site, meant: SiteDate, day: date, at: int) -> Iterable[str]:
    cut = _cut(meant, at)
    # Minutes since the date began: a later file has a higher revision.
    revision = (at - epoch(site.zone, day, 0)) // 60 + 1
    states = [s._replace(end=min(s.end, at)) for s in meant.states if s.start < at]
    feeds = {
        "contacts": (CONTACT_HEADER, contact_lines(site, cut.contacts)),
        "contact_legs": (LEG_HEADER, leg_lines(site, cut.legs)),
        "open_visits": (OPEN_HEADER, _open_lines(site, cut.open_legs, at)),
        "agent_activity": ("", state_lines(site, states)),
    }
    for feed, (header, lines) in feeds.items():
        if not lines and feed != "open_visits":
            continue
        text = "".join(f"{line}\n" for line in ([header] if header else []) + lines)
        suffix = "ndjson" if feed == "agent_activity" else "csv"
        name = f"{SYSTEM}/{feed}_{site.site_id}_{day}.r{revision}.{suffix}.gz"
        write(landing, Content(name, gzip.compress(text.encode(), 1, mtime=0), len(lines), ()))
        yield name


def _cut(meant: SiteDate, at: int) -> _Cut:
    legs: dict[str, list[Leg]] = defaultdict(list)
    for leg in meant.legs:
        legs[leg.contact_id].append(leg)
    contacts, ended, still = [], [], []
    for contact in meant.contacts:
        own = legs[contact.contact_id]
        closed = max([contact.ended, *(_left(leg) + leg.acw_s for leg in own)])
        draw = zlib.crc32(contact.contact_id.encode())
        told = closed + (LATE_S if draw % LATE_IN == 0 else 0)
        if told <= at:
            wrong = draw % WRONG_IN == 1 and at < closed + WRONG_S
            shown = [_wrong(leg) for leg in own] if wrong else own
            times = 2 if draw % TWICE_IN == 2 else 1
            contacts += [contact] * times
            ended += shown * times
            if draw % TWIN_IN == 3 and at < closed + TWIN_S:
                twin = f"{contact.contact_id}-2"
                contacts.append(contact._replace(contact_id=twin))
                ended += [leg._replace(contact_id=twin) for leg in own]
        elif closed > at:
            still += [(contact, leg) for leg in own if leg.queued <= at and _is_open(leg, at)]
    return _Cut(tuple(contacts), tuple(ended), tuple(still))


def _left(leg: Leg) -> int:
    return leg.queued + leg.wait_s + leg.talk_s + leg.hold_s


def _is_open(leg: Leg, at: int) -> bool:
    """Waiting, or with an agent; a visit that ended otherwise waits for its contact's row."""
    return leg.queued + leg.wait_s > at or leg.outcome == "answered"


def _wrong(leg: Leg) -> Leg:
    return leg._replace(wait_s=leg.wait_s + WRONG_WAIT_S)


def _open_lines(site: Site, rows: Iterable[tuple[Contact, Leg]], at: int) -> list[str]:
    seen = iso_local(site.zone, np.array([at], dtype=np.int64))[0]
    lines = []
    for contact, leg in rows:
        queue = QUEUES[contact.queue]
        started, queued = iso_local(
            site.zone, np.array([contact.started, leg.queued], dtype=np.int64)
        )
        waits = leg.queued + leg.wait_s > at
        state, wait = ("waiting", at - leg.queued) if waits else ("answered", leg.wait_s)
        way = "callback,outbound" if contact.is_callback else "voice,inbound"
        lines.append(
            f"{contact.contact_id},{leg.leg_no},{way},{queue.dialled},{queue.language},"
            f"{QUEUES[leg.queue].code},{started},{queued},{state},{wait},{seen}"
        )
    return lines


def ticks_of(day: date, first: str, last: str, step_s: int) -> list[datetime]:
    """Instants of a UTC day from one clock time to another, both `HH:MM` (24:00 is its end)."""
    begin, end = (
        datetime.combine(day, datetime.min.time(), UTC)
        + timedelta(hours=int(clock[:2]), minutes=int(clock[3:]))
        for clock in (first, last)
    )
    n = int((end - begin).total_seconds()) // step_s
    return [begin + timedelta(seconds=step_s * k) for k in range(n + 1)]
