import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ground.sql import literal, safe_name
from publish.errors import PublishError
from publish.records import find
from publish.snapshot import Published, current, serve_file, verify
from tests.unit.publish.small_warehouse import CLIENTS, Centre, inode, marker, model

ODD = ("a/b", "it's", "Ünï")
ODDER = (
    *ODD,
    "..",
    ".git",
    "50%",
    "x=y",
    "a%2Fb",
    '"q"',
    "a\nb",
    "a b",
    "a+b",
    "[1]*?",
    "null",
    "Null",
)


def folder(published: Published, client: str) -> Path:
    return published.folder / "clients" / safe_name(client)


def values(path: Path) -> Iterator[str]:
    """Every value a reader can get out of a file, whatever its compression."""
    if path.suffix == ".parquet":
        relations = [f"read_parquet({literal(str(path))}, hive_partitioning = false)"]
        con = duckdb.connect()
    else:
        con = duckdb.connect(str(path), read_only=True)
        views = con.execute(
            "select schema_name, view_name from duckdb_views() where not internal"
        ).fetchall()
        relations = [f'"{schema}"."{view}"' for schema, view in views]
    with con:
        for relation in relations:
            for row in con.execute(f"from {relation}").fetchall():
                yield from (str(value) for value in row)


def secrets_of(client: str) -> list[str]:
    return [marker(client), f"Name {marker(client)}", f"queue-of-{marker(client)}"]


def assert_only_own(root: Path, client: str, clients: tuple[str, ...]) -> None:
    foreign = [text for other in clients if other != client for text in secrets_of(other)]
    foreign += [f"/{safe_name(other)}/" for other in clients if other != client]
    names = [other for other in clients if other != client]
    read = 0
    for path in sorted(root.rglob("*")):
        if not path.is_file():
            continue
        raw = path.read_bytes()
        assert not [text for text in foreign if text.encode() in raw], path
        found = set(values(path))
        read += len(found)
        assert not [text for text in found if any(secret in text for secret in foreign)], path
        assert not found & set(names), path
    assert read > 50


@pytest.mark.parametrize("clients", [CLIENTS, ODD])
def test_no_foreign_identifier_is_in_any_byte_of_a_clients_folder(
    tmp_path: Path, clients: tuple[str, ...]
) -> None:
    centre = Centre(tmp_path / "home", clients)
    for _ in range(2):
        published = centre.publish()
        centre.change("update core.fct_contact set version = version + 1")
    assert published.clients == tuple(sorted(clients))
    for client in clients:
        assert_only_own(folder(published, client), client, clients)


def test_the_search_for_foreign_identifiers_would_find_one(centre: Centre) -> None:
    published = centre.publish()
    with pytest.raises(AssertionError):
        assert_only_own(published.folder, "acme", CLIENTS)


@pytest.mark.parametrize("home", ["it's [home]*", "version=7"])
def test_odd_client_names_read_back_as_they_are(tmp_path: Path, home: str) -> None:
    centre = Centre(tmp_path / home, (*ODDER, "__HIVE_DEFAULT_PARTITION__"))
    centre.publish()
    found = centre.read("select client_id, count(*) from interaction.contact group by 1 order by 1")
    assert found == [(name, 40) for name in sorted((*ODDER, "__HIVE_DEFAULT_PARTITION__"))]
    assert centre.read("select distinct version from interaction.contact") == [(0,)]
    for name in ODDER[:4]:
        own = serve_file(centre.home, name)
        assert centre.read("select distinct client_id from interaction.contact", own) == [(name,)]
    assert verify(centre.home).files_n > 0


def test_a_client_sees_only_columns_meant_for_clients(centre: Centre) -> None:
    published = centre.publish()
    own = serve_file(centre.home, "acme")
    columns = {name for name, *_ in centre.read("describe interaction.contact", own)}
    assert columns == {
        "contact_id",
        "client_id",
        "queue_id",
        "site_date",
        "handle_s",
        "version",
        "site_month",
    }
    for path in folder(published, "acme").rglob("*"):
        if path.is_file():
            assert b"agent-of-" not in path.read_bytes()
            assert not [text for text in values(path) if "agent-of-" in text]


