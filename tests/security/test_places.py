"""Odd places and clocks: landing that may not be written, a clock that was set back."""

import errno
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest.privacy.person import Person, erase
from ingest.privacy.retention import apply_terms
from ingest.read import landing
from tests.unit.ingest.calls import CALLS, DAY, Centre, call, make_centre


@pytest.fixture
def made(tmp_path: Path) -> Centre:
    made = make_centre(tmp_path)
    zone = "{map: company.sites, match: {site_id: site_id}, value: time_zone}"
    text = CALLS.replace(zone, "Europe/Madrid").replace(
        "retention: {raw_days: 400}",
        "retention: {raw_days: 400, landing_days: 5, quarantine_days: 20}",
    )
    made.contract(text)
    return made


@pytest.fixture
def read_only(made: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a mount that is read-only, also for root: nothing below landing can be changed."""
    below = str(made.home.landing)
    real_open, real_unlink = os.open, os.unlink

    def refuse(path: object) -> None:
        if str(os.fspath(path)).startswith(below):  # type: ignore[call-overload]
            raise OSError(errno.EROFS, "Read-only file system", str(path))

    def guarded_open(path: object, flags: int, *more: object, **named: object) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            refuse(path)
        return real_open(path, flags, *more, **named)  # type: ignore[arg-type]

    def guarded_unlink(path: object, **named: object) -> None:
        refuse(path)
        real_unlink(path, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", guarded_open)
    monkeypatch.setattr(os, "unlink", guarded_unlink)


def state_of(folder: Path) -> dict[str, tuple[int, ...]]:
    return {
        str(path): (found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode)
        for path in [folder, *folder.rglob("*")]
        for found in [path.lstat()]
    }


def test_a_landing_that_may_not_be_written_loads_and_is_as_it_was(
    made: Centre, request: pytest.FixtureRequest
) -> None:
    made.calls(call("a"), call("b", wait="-1"), 'c,"open quote')
    before = state_of(made.home.landing)
    request.getfixturevalue("read_only")
    assert made.night().loaded_n == 1
    assert state_of(made.home.landing) == before


def test_terms_and_erasures_say_what_a_read_only_landing_keeps(
    made: Centre, request: pytest.FixtureRequest
) -> None:
    path = made.calls(call("a", ani="600999888"))
    made.night()
    request.getfixturevalue("read_only")
    (removed,) = apply_terms(made.home, made.contracts(), date.today() + timedelta(30))
    assert (removed.files_n, removed.stuck_n) == (0, 1)
    done = erase(made.home, made.contracts(), Person("phone", "+34600999888"), "erasure")
    assert done.files_n == 0
    (waits,) = done.waits_for
    assert "cannot be removed (Read-only file system)" in waits
    assert path.exists()


def test_a_clock_that_was_set_back_loses_nothing_and_loads_nothing_twice(made: Centre) -> None:
    """Files from the hour that comes again, an older stamp than any known, and one of tomorrow."""
    first = made.calls(call("a"))
    assert made.night().loaded_n == 1
    later = landing.time.time() + 3 * 3600
    early = made.calls(call("b"), site="south")
    os.utime(early, (1, 1))
    ahead = made.calls(call("c"), site="west")
    os.utime(ahead, (later, later))
    assert made.night().loaded_n == 2
    assert made.loaded() == ["a", "b", "c"]
    # The same stamp for other content.
    stamp = first.stat()
    made.calls(call("d"))
    os.utime(first, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert made.night().loaded_n == 1
    assert made.loaded() == ["b", "c", "d"]
    assert made.night(DAY - timedelta(days=1)).loaded_n == 0, "an earlier night takes nothing back"
    assert made.loaded() == ["b", "c", "d"]
