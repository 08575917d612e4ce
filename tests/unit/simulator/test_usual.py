"""The demonstration centre looks like a centre: its figures lie where the field's usually do."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from orchestration.commands.demo import AGENTS, SEED
from simulator.codes import ACTIVITY_CODES, SCHEDULED_CODES
from simulator.crm.calls import calls_of, skills_of
from simulator.crm.cases import cases_of
from simulator.crm.surveys import surveys_of
from simulator.demand import SLOT_S
from simulator.drop import LAST_DAY
from simulator.extracts import SiteDate, site_date
from simulator.happenings import Leg
from simulator.people.quality import evaluations_file
from simulator.people.shifts import PLAN_CODES, duty_day
from simulator.roster import staff
from simulator.shape import QUEUES, SITES, Site
from simulator.usual import BAD_DAY, OF

DAYS = [LAST_DAY - timedelta(days=n) for n in range(15, -1, -1)]
ON_QUEUE = ("available", "on_contact", "acw")
UNKNOWN = ("unmapped", True)


@pytest.fixture(scope="module")
def meant() -> dict[Site, list[SiteDate]]:
    return {site: [site_date(site, AGENTS, SEED, day) for day in DAYS] for site in SITES}


@pytest.fixture(scope="module")
def spent(meant: dict[Site, list[SiteDate]]) -> Counter[tuple[str, bool]]:
    """Seconds by activity and whether they are paid."""
    out: Counter[tuple[str, bool]] = Counter()
    for day in (day for days in meant.values() for day in days):
        for state in day.states:
            out[ACTIVITY_CODES.get(state.code, UNKNOWN)] += state.end - state.start
    return out


def _is_usual(family: str, value: float) -> bool:
    return OF[family].low <= value <= OF[family].high


def _offered(legs: list[Leg]) -> list[Leg]:
    """Visits of queues that were not given up at once."""
    return [
        leg
        for leg in legs
        if not leg.is_callback
        and not (leg.outcome == "abandoned" and leg.wait_s <= QUEUES[leg.queue].short_abandon_s)
    ]


def _in_time(legs: list[Leg]) -> float:
    good = [
        leg.outcome == "answered" and leg.wait_s <= QUEUES[leg.queue].threshold_s for leg in legs
    ]
    return sum(good) / len(good)


def test_most_calls_are_answered_in_time_and_some_days_are_bad(meant):
    by_day = [_offered([leg for site in meant for leg in meant[site][n].legs])
              for n in range(len(DAYS))]  # fmt: skip
    everything = [leg for legs in by_day for leg in legs]
    assert _is_usual("service_level", _in_time(everything))
    left = sum(leg.outcome == "abandoned" for leg in everything)
    assert _is_usual("abandonment", left / len(everything))
    bad = sum(_in_time(legs) < BAD_DAY for legs in by_day)
    assert 0 < bad < len(DAYS) / 2


def test_agents_are_busy_and_a_third_of_what_is_paid_goes_elsewhere(spent):
    handling = spent["on_contact", True] + spent["acw", True]
    on_queue = handling + spent["available", True]
    paid = sum(seconds for (_, is_paid), seconds in spent.items() if is_paid)
    assert _is_usual("occupancy", handling / on_queue)
    assert _is_usual("shrinkage", 1 - on_queue / paid)


def test_agents_mostly_do_what_their_schedule_says(meant):
    """Written work off the queue is planned; who is called to the phones, or late, departs."""
    agreed = scheduled = 0
    for site, days in meant.items():
        lived = defaultdict(list)
        for state in (state for day in days for state in day.states):
            lived[state.agent].append(state)
        logins = defaultdict(set)
        for login in (login for seat in staff(site, AGENTS, SEED) for login in seat.logins):
            logins[login.person].add(login.code)
        for day in DAYS[1:-1]:
            made = duty_day(site, AGENTS, SEED, day)
            for person, start, slots in zip(made.person, made.start, made.slots, strict=True):
                states = [
                    state
                    for code in logins[int(person)]
                    for state in lived[code]
                    if abs(state.shift - start) < 3600
                ]
                if states:
                    scheduled += slots.size * SLOT_S
                    agreed += _agreed(int(start), slots, states)
    assert _is_usual("adherence", agreed / scheduled)


def _agreed(start, slots, states) -> int:
    edges = [0, *(np.flatnonzero(np.diff(slots)) + 1).tolist(), slots.size]
    total = 0
    for begin, end in pairwise(edges):
        activity = SCHEDULED_CODES[PLAN_CODES[int(slots[begin])]][0]
        low, high = start + begin * SLOT_S, start + end * SLOT_S
        for state in states:
            did = ACTIVITY_CODES.get(state.code, UNKNOWN)[0]
            if did == activity or (activity == "available" and did in ON_QUEUE):
                total += max(0, min(high, state.end) - max(low, state.start))
    return total


def test_few_answer_a_survey_and_most_of_them_are_pleased(meant):
    sent, answers, csat = 0, 0, Counter()
    for site, days in meant.items():
        for day, one in zip(DAYS, days, strict=True):
            calls = calls_of(one)
            skills = skills_of(calls, SEED, {})
            cases = cases_of(site, day, calls, skills, AGENTS, SEED)
            made = surveys_of(site, day, calls, cases, skills, SEED)
            sent += made.sent.size
            csat.update(made.csat[made.csat != ""].tolist())
            answers += sum((column != "").sum() for column in (made.csat, made.nps, made.ces))
    assert _is_usual("survey_response", answers / sent)
    assert _is_usual("csat", (csat["4"] + csat["5"]) / csat.total())


def test_most_matters_are_settled_at_the_first_call(meant):
    """Of who was answered, who is not answered again on the same matter within a week."""
    week, followed, traced = 7 * 86_400, 0, 0
    calls = defaultdict(list)
    last = max(contact.started for days in meant.values() for contact in days[-1].contacts)
    for contact in (contact for days in meant.values() for day in days for contact in day.contacts):
        if contact.outcome == "answered" and not contact.is_callback:
            matter = contact.client, contact.customer, contact.disposition
            calls[matter].append(contact.started)
    for begun in calls.values():
        begun.sort()
        traced += sum(at < last - week for at in begun)
        followed += sum(b - a < week for a, b in pairwise(begun) if a < last - week)
    assert _is_usual("first_contact_resolution", 1 - followed / traced)


def test_evaluations_are_good_and_not_perfect():
    days = [date(2026, 10, 1) + timedelta(days=n) for n in range(40)]
    heads, _ = evaluations_file(AGENTS, SEED, days, [], LAST_DAY, LAST_DAY)
    scores = heads["score"][heads["status"] == "released"].astype(float)
    assert _is_usual("quality_score", float(scores.mean()) / 100)
