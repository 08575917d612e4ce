"""What one night came to, kept where `headset status` finds it while a night holds the warehouse.

Belongs here: the types and their JSON form. Does not: printing them (`report`).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ground.files import write_whole
from ground.home import Home

STOPPED = "stopped by a signal"
RUN_FOLDER = "nights"


@dataclass(frozen=True)
class Feed:
    """What one feed brought in one night; `rejected` names files and reasons."""

    name: str
    files_n: int
    landed_n: int
    loaded_n: int
    quarantined_n: int
    superseded_n: int
    unmapped_n: int
    rejected: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quarantined:
    """Rows that one rule kept out of one feed."""

    feed: str
    rule: str
    rows_n: int
    files_n: int
    reason: str


@dataclass(frozen=True)
class NightSummary:
    """One night as a person asks about it; kept in `audit/nights/<run_id>.json`.

    status: published | partial | blocked | unchanged | failed.
    held_clients, held_feeds: who was held back; incident: the page that says why.
    told: what is new and holds nothing back: columns that changed, files that nobody claims.
    checks_n, failed_n, warned_n: of the audit; seconds: from the lock to its release.
    """

    run_id: str
    from_date: str
    to_date: str
    started_at: str
    status: str = "failed"
    seconds: float = 0.0
    feeds: tuple[Feed, ...] = ()
    batch_id: int | None = None
    models_n: int = 0
    checks_n: int = 0
    failed_n: int = 0
    warned_n: int = 0
    quarantined: tuple[Quarantined, ...] = ()
    held_clients: tuple[str, ...] = ()
    held_feeds: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    incident: str | None = None
    snapshot_id: str | None = None
    written_n: int = 0
    linked_n: int = 0
    rows_n: int = 0
    error: str | None = None

    def total(self, column: str) -> int:
        """Sum of one of the feeds' counts ("landed_n")."""
        return sum(int(getattr(feed, column)) for feed in self.feeds)


def summaries_dir(home: Home) -> Path:
    """Where the summaries of nights are kept."""
    return home.audit / RUN_FOLDER


def keep_summary(home: Home, summary: NightSummary) -> Path:
    """Write a summary where `headset status` finds it even while a night holds the warehouse."""
    path = summaries_dir(home) / f"{summary.run_id}.json"
    write_whole(path, json.dumps(asdict(summary), indent=1) + "\n")
    return path


def summary_from_json(raw: Mapping[str, Any]) -> NightSummary:
    """Read back what `keep_summary` wrote."""
    names = ("held_clients", "held_feeds", "failing", "told")
    lists = {name: tuple(raw.get(name, ())) for name in names}
    feeds = tuple(
        Feed(
            **{
                **feed,
                "rejected": tuple(map(tuple, feed["rejected"])),
                "notes": tuple(feed["notes"]),
            }
        )
        for feed in raw["feeds"]
    )
    quarantined = tuple(Quarantined(**row) for row in raw["quarantined"])
    return NightSummary(**{**raw, **lists, "feeds": feeds, "quarantined": quarantined})


def last_summaries(home: Home, limit: int) -> list[NightSummary]:
    """The latest nights, newest first."""
    nights = []
    for path in summaries_dir(home).glob("*.json"):
        raw = json.loads(path.read_text(encoding="utf-8"))
        nights.append(summary_from_json(raw))
    return sorted(nights, key=lambda night: night.started_at, reverse=True)[:limit]
