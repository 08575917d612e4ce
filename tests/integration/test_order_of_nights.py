"""What is published follows from what landed, not from when, where or how badly it came in."""

import gzip
import json
from datetime import date, timedelta
from pathlib import Path

import duckdb
from click.testing import CliRunner

from ground.home import Home
from metrics.question.query import query
from orchestration.cli import cli
from orchestration.run.night import run_night
from publish import snapshot
from tests.centre import Centre


def differing(one: Home, other: Home) -> set[str]:
    """Published tables whose rows are not the same.

    Less the number that a file got as it came in, and the tables of trust, which tell the time.
    """
    now = snapshot.current(one)
    assert now is not None
    found = set()
    with duckdb.connect() as con:
        for alias, home in (("one", one), ("other", other)):
            served = home.published / "current" / "serve.duckdb"
            con.execute(f"attach '{served}' as {alias} (read_only)")
        for name in now["tables"]:
            rows = [
                f"select columns(c -> c <> 'file_id') from {alias}.{name}"
                for alias in ("one", "other")
            ]
            for left, right in (rows, rows[::-1]):
                if con.execute(f"({left}) except all ({right}) limit 1").fetchall():
                    found.add(name)
    return {name for name in found if not name.startswith("trust.")}


def offered(centre: Centre) -> dict[str, int]:
    """Offered contacts by site date, as published."""
    answer = query(centre.home, "offered.contacts", grain="day")
    return {str(row["day"]): int(str(row["value"])) for row in answer.rows}


def spoil(folder: Path, day: date) -> dict[str, bytes]:
    """Spoil one file of the day in each way; the whole ones by name, to be sent again."""
    whole = {}

    def take(pattern: str) -> Path:
        path = next(one for one in sorted(folder.glob(pattern)) if one.name not in whole)
        whole[path.name] = path.read_bytes()
        return path

    cut = take(f"contacts_*_{day}.csv.gz")
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    take(f"contacts_*_{day}.csv.gz").write_bytes(b"")
    alone = take(f"contact_legs_*_{day}.csv.gz")
    lines = gzip.decompress(alone.read_bytes()).splitlines(keepends=True)
    alone.write_bytes(gzip.compress(lines[0]))
    without = take(f"contact_legs_*_{day}.csv.gz")
    text = gzip.decompress(without.read_bytes()).replace(b"queued_at", b"queued_when", 1)
    without.write_bytes(gzip.compress(text))
    return whole


def test_bad_files_and_nights_in_another_order_end_in_the_same_published_rows(
    after_corrected_night: Path, centre: Centre
) -> None:
    """One home had a day and the next. The other has the later day's files a night earlier, and of
    the first day four that are spoiled; a night later they come again, whole.
    """
    first, second = (centre.last_day - timedelta(days=ago) for ago in (2, 1))
    in_order, before = Home(after_corrected_night), offered(centre)
    centre.drop(arrived_by=second, arrived_after=first)
    later = set(centre.home.landing.rglob("*"))
    centre.drop(arrived_by=first, arrived_after=first - timedelta(days=1))
    folder = centre.home.landing / "sim"
    whole = spoil(folder, first)
    names = list(whole)
    assert len(names) == 4
    kept = {
        path: path.read_bytes()
        for path in centre.home.landing.rglob("*")
        if path.is_file() and path not in later and path.name not in whole
    }
    for path in kept:
        path.unlink()

    night = run_night(centre.home, first, second)

    told = {name: why for feed in night.feeds for name, why in feed.rejected}
    for feed in night.feeds:
        assert feed.landed_n == feed.loaded_n + feed.quarantined_n + feed.superseded_n
    assert "cut short" in told[names[0]]
    assert "queued_at" in told[names[3]]
    now = offered(centre)
    assert all(now[day] >= offered_n for day, offered_n in before.items()), "what was there stays"
    assert "interaction.contact" in differing(in_order, centre.home)
    status = CliRunner().invoke(cli, ["status", "--format", "json"])
    assert status.exit_code == 0, status.output
    assert names[0] in json.dumps(json.loads(status.stdout))

    for path, content in kept.items():
        path.write_bytes(content)
    for name, content in whole.items():
        (folder / name).write_bytes(content)
    recovered = run_night(centre.home, first, second)
    assert recovered.status == "published", recovered
    assert differing(in_order, centre.home) == set()
