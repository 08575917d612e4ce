"""Survival, log-rank and rates against published answers and a reference library."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.exceptions import StatError
from lifelines.statistics import logrank_test

from tests.unit.dbt.compiled import Compiled

PUBLISHED = Path(__file__).resolve().parents[4] / "shared" / "data" / "worked_examples.yaml"
PERSON = st.tuples(st.integers(0, 30), st.integers(1, 60), st.booleans())
# What shrinks well; a thousand inputs are drawn at once in test_thousand_survivals.py.
EXAMPLES = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def published(example_id: str) -> dict[str, Any]:
    """A worked example that somebody published; skips where they are not at hand."""
    if not PUBLISHED.is_file():
        pytest.skip("no worked examples beside this checkout")
    examples = yaml.safe_load(PUBLISHED.read_text())["examples"]
    found: dict[str, Any] = next(e for e in examples if e["id"] == example_id)
    return found


def people(group: str, drawn: list[Any]) -> list[dict[str, Any]]:
    """(entry, days watched after it, left) as rows of a group."""
    return [
        {
            "dimension": "site_id",
            "group_value": group,
            "entry_day": entry,
            "exit_day": entry + watched,
            "is_event": left,
        }
        for entry, watched, left in drawn
    ]


def curve(compiled: Compiled, rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Group, day, survival and bounds."""
    con = compiled.database({"int_survival_groups": rows}, "attrition_survival")
    return con.execute(
        "select group_value, day_n, survival_rate, survival_low, survival_high "
        "from attrition.attrition_survival order by 1, 2"
    ).fetchall()


def test_the_published_survival_of_two_groups(compiled: Compiled) -> None:
    example = published("km-g3")
    inputs, expected = example["inputs"], example["expected"]
    rows: list[dict[str, Any]] = []
    for name in ("control", "RIT"):
        group = inputs[f"group_{name}"]
        pairs = zip(group["time"], group["event"], strict=True)
        rows += people(name, [(0, time, event == 1) for time, event in pairs])
    found = curve(compiled, rows)
    for name in ("control", "RIT"):
        survival = {str(day): rate for group, day, rate, *_ in found if group == name}
        assert survival == pytest.approx(expected[name], abs=1e-3)
    bounds = [row[3:] for row in found if row[0] == "control"]
    assert [low for low, _ in bounds] == pytest.approx(
        expected["control_ci95_loglog_lower"], abs=1e-3
    )
    assert [high for _, high in bounds] == pytest.approx(
        expected["control_ci95_loglog_upper"], abs=1e-3
    )


@EXAMPLES
@given(st.lists(PERSON, min_size=1, max_size=40))
def test_survival_with_delayed_entry_equals_lifelines(compiled: Compiled, drawn: list[Any]) -> None:
    entry, watched, left = (np.array(column) for column in zip(*drawn, strict=True))
    leave = entry + watched
    found = curve(compiled, people("g", drawn))
    days = sorted(set(leave[left].tolist()))
    assert [row[1] for row in found] == days
    kept = [
        1 - np.sum(left & (leave == day)) / np.sum((entry < day) & (leave >= day)) for day in days
    ]
    assert [row[2] for row in found] == pytest.approx(np.cumprod(kept).tolist(), abs=1e-9)
    try:
        reference = KaplanMeierFitter().fit(leave, left, entry=entry)
    except StatError:
        # It answers no sample whose first risk sets empty; the product above still holds.
        return
    bounds = reference.confidence_interval_
    for _, day, rate_, low, high in found:
        assert rate_ == pytest.approx(
            float(reference.survival_function_.loc[day].iloc[0]), abs=1e-9
        )
        if low is not None and 0 < rate_ < 1:
            assert low == pytest.approx(float(bounds.loc[day].iloc[0]), abs=1e-9)
            assert high == pytest.approx(float(bounds.loc[day].iloc[1]), abs=1e-9)


@EXAMPLES
@given(st.lists(PERSON, min_size=30, max_size=45), st.lists(PERSON, min_size=30, max_size=45))
def test_log_rank_equals_lifelines(compiled: Compiled, one: list[Any], other: list[Any]) -> None:
    one, other = ([(0, watched, left) for _, watched, left in group] for group in (one, other))
    con = compiled.database(
        {"int_survival_groups": people("a", one) + people("b", other)}, "attrition_logrank"
    )
    ((chi_square, p_value),) = con.execute(
        "select chi_square, p_value from attrition.attrition_logrank"
    ).fetchall() or [(None, None)]
    if not any(left for *_, left in one + other):
        assert chi_square is None
        return
    reference = logrank_test(
        [w for _, w, _ in one],
        [w for _, w, _ in other],
        [left for *_, left in one],
        [left for *_, left in other],
    )
    if chi_square is not None:
        assert chi_square == pytest.approx(float(reference.test_statistic), rel=1e-9, abs=1e-9)
        assert p_value == pytest.approx(float(reference.p_value), abs=1e-9)


def test_horizons_say_nothing_where_nobody_was_watched_so_long(compiled: Compiled) -> None:
    drawn = [(0, 20, True), (0, 100, False), (0, 60, True), (0, 95, False)]
    con = compiled.database(
        {"int_survival_groups": people("g", drawn)}, "attrition_survival_horizon"
    )
    assert con.execute(
        "select horizon_days, round(survival_rate, 9), is_mature, median_days "
        "from attrition.attrition_survival_horizon order by 1"
    ).fetchall() == [(30, 0.75, True, 60), (90, 0.5, True, 60), (180, None, False, 60),
                     (365, None, False, 60)]  # fmt: skip


