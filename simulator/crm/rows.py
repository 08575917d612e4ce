"""How the CRM writes its records: header and fields as text, one tuple a row, in UTC."""

from datetime import date, timedelta
from functools import lru_cache

from simulator.clock import DAY_S, day_number
from simulator.crm.desk import Desk, as_it_stood
from simulator.crm.outages import disruptions_until
from simulator.crm.voice import FORM
from simulator.customers import NORMAL, ani, name
from simulator.shape import CLIENTS

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


def rows_of(feed: str, desk: Desk, day: date) -> list[Row]:
    """Rows of one feed's file of a UTC day, in order of time."""
    if feed == "disruptions":
        return _disruptions(desk, day)
    number = desk.reach(day)
    match feed:
        case "cases":
            return _cases(desk, number)
        case "case_events":
            return _events(desk, number)
        case "surveys":
            return _surveys(desk, number)
        case _:
            return _outcomes(desk, number)


def _brand(client: int) -> str:
    return CLIENTS[client].client_id


def _cases(desk: Desk, number: int) -> list[Row]:
    until = (number + 1) * DAY_S
    rows = []
    for case in desk.cases[number].values():
        shown = as_it_stood(case, until)
        rows.append(
            (
                case.case_id, _brand(case.client), case.site_id, case.channel,
                case.line_of_business, case.reason, case.priority,
                ani(case.client, case.customer, NORMAL, 0), name(case.customer),
                user(str(shown["agent"])), case.contact_id, "", str(shown["merged_into"]),
                instant(case.events[0].at), instant(int(shown["resolved"])),
                instant(int(shown["closed"])), instant(int(shown["updated"])),
                str(shown["status"]),
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: (row[16], row[0]))


def _events(desk: Desk, number: int) -> list[Row]:
    rows = []
    for case, place, event in desk.events[number]:
        old, new = event.old, event.new
        if event.kind == "assigned":
            old, new = user(old), user(new)
        said = "see call notes" if event.kind in ("public_reply", "internal_note") else ""
        rows.append(
            (
                f"{case.case_id}-{place:02d}", case.case_id, _brand(case.client), case.site_id,
                user(event.agent), event.kind, old, new, instant(event.at), said,
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: (row[8], row[0]))


def _surveys(desk: Desk, number: int) -> list[Row]:
    rows = []
    for sent, is_answer in desk.surveys[number]:
        answers = (sent.csat, sent.nps, sent.ces, sent.resolved) if is_answer else ("",) * 4
        rows.append(
            (
                sent.survey_id, "answered" if is_answer else "sent", _brand(sent.client),
                sent.site_id, sent.contact_id, sent.case_id, user(sent.agent),
                instant(sent.answered if is_answer else sent.sent), *answers, FORM, "",
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: (row[7], row[0]))


def _outcomes(desk: Desk, number: int) -> list[Row]:
    rows = [
        (
            made.outcome_id, _brand(made.client), made.site_id, made.contact_id, made.case_id,
            ani(made.client, made.customer, NORMAL, 0) if made.has_phone else "",
            user(made.agent), made.kind, made.reverses, made.amount, made.currency,
            instant(made.at),
        )
        for made in desk.results[number]
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row[11], row[0]))


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
