import json
from pathlib import Path

import duckdb
import pytest

from publish import snapshot_store
from publish.errors import PublishError
from publish.manifest import snapshot_from_json
from publish.snapshot import current, newest, serve_file
from tests.unit.publish.small_warehouse import Centre, inode

ACME_OCTOBER = "tables/interaction.contact/client_id=acme/site_month=2026-10/part.parquet"
ACME_SEPTEMBER = "tables/interaction.contact/client_id=acme/site_month=2026-09/part.parquet"
BUMP = "update core.fct_contact set version = version + 1 where site_date >= date '2026-10-01'"


def linked(first: Path, second: Path, path: str) -> bool:
    return inode(first / path) == inode(second / path)


def test_readers_find_every_table_with_its_comments(centre: Centre) -> None:
    centre.publish()
    assert centre.read("select count(*) from interaction.contact") == [(120,)]
    assert centre.read("select sum(handle_s) from agent.day") == [(3 * 7 * 780,)]
    comments = dict(
        centre.read(
            "select column_name, comment from duckdb_columns() where table_name = 'contact'"
        )
    )
    assert comments["handle_s"] == "Talk, hold and after-contact work. [unit: s]"
    assert comments["agent_id"] == "Who answered. [personal data: staff_id]"
    assert comments["site_month"] == "Month of site_date, YYYY-MM."
    views = centre.read("select comment from duckdb_views() where view_name = 'contact'")
    assert views == [("One row per contact; it's small.",)]


def test_the_served_file_holds_views_only(centre: Centre) -> None:
    centre.publish()
    assert centre.read("select count(*) from duckdb_tables()") == [(0,)]
    names = centre.read(
        "select schema_name || '.' || view_name from duckdb_views() where not internal"
    )
    published = current(centre.home)
    assert published is not None
    assert {name for (name,) in names} == {*published["tables"], "core.snapshot"}


def test_the_served_file_is_readable_by_the_engines_in_older_bi_tools(centre: Centre) -> None:
    centre.publish()
    found = centre.read("select tags from duckdb_databases() where not internal")
    assert found == [({"storage_version": "v1.2.0+"},)]


def test_a_snapshot_says_what_it_is(centre: Centre) -> None:
    published = centre.publish(held_clients=("nobody",))
    row = centre.read(
        "select snapshot_id, run_id, batch_id, verdict, checks_n, failed_n, definition_hash, "
        "held_clients from core.snapshot"
    )
    assert row == [(published.snapshot_id, "run-1", 1, "partial", 12, 1, "d1", '["nobody"]')]


def test_the_manifest_survives_being_written_and_read(centre: Centre) -> None:
    published = centre.publish()
    text = (published.folder / "manifest.json").read_text()
    assert snapshot_from_json(json.loads(text)).to_json() == json.loads(text)
    table = json.loads(text)["tables"]["interaction.contact"]
    assert table["rows"] == 120
    assert {part["as_of"] for part in table["partitions"]} == {published.snapshot_id}


def test_the_definitions_travel_with_the_data(centre: Centre) -> None:
    folder = centre.publish().folder
    assert json.loads((folder / "semantic_manifest.json").read_text()) == {"metrics": []}
    assert json.loads((folder / "metrics.json").read_text()) == {"offered": {"version": 1}}


def test_files_of_the_parquet_folder_hold_their_partition_columns_too(centre: Centre) -> None:
    folder = centre.publish().folder
    months = duckdb.read_parquet(str(folder / ACME_OCTOBER), hive_partitioning=False)
    assert months.project("client_id, site_month").distinct().fetchall() == [("acme", "2026-10")]


def test_a_filter_on_client_or_month_opens_only_those_files(centre: Centre) -> None:
    folder = centre.publish().folder
    for path in folder.glob("tables/interaction.contact/client_id=bolt/**/*.parquet"):
        path.unlink()
        path.write_bytes(b"cannot be opened")
    query = "select sum(handle_s) from interaction.contact where client_id = 'acme'"
    assert centre.read(query) == [(7 * 780,)]
    month = "select count(*) from interaction.contact where site_month = '2026-10'"
    with pytest.raises(duckdb.Error):
        centre.read(month)


def test_unchanged_partitions_are_linked_and_changed_ones_written(centre: Centre) -> None:
    first = centre.publish()
    centre.change(BUMP)
    second = centre.publish()
    assert linked(first.folder, second.folder, ACME_SEPTEMBER)
    assert not linked(first.folder, second.folder, ACME_OCTOBER)
    assert second.written_n == 3
    assert centre.read("select distinct version from interaction.contact order by 1") == [
        (0,),
        (1,),
    ]


def test_nothing_changed_means_nothing_written(centre: Centre) -> None:
    first = centre.publish()
    second = centre.publish()
    assert second.written_n == 0
    assert second.linked_n == first.written_n


def test_the_same_rows_in_another_order_are_the_same_bytes(tmp_path: Path) -> None:
    one, two = Centre(tmp_path / "one"), Centre(tmp_path / "two")
    two.change(
        "create table core.again as select * from core.fct_contact order by hash(contact_id)",
        "drop table core.fct_contact",
        "alter table core.again rename to fct_contact",
    )
    first, second = one.publish(), two.publish()
    for path in (ACME_OCTOBER, ACME_SEPTEMBER):
        assert (first.folder / path).read_bytes() == (second.folder / path).read_bytes()
    manifests = current(one.home), current(two.home)
    prints = [
        [part["fingerprint"] for part in found["tables"]["interaction.contact"]["partitions"]]
        for found in manifests
        if found
    ]
    assert prints[0] == prints[1]


