"""Publication as readers and other processes live it: flips, kills and a full disk."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from publish import snapshot_store
from publish.snapshot import rollback, verify
from tests.unit.publish.small_warehouse import Centre

ROOT = Path(__file__).resolve().parents[2]
READERS = 8
TABLES = ("core.fct_contact", "core.fct_contact_leg", "agent.agent_day")
BUMPS = tuple(f"update {table} set version = version + 1" for table in TABLES)

# A reader as a BI tool would be one: it knows nothing but the path of the served file. It opens a
# connection, keeps it for some queries, and asks three tables and the snapshot's own view at once.
READER = """
import json, sys, time
from pathlib import Path
import duckdb

folder, number = Path(sys.argv[1]), int(sys.argv[2])
own = folder / "current/clients/acme/serve.duckdb"
every = folder / "current/serve.duckdb"
crossing = '''
    select (select snapshot_id from core.snapshot), count(distinct version), min(version), count(*)
    from (select version from interaction.contact
          union all select version from interaction.contact_leg {more})
'''
reads = mixed = 0
failed, seen, ids = [], set(), set()
(folder / f"ready-{number}").touch()
while not (folder / "stop").exists():
    try:
        path, more, rows = (own, "", 80) if number % 4 == 3 else (
            every, "union all select version from agent.day", 360)
        with duckdb.connect(str(path), read_only=True, config={"threads": 1}) as con:
            answers = set()
            for _ in range(1 + 4 * (number % 2)):
                answers.update(con.execute(crossing.format(more=more)).fetchall())
                reads += 1
                time.sleep(0.1 * (number % 2))
            mixed += len(answers) != 1 or any(a[1] != 1 or a[3] != rows for a in answers)
            seen.update(a[2] for a in answers)
            ids.update(a[0] for a in answers)
    except Exception as error:
        failed.append(repr(error))
    time.sleep(0.1)
print(json.dumps({"reads": reads, "mixed": mixed, "failed": failed,
                  "seen": sorted(seen), "snapshots": sorted(ids)}))
"""

# A publisher in a process of its own. It is killed, or runs into a limit, where the test says.
PUBLISHER = """
import os, resource, signal, sys
from pathlib import Path
from publish.errors import PublishError
from publish.snapshot import publish
from tests.unit.publish.small_warehouse import Verdict
from ground.home import Home

root, stage, limit = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def progress(message):
    if stage and message.startswith(stage):
        os.kill(os.getpid(), signal.SIGKILL)

if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    publish(
        Home(root), manifest=root / "manifest.json",
        semantic_manifest=root / "semantic_manifest.json", metric_contracts={},
        verdict=Verdict(), run_id="run-2", newest_batch_id=1, definition_hash="d1",
        progress=progress,
    )
except PublishError as error:
    sys.exit(f"PublishError: {error}")
"""


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path / "home")


@pytest.fixture
def readers(centre: Centre) -> Iterator[list[subprocess.Popen[str]]]:
    centre.publish()
    folder = centre.home.published
    started = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(READER), str(folder), str(number)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(READERS)
    ]
    try:
        yield started
    finally:
        (folder / "stop").touch()
        for process in started:
            process.kill()
            process.communicate()


def publisher(centre: Centre, stage: str = "", limit: int = 0) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PUBLISHER, str(centre.root), stage, str(limit)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def wait_until_all_read(folder: Path, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while len(list(folder.glob("ready-*"))) < READERS:
        assert time.monotonic() < end, "readers did not start"
        time.sleep(0.05)


def test_eight_readers_see_no_failed_read_and_no_mixed_snapshot(
    centre: Centre, readers: list[subprocess.Popen[str]]
) -> None:
    folder = centre.home.published
    wait_until_all_read(folder)
    for night in range(1, 6):
        centre.change(*BUMPS)
        centre.publish()
        if night == 2:
            rollback(centre.home)
        time.sleep(0.5)
    (folder / "stop").touch()
    results = [json.loads(process.communicate(timeout=20)[0]) for process in readers]
    assert [result["failed"] for result in results] == [[]] * READERS
    assert [result["mixed"] for result in results] == [0] * READERS
    assert min(result["reads"] for result in results) >= 5
    snapshots = {name for result in results for name in result["snapshots"]}
    assert len(snapshots) >= 4
    assert max(version for result in results for version in result["seen"]) == 5


@pytest.mark.parametrize(
    ("stage", "shown"),
    [
        ("agent.day", False),
        ("interaction.contact:", False),
        ("3 client folders", False),
        ("waiting until", False),
        ("writing serve.duckdb", False),
        ("showing snapshot", False),
        ("noting the publication", True),
    ],
)
def test_a_publisher_killed_at_any_stage_leaves_a_whole_snapshot_served(
    centre: Centre, stage: str, shown: bool
) -> None:
    first = centre.publish().snapshot_id
    centre.change(*BUMPS)
    killed = publisher(centre, stage)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    served = verify(centre.home).snapshot_id
    assert (served != first) is shown
    version = centre.read("select distinct version from interaction.contact")
    assert version == [(1 if shown else 0,)]
    after = centre.publish().snapshot_id
    assert centre.leftovers() == []
    assert snapshot_store.ids(centre.home) == sorted({first, served, after})
    assert centre.read("select distinct version from interaction.contact") == [(1,)]
    assert [entry["to"] for entry in snapshot_store.history(centre.home)] == sorted(
        {first, served, after}
    )


def test_a_first_publisher_killed_leaves_nothing_served_and_the_next_one_works(
    centre: Centre,
) -> None:
    killed = publisher(centre, "showing snapshot")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not centre.current.exists()
    only = centre.publish().snapshot_id
    assert snapshot_store.ids(centre.home) == [only]


@pytest.mark.parametrize("limit", [500, 100_000])
def test_a_full_disk_is_named_and_leaves_nothing_half(centre: Centre, limit: int) -> None:
    """500 bytes stop the first Parquet file, 100 kB the served file."""
    first = centre.publish().snapshot_id
    centre.change(*BUMPS)
    full = publisher(centre, limit=limit)
    assert full.returncode == 1
    assert full.stderr.startswith("PublishError: the disk is full: "), full.stderr
    assert f"{first} is still served" in full.stderr
    assert centre.leftovers() == []
    assert snapshot_store.ids(centre.home) == [first]
    assert verify(centre.home).snapshot_id == first
    centre.publish()
    assert centre.read("select distinct version from interaction.contact") == [(1,)]
