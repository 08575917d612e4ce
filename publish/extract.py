"""A leader's or an agent's own rows, handed out on demand. Belongs here: which rows and columns of
the served snapshot one person may take away.

    <folder>/extract.duckdb            tables (no views), with comments: it can be moved
    <folder>/tables/agent.day.parquet  the same rows
    <folder>/about.json                of whom, from which snapshot, how many rows

Only tables of the subject `agent` and, for leaders, of their team's strain. A row is an agent's
when its agent_id is; it is a leader's when its leader_id is, or, where a table has none, when the
agent's leader was that leader on the day of the row. Columns for HR and internal ones stay out, and
so do columns that name somebody else (who coached, gave, evaluated).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from ground.home import Home
from ground.sql import ident, idents, literal
from publish import snapshot_store
from publish.errors import PublishError
from publish.manifest import SERVE, Column, Snapshot, Table
from publish.specs import STAFF, STAFF_COLUMNS

Kind = Literal["leader", "agent"]
KEYS: dict[Kind, str] = {"leader": "leader_id", "agent": "agent_id"}
AUDIENCES = {"client", "agent", "leader"}
# What is for the person alone.
SELF = "self"
# Ids of people that may stand in a row of one's own.
OWN = {"agent_id", "leader_id", "entity_id"}
JOBS = "agent.employment"
_DATES = ("shift_date", "site_date", "event_date", "reached_date")


@dataclass(frozen=True)
class Extract:
    """What was written: rows per table."""

    folder: Path
    snapshot_id: str
    rows: dict[str, int]


def extract(home: Home, kind: Kind, person_id: str, folder: Path) -> Extract:
    """Write the extract of one person from the snapshot now served.

    Raises PublishError when nothing is published, when the folder is not empty, or when the
    snapshot holds nothing about that person.
    """
    served = snapshot_store.current_id(home)
    if served is None:
        raise PublishError(f"nothing is published in {home.published} yet")
    if folder.exists() and any(folder.iterdir()):
        raise PublishError(f"{folder} is not empty; name a new folder")
    snapshot = snapshot_store.load_whole(home, served)
    root = snapshot_store.snapshot_dir(home, served)
    with duckdb.connect(":memory:") as con:
        con.execute(f"attach {literal(str(root / SERVE))} as served (read_only)")
        chosen = {
            table.name: (table, columns, where)
            for table, columns, where in _tables(snapshot, kind, person_id)
        }
        counts = {name: _count(con, name, where) for name, (_, _, where) in chosen.items()}
        if not any(counts.values()):
            raise PublishError(f"snapshot {served} holds nothing about {kind} {person_id!r}")
        _write(con, folder, chosen)
    about = {"kind": kind, "id": person_id, "snapshot_id": served, "rows": counts}
    (folder / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return Extract(folder, served, counts)


def _tables(
    snapshot: Snapshot, kind: Kind, person_id: str
) -> Iterator[tuple[Table, tuple[Column, ...], str]]:
    """Tables that hold rows of such a person: which columns, and the condition for the rows."""
    jobs = JOBS in snapshot.tables
    for table in snapshot.tables.values():
        subject = table.name.split(".")[0]
        columns = tuple(column for column in table.columns if _may_have(column, kind))
        names = {column.name for column in columns}
        if subject != "agent" and not (kind == "leader" and "leader_id" in names):
            continue
        date = next((name for name in _DATES if name in names), None)
        if KEYS[kind] in names:
            yield table, columns, f"t.{ident(KEYS[kind])} = {literal(person_id)}"
        elif kind == "leader" and jobs and "agent_id" in names and date:
            yield table, columns, _led(person_id, date)


def _count(con: duckdb.DuckDBPyConnection, name: str, where: str) -> int:
    found = con.execute(f"select count(*) from {_view(name)} as t where {where}").fetchall()
    return int(found[0][0])


def _may_have(column: Column, kind: Kind) -> bool:
    staff = column.personal_class == STAFF or column.name in STAFF_COLUMNS
    named = staff and column.name not in OWN
    allowed = AUDIENCES | ({SELF} if kind == "agent" else set())
    return column.audience in allowed and not named


def _led(leader_id: str, date: str) -> str:
    """That the agent's leader was this one on the day of the row."""
    return (
        f"exists (select 1 from {_view(JOBS)} as job where job.agent_id = t.agent_id "
        f"and job.leader_id = {literal(leader_id)} and t.{ident(date)} >= job.valid_from "
        f"and (job.valid_to is null or t.{ident(date)} < job.valid_to))"
    )


def _view(name: str) -> str:
    return ident("served", *name.split("."))


def _write(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    chosen: dict[str, tuple[Table, tuple[Column, ...], str]],
) -> None:
    """Personal data: for the owner of the files alone."""
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    con.execute(f"attach {literal(str(folder / 'extract.duckdb'))} as own")
    for schema in sorted({name.split(".")[0] for name in chosen}):
        con.execute(f"create schema {ident('own', schema)}")
    for name, (table, columns, where) in chosen.items():
        target = ident("own", *name.split("."))
        rows = f"select {idents(column.name for column in columns)} from {_view(name)} as t"
        con.execute(f"create table {target} as {rows} where {where} order by all")
        con.execute(f"comment on table {target} is {literal(table.description)}")
        for column in columns:
            said = f"comment on column {target}.{ident(column.name)} is {literal(column.comment)}"
            con.execute(said)
        file = literal(str(folder / "tables" / f"{name}.parquet"))
        con.execute(f"copy {target} to {file} (format parquet, compression snappy)")
    con.execute("detach own")
