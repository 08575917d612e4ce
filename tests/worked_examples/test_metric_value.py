"""metric.value says what a question says, parts and value and version, or hides it."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from ground.home import Home, dbt_project_dir
from metrics.contracts import reader
from metrics.contracts.contract import MetricContract
from metrics.question.engine import SemanticLayer
from metrics.question.query import query

KEYS = {
    "client": "client_id", "site": "site_id", "queue": "queue_id", "team": "team_id",
    "leader": "leader_id",
}  # fmt: skip
NOT_FORMED = ("small group", "still open")
METRICS = reader.load(dbt_project_dir() / "models" / "metrics").metrics
SUMS = [m for m in METRICS if m.published is not None and m.bound is None]
MARTS = [m for m in METRICS if m.published is not None and m.bound is not None]


def one_of_each_fact(home: Home) -> Iterator[MetricContract]:
    """The first metric of every set of facts that metrics stand on."""
    layer = SemanticLayer(json.loads((home.target / "semantic_manifest.json").read_text()))
    seen = set()
    for metric in SUMS:
        facts = (tuple(m["name"] for m in layer.models_of(metric.id)), metric.unit == "fraction")
        if facts not in seen:
            seen.add(facts)
            yield metric


def values(home: Home, where: str, *parameters: object) -> list[dict[str, Any]]:
    con = duckdb.connect(str(home.published / "current" / "serve.duckdb"), read_only=True)
    try:
        found = con.execute(f"select * from metric.value where {where}", list(parameters))
        names = [one[0] for one in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    finally:
        con.close()


def test_it_is_the_answer_to_the_question(home: Home) -> None:
    compared = 0
    for metric in one_of_each_fact(home):
        assert metric.published is not None
        for kind in metric.published.by or ():
            if kind not in KEYS:
                continue
            for grain in ("day", "week", "month"):
                rows = values(
                    home, "metric = ? and entity_kind = ? and grain = ?",
                    metric.display, kind, grain,
                )  # fmt: skip
                if rows:
                    compared += compare(home, metric, kind, grain, rows)
    assert compared > 2000


def compare(
    home: Home, metric: MetricContract, kind: str, grain: str, rows: list[dict[str, Any]]
) -> int:
    by = [KEYS[kind], *(["client_id"] if kind == "queue" else [])]
    answer = query(home, metric.display, by=by, grain=grain)
    asked = {
        (row[grain], *(row[key] for key in by)): row
        for row in answer.rows
        if row[by[0]] is not None
    }
    keys = ["period_start_date", "entity_id", *(["client_id"] if kind == "queue" else [])]
    found = {tuple(row[key] for key in keys): row for row in rows}
    assert set(found) == set(asked), (metric.display, kind, grain)
    for key, row in found.items():
        ours, why = asked[key], (metric.display, kind, grain, key)
        assert row["version"] == ours["version"]
        # A night knows no later date than its own; a question knows today's.
        assert ours["is_final"] or not row["is_final"], why
        assert row["numerator"] == pytest.approx(ours["numerator"]), why
        assert row["denominator"] == pytest.approx(ours["denominator"]), why
        if row["blank_reason"] is None:
            assert row["value"] == pytest.approx(ours["value"]), why
        elif row["blank_reason"].startswith(("nothing to divide by", "not computed")):
            assert (ours["value"], ours["blank_reason"]) == (None, row["blank_reason"]), why
        elif row["blank_reason"] in NOT_FORMED:
            assert (row["value"], row["low"], row["high"]) == (None, None, None), why
        else:
            assert row["n"] < metric.minimum_sample, why
    return len(found)


def test_every_published_metric_stands_in_it(home: Home) -> None:
    shown = {row["metric"] for row in values(home, "true")}
    assert {m.display for m in (*SUMS, *MARTS)} - shown == set()
    ours = [m for m in METRICS if not m.variant.startswith(("amazon_connect", "zendesk"))]
    left_out = {m.name for m in ours if m.published is None}
    assert left_out == {"strain", "enps"}, "what a mart says once is said there alone"
    # A vendor's own number is asked for beside the vendor's report; not every client has it.
    assert all(m.published is None for m in METRICS if m not in ours)


def test_a_metric_of_a_mart_is_the_mart_s_own_row(home: Home) -> None:
    for metric in MARTS:
        answer = query(home, metric.display)
        rows = values(home, "metric = ?", metric.display)
        assert len(rows) == len(answer.rows), metric.display
        shown = sorted(row["value"] for row in rows if row["value"] is not None)
        told = [row["value"] for row in answer.rows if row["value"] is not None]
        assert set(shown) <= set(told), metric.display


def test_of_groups_no_rate_is_formed_that_is_small_daily_or_open(home: Home) -> None:
    for metric in SUMS:
        if metric.smallest_group == 1:
            continue
        for row in values(home, "metric = ?", metric.display):
            assert row["grain"] != "day"
            if row["value"] is not None:
                assert row["is_final"], metric.display
                assert (metric.published and metric.published.group_of == "agents") or (
                    row["n"] >= metric.smallest_group
                ), metric.display


def test_six_of_32_has_the_interval_that_was_published(home: Home) -> None:
    (row,) = values(
        home,
        "metric = 'csat.satisfied_of_answers' and grain = 'month' and entity_kind = 'client'"
        " and client_id = 'csat.satisfied_of_answers/six_of_32'",
    )
    assert (row["value"], row["is_final"]) == (0.1875, True)
    assert (row["low"], row["high"]) == pytest.approx((0.08889545, 0.35309155), abs=5e-9)


def test_no_person_stands_in_it_unless_a_metric_set_asks(home: Home) -> None:
    assert values(home, "entity_kind = 'agent'") == []


def test_some_values_are_final_and_some_still_open(home: Home) -> None:
    assert {row["is_final"] for row in values(home, "grain = 'month'")} == {True, False}


def test_months_are_whole(home: Home) -> None:
    rows = values(home, "grain = 'month'")
    assert {row["period_start_date"].day for row in rows} == {1}
    assert all(row["month_start_date"] == row["period_start_date"] for row in rows)
    assert all(isinstance(row["period_start_date"], dt.date) for row in rows)
