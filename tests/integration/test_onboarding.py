"""Extracts that nobody here made, onboarded as docs/add-a-source.md says, agree to the last call.

The data is public but not ours to ship: it is read from `../shared/data` and these tests skip
where that folder is absent. What a user would write lies in tests/onboarding/<system>/.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest
import yaml

from ground.home import CHECKOUT, Home
from metrics.question import query

DATA = CHECKOUT.parent / "shared" / "data"
FILES = {
    "bank": DATA / "anonymous_bank" / "january.txt.gz",
    "phonenow": DATA / "phonenow" / "Call-Center-Dataset.xlsx",
}
THROUGH = date(2026, 11, 1)

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the public extracts are not here")


@pytest.fixture(scope="module")
def items() -> dict[tuple[str, str], dict[str, Any]]:
    listed = yaml.safe_load((DATA / "expected.yaml").read_text(encoding="utf-8"))["expected"]
    return {(item["dataset"], item["metric"]): item for item in listed}


@pytest.fixture(scope="module")
def expected(items: dict[tuple[str, str], dict[str, Any]]) -> dict[tuple[str, str], Any]:
    return {key: item["value"] for key, item in items.items()}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Both systems, from their files to a published snapshot, in a deployment of their own."""
    from orchestration.run.night import run_night

    root = tmp_path_factory.mktemp("onboarding")
    shutil.copytree(CHECKOUT / "ingest" / "sources" / "company", root / "sources" / "company")
    shutil.copytree(
        CHECKOUT / "dbt_project",
        root / "dbt_project",
        ignore=shutil.ignore_patterns("target", "logs", "_generated"),
    )
    made = Home(root / "home")
    for system, file in FILES.items():
        ours = CHECKOUT / "tests" / "onboarding" / system
        files = [path for path in ours.rglob("*") if path.is_file()]
        assert len(files) <= 4, f"{system} takes {len(files)} files; the design promises four"
        shutil.copytree(ours / "contracts", root / "sources" / system)
        shutil.copytree(ours / "staging", root / "dbt_project" / "models" / "staging" / system)
        (made.landing / system).mkdir(parents=True)
        shutil.copy(file, made.landing / system)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "HEADSET_HOME", str(made.root))
        patch.setitem(os.environ, "HEADSET_SYSTEMS", "bank,phonenow")
        patch.setitem(os.environ, "HEADSET_SOURCES", str(root / "sources"))
        patch.setitem(os.environ, "HEADSET_DBT_PROJECT", str(root / "dbt_project"))
        summary = run_night(made, THROUGH, THROUGH)
        assert summary.status == "published", summary
        yield made


def value(home: Home, metric: str, client: str) -> object:
    answer = query.query(home, metric, where=[f"client_id={client}"])
    (row,) = answer.rows
    return row["value"]


def ask(home: Home, sql: str) -> list[tuple[Any, ...]]:
    serve = home.published / "current" / "serve.duckdb"
    with duckdb.connect(str(serve), read_only=True) as con:
        return con.execute(sql).fetchall()


BANK = "from interaction.contact where client_id = 'anonymous_bank'"
BANK_LEGS = "from interaction.contact_leg where client_id = 'anonymous_bank'"
PHONENOW = "from interaction.contact where client_id = 'phonenow'"


@pytest.mark.parametrize(
    ("dataset", "figure", "metric", "client"),
    [
        ("anonymous_bank", "offered", "offered.contacts", "anonymous_bank"),
        ("anonymous_bank", "abandonment_rate", "abandonment.of_contacts", "anonymous_bank"),
        ("anonymous_bank", "asa_seconds", "speed_of_answer.of_answered", "anonymous_bank"),
        (
            "anonymous_bank",
            "service_level_20s_of_offered",
            "service_level.answered_of_offered_contacts",
            "anonymous_bank",
        ),
        ("anonymous_bank", "avg_talk_seconds", "talk_time.of_talked", "anonymous_bank"),
        ("phonenow", "calls", "offered.contacts", "phonenow"),
        ("phonenow", "answer_rate", "answer_rate.of_contacts", "phonenow"),
        ("phonenow", "abandon_rate", "abandonment.of_contacts", "phonenow"),
        ("phonenow", "avg_speed_of_answer_s", "speed_of_answer.of_answered", "phonenow"),
        ("phonenow", "avg_talk_s", "talk_time.of_handled", "phonenow"),
    ],
)
def test_a_metric_answers_the_known_figure(
    home: Home,
    items: dict[tuple[str, str], dict[str, Any]],
    dataset: str,
    figure: str,
    metric: str,
    client: str,
) -> None:
    known = items[dataset, figure]
    assert value(home, metric, client) == pytest.approx(
        known["value"], rel=0, abs=known["tolerance"]
    )


def test_hang_ups_before_any_queue_are_no_queue_abandons(home: Home) -> None:
    """13.7 % of contacts, but 10.3 % of queue visits: two named variants, not one number."""
    of_contacts = value(home, "abandonment.of_contacts", "anonymous_bank")
    of_visits = value(home, "abandonment.of_queue_visits", "anonymous_bank")
    assert of_contacts == pytest.approx(4299 / 31359)
    assert of_visits == pytest.approx(3101 / 30161)