def test_a_first_leader_with_few_hires_has_no_survival_and_no_leader_sees_any(
    compiled: Compiled,
) -> None:
    hires = pd.DataFrame(
        [
            {"cohort_month": "2026-01", "site_id": "waw", "hire_source": "referral", "entry_day": 0,
             "first_leader_id": leader, "exit_day": 10 + n, "is_event": True}
            for leader, size in (("FEW", 29), ("MANY", 30)) for n in range(size)
        ]
    )  # fmt: skip
    con = compiled.database({"int_employment_durations": hires}, "attrition_survival")
    shown = "select distinct dimension, group_value from attrition.attrition_survival order by all"
    assert con.execute(shown).fetchall() == [
        ("cohort_month", "2026-01"),
        ("company", "all"),
        ("first_leader_id", "MANY"),
        ("hire_source", "referral"),
        ("site_id", "waw"),
    ]
    for mart in ("attrition_survival", "attrition_survival_horizon", "attrition_logrank"):
        columns = compiled.nodes[mart]["columns"].values()
        # Without a word of its own a column of attrition is for HR.
        assert {c["config"]["meta"].get("audience", "hr") for c in columns} == {"hr"}, mart


def months(headcounts: list[tuple[int, int, int]]) -> list[dict[str, Any]]:
    """(opening, closing, leavers) of consecutive months of one site."""
    nothing = dict.fromkeys(
        ("leavers_internal_n", "leavers_voluntary_n", "leavers_involuntary_n"), 0
    )
    return [
        nothing
        | {
            "known_as": "as_is",
            "month_start_date": date(2026, number, 1),
            "is_complete": True,
            "site_id": "waw",
            "client_id": "acme",
            "line_of_business": "care",
            "role": "agent",
            "leader_id": "L1",
            "opening_n": opening,
            "closing_n": closing,
            "leavers_n": leavers,
            "average_headcount": (opening + closing) / 2,
        }
        for number, (opening, closing, leavers) in enumerate(headcounts, 1)
    ]


def rate(compiled: Compiled, rows: list[dict[str, Any]], period: str, method: str) -> Any:
    """Headcount, rate, annualised simply and compounded, of the company."""
    con = compiled.database({"attrition_headcount_month": rows}, "attrition_rate")
    return con.execute(
        "select headcount, attrition_rate, annualised_simple_rate, annualised_compound_rate "
        "from attrition.attrition_rate where dimension = 'company' and leaver_class = 'all' "
        "and period = ? and method = ? order by last_month_date desc limit 1",
        [period, method],
    ).fetchone()


def test_rates_agree_with_published_ones_by_their_method(compiled: Compiled) -> None:
    opening = published("attrition-opening-headcount")
    given_, percent = opening["inputs"], opening["expected"]["percent"]
    left = given_["opening"] - given_["remaining_of_them"]
    rows = months([(given_["opening"], given_["remaining_of_them"], left)])
    assert rate(compiled, rows, "month", "opening")[1] * 100 == pytest.approx(percent)

    average = published("attrition-average-headcount")
    rows = months([(average["inputs"]["opening"], average["inputs"]["closing"], 120)])
    assert rate(compiled, rows, "month", "average")[0] == average["expected"]["average"]

    yearly = published("attrition-annualised-80")
    counts, leavers = yearly["inputs"]["headcounts"], yearly["inputs"]["leavers"]
    rows = months([(n, n, leavers if place == 0 else 0) for place, n in enumerate(counts)])
    found = rate(compiled, rows, "quarter", "monthly_averages")
    assert found[2] * 100 == pytest.approx(yearly["expected"]["percent"])
    # 20 % in a quarter: 80 % a year simply, 59 % when each quarter leaves fewer to go.
    assert found[3] == pytest.approx(1 - 0.8**4)

    long = published("attrition-annualised-20")
    year = long["inputs"][0]
    rows = months([(year["L"], year["L"], year["E"] if n == 0 else 0) for n in range(year["M"])])
    found = rate(compiled, rows, "twelve_months", "monthly_averages")
    assert found[2] * 100 == pytest.approx(long["expected"]["percents"][0])


def test_early_attrition_counts_mature_cohorts_alone(compiled: Compiled) -> None:
    base = {
        "cohort_month": "2026-08",
        "site_id": "waw",
        "client_id": "acme",
        "hire_source": "referral",
        "first_leader_id": "L1",
        "as_of_date": date(2026, 11, 21),
        "is_seen_from_start": True,
    }
    rows = [
        base | {"hired_date": date(2026, 8, 1), "exit_day": 25, "is_event": True},
        base | {"hired_date": date(2026, 8, 1), "exit_day": 112, "is_event": False},
        base | {"hired_date": date(2026, 8, 30), "exit_day": 60, "is_event": True},
        base | {"hired_date": date(2026, 11, 1), "exit_day": 5, "is_event": True},
    ]
    con = compiled.database({"int_employment_durations": rows}, "attrition_early")
    assert con.execute(
        "select hires_n, hires_mature_30_n, left_within_30_days_n, hires_mature_90_n, "
        "left_within_90_days_n from attrition.attrition_early"
    ).fetchall() == [(4, 3, 1, 2, 1)]
