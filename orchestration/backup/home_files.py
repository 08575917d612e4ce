"""Backing up a home and bringing it back.

The key of the pseudonyms is never in a backup: whoever has both knows the customers. A backup keeps
the key's fingerprint, and is brought back only where that key is. Belongs here: which files of a
home count, the order of steps. Does not: how they are stored (`store`).
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ground import files, home_version
from ground.home import Home
from ingest.ledger.ledger import warehouse
from ingest.privacy.pseudonym import fingerprint, key_in, master_key
from orchestration.backup import store
from orchestration.backup.store import Backup, BackupError
from orchestration.run.lock import night_lock
from publish import snapshot_store
from publish.maintenance import relocate

NOTE = "backup.json"
# Made again by the next command or the next look at the open day, or the key.
LEFT_OUT = (
    "keys", "product", "spool", "warehouse.duckdb.tmp", "night.lock", "warehouse.duckdb.wal",
    "intraday", "intraday.duckdb", "intraday.duckdb.wal", "intraday.duckdb.tmp",
)  # fmt: skip
OPEN_DAY = "intraday"
Told = Callable[[str], None]


@dataclass(frozen=True)
class Note:
    """The last backup of a home: where, which, when; `proved_at`: when it was read again whole."""

    folder: str
    name: str
    made_at: str
    key_fingerprint: str
    proved_at: str | None = None


def back_up(home: Home, folder: Path, told: Told = lambda _: None) -> Backup:
    """Copy a home into `folder` while no night runs. The backup then is there whole or not at all.

    Raises BackupError for a folder inside the home or too little room, NightRunningError.
    """
    folder = folder.absolute()
    if folder.is_relative_to(home.root):
        raise BackupError(f"{folder} lies in the home itself; name a folder on another disk")
    if not home.warehouse.exists():
        raise BackupError(f"{home.root} has no warehouse yet; there is nothing to back up")
    print_of_key = fingerprint(master_key(home.keys))
    with night_lock(home, "headset backup"), snapshot_store.lock(home):
        with warehouse(home) as con:
            con.execute("checkpoint")
        paths = list(_paths(home))
        try:
            store.room_for(folder, paths)
            entries = []
            for n, path in enumerate(paths, 1):
                told(f"{n} of {len(paths)} files")
                entry = _put(home, folder, path)
                entries += [entry] if entry else []
        except OSError as error:
            said = "the disk is full" if files.disk_full(error) else str(error)
            raise BackupError(f"{folder}: {said}; this backup was not made") from error
        version = home_version.read(home) or home_version.HomeVersion(0, "")
        backup = Backup(
            name=store.new_name(),
            made_at=_now(),
            home=str(home.root),
            release=home_version.release(),
            home_format=version.format,
            key_fingerprint=print_of_key,
            snapshot_id=snapshot_store.current_id(home),
            entries=tuple(entries),
        )
        store.finish(folder, backup)
        _note(home, Note(str(folder), backup.name, backup.made_at, print_of_key))
    return backup


def check(home: Home, folder: Path, name: str | None, told: Told = lambda _: None) -> Backup:
    """Read a backup again, and hold its key against the home's. Raises BackupError."""
    backup = store.load(folder, name)
    _same_key(backup, master_key(home.keys))
    store.prove(folder, backup, told)
    known = last(home)
    if known is None or known.name <= backup.name:
        where = str(folder.absolute())
        _note(home, Note(where, backup.name, backup.made_at, backup.key_fingerprint, _now()))
    return backup


def restore(
    home: Home, folder: Path, name: str | None = None, key_file: Path | None = None
) -> Backup:
    """Bring a backup back as the home, which must not be there yet (a key alone may be).

    Raises BackupError when the key is another one, the release too old, or a file damaged; then
    nothing was put in place.
    """
    backup = store.load(folder, name)
    if backup.home_format > home_version.FORMAT:
        raise BackupError(
            f"backup {backup.name} was made by Headset {backup.release} (home format "
            f"{backup.home_format}); this release is older: install {backup.release} or newer"
        )
    present = [path.name for path in home.root.iterdir()] if home.root.is_dir() else []
    if [one for one in present if one not in ("keys", "product")]:
        raise BackupError(f"{home.root} is not empty; move it away first, nothing was written")
    key = key_in(key_file) if key_file else _present_key(home)
    _same_key(backup, key)
    beside = home.root.with_name(f".{home.root.name}.restoring")
    shutil.rmtree(beside, ignore_errors=True)
    free = shutil.disk_usage(_existing(home.root)).free
    if backup.bytes > free:
        raise BackupError(
            f"{home.root}: {free / 1e9:.1f} GB are free and up to {backup.bytes / 1e9:.1f} GB "
            "are needed; nothing was written"
        )
    try:
        beside.mkdir(parents=True, mode=0o700)
        store.bring_back(folder, backup, beside)
    except (BackupError, OSError):
        shutil.rmtree(beside, ignore_errors=True)
        raise
    _keep_key(beside, key)
    shutil.rmtree(home.root, ignore_errors=True)
    beside.rename(home.root)
    files.fsync(home.root.parent)
    relocate(home)
    return backup


def last(home: Home) -> Note | None:
    """The last backup that was made of a home, as it remembers it."""
    try:
        return Note(**json.loads((home.root / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _paths(home: Home) -> Iterator[Path]:
    for folder, folders, names in os.walk(home.root):
        if Path(folder) == home.root:
            folders[:] = [one for one in folders if one not in LEFT_OUT and one[0] != "."]
            names = [one for one in names if one not in (*LEFT_OUT, NOTE)]
        if Path(folder) == home.published:
            folders[:] = [one for one in folders if one != OPEN_DAY]
        links = [one for one in folders if Path(folder, one).is_symlink()]
        for one in sorted([*names, *links]):
            path = Path(folder, one)
            # A sender may drop pipes and sockets; they are no content.
            if path.is_symlink() or path.is_file():
                yield path


def _put(home: Home, folder: Path, path: Path) -> store.Entry | None:
    try:
        return store.put(folder, path, str(path.relative_to(home.root)))
    except (FileNotFoundError, BackupError):
        # A sender is at work on it; the next backup has it.
        if path.is_relative_to(home.landing):
            return None
        raise


def _same_key(backup: Backup, key: bytes) -> None:
    if fingerprint(key) != backup.key_fingerprint:
        raise BackupError(
            f"backup {backup.name} was made under the key {backup.key_fingerprint}, and this one "
            f"is {fingerprint(key)}: with another key no customer would be recognised again; "
            "give the right key (`--key FILE` or HEADSET_MASTER_KEY)"
        )


def _present_key(home: Home) -> bytes:
    if not os.environ.get("HEADSET_MASTER_KEY") and not (home.keys / "master.key").exists():
        raise BackupError(
            f"the key is not in a backup: put it to {home.keys / 'master.key'} (mode 600), name "
            "its file with `--key FILE`, or set HEADSET_MASTER_KEY"
        )
    return master_key(home.keys)


def _keep_key(root: Path, key: bytes) -> None:
    if os.environ.get("HEADSET_MASTER_KEY"):
        return
    path = root / "keys" / "master.key"
    path.parent.mkdir(mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(key.hex())
    files.fsync(path)


def _existing(path: Path) -> Path:
    return next(one for one in (path, *path.parents) if one.exists())


def _note(home: Home, note: Note) -> None:
    files.write_json(home.root / NOTE, asdict(note))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
