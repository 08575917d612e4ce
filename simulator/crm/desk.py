"""What the CRM knows day by day: records of every site date, sorted into UTC days.

Belongs here: which record falls into which day's file, and a case as it stood that evening.
Does not: chance, formats. The CRM begins with the company's first extract date.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from simulator.clock import DAY_S, day_number
from simulator.crm.cases import LIFE_DAYS, Case, CaseEvent, cases_of
from simulator.crm.sales import Result, results_of
from simulator.crm.voice import Survey, surveys_of
from simulator.extracts import SiteDate
from simulator.shape import SITES

Truth = dict[date, list[Case]]


class Desk:
    """Records by UTC day. `meant` gives a site date's telephony; `people` the agent of a login."""

    def __init__(
        self,
        meant: Callable[[str, date], SiteDate],
        people: Mapping[str, str],
        agents: int,
        seed: int,
        first: date,
    ) -> None:
        self.meant, self.people = meant, people
        self.agents, self.seed, self.first = agents, seed, first
        self.made: set[date] = set()
        self.cases: dict[int, dict[str, Case]] = defaultdict(dict)
        self.events: dict[int, list[tuple[Case, int, CaseEvent]]] = defaultdict(list)
        self.surveys: dict[int, list[tuple[Survey, bool]]] = defaultdict(list)
        self.results: dict[int, list[Result]] = defaultdict(list)
        self.truth: Truth = {}

    def reach(self, day: date) -> int:
        """Make every site date that can leave something on a UTC day; gives the day's number."""
        for ago in range(LIFE_DAYS + 1, -2, -1):
            opened = day - timedelta(days=ago)
            if opened >= self.first and opened not in self.made:
                self.made.add(opened)
                self._make(opened)
        # What lies behind is written and not needed again.
        for past in (self.cases, self.events, self.surveys, self.results):
            for number in [n for n in past if n < day_number(day)]:
                del past[number]
        return day_number(day)

    def _make(self, opened: date) -> None:
        self.truth[opened] = []
        for site in SITES:
            meant = self.meant(site.site_id, opened)
            cases = cases_of(site, opened, meant, self.agents, self.seed, self.people)
            self.truth[opened] += cases
            for case in cases:
                for number, event in enumerate(case.events):
                    self.events[event.at // DAY_S].append((case, number, event))
                    self.cases[event.at // DAY_S][case.case_id] = case
            for survey in surveys_of(site, opened, meant, cases, self.seed, self.people):
                self.surveys[survey.sent // DAY_S].append((survey, False))
                if survey.answered:
                    self.surveys[survey.answered // DAY_S].append((survey, True))
            for result in results_of(site, opened, meant, cases, self.seed, self.people):
                self.results[result.at // DAY_S].append(result)


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
        match event.kind:
            case "assigned":
                shown["agent"] = event.new
            case "status":
                shown["status"] = event.new
            case "resolved":
                shown |= {"status": "resolved", "resolved": event.at}
            case "reopened":
                shown |= {"status": "open", "resolved": 0}
            case "closed":
                shown |= {"status": "closed", "closed": event.at}
            case "merged":
                shown |= {"status": "closed", "closed": event.at, "merged_into": event.new}
    return shown
