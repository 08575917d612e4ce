"""One Superset for all tests here, on a copy of the published history."""

import csv
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bi.server import Session
from ground.home import CHECKOUT, Home
from tests.centre import copy_of

PYTHON = os.environ.get("HEADSET_BI_PYTHON", "")
PORT = 8097


@dataclass(frozen=True)
class Running:
    """A server, and who may sign in."""

    home: Home
    address: str
    readers: dict[str, dict[str, str]]

    def session(self, name: str) -> Session:
        session = Session(self.address)
        session.sign_in(name, self.readers[name]["password"])
        return session


@pytest.fixture(scope="session")
def running(published_history: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = copy_of(published_history, tmp_path_factory.mktemp("bi") / "home").home
    values = {"HEADSET_HOME": str(home.root), "HEADSET_BI_PORT": str(PORT)}
    server = subprocess.Popen(
        [PYTHON, "-m", "bi.server"],
        env={**os.environ, **values},
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        said = []
        for line in server.stdout:
            said.append(line)
            if line.startswith("Readers"):
                break
        else:
            pytest.fail("".join(said))
        state = home.root / "superset"
        with (state / "readers.csv").open(newline="") as file:
            readers = {row["username"]: row for row in csv.DictReader(file)}
        readers["admin"] = {"password": (state / "admin.txt").read_text().strip()}
        yield Running(home, f"http://127.0.0.1:{PORT}", readers)
    finally:
        server.terminate()
        server.wait(timeout=30)