@pytest.mark.parametrize(
    ("figure", "sql"),
    [
        ("rows_total", f"select count(*) {BANK}"),
        ("rows_negative_vru_time", f"select count(*) {BANK} and anomaly = 'ivr_clock_skew'"),
        ("distinct_days", f"select count(distinct site_date) {BANK}"),
        (
            "distinct_agents",
            f"select count(distinct agent_id) {BANK_LEGS} and agent_id is not null",
        ),
        ("answered", f"select count(*) {BANK} and is_answered"),
        (
            "anomaly_agent_outcome_without_server",
            f"select count(*) {BANK} and anomaly = 'answered_without_agent'",
        ),
        (
            "anomaly_hang_with_service_time",
            f"select count(*) {BANK} and anomaly = 'abandoned_with_talk'",
        ),
    ],
)
def test_the_published_tables_count_the_known_figure(
    home: Home, expected: dict[tuple[str, str], Any], figure: str, sql: str
) -> None:
    assert ask(home, sql) == [(expected["anonymous_bank", figure],)]


def test_every_outcome_and_every_day_of_the_bank_agrees(
    home: Home, expected: dict[tuple[str, str], Any]
) -> None:
    outcomes = dict(
        ask(
            home,
            f"select case when is_answered then 'AGENT' when is_abandoned then 'HANG' "
            f"else upper(outcome) end, count(*) {BANK} group by 1",
        )
    )
    assert outcomes == expected["anonymous_bank", "rows_by_outcome"]
    days = dict(ask(home, f"select site_date::varchar, count(*) {BANK} group by 1"))
    assert days == expected["anonymous_bank", "rows_per_day"]


def test_the_agents_who_hang_up_on_customers_stand_out(
    home: Home, expected: dict[tuple[str, str], Any]
) -> None:
    found = ask(
        home,
        f"select agent_id, count(*), count(*) filter (where talk_s < 10) {BANK_LEGS} "
        f"and is_answered and agent_id is not null group by 1 having count(*) >= 200 "
        f"order by count(*) filter (where talk_s < 10) / count(*) desc limit 3",
    )
    known = expected["anonymous_bank", "short_call_agents_top3"]
    assert found == [(f"bank:{k['agent']}", k["calls"], k["under_10s"]) for k in known]


def test_two_days_that_are_missing_are_noticed(home: Home) -> None:
    days = {row[0] for row in ask(home, f"select distinct site_date::varchar {BANK}")}
    assert not days & {"1999-01-11", "1999-01-12"}
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        samples = con.execute(
            "select sample from ledger.check_result where status <> 'pass' and severity = 'warn'"
        ).fetchall()
    told = " ".join(str(sample) for (sample,) in samples)
    assert "1999-01-11" in told
    assert "1999-01-12" in told


def test_phonenow_agrees_by_month_by_agent_and_on_satisfaction(
    home: Home, expected: dict[tuple[str, str], Any]
) -> None:
    months = dict(ask(home, f"select strftime(site_date, '%Y-%m'), count(*) {PHONENOW} group by 1"))
    assert months == expected["phonenow", "calls_per_month"]
    ((resolved, satisfaction),) = ask(
        home,
        f"select (select count(*) filter (where is_resolved) / count(*) {PHONENOW}), "
        "(select avg(score) from interaction.survey where client_id = 'phonenow')",
    )
    assert resolved == pytest.approx(expected["phonenow", "resolution_rate_of_offered"])
    assert float(satisfaction) == pytest.approx(expected["phonenow", "avg_satisfaction"], abs=1e-4)
    rows = ask(
        home,
        "select l.agent_id, count(*), count(*) filter (where l.is_answered), "
        "count(*) filter (where c.is_resolved), avg(l.wait_s) filter (where l.is_answered), "
        "avg(s.score) from interaction.contact_leg as l "
        "join interaction.contact as c using (contact_id) "
        "left join interaction.survey as s on s.contact_id = l.contact_id "
        "where l.client_id = 'phonenow' group by 1",
    )
    known = expected["phonenow", "by_agent"]
    assert {row[0] for row in rows} == {f"phonenow:{name}" for name in known}
    for agent, calls, answered, done, asa, csat in rows:
        own = known[agent.removeprefix("phonenow:")]
        assert (calls, answered, done) == (own["calls"], own["answered"], own["resolved"])
        assert asa == pytest.approx(own["asa_s"], abs=1e-3)
        assert float(csat) == pytest.approx(own["csat"], abs=1e-3)


def test_a_published_claim_that_is_wrong_is_not_reproduced(home: Home) -> None:
    """A public analysis names payment as the worst topic; the calls say technical support."""
    worst = ask(
        home,
        f"select reason, count(*) filter (where not is_resolved) as open_n {PHONENOW} "
        "group by 1 order by open_n desc limit 2",
    )
    assert worst == [("Technical Support", 283), ("Payment related", 278)]