def test_a_client_gets_no_view_of_the_outsourcers_people(centre: Centre) -> None:
    centre.publish()
    own = serve_file(centre.home, "acme")
    views = centre.read(
        "select schema_name || '.' || view_name from duckdb_views() where not internal", own
    )
    assert {name for (name,) in views} == {
        "core.client",
        "core.date",
        "core.queue",
        "core.snapshot",
        "interaction.contact",
        "interaction.contact_leg",
    }


def test_a_clients_views_read_nothing_outside_its_folder(centre: Centre) -> None:
    published = centre.publish()
    own = serve_file(centre.home, "acme")
    root = str(folder(published, "acme").resolve())
    for view, sql in centre.read(
        "select view_name, sql from duckdb_views() where not internal", own
    ):
        paths = [part for part in sql.split("'") if part.startswith("/")]
        assert view == "snapshot" or paths
        assert all(path.startswith(root + "/") for path in paths)


def test_a_client_gets_the_dimension_rows_its_own_rows_refer_to(centre: Centre) -> None:
    centre.publish()
    own = serve_file(centre.home, "acme")
    assert centre.read("select client_id from core.client", own) == [("acme",)]
    assert centre.read("select queue_id from core.queue", own) == [("queue-of-only-acme-knows",)]
    span = centre.read("select min(date_day)::varchar, max(date_day)::varchar from core.date", own)
    assert span == [("2026-09-01", "2026-10-10")]


def test_a_client_is_told_nothing_about_other_clients_that_are_held(centre: Centre) -> None:
    centre.publish()
    centre.publish(held_clients=("bolt",))
    own = serve_file(centre.home, "acme")
    columns = {name for name, *_ in centre.read("describe core.snapshot", own)}
    assert columns == {"snapshot_id", "published_at", "definition_hash", "is_held", "data_as_of"}


def test_a_partition_meant_whole_for_the_client_takes_no_room_twice(centre: Centre) -> None:
    """One without ids of records, which are keyed for the client."""
    centre.change(
        "create table core.fct_volume as select client_id, queue_id, site_date, count(*) as "
        "offered_n from core.fct_contact group by all"
    )
    centre.dbt["nodes"]["model.headset.core__fct_volume"] = model(
        "core__fct_volume",
        {"schema": "interaction", "name": "volume", "partition_by": ["client_id", "site_month"]},
        {"queue_id": {}, "offered_n": {}},
    )
    centre.save()
    published = centre.publish()
    leaf = "site_month=2026-10/part.parquet"
    whole = published.folder / f"tables/interaction.volume/client_id=acme/{leaf}"
    own = folder(published, "acme") / f"tables/interaction.volume/{leaf}"
    assert inode(whole) == inode(own)


def test_a_narrowed_partition_is_linked_from_last_time_when_unchanged(centre: Centre) -> None:
    first = centre.publish()
    centre.change(
        "update core.fct_contact set version = 5 "
        "where client_id = 'acme' and site_date >= date '2026-10-01'"
    )
    second = centre.publish()
    same, changed = (
        f"tables/interaction.contact/site_month=2026-{month}/part.parquet" for month in ("09", "10")
    )
    old, new = folder(first, "acme"), folder(second, "acme")
    assert inode(old / same) == inode(new / same)
    assert inode(old / changed) != inode(new / changed)
    versions = "select distinct version from interaction.contact order by 1"
    assert centre.read(versions, serve_file(centre.home, "acme")) == [(0,), (5,)]


def test_a_column_withdrawn_from_clients_is_gone_from_their_old_months_too(centre: Centre) -> None:
    centre.publish()
    column = centre.dbt["nodes"]["model.headset.core__fct_contact"]["columns"]["handle_s"]
    column["config"]["meta"]["audience"] = "internal"
    centre.save()
    published = centre.publish()
    assert published.written_n == 0
    for path in folder(published, "acme").rglob("tables/interaction.contact/**/*.parquet"):
        assert "handle_s" not in duckdb.read_parquet(str(path), hive_partitioning=False).columns


