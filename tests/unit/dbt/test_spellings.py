"""Words that DuckDB knows and Apache Spark does not stand in no model, macro or data test.

Spark's own analysis (`make test-spark`) is the proof; this finds the usual ones within a second.
"""

import re
from pathlib import Path

import pytest

from ground.home import CHECKOUT

PROJECT = CHECKOUT / "dbt_project"
# Where each engine's words stand side by side, as dispatch macros, and what only DuckDB runs.
BY_ENGINE = ("macros/portable/", "macros/statistics/exact_sums.sql", "macros/materializations.sql")
INSTEAD = {
    r"\bvarchar\b": "{{ dbt.type_string() }}, or {{ sql_type(column.data_type) }}",
    r"\bignore nulls\b": "{{ first_known(...) }} or {{ last_known(...) }}",
    r"\bsum\([^()]*\border by\b": "{{ ordered_sum(value, by) }}",
    r"\bover (?!\()\w+ [-+*/]": "(sum(n) over name) - m: without brackets Spark reads one name",
    r"/ [0-9]+[.]0+(?![0-9e])": "a double (3600e0): Spark divides decimals to six digits",
    r"\bqualify\b|\bfilter \(|\basof\b|\bpositional\b": "a CTE, or case within the aggregate",
    r"::": "cast(... as ...)",
    r"\b(group|order) by all\b|\bexclude \(": "the columns",
    r"\b(arg_max|arg_min)\(": "max_by, min_by",
    r"\b(try_cast|strftime|strptime|epoch|string_agg|list_\w+|struct_pack)\(": "macros/portable/",
    r"\b(date_diff|to_seconds|to_days|to_months|generate_series)\(": "macros/portable/instants.sql",
    r"\bisodow\b": "{{ iso_day_of_week(day) }}",
}
SQL = sorted(
    path
    for folder in ("models", "macros", "tests")
    for path in (PROJECT / folder).rglob("*.sql")
    if "_generated" not in path.parts
    and not path.relative_to(PROJECT).as_posix().startswith(BY_ENGINE)
)


@pytest.mark.parametrize("word", INSTEAD)
def test_no_sql_speaks_duckdb_alone(word: str) -> None:
    found = {
        f"{path.relative_to(PROJECT)}:{number}": f"{line.strip()} (write {INSTEAD[word]})"
        for path in SQL
        for number, line in enumerate(_code(path), 1)
        if re.search(word, line)
    }
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "cast(x as varchar)",
        "sum(a order by b)",
        "sum(n) over peers - m",
        "a / 3600.0 as hours",
        "last_value(x ignore nulls) over w",
        "select * exclude (a)",
    ],
)
def test_each_word_is_found(line: str) -> None:
    assert any(re.search(word, line) for word in INSTEAD)


def _code(path: Path) -> list[str]:
    """Lines without comments of SQL and of Jinja; lines keep their numbers."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"\{#.*?#\}", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)
    return [line.split("-- ")[0] for line in text.splitlines()]
