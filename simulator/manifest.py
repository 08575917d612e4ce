"""What was dropped and what was wrong with it on purpose: the account that quarantine is held to.

Lies outside `landing/` (`<home>/simulator/`), merged drop by drop as long as the company is the
same one (agents, seed and window).
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class LandedFile:
    """One dropped file. `rows_n` counts records as landed, bad ones included, header not."""

    file: str
    feed: str
    site: str
    extract_date: str
    revision: int
    arrives: str
    rows_n: int
    size_bytes: int


@dataclass(frozen=True)
class Defect:
    """One planted defect.

    `rows` are 1-based record numbers in `file` (header not counted), empty when the whole file is
    meant. `expected` is what ingest should do: quarantined | superseded | rejected | loaded |
    replaced | empty | blocked. `rule` is the quarantine or rejection rule expected, if any.
    """

    kind: str
    file: str
    rows: tuple[int, ...]
    expected: str
    rule: str
    detail: str


@dataclass
class Manifest:
    """Everything dropped so far for one company. `unmapped`: codes that no map knows, by map."""

    parameters: dict[str, Any]
    files: dict[str, LandedFile]
    defects: list[Defect]
    unmapped: dict[str, list[str]]

    @property
    def totals(self) -> dict[str, int]:
        """Files, rows and planted defects in all, and rows expected in quarantine."""
        return {
            "files_n": len(self.files),
            "rows_n": sum(file.rows_n for file in self.files.values()),
            "size_bytes": sum(file.size_bytes for file in self.files.values()),
            "contacts_n": sum(
                f.rows_n for f in self.files.values() if f.feed == "contacts" and f.revision == 1
            ),
            "defects_n": len(self.defects),
            "quarantined_n": sum(len(d.rows) for d in self.defects if d.expected == "quarantined"),
        }

    def add(self, file: LandedFile, defects: Iterable[Defect]) -> None:
        """Account for a file; dropped again, it replaces what was said of it."""
        self.files[file.file] = file
        self.defects = [d for d in self.defects if d.file != file.file] + list(defects)

    def write(self, path: Path) -> None:
        """Write as JSON, atomically, in a stable order."""
        files = sorted(self.files.values(), key=lambda f: (f.arrives, f.file))
        document = {
            "parameters": self.parameters,
            "totals": self.totals,
            "unmapped": self.unmapped,
            "defects": [
                asdict(d) for d in sorted(self.defects, key=lambda d: (d.file, d.rows, d.kind))
            ],
            "files": [asdict(file) for file in files],
        }
        write_text(path, json.dumps(document, indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> "Manifest | None":
        """The manifest at `path`, or None when there is none. Raises ValueError when it is torn."""
        if not path.exists():
            return None
        raw = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            parameters=raw["parameters"],
            files={f["file"]: LandedFile(**f) for f in raw["files"]},
            defects=[Defect(**{**d, "rows": tuple(d["rows"])}) for d in raw["defects"]],
            unmapped=raw["unmapped"],
        )


def write_text(path: Path, text: str) -> None:
    """Replace `path` by `text` in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
