"""One night at a time: a lock that the system itself releases when its holder is killed.

Belongs here: taking the lock, saying who holds it, telling which runs a killed holder left open.
"""

import datetime as dt
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ground.home import Home

POLL_S = 0.2
READERS_S = 30.0


class NightRunningError(Exception):
    """Another process holds the night's lock; the message says which, since when."""


@dataclass
class NightLock:
    """A held lock. `abandoned_runs` are run ids that a killed holder had begun."""

    file: IO[str]
    holder: str
    since: str
    abandoned_runs: tuple[str, ...]
    runs: list[str] = field(default_factory=list)
    depth: int = 1

    def note_run(self, run_id: str) -> None:
        """Keep the id of a run that begins, so that the next holder can close it if we die."""
        self.runs.append(run_id)
        self.save()

    def settled(self) -> None:
        """Say that the abandoned runs have been closed."""
        self.abandoned_runs = ()
        self.save()

    def save(self) -> None:
        """Write who holds the lock into it."""
        content = {
            "pid": os.getpid(),
            "holder": self.holder,
            "since": self.since,
            "runs": [*self.abandoned_runs, *self.runs],
        }
        self.file.truncate(0)
        json.dump(content, self.file)
        self.file.flush()


_held: dict[Path, NightLock] = {}


def lock_path(home: Home) -> Path:
    """Where the lock lies."""
    return home.root / "night.lock"


@contextmanager
def night_lock(home: Home, holder: str, wait_s: float = 0) -> Iterator[NightLock]:
    """Hold the night's lock for the block; within one process it may be taken again.

    holder: what the message of whoever has to wait says ("headset night", a run's id).
    wait_s: how long to wait for another process; 0 answers at once.
    Raises NightRunningError.
    """
    path = lock_path(home)
    lock = _held.get(path)
    if lock is None:
        lock = _acquire(path, holder, wait_s)
        _held[path] = lock
        for left_over in (home.spool, home.spill):
            shutil.rmtree(left_over, ignore_errors=True)
    else:
        lock.depth += 1
    try:
        yield lock
    finally:
        lock.depth -= 1
        if lock.depth == 0:
            del _held[path]
            # Emptied on a clean end only: what a killed holder leaves in it tells its runs.
            lock.file.truncate(0)
            lock.file.close()


@contextmanager
def reading(home: Home) -> Iterator[None]:
    """Keep nights out while the warehouse is read; readers do not shut each other out.

    Raises NightRunningError at once while a night runs.
    """
    path = lock_path(home)
    if path in _held:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NightRunningError(f"a night is running: {_describe(_read(file))}") from None
        yield


def holder_of(home: Home) -> str | None:
    """Who runs a night now, in words; None when nobody does."""
    try:
        with reading(home):
            held = _held.get(lock_path(home))
            return held.holder if held else None
    except NightRunningError as error:
        return str(error)


def killed(home: Home) -> str | None:
    """The night that ended without letting go of the lock, in words; None when none did."""
    path = lock_path(home)
    try:
        with reading(home), path.open(encoding="utf-8") as file:
            content = _read(file)
    except NightRunningError:
        return None
    return _describe(content) if content else None


def _acquire(path: Path, holder: str, wait_s: float) -> NightLock:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+", encoding="utf-8")
    begun = time.monotonic()
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            content = _read(file)
            # A living night has its name in the file; else readers hold it, who are quick.
            patience = wait_s if _alive(content.get("pid")) else max(wait_s, READERS_S)
            if time.monotonic() - begun >= patience:
                file.close()
                raise NightRunningError(
                    f"a night is running already: {_describe(content)}. "
                    "Wait for it; `headset status` tells more."
                ) from None
            time.sleep(POLL_S)
    runs = _read(file).get("runs")
    left = tuple(map(str, runs)) if isinstance(runs, list) else ()
    since = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M")
    lock = NightLock(file=file, holder=holder, since=since, abandoned_runs=left)
    lock.save()
    return lock


def _read(file: IO[str]) -> dict[str, object]:
    file.seek(0)
    try:
        content = json.loads(file.read() or "{}")
    except json.JSONDecodeError:
        # Killed between truncating and writing: then no run had begun.
        return {}
    return content if isinstance(content, dict) else {}


def _alive(pid: object) -> bool:
    if not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _describe(content: dict[str, object]) -> str:
    who = content.get("holder", "another process")
    return f"{who}, process {content.get('pid', '?')}, since {content.get('since', '?')} UTC"
