"""What night.py says of a home beside its times: totals, status, disk.

Belongs here: reading. Does not: running anything.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from ground.home import Home

# Prints how long our own part takes once what it stands on is imported.
LOADS = """
import time
import click, dagster, dagster_dbt, duckdb, rich.console, yaml
began = time.perf_counter()
from ground.home import Home
from orchestration.definitions import build_definitions
home = Home.from_env()
build_definitions(home, home.target / "manifest.json").get_repository_def()
print(f"{time.perf_counter() - began:.1f} s")
"""
_FLAGS = ("is_offered", "is_answered", "is_answered_within_threshold", "is_abandoned")
_SUMS = {
    "contact": (*_FLAGS, "is_short_abandon", "agents_n", "transfers_n", "wait_s", "handle_s"),
    "contact_leg": ("is_offered", "is_answered", "is_transfer_out", "wait_s", "handle_s"),
    "queue_half_hour": (
        "offered_n",
        "answered_n",
        "answered_within_threshold_n",
        "abandoned_n",
        "short_abandoned_n",
        "transfers_out_n",
        "wait_s",
        "handle_s",
    ),
    "agent_day": ("sessions_n", "logged_in_s", "paid_s", "legs_handled_n", "handle_s"),
}
_DATES = {"agent_day": "shift_date"}


def agree(home: Home, scratch: Path, ways: tuple[str, ...], day: date) -> str:
    """Whether the published tables have the scripts' rows and sums from `day` on; where not."""
    different = []
    with duckdb.connect(str(home.published / "current" / "serve.duckdb"), read_only=True) as con:
        for table, columns in _SUMS.items():
            sums = ", ".join(f"sum({name}::bigint)::bigint" for name in columns)
            published = table.replace("agent_day", "agent.day")
            relation = published if "." in published else f"interaction.{published}"
            dated = f"{_DATES.get(table, 'site_date')} >= date '{day}'"
            ours = con.execute(f"select count(*), {sums} from {relation} where {dated}").fetchone()
            for way in ways:
                path = scratch / way / f"{table}.parquet"
                if path.exists():
                    theirs = con.execute(f"select count(*), {sums} from '{path}'").fetchone()
                    if theirs != ours:
                        different.append(f"{way} {table} {theirs}, published {ours}")
    return "; ".join(different) or "all equal"


def status_of(home: Home) -> str:
    """How the last night ended, and what the home takes on disk."""
    nights = sorted((home.audit / "nights").glob("*.json"), key=lambda path: path.stat().st_mtime)
    told = json.loads(nights[-1].read_text()) if nights else {}
    status = told.get("status", "no night yet")
    landed = sum(feed["landed_n"] for feed in told.get("feeds", ()))
    size = sum(path.stat().st_size for path in _files(home.root)) / 1e9
    return f"{status}, {landed:,} rows landed, {size:.2f} GB"


def _files(root: Path) -> Iterator[Path]:
    """Each file once, however many snapshots link it."""
    seen = set()
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.stat().st_ino not in seen:
            seen.add(path.stat().st_ino)
            yield path
