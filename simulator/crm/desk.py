"""What the CRM knows day by day: records of every site date, found by UTC day.

Belongs here: which record falls into which day's file, and a case as it stood that evening.
Does not: chance, formats. The CRM begins with the company's first extract date.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from simulator.clock import DAY_S, day_number
from simulator.crm.calls import Calls, calls_of, skills_of
from simulator.crm.cases import Case, CaseEvent, Cases, cases_of
from simulator.crm.lives import LIFE_DAYS, Standing, standing
from simulator.crm.sales import Results, results_of
from simulator.crm.surveys import Surveys, surveys_of
from simulator.extracts import SiteDate
from simulator.people.days import Ints
from simulator.shape import SITES


@dataclass(frozen=True)
class Batch:
    """All that the calls and cases of one site date ever leave in the CRM."""

    calls: Calls
    cases: Cases
    stands: Standing
    surveys: Surveys
    results: Results


class Desk:
    """Records by UTC day. `meant` gives a site date's telephony; `people` the agent of a login.

    `told` hears of the cases of every date as it is made: nothing is kept of days gone by.
    """

    def __init__(
        self,
        meant: Callable[[str, date], SiteDate],
        people: Mapping[str, str],
        agents: int,
        seed: int,
        first: date,
        told: Callable[[date, list[Batch]], None] | None = None,
    ) -> None:
        self.meant, self.people, self.told = meant, people, told
        self.agents, self.seed, self.first = agents, seed, first
        self.made: dict[date, list[Batch]] = {}

    def reach(self, day: date) -> int:
        """Make every site date that can leave something on a UTC day; gives the day's number."""
        oldest = day - timedelta(days=LIFE_DAYS + 1)
        for ahead in range(LIFE_DAYS + 3):
            opened = oldest + timedelta(days=ahead)
            if opened >= self.first and opened not in self.made:
                self.made[opened] = [self._batch(site.site_id, opened) for site in SITES]
                if self.told:
                    self.told(opened, self.made[opened])
        for past in [made for made in self.made if made < oldest]:
            del self.made[past]
        return day_number(day)

    def batches(self) -> Iterator[Batch]:
        """What may have a record on the day reached last, in order of opening."""
        for opened in sorted(self.made):
            yield from self.made[opened]

    def _batch(self, site_id: str, opened: date) -> Batch:
        site = next(site for site in SITES if site.site_id == site_id)
        calls = calls_of(self.meant(site_id, opened))
        skills = skills_of(calls, self.seed, self.people)
        cases = cases_of(site, opened, calls, skills, self.agents, self.seed)
        return Batch(
            calls,
            cases,
            standing(cases.events),
            surveys_of(site, opened, calls, cases, skills, self.seed),
            results_of(site, opened, calls, cases, skills, self.seed),
        )


def on_day(at: Ints, day: int) -> Ints:
    """Which instants lie on a UTC day."""
    return np.flatnonzero(at // DAY_S == day)


def as_it_stood(case: Case, until: int) -> dict[str, str | int]:
    """Status, owner, resolution, closing and last change of a case before an instant."""
    shown: dict[str, str | int] = {
        "status": "new",
        "agent": "",
        "merged_into": "",
        "resolved": 0,
        "closed": 0,
        "updated": 0,
    }
    for event in case.events:
        if event.at >= until:
            break
        shown["updated"] = event.at
        shown |= _change(event)
    return shown


def _change(event: CaseEvent) -> dict[str, str | int]:
    match event.kind:
        case "assigned":
            return {"agent": event.new}
        case "status":
            return {"status": event.new}
        case "resolved":
            return {"status": "resolved", "resolved": event.at}
        case "reopened":
            return {"status": "open", "resolved": 0}
        case "closed":
            return {"status": "closed", "closed": event.at}
        case "merged":
            return {"status": "closed", "closed": event.at, "merged_into": event.new}
    return {}
