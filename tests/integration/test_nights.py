"""Whole nights of a small simulated centre: what is new is published, what is wrong is not."""

import json
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from click.testing import CliRunner

from ground.home import Home
from metrics.question.query import query
from orchestration.assets.raw import dates_of
from orchestration.instance import dagster_instance
from orchestration.run.night import run_night
from orchestration.run.summary import NightSummary, last_summaries
from publish import snapshot
from tests.centre import Centre, copy_of


def served(home: Home) -> str:
    """Id of the snapshot that readers see."""
    now = snapshot.current(home)
    assert now is not None
    return str(now["snapshot_id"])


def last_night(home: Home) -> NightSummary:
    """What a night said when it had ended."""
    return last_summaries(home, 1)[0]


def offered(home: Home, **where: date) -> dict[str, int]:
    """Offered contacts by site date, as published."""
    answer = query(home, "offered.contacts", grain="day", **where)
    return {str(row["day"]): int(str(row["value"])) for row in answer.rows}


def test_a_night_publishes_what_landed_and_says_so(
    published_history: Path, after_plain_night: Path
) -> None:
    history, home = Home(published_history), Home(after_plain_night)
    day, before = Centre(home).last_day - timedelta(days=2), served(history)
    assert str(day) not in offered(history)

    summary = last_night(home)

    assert summary.status == "published"
    assert (summary.from_date, summary.to_date) == (str(day), str(day))
    assert summary.error is None
    landed = {feed.name: feed for feed in summary.feeds if feed.files_n}
    calls = {"sim.contacts", "sim.contact_legs", "sim.agent_activity"}
    crm = {"sim_crm.cases", "sim_crm.case_events", "sim_crm.surveys", "sim_crm.outcomes"}
    assert set(landed) >= calls | crm
    for name, feed in landed.items():
        assert feed.landed_n == feed.loaded_n + feed.quarantined_n + feed.superseded_n
        # A small centre's HR may have nothing to say on a day.
        assert feed.landed_n > 0 or name not in calls | crm
    assert summary.checks_n > 40
    october = month_files(home, before, "2026-10")
    assert october
    now = month_files(home, served(home), "2026-10")
    assert now == october, "a month not touched is not written"
    assert served(home) == summary.snapshot_id != before
    assert offered(home)[str(day)] == true_offered(home, day)


def true_offered(home: Home, day: date) -> int:
    """Offered contacts of a site date as the simulator meant them."""
    truth = json.loads((home.root / "simulator" / "truth.json").read_text(encoding="utf-8"))
    return sum(int(row["offered"]) for row in truth["contacts"] if row["site_date"] == str(day))


def month_files(home: Home, snapshot_id: str, month: str) -> dict[str, int]:
    """Parquet files of a site month in a snapshot, with their inodes (a link keeps its own).

    Without repeat contacts: every night closes a window of thirty days.
    """
    folder = home.published / "snapshots" / snapshot_id
    found = [
        path
        for path in (folder / "tables").rglob(f"*{month}*/*.parquet")
        if "interaction.repeat" not in path.parts
    ]
    return {str(path.relative_to(folder)): path.stat().st_ino for path in found}


def test_a_night_without_anything_new_changes_nothing(centre: Centre) -> None:
    before, files = served(centre.home), tree(centre.home.published)
    summary = run_night(centre.home, centre.history_end, centre.history_end)
    assert summary.status == "unchanged"
    assert summary.models_n == summary.checks_n == 0
    assert served(centre.home) == before
    assert tree(centre.home.published) == files


def tree(folder: Path) -> dict[str, int]:
    """Every file below a folder with its time of change."""
    return {
        str(path.relative_to(folder)): path.lstat().st_mtime_ns
        for path in folder.rglob("*")
        if not path.is_dir()
    }


def test_a_late_and_a_corrected_file_change_their_own_dates_alone(
    after_plain_night: Path, after_corrected_night: Path
) -> None:
    before, centre = offered(Home(after_plain_night)), Centre(Home(after_corrected_night))
    day, summary = centre.last_day - timedelta(days=1), last_night(centre.home)
    assert summary.status == "published"
    assert summary.to_date == str(day)
    after = offered(centre.home)
    changed = {key for key in after if after[key] != before.get(key)}
    late = str(centre.last_day - timedelta(days=8))
    assert changed == {str(day), late}, "the corrected file changes waits, not the contacts"
    assert after[late] > before[late]


