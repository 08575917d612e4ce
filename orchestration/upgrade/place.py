"""A home beside a home: copied, built there by this release, and put in place piece by piece.

What readers see changes last, in one step. A process that is killed while pieces are put in place
leaves a mark in the home; `finish` goes on from any point. Belongs here: copying and moving. Does
not: building, comparing.
"""

import json
import os
import shutil
from pathlib import Path

from ground import files, home_version
from ground.home import Home
from publish import snapshot_store
from publish.maintenance import relocate

AUDIT, TARGET = "audit", "dbt_target"


class UpgradeError(Exception):
    """The home was not upgraded; the message says why, and that nothing changed."""


def beside(home: Home) -> Home:
    """Where the home is built by the new release."""
    return Home(home.root.with_name(f".{home.root.name}.upgrade"))


def copy(home: Home) -> Home:
    """Copy what a build needs, and nothing of landing: it sees the same data as the last one.

    Published files are linked, for they never change. Raises UpgradeError for too little room.
    """
    other = beside(home)
    shutil.rmtree(other.root, ignore_errors=True)
    needed, free = 2 * home.warehouse.stat().st_size, shutil.disk_usage(home.root).free
    if needed > free:
        raise UpgradeError(
            f"{home.root}: {free / 1e9:.1f} GB are free and up to {needed / 1e9:.1f} GB are needed "
            "to build beside; nothing changed"
        )
    other.root.mkdir(mode=0o700)
    other.landing.mkdir()
    # A landing without a file looks like a disk that is not mounted; this one is so on purpose.
    (other.landing / "README").write_text("An upgrade builds from raw; no file is taken in here.\n")
    for path in (home.warehouse, home.systems, home.root / home_version.FILE):
        if path.exists():
            shutil.copy2(path, other.root / path.name)
    for folder in (home.keys, home.audit, home.target):
        if folder.is_dir():
            shutil.copytree(folder, other.root / folder.name)
    shutil.copytree(home.published, other.published, symlinks=True, copy_function=_copy_or_link)
    relocate(other)
    return other


def _copy_or_link(source: str, target: str) -> str:
    if source.endswith(".parquet"):
        files.link(Path(source), Path(target))
        return target
    return str(shutil.copy2(source, target))


def begin(home: Home, other: Home, snapshot_id: str) -> None:
    """Mark that the pieces of `other` are being put in place; from here on only forward."""
    origin = snapshot_store.current_id(home)
    mark = {"beside": str(other.root), "snapshot_id": snapshot_id, "origin": origin}
    files.write_json(home.root / home_version.UPGRADING, mark)


def finish(home: Home) -> str | None:
    """Put in place what is left, and show it to readers; the snapshot's id, None without a mark."""
    mark = home.root / home_version.UPGRADING
    if not mark.exists():
        return None
    body = json.loads(mark.read_text(encoding="utf-8"))
    other, snapshot_id = Home(Path(body["beside"])), str(body["snapshot_id"])
    for one in snapshot_store.ids(other):
        target = snapshot_store.snapshot_dir(home, one)
        if not target.exists():
            snapshot_store.snapshot_dir(other, one).rename(target)
    if other.warehouse.exists():
        other.warehouse.replace(home.warehouse)
    if other.target.exists():
        shutil.rmtree(home.target, ignore_errors=True)
        other.target.rename(home.target)
    for folder, _, names in os.walk(other.audit):
        for name in names:
            source = Path(folder, name)
            target = home.audit / source.relative_to(other.audit)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                source.replace(target)
    files.fsync_folders(home.published)
    relocate(home)
    if snapshot_store.current_id(home) != snapshot_id:
        snapshot_store.flip(home, snapshot_id)
    if not any(entry.get("to") == snapshot_id for entry in snapshot_store.history(home)):
        origin = body["origin"]
        snapshot_store.journal(home, "published", origin=origin, to=snapshot_id, run_id="upgrade")
    home_version.stamp(home)
    mark.unlink()
    shutil.rmtree(other.root, ignore_errors=True)
    return snapshot_id
