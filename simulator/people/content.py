"""Content of one file of the people's systems: its rows, its bad rows, and how it is packed."""

from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from simulator.manifest import Defect
from simulator.people.absences import absences_file
from simulator.people.calendar import PeopleFile
from simulator.people.days import DAY_S, Ints, number
from simulator.people.events import employment_events
from simulator.people.hr import employment
from simulator.people.quality import evaluations_file
from simulator.people.shifts import schedules_file
from simulator.people.tables import Table, csv_lines, gzipped, length, ndjson_lines, parquet, take

_NAMES = {
    "employment": "sim_hr/job_records_{day:%Y%m%d}.parquet",
    "employment_events": "sim_hr/events_{day:%Y%m%d}.csv.gz",
    "schedules": "sim_wfm/schedules_{day}.csv.gz",
    "absences": "sim_wfm/absences_{day}.csv.gz",
    "evaluations": "sim_qa/evaluations_{day}.ndjson.gz",
    "evaluation_answers": "sim_qa/answers_{day}.ndjson.gz",
}
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
    table = _rows(agents, seed, file)
    name = _NAMES[file.feed].format(day=file.day)
    if name.endswith(".parquet"):
        return name, parquet(table, _PARQUET_TYPES), length(table), ()
    if ".ndjson" in name:
        return name, gzipped(ndjson_lines(table)), length(table), ()
    delimiter = ";" if file.feed == "employment_events" else ","
    lines = csv_lines(table, delimiter)
    return name, gzipped([delimiter.join(table), *lines]), len(lines), ()


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
        case _:
            heads, answers = _evaluations(agents, seed, file.day, file.since, file.first)
            return heads if file.feed == "evaluations" else answers


def _recorded(made: tuple[Ints, Table], file: PeopleFile) -> Table:
    """Rows recorded after the file before, up to and with the file's day."""
    at, table = made
    low, high = ((number(day) + 1) * DAY_S for day in (file.since, file.day))
    return take(table, slice(int(np.searchsorted(at, low)), int(np.searchsorted(at, high))))


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
