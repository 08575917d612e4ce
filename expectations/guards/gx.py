"""Great Expectations over a small DuckDB file: queries that must find no row in, outcomes out.

Great Expectations is imported when `validate` is called, not before.
"""

import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from expectations.checks import Status


@dataclass(frozen=True)
class Outcome:
    """How one expectation came out; `detail` is the exception's text of an error."""

    status: Status
    failing_n: int = 0
    detail: str = ""


# The batch that Great Expectations is given: one row per check.
BATCH = "checked"
# So many checks are one expectation at first: what an expectation costs is not its query.
BUNDLE = 24


def validate(database: Path, checks: Mapping[str, str]) -> dict[str, Outcome]:
    """Expect no row of each query over a DuckDB file; check id to query, check id to outcome.

    Every check asked for has an outcome: one that raised, or that Great Expectations lost, is an
    error. The file is free for a writer when this returns.
    """
    _list_them(database, checks)
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _validate(database, checks)


def _list_them(database: Path, checks: Mapping[str, str]) -> None:
    con = duckdb.connect(str(database))
    try:
        con.execute(
            f"create or replace table {BATCH} as select unnest($ids) as check_id",
            {"ids": list(checks)},
        )
    finally:
        con.close()


def _bundles(checks: Mapping[str, str]) -> list[list[str]]:
    ids = list(checks)
    return [ids[n : n + BUNDLE] for n in range(0, len(ids), BUNDLE)]


def _together(checks: Mapping[str, str], ids: Sequence[str]) -> str:
    """No row of this is no row of any; a row, or an error, has each of them asked alone."""
    return "\nunion all\n".join(f"select 1 as found from (\n{checks[one]}\n)" for one in ids)


def _over_batch(check_id: str, query: str) -> str:
    # One batch and one suite for all: each table's own would cost as much again.
    name = check_id.replace("'", "''")
    rows = f"from (\n{query}\n) as found cross join".replace("{", "{{").replace("}", "}}")
    return f"select found.* {rows} {{batch}} as asked where asked.check_id = '{name}'"


def _validate(database: Path, checks: Mapping[str, str]) -> dict[str, Outcome]:
    import great_expectations
    from great_expectations.core.expectation_suite import ExpectationSuite
    from great_expectations.expectations import UnexpectedRowsExpectation

    from expectations.guards.gx_duckdb import DuckDBDatasource

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    # Defining the datasource class gives the context its `add_duckdb`.
    source: DuckDBDatasource = context.data_sources.add_duckdb(
        name="headset", connection_string=f"duckdb:///{database}"
    )
    outcomes: dict[str, Outcome] = {}
    try:
        asset = source.add_table_asset(name=BATCH, table_name=BATCH)
        batch = asset.add_batch_definition_whole_table("whole").get_batch()

        def ask(name: str, questions: Mapping[str, str]) -> Mapping[str, Outcome]:
            expected = [
                UnexpectedRowsExpectation(
                    unexpected_rows_query=_over_batch(asked, query), meta={"check_id": asked}
                )
                for asked, query in questions.items()
            ]
            result = batch.validate(
                ExpectationSuite(name=name, expectations=expected),
                result_format={"result_format": "SUMMARY", "partial_unexpected_count": 0},
            )
            told: dict[str, Outcome] = {}
            for one in result.results:
                _keep(told, one)
            return told

        bundles = _bundles(checks)
        whole = ask("bundles", {ids[0]: _together(checks, ids) for ids in bundles})
        doubtful = []
        for ids in bundles:
            if whole.get(ids[0], Outcome("error")).status == "pass":
                outcomes |= dict.fromkeys(ids, Outcome("pass"))
            else:
                doubtful += ids
        if doubtful:
            outcomes |= ask("guards", {check_id: checks[check_id] for check_id in doubtful})
    finally:
        source.close()
    lost = Outcome("error", detail="Great Expectations gave no result")
    return {check_id: outcomes.get(check_id, lost) for check_id in checks}


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
