"""What the fields of a sample mean: one role each, from its name and from what its values can be.

Belongs here: deciding which field is which, and which stay out. Does not: words (`words.py`),
measuring (`profile.py`), the text of drafts.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.contracts.lint import FORBIDDEN as LINT_FORBIDDEN
from ingest.contracts.lint import LIKELY_PERSONAL
from ingest.sample import words
from ingest.sample.profile import Field, Reading

INSTANTS = ("started_at", "ended_at", "opened_at", "first_replied_at", "resolved_at", "closed_at",
            "evaluated_at")  # fmt: skip
DURATIONS = ("wait_s", "hold_s", "acw_s", "ivr_s", "talk_s", "handle_s", "duration_s")
_NUMBERS = ("score", "points", "points_possible", "weight", "fte", "weekly_hours")
_FLAGS = ("is_answered", "is_abandoned", "is_resolved", "is_critical_failed")
_DATES = ("hire_date", "termination_date", "date")
_STAFF = ("agent_code", "leader_code", "evaluator_code")
_CUSTOMERS = {"customer_id": "customer_id", "customer_phone": "phone", "customer_email": "email"}
_CODES = ("outcome", "reason", "queue_code", "team_code", "site_id", "channel", "direction",
          "language", "priority", "disposition_code", "activity_code", "termination_code",
          "contract_type", "job_role", "section", "answer")  # fmt: skip
_STAFF_WORDS = r"agent|mitarbeiter|employee|worker|conseiller|staff|operator|pracownik|assignee"
_ID_WORDS = re.compile(r"\b" + words.ID + r"\b")
_MOST_CODES, _LONGEST_CODE = 200, 60


@dataclass(frozen=True)
class Role:
    """A field with what it means. `with_date`: its date stands in another field."""

    role: str
    field: Field
    reading: Reading | None
    personal: str = "none"
    with_date: Field | None = None


@dataclass(frozen=True)
class Meaning:
    """All roles found, and the fields that stay out, each with the reason."""

    roles: dict[str, Role]
    left_out: tuple[tuple[Field, str], ...]

    def has(self, *roles: str) -> bool:
        """One of the roles was found."""
        return any(role in self.roles for role in roles)


def plain(name: str) -> str:
    """A field's name in lower case, without accents, its words parted by blanks."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.replace("ß", "ss").replace("ł", "l"))
    bare = unicodedata.normalize("NFKD", parted).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9#]+", bare))


def meaning_of(fields: Sequence[Field]) -> Meaning:
    """Give each field the first free role whose words and whose values fit."""
    roles: dict[str, Role] = {}
    left_out: list[tuple[Field, str]] = []
    dates = [field for field in fields if field.reading("date") and _matches("date", field)]
    # Ids before names, so that "Agent ID" is the agent and "Agent Name" stays out.
    for field in sorted(fields, key=lambda f: not _ID_WORDS.search(plain(f.name))):
        reason = _stays_out(field)
        found = None if reason else _role_of(field, roles, dates[0] if dates else None)
        if found is None:
            left_out.append((field, reason or "no canonical column is known for it"))
        else:
            roles[found.role] = found
    _one_customer(roles, left_out)
    _date_and_time(roles)
    order = {field.name: n for n, field in enumerate(fields)}
    return Meaning(
        dict(sorted(roles.items(), key=lambda item: order[item[1].field.name])),
        tuple(sorted(left_out, key=lambda item: order[item[0].name])),
    )


def _stays_out(field: Field) -> str | None:
    name = plain(field.name)
    if not field.filled_n:
        return "empty in the sample"
    if re.search(words.FORBIDDEN, name) or any(re.search(p, name) for p in LINT_FORBIDDEN.values()):
        return "looks like what may never enter"
    if re.search(words.PRIVATE, name):
        return "about private life or pay: say what for before you list it"
    if re.search(words.FREE_TEXT, name) and not re.search(r"score|csat|rating", name):
        return "free text, which may name people"
    if re.search(words.CUSTOMER, name) and re.search(r"\bname|nom\b|nazw|imi", name):
        return "a customer's name: a pseudonym of an id, number or address does the same work"
    return None


def _matches(role: str, field: Field) -> bool:
    return bool(re.search(dict(words.ROLES)[role], plain(field.name)))


def _role_of(field: Field, taken: dict[str, Role], date: Field | None) -> Role | None:
    is_staff = bool(re.search(_STAFF_WORDS, plain(field.name)))
    for role, _ in words.ROLES:
        if role in taken or not _matches(role, field):
            continue
        if role in _CUSTOMERS and is_staff:
            continue
        found = _fitting(role, field, date)
        if found and not _flagged(found):
            return found
    return None


