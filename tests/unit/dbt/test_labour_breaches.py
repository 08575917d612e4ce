"""Of a hundred planted breaches in three jurisdictions all are found, and none besides."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.unit.dbt.compiled import Compiled

EVER = {"valid_from": "2020-01-01"}
ZONES = {"PH": "Asia/Manila", "PL": "Europe/Warsaw", "CA-NS": "America/Halifax"}
# What holds in these three places for the sake of the example.
RULES: dict[str, dict[str, tuple[float, float | None]]] = {
    "PH": {
        "daily_max": (12, None), "weekly_max": (48, None), "weekly_rest_min": (24, None),
        "consecutive_days_max": (6, None), "break_min": (60, 6),
    },
    "PL": {
        "daily_max": (12, None), "weekly_max": (48, None), "daily_rest_min": (11, None),
        "weekly_rest_min": (35, None), "break_min": (15, 6), "night_shift_max": (8, 3),
    },
    "CA-NS": {"weekly_rest_min": (24, None), "break_min": (30, 5), "daily_max": (10, None)},
}  # fmt: skip
UNITS = {"break_min": "min", "consecutive_days_max": "days"}
# Weeks around the end of summer time in Poland and Canada; Manila has none.
WEEKS = [dt.date(2026, 10, 5) + dt.timedelta(weeks=week) for week in range(5)]
Shift = tuple[int, float, float, float]  # day of the week, hour of start, hours worked, break min
USUAL: list[Shift] = [(day, 9, 8, 60) for day in range(5)]
# Name of a pattern, its week, and the (rule, day) that it breaks in each place.
PATTERNS: dict[str, tuple[list[Shift], dict[str, list[tuple[str, int]]]]] = {
    "usual": (USUAL, {}),
    "at the limits": (
        [(0, 8, 12, 60), (1, 8, 9, 60), (2, 8, 9, 60), (3, 8, 9, 60), (4, 8, 9, 60)],
        {"CA-NS": [("daily_max", 0)]},
    ),
    "long day": (
        [(0, 7, 12.25, 60), *USUAL[1:4]],
        {"PH": [("daily_max", 0)], "PL": [("daily_max", 0)], "CA-NS": [("daily_max", 0)]},
    ),
    "longest day": (
        [(2, 7, 14, 75)],
        {"PH": [("daily_max", 2)], "PL": [("daily_max", 2)], "CA-NS": [("daily_max", 2)]},
    ),
    "long week": (
        [(day, 8, 9.75, 60) for day in range(5)],
        {"PH": [("weekly_max", 4)], "PL": [("weekly_max", 4)]},
    ),
    "short rest": ([(0, 14, 8, 60), (1, 9, 8, 60), (2, 9, 8, 60)], {"PL": [("daily_rest_min", 1)]}),
    "no rest": (
        [(day, 9, 5, 60) for day in range(7)],
        {
            "PH": [("weekly_rest_min", 6), ("consecutive_days_max", 6)],
            "PL": [("weekly_rest_min", 6)],
            "CA-NS": [("weekly_rest_min", 6)],
        },
    ),
    "no break": (
        [(1, 9, 8, 10), (3, 9, 8, 29)],
        {
            "PH": [("break_min", 1), ("break_min", 3)],
            "PL": [("break_min", 1)],
            "CA-NS": [("break_min", 1), ("break_min", 3)],
        },
    ),
    "short shifts need no break": ([(1, 9, 5, 0), (3, 9, 4.5, 0)], {}),
    "nights": (
        [(0, 22, 8.25, 60), (2, 22, 7.75, 60), (4, 10, 9, 60)],
        {"PL": [("night_shift_max", 0)]},
    ),
}


def _states(agent: str, place: str, week: dt.date, shift: Shift) -> list[dict[str, Any]]:
    """Work, the break in its middle, work; the clock of the place says when it begins."""
    day, hour, worked, break_min = shift
    date = week + dt.timedelta(days=day)
    local = dt.datetime.combine(date, dt.time(int(hour)), ZoneInfo(ZONES[place]))
    start = local.astimezone(dt.UTC).replace(tzinfo=None)
    half, pause = dt.timedelta(hours=worked / 2), dt.timedelta(minutes=break_min)
    spans = [("W", start, start + half), ("B", start + half, start + half + pause)]
    spans.append(("W", start + half + pause, start + 2 * half + pause))
    return [
        {"source_system": "acd", "agent_code": agent, "site_id": place, "activity_code": code}
        | {"time_zone": ZONES[place], "started_at": begin, "ended_at": end}
        | {"event_date": begin.date(), "file_id": 1, "row_number": 1, "is_logged_in": True}
        for code, begin, end in spans
        if end > begin
    ]


def _planted() -> tuple[list[dict[str, Any]], set[tuple[str, str, dt.date]]]:
    """Every pattern in every place in every week, an agent each, with usual weeks around."""
    states, expected = [], set()
    for place in ZONES:
        for name, (shifts, breaks) in PATTERNS.items():
            for week in WEEKS:
                agent = f"{place} {name} {week}"
                for at in (week - dt.timedelta(weeks=1), week, week + dt.timedelta(weeks=1)):
                    for shift in shifts if at == week else USUAL[1:4]:
                        states += _states(agent, place, at, shift)
                expected |= {
                    (f"acd:{agent}", rule, week + dt.timedelta(days=day))
                    for rule, day in breaks.get(place, [])
                }
    return states, expected


@pytest.fixture(scope="module")
def given() -> dict[str, list[dict[str, Any]]]:
    rules = [
        {"jurisdiction": place, "rule": rule, "limit_value": limit, "after_h": after, **EVER}
        | {"unit": UNITS.get(rule, "h"), "source": "made up", "note": "an example"}
        for place, held in RULES.items()
        for rule, (limit, after) in held.items()
    ]
    window = {"rule": "night_window", "unit": "window", "source": "made up", "note": "an example"}
    rules.append({"jurisdiction": "PL", "window_from": "21:00", "window_to": "07:00"} | window)
    rules[-1] |= EVER
    return {
        "feed_agent_activity": _planted()[0],
        "stg_company__labour_rules": rules,
        "stg_company__jurisdictions": [
            {"site_id": place, "jurisdiction": place, **EVER} for place in ZONES
        ],
        "stg_company__sites": [
            {"site_id": place, "site_name": place, "time_zone": zone, "shift_date_rule": "start"}
            | EVER
            for place, zone in ZONES.items()
        ],
        "stg_company__activity_codes": [
            {"source_system": "acd", "activity_code": code, "activity": name, **EVER}
            | {"is_paid": name != "lunch"}
            for code, name in (("W", "available"), ("B", "lunch"))
        ],
    }


def test_all_planted_breaches_are_found_and_none_besides(
    compiled: Compiled, given: dict[str, list[dict[str, Any]]]
) -> None:
    expected = _planted()[1]
    assert len(expected) == 100
    con = compiled.database(given, "agent_labour_breach")
    found = con.execute(
        "select agent_id, rule, shift_date from agent.agent_labour_breach"
    ).fetchall()
    assert len(found) == len(set(found))
    assert set(found) - expected == set()
    assert expected - set(found) == set()


def test_a_night_across_the_clock_change_has_the_hours_it_had(
    compiled: Compiled, given: dict[str, list[dict[str, Any]]]
) -> None:
    """Saturday 22:00 to Sunday 07:00 in Warsaw, as the clocks go back, is ten hours of night."""
    start, end = dt.datetime(2026, 10, 24, 20), dt.datetime(2026, 10, 25, 6)
    row = given["feed_agent_activity"][0] | {"agent_code": "n", "activity_code": "W"}
    row |= {"site_id": "PL", "time_zone": ZONES["PL"], "started_at": start, "ended_at": end}
    row["event_date"] = start.date()
    con = compiled.database(given | {"feed_agent_activity": [row]}, "agent_shift")
    assert con.execute(
        "select night_s, worked_s, rest_before_s from agent.agent_shift"
    ).fetchall() == [(36_000, 36_000, None)]
