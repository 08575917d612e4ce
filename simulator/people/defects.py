"""Bad rows of the people's systems: each kind takes a good row and makes new ones of it.

They are added behind the good rows, never put in place of one, so what was meant stays true.
Which file gets which kind follows from its place in its feed; the last nights stay clean.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from simulator.people.calendar import PeopleFile
from simulator.people.tables import Record, Table, length, take

# A handful of rows with bad ones among them is no longer a file with a few bad rows; one row in
# twenty outside its extract's dates makes ingest refuse the whole file.
SMALLEST_FILE_ROWS, SMALLEST_WITH_DATES = 12, 40
CYCLE, CLEAN_DAYS = 8, 3
QUARANTINED, SUPERSEDED, LOADED = "quarantined", "superseded", "loaded"
Make = Callable[[Record], list[Record]]


@dataclass(frozen=True)
class Kind:
    """How rows of a kind are made, what becomes of them and by which rule.

    `needs`: columns that the row taken must have. `expected` LOADED: kept, and named among the
    anomalies of HR under `rule`.
    """

    rule: str
    make: Make
    expected: str = QUARANTINED
    needs: tuple[str, ...] = ()

    @property
    def smallest(self) -> int:
        """Rows that a file must have."""
        dated = self.rule == "outside_extract_window"
        return SMALLEST_WITH_DATES if dated else SMALLEST_FILE_ROWS


@dataclass(frozen=True)
class Planted:
    """Where a defect came to lie: 1-based record numbers."""

    kind: str
    rule: str
    expected: str
    rows: tuple[int, ...]


def _with(**changes: str) -> Make:
    named = {name.replace("__", "."): value for name, value in changes.items()}
    return lambda row: [{**row, **named}]


def _same(column: str, other: str) -> Make:
    return lambda row: [{**row, column: row[other]}]


def _moved(days: int, *columns: str) -> Make:
    def make(row: Record) -> list[Record]:
        later = {c: _later(row[c], days) for c in columns if row[c]}
        return [{**row, **later}]

    return make


def _later(text: str, days: int) -> str:
    """An ISO date or instant, or a date with dots, some days on."""
    if "." in text[:3]:
        return f"{datetime.strptime(text, '%d.%m.%Y') + timedelta(days=days):%d.%m.%Y}"
    return f"{date.fromisoformat(text[:10]) + timedelta(days=days)}{text[10:]}"


def _swapped(first: str, second: str) -> Make:
    return lambda row: [{**row, first: row[second], second: row[first]}]


def _disagree(column: str, *values: str) -> Make:
    return lambda row: [{**row, column: value} for value in values]


def _at_another_second(column: str, instant: str) -> Make:
    """Two rows of one key that nothing else has, and that differ in `column`."""

    def make(row: Record) -> list[Record]:
        moved = {**row, instant: row[instant][:17] + "59" + row[instant][19:]}
        return [{**moved, column: value} for value in ("1", "2")]

    return make


def _two_leaders(row: Record) -> list[Record]:
    other = f"{int(row['person_no']) + 1}"
    begin, end = (_later(row["valid_from"], days) for days in (5, 8))
    return [{**row, "manager_no": other, "valid_from": begin, "valid_to": end}]


def _own_leader(row: Record) -> list[Record]:
    begin, end = (_later(row["valid_from"], days) for days in (9, 12))
    return [{**row, "manager_no": row["person_no"], "valid_from": begin, "valid_to": end}]


def _hired_twice(row: Record) -> list[Record]:
    return [{**row, "event": "hire", "effective": _later(row["effective"], 1)}]


_AGAIN = Kind("", lambda row: [row], SUPERSEDED)
_OUTSIDE = "outside_extract_window"
KINDS: dict[str, dict[str, Kind]] = {
    "employment": {
        "missing_required": Kind("required", _with(location="")),
        "out_of_range": Kind("range", _with(grade="12")),
        "unknown_value": Kind("accepted", _with(job="astronaut")),
        "end_before_start": Kind("ends_before_it_begins", _with(valid_to="1999-12-31")),
        "in_the_future": Kind(_OUTSIDE, _moved(60, "recorded_at")),
        "conflicting_duplicate": Kind("duplicate_key", _at_another_second("grade", "recorded_at")),
        "exact_duplicate": _AGAIN,
        "two_leaders": Kind("two_leaders_on_one_day", _two_leaders, LOADED, ("manager_no",)),
        "own_leader": Kind("leader_of_himself", _own_leader, LOADED, ("manager_no",)),
    },
    "employment_events": {
        "too_few_fields": Kind("malformed", _with()),
        "missing_required": Kind("required", _with(person_no="")),
        "impossible_date": Kind("type", _with(effective="31.02.2026")),
        "unknown_value": Kind("accepted", _with(event="teleport")),
        "rescinds_nothing": Kind("rescinds_nothing", _with(event="rescind", rescinds="")),
        "left_without_code": Kind("leaving_without_code",
                                  _with(event="termination", leaving_code="", rescinds="")),
        "in_the_future": Kind(_OUTSIDE, _moved(60, "recorded")),
        "conflicting_duplicate": Kind("duplicate_key", _disagree("regretted", "yes", "no")),
        "exact_duplicate": _AGAIN,
        "hired_twice": Kind("hire_of_somebody_employed", _hired_twice, LOADED, ("channel",)),
    },
    "schedules": {
        "too_few_fields": Kind("malformed", _with()),
        "missing_required": Kind("required", _with(code="")),
        "wrong_type": Kind("type", _with(start="soon")),
        "end_before_start": Kind("end_before_start", _swapped("start", "end")),
        "in_the_future": Kind(_OUTSIDE, _moved(60, "start", "end")),
        "conflicting_duplicate": Kind("duplicate_key", _at_another_second("code", "published")),
        "exact_duplicate": _AGAIN,
    },
    "absences": {
        "too_few_fields": Kind("malformed", _with()),
        "missing_required": Kind("required", _with(agent="")),
        "wrong_type": Kind("type", _with(planned="perhaps")),
        "end_before_start": Kind("end_before_start", _swapped("start", "end"), needs=("end",)),
        "in_the_future": Kind(_OUTSIDE, _moved(400, "start", "end")),
        "exact_duplicate": _AGAIN,
    },
    "evaluations": {
        "torn_line": Kind("malformed", _with()),
        "missing_required": Kind("required", _with(agent="")),
        "wrong_type": Kind("type", _with(scored_at="yesterday")),
        "out_of_range": Kind("range", _with(score="105")),
        "unknown_value": Kind("accepted", _with(evaluator__kind="committee")),
        "in_the_future": Kind(_OUTSIDE, _moved(120, "scored_at")),
    },
    "evaluation_answers": {
        "torn_line": Kind("malformed", _with()),
        "missing_required": Kind("required", _with(question="")),
        "out_of_range": Kind("range", _with(points="-1", max_points="2")),
        "unknown_value": Kind("accepted", _with(answer="maybe")),
        "too_many_points": Kind("more_points_than_possible", _with(points="9", max_points="2")),
        "failed_uncritical": Kind("failed_but_not_critical", _with(critical="", auto_fail="true")),
    },
    "coaching": {
        "torn_line": Kind("malformed", _with()),
        "missing_required": Kind("required", _with(person="")),
        "wrong_type": Kind("type", _with(planned_for="next week")),
        "unknown_value": Kind("accepted", _with(state="postponed")),
        "held_at_no_time": Kind("done_without_instant", _with(state="done", held_at="")),
        "led_by_self": Kind("led_by_self", _same("led_by", "person")),
        "in_the_future": Kind(_OUTSIDE, _moved(400, "planned_for")),
    },
    "recognition": {
        "too_few_fields": Kind("malformed", _with()),
        "missing_required": Kind("required", _with(to="")),
        "unknown_value": Kind("accepted", _with(kind="raffle")),
        "given_to_self": Kind("given_to_self", _same("from", "to")),
        "conflicting_duplicate": Kind("duplicate_key", _disagree("kind", "peer", "customer")),
        "exact_duplicate": _AGAIN,
    },
    "pulse": {
        "too_few_fields": Kind("malformed", _with()),
        "wrong_type": Kind("type", _with(answer="fine")),
        "unknown_value": Kind("accepted", _with(question="salary")),
        "off_its_scale": Kind("outside_its_scale", _with(answer="99")),
        "in_the_future": Kind(_OUTSIDE, _moved(400, "answered_on")),
        "exact_duplicate": _AGAIN,
    },
    "voice": {
        "torn_line": Kind("malformed", _with()),
        "missing_required": Kind("required", _with(topic="")),
        "unknown_value": Kind("accepted", _with(kind="rumour")),
        "answered_first": Kind("answered_before_raised", _with(answered_at="2020-01-01T00:00:00")),
    },
    "changes": {
        "too_few_fields": Kind("malformed", _with()),
        "missing_required": Kind("required", _with(effective_at="")),
        "wrong_type": Kind("type", _with(told_at="in time")),
        "unknown_value": Kind("accepted", _with(kind="mood")),
        "conflicting_duplicate": Kind("duplicate_key", _disagree("kind", "policy", "tool")),
        "exact_duplicate": _AGAIN,
    },
    "mentoring": {
        "too_few_fields": Kind("malformed", _with()),
        "missing_required": Kind("required", _with(mentor="")),
        "end_before_start": Kind("ends_before_it_begins", _with(until="2020-01-01")),
        "own_mentor": Kind("own_mentor", _same("mentor", "newcomer")),
    },
}  # fmt: skip
# The column that tells rows apart; where the key is a natural one, bad rows may share it.
IDS = {
    "employment_events": "event_id",
    "absences": "id",
    "evaluations": "id",
    "evaluation_answers": "evaluation",
    "coaching": "id",
    "recognition": "id",
    "pulse": "id",
    "voice": "id",
    "changes": "change",
    "mentoring": "id",
}


def kinds_of(file: PeopleFile, rows_n: int) -> list[str]:
    """Kinds planted in a file: all in the first two of a feed, then a few in turn."""
    if file.day > file.last - timedelta(days=CLEAN_DAYS):
        return []
    return [
        kind
        for n, (kind, how) in enumerate(KINDS[file.feed].items())
        if rows_n >= how.smallest
        and (file.turn < 2 or (how.expected != LOADED and (file.turn + n) % CYCLE == 0))
    ]


def plant(table: Table, file: PeopleFile, seed: int) -> tuple[Table, list[Planted]]:
    """The table with bad rows behind it, and where they came to lie."""
    kinds = kinds_of(file, length(table))
    rng = np.random.default_rng([seed, 95, *f"{file.feed}{file.day}".encode()])
    added: list[Record] = []
    planted = []
    for number, kind in enumerate(kinds):
        how = KINDS[file.feed][kind]
        good = np.flatnonzero(np.all([table[c] != "" for c in (*how.needs, next(iter(table)))], 0))
        if good.size == 0:
            continue
        at = np.array([good[int(rng.integers(0, good.size))]])
        row = {name: str(values[0]) for name, values in take(table, at).items()}
        if how.expected != SUPERSEDED and file.feed in IDS:
            row[IDS[file.feed]] = f"X{file.day:%y%m%d}{number:02d}"
        begin = length(table) + len(added)
        added += how.make(row)
        rows = tuple(range(begin + 1, length(table) + len(added) + 1))
        planted.append(Planted(kind, how.rule, how.expected, rows))
    if not added:
        return table, []
    more = {name: np.array([row[name] for row in added], dtype=object) for name in table}
    return {name: np.concatenate([table[name], more[name]]) for name in table}, planted


def torn(lines: Sequence[str], planted: Sequence[Planted]) -> list[str]:
    """Lines with those of malformed rows cut off."""
    out = list(lines)
    for defect in planted:
        if defect.rule == "malformed":
            for number in defect.rows:
                out[number - 1] = out[number - 1][:24]
    return out
