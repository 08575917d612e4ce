"""What a reader meets that goes wrong, and what a reader may count on."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ground.sql import literal
from publish.errors import PublishError
from publish.snapshot import current, rollback, serve_file, verify
from tests.unit.publish.small_warehouse import Centre, model


def opened(path: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(path.resolve()), read_only=True)


@pytest.mark.parametrize(
    "sql",
    [
        "create table interaction.mine as select 1",
        "delete from interaction.contact",
        "insert into core.client values ('x', 'y')",
        "drop view interaction.contact",
        "create or replace view core.client as select 1",
    ],
)
def test_a_reader_who_writes_is_refused_and_nothing_changes(centre: Centre, sql: str) -> None:
    centre.publish()
    with opened(centre.current / "serve.duckdb") as con, pytest.raises(duckdb.Error):
        con.execute(sql)
    assert verify(centre.home).files_n > 0
    assert centre.read("select count(*) from interaction.contact") == [(120,)]


def test_a_reader_whose_snapshot_is_deleted_is_told_and_reads_on_anew(centre: Centre) -> None:
    """Never fewer rows: a query that needs a file that is gone fails by the file's name."""
    first = centre.publish()
    held = opened(centre.current / "serve.duckdb")
    centre.change("update core.fct_contact set version = 1")
    centre.publish()
    shutil.rmtree(first.folder)
    with pytest.raises(duckdb.IOException, match=r"part\.parquet"):
        held.execute("select sum(handle_s) from interaction.contact").fetchall()
    held.close()
    assert centre.read("select distinct version from interaction.contact") == [(1,)]


def test_a_partly_copied_snapshot_fails_a_query_and_does_not_shorten_it(centre: Centre) -> None:
    published = centre.publish()
    lost = "tables/interaction.contact/client_id=acme/site_month=2026-10/part.parquet"
    (published.folder / lost).unlink()
    with opened(published.folder / "serve.duckdb") as con:
        with pytest.raises(duckdb.IOException, match="site_month=2026-10"):
            con.execute("select sum(handle_s) from interaction.contact").fetchall()
        # Tables that are whole are still read.
        found = con.execute("select count(*) from interaction.contact_leg").fetchall()
    assert found == [(120,)]


def test_a_client_that_left_has_no_folder_any_more_and_its_last_one_stays_whole(
    centre: Centre,
) -> None:
    first = centre.publish()
    before = serve_file(centre.home, "bolt")
    centre.change(
        "delete from core.fct_contact where client_id = 'bolt'",
        "delete from core.fct_contact_leg where client_id = 'bolt'",
    )
    second = centre.publish()
    assert second.clients == ("acme", "crux")
    assert not (second.folder / "clients" / "bolt").exists()
    with pytest.raises(PublishError, match="no folder for client 'bolt'"):
        serve_file(centre.home, "bolt")
    assert centre.read("select count(*) from interaction.contact", before) == [(40,)]
    assert verify(centre.home, first.snapshot_id).files_n > 0


def test_the_last_day_is_the_one_that_every_client_has_sent(centre: Centre) -> None:
    """A site east of the others has some of today already; a place long closed holds nobody up."""
    assert centre.publish().snapshot_id
    assert centre.read("select published_through()::varchar") == [("2026-10-10",)]
    centre.change(
        "insert into core.fct_contact (contact_id, client_id, site_date) "
        "values ('late', 'acme', date '2026-10-12')",
        "delete from core.fct_contact where client_id = 'crux' and site_date > date '2026-09-15'",
        "delete from core.fct_contact_leg where client_id = 'crux'",
    )
    centre.publish()
    assert centre.read("select published_through()::varchar") == [("2026-10-10",)]
    own = serve_file(centre.home, "acme")
    assert centre.read("select published_through()::varchar", own) == [("2026-10-12",)]


def test_without_any_date_the_last_day_is_unknown(tmp_path: Path) -> None:
    centre = Centre(tmp_path / "home")
    centre.change("delete from core.fct_contact", "delete from core.fct_contact_leg")
    centre.publish()
    assert centre.read("select published_through()") == [(None,)]


@pytest.fixture
def teams(tmp_path: Path) -> Centre:
    """A centre that says something of its teams once a week."""
    centre = Centre(tmp_path / "home")
    centre.dbt["nodes"]["model.headset.agent__team_week"] = model(
        "agent__team_week",
        {"schema": "agent", "name": "team_week", "key": ["team", "week"], "once": "week"},
        {},
    )
    centre.save()
    centre.change(
        "create table agent.team_week as "
        "select 'a' as team, date '2026-10-05' as week, 5 as people_n, 50 as points"
    )
    centre.publish()
    return centre


def said(centre: Centre) -> list[tuple[Any, ...]]:
    return centre.read("select week::varchar, team, people_n from agent.team_week order by all")


LATE = "update agent.team_week set people_n = 6, points = 57"
NEXT_WEEK = "insert into agent.team_week values ('a', date '2026-10-12', 7, 70)"


def test_what_was_said_of_a_group_is_not_said_again_with_one_person_more(teams: Centre) -> None:
    teams.change(
        LATE, NEXT_WEEK, "insert into agent.team_week values ('b', date '2026-10-05', 9, 90)"
    )
    teams.publish()
    assert said(teams) == [("2026-10-05", "a", 5), ("2026-10-12", "a", 7)]


def test_neither_a_rollback_nor_new_definitions_let_it_be_said_again(teams: Centre) -> None:
    teams.change(NEXT_WEEK)
    teams.publish()
    rollback(teams.home)
    teams.change(LATE)
    teams.definition_hash = "d2"
    teams.publish(verdict=type(teams.verdict)(definition_hash="d2"))
    assert said(teams) == [("2026-10-05", "a", 5), ("2026-10-12", "a", 7)]


def test_a_new_column_is_empty_for_what_was_said_before(teams: Centre) -> None:
    teams.change(
        "alter table agent.team_week add column days_n integer default 3",
        "insert into agent.team_week values ('a', date '2026-10-12', 7, 70, 3)",
    )
    teams.publish()
    found = teams.read("select people_n, days_n from agent.team_week order by week")
    assert found == [(5, None), (7, 3)]


def test_a_period_that_the_model_does_not_have_is_named(teams: Centre) -> None:
    node = teams.dbt["nodes"]["model.headset.agent__team_week"]
    node["config"]["meta"]["publish"]["once"] = "month"
    teams.save()
    with pytest.raises(PublishError, match="has no column month"):
        teams.publish()


def test_columns_that_lead_to_a_person_say_so(centre: Centre) -> None:
    centre.publish()
    manifest = current(centre.home)
    assert manifest is not None
    classes = {
        column["name"]: column["personal_class"]
        for table in manifest["tables"].values()
        for column in table["columns"]
    }
    assert classes["agent_id"] in ("staff_id", "staff pseudonym")
    assert classes["queue_id"] is None
    comment = centre.read(
        "select comment from duckdb_columns() where table_name = 'day' and column_name = "
        + literal("agent_id")
    )
    assert "personal data: staff pseudonym" in comment[0][0]
