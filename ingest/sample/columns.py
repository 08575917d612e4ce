"""From roles to the columns of a contract: types, readings, classes, each with its guesses.

Belongs here: one column. Does not: the whole contract (`contract_text.py`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ingest.contracts.lint import LIKELY_PERSONAL
from ingest.sample.profile import Field, Reading
from ingest.sample.roles import DURATIONS, INSTANTS, Role, plain

_UNITS = (
    ("milliseconds_to_seconds", r"\b(ms|msec|millis\w*)\b"),
    ("minutes_to_seconds", r"\b(min|mins|minutes?|minuten|minuty)\b"),
    ("hours_to_seconds", r"\b(h|hrs|hours?|stunden|heures|godzin\w*)\b"),
)
_PLAIN = ("boolean", "timestamp", "date", "bigint", "decimal")
_LONGEST = 60
NOTHING_KNOWN = "no canonical column is known for it"
_USUAL_YES, _USUAL_NO = {"y", "yes", "true", "t", "1"}, {"n", "no", "false", "f", "0"}


@dataclass(frozen=True)
class ColumnDraft:
    """A column as it will be written: what stands behind its name, and the guesses above it."""

    name: str
    spec: dict[str, Any]
    notes: tuple[str, ...]


def column_of(found: Role, *, required: bool) -> ColumnDraft:
    """The contract's column for a role."""
    field, notes = found.field, list(found.notes)
    spec: dict[str, Any] = {} if "first_of" in found.more else {"from": field.name}
    if found.role in INSTANTS:
        notes += _instant(spec, found)
    elif found.role in DURATIONS:
        notes += _duration(spec, field)
    elif found.role in ("hire_date", "termination_date"):
        spec["type"] = "date"
        notes += _reading(spec, found.reading)
    elif found.reading is not None:
        spec["type"] = "boolean" if found.reading.type == "boolean" else "decimal"
        notes += _reading(spec, found.reading)
    else:
        spec["type"] = "text"
    spec |= found.more
    if found.personal != "none":
        spec["class"] = found.personal
        notes.append(f"PERSONAL: class {found.personal}.")
        if found.personal == "phone":
            notes.append(
                "National numbers are null until the list of clients has the client's row."
            )
    if required:
        spec["required"] = True
    elif field.filled_n < field.rows_n:
        notes.append(f"Empty on {field.rows_n - field.filled_n} of {field.rows_n} sampled rows.")
    if field.tokens:
        spec["null_tokens"] = [*spec.get("null_tokens", ()), *field.tokens]
        notes.append("GUESS: these words stand for nothing.")
    spec["description"] = f"{found.role.replace('_', ' ').capitalize()}, from {field.name}."
    return ColumnDraft(found.role, spec, tuple(notes))


def plain_columns(left_out: Sequence[tuple[Field, str]], taken: Sequence[str]) -> list[ColumnDraft]:
    """Columns for fields of which nothing is known but that they are codes, numbers or times.

    Fields that may name or tell of people stay out. Where no other is left, the first one becomes
    a pseudonym, so that the rows can be taken in and counted.
    """
    out: list[ColumnDraft] = []
    names = set(taken)
    for n, (field, why) in enumerate(left_out, 1):
        if why != NOTHING_KNOWN or field.longest > _LONGEST or _asks(field.name):
            continue
        name = "_".join(re.findall(r"[a-z][a-z0-9]*|[0-9]+", plain(field.name)))
        name = name if re.fullmatch(r"[a-z]\w*", name) and name not in names else f"field_{n}"
        names.add(name)
        reading = next((r for r in field.readings if r.type in _PLAIN and not r.read_as), None)
        spec: dict[str, Any] = {"from": field.name, "type": reading.type if reading else "text"}
        notes = _reading(spec, reading)
        spec["description"] = f"{field.name}, as sent."
        out.append(ColumnDraft(name, spec, (*notes, "Nothing is known of it: say what it is.")))
    if not out and not taken:
        first = left_out[0][0]
        spec = {"from": first.name, "type": "text", "class": "customer_id",
                "description": f"{first.name}, as a pseudonym."}  # fmt: skip
        out.append(ColumnDraft("field_1", spec, ("PERSONAL: it may tell of people.",)))
    return out


