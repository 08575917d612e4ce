"""Bad rows: each kind takes a good line and makes new ones that ingest has to turn away.

They are added to a file, never put in place of a good row, so what was meant stays true.
"""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from simulator.extracts import CONTACT_HEADER, LEG_HEADER

Fields = dict[str, str]
SMALLEST_FILE_ROWS = 40


@dataclass(frozen=True)
class RowDefect:
    """How rows of a kind are made, and what is expected of ingest.

    `make(template, new_id, day)` gives the lines to add.
    """

    rule: str
    expected: str
    make: Callable[[str, str, date], list[str]]


@dataclass(frozen=True)
class Planted:
    """Where a defect came to lie: 1-based record numbers."""

    kind: str
    rule: str
    expected: str
    rows: tuple[int, ...]


def _read(header: str, line: str) -> Fields:
    return dict(zip(header.split(","), next(csv.reader([line])), strict=True))


def _line(fields: Fields) -> str:
    return ",".join(
        '"' + value.replace('"', '""') + '"' if "," in value or '"' in value else value
        for value in fields.values()
    )


def _contact(**changes: str) -> Callable[[str, str, date], list[str]]:
    return lambda line, new_id, day: [
        _line({**_read(CONTACT_HEADER, line), "contact_id": new_id, **changes})
    ]


def _leg(**changes: str) -> Callable[[str, str, date], list[str]]:
    return lambda line, new_id, day: [
        _line({**_read(LEG_HEADER, line), "contact_id": new_id, **changes})
    ]


def _state(**changes: str) -> Callable[[str, str, date], list[str]]:
    return lambda line, new_id, day: [_json({**json.loads(line), **changes})]


def _json(record: dict[str, object]) -> str:
    return json.dumps(record, separators=(",", ":"))


def _ends_first(line: str, new_id: str, day: date) -> list[str]:
    row = _read(CONTACT_HEADER, line)
    started, ended = row["started_at"], row["ended_at"]
    return [_line({**row, "contact_id": new_id, "started_at": ended, "ended_at": started})]


def _state_ends_first(line: str, new_id: str, day: date) -> list[str]:
    record = json.loads(line)
    return [_json({**record, "from": record["to"], "to": record["from"]})]


def _in_the_future(line: str, new_id: str, day: date) -> list[str]:
    row = _read(CONTACT_HEADER, line)
    ahead = {
        name: row[name].replace(str(day), str(day + timedelta(days=3)))
        for name in ("started_at", "ended_at")
    }
    return [_line({**row, "contact_id": new_id, **ahead})]


def _twice(line: str, new_id: str, day: date) -> list[str]:
    return [line]


def _short(header: str) -> Callable[[str, str, date], list[str]]:
    def make(line: str, new_id: str, day: date) -> list[str]:
        fields = _read(header, line)
        return [",".join([new_id, *list(fields.values())[1:5]])]

    return make


def _long(line: str, new_id: str, day: date) -> list[str]:
    return [_contact(agent_note="")(line, new_id, day)[0] + ",,7,extra"]


def _open_quote(line: str, new_id: str, day: date) -> list[str]:
    return [_contact(customer_name="", agent_note="")(line, new_id, day)[0] + '"cut off']


def _contacts_disagree(line: str, new_id: str, day: date) -> list[str]:
    outcomes = ("answered", "abandoned_in_queue")
    return [_contact(outcome=outcome)(line, new_id, day)[0] for outcome in outcomes]


def _legs_disagree(line: str, new_id: str, day: date) -> list[str]:
    return [_leg(leg_no="1", talk_s=talk)(line, new_id, day)[0] for talk in ("61", "610")]


_Q = "quarantined"
ROW_DEFECTS: dict[str, dict[str, RowDefect]] = {
    "contacts": {
        "too_few_fields": RowDefect("malformed", _Q, _short(CONTACT_HEADER)),
        "too_many_fields": RowDefect("malformed", _Q, _long),
        "unterminated_quote": RowDefect("malformed", _Q, _open_quote),
        "missing_required": RowDefect("required", _Q, _contact(started_at="")),
        "wrong_type": RowDefect("type", _Q, _contact(ivr_s="abc")),
        "impossible_date": RowDefect("type", _Q, _contact(started_at="31/31/2026")),
        "out_of_range": RowDefect("range", _Q, _contact(ivr_s="-4")),
        "unknown_value": RowDefect("accepted", _Q, _contact(outcome="lost")),
        "end_before_start": RowDefect("end_before_start", _Q, _ends_first),
        "in_the_future": RowDefect("outside_extract_window", _Q, _in_the_future),
        "exact_duplicate": RowDefect("", "superseded", _twice),
        "conflicting_duplicate": RowDefect("duplicate_key", _Q, _contacts_disagree),
    },
    "contact_legs": {
        "too_few_fields": RowDefect("malformed", _Q, _short(LEG_HEADER)),
        "wrong_type": RowDefect("type", _Q, _leg(talk_s="4m12")),
        "out_of_range": RowDefect("range", _Q, _leg(wait_s="-15")),
        "nobody_answered": RowDefect("answered_without_agent", _Q, _leg(agent="")),
        "exact_duplicate": RowDefect("", "superseded", _twice),
        "conflicting_duplicate": RowDefect("duplicate_key", _Q, _legs_disagree),
    },
    "agent_activity": {
        "torn_line": RowDefect("malformed", _Q, lambda line, new_id, day: [line[:57]]),
        "missing_required": RowDefect("required", _Q, _state(agent="")),
        "wrong_type": RowDefect("type", _Q, _state(**{"from": "yesterday"})),
        "end_before_start": RowDefect("end_before_start", _Q, _state_ends_first),
        "exact_duplicate": RowDefect("", "superseded", _twice),
    },
}


def plant(
    feed: str, lines: Sequence[str], kinds: Sequence[str], day: date, prefix: str, seed: int
) -> tuple[list[str], list[Planted]]:
    """`lines` with bad rows of the `kinds` added at random places, and where they came to lie."""
    if not kinds:
        return list(lines), []
    usable = [n for n, line in enumerate(lines) if _is_template(feed, line, day)]
    # A handful of rows with bad ones among them is no longer a file with a few bad rows.
    if len(usable) < SMALLEST_FILE_ROWS:
        return list(lines), []
    rng = np.random.default_rng([seed, 52, *f"{feed}{prefix}{day}".encode()])
    added: list[tuple[int, int, str]] = []
    for number, kind in enumerate(kinds):
        at = usable[int(rng.integers(0, len(usable)))]
        made = ROW_DEFECTS[feed][kind].make(lines[at], f"{prefix}-{day:%y%m%d}-X{number:04d}", day)
        # A repeated row stands behind the one it repeats.
        floor = at + 1 if kind == "exact_duplicate" else 0
        added += [(int(rng.integers(floor, len(lines) + 1)), number, line) for line in made]
    added.sort(key=lambda item: item[0])
    out: list[str] = []
    rows: dict[int, list[int]] = {}
    begin = 0
    for at, number, line in added:
        out += lines[begin:at]
        begin = at
        out.append(line)
        rows.setdefault(number, []).append(len(out))
    out += lines[begin:]
    planted = []
    for number, kind in enumerate(kinds):
        defect = ROW_DEFECTS[feed][kind]
        planted.append(Planted(kind, defect.rule, defect.expected, tuple(rows[number])))
    return out, planted


def _is_template(feed: str, line: str, day: date) -> bool:
    if feed == "agent_activity":
        return '"AVAIL"' in line and line.count(f'"{day}T') == 2
    return ",answered," in line and line.count(str(day)) == (2 if feed == "contacts" else 1)
