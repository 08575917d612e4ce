"""dbt's data tests by their compiled SQL, over one connection: dbt takes 38 ms more for each.

Compiled SQL is kept while a test's fingerprint stays; a test whose models are as they were keeps
its last result, with the batch it is from. Results are written as dbt writes them.
Belongs here: which tests run, running them, their results. Does not: what a failure means.
"""

import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from ground.dbt_manifest import Manifest
from ground.files import write_json
from ground.home import Home

SCHEMA = "https://schemas.getdbt.com/dbt/run-results/v6.json"
COMPILED, RESULTS = "data_tests.json", "run_results_test.json"
KEPT_FROM = "kept_from_batch"
Progress = Callable[[str], None]
Row = dict[str, Any]


class DataTestError(Exception):
    """A data test cannot be run this way; the message says which and why."""


@dataclass(frozen=True)
class DataTest:
    """One data test: the rows that break it, and when that is a failure."""

    unique_id: str
    fingerprint: str
    sql: str
    fail_calc: str
    warn_if: str
    error_if: str
    severity: str
    limit: int | None

    @property
    def question(self) -> str:
        """The one row that dbt asks for: how many failures, and what they come to."""
        limit = f"limit {self.limit}" if self.limit else ""
        return (
            f"select {self.fail_calc} as failures, {self.fail_calc} {self.warn_if} as should_warn, "
            f"{self.fail_calc} {self.error_if} as should_error\n"
            f"from (\n{self.sql}\n{limit}\n) as dbt_internal_test"
        )


def tests_of(manifest: Manifest) -> dict[str, Mapping[str, Any]]:
    """The manifest's data tests."""
    return {u: n for u, n in manifest["nodes"].items() if n["resource_type"] == "test"}


def compiled(
    home: Home,
    manifest: Manifest,
    prints: Mapping[str, str],
    compile_: Callable[[Sequence[str]], Mapping[str, str]],
) -> list[DataTest]:
    """Every data test with its SQL; those whose fingerprint is new are compiled.

    compile_: unique ids in, compiled SQL by unique id out.
    """
    kept = {one["unique_id"]: DataTest(**one) for one in _read(home.target / COMPILED, "tests")}
    nodes = tests_of(manifest)
    stale = [u for u in nodes if u not in kept or kept[u].fingerprint != prints[u]]
    if stale:
        fresh = compile_(stale)
        kept |= {u: _test(u, nodes[u], prints[u], fresh[u]) for u in stale}
        tests = [kept[u] for u in nodes]
        write_json(home.target / COMPILED, {"tests": [asdict(one) for one in tests]})
    return [kept[u] for u in nodes]


def _test(uid: str, node: Mapping[str, Any], fingerprint: str, sql: str) -> DataTest:
    config = node["config"]
    if config["materialized"] != "test" or config.get("store_failures"):
        raise DataTestError(f"{uid}: only plain data tests are run, none that store their failures")
    return DataTest(
        unique_id=uid,
        fingerprint=fingerprint,
        sql=sql,
        fail_calc=config["fail_calc"],
        warn_if=config["warn_if"],
        error_if=config["error_if"],
        severity=config["severity"],
        limit=config.get("limit"),
    )


def run(
    home: Home,
    tests: Sequence[DataTest],
    parents: Mapping[str, Collection[str]],
    changed: Collection[str] | None,
    batch_id: int,
    progress: Progress,
) -> list[Row]:
    """The result of every test, as dbt would give it, in `run_results_test.json` too.

    parents: unique id of a test to what it reads. changed: models whose rows may have changed since
    the last results; None: all. A test of none of them keeps its last result.
    """
    from ingest.ledger.ledger import warehouse

    last = {row["unique_id"]: row for row in _read(home.target / RESULTS, "results")}
    began, results = time.monotonic(), []
    with warehouse(home, read_only=True) as con:
        for number, test in enumerate(tests, start=1):
            old = last.get(test.unique_id)
            if old and changed is not None and _stands(test, old, parents, changed):
                results.append(old)
                continue
            progress(f"test {number} of {len(tests)}, {test.unique_id.split('.')[2]}")
            results.append(_asked(con, test, batch_id))
    body = {
        "metadata": {
            "dbt_schema_version": SCHEMA,
            "generated_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        },
        "results": results,
        "elapsed_time": time.monotonic() - began,
        "args": {"which": "test"},
    }
    write_json(home.target / RESULTS, body)
    return results


def _stands(
    test: DataTest, old: Row, parents: Mapping[str, Collection[str]], changed: Collection[str]
) -> bool:
    same = old["compiled_code"] == test.sql and KEPT_FROM in old["adapter_response"]
    return same and old["status"] != "error" and not set(parents[test.unique_id]) & set(changed)


def _asked(con: duckdb.DuckDBPyConnection, test: DataTest, batch_id: int) -> Row:
    began = time.monotonic()
    try:
        row = con.execute(test.question).fetchone()
        assert row is not None
        status, message, failures = _outcome(test, int(row[0] or 0), bool(row[1]), bool(row[2]))
    except duckdb.Error as error:
        status, message, failures = "error", f"Runtime Error: {error}", None
    return {
        "status": status,
        "timing": [],
        "thread_id": "MainThread",
        "execution_time": time.monotonic() - began,
        "adapter_response": {KEPT_FROM: batch_id},
        "message": message,
        "failures": failures,
        "unique_id": test.unique_id,
        "compiled": True,
        "compiled_code": test.sql,
        "relation_name": None,
        "batch_results": None,
    }


def _outcome(
    test: DataTest, failures: int, should_warn: bool, should_error: bool
) -> tuple[str, str | None, int]:
    """What dbt makes of a count, word for word."""
    found = f"Got {failures} result{'' if failures == 1 else 's'}, configured to"
    if test.severity.upper() == "ERROR" and should_error:
        return "fail", f"{found} fail if {test.error_if}", failures
    if should_warn:
        return "warn", f"{found} warn if {test.warn_if}", failures
    return "pass", None, 0


def _read(path: Path, what: str) -> list[Row]:
    rows: list[Row] = json.loads(path.read_text(encoding="utf-8"))[what] if path.is_file() else []
    return rows