def _asks(name: str) -> bool:
    """The lint would ask whether it is personal."""
    return any(
        re.search(p, re.sub(r"[._]", " ", text), re.IGNORECASE)
        for p in LIKELY_PERSONAL.values()
        for text in (name, plain(name))
    )


def _reading(spec: dict[str, Any], reading: Reading | None) -> list[str]:
    if reading is None:
        return []
    if reading.read_as:
        spec["read_as"] = _one_or_list(reading.read_as)
    if reading.formats:
        spec["format"] = _one_or_list(reading.formats)
    if reading.booleans and not (
        {*reading.booleans[0]} <= _USUAL_YES and {*reading.booleans[1]} <= _USUAL_NO
    ):
        spec["true_values"], spec["false_values"] = map(list, reading.booleans)
    return [f"GUESS: {reading.why}."] if reading.why else []


def _instant(spec: dict[str, Any], found: Role) -> list[str]:
    spec["type"] = "timestamp"
    if found.with_date is None:
        notes = _reading(spec, found.reading)
        if found.reading and found.reading.type == "date":
            notes.append("No clock time in the sample: everything happens at midnight.")
        return notes
    day, clock = found.with_date.reading("date"), found.reading
    if day is None or clock is None:  # pragma: no cover - roles are made with both
        raise AssertionError("a date and a time make an instant")
    spec["from"] = [_part(found.with_date, day), _part(found.field, clock)]
    days = ("%Y-%m-%d 00:00:00",) if day.read_as else day.formats or ("%Y-%m-%d",)
    times = clock.formats or ("%H:%M:%S",)
    spec["format"] = _one_or_list(tuple(f"{d} {t}" for d in days for t in times))
    return [f"GUESS: {found.with_date.name!r} is its date ({day.why}), this its time."]


def _part(field: Field, reading: Reading) -> Any:
    return {"from": field.name, "read_as": reading.read_as[0]} if reading.read_as else field.name


def duration_reading(field: Field) -> Reading | None:
    """How a duration is written: fractions of a day only where no number is above two days."""
    readings = [r for r in field.readings if r.type in ("integer", "bigint", "decimal")]
    days = [r for r in readings if r.read_as == ("excel_days_to_seconds",)]
    whole = any(r.type == "bigint" for r in readings)
    if days and not whole and field.highest is not None and field.highest < 2:
        return days[0]
    return next((r for r in readings if r not in days), None)


def _duration(spec: dict[str, Any], field: Field) -> list[str]:
    spec["type"], spec["unit"] = "integer", "s"
    reading = duration_reading(field)
    if reading is None:
        return []
    steps = list(reading.read_as)
    name = plain(field.name)
    unit = next((step for step, pattern in _UNITS if re.search(pattern, name)), None)
    notes = [f"GUESS: {reading.why}."]
    if reading.type != "integer":
        if unit:
            steps.append(unit)
            notes.append(f"GUESS: the field's name says its unit ({unit.split('_')[0]}).")
        else:
            notes.append("GUESS: seconds; read_as minutes_to_seconds or the like if not.")
        if unit == "milliseconds_to_seconds" or (unit is None and reading.type == "decimal"):
            steps.append("whole_seconds")
    elif steps == ["clock_to_seconds"]:
        notes.append(
            "Two figures are minutes and seconds; hours_minutes_to_seconds if they are h:mm."
        )
    if steps:
        spec["read_as"] = _one_or_list(tuple(steps))
    return notes


def _one_or_list(values: tuple[str, ...]) -> Any:
    return values[0] if len(values) == 1 else list(values)
