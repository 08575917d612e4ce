"""What the server's DuckDB may do: read the one published snapshot, nothing else.

Two hooks of SQLAlchemy. `do_connect` resolves the path, forces read-only and refuses every file
outside the published folder. `connect` closes the engine itself: no other file, no network, no
extension, no change of settings. Symlinks are resolved when a setting is made, so the real folder
of the snapshot is allowed and not `current`.
"""

import os
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

_LOCK = threading.Lock()
MEMORY, THREADS = "2GB", 2


class RefusedError(Exception):
    """A connection to a file that is not published."""


def published_file(database: str, published: Path) -> Path:
    """The real path of `database`; RefusedError unless it is a serve.duckdb below `published`."""
    real = Path(database).resolve()
    if real.name != "serve.duckdb" or published.resolve() not in real.parents:
        raise RefusedError("only the published snapshot can be opened")
    return real


def confine(published: Path, scratch: Path) -> None:
    """Confine every DuckDB connection of this process. Call once, before the first one."""
    import duckdb_engine

    scratch.mkdir(parents=True, exist_ok=True)

    @event.listens_for(duckdb_engine.Dialect, "do_connect", named=True)
    def _open(**seen: Any) -> None:
        parameters = seen["cparams"]
        real = published_file(str(parameters.get("database", "")), published)
        parameters["database"] = str(real)
        parameters["read_only"] = True
        parameters.pop("url_config", None)
        parameters["config"] = {"custom_user_agent": "headset"}

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
                    cursor.execute(setting)
            cursor.close()


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
