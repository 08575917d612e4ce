"""A large open month is kept by day, so that a night rewrites its own days alone."""

from pathlib import Path

import pytest

from publish import compare, partitions
from tests.unit.publish.small_warehouse import Centre, inode

FOLDER = "tables/interaction.contact/client_id=acme"


@pytest.fixture
def large(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> Centre:
    monkeypatch.setattr(partitions, "DAILY_FROM_ROWS", 5)
    return centre


def names(folder: Path, month: str) -> list[str]:
    return sorted(path.name for path in (folder / FOLDER / f"site_month={month}").iterdir())


def test_days_of_an_open_month_lie_in_files_of_their_own(large: Centre) -> None:
    published = large.publish()
    assert names(published.folder, "2026-10")[0] == "2026-10-01.parquet"
    assert names(published.folder, "2026-09") == ["part.parquet"]
    assert large.read("select count(*), max(site_month) from interaction.contact") == [
        (120, "2026-10")
    ]


def test_only_the_days_that_changed_are_written(large: Centre) -> None:
    first = large.publish()
    large.change("update core.fct_contact set version = 1 where site_date = date '2026-10-05'")
    second = large.publish(changed_months={"interaction.contact": {"2026-10"}})
    month = f"{FOLDER}/site_month=2026-10"
    same, new = f"{month}/2026-10-04.parquet", f"{month}/2026-10-05.parquet"
    assert inode(first.folder / same) == inode(second.folder / same)
    assert inode(first.folder / new) != inode(second.folder / new)


def test_a_month_that_closes_becomes_one_file_again(large: Centre) -> None:
    large.publish()
    large.change(
        "insert into core.fct_contact (contact_id, client_id, site_date) "
        "values ('later', 'acme', date '2026-11-20')"
    )
    published = large.publish(changed_months={"interaction.contact": {"2026-11"}})
    assert names(published.folder, "2026-10") == ["part.parquet"]
    assert compare.differences(large.home, large.dbt) == []


def test_a_small_month_stays_one_file(centre: Centre) -> None:
    assert names(centre.publish().folder, "2026-10") == ["part.parquet"]


def test_rows_that_nobody_said_had_changed_are_found_by_their_number(centre: Centre) -> None:
    centre.publish()
    centre.change(
        "insert into core.fct_contact (contact_id, client_id, site_date) "
        "values ('unsaid', 'acme', date '2026-09-05')"
    )
    centre.publish(changed_months={"interaction.contact": {"2026-10"}})
    assert centre.read("select count(*) from interaction.contact") == [(121,)]


def test_a_value_that_differs_from_the_warehouse_is_named(centre: Centre) -> None:
    centre.publish()
    centre.change("update core.fct_contact set version = 7 where contact_id = 'only-acme-knows:3'")
    assert compare.differences(centre.home, centre.dbt) == [
        "interaction.contact (client_id acme, site_month 2026-09): 30 rows in the warehouse, "
        "30 published, with other values"
    ]
