"""Company lists between a centre's repository and landing: what differs, and handing it over.

Belongs here: comparing and copying whole lists. Does not: what a row means (`ingest`).
"""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ground.centre import CentreError
from ground.files import write_whole
from ground.home import Home, sources_dir
from ingest.contracts.contract import Contract, load_contracts

VERSION = re.compile(r"_(\d{4}-\d{2}-\d{2})(?:\.r(\d+))?$")


@dataclass(frozen=True)
class Change:
    """One list as it lies in the repository, beside what was handed over last."""

    name: str
    text: str
    added_n: int
    removed_n: int
    changed_n: int
    problem: str = ""

    @property
    def is_new(self) -> bool:
        """Whether there is anything to hand over."""
        return not self.problem and bool(self.added_n or self.removed_n or self.changed_n)

    def __str__(self) -> str:
        if self.problem:
            return f"{self.name}: {self.problem}"
        if not self.is_new:
            return f"{self.name}: as handed over"
        rows = "1 row" if self.added_n == 1 else f"{self.added_n} rows"
        return f"{self.name}: {rows} added, {self.removed_n} removed, {self.changed_n} changed"


def changes(home: Home, folder: Path) -> list[Change]:
    """Every list of a folder against the newest version in landing.

    Raises CentreError for a list that no contract knows, or whose header is not its columns.
    """
    contracts = {c.feed: c for c in load_contracts(sources_dir(), []) if c.system == "company"}
    found = []
    for path in sorted(folder.glob("*.csv")):
        contract = contracts.get(path.stem)
        if contract is None:
            known = ", ".join(sorted(contracts))
            raise CentreError(f"{path}: no company list has this name; known: {known}")
        found.append(_change(home, path, contract))
    return found


def naming(folder: Path, column: str, value: str) -> str | None:
    """The first row of any list that has a value: `company/queues.csv:14`; None when none has."""
    for path in sorted(folder.glob("*.csv")):
        header: list[str] | None = None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            row = next(csv.reader([line]))
            if header is None:
                header = row
            elif dict(zip(header, row, strict=False)).get(column) == value:
                return f"{path}:{number}"
    return None


def is_handed_over(home: Home, name: str) -> bool:
    """Whether any version of a list lies in landing."""
    return bool(_versions(home, name))


def hand_over(home: Home, change: Change, day: date) -> Path:
    """Write a list into landing as the full list of a day, a revision higher where one is there."""
    folder = home.landing / "company"
    taken = [n for on, n, _ in _versions(home, change.name) if on == day.isoformat()]
    revision = f".r{max(taken) + 1}" if taken else ""
    path = folder / f"{change.name}_{day}{revision}.csv"
    write_whole(path, change.text)
    return path


def _change(home: Home, path: Path, contract: Contract) -> Change:
    text = "".join(
        line for line in path.read_text(encoding="utf-8").splitlines(keepends=True)
        if line.strip() and not line.startswith("#")
    )  # fmt: skip
    new, header = _rows(text, contract.key)
    unknown = [name for name in header if name not in {c.name for c in contract.columns}]
    if unknown:
        raise CentreError(f"{path}: column {unknown[0]!r} is not one of the list {contract.feed}")
    lacking = [c.name for c in contract.columns if c.required and c.name not in header]
    if lacking:
        raise CentreError(f"{path}: the header has no {lacking[0]!r}, which the list needs")
    versions = _versions(home, contract.feed)
    before = versions[-1][2].read_text(encoding="utf-8") if versions else text.split("\n")[0]
    old, _ = _rows(before, contract.key)
    if not new:
        problem = "has no rows yet"
        if old:
            hold = "1 row holds" if len(old) == 1 else f"{len(old)} rows hold"
            problem = f"is empty, but {hold}; an empty list is not handed over"
        return Change(contract.feed, text, 0, 0, 0, problem)
    return Change(
        contract.feed,
        text,
        added_n=len(new.keys() - old.keys()),
        removed_n=len(old.keys() - new.keys()),
        changed_n=sum(new[key] != old[key] for key in new.keys() & old.keys()),
    )


def _rows(
    text: str, key: tuple[str, ...]
) -> tuple[dict[tuple[str, ...], dict[str, str]], list[str]]:
    reader = csv.DictReader(io.StringIO(text))
    rows = {tuple(row.get(name) or "" for name in key): row for row in reader}
    return rows, list(reader.fieldnames or ())


def _versions(home: Home, name: str) -> list[tuple[str, int, Path]]:
    """What lies in landing of a list, oldest first: date, revision, file."""
    found = []
    for path in (home.landing / "company").glob(f"{name}_*.csv"):
        match = VERSION.search(path.stem)
        if match and path.stem[: match.start()] == name:
            found.append((match[1], int(match[2] or 0), path))
    return sorted(found)
