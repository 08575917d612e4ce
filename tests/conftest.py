"""Shared by all tests: nobody's state is touched; one small simulated centre a session."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.home import Home
from tests.centre import Centre, copy_of


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Every test has a home of its own unless it says otherwise; nothing reaches data/."""
    root = tmp_path / "home"
    for name in list(os.environ):
        if name.startswith(("HEADSET_", "DAGSTER_", "DBT_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HEADSET_HOME", str(root))
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "false")
    return root


@pytest.fixture(scope="session")
def published_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Root of the centre after its history night; made once, whichever worker needs it first.

    Read it, do not write to it: `centre` gives a copy.
    """
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    root = shared / "published_history"
    with (shared / "published_history.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "made").exists():
            _make_history(Centre(Home(root)))
            (root / "made").touch()
    return root


@pytest.fixture
def centre(published_history: Path, own_home: Path) -> Centre:
    """A copy of the published history that a test may change."""
    return copy_of(published_history, own_home)


@pytest.fixture
def copy_centre(published_history: Path) -> Callable[[Path], Centre]:
    """Further copies, for tests that need two."""
    return lambda root: copy_of(published_history, root)


def _make_history(centre: Centre) -> None:
    from orchestration.night import run_night

    # A fixture of the session outlives a test, and so its monkeypatch.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADSET_HOME", str(centre.home.root))
        centre.drop(arrived_by=centre.history_end)
        summary = run_night(centre.home, centre.first_day, centre.history_end)
    assert summary.status == "published", summary