def test_a_blocked_night_leaves_readers_where_they_were_and_says_why(
    after_corrected_night: Path, own_home: Path
) -> None:
    centre = copy_of(after_corrected_night, own_home)
    before = served(centre.home)

    summary = centre.night(centre.last_day)

    assert summary.status == "blocked"
    assert summary.snapshot_id is None
    assert served(centre.home) == before
    assert str(centre.last_day) not in offered(centre.home)
    assert any("unit changed" in reason for reason in summary.failing)
    assert summary.incident is not None
    page = Path(summary.incident).read_text(encoding="utf-8")
    assert "interaction.contact_leg" in page, "which published tables it touches"
    assert "Since: this night" in page

    with dagster_instance(centre.home) as instance:
        run = instance.get_run_by_id(summary.run_id)
        assert run is not None
        assert run.status == dg.DagsterRunStatus.FAILURE
        event = instance.get_latest_materialization_event(dg.AssetKey("audit"))
        assert event is not None
        assert event.run_id == summary.run_id, "the verdict is not lost"
        publication = instance.get_latest_materialization_event(dg.AssetKey("publish"))
        assert publication is not None
        assert publication.run_id != summary.run_id

    again = run_night(centre.home, centre.last_day, centre.last_day)
    assert again.status == "unchanged", "asking again does not let it through"
    assert served(centre.home) == before


def test_the_asset_graph_remembers_row_counts_and_what_each_feed_brought(centre: Centre) -> None:
    with dagster_instance(centre.home) as instance:
        brought = instance.fetch_materializations(dg.AssetKey(["raw", "sim", "contacts"]), limit=9)
        event = instance.get_latest_materialization_event(dg.AssetKey(["core", "fct_contact"]))
        (night,) = instance.get_runs()
    (of_contacts,) = [one.asset_materialization for one in brought.records]
    assert of_contacts is not None
    assert int(str(of_contacts.metadata["files"].value)) > 20
    assert dates_of(night.tags) == (centre.first_day, centre.history_end)
    assert event is not None
    assert event.asset_materialization is not None
    count = event.asset_materialization.metadata["dagster/row_count"].value
    con = duckdb.connect(str(centre.home.warehouse), read_only=True)
    assert con.execute("select count(*) from core.fct_contact").fetchone() == (count,)
    con.close()


def test_rollback_shows_the_night_before_and_the_next_night_moves_on(
    published_history: Path, after_plain_night: Path, own_home: Path
) -> None:
    history = served(Home(published_history))
    centre = copy_of(after_plain_night, own_home)
    day = centre.last_day - timedelta(days=2)
    assert str(day) in offered(centre.home)
    result = headset("publish", "--rollback")
    assert result.exit_code == 0, result.output
    assert served(centre.home) == history
    assert str(day) not in offered(centre.home)
    assert run_night(centre.home, day, day).status == "unchanged"
    assert served(centre.home) == history, "a night without news does not undo a rollback"
    assert centre.night(day + timedelta(days=1)).status == "published"
    assert str(day) in offered(centre.home)


def headset(*arguments: str):  # type: ignore[no-untyped-def]
    from orchestration.cli import cli

    return CliRunner().invoke(cli, list(arguments))


def test_the_command_answers_from_what_is_published(centre: Centre) -> None:
    result = headset("metric", "offered.contacts", "--by", "client", "--format", "json")
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert sum(row["value"] for row in rows) == sum(offered(centre.home).values())

    result = headset("metric", "ofered.contacts")
    assert result.exit_code == 1
    assert "did you mean" in result.output
    assert "offered.contacts" in result.output

    status = json.loads(headset("status", "--format", "json").stdout)
    assert status["running"] is None
    assert status["published"]["snapshot_id"] == served(centre.home)
    assert {row["feed"] for row in status["feeds"]} >= {"sim.contacts", "company.sites"}
    assert status["unmapped"], "codes that the maps do not know are shown"

    listed = headset("quarantine", "list", "--format", "csv").stdout.splitlines()
    assert len(listed) > 3


def test_a_late_file_starts_a_night_by_itself(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.definitions import build_definitions

    monkeypatch.setenv("HEADSET_HOME", str(centre.home.root))
    defs = build_definitions(centre.home, centre.home.target / "manifest.json")
    sensor = defs.resolve_sensor_def("late_files")
    assert isinstance(tick(sensor), dg.SkipReason)
    centre.drop(
        arrived_by=centre.last_day - timedelta(days=1),
        arrived_after=centre.last_day - timedelta(days=2),
    )
    request = tick(sensor)
    assert isinstance(request, dg.RunRequest)
    assert request.tags["headset/late_files"]


def tick(sensor: dg.SensorDefinition) -> object:
    """One evaluation of a sensor."""
    with dg.build_sensor_context() as context:
        return sensor(context)
