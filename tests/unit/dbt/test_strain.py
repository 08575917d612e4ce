"""What load is made of, part by part, for a team and for a person about himself."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from duckdb import DuckDBPyConnection

from tests.unit.dbt.compiled import Compiled

MONDAY = date(2026, 10, 5)
TODAY = "2026-11-21"
TEAM = ["A", "B", "C", "D", "E"]
PARTS = (
    "hours_above_85, hours_above_90, breaks_skipped_n, short_rests_n, overtime_hours, "
    "short_notice_moves_n, days_beyond_six_in_a_row_n, hard_contact_runs_n, "
    "weeks_long_without_leave_n"
)
POINTS = (0.2, 0.2, 1, 2, 0.5, 1, 1, 1, 1)


def at(day: date, hour: float) -> datetime:
    return datetime.combine(day, datetime.min.time()) + timedelta(hours=hour)


def days(agent: str, n: int = 1, **more: Any) -> list[dict[str, Any]]:
    """Worked days from Monday on, with an hour of break."""
    usual = {"agent_id": agent, "leader_id": "L", "site_id": "waw", "logged_in_s": 28_800,
             "break_state_s": 1800, "lunch_state_s": 1800, "paid_s": 28_800}  # fmt: skip
    return [{**usual, "shift_date": MONDAY + timedelta(days=k), **more} for k in range(n)]


def plan(agent: str, n: int = 1, **more: Any) -> list[dict[str, Any]]:
    usual = {"agent_id": agent, "scheduled_break_s": 1800, "scheduled_lunch_s": 1800,
             "scheduled_paid_s": 28_800}  # fmt: skip
    return [{**usual, "shift_date": MONDAY + timedelta(days=k), **more} for k in range(n)]


def sessions(agent: str, *spans: tuple[float, float]) -> list[dict[str, Any]]:
    """(from, to) in hours since Monday, each on the day on which it began."""
    return [
        {"agent_id": agent, "session_date": (at(MONDAY, begin)).date(), "site_id": "waw",
         "started_at_utc": at(MONDAY, begin), "ended_at_utc": at(MONDAY, end)}
        for begin, end in spans
    ]  # fmt: skip


def contacts(agent: str, *moments: tuple[float, str]) -> list[dict[str, Any]]:
    """(hours since Monday, reason) of answered contacts."""
    return [
        {"leg_id": f"{agent}{hour}", "agent_id": agent, "is_answered": True, "reason": reason,
         "answered_at_utc": at(MONDAY, hour)}
        for hour, reason in moments
    ]  # fmt: skip


def built(compiled: Compiled, **given: list[dict[str, Any]]) -> DuckDBPyConnection:
    """Both marts of a team of five who worked on Monday, beside what is given."""
    seen = {row["agent_id"] for row in given.get("agent_day", [])}
    worked = [row for agent in TEAM if agent not in seen for row in days(agent)]
    usual: dict[str, list[dict[str, Any]]] = {
        "agent_half_hour": [], "int_agent_sessions": [], "agent_labour_breach": [],
        "fct_schedule_change": [], "agent_schedule_day": [], "fct_contact_leg": [],
        "fct_agent_activity": [], "dim_employment": [], "fct_absence": [],
    }  # fmt: skip
    rows = usual | given | {"agent_day": [*worked, *given.get("agent_day", [])]}
    return compiled.database(
        rows, "attrition_team_strain_week", "agent_own_strain_week", through=TODAY
    )


def parts(con: DuckDBPyConnection, week: date = MONDAY, agent: str = "A") -> dict[str, float]:
    """Parts above zero of a person's week; a team of whom nobody else is strained has the same."""
    names = PARTS.split(", ")
    own = con.execute(
        f"select {PARTS}, strain_points from agent.agent_own_strain_week "
        "where agent_id = ? and week_start_date = ?", [agent, week],
    ).fetchall()[0]  # fmt: skip
    assert own[-1] == pytest.approx(sum(p * n for p, n in zip(POINTS, own, strict=False)))
    team = con.execute(
        f"select {PARTS}, strain_points_per_agent from attrition.attrition_team_strain_week "
        "where week_start_date = ? and not is_suppressed", [week],
    ).fetchall()  # fmt: skip
    if team:
        assert team[0][:-1] == own[:-1]
        assert team[0][-1] == pytest.approx(own[-1] / len(TEAM))
    return {name: n for name, n in zip(names, own, strict=False) if n}


