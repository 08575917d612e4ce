"""The simulator writes a plain list of people and the long form; the marts equal its own."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from simulator.people.days import DAY_S, number
from simulator.people.events import employment_events
from simulator.people.quality import evaluations_file
from simulator.people.tables import csv_lines, ndjson_lines, take
from simulator.shape import CLIENTS, SITES
from simulator.vendors import people
from tests.deployment import Deployment

AGENTS, SEED, LAST = 30, 7, date(2026, 3, 27)
# What was entered after the fact is in by then.
LISTED = LAST - timedelta(days=90)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    made = Deployment(tmp_path_factory.mktemp("people"), ["sim_hr", "roster", "sim_qa", "qa"])
    made.map("clients", [{"client_id": client.client_id} for client in CLIENTS])
    made.map("sites", [{"site_id": site.site_id, "time_zone": site.zone} for site in SITES])

    # The history comes by quarter, as the contract has it.
    at, events = employment_events(AGENTS, SEED, number(LAST))
    for ago in range(0, 1080, 90):
        day = LAST - timedelta(days=ago)
        end = (number(day) + 1) * DAY_S
        quarter = take(events, np.flatnonzero((at < end) & (at >= end - 90 * DAY_S)))
        lines = [";".join(events), *csv_lines(quarter, ";")]
        made.drop("sim_hr", f"events_{day:%Y%m%d}.csv.gz", "\n".join(lines) + "\n")
    for day in (LISTED - timedelta(days=30), LISTED):
        listed = people.roster(AGENTS, SEED, number(day))
        made.drop("roster", f"roster_{day}.csv", "\n".join(listed) + "\n")

    days = [LAST - timedelta(days=n) for n in (3, 2)]
    heads, answers = evaluations_file(AGENTS, SEED, days, [], LAST, days[0])
    told, asked = people.long_form(heads, answers)
    files = {
        f"sim_qa/evaluations_{LAST}.ndjson.gz": ndjson_lines(heads),
        f"sim_qa/answers_{LAST}.ndjson.gz": ndjson_lines(answers),
        f"qa/evaluations_{LAST}.csv": told,
        f"qa/answers_{LAST}.csv": asked,
    }
    for path, rows in files.items():
        system, _, name = path.partition("/")
        made.drop(system, name, "\n".join(rows) + "\n")
    made.take_in()
    made.build("+fct_evaluation", "+fct_evaluation_answer", "+int_employment_spells")
    return made


def _both(built: Deployment, systems: tuple[str, str], sql: str) -> list[list[tuple[Any, ...]]]:
    return [built.ask(sql.format(system=system)) for system in systems]


def test_the_list_tells_the_same_hires_and_leavings(built: Deployment) -> None:
    canonical, told = _both(
        built,
        ("sim_hr", "roster"),
        "select replace(agent_id, '{system}:', ''), hired_date, "
        f"case when left_date <= date '{LISTED}' then left_date end "
        "from intermediate.int_employment_spells where agent_id like '{system}:%' "
        "and known_to > timestamp '9999-12-30 00:00:00' "
        f"and hired_date <= date '{LISTED}' and hired_date > date '{LISTED}' - 600 order by all",
    )
    assert len(canonical) > 10
    assert any(row[2] for row in canonical)
    assert told == canonical


def test_the_long_form_tells_the_same_scores(built: Deployment) -> None:
    canonical, told = _both(
        built,
        ("sim_qa", "qa"),
        "select replace(evaluation_id, '{system}:', ''), client_id, site_id, contact_id, "
        "replace(agent_id, '{system}:', ''), replace(evaluator_id, '{system}:', ''), "
        "evaluator_kind, form_id, form_version, evaluated_at_utc, site_date, status, "
        "is_counted, score_pct, columns('.*points.*|weight.*|critical.*_n|answers_n') "
        "from core.fct_evaluation where source_system = '{system}' order by all",
    )
    assert len(canonical) > 10
    assert told == canonical


def test_the_long_form_tells_the_same_answers(built: Deployment) -> None:
    canonical, told = _both(
        built,
        ("sim_qa", "qa"),
        "select replace(evaluation_answer_id, '{system}:', ''), section, answer, points, "
        "points_possible, weight, is_not_applicable, critical_kind, is_critical_failed "
        "from core.fct_evaluation_answer where source_system = '{system}' order by all",
    )
    assert len(canonical) > 50
    assert told == canonical
