"""Evaluations of contacts: sampled, scored by people of differing severity, calibrated, rescored.

In the telephony's window an evaluation is of one of its contacts; before, of one that is no
longer kept.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from simulator.extracts import site_date
from simulator.people.days import DAY_S, Flags, Floats, Ints, Texts, instant_texts, number
from simulator.people.effects import effects, quality
from simulator.people.forms import FORM_ID, NEW_VERSION_FROM, Scored, answer_rows, score
from simulator.people.population import spells
from simulator.people.posts import SITE_LEADER, holder, holdings, posts_of, teams_of_seats
from simulator.people.staff_codes import QA, codes
from simulator.people.tables import Table, stack
from simulator.people.teams import line_of_team
from simulator.roster import staff
from simulator.shape import QUEUES, SITES, Site

SAMPLED_A_DAY, AUTOMATED_A_DAY, SAMPLED_A_MONTH = 0.2, 0.15, 1.0
CALIBRATION_WEEKDAY, CALIBRATORS = 2, 3
DRAFT_SHARE, DELETED_SHARE, RESCORED_SHARE = 0.03, 0.01, 0.03
RESCORED_BY, SEVERITY_OF_MACHINE = 0.8, 0.2


@dataclass(frozen=True)
class Evaluations:
    """Evaluations of contacts on days `on` of a site.

    `contact` and `calibration` are empty where there is none; `evaluator` is -1 for the automated
    one. `rescored` counts where `is_rescored`.
    """

    name: Texts
    site: int
    account: Texts
    contact: Texts
    person: Ints
    evaluator: Ints
    on: Ints
    at: Ints
    calibration: Texts
    version: Ints
    status: Texts
    is_rescored: Flags
    scored: Scored
    rescored: Scored


def evaluations_file(
    agents: int, seed: int, days: list[date], before: list[date], at: date, window: date
) -> tuple[Table, Table]:
    """Evaluations of contacts on `days`, and the rescored ones of contacts on `before`.

    Contacts are kept from `window` on; evaluations of earlier ones are linked to none.
    """
    heads, answers = [], []
    for place, _ in enumerate(SITES):
        gone = [day for day in days if day < window]
        mondays = sorted({day - timedelta(days=day.weekday()) for day in gone})
        kept = [day for day in days if day >= window]
        made_of = [_of_week(place, agents, seed, day) for day in mondays]
        made_of += [evaluations_of_day(place, agents, seed, day) for day in kept]
        wanted = np.array([number(day) for day in days])
        for made in made_of:
            rows = np.flatnonzero(np.isin(made.on, wanted))
            heads.append(_heads(made, made.at, made.scored, rows))
            answers.append(_answers(made, made.at, made.scored, rows))
        for day in before:
            made = evaluations_of_day(place, agents, seed, day)
            again = np.flatnonzero(made.is_rescored)
            when = np.full(made.name.size, number(at) * DAY_S + 43_200)
            heads.append(_heads(made, when, made.rescored, again))
            answers.append(_answers(made, when, made.rescored, again))
    return stack(heads), stack(answers)


@lru_cache(maxsize=64)
def evaluations_of_day(place: int, agents: int, seed: int, day: date) -> Evaluations:
    """Evaluations of contacts of a local date that the telephony keeps.

    Small beside the contacts: asked for while those are at hand, they need not be kept for a week.
    """
    rng = np.random.default_rng([seed, 74, place, day.toordinal()])
    person, contact, account = _sampled(rng, SITES[place], agents, seed, day)
    count = person.size
    machine = AUTOMATED_A_DAY / (AUTOMATED_A_DAY + SAMPLED_A_DAY)
    on = np.full(count, number(day))
    evaluator = _evaluators(rng, place, agents, seed, on)
    evaluator[rng.random(count) < machine] = -1
    calibration = np.full(count, "", dtype=object)
    if day.weekday() == CALIBRATION_WEEKDAY and count:
        chosen = np.full(CALIBRATORS, int(rng.integers(0, count)))
        person, contact, account = (np.r_[c, c[chosen]] for c in (person, contact, account))
        evaluator = np.r_[evaluator, _panel(rng, place, agents, seed, day)]
        name = np.full(CALIBRATORS, f"CAL-{place}-{day:%y%m%d}", dtype=object)
        calibration, on = np.r_[calibration, name], np.r_[on, np.full(CALIBRATORS, number(day))]
    return _evaluated(
        rng,
        place,
        agents,
        seed,
        _Asked(person, contact, account, evaluator, on, calibration, f"Q{place}{day:%y%m%d}"),
    )


def _of_week(place: int, agents: int, seed: int, monday: date) -> Evaluations:
    """Evaluations of contacts of a week that nobody keeps any more."""
    rng = np.random.default_rng([seed, 75, place, monday.toordinal()])
    held, at = spells(agents, seed), number(monday)
    live = np.flatnonzero((held.site == place) & (held.go_live <= at) & (held.end > at))
    on = at + rng.integers(0, 7, live.size)
    kept = (rng.random(live.size) < SAMPLED_A_MONTH * 7 / 30) & (held.end[live] > on)
    live, on = live[kept], on[kept]
    site, none = np.full(live.size, place), np.full(live.size, "", dtype=object)
    team = teams_of_seats(agents, site, held.seat[live])
    account = line_of_team(agents, site, team, held.seat[live])[0]
    evaluator = _evaluators(rng, place, agents, seed, on)
    return _evaluated(
        rng,
        place,
        agents,
        seed,
        _Asked(held.person[live], none, account, evaluator, on, none, f"Q{place}{monday:%y%m%d}W"),
    )


@dataclass(frozen=True)
class _Asked:
    person: Ints
    contact: Texts
    account: Texts
    evaluator: Ints
    on: Ints
    calibration: Texts
    stem: str


def _evaluated(
    rng: np.random.Generator, place: int, agents: int, seed: int, asked: _Asked
) -> Evaluations:
    """Score what was asked for, once and, for later, once more."""
    count, evaluator, on = asked.person.size, asked.evaluator, asked.on
    known = effects(agents, seed)
    severity = known.severity[np.maximum(evaluator, 0)]
    severity = np.where(evaluator >= 0, severity, SEVERITY_OF_MACHINE)
    odds = quality(agents, seed, asked.person, on) - severity
    empathy, version = known.empathy[asked.person], 3 + (on >= NEW_VERSION_FROM)
    machine = (evaluator < 0).astype(np.int64)
    scored = score(rng, odds, empathy, version, machine)
    rescored = score(rng, odds + RESCORED_BY, empathy, version, machine)
    fate = rng.random(count)
    status = np.select([fate < DELETED_SHARE, fate < DRAFT_SHARE + DELETED_SHARE],
                       ["deleted", "draft"], "released")  # fmt: skip
    again = (rng.random(count) < RESCORED_SHARE) & (machine == 0) & (asked.calibration == "")
    return Evaluations(
        name=np.array([f"{asked.stem}-{n:04d}" for n in range(count)], dtype=object),
        site=place,
        account=asked.account,
        contact=asked.contact,
        person=asked.person,
        evaluator=evaluator,
        on=on,
        at=(on + 1) * DAY_S + rng.integers(6 * 3600, 20 * 3600, count),
        calibration=asked.calibration,
        version=version,
        status=status.astype(object),
        is_rescored=again,
        scored=scored,
        rescored=rescored,
    )


def _sampled(
    rng: np.random.Generator, site: Site, agents: int, seed: int, day: date
) -> tuple[Ints, Texts, Texts]:
    """Some agents' contacts of the day: person, contact and client."""
    legs = [leg for leg in site_date(site, agents, seed, day).legs if leg.outcome == "answered"]
    person_of = _person_of_login(site, agents, seed)
    by_agent: dict[str, list[int]] = {}
    for n, leg in enumerate(legs):
        by_agent.setdefault(leg.agent, []).append(n)
    logins = sorted(by_agent)
    wanted = rng.random(len(logins)) < SAMPLED_A_DAY + AUTOMATED_A_DAY
    pick = rng.random(len(logins))
    rows = [
        legs[by_agent[login][int(pick[n] * len(by_agent[login]))]]
        for n, login in enumerate(logins)
        if wanted[n]
    ]
    return (
        np.array([person_of[leg.agent] for leg in rows], dtype=np.int64),
        np.array([leg.contact_id for leg in rows], dtype=object),
        np.array([QUEUES[leg.queue].client_id for leg in rows], dtype=object),
    )


