"""The simulator writes people, evaluations and cases as other systems do; the marts equal its own.

Zendesk cannot tell the call that a ticket came from, its reason, that it was given to whom it
belonged already, a merge before the ticket that swallowed it is there, and its opening as an
event; it tells its first priority as one. Workday cannot tell who went live; jobs are compared as
they are known now, because what it takes back bounded nothing before.
"""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from simulator.crm.cases import Case, told
from simulator.crm.desk import Desk
from simulator.crm.files import CrmFile, crm_content
from simulator.extracts import site_date
from simulator.people.days import DAY_S, number
from simulator.people.events import KINDS, employment_events
from simulator.people.hr import employment
from simulator.people.quality import evaluations_file
from simulator.people.tables import csv_lines, ndjson_lines, parquet, take
from simulator.shape import CLIENTS, QUEUES, SITES
from simulator.vendors import people, workday, zendesk
from tests.deployment import Deployment

AGENTS, SEED, LAST = 60, 7, date(2026, 3, 27)
# What was entered after the fact is in by then.
LISTED = LAST - timedelta(days=90)
SYSTEMS = ("sim_hr", "roster", "workday", "sim_qa", "qa", "sim_crm", "zendesk")
PEOPLE, CASES = ("sim_hr", "workday"), ("sim_crm", "zendesk")
AGENT = "starts_with(agent_id, '{system}:')"
# Clients of whom Zendesk tells have names of their own, so that no mart adds both up.
TOLD = "told_"
# Zendesk's cases are numbered within their desk.
CASE = "regexp_replace({id}, '^{{system}}:([a-z]+/)?', '')"
# From the first calls to after the first cases were closed; one night has an hour less.
CASE_DAYS = [LAST + timedelta(days=n) for n in range(-1, 6)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    made = Deployment(tmp_path_factory.mktemp("people"), SYSTEMS)
    made.map(
        "clients",
        [{"client_id": who + client.client_id} for client in CLIENTS for who in ("", TOLD)],
    )
    made.map("sites", [{"site_id": site.site_id, "time_zone": site.zone} for site in SITES])

    # The history comes by quarter, as the contract has it.
    at, events = employment_events(AGENTS, SEED, number(LAST))
    entered, jobs = employment(AGENTS, SEED, number(LAST))
    for ago in range(0, 1080, 90):
        day = LAST - timedelta(days=ago)
        end = (number(day) + 1) * DAY_S
        quarter = take(events, np.flatnonzero((at < end) & (at >= end - 90 * DAY_S)))
        lines = [";".join(events), *csv_lines(quarter, ";")]
        made.drop("sim_hr", f"events_{day:%Y%m%d}.csv.gz", "\n".join(lines) + "\n")
        records = take(jobs, np.flatnonzero((entered < end) & (entered >= end - 90 * DAY_S)))
        path = made.home.landing / "sim_hr" / f"job_records_{day:%Y%m%d}.parquet"
        path.write_bytes(parquet(records, {}))
    processes = workday.worker_history(AGENTS, SEED, number(LAST))
    made.drop("workday", f"worker_history_{LAST}.csv", "\n".join(processes) + "\n")
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
    _drop_cases(made)
    made.take_in()
    made.build(
        "+fct_evaluation",
        "+fct_evaluation_answer",
        "+int_employment_history",
        "+fct_employment_event",
        "+client_case_day",
        "+client_backlog_day",
    )
    return made


def _drop_cases(made: Deployment) -> None:
    sites = {site.site_id: site for site in SITES}
    known: list[Case] = []
    desk = Desk(
        lambda site, day: site_date(sites[site], 20, SEED, day),
        {},
        20,
        SEED,
        LAST,
        lambda _, batches: known.extend(case for batch in batches for case in told(batch.cases)),
    )
    brands = {(queue.client_id, queue.line_of_business) for queue in QUEUES}
    made.map(
        "queues",
        [
            {
                "system": "zendesk",
                "queue_code": zendesk.brand(client, line),
                "client_id": TOLD + client,
                "line_of_business": line,
            }
            for client, line in sorted(brands)
        ],
    )
    for day in CASE_DAYS:
        for feed in ("cases", "case_events"):
            name, data, _, defects = crm_content(desk, CrmFile(feed, day, 1, day), day)
            assert defects == ()
            path = made.home.landing / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        span = zendesk.Span(number(day) * DAY_S, (number(day) + 1) * DAY_S)
        for site in SITES:
            cases = [case for case in known if case.site_id == site.site_id]
            tables = {
                "tickets": zendesk.tickets(cases, span),
                "ticket_field_history": zendesk.field_history(cases, span),
                "ticket_comments": zendesk.comments(cases, span),
                # All desks are in one Zendesk: each hears of everybody.
                "users": zendesk.users(known, span),
            }
            for table, rows in tables.items():
                made.drop("zendesk", f"{table}_{site.site_id}_{day}.csv", "\n".join(rows) + "\n")


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


def test_workday_tells_the_same_times_of_employment_as_they_were_known(built: Deployment) -> None:
    canonical, told = _both(
        built,
        PEOPLE,
        "select replace(agent_id, '{system}:', ''), known_from, known_to, hired_date, hire_kind, "
        "hire_source, service_date, left_date from intermediate.int_employment_spells "
        f"where {AGENT} order by all",
    )
    assert len([row for row in canonical if row[3]]) > 30
    assert told == canonical


def test_workday_tells_the_same_events_but_going_live(built: Deployment) -> None:
    canonical, told = _both(
        built,
        PEOPLE,
        "select replace(agent_id, '{system}:', ''), kind, effective_date, recorded_at_utc, "
        "is_rescinded, rescinded_at_utc, termination_code, is_regretted, hire_source, service_date "
        f"from core.fct_employment_event where {AGENT} and kind <> 'go_live' order by all",
    )
    assert {row[1] for row in canonical} >= set(KINDS) - {"go_live"}
    assert any(row[4] for row in canonical)
    assert told == canonical


def test_workday_tells_the_same_jobs_and_leaders_on_every_day(built: Deployment) -> None:
    canonical, told = _both(
        built,
        PEOPLE,
        "select date_day, replace(agent_id, '{system}:', ''), "
        "replace(leader_id, '{system}:', ''), team_id, site_id, client_id, line_of_business, "
        "role, level, contract_type, fte, weekly_hours, hired_date "
        "from intermediate.int_employment_history, range(700) as ago(n), "
        f"(select date '{LAST}' - n::integer as date_day) "
        "where date_day >= valid_from and date_day < valid_to and known_to > "
        f"timestamp '9999-12-30 00:00:00' and {AGENT} order by all",
    )
    assert len({row[2] for row in canonical}) > 3
    assert len(canonical) > 10_000
    assert told == canonical


@pytest.mark.parametrize("mart", ["client_case_day", "client_backlog_day"])
def test_zendesk_tells_the_same_marts_of_cases(built: Deployment, mart: str) -> None:
    canonical, told = (
        built.ask(
            f"select replace(client_id, '{TOLD}', '') as client, * exclude (client_id) "
            f"from client.{mart} where {which} starts_with(client_id, '{TOLD}') order by all"
        )
        for which in ("not", "")
    )
    assert len(canonical) > 50
    assert told == canonical


def test_zendesk_tells_the_same_cases(built: Deployment) -> None:
    canonical, told = _both(
        built,
        CASES,
        f"select {CASE.format(id='case_id')}, {CASE.format(id='merged_into_case_id')}, "
        f"replace(client_id, '{TOLD}', ''), replace(agent_id, '{{system}}:', ''), "
        "columns('^(site_id|time_zone|line_of_business|channel|priority|status|site_date)$"
        "|^(first_|resolved|resolution|closed|opened|is_|pending).*"
        "|(replies|notes|touches|reopens|agents)_n$') "
        "from core.fct_case where source_system = '{system}' order by all",
    )
    assert len(canonical) > 300
    assert {"open", "pending", "resolved", "closed"} <= {
        value for row in canonical for value in row
    }
    assert any(row[1] for row in canonical)
    assert told == canonical


def test_zendesk_tells_the_same_events_of_cases(built: Deployment) -> None:
    canonical, told = _both(
        built,
        CASES,
        # A change in the second of the opening is one update there: that it was new is not told.
        f"select {CASE.format(id='case_id')}, kind, "
        "case when kind <> 'merged' and (old_value <> 'new' or occurred_at_utc > first_at_utc) "
        "then old_value end, "
        "new_value, occurred_at_utc, site_date, replace(agent_id, '{system}:', ''), is_touch "
        "from (select *, min(occurred_at_utc) over (partition by case_id) as first_at_utc "
        "from core.fct_case_event) where source_system = '{system}' "
        "and kind not in ('opened', 'priority') "
        "and kind <> 'assigned' order by all",
    )
    assert {row[1] for row in canonical} >= {"merged", "reopened", "closed", "internal_note"}
    assert told == canonical


def test_zendesk_tells_as_many_customers(built: Deployment) -> None:
    canonical, told = _both(
        built,
        CASES,
        f"select replace(client_id, '{TOLD}', '') as client, count(distinct customer_id) "
        "from core.fct_case where source_system = '{system}' group by all order by all",
    )
    assert len(canonical) > 2
    assert told == canonical


def test_nothing_was_turned_away(built: Deployment) -> None:
    assert built.ask("select distinct system, feed, rule from ledger.quarantine") == []
