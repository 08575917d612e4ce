"""A home is its owner's alone; what is published may be read by a group that the operator names."""

import grp
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ground.guard import guard
from ground.home import Home
from orchestration.cli import cli


@pytest.fixture(autouse=True)
def own_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def an_open_home() -> Home:
    home = Home.from_env()
    home.audit.mkdir(parents=True)
    home.published.mkdir()
    home.warehouse.write_bytes(b"")
    home.root.chmod(0o755)
    return home


def test_an_open_home_is_closed_by_the_next_command() -> None:
    home = an_open_home()
    CliRunner().invoke(cli, ["quarantine", "--help"])
    modes = [mode(p) for p in (home.root, home.audit, home.published, home.warehouse)]
    assert modes == [0o700, 0o700, 0o700, 0o600]
    (home.root / "new").mkdir()
    (home.root / "new" / "file").write_text("x")
    assert (mode(home.root / "new"), mode(home.root / "new" / "file")) == (0o700, 0o600)


def test_a_named_group_reads_what_is_published_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = an_open_home()
    group = grp.getgrgid(os.getgid())
    monkeypatch.setenv("HEADSET_PUBLISHED_GROUP", group.gr_name)
    CliRunner().invoke(cli, ["quarantine", "--help"])
    modes = [mode(p) for p in (home.root, home.audit, home.published, home.warehouse)]
    assert modes == [0o710, 0o700, 0o2750, 0o600]
    (home.published / "snapshot").mkdir()
    assert mode(home.published / "snapshot") & 0o777 == 0o750
    assert (home.published / "snapshot").stat().st_gid == group.gr_gid


def test_a_group_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADSET_PUBLISHED_GROUP", "no-such-group")
    result = CliRunner().invoke(cli, ["status"])
    assert result.exit_code == 1
    assert "there is no such group" in result.output


@pytest.fixture
def in_the_open() -> Iterator[Path]:
    """A folder that every user may pass through, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="headset-modes-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def may_read(path: Path, *, uid: int, groups: list[int]) -> bool:
    """Whether another user of the machine gets at the bytes, with what he has of groups."""
    done = subprocess.run(
        ["cat", str(path)], user=uid, group=uid, extra_groups=groups, capture_output=True,
        check=False,
    )  # fmt: skip
    return done.returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_a_second_user_reads_what_is_published_and_nothing_else(
    in_the_open: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dashboards' server as a user of its own, and a third who is in no group."""
    home = Home(in_the_open / "home")
    group = next(one for one in grp.getgrall() if one.gr_gid not in (0, os.getgid()))
    monkeypatch.setenv("HEADSET_HOME", str(home.root))
    monkeypatch.setenv("HEADSET_PUBLISHED_GROUP", group.gr_name)
    guard(home)
    snapshot = home.published / "snapshots" / "000001"
    snapshot.mkdir(parents=True)
    (home.published / "current").symlink_to(Path("snapshots") / "000001")
    served = snapshot / "serve.duckdb"
    served.write_text("served")
    home.warehouse.write_text("everything")
    (home.landing / "sim").mkdir(parents=True)
    (home.landing / "sim" / "contacts.csv").write_text("as it came")
    home.keys.mkdir()
    (home.keys / "master.key").write_text("key")
    guard(home)
    server, stranger = 65_533, 65_532
    through = home.published / "current" / "serve.duckdb"
    assert may_read(through, uid=server, groups=[group.gr_gid])
    assert not may_read(through, uid=stranger, groups=[])
    for path in (home.warehouse, home.keys / "master.key", home.landing / "sim" / "contacts.csv"):
        assert not may_read(path, uid=server, groups=[group.gr_gid]), path
    wrote = subprocess.run(
        ["touch", str(snapshot / "written")], user=server, group=server,
        extra_groups=[group.gr_gid], capture_output=True, check=False,
    )  # fmt: skip
    assert wrote.returncode != 0
