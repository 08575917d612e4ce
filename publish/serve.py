"""serve.duckdb, the file that BI tools open. Belongs here: views and comments over a snapshot's
Parquet files, and opening them for a reader. Does not: any table or value of its own.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from ground import files
from ground.home import Home
from ground.sql import ident, literal, parquet
from publish import snapshot_store
from publish.errors import PublishError, SnapshotDamaged
from publish.finality import SITE_GONE_AFTER_DAYS
from publish.manifest import SERVE, Client, Snapshot, Table

# The oldest storage that the engines inside today's BI tools read.
STORAGE_VERSION = "v1.2.0"

ABOUT = {
    "snapshot_id": ("varchar", "Snapshot that this file serves."),
    "published_at": ("timestamp", "When it was written, UTC."),
    "run_id": ("varchar", "Run that published it."),
    "batch_id": ("bigint", "Newest batch of extracts inside."),
    "verdict": ("varchar", "What the audit decided: pass, or partial when something is held."),
    "checks_n": ("bigint", "Checks that ran."),
    "failed_n": ("bigint", "Checks that failed without blocking the snapshot."),
    "definition_hash": ("varchar", "Version of all definitions behind the numbers."),
    "held_clients": ("varchar", "Clients kept at an earlier snapshot, as a JSON list."),
    "held_feeds": ("varchar", "Feeds kept at their last good data, as a JSON list."),
}
_ABOUT_CLIENT = {
    **{name: ABOUT[name] for name in ("snapshot_id", "published_at", "definition_hash")},
    "is_held": ("boolean", "Whether the rows were held back at an earlier snapshot."),
    "data_as_of": ("varchar", "Snapshot whose audit accepted these rows."),
}


def serve_file(home: Home, client_id: str | None = None) -> Path:
    """The serve.duckdb to open now, by its real path; of one client's folder when one is named.

    A connection keeps the snapshot it opened. Raises PublishError when nothing is published yet
    or when the client has no folder.
    """
    current = snapshot_store.current_id(home)
    if current is None:
        raise PublishError(f"nothing is published in {home.published} yet")
    folder = snapshot_store.snapshot_dir(home, current)
    if client_id is None:
        return folder / SERVE
    client = snapshot_store.load(home, current).clients.get(client_id)
    if client is None:
        raise PublishError(f"snapshot {current} has no folder for client {client_id!r}")
    return folder / client.folder / SERVE


def write_all(snapshot: Snapshot, root: Path) -> None:
    """Write every serve.duckdb of a snapshot whose files lie in `root`, replacing older ones."""
    with duckdb.connect(":memory:") as con:
        _write(con, root / SERVE, root, snapshot.tables, _about_view(ABOUT, _about(snapshot)))
        for client in snapshot.clients.values():
            about = _about_view(_ABOUT_CLIENT, _about_client(snapshot, client))
            _write(con, root / client.folder / SERVE, root, client.tables, about)


def check(snapshot: Snapshot, root: Path) -> None:
    """Count every view of every serve.duckdb, as a reader would.

    Raises SnapshotDamaged naming the file, the view and both counts when they differ.
    """
    with duckdb.connect(":memory:") as con:
        _check(con, root / SERVE, snapshot.tables)
        for client in snapshot.clients.values():
            _check(con, root / client.folder / SERVE, client.tables)


def _check(con: duckdb.DuckDBPyConnection, path: Path, tables: Mapping[str, Table]) -> None:
    try:
        con.execute(f"attach {literal(str(path))} as serve (read_only)")
        for table in tables.values():
            view = ident("serve", *table.name.split("."))
            found = con.execute(f"select count(*) from {view}").fetchall()[0][0]
            if found != table.rows:
                raise SnapshotDamaged(
                    f"{path}: {table.name} has {found} rows, the manifest says {table.rows}"
                )
        con.execute("detach serve")
    except duckdb.Error as error:
        raise SnapshotDamaged(f"{path} cannot be read: {error}") from error


def _write(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    root: Path,
    tables: Mapping[str, Table],
    about: Iterable[str],
) -> None:
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    con.execute(f"attach {literal(str(new))} as serve (storage_version {literal(STORAGE_VERSION)})")
    con.execute("use serve")
    views = [statement for table in tables.values() for statement in _view(table, root)]
    views.append(f"create macro published_through() as ({_last_date(con, tables.values(), root)})")
    # One transaction: every statement on its own would wait for the disk.
    con.execute("; ".join(["begin", *_schemas(tables.values()), *views, *about, "commit"]))
    con.execute("use memory")
    con.execute("detach serve")
    files.seal(new)
    new.replace(path)
    files.fsync(path.parent)


def _last_date(con: duckdb.DuckDBPyConnection, tables: Iterable[Table], root: Path) -> str:
    """The last site date that every place has sent, as SQL; closed places hold nobody up.

    A figure of the snapshot, so that a question for recent days needs no subquery.
    """
    sent = []
    for table in tables:
        if table.month_of == "site_date" and table.name.split(".")[0] in ("interaction", "client"):
            at = table.partition_by.index("site_month")
            parts = [part for part in table.partitions if part.rows and part.key[at]]
            newest = sorted({part.key[at] or "" for part in parts})[-2:]
            paths = [root / part.path for part in parts if part.key[at] in newest]
            places = {column.name for column in table.columns} & {"site_id", "client_id"}
            if paths and places:
                place = max(places)
                sent.append(f"select {place} as place, site_date from {parquet(paths)}")
    if not sent:
        return "cast(null as date)"
    day = con.execute(
        f"""
        with places as (
            select max(site_date) as newest from ({" union all ".join(sent)})
            where place not in ('unmapped', 'shared') group by place
        )
        select min(newest) from places
        where newest >= (select max(newest) from places) - {SITE_GONE_AFTER_DAYS}
        """
    ).fetchall()[0][0]
    return f"cast({literal(str(day) if day else None)} as date)"


def _schemas(tables: Iterable[Table]) -> list[str]:
    subjects = {table.name.split(".")[0] for table in tables} | {"core"}
    return [f"create schema {ident(subject)}" for subject in sorted(subjects)]


def _view(table: Table, root: Path) -> list[str]:
    view = ident(*table.name.split("."))
    columns = ", ".join(ident(column.name) for column in table.columns)
    source = parquet((root / part.path for part in table.partitions), _in_folders(table, root))
    statements = [
        f"create view {view} as select {columns} from {source}",
        f"comment on view {view} is {literal(table.description)}",
    ]
    for column in table.columns:
        name = f"{view}.{ident(column.name)}"
        statements.append(f"comment on column {name} is {literal(column.comment)}")
    return statements


def _in_folders(table: Table, root: Path) -> dict[str, str]:
    """Partition columns that can be read from folder names.

    None when there are no partitions, or when a folder above has an `=` in its name, which the
    engine would take for one more column.
    """
    if "=" in str(root) or not all(part.key for part in table.partitions):
        return {}
    return {
        column.name: column.type for column in table.columns if column.name in table.partition_by
    }


def _about_view(about: Mapping[str, tuple[str, str]], values: Iterable[str]) -> list[str]:
    selected = ", ".join(
        f"cast({value} as {kind}) as {name}"
        for (name, (kind, _)), value in zip(about.items(), values, strict=True)
    )
    statements = [
        f"create view core.snapshot as select {selected}",
        "comment on view core.snapshot is 'One row: which snapshot this is and what it passed.'",
    ]
    for name, (_, comment) in about.items():
        statements.append(f"comment on column core.snapshot.{name} is {literal(comment)}")
    return statements


def _about(snapshot: Snapshot) -> list[str]:
    verdict = snapshot.verdict
    return [
        literal(snapshot.snapshot_id),
        literal(_timestamp(snapshot)),
        literal(snapshot.run_id),
        str(snapshot.batch_id),
        literal(verdict.status),
        str(verdict.checks_n),
        str(verdict.failed_n),
        literal(snapshot.definition_hash),
        literal(json.dumps(verdict.held_clients, ensure_ascii=False)),
        literal(json.dumps(verdict.held_feeds)),
    ]


def _about_client(snapshot: Snapshot, client: Client) -> list[str]:
    return [
        literal(snapshot.snapshot_id),
        literal(_timestamp(snapshot)),
        literal(snapshot.definition_hash),
        str(client.held).lower(),
        literal(client.as_of),
    ]


def _timestamp(snapshot: Snapshot) -> str:
    return snapshot.created_at.removesuffix("+00:00")