def _fitting(role: str, field: Field, date: Field | None) -> Role | None:
    """The role, when the field's values can be that."""
    if role in INSTANTS:
        reading = field.reading("timestamp") or field.reading("date")
        if reading is None and field.reading("time") and date:
            return Role(role, field, field.reading("time"), with_date=date)
        return Role(role, field, reading) if reading else None
    if role in DURATIONS:
        reading = field.reading("integer", "bigint", "decimal")
    elif role in _NUMBERS:
        reading = field.reading("bigint", "decimal")
    elif role in _FLAGS:
        reading = field.reading("boolean")
    elif role in _DATES:
        reading = field.reading("date") or field.reading("timestamp")
    elif role == "time":
        reading = field.reading("time")
    else:
        return _text(role, field)
    return Role(role, field, reading) if reading else None


def _text(role: str, field: Field) -> Role | None:
    looks = _looks_personal(field)
    if role in _CUSTOMERS:
        return Role(role, field, None, looks if looks in ("email", "phone") else _CUSTOMERS[role])
    if role in _STAFF:
        named = re.search(r"\bname|nom\b|nazwi", plain(field.name))
        return Role(role, field, None, "staff_name" if named else "staff_id")
    if looks and role != "dialled_number":
        return None
    codes = field.distinct_n <= _MOST_CODES and field.longest <= _LONGEST_CODE
    return Role(role, field, None) if codes or role not in _CODES else None


def _looks_personal(field: Field) -> str | None:
    half = max(1, field.filled_n // 2)
    return next((kind for kind in ("email", "phone") if field.fits.get(kind, 0) >= half), None)


def _flagged(found: Role) -> bool:
    """The lint would ask about it: then nobody but a person may list it."""
    texts = (found.role.replace("_", " "), re.sub(r"[._]", " ", found.field.name))
    return found.personal == "none" and any(
        re.search(pattern, text, re.IGNORECASE)
        for pattern in LIKELY_PERSONAL.values()
        for text in texts
    )


def _one_customer(roles: dict[str, Role], left_out: list[tuple[Field, str]]) -> None:
    """One identifier of the customer is enough; the others stay out."""
    found = [role for role in _CUSTOMERS if role in roles]
    for role in found[1:]:
        reason = f"{roles[found[0]].field.name!r} tells customers apart already"
        left_out.append((roles.pop(role).field, reason))


def _date_and_time(roles: dict[str, Role]) -> None:
    """A date field is the beginning when nothing else is, together with a clock time if any."""
    day, clock = roles.get("date"), roles.get("time")
    if day and not any(role in roles for role in ("started_at", "opened_at", "evaluated_at")):
        if clock and clock.reading and day.field.reading("date"):
            roles["started_at"] = Role(
                "started_at", clock.field, clock.reading, with_date=day.field
            )
        else:
            reading = day.field.reading("timestamp") or day.reading
            roles["started_at"] = Role("started_at", day.field, reading)
    roles.pop("date", None)
    roles.pop("time", None)


def fills_of(meaning: Meaning) -> tuple[str, ...]:
    """The canonical feeds for which the roles are enough."""
    has = meaning.has
    if has("hire_date") and has("agent_code"):
        return ("employment", "employment_events")
    judged = has("evaluation_id", "evaluated_at", "evaluator_code", "form_id")
    if judged and has("agent_code") and has("score") and has("evaluated_at", "started_at"):
        return ("evaluations",)
    if has("opened_at") and has("case_id", "record_id"):
        return ("cases",)
    states = all(has(role) for role in ("activity_code", "agent_code", "started_at", "ended_at"))
    if states and not has("wait_s", "talk_s", "contact_id", "queue_code", "outcome"):
        return ("agent_activity",)
    clues = ("wait_s", "talk_s", "handle_s", "duration_s", "is_answered", "is_abandoned",
             "queue_code", "contact_id", "dialled_number")  # fmt: skip
    if has("started_at", "opened_at") and has(*clues):
        scored = meaning.roles.get("score")
        survey = scored is not None and scale_of(scored.field) is not None
        return ("contacts", "contact_legs", *(("surveys",) if survey else ()))
    return ()


def scale_of(field: Field) -> tuple[int, int] | None:
    """A survey's scale, guessed from the answers; None when they fit none."""
    if field.lowest is None or field.highest is None or field.lowest < 0 or field.highest > 10:
        return None
    return (1, 5) if field.lowest >= 1 and field.highest <= 5 else (0, 10)