@lru_cache(maxsize=16)
def _person_of_login(site: Site, agents: int, seed: int) -> dict[str, int]:
    return {login.code: login.person for seat in staff(site, agents, seed) for login in seat.logins}


def _posts_of_evaluators(place: int, agents: int) -> Ints:
    posts = posts_of(agents)
    return np.flatnonzero((posts.site == place) & (posts.kind != SITE_LEADER))


def _evaluators(rng: np.random.Generator, place: int, agents: int, seed: int, on: Ints) -> Ints:
    """Supervisors and trainers of the site evaluate, whoever has time."""
    open_to = _posts_of_evaluators(place, agents)
    chosen = open_to[rng.integers(0, open_to.size, on.size)]
    at = holder(agents, seed, chosen, on)
    return holdings(agents, seed).person[at]


def _panel(rng: np.random.Generator, place: int, agents: int, seed: int, day: date) -> Ints:
    """Who calibrates: different people, as far as there are."""
    open_to = rng.permutation(_posts_of_evaluators(place, agents))
    chosen = np.resize(open_to, CALIBRATORS)
    at = holder(agents, seed, chosen, np.full(CALIBRATORS, number(day)))
    return holdings(agents, seed).person[at]


def _heads(made: Evaluations, at: Ints, scored: Scored, rows: Ints) -> Table:
    count = rows.size
    site = np.full(count, made.site)
    evaluator = made.evaluator[rows]
    return {
        "id": made.name[rows],
        "site": np.full(count, SITES[made.site].site_id, dtype=object),
        "account": made.account[rows],
        "interaction.id": made.contact[rows],
        "agent": codes(QA, made.person[rows], site),
        "evaluator.user": codes(QA, evaluator, site),
        "evaluator.kind": np.where(evaluator < 0, "automated", "human").astype(object),
        "form.id": np.full(count, FORM_ID, dtype=object),
        "form.version": made.version[rows].astype(str).astype(object),
        "scored_at": _utc(at[rows]),
        "status": made.status[rows],
        "score": _shown(scored.score[rows]),
        "calibration": made.calibration[rows],
    }


def _answers(made: Evaluations, at: Ints, scored: Scored, rows: Ints) -> Table:
    some = Scored(
        scored.asked[rows],
        scored.share[rows],
        scored.is_not_applicable[rows],
        scored.is_failed[rows],
        scored.score[rows],
    )
    return answer_rows(some, made.name[rows], made.version[rows], _utc(at[rows]))


def _utc(seconds: Ints) -> Texts:
    return np.array([text + "+00:00" for text in instant_texts(seconds).tolist()], dtype=object)


def _shown(values: Floats) -> Texts:
    return np.array([f"{value:g}" for value in values.tolist()], dtype=object)