def half(hour: float, busy: int, idle: int) -> dict[str, Any]:
    return {"agent_id": "A", "site_date": MONDAY, "half_hour_start_utc": at(MONDAY, hour),
            "logged_in_s": 1800, "on_contact_state_s": busy, "acw_state_s": 0,
            "available_state_s": idle}  # fmt: skip


def test_a_usual_week_has_no_points(compiled: Compiled) -> None:
    con = built(compiled, agent_schedule_day=plan("A"), agent_half_hour=[half(9, 1400, 400)])
    assert parts(con) == {}


def test_hours_above_85_and_90_per_cent_count_and_a_few_minutes_do_not(compiled: Compiled) -> None:
    con = built(
        compiled,
        agent_half_hour=[half(9, 1548, 252), half(10, 1710, 90), half(11, 1530, 270),
                         half(12, 800, 0)],
    )  # fmt: skip
    assert parts(con) == {"hours_above_85": 1, "hours_above_90": 0.5}


def test_breaks_skipped_overtime_and_moves_at_short_notice_count(compiled: Compiled) -> None:
    worked = days("A", break_state_s=900, lunch_state_s=899, paid_s=36_000)
    moved = {"agent_id": "A", "shift_date": MONDAY, "is_moved_at_short_notice": True,
             "is_added_at_short_notice": False}  # fmt: skip
    con = built(
        compiled, agent_day=worked, agent_schedule_day=plan("A"), fct_schedule_change=[moved]
    )
    assert parts(con) == {"breaks_skipped_n": 1, "overtime_hours": 2, "short_notice_moves_n": 1}


def test_a_rest_is_short_by_hours_or_by_the_rules_of_the_place_and_counts_once(
    compiled: Compiled,
) -> None:
    worked = days("A", 4)
    # Ten hours, then eleven, then twelve that the law of the place calls too short.
    slept = sessions("A", (8, 16), (26, 33), (44, 52), (64, 72))
    broken = {"agent_id": "A", "rule": "daily_rest_min"}
    breaches = [broken | {"shift_date": MONDAY + timedelta(days=day)} for day in (1, 2)]
    breaches.append(broken | {"rule": "break_min", "shift_date": MONDAY})
    con = built(
        compiled, agent_day=worked, int_agent_sessions=slept, agent_labour_breach=breaches
    )  # fmt: skip
    assert parts(con) == {"short_rests_n": 2}


def test_days_beyond_six_in_a_row_count_in_their_week(compiled: Compiled) -> None:
    con = built(compiled, agent_day=days("A", 9))
    assert parts(con) == {"days_beyond_six_in_a_row_n": 1}
    assert parts(con, MONDAY + timedelta(days=7)) == {"days_beyond_six_in_a_row_n": 2}


def pause(hour: float, seconds: int = 600) -> list[dict[str, Any]]:
    return [BREAK | {"started_at_utc": at(MONDAY, hour), "duration_s": seconds}]


BREAK = {"activity_id": "x", "agent_id": "A", "activity": "break", "duration_s": 600}


