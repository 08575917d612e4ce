"""One small company, dropped once for all tests of a process."""

import json
from pathlib import Path

import pytest

import simulator

SMALL = {"agents": 60, "days": 24}


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    simulator.drop(root / "landing", **SMALL)
    return root


@pytest.fixture(scope="session")
def manifest(home: Path) -> dict:
    return json.loads((home / "simulator" / "manifest.json").read_text())


@pytest.fixture
def fresh() -> None:
    """Nothing is remembered from another test: equal bytes must come from equal arguments."""
    from simulator import arrivals, demand, extracts, operations, plan, roster
    from simulator.people import (
        absences,
        content,
        effects,
        events,
        hr,
        jobs,
        notices,
        population,
        posts,
        praise,
        quality,
        sessions,
        shifts,
        staff_codes,
        staffing,
        voices,
    )

    for cached in (
        absences._days_away,
        content._evaluations,
        effects.effects,
        events.employment_events,
        hr.employment,
        hr.recorded,
        jobs.segments,
        jobs.stints,
        population.spells,
        notices.changes,
        notices.mentoring,
        posts.holdings,
        posts.posts_of,
        praise.recognitions,
        quality.evaluations_of_day,
        sessions.sessions,
        shifts.duty_day,
        staff_codes.people,
        staffing.crew,
        voices.pulse,
        voices.voices,
        arrivals._firsts,
        demand.profile,
        extracts.site_date,
        operations.operating_day,
        plan.intended,
        roster._fitted,
        roster.staff,
    ):
        cached.cache_clear()
