"""The text of a draft contract: YAML that a person can read, each guess in a comment above it.

Belongs here: the file's shape and words. Does not: guessing.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.sample.columns import ColumnDraft
from ingest.sample.profile import Field
from ingest.sample.shape import Shape

_OVERLAP = "# GUESS: files may overlap; the newest row with a key counts."


@dataclass(frozen=True)
class ContractDraft:
    """All that the contract says."""

    system: str
    feed: str
    fills: tuple[str, ...]
    shape: Shape
    pattern: str
    key: tuple[str, ...]
    event_at: str | None
    client: str
    time_zone: str
    columns: tuple[ColumnDraft, ...]
    not_records: tuple[str, ...] = ()
    left_out: tuple[tuple[Field, str], ...] = ()
    notes: dict[str, Sequence[str]] = field(default_factory=dict)


def pattern_of(file_name: str) -> str:
    """A pattern for files like this one: its date becomes the extract date, other figures free."""
    name = re.sub(r"[{}\[\]]", "*", file_name)
    for digits, form in ((r"\d{4}-\d{2}-\d{2}", ""), (r"20\d{6}", ":%Y%m%d")):
        dated = re.search(rf"(?<!\d){digits}(?!\d)", name)
        if dated:
            before, after = name[: dated.start()], name[dated.end() :]
            return f"{_free(before)}{{extract_date{form}}}{_free(after)}"
    return _free(name)


def _free(text: str) -> str:
    return re.sub(r"\*+", "*", re.sub(r"\d+", "*", text))


def contract_text(draft: ContractDraft) -> str:
    """The YAML."""
    shape = draft.shape
    file = {"pattern": draft.pattern, "format": shape.format}
    extra: dict[str, Any] = {
        "delimiter": shape.delimiter if shape.format == "csv" and shape.delimiter != "," else None,
        "encoding": None if shape.encoding == "utf-8" else shape.encoding,
        "header": None if shape.header else False,
        "fields_n": None if shape.header or shape.format != "csv" else shape.width,
        "sheet": shape.sheet,
        "records": shape.records,
        "skip_lines": shape.skip_lines or None,
        "not_records": list(draft.not_records) or None,
    }
    file |= {name: value for name, value in extra.items() if value is not None}
    filled = "" if draft.fills else "the sample has too little for any: rows stay in raw"
    lines = [
        "# A draft from a sample, by `headset source new`. Read every GUESS with somebody who",
        "# knows the system; docs/sources/your-own.md says what to look at.",
        f"system: {draft.system}",
        f"feed: {draft.feed}",
        *_comments(draft.notes.get("head", ())),
        *_comments([filled] if filled else []),
        f"fills: [{', '.join(draft.fills)}]",
        f"description: One row per record, as {draft.system} exports it.",
        "source: A sample; write down here what the system itself says of its columns.",
        *_comments(shape.notes),
        *_comments(draft.notes.get("file", ())),
        f"file: {_flow(file)}",
        *([_OVERLAP] if draft.key else []),
        "# GUESS: if every file holds everything, and what is missing is gone, write delivery:",
        "# full (the name needs a date).",
        "delivery: event",
        "correction: {replaces: key}",
        *_comments(draft.notes.get("key", ())),
        *([f"key: [{', '.join(draft.key)}]"] if draft.key else []),
        *([f"event_at: {draft.event_at}"] if draft.event_at else []),
        *_comments(draft.notes.get("time_zone", ())),
        f"time_zone: {draft.time_zone}",
        "# GUESS: all rows are one client's. Several: {map: company.queues, match: {queue_code:",
        "# queue_code}, value: client_id}, or by the number dialled.",
        f"client: {draft.client}",
        "freshness: {late_after_hours: 30}",
        "retention: {raw_days: 400, landing_days: 30, quarantine_days: 90}",
        "columns:",
    ]
    for column in draft.columns:
        lines += [f"  {line}" for line in _comments(column.notes)]
        optional_key = column.name in draft.key and "required" not in column.spec
        checked = "    # checked: empty equals empty" if optional_key else ""
        classes = column.spec.get("classes")
        spec = {name: value for name, value in column.spec.items() if name != "classes"}
        if classes is None:
            lines.append(f"  - {_flow({'name': column.name} | spec)}{checked}")
            continue
        lines.append(f"  - name: {column.name}{checked}")
        lines += [f"    {name}: {_flow(value)}" for name, value in spec.items()]
        lines += ["    classes:", *(f"      {_flow(k)}: {_flow(v)}" for k, v in classes.items())]
    if draft.left_out:
        lines.append("# Left out; list what you need, and only that:")
        lines += [f"#   {_quoted(field.name)}: {reason}" for field, reason in draft.left_out]
    return "\n".join(lines) + "\n"


def _comments(notes: Sequence[str]) -> list[str]:
    return [f"# {note}" for note in notes]


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(k)}: {_flow(item)}" for k, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, bool | int):
        return json.dumps(value)
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", value)
    reserved = value.lower() in ("y", "n", "yes", "no", "true", "false", "on", "off", "null", "nan")
    return value if plain and not reserved else _quoted(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
