"""Cases of the simulated CRM hang together."""

from datetime import date, timedelta

from simulator.crm.cases import answerers, cases_of
from simulator.extracts import site_date
from simulator.shape import SITES

AGENTS, SEED, FIRST = 300, 7, date(2026, 9, 7)


def test_a_case_is_merged_into_one_that_was_open_by_then():
    merged = 0
    for day in (FIRST + timedelta(days=n) for n in range(5)):
        for site in SITES:
            meant = site_date(site, AGENTS, SEED, day)
            people = {login: login for login in answerers(meant).values()}
            made = cases_of(site, day, meant, AGENTS, SEED, people)
            opened = {case.case_id: case.events[0].at for case in made}
            into = {case.case_id: case.merged_into for case in made if case.merged_into}
            merged += len(into)
            assert all(opened[other] <= opened[case] for case, other in into.items())
            assert not set(into.values()) & set(into), "what swallows is not swallowed itself"
    assert merged > 10
