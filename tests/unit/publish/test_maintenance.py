import json
import shutil
from pathlib import Path

import duckdb
import pytest

from ground.home import Home
from publish import snapshot_store
from publish.errors import PublishError, SnapshotDamaged
from publish.snapshot import newest, prune, relocate, rollback, serve_file, verify
from tests.unit.publish.small_warehouse import Centre, inode

BUMP = "update core.fct_contact set version = version + 1"
VERSION = "select distinct version from interaction.contact"
PART = "tables/interaction.contact/client_id=acme/site_month=2026-10/part.parquet"


def publish_several(centre: Centre, count: int) -> list[str]:
    ids = []
    for _ in range(count):
        ids.append(centre.publish().snapshot_id)
        centre.change(BUMP)
    return ids


def events(centre: Centre) -> list[tuple[str, str | None, str]]:
    return [
        (entry["event"], entry["from"], entry["to"])
        for entry in snapshot_store.history(centre.home)
    ]


def test_going_back_serves_what_was_served_before(centre: Centre) -> None:
    one, two = publish_several(centre, 2)
    assert rollback(centre.home) == one
    assert centre.read(VERSION) == [(0,)]
    assert events(centre) == [
        ("published", None, one),
        ("published", one, two),
        ("rolled_back", two, one),
    ]


def test_nobody_goes_back_to_a_snapshot_from_before_an_erasure(centre: Centre) -> None:
    """Also when it was put back from a copy after the erasure had removed it."""
    (one,) = publish_several(centre, 1)
    kept = centre.root / "kept"
    shutil.copytree(snapshot_store.snapshot_dir(centre.home, one), kept)
    snapshot_store.note_erasure(centre.home, "erasure-1")
    two, three = publish_several(centre, 2)
    assert rollback(centre.home) == two, "of what was published since, one may be chosen"
    with pytest.raises(PublishError, match=f"{one} is from before an erasure"):
        rollback(centre.home)
    snapshot_store.remove(snapshot_store.snapshot_dir(centre.home, one))
    shutil.copytree(kept, snapshot_store.snapshot_dir(centre.home, one))
    with pytest.raises(PublishError, match="before an erasure"):
        rollback(centre.home)
    assert snapshot_store.current_id(centre.home) == two
    assert three in snapshot_store.ids(centre.home)


def test_going_back_twice_goes_back_two_publications(centre: Centre) -> None:
    one, _, _ = publish_several(centre, 3)
    rollback(centre.home)
    assert rollback(centre.home) == one


def test_a_publication_after_going_back_links_to_the_newest_and_skips_it_going_back(
    centre: Centre,
) -> None:
    one, two = publish_several(centre, 2)
    centre.change("update core.fct_contact set version = 1")
    rollback(centre.home)
    found = newest(centre.home)
    assert found is not None
    assert found["snapshot_id"] == two
    three = centre.publish()
    assert three.written_n == 0
    assert inode(three.folder / PART) == inode(snapshot_store.snapshot_dir(centre.home, two) / PART)
    assert rollback(centre.home) == one


def test_there_is_nothing_to_go_back_to_at_first(centre: Centre) -> None:
    with pytest.raises(PublishError, match="nothing to go back from"):
        rollback(centre.home)
    only = centre.publish().snapshot_id
    with pytest.raises(PublishError, match=f"no snapshot before {only} is left"):
        rollback(centre.home)


def test_going_back_skips_a_snapshot_that_is_damaged(centre: Centre) -> None:
    one, two, _ = publish_several(centre, 3)
    (snapshot_store.snapshot_dir(centre.home, two) / PART).unlink()
    assert rollback(centre.home) == one


def test_going_back_refuses_a_snapshot_whose_bytes_changed(centre: Centre) -> None:
    one, two = publish_several(centre, 2)
    spoil(snapshot_store.snapshot_dir(centre.home, one) / PART)
    with pytest.raises(SnapshotDamaged, match="was changed after it was published"):
        rollback(centre.home)
    assert centre.current.readlink().name == two


