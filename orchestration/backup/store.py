"""A folder of backups: every file once under its checksum, and a list of names for each backup.

What did not change since the last backup, and what snapshots share, is stored once. The list is
written last: a backup that was cut off has none, and so is none. Belongs here: the store. Does not:
which files of a home belong in it (`home_files`), locks.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ground import files

LISTS, OBJECTS = "backups", "objects"
FORMAT = 1
_CHUNK = 1 << 22


class BackupError(Exception):
    """A backup cannot be made, proved or brought back; the message says what to do."""


@dataclass(frozen=True)
class Entry:
    """One file of a home: place, checksum, size and mode; `link`: where a symbolic link leads."""

    path: str
    sha256: str
    bytes: int
    mode: int
    link: str | None = None


@dataclass(frozen=True)
class Backup:
    """One backup: what, when, by which release, and under which key its pseudonyms were made."""

    name: str
    made_at: str
    home: str
    release: str
    home_format: int
    key_fingerprint: str
    snapshot_id: str | None
    entries: tuple[Entry, ...]
    format: int = FORMAT

    @property
    def bytes(self) -> int:
        """What the files come to when brought back."""
        return sum(entry.bytes for entry in self.entries)


def names(folder: Path) -> list[str]:
    """The backups of a folder that are whole, oldest first."""
    return sorted(path.stem for path in (folder / LISTS).glob("*.json"))


def load(folder: Path, name: str | None = None) -> Backup:
    """A backup by name; the newest without one. Raises BackupError when there is none."""
    known = names(folder)
    if not known:
        raise BackupError(f"{folder} has no whole backup; `headset backup --to {folder}` makes one")
    if name and name not in known:
        raise BackupError(f"{folder} has no backup {name!r}; it has: {', '.join(known)}")
    path = folder / LISTS / f"{name or known[-1]}.json"
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        if int(body["format"]) > FORMAT:
            raise BackupError(
                f"{path} was written by Headset {body['release']}; this release is older and "
                "cannot read it"
            )
        return Backup(**body | {"entries": tuple(Entry(**one) for one in body["entries"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{path} is no list of a backup: {error!r}") from error


def new_name() -> str:
    """A name that sorts by time."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")


def put(folder: Path, source: Path, path: str) -> Entry:
    """Store a file, unless its content is there already; its entry."""
    status = source.lstat()
    if source.is_symlink():
        return Entry(path, "", 0, 0o777, str(source.readlink()))
    digest = files.sha256(source)
    target = _object(folder, digest)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{os.getpid()}")
        shutil.copyfile(source, part)
        if files.sha256(part) != digest:
            part.unlink()
            raise BackupError(f"{source} changed while it was copied; nothing was kept of it")
        files.seal(part)
        part.replace(target)
    return Entry(path, digest, status.st_size, status.st_mode & 0o7777)


def finish(folder: Path, backup: Backup) -> Path:
    """Write the list: from now on the backup is there."""
    files.fsync_folders(folder / OBJECTS)
    path = folder / LISTS / f"{backup.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_json(path, asdict(backup))
    return path


def prove(folder: Path, backup: Backup, told: Callable[[str], None]) -> int:
    """Read every file of a backup again; how many. Raises BackupError naming the first wrong."""
    wanted = {entry.sha256: entry for entry in backup.entries if entry.link is None}
    for n, (digest, entry) in enumerate(sorted(wanted.items()), 1):
        path = _object(folder, digest)
        if not path.is_file():
            raise BackupError(f"backup {backup.name} is damaged: {entry.path} is missing in it")
        if files.sha256(path) != digest:
            raise BackupError(f"backup {backup.name} is damaged: {entry.path} was changed")
        told(f"{n} of {len(wanted)} files read")
    return len(wanted)


def bring_back(folder: Path, backup: Backup, root: Path) -> None:
    """Write every file below `root`, which is empty. Raises BackupError naming a damaged one.

    Read-only files of one content become one file with several names, as snapshots had them.
    """
    first: dict[str, Path] = {}
    for entry in backup.entries:
        target = _inside(root, entry.path)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if entry.link is not None:
            target.symlink_to(entry.link)
            continue
        sealed = not entry.mode & 0o222
        if sealed and entry.sha256 in first:
            files.link(first[entry.sha256], target)
            continue
        try:
            shutil.copyfile(_object(folder, entry.sha256), target)
        except FileNotFoundError as error:
            raise BackupError(
                f"backup {backup.name} is damaged: {entry.path} is missing in it"
            ) from error
        if files.sha256(target) != entry.sha256:
            raise BackupError(f"backup {backup.name} is damaged: {entry.path} was changed")
        target.chmod(entry.mode)
        files.fsync(target)
        first.setdefault(entry.sha256, target)


def prune(folder: Path, keep: int) -> list[str]:
    """Remove all but the newest `keep` backups, and what only they had; their names."""
    gone = names(folder)[:-keep]
    for name in gone:
        (folder / LISTS / f"{name}.json").unlink()
    used = {entry.sha256 for name in names(folder) for entry in load(folder, name).entries}
    for path in _objects(folder):
        if path.name not in used:
            path.unlink()
    return gone


def _objects(folder: Path) -> Iterator[Path]:
    return (path for path in (folder / OBJECTS).rglob("*") if path.is_file())


def _object(folder: Path, digest: str) -> Path:
    return folder / OBJECTS / digest[:2] / digest


def _inside(root: Path, path: str) -> Path:
    """A list is only trusted within the home: no path of it leads out."""
    if Path(path).is_absolute() or ".." in Path(path).parts:
        raise BackupError(f"the list of the backup names {path!r}, which is outside of a home")
    return root / path


def room_for(folder: Path, sources: Iterable[Path]) -> None:
    """Refuse when the new content cannot fit. Raises BackupError; nothing was written."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    seen: dict[tuple[int, int], int] = {}
    for path in sources:
        status = path.lstat()
        seen[status.st_dev, status.st_ino] = status.st_size
    stored = sum(path.stat().st_size for path in _objects(folder))
    needed, free = sum(seen.values()) - stored, shutil.disk_usage(folder).free
    if needed > free:
        raise BackupError(
            f"{folder} has {free / 1e9:.1f} GB free and up to {needed / 1e9:.1f} GB are needed; "
            "nothing was written"
        )
