"""What the fields of a sample mean: one role each, by what their values can be, then by name.

Belongs here: choosing between fields. Does not: one field alone (`evidence.py`), what they mean
together (`together.py`), which feeds they fill (`fills.py`), measuring (`profile.py`).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.contracts.lint import LIKELY_PERSONAL
from ingest.sample import together, words
from ingest.sample.columns import NOTHING_KNOWN
from ingest.sample.evidence import candidates, fitting, looks_personal, stays_out, too_few
from ingest.sample.layouts import layout_of
from ingest.sample.profile import Field
from ingest.sample.roles import IDS, Meaning, Role, plain

_KNOWN_LAYOUT = 100.0
# Of a layout alone; nothing else has them.
_OF_LAYOUTS = {"sequence_n": "text", "agent_channel": "text"}


def meaning_of(fields: Sequence[Field]) -> Meaning:
    """Give each role the field for which most speaks, and each field one role."""
    layout = layout_of([field.name for field in fields])
    reasons = {field.name: stays_out(field) for field in fields}
    open_ = [field for field in fields if reasons[field.name] is None]
    dates = [f for f in open_ if f.reading("date") and _is_called("date", f)]
    scored: list[tuple[float, int, Role]] = []
    order = {field.name: n for n, field in enumerate(fields)}
    places = {role: n for n, (role, _) in enumerate(words.ROLES)}
    for field in open_:
        found = candidates(field, bool(dates))
        known = layout.roles.get(plain(field.name)) if layout else None
        if known:
            role = (
                Role(known, field, None, "staff_id" if known == "agent_channel" else "none")
                if known in _OF_LAYOUTS
                else fitting(known, field, bool(dates))
            )
            found = [(_KNOWN_LAYOUT, role)] if role else found
        scored += [(-score, places.get(role.role, 0), role) for score, role in found]
    roles: dict[str, Role] = {}
    taken: set[str] = set()
    for _, _, role in sorted(scored, key=lambda s: (s[0], s[1], order[s[2].field.name])):
        if role.role in roles or role.field.name in taken or _flagged(role):
            continue
        roles[role.role] = role
        taken.add(role.field.name)
    _running_number(roles, taken, open_)
    for field in fields:
        if field.name not in taken and reasons[field.name] is None:
            reasons[field.name] = _why_not(field)
    meaning = together.settled(roles, fields, dates[0] if dates else None, reasons)
    totals = sum((bool(re.search(words.AGGREGATES, plain(f.name))) and f.highest is not None)
                 or (bool(re.search(words.AGGREGATES, plain(f.name))) and bool(f.readings))
                 for f in fields)  # fmt: skip
    warnings = (*([f"This is {layout.name}."] if layout else []), *meaning.warnings)
    if totals >= 2:
        warnings += (
            "Its fields are totals of many contacts: a report. Ask for the log behind it.",
        )
    kept = sorted(meaning.roles.items(), key=lambda item: order[item[1].field.name])
    used = {name for role in meaning.roles.values() for name in role.reads}
    out = tuple((f, reasons[f.name] or NOTHING_KNOWN) for f in fields if f.name not in used)
    return replace(
        meaning, roles=dict(kept), left_out=out, warnings=warnings, is_totals=totals >= 2
    )


def _running_number(roles: dict[str, Role], taken: set[str], fields: Sequence[Field]) -> None:
    """A number that counts the rows is the record's, where nothing else is unique."""
    if any(name in roles and roles[name].field.is_unique for name in IDS):
        return
    for field in fields:
        counts = field.is_running and field.is_unique and field.name not in taken
        named = re.search(rf"\b{words.ID}\b", plain(field.name)) or field is fields[0]
        if counts and named and not looks_personal(field):
            roles["record_id"] = Role("record_id", field, None)
            taken.add(field.name)
            return


def _is_called(role: str, field: Field) -> bool:
    return bool(re.search(dict(words.ROLES)[role], plain(field.name)))


def _why_not(field: Field) -> str:
    looks = looks_personal(field)
    if looks:
        return f"looks like {'telephone numbers' if looks == 'phone' else 'addresses'}: personal"
    if re.search(words.CUSTOMER, plain(field.name)) and too_few(field):
        return f"{field.distinct_n} values on {field.filled_n} rows: too few to be customers"
    return NOTHING_KNOWN


def _flagged(found: Role) -> bool:
    """The lint would ask about it: then nobody but a person may list it."""
    texts = (found.role.replace("_", " "), re.sub(r"[._]", " ", found.field.name))
    return found.personal == "none" and any(
        re.search(pattern, text, re.IGNORECASE)
        for pattern in LIKELY_PERSONAL.values()
        for text in texts
    )
