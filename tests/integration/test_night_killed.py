"""A night killed at any stage: readers notice nothing, and the next night mends it by itself."""

import os
import signal
import subprocess
import sys
from datetime import date, timedelta

import duckdb

from ground.home import CHECKOUT, Home
from orchestration.instance import OPEN, dagster_instance
from orchestration.run.night import run_night
from orchestration.run.status import standing
from publish import snapshot
from tests.centre import Centre

# Where each night is killed: the first progress message that contains the text. Every step of a
# publication by itself is killed by test_publication.
STAGES = (
    "sim.contact_legs: 3 of 3 files",
    "dbt: 20 of",
    "reading the results of dbt's tests",
    "noting the publication",
)
KILLED_AT = """
import os, signal, sys
from datetime import date
from pathlib import Path
from ground.home import Home
from orchestration.run.night import run_night

def progress(text):
    if sys.argv[3] in text:
        os.kill(os.getpid(), signal.SIGKILL)

day = date.fromisoformat(sys.argv[2])
run_night(Home(Path(sys.argv[1])), day, day, progress)
"""


def kill_a_night(home: Home, day: date, stage: str) -> None:
    """Run a night in another process until it says `stage`; it must have come that far."""
    ended = subprocess.run(
        [sys.executable, "-c", KILLED_AT, str(home.root), str(day), stage],
        cwd=CHECKOUT,
        env=os.environ | {"HEADSET_HOME": str(home.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, f"never came to {stage!r}: {ended.stderr[-2000:]}"


def readable_rows(home: Home) -> int:
    """Rows of a published table, read as a BI tool reads them."""
    con = duckdb.connect(str(home.published / "current" / "serve.duckdb"), read_only=True)
    row = con.execute("select count(*) from interaction.contact").fetchone()
    con.close()
    assert row is not None
    return int(row[0])


def test_whatever_stage_a_night_is_killed_at_the_next_one_goes_on(centre: Centre) -> None:
    home, day = centre.home, centre.last_day - timedelta(days=2)
    centre.drop(arrived_by=day, arrived_after=day - timedelta(days=1))
    before, rows = snapshot.current(home), readable_rows(home)
    assert before is not None

    for stage in STAGES:
        kill_a_night(home, day, stage)
        assert "night of" in str(standing(home, 1).killed), stage
        now = snapshot.current(home)
        assert now is not None
        flipped = stage == STAGES[-1]
        assert (now["snapshot_id"] == before["snapshot_id"]) is not flipped, stage
        assert (readable_rows(home) > rows) is flipped, stage

    summary = run_night(home, day, day)
    assert summary.status == "unchanged", "the last one was killed after readers had been shown it"
    snapshot.verify(home)
    with dagster_instance(home) as instance:
        runs = instance.get_runs()
        assert not [run for run in runs if run.status in OPEN], "no run is left open"
        pool = instance.event_log_storage.get_concurrency_info("warehouse")
        assert not pool.claimed_slots, "no slot of the pool is left taken"
    nothing_lost(home)


TERMINATED_AT = KILLED_AT.replace("SIGKILL", "SIGTERM").replace(
    "run_night(Home(Path(sys.argv[1])), day, day, progress)",
    "print(run_night(Home(Path(sys.argv[1])), day, day, progress).error, flush=True)\nos._exit(0)",
)


def test_a_night_that_is_told_to_stop_says_so_and_leaves_its_true_state(centre: Centre) -> None:
    home, day = centre.home, centre.last_day - timedelta(days=2)
    centre.drop(arrived_by=day, arrived_after=day - timedelta(days=1))
    before = snapshot.current(home)
    assert before is not None
    ended = subprocess.run(
        [sys.executable, "-c", TERMINATED_AT, str(home.root), str(day), "dbt: 20 of"],
        cwd=CHECKOUT,
        env=os.environ | {"HEADSET_HOME": str(home.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "build: stopped by a signal; what was published is still served" in ended.stdout
    now = standing(home, 1)
    assert (now.killed, now.nights[0]["status"]) == (None, "failed")
    served = snapshot.current(home)
    assert served is not None
    assert served["snapshot_id"] == before["snapshot_id"]
    with dagster_instance(home) as instance:
        assert not [run for run in instance.get_runs() if run.status in OPEN]
    assert run_night(home, day, day).status in ("published", "partial")
    nothing_lost(home)


def nothing_lost(home: Home) -> None:
    """landed = loaded + quarantined + superseded for every file, also after the kills."""
    from ingest.ledger.ledger import accounting_violations

    con = duckdb.connect(str(home.warehouse), read_only=True)
    assert accounting_violations(con) == []
    con.close()
