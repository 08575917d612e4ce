"""The published snapshot that a metric question is asked of: now, or as it was.

A snapshot carries its own definitions (semantic manifest and metric contracts), so an old one
answers by the definitions it was published with.
"""

import datetime as dt
import functools
import json
from dataclasses import dataclass
from pathlib import Path

from ground.home import Home
from metrics.contracts.contract import MetricContract, from_json
from metrics.question.engine import SemanticLayer


class MetricError(Exception):
    """A metric question that cannot be answered; the message says what to ask instead."""


@dataclass(frozen=True)
class Snapshot:
    """A published snapshot as metric questions see it.

    relations: dbt model to (schema, relation) in its serve.duckdb.
    published_on: UTC date on which it was published; None when its manifest does not say.
    """

    folder: Path
    contracts: tuple[MetricContract, ...]
    layer: SemanticLayer
    relations: dict[str, tuple[str, str]]
    published_on: dt.date | None = None

    @property
    def snapshot_id(self) -> str:
        """Its name."""
        return self.folder.name


def open_snapshot(home: Home, as_published: str | None = None) -> Snapshot:
    """The snapshot that readers see now, or one of before.

    as_published: a snapshot's id, or a date (YYYY-MM-DD): the last one published on or before it.
    Raises MetricError when nothing is published, or nothing that old is kept.
    """
    current = home.published / "current"
    if not current.exists():
        raise MetricError(f"nothing is published in {home.published}; run `headset night` first")
    if as_published is None:
        return _load(current.resolve())
    kept = sorted(path for path in current.resolve().parent.iterdir() if path.is_dir())
    for path in kept:
        if path.name == as_published:
            return _load(path)
    names = ", ".join(path.name for path in kept)
    try:
        day = dt.date.fromisoformat(as_published)
    except ValueError as error:
        raise MetricError(f"no snapshot {as_published!r} is kept; there are {names}") from error
    dated = [(when, path) for path in kept if (when := published_on(path)) and when <= day]
    if not dated:
        raise MetricError(f"no snapshot published on or before {day} is kept; there are {names}")
    return _load(max(dated)[1])


def published_on(folder: Path) -> dt.date | None:
    """The UTC date on which a snapshot was published."""
    try:
        body = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return dt.datetime.fromisoformat(str(body["created_at"])).date()
    except (OSError, ValueError, KeyError, TypeError):
        return None


# A snapshot never changes, so a process that asks twice reads its definitions once.
@functools.lru_cache(maxsize=2)
def _load(folder: Path) -> Snapshot:
    try:
        tables = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["tables"]
        semantic = json.loads((folder / "semantic_manifest.json").read_text(encoding="utf-8"))
        contracts = from_json((folder / "metrics.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MetricError(
            f"snapshot {folder.name} cannot answer metrics: {error!r}; publish again"
        ) from error
    relations: dict[str, tuple[str, str]] = {}
    for name, table in tables.items():
        schema, alias = str(name).split(".", 1)
        relations[str(table["model"]).rsplit(".", 1)[-1]] = (schema, alias)
    layer = SemanticLayer(semantic, relations)
    return Snapshot(folder, contracts, layer, relations, published_on(folder))