@pytest.mark.parametrize(
    ("moments", "breaks", "runs"),
    [
        ([(9, "complaint"), (9.2, "abuse"), (9.4, "complaint"), (9.6, "complaint")], [], 1),
        ([(9, "complaint"), (9.2, "complaint"), (9.4, "complaint")], [], 0),
        ([(9 + k / 10, "complaint") for k in range(9)], [], 1),
        ([(9 + k / 10, "complaint") for k in range(8)], pause(9.35), 2),
        ([(9 + k / 10, "complaint") for k in range(6)], pause(9.25), 0),
        ([(9 + k / 10, "complaint") for k in range(4)], pause(9.15, 60), 1),
        ([(9 + k / 10, "sale" if k == 2 else "complaint") for k in range(5)], [], 0),
        # Eight in a day, never four in a row: a full day, no long run.
        ([(9 + k / 10, "complaint" if k % 4 else "sale") for k in range(11)], [], 0),
        # Two in the evening and two in the morning after.
        ([(15, "complaint"), (15.5, "complaint"), (32, "complaint"), (32.5, "complaint")], [], 0),
    ],
)  # fmt: skip
def test_a_long_run_is_of_hard_contacts_in_a_row_without_a_break(
    compiled: Compiled, moments: Any, breaks: list[dict[str, Any]], runs: int
) -> None:
    con = built(
        compiled,
        agent_day=days("A", 2),
        fct_contact_leg=[*contacts("A", *moments), *contacts("B", (9.15, "sale"))],
        fct_agent_activity=breaks,
        int_agent_sessions=sessions("A", (8, 16), (32, 40)),
    )
    assert parts(con) == ({"hard_contact_runs_n": runs} if runs else {})


def test_a_run_past_midnight_belongs_to_the_shift_it_began_in(compiled: Compiled) -> None:
    moments = [(24.1 + k / 10, "complaint") for k in range(4)]
    con = built(
        compiled,
        fct_contact_leg=contacts("A", *moments),
        int_agent_sessions=sessions("A", (18, 26)),
    )
    assert parts(con) == {"hard_contact_runs_n": 1}


def test_half_a_year_without_leave_counts_once_a_week_and_only_as_far_as_absences_go(
    compiled: Compiled,
) -> None:
    hired = [
        {"agent_id": agent, "valid_from": date(2024, 1, 1), "service_date": date(2024, 1, 1)}
        for agent in TEAM
    ]
    leave = {"absence_class": "annual_leave"}
    absences = [
        leave | {"agent_id": "A", "site_date": MONDAY - timedelta(days=180)},
        *(leave | {"agent_id": name, "site_date": date(2026, 9, 15)} for name in TEAM[1:]),
    ]
    con = built(compiled, agent_day=days("A", 3), dim_employment=hired, fct_absence=absences)
    assert parts(con) == {"weeks_long_without_leave_n": 1}
    # Sick is no leave, and before the first absence that was kept nothing is known.
    late = [row | {"site_date": row["site_date"] + timedelta(days=1)} for row in absences]
    late.append(absences[1] | {"agent_id": "A", "absence_class": "sick"})
    con = built(compiled, dim_employment=hired, fct_absence=late)
    assert parts(con) == {}


def test_a_small_team_is_blank_and_its_people_see_their_own(compiled: Compiled) -> None:
    con = built(compiled, agent_day=[*days("A", 7), *days("E", leader_id="M")])
    assert con.execute(
        "select leader_id, agents_n, is_suppressed, strain_points_per_agent "
        "from attrition.attrition_team_strain_week order by 1"
    ).fetchall() == [("L", 4, True, None), ("M", 1, True, None)]
    assert parts(con) == {"days_beyond_six_in_a_row_n": 1}


def test_the_sum_of_one_person_is_for_that_person_alone(compiled: Compiled) -> None:
    node = compiled.nodes["agent_own_strain_week"]
    told = {column["config"]["meta"].get("audience") for column in node["columns"].values()}
    assert told == {"self"}
    published = {
        name
        for name, other in compiled.nodes.items()
        if "model.headset.int_strain_day" in other["depends_on"]["nodes"]
    }
    assert published == {"attrition_team_strain_week", "agent_own_strain_week"}
