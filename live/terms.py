"""Maps and terms of the last published night, for the lane: which queue is whose, which codes mean
what, which forecast holds. Belongs here: keeping them when a night publishes, and laying them out
in the lane's warehouse. Does not: reading a company's lists; nights do.
"""

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from ground import files
from ground.home import Home
from ground.sql import file_literal, ident, literal
from live.lane import Lane, LiveError

POINTER = "terms.json"
# A map with a row per half hour is cut to the days that can be open before the next night.
DATED = {"company__forecasts": "half_hour_start_at"}
DAYS_AHEAD = 5


@dataclass(frozen=True)
class Terms:
    """What a published night left for the day: its snapshot, its last extract date, its tables."""

    snapshot_id: str
    through: date
    folder: Path


def keep(home: Home, snapshot_id: str, through: date) -> Terms:
    """Copy the company's maps from the night's warehouse; readers of terms see all or nothing.

    The night holds the warehouse; nothing else may be written to it meanwhile. Raises OSError and
    duckdb.Error; what was kept before then still holds.
    """
    lane = Lane.of(home)
    folder = lane.terms / snapshot_id
    part = folder.with_name(f".{snapshot_id}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    with duckdb.connect(":memory:") as con:
        con.execute(f"attach {literal(str(home.warehouse))} as night (read_only)")
        tables = con.execute(
            "select table_name from duckdb_tables() where database_name = 'night' "
            "and schema_name = 'raw' and starts_with(table_name, 'company__') order by 1"
        ).fetchall()
        for (name,) in tables:
            source = ident("night", "raw", name)
            when = f"select * from {source} where _is_current"
            if name in DATED:
                column = ident(DATED[name])
                when += (
                    f" and {column}::date between {literal(through)}::date - 1 "
                    f"and {literal(through)}::date + {DAYS_AHEAD}"
                )
            con.execute(f"copy ({when}) to {literal(str(part / f'{name}.parquet'))}")
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)
    files.write_json(
        lane.terms / POINTER, {"snapshot_id": snapshot_id, "through": through.isoformat()}
    )
    for old in lane.terms.iterdir():
        if old.is_dir() and old != folder:
            shutil.rmtree(old, ignore_errors=True)
    return Terms(snapshot_id, through, folder)


def last(lane: Lane) -> Terms:
    """The terms that hold now. Raises LiveError before the first published night."""
    try:
        raw = json.loads((lane.terms / POINTER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LiveError(
            "no night has published yet, so nobody can say whose queue is whose; "
            "run `headset night` first"
        ) from None
    return Terms(
        raw["snapshot_id"], date.fromisoformat(raw["through"]), lane.terms / raw["snapshot_id"]
    )


def lay_out(con: duckdb.DuckDBPyConnection, terms: Terms) -> None:
    """Put the maps into schema raw of the lane's warehouse, as they were published."""
    for path in sorted(terms.folder.glob("*.parquet")):
        table = f"raw.{ident(path.stem)}"
        con.execute(f"create or replace table {table} as from read_parquet({file_literal(path)})")
