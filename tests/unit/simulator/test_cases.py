"""Cases of the simulated CRM hang together."""

from datetime import date, timedelta

import numpy as np
import pytest

from simulator.crm.calls import calls_of, skills_of
from simulator.crm.cases import Cases, cases_of, told
from simulator.crm.desk import as_it_stood
from simulator.crm.lives import CLOSED_AFTER_S, STATES, standing
from simulator.extracts import site_date
from simulator.shape import SITES

AGENTS, SEED, FIRST = 300, 7, date(2026, 9, 7)


@pytest.fixture(scope="module")
def made() -> list[Cases]:
    out = []
    for day in (FIRST + timedelta(days=n) for n in range(5)):
        for site in SITES:
            calls = calls_of(site_date(site, AGENTS, SEED, day))
            out.append(cases_of(site, day, calls, skills_of(calls, SEED, {}), AGENTS, SEED))
    return out


def test_a_case_is_merged_into_one_that_was_open_by_then(made):
    merged = 0
    for cases in made:
        into = cases.into
        swallowed = np.flatnonzero(into >= 0)
        merged += swallowed.size
        assert (cases.opened[into[swallowed]] <= cases.opened[swallowed]).all()
        assert (cases.client[into[swallowed]] == cases.client[swallowed]).all()
        assert (into[into[swallowed]] < 0).all(), "what swallows is not swallowed itself"
    assert merged > 10


def test_how_cases_stand_is_what_their_events_say_one_after_another(made):
    for cases in made[:3]:
        stands, begin = standing(cases.events), 0
        for number, case in enumerate(told(cases)):
            end = begin + len(case.events)
            for row in range(begin, end):
                shown = as_it_stood(case, int(cases.events.at[row]) + 1)
                last = max(n for n in range(begin, end) if cases.events.at[n] <= shown["updated"])
                assert shown["status"] == STATES[stands.status[last]]
                assert shown["resolved"] == stands.resolved[last]
                assert shown["closed"] == stands.closed[last]
                assert shown["agent"] == cases.desk[stands.agent[last]]
            assert [event.at for event in case.events] == sorted(e.at for e in case.events)
            assert (cases.events.case[begin:end] == number).all()
            begin = end


def test_what_is_closed_was_resolved_four_quiet_days_before(made):
    closed = 0
    for case in (case for cases in made[:6] for case in told(cases)):
        if case.events[-1].kind == "closed":
            closed += 1
            assert case.events[-1].old == "resolved"
            assert case.events[-1].at - case.events[-2].at == CLOSED_AFTER_S
        assert case.events[0].kind == "opened"
        assert (case.events[-1].kind == "merged") <= bool(case.merged_into)
    assert closed > 100


def test_what_was_not_settled_comes_back_more_often_than_not(made):
    cases = [case for one in made for case in told(one) if not case.merged_into]
    back = {case.case_id for case in cases if any(e.kind == "reopened" for e in case.events)}
    unsettled = [case for case in cases if not case.is_settled]
    assert not any(case.is_settled for case in cases if case.case_id in back)
    assert 0.4 < len(back) / len(unsettled) < 0.65