def test_a_client_without_rows_in_one_table_has_it_empty(centre: Centre) -> None:
    centre.change("delete from core.fct_contact_leg where client_id = 'acme'")
    centre.publish()
    own = serve_file(centre.home, "acme")
    assert centre.read("select count(*), sum(wait_s) from interaction.contact_leg", own) == [
        (0, None)
    ]


def test_an_unknown_client_is_named_and_no_other(centre: Centre) -> None:
    centre.publish()
    with pytest.raises(PublishError, match="no folder for client 'acne'") as unknown:
        serve_file(centre.home, "acne")
    assert "acme" not in str(unknown.value)


def test_a_clients_folder_works_as_a_copy_of_the_parquet(centre: Centre, tmp_path: Path) -> None:
    published = centre.publish()
    shutil.copytree(folder(published, "acme"), tmp_path / "sent")
    sent = str(tmp_path / "sent/tables/interaction.contact/**/*.parquet")
    assert duckdb.read_parquet(sent, hive_partitioning=False).count("*").fetchall() == [(40,)]


def test_published_files_cannot_be_written_by_accident(centre: Centre) -> None:
    published = centre.publish()
    for path in published.folder.rglob("*"):
        if path.is_file():
            assert path.stat().st_mode & 0o222 == 0, path


def test_the_manifest_lists_each_clients_tables(centre: Centre) -> None:
    centre.publish()
    manifest: dict[str, Any] | None = current(centre.home)
    assert manifest is not None
    acme = manifest["clients"]["acme"]
    assert acme["folder"] == "clients/acme"
    assert acme["tables"]["interaction.contact"]["rows"] == 40


def ids(centre: Centre, client: str | None, column: str = "contact_id") -> list[str]:
    found = centre.read(
        f"select {column} from interaction.contact", serve_file(centre.home, client)
    )
    return [row[0] for row in found]


def test_a_clients_records_are_keyed_alike_in_every_table_and_snapshot(centre: Centre) -> None:
    centre.change(
        "alter table core.fct_contact add column parent_contact_id varchar",
        "update core.fct_contact set parent_contact_id = contact_id",
    )
    centre.publish()
    first = ids(centre, "acme")
    assert sorted(first) == sorted(ids(centre, "acme", "parent_contact_id"))
    assert all(len(one) == 20 and int(one, 16) >= 0 for one in first)
    centre.change("update core.fct_contact set version = version + 1")
    centre.publish()
    assert sorted(ids(centre, "acme")) == sorted(first)


def test_a_clients_folder_has_no_running_number_of_a_system(centre: Centre) -> None:
    """Two of them would tell how many contacts all others had between them."""
    published = centre.publish()
    numbers = set(ids(centre, None))
    assert len(numbers) == 40 * len(CLIENTS)
    for client in CLIENTS:
        for path in folder(published, client).rglob("*"):
            if path.is_file():
                assert not set(values(path)) & numbers, path


def test_two_clients_cannot_match_their_records(centre: Centre) -> None:
    centre.change("update core.fct_contact set contact_id = 'same'")
    centre.publish()
    assert len({one for client in CLIENTS for one in ids(centre, client)}) == len(CLIENTS)


def test_with_another_key_no_file_of_the_old_one_is_linked(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.publish()
    first = ids(centre, "acme")
    monkeypatch.setenv("HEADSET_MASTER_KEY", "ab" * 32)
    centre.publish()
    assert not set(ids(centre, "acme")) & set(first)


def test_whoever_holds_the_key_finds_the_record_behind_a_clients_id(centre: Centre) -> None:
    centre.publish()
    ((keyed, through),) = centre.read(
        "select contact_id, site_date from interaction.contact "
        "order by site_date, handle_s limit 1",
        serve_file(centre.home, "acme"),
    )
    found = {(one.table, one.column, one.system_id) for one in find(centre.home, "acme", keyed)}
    ((number,),) = centre.read(
        "select contact_id from interaction.contact where client_id = 'acme' "
        f"and site_date = date '{through}' order by handle_s limit 1"
    )
    assert ("interaction.contact", "contact_id", number) in found
    assert {one[2] for one in found} == {number}
    assert find(centre.home, "bolt", keyed) == []
    with pytest.raises(PublishError, match="no folder for client 'acne'"):
        find(centre.home, "acne", keyed)
