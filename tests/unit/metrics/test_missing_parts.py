"""A part that no source gives: the metric is empty and says so, never a number that looks right.

Every column that a fact may lack is taken away from made-up rows, and every metric whose parts are
made of it is asked. Columns and formulas are read from the project: a new one is walked too.
"""

import functools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pytest
import yaml

from ground.home import CHECKOUT
from metrics.contracts import reader
from metrics.contracts.contract import MetricContract, Needs

MODELS = CHECKOUT / "dbt_project" / "models"
METRICS = reader.load(MODELS / "metrics").metrics

# What a fact says of itself where a column is missing: columns made of it, as its model has them.
FOLLOWS: dict[tuple[str, str], dict[str, str]] = {
    ("fct_contact_leg", "wait_s"): {
        "is_answered_within_threshold": "false", "is_short_abandon": "false",
    },
    ("fct_contact", "wait_s"): {
        "is_answered_within_threshold": "false", "is_short_abandon": "false",
    },
    ("agent_day", "logged_in_s"): {
        f"{state}_state_s": "null"
        for state in (
            "available", "on_contact", "acw", "break", "lunch", "training", "meeting", "coaching",
            "off_queue", "unmapped",
        )
    } | {"paid_s": "null"},
    ("agent_schedule_day", "is_activity_sent"): {
        "in_adherence_s": "0", "in_adherence_rest_alike_s": "0", "worked_s": "0",
    },
    ("fct_case", "are_events_known"): {
        "is_one_touch": "false", "is_reopened": "false", "public_replies_n": "0",
        "pending_s": "0", "on_hold_s": "0", "in_hand_s": "resolution_s", "next_replies_n": "0",
        "next_reply_s": "0", "updates_n": "0", "update_s": "0",
    },
    ("interaction_repeat", "is_traceable"): {
        "is_traceable_by_reason": "false",
    } | {
        f"{made}_{window}_n": "0"
        for window in ("24h", "48h", "7d", "14d", "30d")
        for made in ("traced", "resolved_within")
    } | {"traced_any_reason_7d_n": "0", "resolved_any_reason_within_7d_n": "0"},
    ("client_cost_day", "unrated_paid_s"): {"cost_group": "0"},
    ("fct_contact", "records_n"): {"records_incoming_n": "null"},
    ("fct_survey", "is_promoter"): {"is_detractor": "null"},
    ("attrition_headcount_month", "closing_fte"): {"closing_fte_known_n": "0"},
}  # fmt: skip
# Columns that are never null, and yet say that a source gives nothing.
TOLD: dict[tuple[str, str], str] = {
    ("agent_schedule_day", "is_activity_sent"): "false",
    ("fct_case", "are_events_known"): "false",
    ("interaction_repeat", "is_traceable"): "false",
    ("client_cost_day", "unrated_paid_s"): "paid_s",
}
# Columns that may be null without any source being silent, or that no value of a metric needs.
MEANT: dict[tuple[str, str], str] = {
    ("fct_contact_leg", "hold_s"): "a source may count holds as talk; metrics of holds need it",
    ("fct_contact_leg", "pause_s"): "only tasks are paused",
    ("fct_contact_leg", "dialling_s"): "only the centre's own calls are dialled",
    ("fct_contact_leg", "began_as"): "one source's own words; its variants say whose they are",
    ("fct_contact_leg", "queued_as"): "null: every visit is a customer's",
    ("fct_case", "first_reply_s"): "no reply yet",
    ("fct_case", "first_public_reply_s"): "no reply yet",
    ("fct_case", "first_reply_business_s"): "no reply yet, or no schedule: nothing to divide by",
    ("fct_case", "first_resolution_s"): "never resolved",
    ("fct_case", "resolution_s"): "not resolved",
    ("fct_case", "is_first_reply_late"): "no target: nothing to divide by",
    ("agent_day", "tenure_days"): "HR knows nothing: nothing to divide by",
    ("interaction_repeat", "agent_id"): "nobody answered",
    ("fct_outcome", "amount"): "no money was in it",
    ("fct_outcome", "settled_amount"): "not settled",
    ("fct_outcome", "contact_site_date"): "of no contact",
    ("fct_survey", "score"): "no scale",
    ("attrition_team_strain_week", "hours_above_85"): "a small team, which is in neither part",
    ("attrition_team_strain_week", "breaks_skipped_n"): "a small team, which is in neither part",
}
# An answer, a score or a judgement that is not there: nothing to divide by, and that says it all.
EMPTY = {
    "fct_survey": (
        "is_promoter", "is_satisfied", "is_resolved_at_first_contact", "scale_min", "scale_max",
    ),
    "fct_evaluation": ("evaluator_kind",),
    "fct_calibration_pair": ("is_agreed",),
    "sla_clause_month": ("is_attained",),
}  # fmt: skip
# By its contract the metric does without the column.
WITHOUT = {
    ("wait_s", "abandonment_of_queue_visits_less_short"),  # a hang-up of unknown wait is not short
    # Without a scale nobody is satisfied or not either.
    ("scale_min", "csat_without_neutral"),
    ("scale_max", "csat_without_neutral"),
    ("acw_s", "handle_time_amazon_connect"),  # by Amazon's logic what is not sent counts as none
}


