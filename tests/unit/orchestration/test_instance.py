"""The event store: what a run says of itself is kept, and nothing is held once it has ended."""

from pathlib import Path

import dagster as dg
import pytest

from ground.home import Home
from orchestration import instance as kept


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