def spoil(path: Path) -> None:
    """Change one byte and keep the size."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(bytes(content))


def test_a_whole_snapshot_verifies(centre: Centre) -> None:
    centre.publish()
    done = verify(centre.home)
    assert done.snapshot_id == centre.current.readlink().name
    assert done.files_n > 20
    assert done.bytes_n > 10_000


@pytest.mark.parametrize(
    "path", [PART, "clients/acme/tables/core.client/part.parquet", "metrics.json", "serve.duckdb"]
)
def test_a_partly_copied_snapshot_is_refused_by_name(centre: Centre, path: str) -> None:
    folder = centre.publish().folder
    (folder / path).unlink()
    with pytest.raises(SnapshotDamaged, match=f"is incomplete: {path} is missing"):
        verify(centre.home)


def test_a_cut_off_file_is_refused_by_name_and_size(centre: Centre) -> None:
    folder = centre.publish().folder
    content = (folder / PART).read_bytes()
    (folder / PART).unlink()
    (folder / PART).write_bytes(content[:100])
    with pytest.raises(SnapshotDamaged, match=f"{PART} has 100 of {len(content)} bytes"):
        verify(centre.home)


def test_a_cut_off_served_file_is_refused(centre: Centre) -> None:
    folder = centre.publish().folder
    (folder / "serve.duckdb").unlink()
    (folder / "serve.duckdb").write_bytes(b"not a database")
    with pytest.raises(SnapshotDamaged, match=r"serve\.duckdb cannot be read"):
        verify(centre.home)


def test_a_snapshot_without_its_manifest_is_refused(centre: Centre) -> None:
    folder = centre.publish().folder
    (folder / "manifest.json").unlink()
    with pytest.raises(SnapshotDamaged, match=r"has no manifest\.json"):
        verify(centre.home)


def test_a_changed_byte_is_found(centre: Centre) -> None:
    spoil(centre.publish().folder / PART)
    with pytest.raises(SnapshotDamaged, match=f"{PART} has checksum"):
        verify(centre.home)


def test_a_damaged_snapshot_is_not_linked_against(centre: Centre) -> None:
    first = centre.publish()
    (first.folder / PART).unlink()
    second = centre.publish()
    assert second.linked_n == 0
    assert verify(centre.home).snapshot_id == second.snapshot_id


@pytest.fixture
def moved(centre: Centre, tmp_path: Path) -> Centre:
    publish_several(centre, 2)
    new = tmp_path / "elsewhere"
    shutil.move(centre.root, new)
    centre.root, centre.home = new, Home(new)
    return centre


def test_a_moved_home_says_what_to_do(moved: Centre) -> None:
    with pytest.raises(SnapshotDamaged, match="headset publish --relocate"):
        verify(moved.home)


def test_a_moved_home_is_readable_again_after_relocation(moved: Centre) -> None:
    assert len(relocate(moved.home)) == 2
    assert moved.read(VERSION) == [(1,)]
    own = serve_file(moved.home, "acme")
    assert moved.read("select count(*) from interaction.contact", own) == [(40,)]
    rollback(moved.home)
    assert moved.read(VERSION) == [(0,)]
    assert relocate(moved.home) == []


def test_relocation_of_an_incomplete_served_snapshot_is_refused(moved: Centre) -> None:
    (moved.current / PART).unlink()
    with pytest.raises(SnapshotDamaged, match=f"{PART} is missing"):
        relocate(moved.home)


def test_a_copy_without_links_is_not_flipped(centre: Centre) -> None:
    centre.publish()
    centre.current.unlink()
    centre.current.mkdir()
    with pytest.raises(PublishError, match="is not a symlink"):
        centre.publish()


def test_old_snapshots_go_but_not_what_is_served_or_comes_before_it(centre: Centre) -> None:
    one, two, three, four = publish_several(centre, 4)
    rollback(centre.home)
    assert prune(centre.home, keep=1, min_age_hours=0) == [one]
    assert snapshot_store.ids(centre.home) == [two, three, four]
    assert verify(centre.home).snapshot_id == three


def test_a_snapshot_served_a_moment_ago_outlives_its_readers(centre: Centre) -> None:
    publish_several(centre, 3)
    assert prune(centre.home, keep=1, min_age_hours=1) == []


def test_a_reader_of_a_pruned_neighbour_notices_nothing(centre: Centre) -> None:
    first = centre.publish().snapshot_id
    publish_several(centre, 2)
    with duckdb.connect(str(serve_file(centre.home)), read_only=True) as con:
        assert prune(centre.home, keep=1, min_age_hours=0) == [first]
        assert con.execute("select count(*) from interaction.contact").fetchall() == [(120,)]


def test_pruning_everything_is_refused(centre: Centre) -> None:
    with pytest.raises(PublishError, match="keep is 0"):
        prune(centre.home, keep=0)


def test_a_torn_line_in_the_history_is_no_obstacle(centre: Centre) -> None:
    one = centre.publish().snapshot_id
    path = centre.home.published / "history.jsonl"
    path.write_text(path.read_text() + '{"at": "2026-')
    two = centre.publish().snapshot_id
    assert events(centre) == [("published", None, one), ("published", one, two)]
    assert json.loads(path.read_text().splitlines()[-1])["to"] == two