@dataclass
class Fact:
    """A semantic model: its measures, and the columns of its fact that they are made of."""

    name: str
    measures: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    nullable: set[str] = field(default_factory=set)

    def said(self, column: str, metric: MetricContract) -> bool:
        """Whether a part of the metric is made of the column."""
        made = {column, *FOLLOWS.get((self.name, column), {})}
        texts = " ".join(self.measures.get(part, "") for part in metric.parts)
        return any(re.search(rf"\b{name}\b", texts) for name in made)


def facts() -> dict[str, Fact]:
    contracts = {
        model["name"]: model.get("columns", ())
        for path in MODELS.glob("*/**/*.yml")
        for model in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models") or ()
    }
    found: dict[str, Fact] = {}
    for path in sorted((MODELS / "metrics" / "semantic").glob("*.yml")):
        for semantic in yaml.safe_load(path.read_text(encoding="utf-8"))["semantic_models"]:
            name = semantic["model"].split("'")[1]
            fact = found.setdefault(name, Fact(name))
            for one in semantic.get("measures") or ():
                fact.measures[one["name"]] = str(one.get("expr") or one["name"])
            texts = " ".join(fact.measures.values())
            for column in contracts[name]:
                if re.search(rf"\b{column['name']}\b", texts):
                    fact.columns[column["name"]] = column["data_type"]
                    if {"type": "not_null"} not in column.get("constraints", ()):
                        fact.nullable.add(column["name"])
    return found


FACTS = facts()


def cases() -> Iterator[tuple[Fact, str, MetricContract]]:
    """Each column that a fact may lack with each metric that is made of it."""
    for fact in FACTS.values():
        lacking = {c for c in fact.nullable if (fact.name, c) not in MEANT}
        lacking |= {column for name, column in (*TOLD, *FOLLOWS) if name == fact.name}
        follows = {c for (f, _), made in FOLLOWS.items() if f == fact.name for c in made}
        for column in sorted(lacking - follows):
            for metric in METRICS:
                whole = metric.bound is None and set(metric.parts) <= set(fact.measures)
                if whole and fact.said(column, metric) and (column, metric.id) not in WITHOUT:
                    yield fact, column, metric


