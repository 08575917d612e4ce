"""What starts a night by itself, and what is tidied away."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg

from orchestration.assets.raw import dates_of
from orchestration.automation import late_request
from orchestration.housekeeping import forget_logs, remove_runs, stores, vacuum
from orchestration.run.status import freshness

LATE = [
    ("contacts_halifax_2026-11-13.csv.gz", date(2026, 11, 13)),
    ("contacts_krakow_2026-11-10.csv.gz", date(2026, 11, 10)),
]


def test_late_files_start_one_night_through_the_latest_of_them() -> None:
    request = late_request(LATE)
    assert isinstance(request, dg.RunRequest)
    assert dates_of(request.tags) == (date(2026, 11, 13), date(2026, 11, 13))


def test_the_same_late_files_never_start_a_second_night() -> None:
    first, again = late_request(LATE), late_request(LATE[::-1])
    more = late_request([*LATE, ("contacts_manila_2026-11-09.csv.gz", date(2026, 11, 9))])
    assert isinstance(first, dg.RunRequest)
    assert isinstance(again, dg.RunRequest)
    assert isinstance(more, dg.RunRequest)
    assert first.run_key == again.run_key != more.run_key


def test_without_late_files_no_night_starts() -> None:
    assert isinstance(late_request([]), dg.SkipReason)


def test_runs_are_removed_when_they_are_old_and_ended() -> None:
    @dg.job
    def tiny() -> None:
        pass

    with dg.DagsterInstance.ephemeral() as instance:
        run = tiny.execute_in_process(instance=instance).run_id
        now = datetime.now(UTC)
        assert remove_runs(instance, now - timedelta(days=30)) == []
        assert remove_runs(instance, now + timedelta(minutes=1)) == [run]
        assert instance.get_run_by_id(run) is None


def test_what_a_removed_run_left_on_disk_goes_with_it(tmp_path: Path) -> None:
    runs = tmp_path / "history" / "runs"
    runs.mkdir(parents=True)
    for name in ("old.db", "old.db-wal", "new.db", "index.db"):
        sqlite3.connect(runs / name).close()
    (tmp_path / "storage" / "old").mkdir(parents=True)
    assert forget_logs(tmp_path, ["old"]) == 3
    assert [path.name for path in stores(tmp_path)] == ["index.db", "new.db"]


def test_vacuum_gives_space_back_and_leaves_a_store_in_use_alone(tmp_path: Path) -> None:
    store = tmp_path / "index.db"
    with sqlite3.connect(store) as con:
        con.execute("create table event (body text)")
        con.executemany("insert into event values (?)", [("x" * 1000,)] * 2000)
        con.commit()
        con.execute("delete from event")
        con.commit()
        before = store.stat().st_size
        con.execute("begin exclusive")
        vacuum(store, patience_s=0.1)
        con.rollback()
        assert store.stat().st_size == before
    con.close()
    vacuum(store)
    assert store.stat().st_size < before / 10


def test_a_feed_is_late_when_its_day_ended_too_long_ago() -> None:
    row = {"feed": "sim.contacts", "last_extract": "2026-11-20"}
    now = datetime(2026, 11, 22, 5, 0)
    assert freshness(row, 30, now)["hours_since"] == 29.0
    assert freshness(row, 30, now)["late"] is False
    assert freshness(row, 28, now)["late"] is True
    assert freshness(row | {"last_extract": None}, 28, now)["late"] is None
