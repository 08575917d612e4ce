"""The hidden truth is what the extracts were made of, and it lies outside of them."""

import csv
import json
from collections import defaultdict
from datetime import date, timedelta

import numpy as np
import pytest

from simulator.extracts import site_date
from simulator.people.days import number
from simulator.people.hidden import write_hidden
from simulator.people.jobs import stints
from simulator.people.population import EARLY_DAYS, PROMOTED, RAMPED_DOWN, spells
from simulator.people.quality import evaluations_file
from simulator.people.staff_codes import HISTORY_DAYS
from simulator.roster import staff
from simulator.shape import QUEUES, SITES

AGENTS, SEED = 60, 7
LAST = date(2026, 11, 21)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("hidden")
    write_hidden(target, AGENTS, SEED, number(LAST))
    return target


def _rows(path):
    return list(csv.DictReader(path.open(encoding="utf-8")))


def test_everybody_of_two_years_is_in_it_once(folder):
    rows = _rows(folder / "agents.csv")
    who = np.unique(stints(AGENTS, SEED, number(LAST) - HISTORY_DAYS).person)
    assert len(rows) == len({row["agent_id"] for row in rows}) == who.size
    assert json.loads((folder / "model.json").read_text())["effect_of_coaching"] == 0.0


def test_talk_times_follow_each_agents_true_effect(folder):
    """Mean of log talk time less its queue's, by agent, against the truth."""
    true = {r["agent_id"]: float(r["handle_log_effect"]) for r in _rows(folder / "agents.csv")}
    days = [date(2026, 9, day) for day in (8, 9, 10)]
    of_login = {
        login.code: login.agent_id
        for site in SITES
        for seat in staff(site, AGENTS, SEED)
        for login in seat.logins
    }
    rest = defaultdict(list)
    for site in SITES:
        for day in days:
            for leg in site_date(site, AGENTS, SEED, day).legs:
                if leg.outcome == "answered":
                    queue = QUEUES[leg.queue]
                    usual = np.log(queue.talk_mean_s) - queue.talk_log_sd**2 / 2
                    rest[of_login[leg.agent]].append(np.log(leg.talk_s) - usual)
    agents = [agent for agent in rest if len(rest[agent]) >= 20]
    weights = np.array([len(rest[agent]) for agent in agents], dtype=float)
    seen = np.array([np.mean(rest[agent]) for agent in agents])
    meant = np.array([true[agent] for agent in agents])
    assert len(agents) > 25
    slope = np.cov(meant, seen, aweights=weights)[0, 1] / np.cov(meant, aweights=weights)
    assert 0.5 < slope < 1.5


def test_strict_evaluators_give_lower_scores(folder):
    severity = {r["agent_id"]: float(r["evaluator_severity"]) for r in _rows(folder / "agents.csv")}
    begin = date(2025, 6, 1)
    days = [begin + timedelta(days=n) for n in range(365)]
    heads, answers = evaluations_file(AGENTS, SEED, days, [], LAST, LAST)
    evaluator = dict(zip(heads["id"], heads["evaluator.user"], strict=True))
    met = defaultdict(list)
    for evaluation, answer in zip(answers["evaluation"], answers["answer"], strict=True):
        if answer in ("yes", "no"):
            person = int(evaluator[evaluation].split(".")[1]) - 1001
            met[f"E{10_001 + person}"].append(answer == "yes")
    busy = [who for who in met if len(met[who]) >= 200]
    assert len(busy) >= 6
    shares = [np.mean(met[who]) for who in busy]
    assert np.corrcoef([severity[who] for who in busy], shares)[0, 1] < -0.6


def test_a_third_leaves_within_a_year_and_half_of_those_in_their_first_ninety_days():
    """A centre large enough that chance hardly shows; moves up and ramp-downs are no attrition."""
    held = spells(3000, SEED)
    for year in (2025, 2026):
        low, high = number(date(year - 1, 11, 1)), number(date(year, 11, 1))
        days = np.minimum(held.end, high) - np.maximum(held.hire, low)
        headcount = days[days > 0].sum() / (high - low)
        left = (held.end >= low) & (held.end < high)
        left &= (held.exit != PROMOTED) & (held.exit != RAMPED_DOWN)
        assert 0.30 < left.sum() / headcount < 0.45
        early = left & (held.end - held.hire < EARLY_DAYS)
        assert 0.42 < early.sum() / left.sum() < 0.58


def test_who_is_at_higher_risk_leaves_sooner():
    held = spells(3000, SEED)
    gone = held.end < number(date(2033, 1, 1))
    rank = np.argsort(np.argsort(held.hazard[gone]))
    tenure = np.argsort(np.argsort((held.end - held.hire)[gone]))
    assert np.corrcoef(rank, tenure)[0, 1] < -0.05