def test_a_row_that_moved_to_another_month_changes_both_partitions(centre: Centre) -> None:
    centre.publish()
    centre.change(
        "update core.fct_contact set site_date = date '2026-11-05' "
        "where contact_id = 'only-acme-knows:0'"
    )
    assert centre.publish().written_n == 2
    assert centre.read("select count(*) from interaction.contact") == [(120,)]


def test_a_partition_that_lost_its_rows_is_gone(centre: Centre) -> None:
    centre.publish()
    centre.change(
        "delete from core.fct_contact where client_id = 'acme' and site_date >= date '2026-10-01'"
    )
    folder = centre.publish().folder
    assert not (folder / ACME_OCTOBER).exists()
    assert (folder / ACME_SEPTEMBER).exists()


def test_a_schema_change_rewrites_the_whole_table_and_no_other(centre: Centre) -> None:
    first = centre.publish()
    centre.change("alter table core.fct_contact add column hold_s integer default 3")
    second = centre.publish()
    assert second.written_n == 6
    assert not linked(first.folder, second.folder, ACME_SEPTEMBER)
    leg = ACME_SEPTEMBER.replace("contact", "contact_leg")
    assert linked(first.folder, second.folder, leg)
    assert centre.read("select sum(hold_s) from interaction.contact") == [(360,)]


def test_another_partitioning_rewrites_the_whole_table(centre: Centre) -> None:
    centre.publish()
    node = centre.dbt["nodes"]["model.headset.core__fct_contact"]
    node["config"]["meta"]["publish"]["partition_by"] = ["client_id"]
    centre.save()
    second = centre.publish()
    assert second.written_n == 3
    assert (second.folder / "tables/interaction.contact/client_id=acme/part.parquet").exists()


def test_months_that_did_not_change_are_linked_unread(centre: Centre) -> None:
    first = centre.publish()
    centre.change(
        BUMP, "update core.fct_contact set version = 9 where site_date < date '2026-10-01'"
    )
    second = centre.publish(changed_months={"interaction.contact": {"2026-10"}})
    assert linked(first.folder, second.folder, ACME_SEPTEMBER)
    assert centre.read("select distinct version from interaction.contact order by 1") == [
        (0,),
        (1,),
    ]


def test_new_definitions_are_read_whole_whatever_months_changed(centre: Centre) -> None:
    centre.publish()
    centre.change("update core.fct_contact set version = 9")
    centre.definition_hash = "d2"
    centre.verdict = type(centre.verdict)(definition_hash="d2")
    centre.publish(changed_months={"interaction.contact": set()})
    assert centre.read("select distinct version from interaction.contact") == [(9,)]


def test_rows_without_a_client_or_a_date_are_published_too(centre: Centre) -> None:
    centre.publish()
    centre.change(
        "insert into core.fct_contact (contact_id, client_id, site_date) "
        "values ('lost', null, null), ('stray', 'unmapped', date '2026-10-01'), "
        "('blank', '', date '2026-10-01')"
    )
    published = centre.publish(changed_months={"interaction.contact": {"2026-10"}})
    found = centre.read(
        "select contact_id, client_id, site_month from interaction.contact "
        "where handle_s is null order by 1"
    )
    assert found == [
        ("blank", "", "2026-10"),
        ("lost", None, None),
        ("stray", "unmapped", "2026-10"),
    ]
    assert published.clients == ("acme", "bolt", "crux")


def test_a_table_without_rows_keeps_its_columns(centre: Centre) -> None:
    centre.change("delete from core.fct_contact_leg")
    centre.publish()
    assert centre.read("select count(*), sum(wait_s) from interaction.contact_leg") == [(0, None)]


def test_sums_of_128_bits_are_not_published_as_floating_point(centre: Centre) -> None:
    centre.publish()
    found = centre.read("select distinct typeof(handle_s) from agent.day")
    assert found == [("DECIMAL(38,0)",)]


def test_a_model_that_was_never_built_is_named(centre: Centre) -> None:
    first = centre.publish()
    centre.change("drop table core.dim_queue")
    with pytest.raises(PublishError, match=r"core\.queue: model core__dim_queue is not in the"):
        centre.publish()
    assert centre.current.readlink().name == first.snapshot_id
    assert snapshot_store.ids(centre.home) == [first.snapshot_id]


def test_a_partition_column_that_does_not_exist_is_named(centre: Centre) -> None:
    centre.change("alter table core.fct_contact rename column site_date to day")
    with pytest.raises(PublishError, match="core__fct_contact has no site_date"):
        centre.publish()


def test_without_a_warehouse_nothing_is_published(centre: Centre) -> None:
    centre.home.warehouse.unlink()
    with pytest.raises(PublishError, match="there is no warehouse at"):
        centre.publish()
    assert current(centre.home) is None
    assert newest(centre.home) is None


def test_without_dbts_manifest_nothing_is_published(centre: Centre) -> None:
    (centre.root / "manifest.json").unlink()
    with pytest.raises(PublishError, match=r"manifest\.json is missing; run the build first"):
        centre.publish()


def test_reading_before_the_first_publication_says_so(centre: Centre) -> None:
    with pytest.raises(PublishError, match="nothing is published in"):
        serve_file(centre.home)


def test_every_stage_reports_progress(centre: Centre) -> None:
    said: list[str] = []
    centre.publish(progress=said.append)
    assert any(line.startswith("interaction.contact: 120 rows, 6 files written") for line in said)
    assert any("3 client folders" in line for line in said)
