"""The synthetic BPO behaves like a contact centre."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean

import numpy as np
import pytest

from simulator.arrivals import arrivals
from simulator.clock import epoch, iso_local, local_days
from simulator.demand import profile
from simulator.extracts import site_date
from simulator.happenings import Contact, Leg, State
from simulator.operations import operating_day
from simulator.queueing import AgentPool, erlang_a_abandonment
from simulator.shape import QUEUES, SITES, Site

AGENTS, SEED = 90, 7
MONDAY = date(2026, 9, 7)
SITE = {site.site_id: site for site in SITES}


def _days(site: Site, count: int = 4) -> tuple[list[Contact], list[Leg], list[State]]:
    made = [operating_day(site, AGENTS, SEED, MONDAY + timedelta(days=n)) for n in range(count)]
    return (
        [contact for day in made for contact in day.contacts],
        [leg for day in made for leg in day.legs],
        [state for day in made for state in day.states],
    )


@pytest.fixture(scope="module")
def week() -> dict[str, tuple[list[Contact], list[Leg], list[State]]]:
    return {site.site_id: _days(site) for site in SITES}


def test_talk_times_are_lognormal_with_a_long_tail(week):
    talk = [leg.talk_s for site in week.values() for leg in site[1] if leg.outcome == "answered"]
    assert len(talk) > 2000
    assert 1.0 <= np.std(talk) / np.mean(talk) <= 1.6
    logs = np.log(talk)
    assert 0.8 <= logs.std() <= 1.1
    skewness = (((logs - logs.mean()) / logs.std()) ** 3).mean()
    assert abs(skewness) < 0.25


def test_an_agent_is_with_one_contact_at_a_time(week):
    for site in week.values():
        busy = defaultdict(list)
        for leg in site[1]:
            if leg.outcome == "answered":
                answered = leg.queued + leg.wait_s
                busy[leg.agent].append((answered, answered + leg.talk_s + leg.hold_s + leg.acw_s))
        assert busy
        for spans in busy.values():
            assert all(first[1] <= second[0] for first, second in pairwise(sorted(spans)))


def test_states_tile_every_login_from_first_to_last_second(week):
    for site in week.values():
        shifts = defaultdict(list)
        for state in site[2]:
            assert state.end > state.start
            shifts[state.agent, state.shift].append(state)
        for states in shifts.values():
            assert states[0].start == states[0].shift
            assert all(first.end == second.start for first, second in pairwise(states))


def test_states_and_legs_tell_the_same_time_on_contacts(week):
    for contacts, legs, states in week.values():
        assert contacts
        on_contact = sum(s.end - s.start for s in states if s.code == "INCALL")
        after = sum(s.end - s.start for s in states if s.code == "ACW")
        assert on_contact == sum(leg.talk_s + leg.hold_s for leg in legs)
        assert after == sum(leg.acw_s for leg in legs)


def test_nobody_works_two_shifts_without_a_night_of_rest(week):
    for site in week.values():
        spans = defaultdict(dict)
        for state in site[2]:
            spans[state.agent][state.shift] = state.end
        for shifts in spans.values():
            for (_, ended), (began, _) in pairwise(sorted(shifts.items())):
                assert began - ended > 8 * 3600


def test_shifts_at_night_cross_midnight(week):
    crossing = {
        site_id
        for site_id, (_, _, states) in week.items()
        for state in states
        if state.end - epoch(SITE[site_id].zone, MONDAY, 0) > 86_400
        and state.shift - epoch(SITE[site_id].zone, MONDAY, 0) < 86_400
    }
    assert {"manila", "krakow"} <= crossing


def test_abandonment_stays_below_erlang_a(week):
    """Half-hour by half-hour with the staff that was really there; hang-ups below 5 s apart."""
    abandoned = bound = offered_n = 0.0
    for _, legs, states in week.values():
        start = min(leg.queued for leg in legs) // 1800 * 1800
        bins = (max(leg.queued for leg in legs) - start) // 1800 + 1
        staffed = np.zeros(bins)
        for state in states:
            if state.code in ("AVAIL", "INCALL", "ACW"):
                for at in range((state.start - start) // 1800, (state.end - start) // 1800 + 1):
                    if 0 <= at < bins:
                        low = max(state.start, start + at * 1800)
                        staffed[at] += max(0, min(state.end, start + at * 1800 + 1800) - low)
        offered = np.zeros(bins)
        for leg in legs:
            if leg.outcome != "closed":
                offered[(leg.queued - start) // 1800] += 1
            abandoned += leg.outcome == "abandoned" and leg.wait_s >= 5
        answered = [leg for leg in legs if leg.outcome == "answered"]
        handle_s = fmean(leg.talk_s + leg.hold_s + leg.acw_s for leg in answered)
        offered_n += offered.sum()
        for at in range(bins):
            agents = int(staffed[at] // 1800)
            bound += offered[at] * erlang_a_abandonment(offered[at] / 1800, handle_s, agents, 446)
    assert 0.01 * offered_n < abandoned < bound


def test_erlang_a_agrees_with_a_textbook_case():
    # One agent, patience as long as service: the queue is M/M/infinity cut at one server, so
    # P(abandon) = 1 - (1 - exp(-a)) / a for a load of a.
    load = 0.8
    exact = 1 - (1 - 2.718281828459045**-load) / load
    assert erlang_a_abandonment(load / 100, 100, 1, 100) == pytest.approx(exact, rel=1e-9)
    assert erlang_a_abandonment(0, 100, 1, 100) == 0
    assert erlang_a_abandonment(1, 100, 0, 100) == 1


def test_the_longest_idle_agent_takes_the_next_contact():
    pool = AgentPool([[(0, 100), (200, 300)], [(10, 300)], []])
    assert pool.next_free(20) == (20, 0)
    assert pool.next_free(21) == (21, 1)
    pool.release(1, 150)
    pool.release(0, 90)
    assert pool.next_free(120) == (150, 1)
    pool.release(1, 400)
    assert pool.next_free(160) == (200, 0)
    pool.release(0, 299)
    assert pool.next_free(298) == (299, 0)
    pool.release(0, 305)
    assert pool.next_free(299) is None


@pytest.mark.parametrize(
    ("site_id", "day"), [("krakow", date(2026, 10, 25)), ("halifax", date(2026, 11, 1))]
)
def test_the_day_clocks_go_back_has_25_hours_of_arrivals(site_id, day):
    site = SITE[site_id]
    begin = epoch(site.zone, day, 0)
    assert epoch(site.zone, day + timedelta(days=1), 0) - begin == 25 * 3600
    contacts = [c for seed in (1, 2, 3) for c in site_date(site, 300, seed, day).contacts]
    hours = {(contact.started - begin) // 3600 for contact in contacts}
    assert max(hours) == 24
    if site_id == "krakow":  # an emergency line is open all night
        assert hours == set(range(25))


def test_an_hour_that_occurs_twice_is_told_apart_by_its_offset():
    begin = epoch("Europe/Warsaw", date(2026, 10, 25), 0)
    texts = iso_local("Europe/Warsaw", np.array([begin + 9000, begin + 12600], dtype=np.int64))
    assert texts == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]
    instants = np.array([begin - 1, begin, begin + 25 * 3600], dtype=np.int64)
    assert np.diff(local_days("Europe/Warsaw", instants)).tolist() == [1, 1]


def test_arrivals_follow_hour_and_weekday(week):
    queue = next(r.queue for r in SITE["krakow"].routes if r.queue.code == "AUR_BILL_DE")
    number = QUEUES.index(queue)
    made = [operating_day(SITE["krakow"], 300, SEED, MONDAY + timedelta(days=n)) for n in (0, 6)]
    monday, sunday = (sum(c.queue == number for c in day.contacts) for day in made)
    assert monday > 2.5 * sunday
    # Three weeks of workdays: in three days chance moves the ratio by a fifth.
    route = [route.queue for route in SITE["krakow"].routes].index(queue)
    hour: list[int] = []
    for day in (MONDAY + timedelta(days=7 * ahead + n) for ahead in range(3) for n in range(5)):
        came = arrivals(SITE["krakow"], 300, SEED, day)
        mine = came.started[came.route == route]
        hour += ((mine - epoch(queue.zone, MONDAY, 0)) // 3600 % 24).tolist()
    assert hour.count(10) > 2 * hour.count(18) > 0


def test_contacts_outside_opening_hours_find_the_line_closed():
    site = SITE["halifax"]
    day, known = operating_day(site, AGENTS, SEED, MONDAY), profile(site, MONDAY)
    opened = {QUEUES.index(r.queue): known.is_open[n] for n, r in enumerate(site.routes)}
    assert any(leg.outcome == "closed" for leg in day.legs)
    for leg in day.legs:
        slot = min((leg.queued - int(known.slots[0])) // 900, known.slots.size - 1)
        if leg.leg_no == 1 and not leg.is_callback:
            assert (leg.outcome == "closed") == (not opened[leg.queue][slot])


def test_callbacks_answer_a_request_and_wait_for_nobody(week):
    for contacts, legs, _ in week.values():
        by_id = {contact.contact_id: contact for contact in contacts}
        callbacks = [contact for contact in contacts if contact.is_callback]
        assert callbacks
        for contact in callbacks:
            parent = by_id[contact.parent_id]
            assert parent.outcome == "callback_requested"
            assert parent.ended < contact.started
            assert (parent.customer, parent.queue) == (contact.customer, contact.queue)
        first = [leg for leg in legs if leg.is_callback and leg.leg_no == 1]
        assert all(leg.wait_s == 0 for leg in first)


def test_unresolved_customers_come_back_within_a_week():
    site = SITE["manila"]
    made = [operating_day(site, AGENTS, SEED, MONDAY + timedelta(days=n)) for n in range(5)]
    seen: set[tuple[int, int]] = set()
    again = 0
    for day in made:
        today = {(c.client, c.customer) for c in day.contacts}
        again += len(today & seen)
        seen |= today
    assert again > 0.05 * sum(len(day.contacts) for day in made)
