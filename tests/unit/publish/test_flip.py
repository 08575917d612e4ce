import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from publish import snapshot_store
from publish.errors import PublishError
from publish.snapshot import verify
from tests.unit.publish.small_warehouse import Centre

BUMP = "update core.fct_contact set version = version + 1"


def failing(real: Callable[..., Any], at: int) -> tuple[Callable[..., Any], list[int]]:
    """A system call that fails with a full disk the `at`-th time."""
    calls = [0]

    def call(*arguments: Any, **more: Any) -> Any:
        calls[0] += 1
        if calls[0] == at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*arguments, **more)

    return call, calls


def counted(centre: Centre, name: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        call, calls = failing(getattr(os, name), at=-1)
        patch.setattr(os, name, call)
        centre.publish()
    return calls[0]


@pytest.mark.parametrize("name", ["replace", "fsync", "link"])
def test_a_full_disk_at_any_step_leaves_what_is_served_whole(centre: Centre, name: str) -> None:
    centre.publish()
    steps = counted(centre, name)
    served = centre.current.readlink().name
    for at in sorted({1, 2, steps // 3, steps // 2, *range(max(steps - 5, 1), steps + 1)}):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, name, failing(getattr(os, name), at)[0])
            with pytest.raises(PublishError, match="No space left on device") as full:
                centre.publish()
        now = centre.current.readlink().name
        if now == served:
            assert f"{served} is still served" in str(full.value)
            assert snapshot_store.ids(centre.home)[-1] == served
        else:
            assert f"snapshot {now} is served, but" in str(full.value)
            served = now
        assert centre.leftovers() == []
        verify(centre.home)
    assert centre.publish().snapshot_id == centre.current.readlink().name


def test_a_lost_line_of_the_history_is_noted_by_the_next_publication(centre: Centre) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot_store, "journal", failing(snapshot_store.journal, 1)[0])
        with pytest.raises(PublishError, match="is served, but"):
            centre.publish()
    lost = centre.current.readlink().name
    kept = centre.publish().snapshot_id
    found = [(entry["event"], entry["to"]) for entry in snapshot_store.history(centre.home)]
    assert found == [("found", lost), ("published", kept)]


def test_interrupting_a_publication_leaves_nothing_behind(centre: Centre) -> None:
    first = centre.publish().snapshot_id

    def interrupt(message: str) -> None:
        if message.startswith("showing"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        centre.publish(progress=interrupt)
    assert snapshot_store.ids(centre.home) == [first]
    assert centre.leftovers() == []


def test_two_publishers_do_not_meet(centre: Centre) -> None:
    first = centre.publish().snapshot_id
    with (
        snapshot_store.lock(centre.home),
        pytest.raises(PublishError, match="another process is publish"),
    ):
        centre.publish()
    assert centre.current.readlink().name == first


def test_the_next_publication_removes_what_a_killed_one_left(centre: Centre) -> None:
    first = centre.publish().snapshot_id
    snapshots = snapshot_store.snapshots_dir(centre.home)
    for name in (".tmp-000002-x/tables", ".tmp-000002-x.spill", "000003-without-manifest/tables"):
        (snapshots / name).mkdir(parents=True)
    shutil.copytree(snapshots / first, snapshots / ".tmp-removed-000000-half-pruned")
    (centre.home.published / ".current-000002-x").symlink_to("snapshots/000002-x")
    said: list[str] = []
    second = centre.publish(progress=said.append).snapshot_id
    assert snapshot_store.ids(centre.home) == [first, second]
    assert centre.leftovers() == []
    left = "left by a publication that did not end"
    assert f"removed 000003-without-manifest, {left}" in said
    assert f"removed .tmp-removed-000000-half-pruned, {left}" in said


def test_ids_go_up_even_when_the_clock_goes_back(centre: Centre) -> None:
    centre.publish()
    later = snapshot_store.next_id(centre.home, "2001-01-01T00:00:00+00:00")
    assert later == "000002-20010101T000000Z"
    assert later > snapshot_store.ids(centre.home)[-1]


def test_links_fall_back_to_copies_where_there_are_none(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = centre.publish()

    def refuse(source: Path, target: Path) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", refuse)
    second = centre.publish()
    part = "tables/interaction.contact/client_id=acme/site_month=2026-10/part.parquet"
    assert (first.folder / part).stat().st_nlink == 1
    assert (first.folder / part).read_bytes() == (second.folder / part).read_bytes()
    verify(centre.home)
