"""A night on which everything that can be wrong with a file is wrong with one."""

import gzip
import json
from datetime import date, timedelta
from pathlib import Path

from click.testing import CliRunner

from orchestration.cli import cli
from orchestration.night import run_night
from publish import snapshot
from publish.query import query
from tests.centre import Centre


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


def test_bad_files_are_told_by_name_and_the_night_they_come_again_is_whole(centre: Centre) -> None:
    before, day = offered(centre), centre.last_day - timedelta(days=2)
    centre.drop(arrived_by=day, arrived_after=day - timedelta(days=1))
    whole = spoil(centre.home.landing / "sim", day)
    assert len(whole) == 4

    night = run_night(centre.home, day, day)

    told = {name: why for feed in night.feeds for name, why in feed.rejected}
    for feed in night.feeds:
        assert feed.landed_n == feed.loaded_n + feed.quarantined_n + feed.superseded_n
    names = list(whole)
    assert "cut short" in told[names[0]]
    assert "queued_at" in told[names[3]]
    assert night.status in ("published", "partial", "blocked"), night.error
    assert {key: offered(centre).get(key) for key in before} == before, "what was there stays"
    assert snapshot.current(centre.home) is not None
    status = CliRunner().invoke(cli, ["status", "--format", "json"])
    assert status.exit_code == 0, status.output
    assert names[0] in json.dumps(json.loads(status.stdout))

    for name, content in whole.items():
        (centre.home.landing / "sim" / name).write_bytes(content)
    recovered = run_night(centre.home, day, day)
    assert recovered.status == "published", recovered
    truth = json.loads((centre.home.root / "simulator" / "truth.json").read_text(encoding="utf-8"))
    true_n = sum(int(row["offered"]) for row in truth["contacts"] if row["site_date"] == str(day))
    assert offered(centre)[str(day)] == true_n
