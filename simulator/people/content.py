"""Content of one file of the people's systems: its rows, its bad rows, and how it is packed."""

from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from simulator.manifest import Defect
from simulator.people.absences import absences_file
from simulator.people.calendar import PeopleFile
from simulator.people.days import DAY_S, Ints, number
from simulator.people.defects import plant, torn
from simulator.people.events import employment_events
from simulator.people.hr import employment
from simulator.people.notices import changes, mentoring
from simulator.people.praise import recognitions
from simulator.people.quality import evaluations_file
from simulator.people.sessions import sessions
from simulator.people.shifts import schedules_file
from simulator.people.staffing import bounds, months_between
from simulator.people.tables import (
    Table,
    csv_lines,
    gzipped,
    length,
    ndjson_lines,
    parquet,
    stack,
    take,
)
from simulator.people.voices import pulse, voices

_NAMES = {
    "employment": "sim_hr/job_records_{day:%Y%m%d}.parquet",
    "employment_events": "sim_hr/events_{day:%Y%m%d}.csv.gz",
    "schedules": "sim_wfm/schedules_{day}.csv.gz",
    "absences": "sim_wfm/absences_{day}.csv.gz",
    "evaluations": "sim_qa/evaluations_{day}.ndjson.gz",
    "evaluation_answers": "sim_qa/answers_{day}.ndjson.gz",
    "coaching": "sim_people/sessions_{day}.ndjson.gz",
    "recognition": "sim_people/recognition_{day}.csv.gz",
    "pulse": "sim_people/pulse_{day}.csv.gz",
    "voice": "sim_people/voice_{day}.ndjson.gz",
    "changes": "sim_people/changes_{day}.csv.gz",
    "mentoring": "sim_people/mentors_{day}.csv.gz",
}
_BY_MONTH = {
    "coaching": sessions,
    "recognition": recognitions,
    "pulse": pulse,
    "voice": voices,
    "changes": changes,
    "mentoring": mentoring,
}
# What is recorded of a month comes at the earliest a month ahead, at the latest three after it.
_AHEAD_DAYS, _BEHIND_DAYS = 31, 95
_PARQUET_TYPES = {
    "valid_from": "date",
    "valid_to": "date",
    "recorded_at": "timestamp",
    "withdrawn": "boolean",
    "grade": "integer",
    "fte": "double",
    "weekly_hours": "double",
}


def people_content(
    agents: int, seed: int, file: PeopleFile
) -> tuple[str, bytes, int, tuple[Defect, ...]]:
    """Name, bytes, number of rows and planted defects of a file."""
    table, bad = plant(_rows(agents, seed, file), file, seed)
    name = _NAMES[file.feed].format(day=file.day)
    defects = tuple(Defect(b.kind, name, b.rows, b.expected, b.rule, "") for b in bad)
    if name.endswith(".parquet"):
        return name, parquet(table, _PARQUET_TYPES), length(table), defects
    if ".ndjson" in name:
        return name, gzipped(torn(ndjson_lines(table), bad)), length(table), defects
    delimiter = ";" if file.feed == "employment_events" else ","
    lines = torn(csv_lines(table, delimiter), bad)
    return name, gzipped([delimiter.join(table), *lines]), len(lines), defects


def _rows(agents: int, seed: int, file: PeopleFile) -> Table:
    last = number(file.last)
    match file.feed:
        case "employment":
            return _recorded(employment(agents, seed, last), file)
        case "employment_events":
            return _recorded(employment_events(agents, seed, last), file)
        case "schedules":
            return schedules_file(agents, seed, file.first, file.day)
        case "absences":
            since = file.first if file.is_opening else file.since
            return absences_file(agents, seed, since, file.day, file.is_opening)
        case feed if feed in _BY_MONTH:
            return _by_month(agents, seed, last, file)
        case _:
            heads, answers = _evaluations(agents, seed, file.day, file.since, file.first)
            return heads if file.feed == "evaluations" else answers


def _recorded(made: tuple[Ints, Table], file: PeopleFile) -> Table:
    """Rows recorded after the file before, up to and with the file's day."""
    at, table = made
    low, high = ((number(day) + 1) * DAY_S for day in (file.since, file.day))
    return take(table, slice(int(np.searchsorted(at, low)), int(np.searchsorted(at, high))))


def _by_month(agents: int, seed: int, last: int, file: PeopleFile) -> Table:
    """Rows of all months that were recorded in the file's days, in the order of recording."""
    low, high = bounds(file.since, file.day)
    months = months_between(
        file.since - timedelta(days=_BEHIND_DAYS), file.day + timedelta(days=_AHEAD_DAYS)
    )
    parts = [_BY_MONTH[file.feed](agents, seed, last, month) for month in months]
    at, table = np.concatenate([part[0] for part in parts]), stack([part[1] for part in parts])
    order = np.argsort(at, kind="stable")
    inside = order[(at[order] >= low) & (at[order] < high)]
    return take(table, inside)


@lru_cache(maxsize=1)
def _evaluations(
    agents: int, seed: int, day: date, since: date, first: date
) -> tuple[Table, Table]:
    """Evaluations and answers, made together and written to two files."""
    days = [since + timedelta(days=n) for n in range((day - since).days)]
    again = []
    if since > first:
        again = [
            since - timedelta(days=n) for n in range(7, 0, -1) if since - timedelta(days=n) >= first
        ]
    return evaluations_file(agents, seed, days, again, day, first)
