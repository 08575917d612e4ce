"""Dropping files: everything that arrives in a span of days, with manifest and truth beside it."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from simulator.crm.desk import Desk
from simulator.crm.files import CrmFile, crm_content, crm_files, write_cases, write_effects
from simulator.files import Company, Content, content, write
from simulator.manifest import LandedFile, Manifest
from simulator.maps import map_lines, unmapped_codes
from simulator.people.calendar import PeopleFile, people_files
from simulator.people.content import people_content
from simulator.people.days import number
from simulator.people.hidden import write_hidden
from simulator.people.quality import evaluations_of_day
from simulator.schedule import PlannedFile, schedule
from simulator.shape import SITES, SYSTEM
from simulator.truth import Rows, merge_truth, truth_of

LAST_DAY = date(2026, 11, 21)
_ARRIVAL_TIME = time(23, 0)


@dataclass(frozen=True)
class _Window:
    after: date | None
    until: date | None

    def __contains__(self, day: date) -> bool:
        return (self.after is None or day > self.after) and (
            self.until is None or day <= self.until
        )


def drop(
    landing: Path,
    *,
    agents: int = 300,
    days: int = 90,
    seed: int = 7,
    last_day: date = LAST_DAY,
    arrived_by: date | None = None,
    arrived_after: date | None = None,
    progress: Callable[[str], None] | None = None,
) -> Manifest:
    """Drop the files that arrive in (arrived_after, arrived_by] (open ends: no bound).

    The company has about `agents` agents and `days` extract dates up to `last_day`; equal
    arguments give equal bytes. `<landing>/../simulator/` receives `manifest.json` and
    `truth.json`, which grow with every drop of the same company and start afresh with another,
    and `crm/` and `people/`, the hidden truth of agents, cases and everybody employed.
    A file's modification time is 23:00 UTC of the day it arrives. Returns the merged manifest.

    Raises ValueError when `days` or `agents` is too small to mean anything, OSError when a file
    cannot be written.
    """
    if days < 1 or agents < 3:
        raise ValueError(f"a company needs a day and three agents, not {days} and {agents}")
    say = progress or (lambda message: None)
    first = last_day - timedelta(days=days - 1)
    calendar = schedule(first, last_day, seed)
    account = landing.parent / "simulator"
    parameters = {"agents": agents, "days": days, "seed": seed, "last_day": str(last_day)}
    manifest = Manifest.read(account / "manifest.json")
    is_same = manifest is not None and manifest.parameters == parameters
    if manifest is None or not is_same:
        manifest = Manifest(parameters, {}, [], unmapped_codes(agents, seed))
    window = _Window(arrived_after, arrived_by)
    company = Company(agents, seed, calendar, first, last_day)
    people = _people(map_lines("agents", agents, seed, last_day))
    desk = Desk(
        company.meant, people, agents, seed, first, partial(write_cases, account / "crm", people)
    )
    # A day's telephony comes before its CRM, which looks back on it.
    all_files: list[PlannedFile | PeopleFile | CrmFile] = [
        *calendar.files,
        *people_files(first, last_day),
        *crm_files(first, last_day),
    ]
    truths: list[Rows] = []
    told = ""
    with _collector_at_rest():
        for planned in sorted(all_files, key=lambda file: file.day):
            if planned.arrives not in window:
                continue
            if planned.day >= first and str(planned.day) != told:
                told = str(planned.day)
                say(f"simulating {told}")
            if isinstance(planned, PeopleFile):
                _land_people(landing, company, planned, manifest)
                continue
            if isinstance(planned, CrmFile):
                _land_crm(landing, desk, planned, last_day, manifest)
                continue
            _land(landing, company, planned, manifest)
            if planned.feed == "contact_legs" and planned.revision == 1:
                meant = company.meant(planned.site, planned.day)
                truths.append(truth_of(planned.site, planned.day, meant))
                place = [site.site_id for site in SITES].index(planned.site)
                evaluations_of_day(place, agents, seed, planned.day)
    write_effects(account / "crm", seed, people)
    write_hidden(account / "people", agents, seed, number(last_day))
    manifest.write(account / "manifest.json")
    merge_truth(account / "truth.json", truths, keep=is_same)
    return manifest


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """No search for cycles among millions of tuples that have none: it took a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _people(agent_lines: list[str]) -> dict[str, str]:
    """Agent of each telephony login, from the lines of the crosswalk."""
    rows = (line.split(",") for line in agent_lines)
    return {code: agent_id for system, code, agent_id, *_ in rows if system == SYSTEM}


def _land_crm(landing: Path, desk: Desk, file: CrmFile, last_day: date, manifest: Manifest) -> None:
    made = Content(*crm_content(desk, file, last_day))
    _keep(
        landing,
        made,
        manifest,
        LandedFile(
            file=made.name,
            feed=file.feed,
            site="",
            extract_date=str(file.day),
            revision=file.revision,
            arrives=str(file.arrives),
            rows_n=made.rows_n,
            size_bytes=len(made.data),
        ),
    )


def _land(landing: Path, company: Company, planned: PlannedFile, manifest: Manifest) -> None:
    made = content(company, planned)
    _keep(
        landing,
        made,
        manifest,
        LandedFile(
            file=made.name,
            feed=planned.feed,
            site=planned.site,
            extract_date=str(planned.day),
            revision=planned.revision,
            arrives=str(planned.arrives),
            rows_n=made.rows_n,
            size_bytes=len(made.data),
        ),
    )


def _land_people(landing: Path, company: Company, planned: PeopleFile, manifest: Manifest) -> None:
    made = Content(*people_content(company.agents, company.seed, planned))
    if not made.rows_n and made.name.endswith(".ndjson.gz"):
        # A week in which nobody raised anything: lines alone have no header to say so.
        return
    _keep(
        landing,
        made,
        manifest,
        LandedFile(
            file=made.name,
            feed=planned.feed,
            site="",
            extract_date=str(planned.day),
            revision=1,
            arrives=str(planned.arrives),
            rows_n=made.rows_n,
            size_bytes=len(made.data),
        ),
    )


def _keep(landing: Path, made: Content, manifest: Manifest, landed: LandedFile) -> None:
    path = write(landing, made)
    arrived = datetime.combine(date.fromisoformat(landed.arrives), _ARRIVAL_TIME, UTC).timestamp()
    os.utime(path, (arrived, arrived))
    manifest.add(landed, made.defects)
