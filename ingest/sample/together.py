"""What fields mean only together: dates and clocks, zones, who called whom, people of a list.

Belongs here: roles that lean on other fields. Does not: one field alone (`evidence.py`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ingest.sample.evidence import is_utc, looks_personal
from ingest.sample.profile import Field
from ingest.sample.roles import CUSTOMERS, INSTANTS, Meaning, Role, plain
from ingest.sample.values import DIRECTIONS, LEAVING, classified

_BEGINNINGS = ("started_at", "opened_at", "evaluated_at", "responded_at", "ended_at")
_PAIRS = (
    ("from", "to"), ("src", "dst"), ("from number", "to number"), ("from no", "to no"),
    ("caller number", "callee number"), ("caller id", "destination"), ("caller", "callee"),
    ("ani", "dnis"), ("source", "destination"), ("calling number", "called number"),
    ("from phone", "to phone"),
)  # fmt: skip
# One number on so many rows is the company's own.
_OWN_SHARE, _ENOUGH_ROWS = 0.3, 20
_EXTENSION = r"(ext(ension)?\.? ?)?\d{2,5}"
_PEER = "^(?:PJSIP|SIP|IAX2|DAHDI|SCCP)/([^-/@]+)"
# A clock at zero means "never" in logs that have no empty fields.
_NEVER = ("0:00:00", "00:00:00")
_NEXT_DAY = "It has no date of its own: before the beginning it is of the next day."


def settled(
    roles: dict[str, Role],
    fields: Sequence[Field],
    date: Field | None,
    reasons: dict[str, str | None],
) -> Meaning:
    """The roles once they have seen each other. `reasons`: why fields stay out, added to."""
    warnings: list[str] = []
    _dates_of_clocks(roles, fields, date)
    _people(roles, reasons)
    zone = _zones(roles, reasons, warnings)
    by_name = {plain(field.name): field for field in fields}
    both_ways = _both_ways(roles, by_name)
    _customer(roles, by_name, reasons)
    _nobody(roles)
    _leaving(roles)
    _peers(roles, fields)
    if absence := roles.pop("absence_type", None):
        reasons[absence.field.name] = "a reason of absence may tell of health: map it to classes"
    return Meaning(roles, (), zone, tuple(warnings), goes_both_ways=both_ways)


def _dates_of_clocks(roles: dict[str, Role], fields: Sequence[Field], date: Field | None) -> None:
    """A clock time takes its date from the field of the same name, or the only one."""
    for name in INSTANTS:
        found = roles.get(name)
        if found is None or found.reading is None or found.reading.type != "time":
            continue
        words = plain(found.field.name).removesuffix("time").strip()
        own = [f for f in fields if f.reading("date") and f is not found.field
               and words and plain(f.name) in (f"{words} date", f"date {words}")]  # fmt: skip
        day = own[0] if own else roles["date"].field if "date" in roles else date
        if day is None:
            roles.pop(name)
            continue
        begun = roles.get("started_at")
        shared = name != "started_at" and begun is not None and begun.with_date is day
        notes = (_NEXT_DAY,) if shared else ()
        more = {"null_tokens": list(_NEVER)} if found.field.fits.get("zero_clock") else {}
        roles[name] = replace(found, with_date=day, notes=(*found.notes, *notes), more=more)
    day_role, clock = roles.pop("date", None), roles.pop("time", None)
    if day_role and not any(name in roles for name in _BEGINNINGS[:3]):
        if clock and day_role.field.reading("date"):
            roles["started_at"] = replace(clock, role="started_at", with_date=day_role.field)
        else:
            reading = day_role.field.reading("timestamp") or day_role.reading
            roles["started_at"] = replace(day_role, role="started_at", reading=reading)


def _peers(roles: dict[str, Role], fields: Sequence[Field]) -> None:
    """Asterisk's channels: the peer called is the agent, and the caller's own on calls out."""
    channel = roles.pop("agent_channel", None)
    if channel is None:
        return
    own = next((f for f in fields if plain(f.name) == "channel"), None)
    out = _going(roles.get("direction"), "outbound")
    more: dict[str, Any] = {"extract": _PEER}
    if own and out:
        when = {roles["direction"].field.name: out}
        more["first_of"] = [{"from": own.name, "when": when}, {"from": channel.field.name}]
    roles["agent_code"] = replace(channel, role="agent_code", more=more)


def _people(roles: dict[str, Role], reasons: dict[str, str | None]) -> None:
    """A list of people: its id is theirs, and its first and last days are their employment."""
    left, began = roles.get("termination_date"), roles.get("started_at")
    about_people = any(name in roles for name in ("job_role", "team_code", "leader_code"))
    if "hire_date" not in roles and left and began and about_people and not _calls(roles):
        reading = began.field.reading("date") or began.reading
        roles["hire_date"] = replace(roles.pop("started_at"), role="hire_date", reading=reading)
    if "hire_date" not in roles:
        return
    code, number = roles.get("agent_code"), roles.get("record_id")
    if number and (code is None or (code.personal == "staff_name" and number.field.is_unique)):
        if code:
            reasons[code.field.name] = f"a person's name; {number.field.name!r} is the person"
        roles["agent_code"] = replace(roles.pop("record_id"), role="agent_code",
                                      personal="staff_id")  # fmt: skip


def _calls(roles: Mapping[str, Role]) -> bool:
    return any(n in roles for n in ("wait_s", "talk_s", "duration_s", "queue_code", "direction"))


def _zones(
    roles: dict[str, Role], reasons: dict[str, str | None], warnings: list[str]
) -> str | None:
    """UTC before local clocks; clocks of several zones are read by none."""
    named = roles.pop("time_zone", None)
    first = next((roles[name] for name in _BEGINNINGS if name in roles), None)
    if first is None:
        return None
    zones = named.field.distinct_n if named else 1
    if named:
        reasons[named.field.name] = "a zone of its own for each row: clocks in UTC need none"
    if is_utc(first.field):
        if first.field.fits.get("offset", 0) == first.field.filled_n:
            _drop(roles, reasons, lambda f: not is_utc(f) and zones > 1, "clocks of several zones")
            return None
        _drop(roles, reasons, lambda f: not is_utc(f), "local clocks, while the beginning is UTC")
        return "UTC"
    if zones > 1:
        why = (
            f"its clocks are of {zones} zones, which stand in {named.field.name!r}" if named else ""
        )
        _drop(roles, reasons, lambda f: not is_utc(f), why)
        warnings.append(
            f"The clocks are of {zones} zones, and a contract reads one: ask for the times in UTC."
        )
        return None
    if named and named.field.mostly("zone"):
        reasons[named.field.name] = "the one zone of all rows; it stands under time_zone"
        return next(iter(named.field.counts), None)
    return None


def _drop(roles: dict[str, Role], reasons: dict[str, str | None], test: Any, why: str) -> None:
    for name in INSTANTS:
        if name in roles and test(roles[name].field):
            reasons[roles.pop(name).field.name] = why


def _customer(
    roles: dict[str, Role], by_name: Mapping[str, Field], reasons: dict[str, str | None]
) -> None:
    """One identifier of the customer; of two numbers, the one that is not the centre's."""
    found = [role for role in CUSTOMERS if role in roles]
    for role in found[1:]:
        reasons[roles[role].field.name] = (
            f"{roles[found[0]].field.name!r} tells customers apart already"
        )
        roles.pop(role)
    if not found:
        return
    customer = roles[found[0]]
    zeros = customer.field.fits.get("zero", 0)
    if zeros > 1 and zeros == customer.field.top_n:
        note = f"GUESS: 0 stands on {zeros} rows and means that nobody knows who it was."
        customer = replace(customer, more={"null_tokens": ["0"]}, notes=(note,))
        roles[found[0]] = customer
    if customer.personal != "phone":
        return
    name = plain(customer.field.name)
    other = next((by_name[b] for a, b in _PAIRS if name == a and b in by_name), None)
    direction = roles.get("direction")
    out = _going(direction, "outbound")
    if other is not None and out and direction:
        more = {"first_of": [{"from": other.name, "when": {direction.field.name: out}},
                             {"from": customer.field.name}]}  # fmt: skip
        note = f"GUESS: {other.name!r} is the customer where the centre calls."
        roles[found[0]] = replace(customer, more=more, notes=(note,))
        if (dialled := roles.get("dialled_number")) and dialled.field.name == other.name:
            roles.pop("dialled_number")
        reasons[other.name] = "the customer's number where the centre calls, else the centre's"
    elif customer.field.filled_n >= _ENOUGH_ROWS and (
        customer.field.top_n > _OWN_SHARE * customer.field.filled_n
    ):
        roles.pop(found[0])
        reasons[customer.field.name] = (
            "one number stands on many rows: the centre's own, so it tells no customers apart"
        )
    dialled = roles.get("dialled_number")
    paired = dialled is not None and dialled.field is other and not _going(direction, "inbound")
    if dialled and looks_personal(dialled.field) and (out or paired):
        roles.pop("dialled_number")
        reasons[dialled.field.name] = "telephone numbers, of customers where the centre calls"


