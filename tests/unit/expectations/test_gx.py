"""Great Expectations inside DuckDB: what it finds, what it misses, and what it never swallows."""

from pathlib import Path

import duckdb
import pytest

from expectations.guards import gx
from expectations.guards.gx import Outcome

CHECKS = {
    "no rows": "select n from numbers where n > 100",
    "rows": "select n from numbers where n > 5",
    "rows of two tables": 'select n, "who" from numbers join names using (n)',
    "it's quoted": "select n from numbers where n < 0 and '{brace}' = '{' -- comment",
    "no column": "select missing from numbers",
    "no table": "select 1 from missing",
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    path = tmp_path_factory.mktemp("gx") / "small.duckdb"
    con = duckdb.connect(str(path))
    con.execute("create table numbers as select n from range(10) as r(n)")
    con.execute("create table names as select 3 as n, 'three' as who")
    con.close()
    found = gx.validate(path, CHECKS)
    # A writer, in this very process, does not meet a lock.
    duckdb.connect(str(path)).execute("create table written as select 1")
    return found


@pytest.mark.parametrize("check", ["no rows", "it's quoted"])
def test_what_finds_no_row_passes(outcomes: dict[str, Outcome], check: str) -> None:
    assert outcomes[check] == Outcome("pass")


@pytest.mark.parametrize(("check", "failing_n"), [("rows", 4), ("rows of two tables", 1)])
def test_what_finds_rows_fails(outcomes: dict[str, Outcome], check: str, failing_n: int) -> None:
    assert (outcomes[check].status, outcomes[check].failing_n) == ("fail", failing_n)


@pytest.mark.parametrize("check", ["no column", "no table"])
def test_what_raises_is_an_error_and_never_a_pass(outcomes: dict[str, Outcome], check: str) -> None:
    assert outcomes[check].status == "error"
    assert "missing" in outcomes[check].detail


def test_one_that_raises_does_not_count_others_twice(outcomes: dict[str, Outcome]) -> None:
    assert list(outcomes) == list(CHECKS)


def test_a_failure_among_very_many_is_told_by_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bundles that find nothing are one question; the one that finds something is asked apart."""
    path = tmp_path / "small.duckdb"
    duckdb.connect(str(path)).execute("create table numbers as select n from range(10) as r(n)")
    monkeypatch.setattr(gx, "BUNDLE", 3)
    checks = {f"above {n}": f"select n from numbers where n > {n}" for n in range(8, 20)}
    found = gx.validate(path, checks)
    assert list(found) == list(checks)
    assert {check: one for check, one in found.items() if one.status != "pass"} == {
        "above 8": Outcome("fail", failing_n=1)
    }
