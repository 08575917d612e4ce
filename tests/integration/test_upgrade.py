"""A new release is built beside the home, every value is compared, and only then shown."""

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from ground import home_version, product
from ground.home import CHECKOUT, Home
from ground.systems import SIMULATED
from orchestration.cli import cli
from orchestration.run.lock import night_lock
from orchestration.upgrade import place, run
from orchestration.upgrade.compare import SAME, Moved
from publish.snapshot import current, serve_file, verify
from tests.centre import LAST_DAY, Centre

# Before homes had a version.
EARLIER = "a771b88"
KEYS = 7
EDIT = ("leg.wait_s <= leg.threshold_s", "leg.wait_s < leg.threshold_s")


def headset(*arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments])


def values(home: Home) -> dict[tuple[object, ...], object]:
    with duckdb.connect(str(serve_file(home)), read_only=True) as con:
        rows = con.execute(
            "select metric, audience, grain, entity_kind, entity_id, client_id, period_start_date, "
            "numerator, denominator, n, value, low, high, version, blank_reason from metric.value"
        ).fetchall()
    return {tuple(row[:KEYS]): tuple(row[KEYS:]) for row in rows}


def differing(old: dict[tuple[object, ...], object], new: Home) -> set[str]:
    """Metrics whose values differ, found in plain Python."""
    now = values(new)
    cells = old.keys() | now.keys()
    return {str(cell[0]) for cell in cells if not same(old.get(cell), now.get(cell))}


def same(one: object, other: object) -> bool:
    """Equal but for the last digits, which depend on the order in which doubles are added."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=SAME)
    return one == other


@pytest.fixture
def edited(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """A home of before a release that means something else by "within the threshold"."""
    project, sources = product.compose(centre.home, None)
    model = project / "models" / "core" / "fct_contact_leg.sql"
    text = model.read_text()
    assert EDIT[0] in text
    model.unlink()
    model.write_text(text.replace(*EDIT))
    monkeypatch.setenv("HEADSET_DBT_PROJECT", str(project))
    monkeypatch.setenv("HEADSET_SOURCES", str(sources))
    return centre


def test_every_moved_value_has_a_cause_and_readers_see_it_last(edited: Centre) -> None:
    home = edited.home
    was, served = values(home), serve_file(home)
    with night_lock(home, "test"):
        changed = run.changes(home)
        assert changed is not None
        assert changed.edited == ("fct_contact_leg",)
        built = run.build(home, changed)
    assert built.cells_n == len(was.keys() | values(built.beside).keys())
    assert {one.metric for one in built.moved} == differing(was, built.beside)
    assert {one.metric.split(".")[0] for one in built.moved} >= {"service_level"}
    assert all("fct_contact_leg" in one.cause for one in built.moved)
    # So far nothing of it is in the home.
    assert (serve_file(home), values(home)) == (served, was)

    unexplained = Moved("csat.mean", "no definition below it changed", False, 1, 1, None, None, 0.1)
    doubtful = run.Built(built.beside, built.snapshot_id, built.cells_n, (unexplained,))
    with pytest.raises(place.UpgradeError, match="then give the reason with --accept"):
        run.put_in_place(home, doubtful, None)
    assert serve_file(home) == served

    run.put_in_place(home, built, None)
    assert verify(home).snapshot_id == built.snapshot_id
    assert values(home) != was
    assert home_version.read(home) == home_version.HomeVersion(
        home_version.FORMAT, home_version.release()
    )
    assert not place.beside(home).root.exists()
    (report,) = (home.audit / "upgrades").glob("*.json")
    assert json.loads(report.read_text())["cells_n"] == built.cells_n
    # The night after it has nothing to build.
    assert (
        "nothing new, nothing changed" in headset("night", "--date", str(edited.history_end)).output
    )


def test_a_home_of_this_release_has_nothing_to_compare(centre: Centre) -> None:
    served = serve_file(centre.home)
    result = headset("upgrade", "--yes")
    assert "Nothing is defined otherwise" in result.output, result.output
    assert serve_file(centre.home) == served


def test_an_upgrade_without_room_changes_nothing(
    edited: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(edited.home.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(place.UpgradeError, match="to build beside; nothing changed"):
        place.copy(edited.home)
    assert not place.beside(edited.home).root.exists()


def earlier_tree(root: Path) -> Path:
    """The sources of an earlier commit."""
    git = ["git", "-C", str(CHECKOUT)]
    if (
        not (CHECKOUT / ".git").exists()
        or subprocess.run(
            [*git, "cat-file", "-e", f"{EARLIER}^{{commit}}"], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip(f"the earlier commit {EARLIER} is not here (no git history)")
    packed = subprocess.run([*git, "archive", EARLIER], capture_output=True, check=True).stdout
    root.mkdir()
    subprocess.run(["tar", "-x", "-C", str(root)], input=packed, check=True)
    return root


def test_a_home_of_an_earlier_commit_is_brought_to_this_one(
    tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = earlier_tree(tmp_path / "earlier")
    home, day = Home(own_home), LAST_DAY.isoformat()
    code = (
        "from datetime import date, timedelta; from pathlib import Path; "
        "from ground.home import Home; from simulator import drop; "
        "from orchestration.run.night import run_night; "
        f"home, last = Home(Path({str(home.root)!r})), date.fromisoformat({day!r}); "
        "until = last - timedelta(days=3); "
        "drop(home.landing, agents=12, days=8, seed=7, last_day=last, arrived_by=until); "
        "s = run_night(home, last - timedelta(days=7), until); print(s.status, s.failing)"
    )
    environ = {k: v for k, v in os.environ.items() if k != "HEADSET_PARSED"}
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tree, capture_output=True, text=True, check=False,
        env=environ | {"HEADSET_HOME": str(home.root), "HEADSET_SYSTEMS": SIMULATED,
                       "PYTHONPATH": str(tree)},
    )  # fmt: skip
    assert "published" in ended.stdout, ended.stdout + ended.stderr
    assert home_version.read(home) == home_version.HomeVersion(0, "before 0.1.0")
    was, before = values(home), current(home)
    result = headset("upgrade", "--yes", "--backup", str(tmp_path / "backups"))
    assert result.exit_code == 0, result.output
    assert home_version.read(home) == home_version.HomeVersion(
        home_version.FORMAT, home_version.release()
    )
    if "Nothing is defined otherwise" not in result.output:
        (report,) = (home.audit / "upgrades").glob("*.json")
        moved = {one["metric"] for one in json.loads(report.read_text())["moved"]}
        assert moved == differing(was, home)
    assert before is not None
    assert (tmp_path / "backups" / "backups").is_dir() or "Nothing is defined" in result.output
