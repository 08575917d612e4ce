"""Eight looping readers, two of them Superset, over three whole nights and a rollback."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ground.home import CHECKOUT
from orchestration.run.night import run_night
from publish.snapshot import rollback, serve_file
from tests.bi.conftest import PYTHON, Running
from tests.centre import Centre

pytestmark = pytest.mark.skipif(not PYTHON, reason="Superset is not set up here: make test-bi")

# What a connection says of its snapshot must be what the snapshot's own manifest says: rows of four
# tables, at once. Two of three connections are held for a while and must not change their mind.
READER = """
import json, sys, time
from pathlib import Path
published, number, kind = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
path = published / "current" / "serve.duckdb"
tables = ("client.day", "agent.day", "interaction.contact", "trust.feed")
sql = "select (select snapshot_id from core.snapshot), " + ", ".join(
    f"(select count(*) from {table})" for table in tables)
if kind == "sqlalchemy":
    from bi.sandbox import confine
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool
    confine(published, published.parent / "scratch")
    engine = create_engine(f"duckdb:///{path}", poolclass=NullPool)
    class opened:
        def __enter__(self):
            self.con = engine.connect()
            return lambda: [tuple(row) for row in self.con.exec_driver_sql(sql)]
        def __exit__(self, *_):
            self.con.close()
else:
    import duckdb
    class opened:
        def __enter__(self):
            self.con = duckdb.connect(str(path), read_only=True, config={"threads": 1})
            return lambda: self.con.execute(sql).fetchall()
        def __exit__(self, *_):
            self.con.close()
reads, mixed, failed, seen = 0, 0, [], set()
(published / f"ready-{number}").touch()
while not (published / "stop").exists():
    try:
        with opened() as ask:
            answers = set()
            for _ in range(1 + 5 * (number % 3)):
                answers.update(ask())
                reads += 1
                time.sleep(0.5)
            (row,) = answers
            said = json.loads((published / "snapshots" / row[0] / "manifest.json").read_text())
            mixed += list(row[1:]) != [said["tables"][table]["rows"] for table in tables]
            seen.add(row[0])
    except Exception as error:
        failed.append(repr(error))
    time.sleep(0.3)
print(json.dumps({"reads": reads, "mixed": mixed, "failed": failed, "seen": sorted(seen)}))
"""


class OfSuperset(threading.Thread):
    """The eighth reader: a chart of the server that runs all the while."""

    def __init__(self, running: Running, stop: Path) -> None:
        super().__init__(daemon=True)
        self.running, self.stop = running, stop
        self.seen: set[str] = set()
        self.failed: list[str] = []
        self.reads = 0

    def run(self) -> None:
        session = self.running.session("data")
        charts = session.call("GET", "/api/v1/dashboard/trust/charts")["result"]
        chart = next(one["id"] for one in charts if one["slice_name"] == "This snapshot")
        while not self.stop.exists():
            try:
                answer = session.call("GET", f"/api/v1/chart/{chart}/data/")["result"][0]
                self.seen.update(row["snapshot_id"] for row in answer["data"])
                self.reads += 1
            except Exception as error:  # noqa: BLE001 - every failure of a reader counts
                self.failed.append(repr(error))
            time.sleep(0.5)


@pytest.fixture
def readers(running: Running) -> Iterator[list["subprocess.Popen[str]"]]:
    published = running.home.published
    started = [
        subprocess.Popen(
            [PYTHON if kind == "sqlalchemy" else sys.executable, "-c", READER,
             str(published), str(number), kind],
            cwd=CHECKOUT, stdout=subprocess.PIPE, text=True,
        )
        for number, kind in enumerate(["duckdb"] * 6 + ["sqlalchemy"])
    ]  # fmt: skip
    try:
        yield started
    finally:
        (published / "stop").touch()
        for process in started:
            process.kill()
            process.communicate()


def test_no_reader_fails_or_mixes_over_three_nights_and_a_rollback(
    running: Running,
    readers: list["subprocess.Popen[str]"],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = running.home
    monkeypatch.setenv("HEADSET_HOME", str(home.root))
    stop = home.published / "stop"
    superset = OfSuperset(running, stop)
    superset.start()
    wait_for(home.published, len(readers))
    centre = Centre(home)
    served = [serve_file(home).parent.name]
    statuses = []
    for night in range(1, 4):
        day = centre.history_end + timedelta(days=night)
        centre.drop(arrived_by=day, arrived_after=day - timedelta(days=1))
        statuses.append(run_night(home, day, day).status)
        served.append(serve_file(home).parent.name)
        if night == 2:
            served.append(rollback(home))
            time.sleep(3)
    time.sleep(4)
    stop.touch()
    results: list[dict[str, Any]] = [json.loads(p.communicate(timeout=60)[0]) for p in readers]
    superset.join(timeout=60)
    # The third night is held back on purpose; the writer never waited for a reader.
    assert statuses == ["published", "published", "blocked"]
    assert [one["failed"] for one in results] == [[]] * len(readers)
    assert superset.failed == []
    assert [one["mixed"] for one in results] == [0] * len(readers)
    assert min(one["reads"] for one in results) >= 10
    assert superset.reads >= 10
    for seen in (*(set(one["seen"]) for one in results), superset.seen):
        assert set(served) >= seen
        assert len(seen) >= 2
    assert len(set(served)) == 3


def wait_for(published: Path, readers: int) -> None:
    end = time.monotonic() + 60
    while len(list(published.glob("ready-*"))) < readers:
        assert time.monotonic() < end, "readers did not start"
        time.sleep(0.2)
