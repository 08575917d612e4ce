"""Progress of key results by kind, from counted parts; and no key result decides pay."""

import datetime as dt
from typing import Any

import pytest

from expectations import pay_fence
from ground import dbt_manifest
from tests.unit.dbt.compiled import Compiled

FROM, TO = "2026-10-01", "2027-01-01"
SERVICE = "service_level_answered_of_offered_less_short"


def result(name: str, kind: str, metric: str = SERVICE, **more: Any) -> dict[str, Any]:
    """A key result of the quarter."""
    every = {"client_id": "all", "line_of_business": "all", "site_id": "all", "title": name}
    own = {"key_result_id": name, "objective_id": "O", "kind": kind, "metric": metric}
    return every | own | {"valid_from": FROM, "valid_to": TO} | more


def day(name: str, at: str, numerator: float, denominator: float) -> dict[str, Any]:
    """Parts of a day."""
    parts = {"numerator": numerator, "denominator": denominator}
    return {"key_result_id": name, "valid_from": FROM, "site_date": at} | parts


def progress(compiled: Compiled, results: list[Any], days: list[Any]) -> dict[Any, Any]:
    """(value, progress, stretch progress, reached) by key result and day."""
    con = compiled.database(
        {
            "stg_company__key_results": results,
            "stg_company__objectives": [
                {"objective_id": "O", "title": "Better", "owner": "head", "valid_from": FROM}
            ],
            "key_result_day": days,
        },
        "key_result_progress",
    )
    return {
        (name, str(at)): tuple(rest)
        for name, at, *rest in con.execute(
            "select key_result_id, site_date, round(value, 6), round(progress_rate, 6), "
            "round(stretch_progress_rate, 6), is_reached from client.key_result_progress"
        ).fetchall()
    }


# Worked example okr-linear (okr-consulting scoring guide; okrstraining.com): start, target, actual.
PUBLISHED = {
    "nps": (32, 45, 42, 0.77), "churn": (8, 5, 6, 0.67), "revenue": (0, 500, 400, 0.8),
    "tickets": (2500, 3000, 2700, 0.4), "fewer tickets": (2500, 3000, 2400, 0),
}  # fmt: skip


def test_reaching_agrees_with_the_published_scores(compiled: Compiled) -> None:
    results = [
        result(name, "reach", start_value=start, target_value=target)
        for name, (start, target, _, _) in PUBLISHED.items()
    ]
    days = [day(name, "2026-10-05", now * 10, 10) for name, (_, _, now, _) in PUBLISHED.items()]
    found = progress(compiled, results, days)
    for name, (_, _, now, score) in PUBLISHED.items():
        value, scored, *_ = found[name, "2026-10-05"]
        assert value == now
        assert scored == pytest.approx(score, abs=0.005), name


def test_each_kind_has_its_own_rule_and_every_day_keeps_its_row(compiled: Compiled) -> None:
    results = [
        result("to 60", "reach", start_value=0.4, target_value=0.6, stretch_value=0.8),
        result("15 % less", "change_by", start_value=0.2, change_rate=-0.15, stretch_value=0.1),
        result("keep 98", "maintain", target_value=0.98),
        result("nothing to move", "reach", start_value=0.5, target_value=0.5),
    ]
    days = [
        day("to 60", "2026-10-01", 4, 10), day("to 60", "2026-10-02", 8, 10),
        day("to 60", "2026-10-03", 9, 10),
        day("15 % less", "2026-10-01", 17, 100), day("15 % less", "2026-10-02", 24, 100),
        day("keep 98", "2026-10-01", 97, 100), day("keep 98", "2026-10-02", 99, 100),
        day("keep 98", "2026-11-01", 0, 0), day("keep 98", "2026-11-02", 97, 100),
        day("keep 98", "2026-12-01", 98, 100),
        day("nothing to move", "2026-10-01", 5, 10),
    ]  # fmt: skip
    found = progress(compiled, results, days)
    assert found == {
        ("to 60", "2026-10-01"): (0.4, 0, 0, False),
        ("to 60", "2026-10-02"): (0.6, 1, 0.5, True),
        ("to 60", "2026-10-03"): (0.7, 1.5, 0.75, True),
        ("15 % less", "2026-10-01"): (0.17, 1, 0.3, True),
        ("15 % less", "2026-10-02"): (0.205, 0, 0, False),
        ("keep 98", "2026-10-01"): (0.97, 0, None, False),
        ("keep 98", "2026-10-02"): (0.98, 1, None, True),
        ("keep 98", "2026-11-01"): (0.98, 1, None, True),
        ("keep 98", "2026-11-02"): (pytest.approx(293 / 300, abs=1e-6), 0.5, None, False),
        ("keep 98", "2026-12-01"): (0.9775, pytest.approx(2 / 3, abs=1e-6), None, False),
        ("nothing to move", "2026-10-01"): (0.5, None, None, None),
    }


def test_parts_come_from_the_governed_metric_and_nobody_else(compiled: Compiled) -> None:
    """Only what the key result is about, and only inside its cycle."""
    visit = {
        "leg_id": "l", "client_id": "acme", "line_of_business": "sales", "site_id": "waw",
        "site_date": dt.date(2026, 10, 5), "is_offered": True, "is_short_abandon": False,
        "is_answered_within_threshold": True,
    }  # fmt: skip
    con = compiled.database(
        {
            "stg_company__key_results": [
                result("acme", "maintain", target_value=0.8, client_id="acme"),
                result("waw", "maintain", target_value=0.8, site_id="waw"),
            ],
            "fct_contact": [],
            "fct_survey": [],
            "fct_contact_leg": [
                visit,
                visit | {"leg_id": "late", "is_answered_within_threshold": False},
                visit | {"leg_id": "short", "is_short_abandon": True}
                | {"is_answered_within_threshold": False},
                visit | {"leg_id": "other", "client_id": "bolt"},
                visit | {"leg_id": "before", "site_date": dt.date(2026, 9, 30)},
                visit | {"leg_id": "after", "site_date": dt.date(2027, 1, 1)},
            ],
        },
        "key_result_day",
    )  # fmt: skip
    assert con.execute(
        "select key_result_id, site_date::varchar, numerator::int, denominator::int "
        "from client.key_result_day order by 1"
    ).fetchall() == [("acme", "2026-10-05", 1, 2), ("waw", "2026-10-05", 2, 3)]


def test_this_project_keeps_the_fence(compiled: Compiled) -> None:
    found = dbt_manifest.load(compiled.target / "manifest.json")
    goals = dbt_manifest.model_ids(found, ["key_result_progress"])
    assert goals
    assert set(goals) <= dbt_manifest.below(found, dbt_manifest.source_ids(found, pay_fence.GOALS))
    assert pay_fence.across(found) == ()
