"""Data tests by their compiled SQL: as dbt says, and only those whose models changed."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ground.home import Home
from orchestration.dbt import data_tests
from orchestration.dbt.data_tests import DataTest, DataTestError

RULE = {"fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "!= 0", "limit": None}


def rule(name: str, sql: str, severity: str = "ERROR", **more: Any) -> DataTest:
    return DataTest(f"test.headset.{name}", "f1", sql, severity=severity, **(RULE | more))


BROKEN = "select * from calls where wait_s < 0"
TESTS = [
    rule("passes", "select * from calls where wait_s > 900"),
    rule("fails", BROKEN),
    rule("warns", BROKEN, "WARN"),
    rule("tolerates", BROKEN, error_if="> 2"),
    rule("cut", BROKEN, limit=1),
    rule("breaks", "select * from no_such_table"),
]
PARENTS = {test.unique_id: ["model.headset.calls"] for test in TESTS}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.target.mkdir()
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("create table calls as select unnest([5, -1, -2]) as wait_s")
    return home


def run(home: Home, changed: set[str] | None, batch: int = 7) -> dict[str, dict[str, Any]]:
    rows = data_tests.run(home, TESTS, PARENTS, changed, batch, lambda _: None)
    return {row["unique_id"].split(".")[2]: row for row in rows}


@pytest.mark.parametrize(
    ("name", "status", "failures", "message"),
    [
        ("passes", "pass", 0, None),
        ("fails", "fail", 2, "Got 2 results, configured to fail if != 0"),
        ("warns", "warn", 2, "Got 2 results, configured to warn if != 0"),
        ("tolerates", "warn", 2, "Got 2 results, configured to warn if != 0"),
        ("cut", "fail", 1, "Got 1 result, configured to fail if != 0"),
    ],
)
def test_a_count_is_told_as_dbt_tells_it(
    home: Home, name: str, status: str, failures: int, message: str | None
) -> None:
    row = run(home, None)[name]
    assert (row["status"], row["failures"], row["message"]) == (status, failures, message)


def test_what_cannot_be_asked_is_an_error_and_no_pass(home: Home) -> None:
    row = run(home, None)["breaks"]
    assert row["status"] == "error"
    assert "no_such_table" in row["message"]


def test_dbt_itself_reads_the_results(home: Home) -> None:
    from dbt.artifacts.schemas.run import RunResultsArtifact

    run(home, None)
    raw = json.loads((home.target / "run_results_test.json").read_text(encoding="utf-8"))
    raw["metadata"] |= {"dbt_version": "1.11.0", "invocation_id": None, "env": {}}
    read = RunResultsArtifact.from_dict(raw)
    assert [str(one.status) for one in read.results][:3] == ["pass", "fail", "warn"]


def test_tests_of_models_that_stand_keep_their_last_result_with_its_batch(home: Home) -> None:
    run(home, None, batch=7)
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("delete from calls")
    kept = run(home, set(), batch=8)
    assert kept["fails"]["status"] == "fail"
    assert kept["fails"]["adapter_response"] == {"kept_from_batch": 7}
    assert kept["breaks"]["adapter_response"] == {"kept_from_batch": 8}, "an error is asked again"
    again = run(home, {"model.headset.calls"}, batch=9)
    assert again["fails"]["status"] == "pass"
    assert again["fails"]["adapter_response"] == {"kept_from_batch": 9}


def test_a_test_that_asks_otherwise_is_asked(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    run(home, None)
    changed = [rule("fails", "select * from calls where wait_s < -1")]
    (row,) = data_tests.run(home, changed, PARENTS, set(), 8, lambda _: None)
    assert row["failures"] == 1


def node(**config: Any) -> dict[str, Any]:
    kept = {"materialized": "test", "severity": "error", "store_failures": None}
    return {"resource_type": "test", "config": RULE | kept | config}


def test_a_test_is_compiled_once_while_it_means_the_same(home: Home) -> None:
    asked: list[list[str]] = []

    def compile_(uids: Any) -> dict[str, str]:
        asked.append(list(uids))
        return {uid: f"select {len(asked)}" for uid in uids}

    manifest = {
        "nodes": {"test.h.a": node(), "test.h.b": node(), "model.h.m": {"resource_type": "model"}}
    }
    for prints in ({"a": "1", "b": "1"}, {"a": "1", "b": "1"}, {"a": "1", "b": "2"}):
        named = {f"test.h.{name}": value for name, value in prints.items()}
        tests = data_tests.compiled(home, manifest, named, compile_)
    assert asked == [["test.h.a", "test.h.b"], ["test.h.b"]]
    assert [test.sql for test in tests] == ["select 1", "select 2"]


def test_tests_that_store_rows_are_refused(home: Home) -> None:
    manifest = {"nodes": {"test.h.a": node(store_failures=True)}}
    with pytest.raises(DataTestError, match="store their failures"):
        data_tests.compiled(home, manifest, {"test.h.a": "1"}, lambda uids: dict.fromkeys(uids, ""))
