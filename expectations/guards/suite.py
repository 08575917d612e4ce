"""Guards generated from the metric contracts, run by Great Expectations inside DuckDB.

For every metric: its value lies within its bounds, is empty exactly where its denominator is 0,
and a fraction's numerator is no larger than its denominator. For every additive part: MetricFlow's
values by client and day add up to the plain sum over the fact. For every `plausible` of a
contract: no group's mean is beyond what the unit can mean. A new contract needs no new guard.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from expectations import samples
from expectations.checks import CheckResult
from expectations.guards import from_marts
from expectations.guards import tables as guard_tables
from expectations.guards.from_contracts import guards_of
from expectations.guards.guard import Guard
from expectations.guards.gx import Outcome
from expectations.guards.tables import BoundTable, GuardModel
from ground import dbt_manifest
from ground.built_tables import NotBuiltError
from ground.home import Home, dbt_project_dir
from metrics.contracts import reader
from metrics.contracts.contract import MetricContract


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
    from expectations.guards import gx

    if metrics is None:
        try:
            metrics = reader.load(dbt_project_dir() / "models" / "metrics").metrics
        except reader.ContractError as error:
            return [_not_built(error)]
    path = home.target / "semantic_manifest.json"
    try:
        semantic = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise GuardError(f"{path}: no semantic manifest; run the build first: {error}") from error
    manifest = home.target / "manifest.json"
    graph = dbt_manifest.load(manifest) if manifest.exists() else {}
    tables = tables_file(home)
    try:
        built, bound = guard_tables.build(home, tables, semantic, metrics, dates)
    except (duckdb.Error, NotBuiltError) as error:
        return [_not_built(error)]
    guards = list(_all_guards(built, bound))
    outcomes = gx.validate(tables, {guard.check_id: guard.violations for guard in guards})
    con = duckdb.connect(str(tables), read_only=True)
    try:
        return [_result(con, guard, outcomes[guard.check_id], graph) for guard in guards]
    finally:
        con.close()


def _all_guards(built: Sequence[GuardModel], bound: Sequence[BoundTable]) -> Iterator[Guard]:
    seen: set[str] = set()
    # A part adds up once: where its own fact stands alone, if it does somewhere.
    for model in sorted(built, key=lambda one: one.meets):
        for guard in guards_of(model):
            if guard.check_id not in seen:
                seen.add(guard.check_id)
                yield guard
    for one in bound:
        yield from from_marts.guards_of(one)


def _result(
    con: duckdb.DuckDBPyConnection, guard: Guard, outcome: Outcome, graph: dbt_manifest.Manifest
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
    below = dbt_manifest.model_ids(graph, [guard.fact])
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
        tables=() if outcome.status == "pass" else dbt_manifest.published_below(graph, below),
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
