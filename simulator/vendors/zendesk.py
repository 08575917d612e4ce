"""Zendesk's tables as connectors write them: tickets, changes of their fields, comments, users.

It names neither the call that a ticket came from nor the reason of it, and nothing changes where
a ticket is given to whom it belongs already.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from simulator.crm.cases import Case, CaseEvent
from simulator.crm.desk import as_it_stood
from simulator.crm.rows import instant, user
from simulator.shape import CLIENTS

Row = tuple[str, ...]
_Teller = Callable[[Case, int, CaseEvent], Iterator[Row]]
_TICKETS = (
    "id", "assignee_id", "brand_id", "created_at", "updated_at", "priority", "requester_id",
    "status", "via_channel", "merged_ticket_ids", "via_followup_source_id", "subject",
)  # fmt: skip
_HISTORY = ("ticket_id", "field_name", "updated", "user_id", "value")
_COMMENTS = ("id", "ticket_id", "created", "user_id", "public", "body")
_USERS = ("id", "role", "name")
_CHANNELS = {"voice": "phone_call_inbound", "email": "email", "chat": "chat"}
_MESSAGES = ("public_reply", "internal_note", "customer_reply")


class Span(NamedTuple):
    """What an export holds: [since, until), seconds since 1970 UTC."""

    since: int
    until: int

    def holds(self, at: int) -> bool:
        """Whether an instant lies in it."""
        return self.since <= at < self.until


def brand(client_id: str, line_of_business: str) -> str:
    """A brand for every line of business of a client."""
    return f"{client_id}-{line_of_business}"


def tickets(cases: Sequence[Case], span: Span) -> list[str]:
    """Tickets that changed in the span, as they stood at its end; who swallowed one has changed."""
    swallowed: dict[str, list[tuple[int, str]]] = {}
    for case in cases:
        for event in case.events:
            if event.kind == "merged" and event.at < span.until:
                swallowed.setdefault(event.new, []).append((event.at, case.case_id))
    return _csv(_TICKETS, _tickets(cases, swallowed, span))


def field_history(cases: Sequence[Case], span: Span) -> list[str]:
    """What fields became, each change once."""
    return _csv(_HISTORY, _told(cases, span, _changes))


def comments(cases: Sequence[Case], span: Span) -> list[str]:
    """Messages and notes; the first is what the ticket was opened with."""
    return _csv(_COMMENTS, _told(cases, span, _comments))


def users(cases: Sequence[Case], span: Span) -> list[str]:
    """Everybody who had to do with a ticket until the span's end."""
    known = [case for case in cases if case.events[0].at < span.until]
    agents = {event.agent for case in known for event in case.events if event.agent}
    agents |= {e.new for case in known for e in case.events if e.kind == "assigned"}
    rows = [(user(agent), "agent", "Somebody") for agent in sorted(agents)]
    rows += [(name, "end-user", "Somebody") for name in sorted({_requester(c) for c in known})]
    return _csv(_USERS, rows)


def _requester(case: Case) -> str:
    return f"9{case.client}{case.customer:08d}"


def _tickets(
    cases: Sequence[Case], swallowed: dict[str, list[tuple[int, str]]], span: Span
) -> Iterator[Row]:
    opened = [case for case in cases if case.events[0].at < span.until]
    for case in opened:
        inside = swallowed.get(case.case_id, [])
        changed = [*(event.at for event in case.events), *(at for at, _ in inside)]
        if not any(span.holds(at) for at in changed):
            continue
        shown = as_it_stood(case, span.until)
        status = str(shown["status"])
        yield (
            case.case_id,
            user(str(shown["agent"])),
            brand(CLIENTS[case.client].client_id, case.line_of_business),
            instant(case.events[0].at),
            instant(max(at for at in changed if at < span.until)),
            case.priority,
            _requester(case),
            "solved" if status == "resolved" else status,
            _CHANNELS[case.channel],
            f"[{', '.join(name for _, name in inside)}]",
            "",
            "Something",
        )


def _told(cases: Iterable[Case], span: Span, told: _Teller) -> Iterator[Row]:
    rows = [
        (event.at, row)
        for case in cases
        for place, event in enumerate(case.events)
        if span.holds(event.at)
        for row in told(case, place, event)
    ]
    yield from (row for _, row in sorted(rows, key=lambda item: item[0]))


def _changes(case: Case, _: int, event: CaseEvent) -> Iterator[Row]:
    def became(field: str, value: str, who: str) -> Row:
        return case.case_id, field, instant(event.at), who, value

    match event.kind:
        case "opened":
            yield became("status", "new", _requester(case))
            yield became("priority", case.priority, _requester(case))
            yield became("subject", "Something", _requester(case))
        case "assigned" if event.new != event.old:
            yield became("assignee_id", user(event.new), user(event.agent))
        case "status":
            yield became("status", event.new, user(event.agent))
        case "resolved":
            yield became("status", "solved", user(event.agent))
        case "reopened":
            yield became("status", event.new, _requester(case))
        case "closed" | "merged":
            yield became("status", "closed", user(event.agent))


def _comments(case: Case, place: int, event: CaseEvent) -> Iterator[Row]:
    if event.kind != "opened" and event.kind not in _MESSAGES:
        return
    author = user(event.agent) or _requester(case)
    # A call's ticket is opened by whoever took the call.
    if event.kind == "opened" and case.channel == "voice":
        author = user(case.agent)
    public = "false" if event.kind == "internal_note" else "true"
    name = f"{case.case_id}-{place:02d}"
    yield name, case.case_id, instant(event.at), author, public, "see call notes"


def _csv(header: Row, rows: Iterable[Row]) -> list[str]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().splitlines()
