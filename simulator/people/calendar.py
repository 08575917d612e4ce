"""Which files the people's systems drop: few for the history, then as they really come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from simulator.people.shifts import is_schedule_day
from simulator.people.staff_codes import HISTORY_DAYS

MONDAY, FRIDAY = 0, 4


@dataclass(frozen=True)
class PeopleFile:
    """A file of a feed that holds what was recorded after `since` up to and with `day`.

    `turn`: its place among the files of its feed, from 0. `first`: first day of the telephony's
    window.
    """

    system: str
    feed: str
    day: date
    since: date
    first: date
    last: date
    turn: int

    @property
    def is_opening(self) -> bool:
        """The first of its feed."""
        return self.turn == 0

    @property
    def arrives(self) -> date:
        """Files come on the day they are of."""
        return self.day


def people_files(first: date, last: date) -> list[PeopleFile]:
    """All files of all feeds, by day."""
    opened = last - timedelta(days=HISTORY_DAYS)
    months = [
        d for d in _days(opened, first - timedelta(days=2)) if (d + timedelta(days=1)).day == 1
    ]
    eve = [first - timedelta(days=1)] if first > opened else []
    quarters = [day for day in months if day.month % 3 == 0]
    halves = [day for day in months if day.month % 6 == 0]
    window = list(_days(max(first, opened + timedelta(days=1)), last))
    weekdays = [day for day in window if day.weekday() < 5]
    fridays = [day for day in window if day.weekday() == FRIDAY]
    month_ends = [day for day in window if (day + timedelta(days=1)).day == 1]
    cadence = {
        ("sim_hr", "employment"): [*quarters, *eve, *weekdays],
        ("sim_hr", "employment_events"): [*quarters, *eve, *weekdays],
        ("sim_wfm", "schedules"): [day for day in window if is_schedule_day(first, day)],
        ("sim_wfm", "absences"): [d for d in window if d == first or d.weekday() < 5],
        ("sim_qa", "evaluations"): [*quarters, *eve, *fridays],
        ("sim_qa", "evaluation_answers"): [*quarters, *eve, *fridays],
        ("sim_people", "coaching"): [*halves, *eve, *fridays],
        ("sim_people", "recognition"): [*halves, *eve, *fridays],
        ("sim_people", "voice"): [*halves, *eve, *fridays],
        ("sim_people", "pulse"): [*halves, *eve, *month_ends],
        ("sim_people", "changes"): [*halves, *eve, *month_ends],
        ("sim_people", "mentoring"): [*halves, *eve, *month_ends],
    }
    out = []
    for (system, feed), days in cadence.items():
        before = opened - timedelta(days=1)
        for n, day in enumerate(days):
            out.append(PeopleFile(system, feed, day, before, first, last, n))
            before = day
    return sorted(out, key=lambda file: (file.day, file.system, file.feed))


def _days(begin: date, end: date) -> Iterator[date]:
    for n in range((end - begin).days + 1):
        yield begin + timedelta(days=n)
