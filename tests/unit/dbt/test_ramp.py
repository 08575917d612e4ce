"""Days until a new hire sustains the target: a time to event, with those not there yet counted."""

from datetime import date, timedelta
from typing import Any

import pytest
from lifelines import KaplanMeierFitter

from tests.unit.dbt.compiled import Compiled

FCR, TRANSFERS = "first_contact_resolution.no_repeat_7d", "transfer_rate.transferred_of_connections"
MONDAY = date(2026, 3, 2)
HIRED = date(2026, 2, 2)
OLD = [f"OLD{number}" for number in range(8)]


def week(n: int) -> date:
    return MONDAY + timedelta(days=7 * n)


def points(agent: str, *measured: float | None, first: int = 0, metric: str = FCR) -> list[Any]:
    """Weeks of an agent from week `first` on; none where the sample was too small."""
    return [
        {"entity_kind": "agent", "entity_id": agent, "agent_id": agent, "client_id": "acme",
         "metric": metric, "good_direction": "up" if metric == FCR else "down", "n": 20,
         "measured": value, "observed": value, "week_start_date": week(first + n)}
        for n, value in enumerate(measured) if value is not None
    ]  # fmt: skip


def job(agent: str, hired: date = HIRED, **more: Any) -> dict[str, Any]:
    usual = {"spell_number": 1, "client_id": "acme", "site_id": "waw", "leader_id": "L",
             "hire_kind": "hire", "is_hire_recorded": True, "has_job_record": True}  # fmt: skip
    dates = {"valid_from": hired, "hired_date": hired, "service_date": hired}
    return {"agent_id": agent, **usual, **dates, **more}


def live(agent: str, on: date = MONDAY) -> dict[str, Any]:
    return {"agent_id": agent, "kind": "go_live", "effective_date": on, "is_rescinded": False}


def built(
    compiled: Compiled, charts: list[Any], jobs: list[Any], sets: Any = (), lives: Any = None
) -> Any:
    """The three marts of these weeks beside eight people of long service at 0.8."""
    usual = [row for old in OLD for row in points(old, *[0.8] * 20)]
    given = {
        "agent_chart": [*usual, *charts],
        "dim_employment": [*(job(old, date(2020, 1, 1)) for old in OLD), *jobs],
        "fct_employment_event": lives or [live(one["agent_id"]) for one in jobs],
        "stg_company__metric_sets": sets,
    }
    return compiled.database(
        given, "agent_ramp", "agent_ramp_curve", "agent_proficiency", through="2026-11-21"
    )


def ramp(con: Any, columns: str = "is_reached, days_observed_n") -> dict[str, tuple[Any, ...]]:
    found = con.execute(f"select agent_id, {columns} from agent.agent_ramp").fetchall()
    return {row[0]: row[1:] for row in found if row[0] not in OLD}


@pytest.fixture(scope="module")
def hires(compiled: Compiled) -> Any:
    """Live on the same Monday; the target is 0.72, a tenth below 0.8."""
    weeks = {
        "AT_ONCE": [0.9] * 6,
        "FIFTH": [0.5, 0.9, 0.9, 0.9, 0.9, 0.9],
        "BROKEN": [0.9, 0.9, 0.9, 0.5, 0.9, 0.9],
        "GAP": [0.9, 0.9, None, 0.9, 0.9, 0.9],
        "NEARLY": [0.721] * 3 + [0.719] + [0.721] * 4,
        "ON_THE_WAY": [0.5] * 9,
    }
    charts = [row for agent, values in weeks.items() for row in points(agent, *values)]
    jobs = [job(agent) for agent in weeks]
    charts += points("LEFT", *[0.9] * 8)
    jobs.append(job("LEFT", left_date=week(3), valid_to=week(3)))
    return built(compiled, charts, jobs)


def test_the_target_is_sustained_after_four_weeks_running_each_with_its_sample(hires: Any) -> None:
    assert ramp(hires) == {
        "AT_ONCE": (True, 27),
        "FIFTH": (True, 34),
        "BROKEN": (False, 41),
        "GAP": (False, 41),
        "NEARLY": (True, 55),
        "ON_THE_WAY": (False, 62),
        # What he did after leaving is not his.
        "LEFT": (False, 20),
    }
    targets = ramp(hires, "round(target, 6), round(tenured_mean, 6), reached_date")
    assert targets["FIFTH"] == (0.72, 0.8, MONDAY + timedelta(days=34))
    assert targets["BROKEN"][2] is None


def test_those_not_there_yet_count_as_watched_so_far(hires: Any) -> None:
    times = list(ramp(hires).values())
    fitted = KaplanMeierFitter().fit([days for _, days in times], [there for there, _ in times])
    for cohort in ("all", "2026-03"):
        curve = hires.execute(
            "select day_n, at_risk_n, not_yet_rate from agent.agent_ramp_curve "
            "where cohort = ? order by 1", [cohort],
        ).fetchall()  # fmt: skip
        assert [row[:2] for row in curve] == [(27, 6), (34, 5), (55, 2)]
        for day, _, rate in curve:
            assert rate == pytest.approx(float(fitted.predict(day)), abs=1e-9)
    ((hires_n, reached_n, median),) = hires.execute(
        "select hires_n, reached_n, median_days from agent.agent_proficiency"
    ).fetchall()
    # Of those who got there alone the median would be 34.
    assert (hires_n, reached_n, median) == (7, 3, fitted.median_survival_time_) == (7, 3, 55)


