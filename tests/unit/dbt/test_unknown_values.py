"""Unknown is not the default: every enumeration of every system, and every part a source may lack.

The lists are read from the project itself (the feeds' yml, the contracts, the compiled models), so
that a new column or system is walked too, or fails for want of a declaration.
"""

import re
from decimal import Decimal
from typing import Any

import duckdb
import pytest
import yaml

from ground.home import CHECKOUT
from ingest.load.raw_tables import UNDERSCORED
from tests.unit.dbt.every_system import SYSTEMS, Project

FEEDS = CHECKOUT / "dbt_project" / "models" / "intermediate" / "feeds"
# Text columns that no list closes: the centre's or the sender's own words.
OPEN = {
    "began_as": "the source's own words, as a table of its models has them",
    "line_of_business": "the client's own divisions",
    "topic": "the catalogue's classes and metrics' names",
    "channel": "sources name channels of their own; queues say it where they do not",
    "reason": "classes of the company's map",
    "old_value": "of several fields, owners among them",
    "new_value": "of several fields, owners among them",
    "currency": "ISO 4217",
    "dialled_number": "a number",
    "language": "ISO 639-1",
    "anomaly": "our own codes",
    "transferred_to_queue": "a queue's code",
    "scale_version": "a version",
    "form_version": "a version",
    "section": "the centre's words",
    "answer": "the form's own words",
}


def feeds() -> dict[str, list[dict[str, Any]]]:
    return {
        model["name"]: model["columns"]
        for path in sorted(FEEDS.glob("*.yml"))
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    }


def listed(column: dict[str, Any]) -> list[str]:
    values: list[str] = column.get("config", {}).get("meta", {}).get("values", [])
    return values


@pytest.mark.parametrize("feed", feeds())
def test_a_text_column_of_a_feed_has_a_list_or_a_reason_for_none(feed: str) -> None:
    for column in feeds()[feed]:
        name = column["name"]
        if column["data_type"] == "varchar" and not re.search(
            r"_id$|_code$|^time_zone$|source_system$", name
        ):
            assert bool(listed(column)) != (name in OPEN), f"{feed}.{name}"


def _sent(every_system: Project, con: duckdb.DuckDBPyConnection, feed: str) -> int:
    """Each system's model of the feed with a row of an unknown value, a known one and none."""
    columns = [c for c in feeds()[feed] if c["name"] != "source_system"]
    for name in every_system.parents(feed):
        node = every_system.nodes[name]
        con.execute(f'create schema if not exists "{node["schema"]}"')
        relation = f'"{node["schema"]}"."{name}"'
        typed = ", ".join(f'"{c["name"]}" {c["data_type"]}' for c in columns)
        con.execute(f"create table {relation} ({typed})")
        for value in ("of Mars", "known", None):
            row = {
                c["name"]: (listed(c)[-1] if value == "known" else value)
                for c in columns
                if listed(c)
            }
            row["event_date"] = "2026-03-10"
            names = ", ".join(f'"{n}"' for n in row)
            marks = ", ".join("?" * len(row))
            con.execute(f"insert into {relation} ({names}) values ({marks})", list(row.values()))
    return len(every_system.parents(feed))


def _systems_n(every_system: Project, feed: str, column: str) -> int:
    """How many systems give the column; one that is optional need not be named."""
    return every_system.sql(feed).count(f"case when cast({column} as")


@pytest.mark.parametrize("feed", [n for n, cs in feeds().items() if any(map(listed, cs))])
def test_an_unknown_value_of_any_system_is_unmapped(every_system: Project, feed: str) -> None:
    con = duckdb.connect()
    rows_n = 3 * _sent(every_system, con, feed)
    for column in filter(listed, feeds()[feed]):
        systems_n = _systems_n(every_system, feed, column["name"])
        assert systems_n
        found = con.execute(
            f'select "{column["name"]}", count(*) from ({every_system.sql(feed)}) '
            "group by 1 order by 1"
        ).fetchall()
        wanted = sorted([listed(column)[-1], "unmapped"])
        nothing = (None, rows_n - 2 * systems_n)
        assert found == [*((value, systems_n) for value in wanted), nothing]


def test_unknown_values_are_counted_and_shown_by_system_and_column(every_system: Project) -> None:
    con = duckdb.connect()
    wanted = 0
    for feed, columns in feeds().items():
        _sent(every_system, con, feed)
        wanted += sum(_systems_n(every_system, feed, c["name"]) for c in columns if listed(c))
    events = every_system.nodes["int_asterisk__events"]
    con.execute(f'create schema if not exists "{events["schema"]}"')
    con.execute(
        f'create table "{events["schema"]}".int_asterisk__events '
        "as select 'DANCED' as event, 'unmapped' as kind, date '2026-03-10' as event_date"
    )
    found = con.execute(
        "select count(*), count(distinct source_system), sum(rows_n) "
        f"from ({every_system.sql('int_unmapped_values')}) where value = 'of Mars'"
    ).fetchall()
    assert found == [(wanted, len(SYSTEMS) - 1, wanted)]
    assert con.execute(
        "select source_system, column_name, rows_n "
        f"from ({every_system.sql('int_unmapped_values')}) where value = 'DANCED'"
    ).fetchall() == [("asterisk", "event", 1)]


def test_a_part_that_the_source_does_not_give_stays_empty_in_staging(every_system: Project) -> None:
    raw = {f"raw.{contract.raw_table}": contract for contract in every_system.contracts}
    walked, wrong = set(), []
    for name, node in every_system.nodes.items():
        if not name.startswith("stg_") or name.startswith("stg_company__"):
            continue
        assert node["config"]["enabled"], name
        sql = every_system.sql(name).replace('"', "")
        (table,) = set(re.findall(r"raw\.\w+", sql))
        contract = raw[table]
        given = {column.name for column in contract.columns if column.required}
        con = duckdb.connect()
        con.execute("create schema raw")
        typed = [(c.name, c.sql_type) for c in contract.columns] + list(UNDERSCORED)
        names = ", ".join(f"{column} {kind}" for column, kind in typed)
        con.execute(f"create table {table} ({names})")
        con.execute(f"insert into {table} (_is_current) values (true)")
        found = con.execute(sql)
        columns = [column for column, *_ in found.description or []]
        for row in found.fetchall():
            wrong += [
                (name, column, value)
                for column, value in zip(columns, row, strict=True)
                if isinstance(value, (int, float, Decimal))
                and not isinstance(value, bool)
                and column not in given
            ]
        walked.add(name)
    files = (CHECKOUT / "dbt_project" / "models" / "staging").glob("[!c_]*/stg_*.sql")
    assert {path.stem for path in files} <= walked
    assert not wrong, wrong
