"""Reading the dbt project: twelve seconds when it is new, two when somebody has read it before.

Belongs here: the call of dbt in this process, and how homes and processes share what was read.
Does not: building and testing (`dbt.py`). dbt keeps what it read in `partial_parse.msgpack` and
reads again what changed; it would read everything again for another warehouse file, so the
project is read as if the warehouse lay in the working directory: nothing in it names the file.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

KEPT = "partial_parse.msgpack"
ARTEFACTS = ("manifest.json", "semantic_manifest.json", KEPT)
# A folder through which homes share what was read; without it each home keeps its own.
SHARED = "HEADSET_PARSED"
QUIET = ("--quiet", "--log-level", "none")


def invoke(
    arguments: Sequence[str], manifest: Any = None, callbacks: Sequence[Callable[[Any], None]] = ()
) -> Any:
    """One dbt command in this process; the warehouse is free for others when it returns."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    try:
        return dbtRunner(manifest=manifest, callbacks=list(callbacks)).invoke(list(arguments))
    finally:
        # The adapter keeps the file open for the life of the process: nobody else could write.
        DuckDBConnectionManager.close_all_connections()


def where(project_dir: Path) -> list[str]:
    """The arguments that name a project and its profile."""
    return ["--project-dir", str(project_dir), "--profiles-dir", str(project_dir)]


def parse(project_dir: Path, target: Path) -> Any:
    """Read a project; `target` receives manifest.json and what dbt keeps for the next time.

    The environment is as for any other call of dbt (`dbt.environment`). Gives dbt's answer.
    """
    home = os.environ.get("HEADSET_HOME")
    os.environ["HEADSET_HOME"] = "."
    try:
        with _borrowed(target):
            return invoke([*QUIET, "parse", *where(project_dir)])
    finally:
        if home is None:
            del os.environ["HEADSET_HOME"]
        else:
            os.environ["HEADSET_HOME"] = home


def hand_over(source: Path, target: Path) -> bool:
    """Give what was read to another home; False when it is not there any more."""
    if not all((source / name).is_file() for name in ARTEFACTS):
        return False
    target.mkdir(parents=True, exist_ok=True)
    for name in ARTEFACTS:
        shutil.copyfile(source / name, target / name)
    return True


@contextmanager
def _borrowed(target: Path) -> Iterator[None]:
    """Begin with what another home has read, and leave what this one did."""
    folder = os.environ.get(SHARED)
    if not folder:
        yield
        return
    shared = Path(folder)
    shared.mkdir(parents=True, exist_ok=True)
    feeds = hashlib.sha256(os.environ.get("HEADSET_FEEDS", "").encode()).hexdigest()[:12]
    ours, own = shared / f"{feeds}.{KEPT}", target / KEPT
    # Whoever comes second waits for the first: reading everything twice costs both more.
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not own.exists():
            others = sorted(shared.glob(f"*.{KEPT}"), key=lambda path: path.stat().st_mtime)
            for found in (ours, *others[-1:]):
                if found.exists():
                    target.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(found, own)
                    break
        yield
        if own.exists():
            part = ours.with_suffix(".part")
            shutil.copyfile(own, part)
            part.replace(ours)
