"""Can a field have a role, and how likely is it: its values weigh more than its name.

Belongs here: one field and one role. Does not: choosing between fields (`meaning.py`).
"""

import re

from ingest.contracts.lint import FORBIDDEN as LINT_FORBIDDEN
from ingest.sample import words
from ingest.sample.profile import Field, Reading
from ingest.sample.roles import (
    CODES,
    CUSTOMERS,
    DATES,
    DURATIONS,
    FLAGS,
    IDS,
    INSTANTS,
    NUMBERS,
    STAFF,
    Role,
    plain,
)
from ingest.sample.values import DIRECTIONS, OUTCOMES, share_known

STAFF_WORDS = (
    r"agent|mitarbeiter|employee|\bemp\b|worker|conseiller|staff|operator|pracownik|assignee|"
    r"representative"
)
ID_WORDS = re.compile(r"\b" + words.ID + r"\b|^sid$|unique ?id|linked ?id|uuid|guid")
# Names of long numbers that nobody dials, and of those that somebody does.
_NUMBERED = (
    r"\bid\b|id$|guid|\bsid\b|unique|linked|\bkey\b|\bref|ticket|case|serial|order|index|"
    r"sequence|account|personal|matricule|employee|staff|(call|anruf|contact|interaction|appel) "
    r"(no|nr|number|nummer|numero)"
)
_DIALLED = r"phone|caller|callee|\bani\b|dnis|\b(from|to|src|dst)\b|telefon|mobile"
_OUTCOME_NAMES = r"status|outcome|result|dispos|type|state|answer|action|direction|verdict"
_MOST_CODES, _LONGEST_CODE = 200, 60
# More of the rows repeat an earlier one: the field names a few, not customers.
_TOO_FEW_REPEAT, _ENOUGH_ROWS = 0.95, 100
_FEW_LINES = 50
_ZEROS = 0.02
_POINT = r"\b(start|entry|enter|exit|end|begin|stop|answered)\b( time| at)?$"
KNOWN_BY_NAME, KNOWN_BY_PART = 30.0, 10.0
# Names that say a thing only where no other field says it better: ringing is a part of a wait, and
# a campaign may have many queues.
_SECOND_BEST = {"wait_s": r"\bring|klingel", "queue_code": r"campaign"}
_BEGINS = r"start|begin|began|init|entry|enter|arriv|received|created|open|debut|anfang|inicio"
_ENDS = r"\b(end|ended|ends|ende|fin|stop|finish(ed)?|hang ?up|disconnect(ed)?|closed?)\b"


def stays_out(field: Field) -> str | None:
    """Why a field may not enter, whatever it is."""
    name = plain(field.name)
    if not field.filled_n:
        return "empty in the sample"
    if re.search(words.FORBIDDEN, name) or any(re.search(p, name) for p in LINT_FORBIDDEN.values()):
        return "looks like what may never enter"
    if re.search(words.PRIVATE, name):
        return "about private life or pay: say what for before you list it"
    if re.search(words.FREE_TEXT, name) and not re.search(r"score|csat|rating", name):
        return "free text, which may name people"
    if re.search(words.NAMES, name):
        return "a person's name"
    if re.search(words.CUSTOMER, name) and re.search(r"\bname|nom\b|nazw|imi", name):
        return "a customer's name: a pseudonym of an id, number or address does the same work"
    if field.mostly("phone_inside") and not field.mostly("phone"):
        return "telephone numbers stand in its text"
    return None


def candidates(field: Field, has_date: bool) -> list[tuple[float, Role]]:
    """Roles that the field can have, each with how much speaks for it."""
    name, asked = plain(field.name), plain(f"{field.name} {field.label}") if field.label else ""
    out = []
    for role, pattern in words.ROLES:
        found = list(re.finditer(pattern, asked if role == "score" and asked else name))
        whole = any(m.group() == name for m in found)
        weight = _by_values(role, field, name, is_named=bool(found), is_whole=whole)
        if not found and not weight:
            continue
        if role in CUSTOMERS and re.search(STAFF_WORDS, name):
            continue
        if role == "started_at" and re.search(_ENDS, name) and not re.search(_BEGINS, name):
            continue
        fits = fitting(role, field, has_date)
        if fits is None:
            continue
        longest = max((len(m.group()) for m in found), default=0)
        named = KNOWN_BY_NAME if longest == len(name) else KNOWN_BY_PART
        weight += named + 10 * longest / len(name) if found else 0
        if role in _SECOND_BEST and re.search(_SECOND_BEST[role], name):
            weight -= KNOWN_BY_NAME
        out.append((weight - _clockless(role, fits), fits))
    return out


def _clockless(role: str, found: Role) -> float:
    """What speaks against an instant: a day without a clock more than a clock without a day.

    A clock that stands at zero on many rows means "never", and most of all no beginning.
    """
    if role in INSTANTS and found.field.fits.get("zero_clock", 0) > _ZEROS * found.field.filled_n:
        return 15.0
    if role not in INSTANTS or found.reading is None or found.reading.type == "timestamp":
        return 0.0
    return 8.0 if found.reading.type == "date" else 4.0


def _by_values(role: str, field: Field, name: str, *, is_named: bool, is_whole: bool) -> float:
    """What the values alone say for the role."""
    if role in ("outcome", "direction") and re.search(_OUTCOME_NAMES, name):
        known = share_known(field.counts, OUTCOMES if role == "outcome" else DIRECTIONS)
        return 50 * known if known >= 0.6 else 0.0
    if role in IDS and field.is_unique:
        return 15.0 if is_whole or (is_named and role != "record_id") else 0.0
    if role in INSTANTS and is_utc(field) and re.search(r"date|time|start|begin|created|\bat\b",
                                                        name):  # fmt: skip
        return 25.0 if role == "started_at" and not re.search(r"end|answer|clos|resol", name) else 0
    return 0.0


