"""One night at a time, and a killed one leaves nothing to mend by hand."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ground.home import Home
from orchestration.run.lock import NightRunningError, holder_of, lock_path, night_lock, reading

HOLD = """
import sys, time
from pathlib import Path
from ground.home import Home
from orchestration.run.lock import night_lock
with night_lock(Home(Path(sys.argv[1])), "night of 2026-11-20") as lock:
    lock.note_run("run-1")
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def other_night(home: Home) -> "subprocess.Popen[str]":
    """Another process in the middle of a night."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.root)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_night_is_told_who_runs(home: Home, other_night: "subprocess.Popen[str]") -> None:
    try:
        with (
            pytest.raises(NightRunningError, match=r"night of 2026-11-20, process \d+, since"),
            night_lock(home, "night of 2026-11-21"),
        ):
            pass
        with pytest.raises(NightRunningError, match="night of 2026-11-20"), reading(home):
            pass
        assert "2026-11-20" in (holder_of(home) or "")
    finally:
        other_night.kill()
        other_night.wait()


def test_a_killed_night_frees_the_lock_and_names_its_runs(
    home: Home, other_night: "subprocess.Popen[str]"
) -> None:
    os.kill(other_night.pid, signal.SIGKILL)
    other_night.wait()
    with night_lock(home, "night of 2026-11-21") as lock:
        assert lock.abandoned_runs == ("run-1",)
        lock.settled()
    with night_lock(home, "night of 2026-11-22") as lock:
        assert lock.abandoned_runs == ()


def test_a_lock_file_cut_in_the_middle_of_a_write_is_no_obstacle(home: Home) -> None:
    lock_path(home).write_text('{"pid": 1, "runs": ["ru', encoding="utf-8")
    with night_lock(home, "night") as lock:
        assert lock.abandoned_runs == ()


def test_within_one_process_a_run_takes_its_nights_lock_again(home: Home) -> None:
    with night_lock(home, "night") as outer:
        with night_lock(home, "run 1") as inner:
            assert inner is outer
            with reading(home):
                assert holder_of(home) == "night"
        assert holder_of(home) == "night"
    assert holder_of(home) is None


def test_readers_do_not_shut_each_other_out(home: Home) -> None:
    with reading(home), reading(home):
        assert holder_of(home) is None


def test_a_night_waits_for_a_reader_to_finish(home: Home) -> None:
    home.root.mkdir(exist_ok=True)
    reader = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from pathlib import Path; from ground.home import Home\n"
            "from orchestration.run.lock import reading\n"
            "with reading(Home(Path(sys.argv[1]))):\n"
            "    print('reading', flush=True); time.sleep(1)",
            str(home.root),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "reading\n"
    with night_lock(home, "night"):
        assert reader.wait() == 0
