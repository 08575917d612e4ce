"""The store of snapshots. Belongs here: which exist, which are whole, which one is served, the lock
that keeps two publishers apart, and the journal of what was served when.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ground import files
from ground.home import Home
from publish.errors import PublishError, SnapshotDamaged
from publish.manifest import MANIFEST, Snapshot, snapshot_from_json

STAGING = ".tmp-"


def snapshots_dir(home: Home) -> Path:
    """The folder that holds every snapshot."""
    return home.published / "snapshots"


def snapshot_dir(home: Home, snapshot_id: str) -> Path:
    """The folder of one snapshot."""
    return snapshots_dir(home) / snapshot_id


def now() -> str:
    """This instant in UTC, ISO-8601 to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def current_id(home: Home) -> str | None:
    """The id of the snapshot now served; null before the first publication."""
    link = home.published / "current"
    if not link.is_symlink():
        if link.exists():
            raise PublishError(
                f"{link} is not a symlink, so nothing can be flipped; move it away "
                "(was it copied without keeping links?)"
            )
        return None
    return link.readlink().name


def ids(home: Home) -> list[str]:
    """Ids of all snapshot folders, oldest first, whole or not."""
    folder = snapshots_dir(home)
    if not folder.is_dir():
        return []
    return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))


def load(home: Home, snapshot_id: str) -> Snapshot:
    """The record of a snapshot. Raises SnapshotDamaged when it is missing or unreadable."""
    path = snapshot_dir(home, snapshot_id) / MANIFEST
    try:
        return snapshot_from_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise SnapshotDamaged(f"snapshot {snapshot_id} has no {MANIFEST}: {path}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotDamaged(
            f"snapshot {snapshot_id} has an unreadable {MANIFEST}: {error}"
        ) from error


def load_whole(home: Home, snapshot_id: str) -> Snapshot:
    """The record of a snapshot all of whose files are there at their full size.

    Raises SnapshotDamaged naming the first file that is missing or has another size.
    """
    snapshot = load(home, snapshot_id)
    root = snapshot_dir(home, snapshot_id)
    sizes = [(part.path, part.bytes) for part in snapshot.parts()]
    sizes += [(path, entry["bytes"]) for path, entry in snapshot.files.items()]
    for path, size in sizes:
        try:
            found = (root / path).stat().st_size
        except FileNotFoundError as error:
            raise SnapshotDamaged(
                f"snapshot {snapshot_id} is incomplete: {path} is missing"
            ) from error
        if found != size:
            raise SnapshotDamaged(
                f"snapshot {snapshot_id} is incomplete: {path} has {found} of {size} bytes"
            )
    for path in snapshot.serve_paths():
        if not (root / path).is_file():
            raise SnapshotDamaged(f"snapshot {snapshot_id} is incomplete: {path} is missing")
    return snapshot


def newest_served(home: Home) -> Snapshot | None:
    """The newest complete snapshot that readers were shown; null when there is none.

    A publisher killed before its flip leaves a whole snapshot that nobody saw: it does not count.
    """
    shown = {entry.get("to") for entry in history(home)} | {current_id(home)}
    for snapshot_id in reversed(ids(home)):
        if snapshot_id not in shown:
            continue
        try:
            return load_whole(home, snapshot_id)
        except SnapshotDamaged:
            continue
    return None


def next_id(home: Home, created_at: str) -> str:
    """A new id, `000012-20261123T020105Z`; sorts after all others even if the clock went back."""
    taken = [int(name.split("-")[0]) for name in ids(home) if name.split("-")[0].isdigit()]
    stamp = datetime.fromisoformat(created_at).strftime("%Y%m%dT%H%M%SZ")
    return f"{max(taken, default=0) + 1:06d}-{stamp}"


@contextmanager
def lock(home: Home) -> Iterator[None]:
    """Hold the store for writing; the lock goes with the process, however it ends."""
    home.published.mkdir(parents=True, exist_ok=True)
    with (home.published / ".lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PublishError(
                f"another process is publishing into {home.published}; wait until it has ended"
            ) from error
        yield


def sweep(home: Home) -> list[str]:
    """Remove what killed publishers left: half-written and finished but never served snapshots.

    Returns the names removed. Call under `lock`.
    """
    _mend_journal(home)
    served = {entry.get("to") for entry in history(home)}
    current = current_id(home)
    removed = []
    for folder in sorted(snapshots_dir(home).glob("*")):
        name = folder.name
        never_served = name not in served and name > (current or "")
        if name.startswith(STAGING) or (
            name != current and (never_served or not (folder / MANIFEST).exists())
        ):
            remove(folder)
            removed.append(name)
    for link in home.published.glob(".current-*"):
        link.unlink()
    return removed


def remove(folder: Path) -> None:
    """Delete a snapshot; a half-deleted one is never mistaken for a whole one."""
    doomed = folder
    if not folder.name.startswith(STAGING):
        doomed = folder.with_name(f"{STAGING}removed-{folder.name}")
        folder.replace(doomed)
    shutil.rmtree(doomed)


def flip(home: Home, snapshot_id: str) -> None:
    """Point `published/current` at a snapshot in one step, and make that durable."""
    new = home.published / f".current-{snapshot_id}"
    new.unlink(missing_ok=True)
    new.symlink_to(Path("snapshots") / snapshot_id, target_is_directory=True)
    new.replace(home.published / "current")
    files.fsync(home.published)


def journal(
    home: Home, event: str, *, origin: str | None, to: str | None, run_id: str | None, **more: str
) -> None:
    """Append to `published/history.jsonl` what was served before and after an event."""
    entry = {"at": now(), "event": event, "from": origin, "to": to, "run_id": run_id, **more}
    path = home.published / "history.jsonl"
    with path.open("a+b") as handle:
        if handle.tell():
            handle.seek(-1, os.SEEK_END)
            if handle.read(1) != b"\n":
                handle.write(b"\n")
        handle.write(json.dumps(entry).encode() + b"\n")
    files.fsync(path)


def note_erasure(home: Home, run_id: str) -> None:
    """From now on no snapshot that is there today may be gone back to: it may hold the person."""
    there = ids(home)
    if there:
        served = current_id(home)
        journal(home, "erased", origin=served, to=served, run_id=run_id, through=there[-1])


def erased_through(home: Home) -> str | None:
    """The newest snapshot from before the last erasure; null when nobody was erased."""
    found = [str(e["through"]) for e in history(home) if e.get("event") == "erased"]
    return max(found, default=None)


def history(home: Home) -> list[dict[str, Any]]:
    """What was published or rolled back, when, from what to what; oldest first."""
    path = home.published / "history.jsonl"
    entries = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            entries.append(entry)
    return entries


def _mend_journal(home: Home) -> None:
    """A kill right after a flip loses its journal line; write it now."""
    current = current_id(home)
    entries = history(home)
    last = entries[-1]["to"] if entries else None
    if current is not None and current != last:
        journal(home, "found", origin=last, to=current, run_id=None)