@functools.cache
def made_up(name: str) -> duckdb.DuckDBPyConnection:
    """Rows with every column filled by its type, words as the formulas name them."""
    fact, con = FACTS[name], duckdb.connect()
    texts = " ".join(fact.measures.values())
    chance = random.Random(7)
    columns = ", ".join(f'"{column}" {kind}' for column, kind in fact.columns.items())
    con.execute(f"create table given ({columns})")
    for _ in range(100):
        row: list[Any] = []
        for column, kind in fact.columns.items():
            words = re.findall(rf"\b{column} (?:=|<>) '(\w+)'", texts)
            listed = re.findall(rf"\b{column} in \(([^)]*)\)", texts)
            words += [word for one in listed for word in re.findall(r"'(\w+)'", one)]
            if kind == "boolean":
                row.append(column in TOLD_NAMES or chance.random() < 0.6)
            elif kind == "date":
                row.append("2026-03-10")
            elif kind == "varchar":
                row.append(chance.choice([*words, "other"]) if words else "other")
            else:
                numbers = re.findall(rf"\b{column} = (\d+)", texts) or range(1, 40)
                row.append(0 if column == "unrated_paid_s" else int(chance.choice(numbers)))
        con.execute(f"insert into given values ({', '.join('?' * len(row))})", row)
    if "closing_fte_known_n" in fact.columns:
        con.execute("update given set closing_fte_known_n = closing_n")
    return con


TOLD_NAMES = {column for _, column in TOLD}


def value_of(
    con: duckdb.DuckDBPyConnection, fact: Fact, metric: MetricContract, rows: str
) -> tuple[float | None, str | None]:
    """The metric's value and why there is none, as a question works them out."""
    parts = (*metric.parts, *metric.needed)
    sums = ", ".join(f"coalesce(sum({fact.measures[part]}), 0)" for part in parts)
    found = [float(one) for one in con.execute(f"select {sums} from ({rows})").fetchone() or ()]
    own, needed = found[: len(metric.parts)], found[len(metric.parts) :]
    reason = metric.needs.missing(*needed) if metric.needs else None
    if reason:
        return None, reason
    if len(own) == 1:
        return own[0], None
    return (own[0] / own[1], None) if own[1] else (None, "nothing to divide by")


@pytest.mark.parametrize(
    ("fact", "column", "metric"),
    [pytest.param(*case, id=f"{case[2].id}-{case[1]}") for case in cases()],
)
def test_without_a_part_there_is_no_value_and_the_part_is_named(
    fact: Fact, column: str, metric: MetricContract
) -> None:
    con = made_up(fact.name)
    whole, _ = value_of(con, fact, metric, "select * from given")
    assert whole is not None, "the rows must give a value, or nothing is tried"
    lost = {column: TOLD.get((fact.name, column), "null")} | FOLLOWS.get((fact.name, column), {})
    replaced = ", ".join(
        f'cast({new} as {fact.columns[name]}) as "{name}"'
        for name, new in lost.items()
        if name in fact.columns
    )
    value, reason = value_of(con, fact, metric, f"select * replace ({replaced}) from given")
    said = "nothing to divide by" if column in EMPTY.get(fact.name, ()) else "not computed: "
    assert value is None
    assert (reason or "").startswith(said)


def test_every_column_that_a_fact_may_lack_is_walked_or_has_a_reason() -> None:
    walked = {(fact.name, column) for fact, column, _ in cases()}
    follows = {(fact, c) for (fact, _), made in FOLLOWS.items() for c in made}
    needed = {
        (fact.name, column)
        for fact in FACTS.values()
        for column in fact.nullable
        for metric in METRICS
        if fact.said(column, metric)
    }
    assert needed - walked - follows - set(MEANT) == set()
    assert set(MEANT) <= {(f.name, c) for f in FACTS.values() for c in f.columns}


@pytest.mark.parametrize(
    ("known", "of", "missing"),
    [(0, 0, False), (0, 1, True), (99, 100, False), (98, 100, True), (100, 100, False)],
)
def test_one_unknown_in_a_hundred_is_borne(known: int, of: int, missing: bool) -> None:
    assert bool(Needs("the wait", "a", "b").missing(known, of)) is missing


@pytest.mark.parametrize(("known", "missing"), [(0, True), (1, False)])
def test_where_the_rest_is_in_neither_part_one_is_enough(known: int, missing: bool) -> None:
    assert bool(Needs("the states", "a", "b", 0).missing(known, 1000)) is missing
