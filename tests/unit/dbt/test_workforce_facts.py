"""Schedules as last published and how they moved; evaluations in their conventions."""

from datetime import datetime
from typing import Any

import pytest

from tests.unit.dbt.compiled import Compiled

WFM = {"source_system": "wfm", "agent_code": "A", "site_id": "waw", "time_zone": "Europe/Warsaw"}
QA = {"source_system": "qa", "file_id": 1, "row_number": 1}
CODES = [
    {"source_system": "wfm", "activity_code": code, "activity": name, "is_paid": name != "off"}
    | {"valid_from": "2020-01-01"}
    for code, name in (("P", "available"), ("O", "off"))
]


def shift(day: str, published: str, start: str, end: str, code: str = "P") -> dict[str, Any]:
    """One scheduled interval."""
    return WFM | {
        "schedule_date": day,
        "published_at": published,
        "activity_code": code,
        "started_at": start,
        "ended_at": end,
        "event_date": start[:10],
    }


def test_the_last_publication_replaces_the_day_and_what_moved_is_a_fact(compiled: Compiled) -> None:
    con = compiled.database(
        {
            "stg_company__activity_codes": CODES,
            "feed_schedules": [
                shift("2026-10-05", "2026-09-20 08:00", "2026-10-05 06:00", "2026-10-05 14:00"),
                shift("2026-10-05", "2026-10-03 08:00", "2026-10-05 06:29", "2026-10-05 14:29"),
                shift("2026-10-05", "2026-10-04 08:00", "2026-10-05 07:00", "2026-10-05 15:00"),
                shift("2026-10-05", "2026-10-05 20:00", "2026-10-05 06:00", "2026-10-05 15:00"),
                shift("2026-10-06", "2026-09-20 08:00", "2026-10-06 06:00", "2026-10-06 14:00"),
                shift(
                    "2026-10-06", "2026-10-01 08:00", "2026-10-06 00:00", "2026-10-07 00:00", "O"
                ),
                shift("2026-10-06", "2026-10-05 08:00", "2026-10-06 06:00", "2026-10-06 14:00"),
            ],
        },
        "fct_schedule",
        "fct_schedule_change",
    )
    assert con.execute(
        "select shift_date::varchar, started_at_utc::varchar, duration_s "
        "from core.fct_schedule order by 1"
    ).fetchall() == [
        ("2026-10-05", "2026-10-05 06:00:00", 9 * 3600),
        ("2026-10-06", "2026-10-06 06:00:00", 8 * 3600),
    ]
    assert con.execute(
        "select kind, start_moved_s, notice_s // 3600, is_moved_at_short_notice, "
        "is_added_at_short_notice, is_cancelled_at_short_notice, is_after_the_fact "
        "from core.fct_schedule_change order by shift_date, published_at_utc"
    ).fetchall() == [
        ("moved", 29 * 60, 46, False, False, False, False),
        ("moved", 31 * 60, 22, True, False, False, False),
        ("moved", 3600, -14, False, False, False, True),
        ("cancelled", None, 118, False, False, False, False),
        ("added", None, 22, False, True, False, False),
    ]


def evaluation(evaluation_id: str, **more: Any) -> dict[str, Any]:
    """A released evaluation by a person."""
    return (
        QA
        | {"evaluation_id": evaluation_id, "agent_code": "A", "evaluator_kind": "human"}
        | {"status": "released", "evaluated_at": "2026-10-05 10:00", "event_date": "2026-10-05"}
        | more
    )


def answer(
    evaluation_id: str, question: str, points: float | None, possible: float | None, **more: Any
) -> dict[str, Any]:
    """One answered question."""
    return (
        QA
        | {"evaluation_id": evaluation_id, "question_id": question, "event_date": "2026-10-05"}
        | {"points": points, "points_possible": possible}
        | more
    )


def test_an_evaluation_keeps_the_parts_of_both_conventions(compiled: Compiled) -> None:
    con = compiled.database(
        {
            "feed_evaluations": [
                evaluation("1"),
                evaluation("2", calibration_id="c"),
                evaluation("3", status="draft"),
                evaluation("zero"),
            ],
            "feed_evaluation_answers": [
                answer("1", "a", 1, 2, weight=3, section="empathy"),
                answer("1", "b", 8, 10, weight=1, section="problem_solving"),
                answer("1", "c", 0, 5, is_not_applicable=True),
                answer("1", "d", None, None, critical_kind="compliance", is_critical_failed=True),
                answer("2", "a", 2, 2),
                answer("zero", "a", 0, 2),
            ],
        },
        "fct_evaluation",
    )
    rows = con.execute(
        "select points::double, points_possible::double, weighted_points::double, "
        "weighted_points_possible::double, weighted_shares, weights_asked, "
        "empathy_points::double, problem_solving_weighted_points_possible::double, "
        "critical_compliance_errors_n, weighted_points_after_critical::double, is_counted "
        "from core.fct_evaluation order by evaluation_id"
    ).fetchall()
    assert rows[0] == (9, 12, 11, 16, pytest.approx(2.3), 4, 1, 10, 1, 0, True)
    assert [row[-1] for row in rows] == [True, False, False, True]
    assert rows[3][:2] == (0, 2)