def _both_ways(roles: Mapping[str, Role], by_name: Mapping[str, Field]) -> bool:
    """Without a direction: one number calls and is called, or extensions stand among callers."""
    caller = roles.get("customer_phone")
    if caller is None or "direction" in roles:
        return False
    name = plain(caller.field.name)
    called = next((by_name[b] for a, b in _PAIRS if name == a and b in by_name), None)
    if called is None:
        return False
    callers = caller.field.counts or dict.fromkeys(caller.field.values, 1)
    others = called.counts or dict.fromkeys(called.values, 1)
    return bool(callers.keys() & others.keys()) or any(
        re.fullmatch(_EXTENSION, value, re.IGNORECASE) for value in callers
    )


def _nobody(roles: dict[str, Role]) -> None:
    """0 among codes of agents is nobody's, unless they are counted from it: 0, 1, 2."""
    agent = roles.get("agent_code")
    if agent is None or "1" in (*agent.field.counts, *agent.field.values):
        return
    if agent.field.fits.get("zero", 0) and agent.field.distinct_n > 1:
        note = "GUESS: 0 means that no agent took it."
        more = {**agent.more, "null_tokens": ["0"]}
        roles["agent_code"] = replace(agent, more=more, notes=(*agent.notes, note))


def _going(direction: Role | None, way: str) -> list[str]:
    """The codes of the field that say so. They are the system's words and nobody's data."""
    if direction is None:
        return []
    found = [v for v in direction.field.counts if classified(v, DIRECTIONS) == way]
    return sorted(found) if len(found) <= 6 and all(len(v) <= 30 for v in found) else []


def _leaving(roles: dict[str, Role]) -> None:
    """A reason of leaving becomes a class at the door; the text never enters."""
    found = roles.get("termination_code")
    if found is None:
        return
    roles["termination_code"] = replace(
        found,
        more={"classes": dict(LEAVING)},
        notes=("GUESS: classes of reasons; the text itself is not kept.",),
    )
