"""A small simulated centre, as tests of whole nights use it."""

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ground.home import Home

if TYPE_CHECKING:
    from orchestration.run.summary import NightSummary

LAST_DAY = date(2026, 11, 21)
# Two months, so that an unchanged month can be told from a changed one.
AGENTS, DAYS, SEED = 12, 25, 7


@dataclass(frozen=True)
class Centre:
    """A home whose history (all but the last three nights) is ingested, built and published.

    Then come a plain night, one with a late and a corrected file, and one that the audit blocks.
    """

    home: Home
    last_day: date = LAST_DAY
    first_day: date = LAST_DAY - timedelta(days=DAYS - 1)
    history_end: date = LAST_DAY - timedelta(days=3)

    def drop(self, arrived_by: date, arrived_after: date | None = None) -> None:
        """Let the systems drop what arrives in (arrived_after, arrived_by]."""
        from simulator import drop

        drop(
            self.home.landing,
            agents=AGENTS,
            days=DAYS,
            seed=SEED,
            last_day=self.last_day,
            arrived_by=arrived_by,
            arrived_after=arrived_after,
        )

    def night(self, day: date) -> "NightSummary":
        """What the systems drop on a day, and its night."""
        from orchestration.run.night import run_night

        self.drop(arrived_by=day, arrived_after=day - timedelta(days=1))
        return run_night(self.home, day, day)


def copy_of(root: Path, target: Path) -> Centre:
    """Copy a home; the views of its snapshots are rewritten to where they are now."""
    from publish.snapshot import relocate

    shutil.copytree(root, target, symlinks=True)
    relocate(Home(target))
    return Centre(Home(target))
