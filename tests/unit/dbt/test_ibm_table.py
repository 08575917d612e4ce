"""The published IBM table of 1,470 employees: its leavers, through our headcount and rates."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.unit.dbt.compiled import Compiled

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
TABLE = DATA / "ibm_hr" / "WA_Fn-UseC_-HR-Employee-Attrition.csv"

# Everybody is there on 1 September, and who left did so in the course of that month.
JOBS = """
select 'hr' as source_system, cast(EmployeeNumber as varchar) as agent_code,
    date '2026-08-01' as valid_from, timestamp '2026-08-01 08:00' as recorded_at,
    date '2026-08-01' as event_date, false as is_withdrawn, 'L1' as leader_code,
    'waw' as site_id, JobRole as role, Department as line_of_business,
    1 as file_id, row_number() over () as row_number
from read_csv(?)
"""
LEAVERS = """
select 'hr' as source_system, cast(EmployeeNumber as varchar) as employment_event_id,
    cast(EmployeeNumber as varchar) as agent_code, 'termination' as kind,
    date '2026-09-15' as effective_date, timestamp '2026-09-15 08:00' as recorded_at,
    date '2026-09-15' as event_date, 1 as file_id, row_number() over () as row_number
from read_csv(?) where Attrition = 'Yes'
"""


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    if not TABLE.is_file():
        pytest.skip("no IBM table beside this checkout")
    found = yaml.safe_load((DATA / "expected.yaml").read_text(encoding="utf-8"))
    entries = found if isinstance(found, list) else next(iter(found.values()))
    return {e["metric"]: e for e in entries if e["dataset"] == "ibm_hr"}


@pytest.fixture(scope="module")
def rates(compiled: Compiled, figures: dict[str, Any]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """People, leavers and rate of September by opening headcount, by dimension and group."""
    with duckdb.connect() as con:
        jobs, leavers = (con.execute(sql, [str(TABLE)]).df() for sql in (JOBS, LEAVERS))
    con = compiled.database(
        {"feed_employment": jobs, "feed_employment_events": leavers},
        "attrition_rate",
        through="2026-10-15",
    )
    rows = con.execute(
        "select dimension, group_value, headcount, leavers_n, attrition_rate "
        "from attrition.attrition_rate where known_as = 'as_is' and period = 'month' "
        "and period_start_date = '2026-09-01' and method = 'opening' and leaver_class = 'all'"
    ).fetchall()
    return {(row[0], row[1]): row[2:] for row in rows}


def test_the_company_is_the_published_one(rates: Any, figures: dict[str, Any]) -> None:
    people, left, rate = rates["company", "all"]
    assert people == figures["employees"]["value"]
    assert left == figures["leavers"]["value"]
    allowed = figures["attrition_rate"]["tolerance"]
    assert rate == pytest.approx(figures["attrition_rate"]["value"], abs=allowed)


@pytest.mark.parametrize(
    ("dimension", "metric"),
    [("line_of_business", "leavers_by_Department"), ("role", "leavers_by_JobRole")],
)
def test_so_are_its_parts(rates: Any, figures: dict[str, Any], dimension: str, metric: str) -> None:
    found = {
        group: {"employees": people, "leavers": left}
        for (of, group), (people, left, _) in rates.items()
        if of == dimension
    }
    assert found == figures[metric]["value"]
