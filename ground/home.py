"""Where Headset keeps its state. Belongs here: paths. Does not: reading or writing any of them."""

import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Home:
    """The one directory that holds all state of a deployment (`HEADSET_HOME`)."""

    root: Path

    @classmethod
    def from_env(cls) -> "Home":
        """`HEADSET_HOME`, or `data/` in the checkout."""
        return cls(Path(os.environ.get("HEADSET_HOME") or CHECKOUT / "data").absolute())

    @property
    def landing(self) -> Path:
        """Files exactly as the systems dropped them, one folder per system."""
        return self.root / "landing"

    @property
    def systems(self) -> Path:
        """Which systems and instances this home has, one a line."""
        return self.root / "systems.txt"

    @property
    def warehouse(self) -> Path:
        """The private DuckDB file; one writer, no readers but the night itself."""
        return self.root / "warehouse.duckdb"

    @property
    def spool(self) -> Path:
        """Private copies of the files that are being read; empty between nights."""
        return self.root / "spool"

    @property
    def spill(self) -> Path:
        """Where DuckDB puts what does not fit into memory; empty between nights."""
        return self.root / "warehouse.duckdb.tmp"

    @property
    def published(self) -> Path:
        """Audited snapshots and the `current` symlink; what BI tools read."""
        return self.root / "published"

    @property
    def dagster(self) -> Path:
        """Run history and logs of the orchestrator (`DAGSTER_HOME`)."""
        return self.root / "dagster"

    @property
    def keys(self) -> Path:
        """Permission-guarded folder of the pseudonym master key."""
        return self.root / "keys"

    @property
    def audit(self) -> Path:
        """Verdicts and incidents, one file per run."""
        return self.root / "audit"

    @property
    def target(self) -> Path:
        """dbt's artefacts (manifest, run results) of this deployment."""
        return self.root / "dbt_target"


def sources_dir() -> Path:
    """Folder of source contracts: `HEADSET_SOURCES`, or `ingest/sources` in the checkout."""
    return Path(os.environ.get("HEADSET_SOURCES") or CHECKOUT / "ingest" / "sources").absolute()


def dbt_project_dir() -> Path:
    """The dbt project: `HEADSET_DBT_PROJECT`, or `dbt_project` in the checkout."""
    return Path(os.environ.get("HEADSET_DBT_PROJECT") or CHECKOUT / "dbt_project").absolute()
