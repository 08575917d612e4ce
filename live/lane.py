"""Where the lane keeps its state, and its lock. Belongs here: paths and the lock alone.

`HOME/intraday/` is private, as the home is: landing of the day's files, spool, what dbt compiled.
`HOME/intraday.duckdb` is the lane's warehouse; `HOME/published/intraday/` is what readers see.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ground.home import Home


class LiveError(Exception):
    """The open day cannot be shown; the message says what to do."""


class TickRunningError(LiveError):
    """Another tick holds the lane."""


@dataclass(frozen=True)
class Lane(Home):
    """A home within the home: everything that a tick writes lies here, nothing of a night's."""

    outer: Path

    @classmethod
    def of(cls, home: Home) -> "Lane":
        """The lane of a home."""
        return cls(home.root / "intraday", home.root)

    @property
    def warehouse(self) -> Path:
        """The lane's own DuckDB file; thrown away when its days are final."""
        return self.outer / "intraday.duckdb"

    @property
    def systems(self) -> Path:
        """The systems of the home."""
        return self.outer / "systems.txt"

    @property
    def keys(self) -> Path:
        """The home's key: a customer of today has the pseudonym of tomorrow's night."""
        return self.outer / "keys"

    @property
    def spill(self) -> Path:
        """Where DuckDB puts what does not fit into memory."""
        return self.outer / "intraday.duckdb.tmp"

    @property
    def published(self) -> Path:
        """Ticks as readers see them; `current` is the last good one."""
        return self.outer / "published" / "intraday"

    @property
    def terms(self) -> Path:
        """Maps and terms of the last published night."""
        return self.root / "terms"

    @property
    def models(self) -> Path:
        """The day's models as dbt compiled them."""
        return self.root / "models.json"

    @property
    def revisions(self) -> Path:
        """What became of each day's provisional values, one file per day; a backup takes them."""
        return self.outer / "audit" / "revisions"


@contextmanager
def tick_lock(lane: Lane) -> Iterator[None]:
    """One tick at a time; the lock goes with the process, however it ends.

    Raises TickRunningError at once: a tick that waits would only be late.
    """
    lane.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (lane.root / "tick.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TickRunningError(
                "the tick before is still running; this one is left out, the next one catches up"
            ) from None
        yield
