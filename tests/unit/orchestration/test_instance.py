"""The event store: what a run says of itself is kept, and nothing is held once it has ended."""

import sqlite3
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest

from ground.home import Home
from orchestration import instance as kept
from orchestration.event_store import by_step


@dg.asset(check_specs=[dg.AssetCheckSpec("whole", asset="calls")])
def calls() -> dg.MaterializeResult:  # type: ignore[type-arg]
    """An asset with a check, which a night has by the hundred."""
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])


@pytest.fixture
def home(own_home: Path) -> Home:
    own_home.mkdir(exist_ok=True)
    return Home(own_home)


def run_once(home: Home) -> str:
    with kept.dagster_instance(home) as instance:
        result = dg.materialize([calls], instance=instance)
        assert result.success
        return str(result.run_id)


def test_a_later_process_reads_what_a_run_stored(home: Home) -> None:
    run_ids = {run_once(home) for _ in range(3)}
    with kept.dagster_instance(home) as instance:
        records = instance.fetch_materializations(dg.AssetKey("calls"), limit=10).records
        assert {record.run_id for record in records} == run_ids
        events = [event.event_type_value for event in _events(instance, run_ids.pop())]
    assert events.count("ASSET_CHECK_EVALUATION") == 1
    assert events[-1] == "PIPELINE_SUCCESS"


def _events(instance: dg.DagsterInstance, run_id: str) -> list[dg.DagsterEvent]:
    logged = instance.all_logs(run_id)
    return [entry.dagster_event for entry in logged if entry.dagster_event is not None]


def test_two_homes_in_one_process_keep_their_events_apart(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    run_once(home)
    run_once(other)
    for one in (home, other):
        with kept.dagster_instance(one) as instance:
            assert len(instance.get_runs()) == 1


def test_no_database_is_held_open_once_the_run_has_ended(home: Home) -> None:
    run_once(home)
    # The last connection that closes takes the write-ahead log with it.
    assert list(home.dagster.rglob("*.db"))
    assert list(home.dagster.rglob("*.db-wal")) == []


def test_events_of_a_step_reach_other_readers_when_the_next_step_begins(home: Home) -> None:
    seen: dict[str, int] = {}

    def stored() -> int:
        path = next((home.dagster / "history" / "runs").glob("????????-*.db"))
        with closing(sqlite3.connect(path)) as con:
            (count,) = con.execute("select count(*) from event_logs").fetchone()
        return int(count)

    @dg.op
    def first(context: dg.OpExecutionContext) -> int:
        seen["at its beginning"] = stored()
        for n in range(20):
            context.log.info(f"line {n}")
        seen["at its end"] = stored()
        return 1

    @dg.op
    def second(done: int) -> None:
        seen["in the next"] = stored()

    @dg.job(executor_def=dg.in_process_executor)
    def two_steps() -> None:
        second(first())

    with kept.dagster_instance(home) as instance:
        result = two_steps.execute_in_process(instance=instance)
        assert seen["at its end"] == seen["at its beginning"] > 0, "a step is written at once"
        assert seen["in the next"] > seen["at its end"] + 20
        in_memory = len(instance.all_logs(result.run_id))
        assert in_memory == stored(), "whoever asks in this process sees all of it"


def test_a_store_outside_a_night_writes_each_event_at_once(home: Home) -> None:
    kept.prepare_dagster_home(home)
    with dg.DagsterInstance.get() as instance:
        assert dg.materialize([calls], instance=instance).success
        assert list(home.dagster.rglob("*.db-wal")) == []


def test_a_night_within_a_night_ends_no_earlier_than_its_outermost(home: Home) -> None:
    with kept.dagster_instance(home) as instance:
        with by_step(instance):
            pass
        assert dg.materialize([calls], instance=instance).success
        assert list(home.dagster.rglob("*.db-wal")), "still by step"


def test_a_centres_own_settings_of_dagster_take_the_place_of_the_packaged_ones(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where several people use Dagster, its runs lie in a database of theirs."""
    kept.prepare_dagster_home(home)
    written = home.dagster / "dagster.yaml"
    packaged = written.read_text()
    monkeypatch.setenv("HEADSET_CENTRE", str(tmp_path))
    kept.prepare_dagster_home(home)
    assert written.read_text() == packaged
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    kept.prepare_dagster_home(home)
    assert written.read_text() == "telemetry: {enabled: false}\n"