def is_utc(field: Field) -> bool:
    """The field's clocks are UTC: by its name, or by what stands behind every value."""
    named = re.search(r"\b(utc|gmt|zulu)\b", plain(field.name))
    return bool(named) or 0 < field.filled_n == field.fits.get("offset", 0)


def fitting(role: str, field: Field, has_date: bool = False) -> Role | None:
    """The role, when the field's values can be that."""
    if role in INSTANTS:
        return _instant(role, field, has_date)
    reading: Reading | None
    if role in DURATIONS:
        reading = field.reading("integer", "bigint", "decimal")
    elif role in NUMBERS:
        reading = field.reading("bigint", "decimal")
    elif role in FLAGS:
        reading = field.reading("boolean")
    elif role in DATES:
        reading = field.reading("date") or field.reading("timestamp")
    elif role == "time":
        reading = field.reading("time")
    elif role == "time_zone":
        return Role(role, field, None) if field.longest <= _LONGEST_CODE else None
    else:
        return _text(role, field)
    if reading is None or looks_personal(field) or _is_a_word(role, field):
        return None
    if role in DURATIONS and re.search(_POINT, plain(field.name)):
        # When something began or ended, written as a clock, is no length of time.
        return None
    return Role(role, field, reading)


def _is_a_word(role: str, field: Field) -> bool:
    """A flag where a number is meant: 0 and 1 alone are no duration."""
    return role in DURATIONS and field.reading("boolean") is not None and field.distinct_n > 1


def _instant(role: str, field: Field, has_date: bool) -> Role | None:
    reading = field.reading("timestamp") or field.reading("date")
    if reading is not None and not reading.read_as and not field.mostly("clock"):
        reading = field.reading("date") or reading
    if reading is not None and reading.read_as and looks_personal(field):
        return None
    if reading is None and has_date and field.reading("time"):
        return Role(role, field, field.reading("time"))
    return Role(role, field, reading) if reading else None


def _text(role: str, field: Field) -> Role | None:
    looks, name = looks_personal(field), plain(field.name)
    if role in CUSTOMERS:
        return _customer(role, field, looks)
    if role in STAFF:
        if looks or field.reading("boolean") or re.search(r"\byears?\b|\bcount\b", name):
            return None
        named = re.search(r"\bname|nom\b|nazwi", name)
        return Role(role, field, None, "staff_name" if named else "staff_id")
    if role == "dialled_number":
        few = field.distinct_n <= _FEW_LINES and field.distinct_n * 5 <= max(field.filled_n, 5)
        return Role(role, field, None) if looks == "phone" and few else None
    if looks:
        return None
    if role in IDS:
        # Two values tell no rows apart, and neither does a column in which most rows repeat.
        least = 0.9 if role == "record_id" else 0.2
        scarce = field.distinct_n <= 2 < field.filled_n or field.distinct_n < least * field.filled_n
        return None if scarce or field.reading("boolean") else Role(role, field, None)
    if role == "channel" and field.mostly("channel"):
        return None
    codes = field.distinct_n <= _MOST_CODES and field.longest <= _LONGEST_CODE
    if role in CODES and (not codes or _is_counted(role, field) or field.reading("boolean")):
        return None
    if role in CODES and field.mostly("clock"):
        return None
    if role == "outcome" and not _speaks_of_endings(field):
        return None
    return Role(role, field, None)


def _speaks_of_endings(field: Field) -> bool:
    """By a clear name, or because at least one of its words is known."""
    if re.search(r"outcome|status|result|dispos|statut", plain(field.name)):
        return True
    statuses = {word for some in words.STATUSES.values() for word in some}
    return (
        any(v.lower() in statuses for v in field.counts) or share_known(field.counts, OUTCOMES) > 0
    )


def _is_counted(role: str, field: Field) -> bool:
    """A whole number that is another on nearly every row is the code of nothing."""
    return field.is_running and field.filled_n >= 5


def _customer(role: str, field: Field, looks: str | None) -> Role | None:
    if looks in ("email", "phone"):
        return Role(role, field, None, looks)
    if role != "customer_id" or field.reading("boolean"):
        # Called after a number or an address, and holding neither.
        return None
    if too_few(field):
        return None
    clear = re.search(r"customer|kunde|client|klient|account|requester|member|konto|לקוח",
                      plain(field.name))  # fmt: skip
    if field.is_running and not clear:
        return None
    return Role(role, field, None, "customer_id")


def too_few(field: Field) -> bool:
    """So many rows repeat a value that it names a few companies or lines, not customers."""
    repeats = 1 - field.distinct_n / max(field.filled_n, 1)
    return field.filled_n >= _ENOUGH_ROWS and repeats > _TOO_FEW_REPEAT


def looks_personal(field: Field) -> str | None:
    """Addresses, or numbers to dial: by the values, whatever the field is called."""
    if field.mostly("email"):
        return "email"
    name = plain(field.name)
    numbered = bool(re.search(_NUMBERED, name)) and not re.search(_DIALLED, name)
    if field.mostly("phone") and not (numbered and field.is_unique):
        return "phone"
    digits = field.fits.get("digits", 0) + field.fits.get("phone", 0)
    counted = numbered or _is_clock(field)
    return "phone" if digits * 2 >= max(field.filled_n, 1) and not counted else None


def _is_clock(field: Field) -> bool:
    """Seconds or milliseconds since 1970, under a name that speaks of time."""
    if not re.search(r"time|date|stamp|epoch|start|end|created|updated|\bat\b", plain(field.name)):
        return False
    return any(r.type == "timestamp" for r in field.readings)
