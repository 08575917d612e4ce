"""Shared by all tests: nobody's state is touched; one small simulated centre a session."""

import fcntl
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ground.home import Home
from ground.systems import SIMULATED
from tests.centre import Centre, copy_of

TESTS = Path(__file__).parent
# Files that take minutes, the longest first: begun last, one of them leaves the other worker idle.
# The first two need different things, so that neither waits for what the other makes.
LONGEST_FIRST = (
    "integration/test_metric_value.py",
    "unit/dbt/test_touched_dates.py",
    "unit/dbt/test_cases.py",
    "integration/test_night_killed.py",
    "integration/test_nights.py",
    "integration/test_order_of_nights.py",
    "integration/test_statements.py",
    "integration/test_erasure.py",
    "unit/dbt/test_models.py",
    "unit/metrics/test_lock.py",
    "integration/test_onboarding.py",
    "unit/ingest/test_corrections.py",
    "worked_examples/test_worked_examples.py",
    "unit/ingest/test_accounting.py",
    "integration/test_extracts.py",
    "worked_examples/test_guards_on_the_build.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files keep together; the long ones come first (see `--no-loadscope-reorder`)."""
    place = {name: n for n, name in enumerate(LONGEST_FIRST)}

    def key(item: pytest.Item) -> int:
        return place.get(item.path.relative_to(TESTS).as_posix(), len(place))

    items.sort(key=key)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this session share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session", autouse=True)
def parsed(shared: Path) -> Iterator[Path]:
    """Through this folder the dbt project is read once, whoever needs it first."""
    folder = shared / "parsed"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADSET_PARSED", str(folder))
        # A home has no systems by default; the tests' centre is the simulated one.
        patch.setenv("HEADSET_SYSTEMS", SIMULATED)
        yield folder


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, parsed: Path) -> Path:
    """Every test has a home of its own unless it says otherwise; nothing reaches data/."""
    root = tmp_path / "home"
    for name in list(os.environ):
        if name.startswith(("HEADSET_", "DAGSTER_", "DBT_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HEADSET_HOME", str(root))
    monkeypatch.setenv("HEADSET_SYSTEMS", SIMULATED)
    monkeypatch.setenv("HEADSET_PARSED", str(parsed))
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    # Tests drop whole files; nobody is still writing them.
    monkeypatch.setenv("HEADSET_SETTLE_SECONDS", "0")
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "false")
    return root


@pytest.fixture(scope="session")
def published_history(shared: Path) -> Path:
    """Root of the centre after its history night; made once, whichever worker needs it first.

    Read it, do not write to it: `centre` gives a copy.
    """
    return _once(shared / "published_history", _make_history)


@pytest.fixture(scope="session")
def after_plain_night(shared: Path, published_history: Path) -> Path:
    """The same one night on; to be read, as all of these."""

    def make(root: Path) -> None:
        _next_night(copy_of(published_history, root), ago=2)

    return _once(shared / "after_plain_night", make)


@pytest.fixture(scope="session")
def after_corrected_night(shared: Path, after_plain_night: Path) -> Path:
    """Another night on: one with a late and a corrected file."""

    def make(root: Path) -> None:
        _next_night(copy_of(after_plain_night, root), ago=1)

    return _once(shared / "after_corrected_night", make)


def _once(root: Path, make: Callable[[Path], None]) -> Path:
    """A folder that the first worker to need it makes while the others wait."""
    done = root.with_name(f"{root.name}.made")
    with root.with_name(f"{root.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(root)
            done.touch()
    return root


@pytest.fixture
def centre(published_history: Path, own_home: Path) -> Centre:
    """A copy of the published history that a test may change."""
    return copy_of(published_history, own_home)


def _make_history(root: Path) -> None:
    from orchestration.run.night import run_night

    centre = Centre(Home(root))
    # A fixture of the session outlives a test, and so its monkeypatch.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADSET_HOME", str(centre.home.root))
        centre.drop(arrived_by=centre.history_end)
        summary = run_night(centre.home, centre.first_day, centre.history_end)
    assert summary.status == "published", summary


def _next_night(centre: Centre, ago: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADSET_HOME", str(centre.home.root))
        summary = centre.night(centre.last_day - timedelta(days=ago))
    assert summary.status == "published", summary
