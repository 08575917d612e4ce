"""The doctor names what would stop a night, and what to do about it."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from click.testing import CliRunner

from ground import home_version
from ground.files import write_json
from ground.home import Home
from ingest.ledger.ledger import warehouse
from ingest.privacy.pseudonym import master_key
from orchestration import doctor
from orchestration.cli import cli

Patch = pytest.MonkeyPatch


@pytest.fixture
def home(own_home: Path) -> Home:
    """A home with a warehouse and a key, guarded as the command guards it."""
    made = Home(own_home)
    with warehouse(made):
        pass
    master_key(made.keys)
    made.landing.mkdir()
    home_version.stamp(made)
    made.root.chmod(0o700)
    made.warehouse.chmod(0o600)
    return made


def said(home: Home, name: str) -> tuple[str, str]:
    (check,) = [one for one in doctor.examine(home) if one.name == name]
    return check.status, check.said


def test_a_sound_home_has_nothing_that_fails(home: Home) -> None:
    assert [one for one in doctor.examine(home) if one.status == "fail"] == []


def old_python(home: Home, patch: Patch) -> None:
    patch.setattr(doctor.sys, "version_info", (3, 9, 1))


def other_package(home: Home, patch: Patch) -> None:
    patch.setattr(doctor, "version", lambda name: "0.1" if name == "duckdb" else "99")


def no_package(home: Home, patch: Patch) -> None:
    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    patch.setattr(doctor, "version", version)


def full_disk(home: Home, patch: Patch) -> None:
    usage = shutil.disk_usage(home.root)
    patch.setattr(doctor.shutil, "disk_usage", lambda _: usage._replace(free=1000))


def odd_limit(home: Home, patch: Patch) -> None:
    patch.setenv("HEADSET_MEMORY_LIMIT", "lots")


def huge_limit(home: Home, patch: Patch) -> None:
    patch.setenv("HEADSET_MEMORY_LIMIT", "9000GB")


def open_home(home: Home, patch: Patch) -> None:
    home.keys.chmod(0o755)


def lost_key(home: Home, patch: Patch) -> None:
    shutil.rmtree(home.keys)


def broken_key(home: Home, patch: Patch) -> None:
    (home.keys / "master.key").write_text("not hex")


def other_key(home: Home, patch: Patch) -> None:
    note = {"folder": "/b", "name": "b", "made_at": "2026-11-01T00:00:00+00:00",
            "key_fingerprint": "0" * 16, "proved_at": None}  # fmt: skip
    write_json(home.root / "backup.json", note)


def clock_set_back(home: Home, patch: Patch) -> None:
    import os

    later = (datetime.now(UTC) + timedelta(days=2)).timestamp()
    os.utime(home.warehouse, (later, later))


def no_landing(home: Home, patch: Patch) -> None:
    home.landing.rmdir()


def no_systems(home: Home, patch: Patch) -> None:
    patch.delenv("HEADSET_SYSTEMS")


def never_proved(home: Home, patch: Patch) -> None:
    from ingest.privacy.pseudonym import fingerprint

    note = {"folder": "/b", "name": "b", "made_at": datetime.now(UTC).isoformat(),
            "key_fingerprint": fingerprint(master_key(home.keys)), "proved_at": None}  # fmt: skip
    write_json(home.root / "backup.json", note)


def no_backup(home: Home, patch: Patch) -> None:
    """As it is."""


@pytest.mark.parametrize(
    ("spoil", "name", "status", "words"),
    [
        (old_python, "python", "fail", "Headset needs 3.11 or newer"),
        (other_package, "packages", "fail", "duckdb is 0.1, not ==1.5.5"),
        (no_package, "packages", "fail", "duckdb is missing"),
        (full_disk, "disk", "fail", "a night would stop; free some space"),
        (odd_limit, "memory", "fail", "write 3GB or 800MB"),
        (huge_limit, "memory", "warn", "leave a fifth for the rest"),
        (open_home, "modes", "fail", "is 755: chmod go= them"),
        (lost_key, "key", "fail", "rows were loaded under one: put its copy back"),
        (broken_key, "key", "fail", "is not hexadecimal"),
        (other_key, "key", "fail", "no customer is recognised again"),
        (clock_set_back, "clock", "fail", "before the last night"),
        (no_landing, "landing", "warn", "senders write there"),
        (no_systems, "systems", "fail", "[systems] in headset.toml"),
        (no_backup, "backup", "warn", "there is none: `headset backup --to FOLDER`"),
        (never_proved, "backup", "warn", "--check`"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(
    home: Home,
    monkeypatch: Patch,
    spoil: Callable[[Home, Patch], None],
    name: str,
    status: str,
    words: str,
) -> None:
    spoil(home, monkeypatch)
    found = said(home, name)
    assert found[0] == status
    assert words in found[1], found


def test_the_command_fails_when_a_night_would(home: Home, monkeypatch: Patch) -> None:
    assert CliRunner().invoke(cli, ["doctor"]).exit_code == 0
    full_disk(home, monkeypatch)
    assert CliRunner().invoke(cli, ["doctor"]).exit_code == 1
