"""A home is its owner's alone; what is published may be read by a group that the operator names."""

import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

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
