"""Great Expectations over a small DuckDB file: suites in, one outcome per check out.

Great Expectations is imported when `validate` is called, not before.
"""

import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations.checks import Status


@dataclass(frozen=True)
class Expect:
    """One expectation by the name of its class ("ExpectColumnValuesToBeBetween")."""

    check_id: str
    expectation: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """How one expectation came out; `detail` is the exception's text of an error."""

    status: Status
    failing_n: int = 0
    detail: str = ""


# Each has a passing and a failing case in tests/unit/expectations/test_gx.py. The quantile and
# the regex expectations do not work on DuckDB: say those as SQL, in UnexpectedRowsExpectation.
PROVEN = (
    "ExpectColumnPairValuesAToBeGreaterThanB",
    "ExpectColumnValuesToBeBetween",
    "ExpectColumnValuesToNotBeNull",
    "UnexpectedRowsExpectation",
)


class UnprovenExpectationError(Exception):
    """An expectation type without a passing and a failing test on DuckDB."""


def validate(database: Path, suites: Mapping[str, Sequence[Expect]]) -> dict[str, Outcome]:
    """Run suites, one per table of a DuckDB file; returns check id to outcome.

    Every expectation asked for has an outcome: one that raised, or that Great Expectations lost,
    is an error. The file is free for a writer when this returns.
    """
    unproven = {e.expectation for suite in suites.values() for e in suite} - set(PROVEN)
    if unproven:
        raise UnprovenExpectationError(f"not proven on DuckDB: {', '.join(sorted(unproven))}")
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _validate(database, suites)


def _validate(database: Path, suites: Mapping[str, Sequence[Expect]]) -> dict[str, Outcome]:
    import great_expectations
    from great_expectations import expectations as types
    from great_expectations.core.expectation_suite import ExpectationSuite

    from expectations.gx_duckdb import DuckDBDatasource

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    # Defining the datasource class gives the context its `add_duckdb`.
    source: DuckDBDatasource = context.data_sources.add_duckdb(
        name="headset", connection_string=f"duckdb:///{database}"
    )
    outcomes: dict[str, Outcome] = {}
    try:
        for table, suite in suites.items():
            asset = source.add_table_asset(name=table, table_name=table)
            batch = asset.add_batch_definition_whole_table("whole").get_batch()
            built = [
                getattr(types, e.expectation)(**e.arguments, meta={"check_id": e.check_id})
                for e in suite
            ]
            result = batch.validate(
                ExpectationSuite(name=table, expectations=built),
                result_format={"result_format": "SUMMARY", "partial_unexpected_count": 0},
            )
            for one in result.results:
                _keep(outcomes, one)
            for expect in suite:
                outcomes.setdefault(
                    expect.check_id, Outcome("error", detail="Great Expectations gave no result")
                )
    finally:
        source.close()
    return outcomes


def _keep(outcomes: dict[str, Outcome], result: Any) -> None:
    check_id = result.expectation_config.meta["check_id"]
    detail = _exception(result.exception_info)
    if detail is not None:
        outcomes[check_id] = Outcome("error", detail=detail)
        return
    # One metric that raises makes Great Expectations repeat results; an error stays an error.
    if outcomes.get(check_id, Outcome("pass")).status == "error":
        return
    body = result.result or {}
    failing = body.get("unexpected_count")
    if failing is None and isinstance(body.get("observed_value"), int):
        failing = body["observed_value"]
    if result.success:
        outcomes[check_id] = Outcome("pass")
    else:
        outcomes[check_id] = Outcome("fail", failing_n=int(failing or 1))


def _exception(info: Any) -> str | None:
    """The message when the expectation raised; its info is flat, or nested by metric."""
    if not info:
        return None
    if "raised_exception" in info:
        return str(info.get("exception_message") or "raised") if info["raised_exception"] else None
    for nested in info.values():
        if isinstance(nested, Mapping) and (found := _exception(nested)) is not None:
            return found
    return None