def test_evaluators_of_one_set_are_paired_question_by_question(compiled: Compiled) -> None:
    con = compiled.database(
        {
            "feed_evaluations": [evaluation(one, calibration_id="c") for one in ("1", "2", "3")],
            "feed_evaluation_answers": [
                answer("1", "a", 2, 2, answer="yes"),
                answer("2", "a", 0, 2, answer="no"),
                answer("3", "a", 2, 2, answer="yes"),
                answer("1", "b", 1, 1),
                answer("2", "b", 0, 1, is_not_applicable=True),
            ],
        },
        "fct_calibration_pair",
    )
    assert con.execute(
        "select question_id, one_level, other_level, is_agreed "
        "from core.fct_calibration_pair order by calibration_pair_id"
    ).fetchall() == [
        ("a", "yes", "no", False),
        ("a", "yes", "yes", True),
        ("a", "no", "yes", False),
        ("b", "1.000", "not applicable", False),
    ]


def state(start: str, end: str, code: str, day: str) -> dict[str, Any]:
    """A state of agent A as the fact holds it."""
    seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).seconds
    return {
        "agent_id": "A",
        "shift_date": day,
        "started_at_utc": start,
        "ended_at_utc": end,
        "activity": code,
        "duration_s": seconds,
    }


def scheduled(start: str, end: str, activity: str, day: str) -> dict[str, Any]:
    """A scheduled interval of agent A as the fact holds it."""
    return state(start, end, activity, day) | {
        "schedule_id": start,
        "site_id": "waw",
        "is_mapped": True,
        "is_paid": True,
    }


def test_adherence_and_conformance_of_one_day_differ(compiled: Compiled) -> None:
    """CX Central's example: in at 09:15, out at 10:15 of a shift from 09:00 to 10:00."""
    con = compiled.database(
        {
            "fct_schedule": [
                scheduled("2026-10-05 09:00", "2026-10-05 10:00", "available", "2026-10-05"),
                scheduled("2026-10-06 09:00", "2026-10-06 12:00", "available", "2026-10-06"),
                scheduled("2026-10-06 12:00", "2026-10-06 12:30", "lunch", "2026-10-06"),
                scheduled("2026-10-07 00:00", "2026-10-07 02:00", "available", "2026-10-07"),
            ],
            "fct_agent_activity": [
                state("2026-10-05 09:15", "2026-10-05 09:50", "on_contact", "2026-10-05"),
                state("2026-10-05 09:50", "2026-10-05 10:15", "acw", "2026-10-05"),
                state("2026-10-06 09:00", "2026-10-06 12:00", "training", "2026-10-06"),
                state("2026-10-06 12:00", "2026-10-06 12:20", "break", "2026-10-06"),
                state("2026-10-06 23:50", "2026-10-07 02:00", "available", "2026-10-06"),
            ],
            "dim_employment": [
                {"agent_id": "A", "valid_from": "2026-01-01", "valid_to": "2026-10-06"}
                | {"leader_id": "L1", "service_date": "2026-01-01"},
                {"agent_id": "A", "valid_from": "2026-10-06", "leader_id": "L2"}
                | {"service_date": "2026-01-01"},
            ],
        },
        "agent_schedule_day",
    )
    assert con.execute(
        "select in_adherence_s, in_adherence_rest_alike_s, worked_s, scheduled_work_s, "
        "scheduled_lunch_s, leader_id, tenure_band from agent.agent_schedule_day "
        "order by shift_date"
    ).fetchall() == [
        (2700, 2700, 3600, 3600, 0, "L1", "181-365 days"),
        (0, 1200, 10800 + 7800, 10800, 1800, "L2", "181-365 days"),
        (7200, 7200, 0, 7200, 0, "L2", "181-365 days"),
    ]


def test_an_absence_costs_the_work_that_was_scheduled(compiled: Compiled) -> None:
    con = compiled.database(
        {
            "fct_schedule": [
                scheduled("2026-10-05 22:00", "2026-10-06 02:00", "available", "2026-10-05"),
                scheduled("2026-10-06 02:00", "2026-10-06 02:30", "lunch", "2026-10-05"),
                scheduled("2026-10-07 08:00", "2026-10-07 16:00", "available", "2026-10-07"),
            ],
            "fct_absence": [
                {
                    "absence_id": "1",
                    "agent_id": "A",
                    "site_id": "waw",
                    "time_zone": "UTC",
                    "started_at_utc": "2026-10-06 00:00",
                    "ended_at_utc": "2026-10-08 00:00",
                    "site_date": "2026-10-06",
                    "absence_class": "unplanned_leave",
                    "is_planned": False,
                    "is_paid": True,
                }
            ],
        },
        "agent_absence_day",
    )
    assert con.execute(
        "select shift_date::varchar, planned_absence_s, unplanned_absence_s, paid_absence_s "
        "from agent.agent_absence_day order by 1"
    ).fetchall() == [
        ("2026-10-05", 0, 7200, 7200),
        ("2026-10-06", 0, 0, 0),
        ("2026-10-07", 0, 28800, 28800),
    ]
