"""One home for all rows, made once; each row has a copy. The table is printed at the end."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from ground.home import Home
from tests.campaign.case import ROWS, Case, Offered, offered
from tests.centre import Centre, copy_of


@pytest.fixture(scope="session")
def arrived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the systems drop on the day of the night."""
    made = Centre(Home(tmp_path_factory.mktemp("arrived")))
    day = made.last_day - timedelta(days=2)
    made.drop(arrived_by=day, arrived_after=day - timedelta(days=1))
    return made.home.landing


@pytest.fixture
def case(
    published_history: Path, arrived: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Case:
    """A copy of the published history; the environment is that of the row alone."""

    def set_to(name: str, value: str | None) -> None:
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)

    return Case(copy_of(published_history, own_home), set_to, arrived)


@pytest.fixture(scope="session")
def before(published_history: Path) -> Offered:
    """What readers have before the night of every row."""
    return offered(Home(published_history))


@pytest.fixture(scope="session")
def after(after_plain_night: Path) -> Offered:
    """What they have after that night where nobody makes a mistake."""
    return offered(Home(after_plain_night))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of the campaign."""
    if not ROWS or os.environ.get("PYTEST_XDIST_WORKER"):
        return
    write = terminalreporter.write_line
    write("")
    write(f"{'mistake':58} {'night':10} {'lost':>4} {'wrong':>5} {'unserved':>9}  next night")
    for told in ROWS:
        unserved = f"{told.unserved_n}/{told.reads_n}"
        write(
            f"{told.name[:58]:58} {told.ended:10} {told.lost_n:4} {len(told.wrong):5} "
            f"{unserved:>9}  {told.recovered}"
        )
        if told.said.strip():
            write("    " + " ".join(told.said.split())[:180])
