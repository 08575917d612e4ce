"""Sessions and teams as marts: who was seen, by whom, and who is led."""

from datetime import date

from tests.unit.dbt.compiled import Compiled
from tests.unit.dbt.test_people_marts import TODAY, people


def test_a_one_to_one_is_due_and_a_session_in_the_future_has_not_been_held(
    compiled: Compiled,
) -> None:
    session = {"source_system": "hr", "agent_code": "A", "coach_code": "L", "kind": "one_to_one"}
    done = {"status": "done", "planned_at": "2026-10-01 09:00", "done_at": "2026-10-01 09:00"}
    future = done | {"planned_at": "2026-11-12 09:00", "done_at": "2027-03-01 09:00"}
    step = {"action_code": "x", "action_due_date": "2026-11-01"}
    con = compiled.database(
        {
            "feed_coaching": [
                session | done | step | {"coaching_id": "1"},
                session | future | {"coaching_id": "2"},
            ],
            "dim_employment": people(["hr:A"]),
            "feed_recognition": [],
        },
        "agent_coaching_status",
        "agent_team_week",
        through=str(TODAY),
    )
    assert con.execute(
        "select last_session_date, days_since_session_n, is_one_to_one_due, steps_overdue_n "
        "from agent.agent_coaching_status"
    ).fetchall() == [(date(2026, 10, 1), 51, True, 1)]
    told = "select coaching_id, is_done, is_done_in_future from core.fct_coaching order by 1"
    assert con.execute(told).fetchall() == [("hr:1", True, False), ("hr:2", False, True)]
    held = "select sum(sessions_done_n), sum(one_to_ones_done_n) from agent.agent_team_week"
    assert con.execute(held).fetchall() == [(1, 1)]


def test_nobody_counts_in_a_team_that_he_leads_himself(compiled: Compiled) -> None:
    con = compiled.database(
        {
            "dim_employment": people(["A", "B"]) + people(["L"], leader_id="L"),
            "feed_coaching": [],
            "feed_recognition": [],
        },
        "agent_team_week",
        through=str(TODAY),
    )
    weeks = "select distinct leader_id, agents_n from agent.agent_team_week"
    assert con.execute(weeks).fetchall() == [("L", 2)]
