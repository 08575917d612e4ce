"""Audit and publication read what was built through one door."""

import re
from pathlib import Path

import duckdb
import pytest

from ground.built_tables import NotBuiltError, attach, built_tables
from ground.home import CHECKOUT, Home

READERS = ("publish", "expectations")


@pytest.mark.parametrize("room", READERS)
def test_no_reader_knows_where_built_tables_stand(room: str) -> None:
    knowing = {
        path.relative_to(CHECKOUT).as_posix()
        for path in (CHECKOUT / room).rglob("*.py")
        if re.search(r"\.warehouse\b|warehouse\.duckdb", path.read_text(encoding="utf-8"))
    }
    assert knowing == set()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "it's a home")
    home.root.mkdir()
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("create schema core")
        con.execute("create table core.fct_contact as select 1 as contacts_n")
    return home


def test_a_built_table_is_read_by_its_name_and_by_dbts(home: Home) -> None:
    with built_tables(home) as con:
        for name in ("core.fct_contact", '"warehouse"."core"."fct_contact"'):
            assert con.execute(f"select * from {name}").fetchall() == [(1,)]


def test_nothing_built_can_be_changed_through_it(home: Home) -> None:
    with built_tables(home) as con:
        for change in ("delete from core.fct_contact", "create table core.mine as select 1 as n"):
            with pytest.raises(duckdb.Error, match="read-only"):
                con.execute(change)
        con.execute("create temp table mine as select * from core.fct_contact")


def test_it_stands_beside_tables_of_ones_own(home: Home) -> None:
    with duckdb.connect() as con:
        attach(con, home, "house")
        attach(con, home, "house")
        con.execute("create table mine as select * from house.core.fct_contact")
        assert con.execute("select * from mine").fetchall() == [(1,)]


def test_a_home_without_a_night_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotBuiltError, match="run a night first"), built_tables(Home(tmp_path)):
        pass
