"""Looking after published snapshots. Belongs here: going back, moving, pruning, verifying."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from ground import files
from ground.home import Home
from publish import serve, snapshot_store
from publish.errors import PublishError, SnapshotDamaged
from publish.manifest import MANIFEST, Snapshot


@dataclass(frozen=True)
class Verified:
    """A snapshot whose every file has the checksum its manifest names."""

    snapshot_id: str
    files_n: int
    bytes_n: int


def current(home: Home) -> dict[str, Any] | None:
    """The manifest of the snapshot now served; null before the first publication.

    Raises SnapshotDamaged when `published/current` leads to nothing readable.
    """
    snapshot_id = snapshot_store.current_id(home)
    return None if snapshot_id is None else snapshot_store.load(home, snapshot_id).to_json()


def newest(home: Home) -> dict[str, Any] | None:
    """The manifest of the newest snapshot that was served, also when readers were rolled back."""
    snapshot = snapshot_store.newest_served(home)
    return None if snapshot is None else snapshot.to_json()


def verify(home: Home, snapshot_id: str | None = None) -> Verified:
    """Compare every file of a snapshot (by default the one served) with its manifest.

    Raises SnapshotDamaged naming the file: missing, of another size or content, or views that
    still point to where the snapshot was before it was moved.
    """
    wanted = snapshot_id or snapshot_store.current_id(home)
    if wanted is None:
        raise PublishError(f"nothing is published in {home.published} yet")
    snapshot = snapshot_store.load_whole(home, wanted)
    root = snapshot_store.snapshot_dir(home, wanted)
    sums = [(part.path, part.sha256, part.bytes) for part in snapshot.parts()]
    sums += [(path, entry["sha256"], entry["bytes"]) for path, entry in snapshot.files.items()]
    for path, expected, _ in sums:
        found = files.sha256(root / path)
        if found != expected:
            raise SnapshotDamaged(
                f"snapshot {wanted} was changed after it was published: {path} has checksum "
                f"{found[:12]}, the manifest says {expected[:12]}"
            )
    if snapshot.served_from != str(root):
        raise SnapshotDamaged(
            f"snapshot {wanted} was moved from {snapshot.served_from} to {root}: "
            "run `headset publish --relocate`"
        )
    serve.check(snapshot, root)
    return Verified(wanted, len(sums), sum(size for *_, size in sums))


def rollback(home: Home) -> str:
    """Serve again what was served before the current snapshot; its id.

    Going back twice goes back two publications. The target is verified before the flip. The
    snapshot left behind stays on disk, and the next publication links against it.
    Raises PublishError when there is nothing before it, or when somebody was erased since.
    """
    with snapshot_store.lock(home):
        left = snapshot_store.current_id(home)
        if left is None:
            raise PublishError(f"nothing is published in {home.published}, nothing to go back from")
        target = _before(home, left)
        if target is None:
            raise PublishError(f"no snapshot before {left} is left to go back to")
        erased = snapshot_store.erased_through(home)
        if erased is not None and target <= erased:
            raise PublishError(
                f"snapshot {target} is from before an erasure and may not be shown again; "
                "publish a night instead"
            )
        verify(home, target)
        snapshot_store.flip(home, target)
        snapshot_store.journal(home, "rolled_back", origin=left, to=target, run_id=None)
    return target


def relocate(home: Home) -> list[str]:
    """Rewrite the views of every snapshot after HEADSET_HOME was moved; ids rewritten.

    Raises SnapshotDamaged when the served snapshot is incomplete; other incomplete ones are
    left as they are.
    """
    done = []
    with snapshot_store.lock(home):
        served = snapshot_store.current_id(home)
        for snapshot_id in snapshot_store.ids(home):
            root = snapshot_store.snapshot_dir(home, snapshot_id)
            try:
                snapshot = snapshot_store.load_whole(home, snapshot_id)
                if snapshot.served_from != str(root):
                    _reserve(home, snapshot)
                    done.append(snapshot_id)
            except SnapshotDamaged:
                if snapshot_id == served:
                    raise
    return done


def prune(
    home: Home, keep: int = 10, min_age_hours: float = 24, *, rollback: bool = True
) -> list[str]:
    """Remove old snapshots; their ids. Readers of the others notice nothing.

    Kept are the newest `keep`, the one served, the one a rollback would go to, and whatever was
    still served within `min_age_hours`, so that a snapshot outlives the longest reader.
    rollback: false gives up the way back, when what is there may no longer be shown.
    """
    if keep < 1:
        raise PublishError(f"keep is {keep}; at least one snapshot has to stay")
    with snapshot_store.lock(home):
        snapshot_store.sweep(home)
        served = snapshot_store.current_id(home)
        safe = {served, _before(home, served) if served and rollback else None}
        limit = datetime.now(UTC) - timedelta(hours=min_age_hours)
        removed = []
        for snapshot_id in snapshot_store.ids(home)[:-keep]:
            if snapshot_id not in safe and _last_served(home, snapshot_id) < limit:
                snapshot_store.remove(snapshot_store.snapshot_dir(home, snapshot_id))
                removed.append(snapshot_id)
    return removed


def _reserve(home: Home, snapshot: Snapshot) -> None:
    root = snapshot_store.snapshot_dir(home, snapshot.snapshot_id)
    moved = replace(snapshot, served_from=str(root))
    try:
        serve.write_all(moved, root)
    except duckdb.Error as error:
        raise SnapshotDamaged(f"snapshot {snapshot.snapshot_id} cannot be read: {error}") from error
    serve.check(moved, root)
    files.write_json(root / MANIFEST, moved.to_json())


def _before(home: Home, snapshot_id: str) -> str | None:
    """What was served before a snapshot was published, skipping what is gone or damaged."""
    seen = {snapshot_id}
    while True:
        try:
            previous = snapshot_store.load(home, snapshot_id).previous
        except SnapshotDamaged:
            previous = _by_history(home, snapshot_id)
        if previous is None or previous in seen:
            return None
        seen.add(previous)
        try:
            snapshot_store.load_whole(home, previous)
        except SnapshotDamaged:
            snapshot_id = previous
            continue
        return previous


def _by_history(home: Home, snapshot_id: str) -> str | None:
    for entry in reversed(snapshot_store.history(home)):
        if entry.get("event") == "published" and entry.get("to") == snapshot_id:
            origin = entry.get("from")
            return str(origin) if origin else None
    return None


def _last_served(home: Home, snapshot_id: str) -> datetime:
    """When readers last could open a snapshot: when it was left, else when it was written."""
    left = [
        entry["at"] for entry in snapshot_store.history(home) if entry.get("from") == snapshot_id
    ]
    if left:
        return datetime.fromisoformat(max(left))
    return datetime.fromtimestamp(
        snapshot_store.snapshot_dir(home, snapshot_id).stat().st_mtime, UTC
    )
