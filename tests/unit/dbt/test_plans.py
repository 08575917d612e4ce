"""No model compares every row of one table with every row of another.

DuckDB joins by hashing or sorting where a condition is a comparison of two columns; an outer join
whose condition is anything else becomes a nested loop. On a centre of twelve agents nobody sees it;
on 130 agents and 60 days one such join took 250 of a history night's 330 seconds.
"""

import json

import duckdb

from tests.unit.dbt.every_system import Project

# Models with a nested loop on purpose, and why one of its sides stays small.
SMALL = {
    "agent_shift": "the windows of the labour rules, a handful",
    "client_backlog_day": "four ages of a case",
    "int_agent_session_days": "the days that a session can last",
    "int_connect__records": "the list of initiation methods, twenty",
    "int_employment_pieces": "the bands of tenure",
    "int_metric_part_day": "the levels at which a part is summed",
    "int_zone_day": "the time zones of the centre's sites",
}


def _loops(con: duckdb.DuckDBPyConnection, sql: str) -> bool:
    ((_, plan),) = con.execute(f"explain (format json) {sql}").fetchall()
    todo = json.loads(plan)
    while todo:
        step = todo.pop()
        # `false`: a list that has no row where no system fills it.
        if "NL_JOIN" in step["name"] and step["extra_info"].get("Condition") != "false":
            return True
        todo += step["children"]
    return False


def test_no_model_compares_every_row_with_every_row(every_system: Project) -> None:
    con = every_system.empty()
    looping = {name for name in every_system.models if _loops(con, every_system.sql(name))}
    assert sorted(looping ^ set(SMALL)) == []


def test_a_case_in_the_condition_of_an_outer_join_is_found() -> None:
    con = duckdb.connect()
    con.execute("create table a as select range as k, range % 3 as far from range(9)")
    sql = (
        "select * from a left join a as b on a.k = b.k and case when a.far > 1 then a.far = b.k end"
    )
    assert _loops(con, sql)
