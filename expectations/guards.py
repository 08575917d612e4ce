"""Guards generated from the metric contracts, run by Great Expectations inside DuckDB.

For every metric: its value lies within its bounds, is empty exactly where its denominator is 0,
and a fraction's numerator is no larger than its denominator. For every additive part: MetricFlow's
values by client and day add up to the plain sum over the fact. For every `plausible` of a
contract: no group's mean is beyond what the unit can mean. A new contract needs no new guard.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from expectations import contracts, guard_tables, lineage, samples
from expectations.checks import CheckResult, Radius, Severity
from expectations.guard_tables import GuardModel
from expectations.gx import Expect, Outcome
from expectations.metric_contract import MetricContract, Plausible
from ingest.home import Home, dbt_project_dir

# Sums of seconds as doubles may differ in the last digits between two orders of adding.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Guard:
    """One guard: an expectation, and the SQL whose rows break it (for the sample and clients)."""

    check_id: str
    subject: str
    fact: str
    table: str
    severity: Severity
    radius: Radius
    reason: str
    expectation: str
    arguments: Mapping[str, Any]
    violations: str


class GuardError(Exception):
    """The guards cannot be run at all: no semantic manifest, or no contracts."""


def check(
    home: Home,
    *,
    dates: Sequence[dt.date] | None = None,
    metrics: Sequence[MetricContract] | None = None,
) -> list[CheckResult]:
    """Run every guard over the warehouse; one result per guard.

    dates: UTC event dates this build touched; None looks at all of them.
    metrics: by default the contracts of the dbt project.
    Raises GuardError when there is no semantic manifest (the build did not run).
    """
    from expectations import gx

    if metrics is None:
        try:
            metrics = contracts.load(dbt_project_dir() / "models" / "metrics").metrics
        except contracts.ContractError as error:
            return [_not_built(error)]
    path = home.target / "semantic_manifest.json"
    try:
        semantic = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise GuardError(f"{path}: no semantic manifest; run the build first: {error}") from error
    manifest = home.target / "manifest.json"
    graph = lineage.load(manifest) if manifest.exists() else {}
    tables = tables_file(home)
    try:
        built = guard_tables.build(home.warehouse, tables, semantic, metrics, dates)
    except duckdb.Error as error:
        return [_not_built(error)]
    guards = [guard for model in built for guard in guards_of(model)]
    suites: dict[str, list[Expect]] = {}
    for guard in guards:
        expect = Expect(guard.check_id, guard.expectation, guard.arguments)
        suites.setdefault(guard.table, []).append(expect)
    outcomes = gx.validate(tables, suites)
    con = duckdb.connect(str(tables), read_only=True)
    try:
        return [_result(con, guard, outcomes[guard.check_id], graph) for guard in guards]
    finally:
        con.close()


def guards_of(model: GuardModel) -> Iterator[Guard]:
    """Every guard of the metrics on one semantic model."""
    for metric in model.metrics:
        yield from _bounds(model, metric)
        yield _null_rule(model, metric)
        if metric.denominator is not None and metric.unit == "fraction":
            yield _part_of_whole(model, metric, metric.denominator)
        for number, plausible in enumerate(metric.plausible):
            yield _plausible(model, metric, plausible, number)
    for part in model.parts:
        yield _adds_up(model, part)


def _bounds(model: GuardModel, metric: MetricContract) -> Iterator[Guard]:
    low, high = metric.bounds
    if low is None and high is None:
        return
    outside = [f'"{metric.id}" < {low}'] if low is not None else []
    outside += [f'"{metric.id}" > {high}'] if high is not None else []
    yield Guard(
        check_id=f"gx.{metric.display}.bounds",
        subject=metric.display,
        fact=model.fact,
        table=model.metric_table,
        severity="block",
        radius="client",
        reason=f"{metric.display} must lie between {_limit(low)} and {_limit(high)} {metric.unit}",
        expectation="ExpectColumnValuesToBeBetween",
        arguments={"column": metric.id, "min_value": low, "max_value": high},
        violations=f"{_select(model, metric)} where {' or '.join(outside)}",
    )


def _null_rule(model: GuardModel, metric: MetricContract) -> Guard:
    value, parts = f'"{metric.id}"', [f'"{part}"' for part in metric.parts]
    if metric.denominator is None:
        broken = f"{value} is null or {value} is distinct from {parts[0]}"
        reason = f"{metric.display} must be a count in every row: {metric.null_rule}"
    else:
        quotient = f"{parts[0]}::double / nullif({parts[1]}, 0)::double"
        broken = (
            f"({value} is null) <> ({parts[1]} = 0) or {parts[1]} is null"
            f" or abs({value} - {quotient}) > {TOLERANCE} * greatest(1, abs({value}))"
        )
        reason = (
            f"{metric.display} must be its numerator over its denominator, and "
            "empty exactly where the denominator is 0"
        )
    sql = f"{_select(model, metric)} where {broken}"
    return Guard(
        check_id=f"gx.{metric.display}.null_rule",
        subject=metric.display,
        fact=model.fact,
        table=model.metric_table,
        severity="block",
        radius="client",
        reason=reason,
        expectation="UnexpectedRowsExpectation",
        arguments={"unexpected_rows_query": _over_batch(sql, model.metric_table)},
        violations=sql,
    )


def _part_of_whole(model: GuardModel, metric: MetricContract, denominator: str) -> Guard:
    return Guard(
        check_id=f"gx.{metric.display}.part_of_whole",
        subject=metric.display,
        fact=model.fact,
        table=model.metric_table,
        severity="block",
        radius="client",
        reason=f"{metric.display}: the numerator must not exceed the denominator",
        expectation="ExpectColumnPairValuesAToBeGreaterThanB",
        arguments={
            "column_A": denominator,
            "column_B": metric.numerator,
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
        violations=f'{_select(model, metric)} where "{metric.numerator}" > "{denominator}"',
    )


def _adds_up(model: GuardModel, part: str) -> Guard:
    sql = f"""
        select coalesce(m.client_id, s.client_id) as client_id,
               coalesce(m.day, s.day) as day, m.n as by_metricflow, s.n as by_plain_sum
        from (select client_id, cast(day as date) as day, "{part}" as n
              from "{model.metric_table}") as m
        full join (select client_id, site_date as day, sum("{part}") as n
                   from "{model.sum_table}" group by all) as s
          on m.client_id is not distinct from s.client_id and m.day is not distinct from s.day
        where m.n is distinct from s.n"""
    return Guard(
        check_id=f"gx.{part}.adds_up",
        subject=part,
        fact=model.fact,
        table=model.metric_table,
        severity="block",
        radius="snapshot",
        reason=f"{part} by client and day must add up to the plain sum over {model.fact}",
        expectation="UnexpectedRowsExpectation",
        arguments={"unexpected_rows_query": _over_batch(sql, model.metric_table)},
        violations=sql,
    )


def _plausible(
    model: GuardModel, metric: MetricContract, plausible: Plausible, number: int
) -> Guard:
    keys = [key for key in (*plausible.by, "site_date") if key in model.keys]
    grouped = ", ".join(f'"{key}"' for key in keys)
    seconds, events = f'sum("{metric.numerator}")', f'sum("{metric.denominator}")'
    sql = f"""
        select {grouped}, {events} as events_n, round({seconds} / {events}, 1) as mean_value,
               {plausible.mean_max} as mean_max
        from "{model.sum_table}"
        group by {grouped}
        having {events} >= {plausible.minimum}
           and {seconds} > {plausible.mean_max} * {events}"""
    return Guard(
        check_id=f"gx.{metric.display}.plausible_by_{'_'.join(plausible.by)}",
        subject=metric.display,
        fact=model.fact,
        table=model.sum_table,
        severity="block",
        radius="snapshot",
        reason=plausible.reason,
        expectation="UnexpectedRowsExpectation",
        arguments={"unexpected_rows_query": _over_batch(sql, model.sum_table)},
        violations=sql,
    )


def _select(model: GuardModel, metric: MetricContract) -> str:
    columns = ", ".join(f'"{one}"' for one in (*metric.parts, metric.id))
    return f'select client_id, cast(day as date) as day, {columns} from "{model.metric_table}"'


def _over_batch(sql: str, table: str) -> str:
    return sql.replace(f'"{table}"', "{batch}")


def _limit(value: float | None) -> str:
    return "anything" if value is None else f"{value:g}"


def _result(
    con: duckdb.DuckDBPyConnection, guard: Guard, outcome: Outcome, graph: lineage.Manifest
) -> CheckResult:
    sample: tuple[Mapping[str, object], ...] = ()
    clients: tuple[str, ...] = ()
    failing_n = outcome.failing_n
    if outcome.status == "error":
        sample = ({"error": outcome.detail[:300]},)
    elif outcome.status == "fail":
        sample, clients = samples.of_query(con, guard.violations)
        row = con.execute(f"select count(*) from ({guard.violations})").fetchone()
        failing_n = int(row[0]) if row else failing_n
    below = lineage.model_ids(graph, [guard.fact])
    return CheckResult(
        check_id=guard.check_id,
        subject=guard.subject,
        tool="gx",
        severity=guard.severity,
        radius=guard.radius,
        reason=guard.reason,
        status=outcome.status,
        failing_n=failing_n,
        clients=clients,
        sample=sample,
        tables=() if outcome.status == "pass" else lineage.published_below(graph, below),
    )


def _not_built(error: Exception) -> CheckResult:
    return CheckResult(
        check_id="gx.guard_tables",
        subject="metrics",
        tool="gx",
        severity="block",
        radius="snapshot",
        reason="the metrics could not be computed, so nothing about them is known",
        status="error",
        sample=({"error": str(error)[:300]},),
    )


def tables_file(home: Home) -> Path:
    """Where the last run's guard tables stand, for a look after a failure."""
    return home.target / "guards.duckdb"
