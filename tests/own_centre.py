"""A centre as a customer has it: begun, filled, drafted and run by the command line alone."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

COMMAND = Path(sys.executable).with_name("headset")


class OwnCentre:
    """A repository of its own with a home under `state/`; every step is a command in it."""

    told = ""

    def __init__(self, root: Path, systems: Sequence[str], first_day: str) -> None:
        self.root = root / "centre"
        answers = root / "answers.toml"
        listed = ", ".join(f'"{system}"' for system in systems)
        answers.write_text(
            f'systems = [{listed}]\ntime_zone = "UTC"\nnight_at = "03:30"\n'
            f'first_day = "{first_day}"\n'
        )
        self.run("init", "centre", "--answers", str(answers), at=root)

    def run(
        self, *arguments: str, at: Path | None = None, fails: bool = False, alone: bool = False
    ) -> str:
        """What a command said; `alone`: without what it said beside its answer.

        Fails the test where the command fails, or where it was to and did not.
        """
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HEADSET_")}
        done = subprocess.run(
            [COMMAND, *arguments],
            cwd=at or self.root,
            env=environment | {"DO_NOT_TRACK": "1", "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, said
        return done.stdout if alone else said

    def maps(self, folder: Path) -> None:
        """Take a folder of company lists as the centre's own."""
        for path in folder.glob("*.csv"):
            shutil.copy(path, self.root / "company" / f"{path.stem.rsplit('_', 1)[0]}.csv")
        self.run("company", "apply")

    def draft(self, system: str, sample: Path, *options: str) -> str:
        """Draft a source from a sample, enable it, and land that very sample."""
        said = self.run("source", "new", system, "--sample", str(sample), *options)
        settings = self.root / "headset.toml"
        text = settings.read_text(encoding="utf-8")
        assert "[systems]" in text, text
        settings.write_text(text.replace("[systems]\n", f'[systems]\n{system} = ["default"]\n', 1))
        self.land(system, sample)
        return said

    def land(self, system: str, file: Path) -> None:
        """Drop a file into landing."""
        target = self.root / "state" / "landing" / system
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)

    def metric(self, name: str, *options: str) -> list[dict[str, Any]]:
        """The rows of `headset metric`."""
        rows: list[dict[str, Any]] = json.loads(
            self.run("metric", name, *options, "--format", "json", alone=True)
        )
        return rows

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of what is published."""
        served = self.root / "state" / "published" / "current" / "serve.duckdb"
        with duckdb.connect(str(served), read_only=True) as con:
            return con.execute(sql).fetchall()
