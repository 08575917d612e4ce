"""A home is brought back as it was, only under its key, and a backup is whole or none."""

import errno
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ground import files, home_version
from ground.home import Home
from ingest.ledger.ledger import warehouse
from ingest.privacy.pseudonym import master_key
from orchestration.backup import home_files, store
from orchestration.backup.store import BackupError
from orchestration.cli import cli
from orchestration.run.lock import NightRunningError, night_lock

NOT_KEPT = ("keys", "product", "night.lock", "backup.json")


def headset(*arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments])


def sums(root: Path) -> dict[str, str]:
    """Checksum of every file of a home, but for what no backup holds."""
    return {
        str(path.relative_to(root)): files.sha256(path)
        for path in root.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and path.relative_to(root).parts[0] not in NOT_KEPT
    }


@pytest.fixture
def home(own_home: Path) -> Home:
    """A small home: a warehouse, a key, an audit note, and two snapshots that share a file."""
    made = Home(own_home)
    with warehouse(made):
        pass
    master_key(made.keys)
    for name in ("1", "2"):
        folder = made.published / "snapshots" / name
        folder.mkdir(parents=True)
        if name == "1":
            (folder / "part.parquet").write_bytes(b"rows")
            files.seal(folder / "part.parquet")
        else:
            files.link(made.published / "snapshots" / "1" / "part.parquet", folder / "part.parquet")
    made.audit.mkdir()
    (made.audit / "note.json").write_text("{}")
    home_version.stamp(made)
    return made


def test_what_snapshots_share_is_stored_once_and_comes_back_shared(
    home: Home, tmp_path: Path
) -> None:
    kept, key = tmp_path / "backups", tmp_path / "key"
    open_day = home.published / "intraday" / "floor.json"
    open_day.parent.mkdir()
    open_day.write_text("changes all the time")
    (home.root / "intraday.duckdb").write_text("too")
    made = home_files.back_up(home, kept)
    open_day.unlink()
    (home.root / "intraday.duckdb").unlink()
    before = sums(home.root)
    stored = [path for path in (kept / "objects").rglob("*") if path.is_file()]
    assert len(stored) == len(made.entries) - 1
    shutil.copy(home.keys / "master.key", key)
    shutil.rmtree(home.root)
    home_files.restore(home, kept, key_file=key)
    assert sums(home.root) == before
    one, two = ((home.published / "snapshots" / n / "part.parquet").stat() for n in "12")
    assert (one.st_ino, one.st_mode) == (two.st_ino, two.st_mode)
    assert (home.keys / "master.key").stat().st_mode & 0o777 == 0o600


def wrong_key(home: Home, kept: Path) -> None:
    (home.keys / "master.key").write_text("ab" * 32)


def no_key(home: Home, kept: Path) -> None:
    shutil.rmtree(home.keys)


def changed_file(home: Home, kept: Path) -> None:
    (one, *_) = sorted(p for p in (kept / "objects").rglob("*") if p.is_file())
    one.chmod(0o600)
    one.write_bytes(b"other")


def newer_release(home: Home, kept: Path) -> None:
    (path,) = (kept / "backups").glob("*.json")
    body = json.loads(path.read_text())
    path.chmod(0o600)
    path.write_text(json.dumps(body | {"home_format": 99, "release": "9.9"}))


def path_that_leads_out(home: Home, kept: Path) -> None:
    (path,) = (kept / "backups").glob("*.json")
    body = json.loads(path.read_text())
    body["entries"][0]["path"] = "../outside"
    path.chmod(0o600)
    path.write_text(json.dumps(body))


def no_list(home: Home, kept: Path) -> None:
    """Cut off before its end."""
    shutil.rmtree(kept / "backups")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (wrong_key, "with another key no customer would be recognised again"),
        (no_key, "the key is not in a backup: put it to"),
        (changed_file, "is damaged:"),
        (newer_release, "install 9.9 or newer"),
        (path_that_leads_out, "which is outside of a home"),
        (no_list, "has no whole backup"),
    ],
)
def test_what_cannot_be_brought_back_leaves_nothing(
    home: Home, tmp_path: Path, spoil: Callable[[Home, Path], None], said: str
) -> None:
    kept = tmp_path / "backups"
    home_files.back_up(home, kept)
    for path in home.root.iterdir():
        if path.name != "keys":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    spoil(home, kept)
    result = headset("restore", str(kept))
    assert result.exit_code == 1
    assert said in result.output, result.output
    assert {path.name for path in home.root.iterdir()} <= {"keys", "product"}
    assert not list(home.root.parent.glob(".*.restoring"))


def test_a_home_that_is_there_is_never_written_over(home: Home, tmp_path: Path) -> None:
    home_files.back_up(home, tmp_path / "backups")
    before = sums(home.root)
    result = headset("restore", str(tmp_path / "backups"))
    assert "is not empty; move it away first, nothing was written" in result.output
    assert sums(home.root) == before


def test_a_backup_that_is_cut_off_is_none(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills up in the middle; the backup of before still holds."""
    kept = tmp_path / "backups"
    first = home_files.back_up(home, kept)
    (home.audit / "note.txt").write_text("new")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(BackupError, match="the disk is full; this backup was not made"):
        home_files.back_up(home, kept)
    assert store.names(kept) == [first.name]


def test_a_backup_inside_the_home_is_refused(home: Home) -> None:
    with pytest.raises(BackupError, match="lies in the home itself"):
        home_files.back_up(home, home.root / "backups")


def test_only_the_newest_are_kept_and_what_they_share_stays(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "backups"
    for n in range(3):
        monkeypatch.setattr(store, "new_name", lambda n=n: f"b{n}")
        home_files.back_up(home, kept)
    assert store.prune(kept, 1) == ["b0", "b1"]
    store.prove(kept, store.load(kept), lambda _: None)


def test_a_night_and_a_backup_never_meet(home: Home, tmp_path: Path) -> None:
    import subprocess
    import sys

    with night_lock(home, "headset night"):
        code = (
            "from pathlib import Path; from ground.home import Home; "
            "from orchestration.backup import home_files; "
            f"home_files.back_up(Home(Path({str(home.root)!r})), Path({str(tmp_path)!r}))"
        )
        ended = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
    assert NightRunningError.__name__ in ended.stderr


def test_an_older_release_refuses_a_newer_home(home: Home) -> None:
    files.write_json(home.root / home_version.FILE, {"format": 99, "release": "9.9"})
    before = sums(home.root)
    for command in ("night", "status", "upgrade", "doctor"):
        result = headset(command)
        assert result.exit_code == 1
        assert "install 9.9 or newer" in result.output, command
    assert sums(home.root) == before
