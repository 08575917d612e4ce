"""How the CRM writes its records: tables of text, in order of time, in UTC."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from simulator.clock import DAY_S, day_number
from simulator.crm.cases import CHANNELS, PRIORITIES, named, sides
from simulator.crm.desk import Batch, Desk, on_day
from simulator.crm.lives import ASSIGNED, KINDS, NOTE, REPLY, STATES, chosen
from simulator.crm.outages import disruptions_until
from simulator.crm.surveys import FORM
from simulator.customers import NORMAL, ani, name
from simulator.people.days import Flags, Ints, Texts, instant_texts
from simulator.people.tables import Table, stack, take
from simulator.shape import CLIENTS, QUEUES

Row = tuple[str, ...]
HEADERS: dict[str, Row] = {
    "cases": (
        "case_id", "brand", "site", "channel", "product", "reason", "priority", "requester_phone",
        "requester_name", "assignee", "call_id", "follow_up_of", "merged_into", "opened_at",
        "resolved_at", "closed_at", "updated_at", "status",
    ),
    "case_events": (
        "id", "case", "brand", "site", "actor", "kind", "change.from", "change.to", "at", "body",
    ),
    "surveys": (
        "survey_id", "record", "brand", "site", "call_id", "case_id", "agent", "at", "csat", "nps",
        "ces", "resolved", "form", "comment",
    ),
    "outcomes": (
        "outcome_id", "brand", "site", "call_id", "case_id", "phone", "agent", "kind", "reverses",
        "amount", "currency", "at",
    ),
    "disruptions": (
        "incident", "kind", "site", "brand", "queue", "agent", "started_at", "ended_at",
        "approved",
    ),
}  # fmt: skip


def user(login: str) -> str:
    """The CRM's login of the person who has a telephony login."""
    return f"crm.{login}" if login else ""


@lru_cache(maxsize=1 << 18)
def instant(at: int) -> str:
    """UTC, ISO 8601; empty for 0."""
    if not at:
        return ""
    day, second = divmod(at, DAY_S)
    minute, second = divmod(second, 60)
    return f"{_day(day)}T{minute // 60:02d}:{minute % 60:02d}:{second:02d}Z"


@lru_cache(maxsize=4096)
def _day(number: int) -> str:
    return str(date(1970, 1, 1) + timedelta(days=number))


def table_of(feed: str, desk: Desk, day: date) -> Table:
    """Rows of one feed's file of a UTC day, in order of time."""
    if feed == "disruptions":
        rows = _disruptions(desk, day)
        columns = list(zip(*rows, strict=True)) or [()] * len(HEADERS[feed])
        return {
            name: np.array(values, dtype=object)
            for name, values in zip(HEADERS[feed], columns, strict=True)
        }
    number = desk.reach(day)
    keys, tables = zip(*(_WRITTEN[feed](batch, number) for batch in desk.batches()), strict=True)
    # At one instant, by number: as text, it begins with the site and the date.
    place = np.concatenate([key[1] for key in keys])
    date_of = np.repeat(np.arange(len(keys)), [key[1].size for key in keys])
    order = np.lexsort((place, date_of, np.concatenate([key[0] for key in keys])))
    return take(stack(tables), order)


_BRANDS = np.array([client.client_id for client in CLIENTS], dtype=object)
_PRODUCTS = np.array([queue.line_of_business for queue in QUEUES], dtype=object)
_CURSOR = tuple[Ints, Ints]


def _instants(at: Ints) -> Texts:
    texts: Texts = instant_texts(at) + "Z"
    texts[at == 0] = ""
    return texts


def _users(desk: Texts, places: Ints) -> Texts:
    return named(np.array([user(login) for login in desk], dtype=object), places)


def _same(value: str, size: int) -> Texts:
    return np.full(size, value, dtype=object)


def _phones(client: Ints, customer: Ints) -> Texts:
    pairs = zip(client.tolist(), customer.tolist(), strict=True)
    return np.array([ani(one, other, NORMAL, 0) for one, other in pairs], dtype=object)


def _cases(batch: Batch, number: int) -> tuple[_CURSOR, Table]:
    made, stands, at = batch.cases, batch.stands, batch.cases.events.at
    # The last event of the day of every case that has one.
    today = on_day(at, number)
    owner = made.events.case[today]
    last = today[np.r_[owner[1:] != owner[:-1], True][: owner.size]]
    case = made.events.case[last]
    names = [name(customer) for customer in made.customer[case].tolist()]
    return (at[last], case), {
        "case_id": made.case_id[case],
        "brand": _BRANDS[made.client[case]],
        "site": _same(made.site.site_id, case.size),
        "channel": named(CHANNELS, made.channel[case]),
        "product": _PRODUCTS[made.queue[case]],
        "reason": made.reason[case],
        "priority": named(PRIORITIES, made.priority[case]),
        "requester_phone": _phones(made.client[case], made.customer[case]),
        "requester_name": np.array(names, dtype=object),
        "assignee": _users(made.desk, stands.agent[last]),
        "call_id": made.contact_id[case],
        "follow_up_of": _same("", case.size),
        "merged_into": named(made.case_id, stands.merged_into[last]),
        "opened_at": _instants(made.opened[case]),
        "resolved_at": _instants(stands.resolved[last]),
        "closed_at": _instants(stands.closed[last]),
        "updated_at": _instants(at[last]),
        "status": named(STATES, stands.status[last]),
    }


