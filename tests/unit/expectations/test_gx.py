"""Great Expectations inside DuckDB: each expectation type proven by a pass and a failure."""

from pathlib import Path

import duckdb
import pytest

from expectations import gx
from expectations.gx import Expect, Outcome


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    path = tmp_path_factory.mktemp("gx") / "small.duckdb"
    con = duckdb.connect(str(path))
    con.execute("""
        create table numbers as
        select n, n / 10.0 as tenth, case when n <> 3 then n + 1 end as next_n
        from range(10) as r(n)
    """)
    con.close()
    rows = "select * from {batch} where n > "
    between, pair = "ExpectColumnValuesToBeBetween", "ExpectColumnPairValuesAToBeGreaterThanB"
    either = {"or_equal": True, "ignore_row_if": "either_value_is_missing"}
    suite = [
        Expect("between", between, {"column": "tenth", "min_value": 0, "max_value": 1}),
        Expect("not between", between, {"column": "tenth", "min_value": 0, "max_value": 0.55}),
        Expect("filled", "ExpectColumnValuesToNotBeNull", {"column": "n"}),
        Expect("not filled", "ExpectColumnValuesToNotBeNull", {"column": "next_n"}),
        Expect("pair", pair, {"column_A": "next_n", "column_B": "n", **either}),
        Expect("not pair", pair, {"column_A": "n", "column_B": "next_n", **either}),
        Expect("no rows", "UnexpectedRowsExpectation", {"unexpected_rows_query": f"{rows} 100"}),
        Expect("rows", "UnexpectedRowsExpectation", {"unexpected_rows_query": f"{rows} 5"}),
        Expect(
            "broken sql",
            "UnexpectedRowsExpectation",
            {"unexpected_rows_query": "select missing from {batch}"},
        ),
        Expect("no column", "ExpectColumnValuesToNotBeNull", {"column": "missing"}),
    ]
    found = gx.validate(path, {"numbers": suite})
    # A writer, in this very process, does not meet a lock.
    duckdb.connect(str(path)).execute("create table written as select 1")
    return found


@pytest.mark.parametrize("check", ["between", "filled", "pair", "no rows"])
def test_what_holds_passes(outcomes: dict[str, Outcome], check: str) -> None:
    assert outcomes[check].status == "pass"


@pytest.mark.parametrize(
    ("check", "failing_n"), [("not between", 4), ("not filled", 1), ("not pair", 9), ("rows", 4)]
)
def test_what_does_not_hold_fails(outcomes: dict[str, Outcome], check: str, failing_n: int) -> None:
    assert (outcomes[check].status, outcomes[check].failing_n) == ("fail", failing_n)


@pytest.mark.parametrize("check", ["broken sql", "no column"])
def test_what_raises_is_an_error_and_never_a_pass(outcomes: dict[str, Outcome], check: str) -> None:
    assert outcomes[check].status == "error"
    assert "missing" in outcomes[check].detail


def test_one_that_raises_does_not_count_others_twice(outcomes: dict[str, Outcome]) -> None:
    assert len(outcomes) == 10


def test_an_expectation_type_without_proof_is_refused(tmp_path: Path) -> None:
    quantiles = Expect("q", "ExpectColumnQuantileValuesToBeBetween", {"column": "n"})
    with pytest.raises(gx.UnprovenExpectationError, match="QuantileValues"):
        gx.validate(tmp_path / "none.duckdb", {"numbers": [quantiles]})