def test_where_nobody_was_watched_for_90_days_nothing_is_said_of_them(hires: Any) -> None:
    said = "select not_yet_after_90_days_rate from agent.agent_proficiency"
    assert hires.execute(said).fetchall() == [(None,)]


def test_the_clients_own_target_goes_before_the_usual_level(compiled: Compiled) -> None:
    chosen = {"set_id": "S", "client_id": "acme", "line_of_business": "all", "site_id": "all",
              "metric": FCR.replace(".", "_"), "target": 0.95, "applies_to": "agent",
              "purpose": "coaching", "valid_from": "2026-01-01"}  # fmt: skip
    ended = chosen | {"set_id": "T", "target": 0.1, "valid_to": "2026-06-01"}
    local = chosen | {"set_id": "U", "target": 0.2, "site_id": "gdn"}
    charts = points("A", *[0.9] * 6) + points("A", *[0.9] * 6, metric=TRANSFERS)
    con = built(compiled, charts, [job("A")], [chosen, ended, local])
    found = con.execute(
        "select metric, target, is_reached from agent.agent_ramp where agent_id = 'A'"
    )
    # Of transfers there is neither a target nor anybody to compare with.
    assert found.fetchall() == [(FCR, 0.95, False)]


def test_who_went_live_charts_began_is_in_no_median(
    compiled: Compiled,
) -> None:
    charts = points("EARLY", *[0.9] * 6) + points("NEW", *[0.9] * 6, first=4)
    jobs = [job("EARLY", date(2026, 1, 5)), job("NEW")]
    lives = [live("EARLY", MONDAY - timedelta(days=30)), live("NEW", week(4) - timedelta(days=2))]
    con = built(compiled, charts, jobs, lives=lives)
    watched = ramp(con, "is_watched_from_start, days_observed_n")
    assert watched == {"EARLY": (False, 57), "NEW": (True, 29)}
    told = con.execute("select hires_n, reached_n, median_days from agent.agent_proficiency")
    assert told.fetchall() == [(1, 1, 29)]


def test_a_team_reaches_its_goal_month_by_month(compiled: Compiled) -> None:
    team = {"entity_kind": "team", "entity_id": "L", "agent_id": None, "leader_id": "L"}
    worse, better = [0.12] * 5, [0.08] * 4
    charts = [row | team for row in points("L", *worse, *better, metric=TRANSFERS)]
    goal = {"set_id": "S", "client_id": "acme", "line_of_business": "all", "site_id": "all",
            "metric": TRANSFERS.replace(".", "_"), "target": 0.1, "applies_to": "team",
            "purpose": "scorecard", "valid_from": "2026-01-01"}  # fmt: skip
    given = {
        "agent_chart": [*charts, *points("A", *worse, metric=TRANSFERS)],
        "stg_company__metric_sets": [goal, goal | {"applies_to": "agent", "target": 0.2}],
    }
    con = compiled.database(given, "agent_team_goal", through="2026-11-21")
    found = con.execute(
        "select leader_id, month_start_date, n, round(measured, 9), target, is_reached "
        "from agent.agent_team_goal order by 2"
    )
    assert found.fetchall() == [
        ("L", date(2026, 3, 1), 100, 0.12, 0.1, False),
        ("L", date(2026, 4, 1), 80, 0.08, 0.1, True),
    ]


def test_the_first_month_at_target_is_one_after_a_month_that_missed_it(compiled: Compiled) -> None:
    goal = {"set_id": "S", "client_id": "acme", "line_of_business": "all", "site_id": "all",
            "metric": FCR.replace(".", "_"), "target": 0.85, "applies_to": "agent",
            "purpose": "coaching", "valid_from": "2026-01-01"}  # fmt: skip
    worse, better = [0.8] * 5, [0.9] * 4
    charts = [
        *points("RISES", *worse, *better, *better),
        *points("ALWAYS", *better, *better),
        *points("DIPS", *better, *worse, *better),
        *points("FEW", *worse, 0.9),
    ]
    given = {"agent_chart": charts, "stg_company__metric_sets": [goal]}
    con = compiled.database(given, "int_first_month_at_target", through="2026-11-21")
    found = con.execute("from intermediate.int_first_month_at_target order by 1").fetchall()
    assert found == [
        # Weeks that begin in March miss it, those of April do not; DIPS is back in May.
        ("DIPS", "acme", FCR, date(2026, 5, 31)),
        ("RISES", "acme", FCR, date(2026, 4, 30)),
    ]