def _events(batch: Batch, number: int) -> tuple[_CURSOR, Table]:
    made = batch.cases
    rows = on_day(made.events.at, number)
    some = chosen(made.events, rows)
    old, new = sides(made, some)
    for side in (old, new):
        given = (some.kind == ASSIGNED) & (side != "")
        side[given] = "crm." + side[given]
    case_id = made.case_id[some.case]
    places = np.array([f"-{place:02d}" for place in range(_highest(some.place))], dtype=object)
    said = np.where(np.isin(some.kind, (REPLY, NOTE)), "see call notes", "").astype(object)
    return (some.at, rows), {
        "id": case_id + places[some.place],
        "case": case_id,
        "brand": _BRANDS[made.client[some.case]],
        "site": _same(made.site.site_id, rows.size),
        "actor": _users(made.desk, some.actor),
        "kind": named(KINDS, some.kind),
        "change.from": old,
        "change.to": new,
        "at": _instants(some.at),
        "body": said,
    }


def _highest(places: Ints) -> int:
    return int(places.max()) + 1 if places.size else 0


def _surveys(batch: Batch, number: int) -> tuple[_CURSOR, Table]:
    made, calls = batch.surveys, batch.calls
    sent, back = on_day(made.sent, number), on_day(made.answered, number)
    row = np.r_[sent, back]
    is_answer = np.r_[np.zeros(sent.size), np.ones(back.size)] > 0
    at = np.where(is_answer, made.answered[row], made.sent[row])
    call = made.call[row]
    stem = f"V{made.site.prefix}{made.day:%y%m%d}"

    def shown(answer: Texts) -> Texts:
        return _where(is_answer, answer[row])

    return (at, row), {
        "survey_id": np.array([f"{stem}{n:05d}" for n in row.tolist()], dtype=object),
        "record": np.where(is_answer, "answered", "sent").astype(object),
        "brand": _BRANDS[calls.client[call]],
        "site": _same(made.site.site_id, row.size),
        "call_id": calls.contact_id[call],
        "case_id": named(batch.cases.case_id, made.case[row]),
        "agent": _users(calls.desk, calls.agent[call]),
        "at": _instants(at),
        "csat": shown(made.csat),
        "nps": shown(made.nps),
        "ces": shown(made.ces),
        "resolved": shown(made.resolved),
        "form": _same(FORM, row.size),
        "comment": _same("", row.size),
    }


def _where(flags: Flags, texts: Texts) -> Texts:
    out: Texts = np.where(flags, texts, "").astype(object)
    return out


def _outcomes(batch: Batch, number: int) -> tuple[_CURSOR, Table]:
    made, calls = batch.results, batch.calls
    row = on_day(made.at, number)
    call = made.call[row]
    stem = f"R{made.site.prefix}{made.day:%y%m%d}"
    names = np.array([f"{stem}{n:05d}" for n in range(made.at.size)], dtype=object)
    phones = _phones(calls.client[call], calls.customer[call])
    return (made.at[row], row), {
        "outcome_id": names[row],
        "brand": _BRANDS[calls.client[call]],
        "site": _same(made.site.site_id, row.size),
        "call_id": calls.contact_id[call],
        "case_id": named(batch.cases.case_id, made.case[row]),
        "phone": _where(calls.kind[call] == NORMAL, phones),
        "agent": _users(calls.desk, calls.agent[call]),
        "kind": made.kind[row],
        "reverses": named(names, made.reverses[row]),
        "amount": made.amount[row],
        "currency": made.currency[row],
        "at": _instants(made.at[row]),
    }


_WRITTEN: dict[str, Callable[[Batch, int], tuple[_CURSOR, Table]]] = {
    "cases": _cases,
    "case_events": _events,
    "surveys": _surveys,
    "outcomes": _outcomes,
}


def _disruptions(desk: Desk, day: date) -> list[Row]:
    hits = disruptions_until(desk.first, day, desk.seed)
    # The list of a year: older ones are history to the service desk.
    oldest = (day_number(day - timedelta(days=365))) * DAY_S
    return [
        (
            hit.number, hit.kind, hit.site_id, hit.brand, hit.queue, "", instant(hit.start),
            instant(hit.end), "yes" if hit.is_approved else "no",
        )
        for hit in hits
        if hit.start >= oldest
    ]  # fmt: skip
