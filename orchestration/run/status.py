"""How things stand: nights, feeds, publication, quarantine, in plain values.

Belongs here: putting together what summaries, ledger and snapshots say. Does not: printing it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from ground.home import Home, sources_dir
from ground.systems import enabled_systems
from ingest.contracts.contract import load_contracts
from ingest.ledger.files import nobodys
from orchestration.run import ledger_view
from orchestration.run.lock import NightRunningError, killed
from orchestration.run.summary import NightSummary, last_summaries

Row = dict[str, Any]
INCIDENTS_SHOWN = 3


@dataclass(frozen=True)
class Standing:
    """One moment. `running` says who runs a night now; then the ledger is as of the last one."""

    running: str | None
    killed: str | None
    published: Row | None
    nights: list[Row]
    feeds: list[Row]
    gaps: list[Row]
    quarantined: list[Row]
    unmapped: list[Row]
    unknown_values: list[Row]
    identities: list[Row]
    clocks: list[Row]
    rejected: list[Row]
    accepted: list[Row]
    columns: list[Row]
    unclaimed: list[Row]
    incidents: list[str]

    def as_json(self) -> Row:
        """The same as plain dictionaries."""
        return asdict(self)


def standing(home: Home, nights: int) -> Standing:
    """Ask everything once. Works while a night runs: then from what the last one wrote down."""
    running, ledger = _ledger(home)
    contracts = load_contracts(sources_dir(), enabled_systems(home))
    late_after = {c.name: c.late_after_hours for c in contracts}
    expected = {c.name: c.late_after_hours for c in contracts if not c.is_optional}
    now = datetime.now(UTC).replace(tzinfo=None)
    summaries = last_summaries(home, nights)
    return Standing(
        running=running,
        killed=None if running else killed(home),
        published=_published(home),
        nights=[night_row(night) for night in summaries],
        feeds=[freshness(row, late_after.get(row["feed"]), now) for row in ledger["feeds"]],
        gaps=[row for row in ledger["gaps"] if is_gap(row, expected.get(row["feed"]))],
        quarantined=ledger["quarantined"],
        unmapped=ledger["unmapped"],
        unknown_values=ledger["unknown_values"],
        identities=ledger["identities"],
        clocks=ledger["clocks"],
        rejected=ledger["rejected"],
        accepted=ledger["accepted"],
        columns=ledger["columns"],
        unclaimed=[
            {"system": one.system, "file_name": one.file_name} for one in nobodys(home, contracts)
        ],
        incidents=open_incidents(summaries),
    )


def _ledger(home: Home) -> tuple[str | None, dict[str, list[Row]]]:
    empty: dict[str, list[Row]] = {
        name: []
        for name in (
            "feeds",
            "gaps",
            "quarantined",
            "unmapped",
            "unknown_values",
            "identities",
            "clocks",
            "rejected",
            "accepted",
            "columns",
        )
    }
    if not home.warehouse.exists():
        return None, empty
    try:
        return None, ledger_view.view(home).as_json()
    except NightRunningError as error:
        cache = home.audit / "ledger.cache"
        kept = json.loads(cache.read_text(encoding="utf-8")) if cache.exists() else {}
        return f"{str(error).capitalize()}.", empty | kept


def _published(home: Home) -> Row | None:
    from publish.snapshot import current

    served = current(home)
    if served is None:
        return None
    verdict = served["verdict"]
    return {
        "snapshot_id": served["snapshot_id"],
        "created_at": served["created_at"][:16].replace("T", " "),
        "tables_n": len(served["tables"]),
        "rows_n": sum(table["rows"] for table in served["tables"].values()),
        "held": [*verdict["held_clients"], *verdict["held_feeds"]],
    }


def night_row(night: NightSummary) -> Row:
    """A night in one line."""
    same = night.from_date == night.to_date
    return {
        "night": night.to_date if same else f"{night.from_date}..{night.to_date}",
        "at": night.started_at[:16].replace("T", " "),
        "status": night.status,
        "landed": night.total("landed_n"),
        "quarantined": night.total("quarantined_n"),
        "failed_checks": night.failed_n,
        "seconds": night.seconds,
        "run_id": night.run_id,
        "snapshot_id": night.snapshot_id,
        "error": night.error,
    }


def freshness(row: Row, late_after_hours: int | None, now: datetime) -> Row:
    """A feed's line with the hours since its newest extract date ended, and whether it is late."""
    if row["last_extract"] is None or late_after_hours is None:
        return {**row, "hours_since": None, "late": None}
    ended = datetime.fromisoformat(row["last_extract"])
    hours = (now - ended).total_seconds() / 3600 - 24
    return {**row, "hours_since": round(hours, 1), "late": hours > late_after_hours}


def is_gap(row: Row, late_after_hours: int | None) -> bool:
    """True when the next file came later than the contract allows: a day is missing, not a rest."""
    return late_after_hours is not None and (row["days_n"] + 1) * 24 > late_after_hours


def open_incidents(newest_first: Sequence[NightSummary]) -> list[str]:
    """Pages of the nights since the last one that published everything."""
    found = []
    for night in newest_first:
        if night.status == "published":
            break
        if night.incident:
            found.append(night.incident)
    return found[:INCIDENTS_SHOWN]
