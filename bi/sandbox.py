"""What the server's DuckDB may do: read the one published snapshot, nothing else.

Two hooks of SQLAlchemy. `do_connect` resolves the path, forces read-only and refuses every file
outside the published folder. `connect` closes the engine itself: no other file, no network, no
extension, no change of settings. Symlinks are resolved when a setting is made, so the real folder
of the snapshot is allowed and not `current`. A folder that may be read may be written by COPY as
well, so a cursor takes one statement that reads, and no other. A SELECT can still call functions
that write logs, read files or fill the memory: table functions are those of a list, files are
not tables, and a statement that takes too long is ended.
"""

import json
import os
import resource
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import event
from sqlalchemy.pool import Pool

_LOCK = threading.Lock()
MEMORY, THREADS = "2GB", 2
PROCESS_BYTES = 6 * 1024**3
STATEMENT_S = 60.0
# What Superset asks the catalogue with, and what charts need; everything else that makes rows can
# read or write what is not published.
TABLE_FUNCTIONS = frozenset({
    "duckdb_columns", "duckdb_databases", "duckdb_schemas", "duckdb_tables", "duckdb_views",
    "generate_series", "pragma_table_info", "range", "unnest",
})  # fmt: skip
# Functions of one value that write, that read the server's surroundings, or that make a value as
# large as their argument says. Nothing interrupts those, and the engine's memory limit is blind to
# them. A list or a text that a query makes larger step by step ends at the process's own limit.
REFUSED_FUNCTIONS = frozenset({
    "array_resize", "bar", "bitstring", "equi_width_bins", "format", "generate_series", "getenv",
    "getvariable", "list_resize", "lpad", "nextval", "printf", "range", "repeat", "rpad",
    "write_log",
})  # fmt: skip
# Steps without an end: a few double a text until nothing holds it.
REFUSED_NODES = {"RECURSIVE_CTE_NODE": "WITH RECURSIVE", "LAMBDA": "lambda functions"}


class RefusedError(Exception):
    """A connection to a file that is not published, or a statement that does not only read."""


def published_file(database: str, published: Path) -> Path:
    """The real path of `database`; RefusedError unless it is a serve.duckdb below `published`."""
    real = Path(database).resolve()
    if real.name != "serve.duckdb" or published.resolve() not in real.parents:
        raise RefusedError("only the published snapshot can be opened")
    return real


def reading(statement: str) -> str:
    """The statement; RefusedError unless it is one, and reads. Wrong syntax is for the engine."""
    try:
        found = duckdb.extract_statements(statement)
    except duckdb.Error:
        return statement
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        raise RefusedError("only one statement that reads can be run")
    for refused in _refused(statement):
        raise RefusedError(refused)
    return statement


def _refused(statement: str) -> Iterator[str]:
    """Why a SELECT may not run: what it calls or reads, each named."""
    with duckdb.connect(":memory:") as con:
        row = con.execute("select json_serialize_sql(?)", [statement]).fetchone()
    parsed = json.loads(row[0]) if row else {"error": True}
    if parsed["error"]:
        yield "only a plain SELECT can be run"
    todo: list[Any] = [parsed]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo += node
        elif isinstance(node, dict):
            name = str(node.get("function_name") or "").lower()
            if name in REFUSED_FUNCTIONS:
                yield f"the function {name} is not allowed here"
            step = REFUSED_NODES.get(str(node.get("type")))
            if step:
                yield f"{step} may not be used here"
            if node.get("type") == "TABLE_FUNCTION":
                called = str(node["function"].get("function_name")).lower()
                # Rows are held to the limits, so here `range` may make them.
                node = {**node, "function": {**node["function"], "function_name": ""}}
                if called not in TABLE_FUNCTIONS:
                    yield f"the table function {called} is not allowed here"
            todo += node.values()
            if node.get("type") == "BASE_TABLE" and set("/\\.*") & set(str(node["table_name"])):
                yield "only published tables can be read, not files"


def bound_process() -> None:
    """Let this process take so much memory and no more: a text beyond it is an error of a chart."""
    _, hardest = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (PROCESS_BYTES, hardest))


def confine(published: Path, scratch: Path) -> None:
    """Confine every DuckDB connection of this process. Call once, before the first one."""
    import duckdb_engine

    scratch.mkdir(parents=True, exist_ok=True)

    @event.listens_for(duckdb_engine.Dialect, "do_connect", named=True)
    def _open(**seen: Any) -> Any:
        # A copy: the engine keeps its own, and the next connection must see the next snapshot.
        parameters = {
            name: value for name, value in seen["cparams"].items() if name != "url_config"
        }
        real = published_file(str(parameters.get("database", "")), published)
        parameters |= {"database": str(real), "read_only": True}
        parameters["config"] = {"custom_user_agent": "headset"}
        return seen["dialect"].connect(*seen["cargs"], **parameters)

    @event.listens_for(Pool, "connect")
    def _close_the_doors(connection: Any, _record: Any) -> None:
        if not type(connection).__module__.startswith("duckdb_engine"):
            return  # Superset's own metadata
        folder = _folder_of(connection)
        # Settings belong to the process-wide instance of a file; once locked they stay.
        with _LOCK:
            cursor = connection.cursor()
            cursor.execute("select current_setting('lock_configuration')")
            if not cursor.fetchone()[0]:
                for setting in settings(folder, scratch):
                    run(cursor, setting)
            cursor.close()

    run = _only_reading(duckdb_engine.CursorWrapper)


def _only_reading(cursors: Any) -> Any:
    """Let cursors run nothing but reading statements; what they could run before."""
    if hasattr(cursors.execute, "before"):
        return cursors.execute.before
    before = cursors.execute

    def execute(self: Any, statement: str, *values: Any, **named: Any) -> Any:
        if statement.strip().lower() in ("commit", "rollback"):
            return before(self, statement, *values, **named)
        patience = threading.Timer(STATEMENT_S, getattr(self, "interrupt", lambda: None))
        patience.daemon = True
        patience.start()
        try:
            return before(self, reading(statement), *values, **named)
        finally:
            patience.cancel()

    def executemany(self: Any, *_values: Any, **_named: Any) -> None:
        raise RefusedError("only one statement that reads can be run")

    execute.before = before  # type: ignore[attr-defined]
    cursors.execute, cursors.executemany = execute, executemany
    return before


def settings(snapshot: Path, scratch: Path) -> list[str]:
    """The statements that close the doors, in the only order that works."""
    return [
        f"set temp_directory = {_text(scratch)}",
        f"set memory_limit = '{MEMORY}'",
        f"set threads = {THREADS}",
        f"set allowed_directories = [{_text(f'{snapshot}{os.sep}')}]",
        "set enable_external_access = false",
        "set lock_configuration = true",
    ]


def _folder_of(connection: Any) -> Path:
    cursor = connection.cursor()
    cursor.execute("select path from duckdb_databases() where not internal and path is not null")
    path = cursor.fetchone()[0]
    cursor.close()
    return Path(path).resolve().parent


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
