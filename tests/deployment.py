"""A small deployment of any systems: drop maps and files, take them in, build, ask.

Lighter than a night: no Dagster, no audit, no publication; the project is copied, so that runs at
the same time do not meet.
"""

import gzip
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ground.home import CHECKOUT, Home
from ingest import intake
from ingest.contracts.contract import load_contracts
from ingest.contracts.dbt_sources import filled_feeds, write
from ingest.intake import FeedOutcome
from ingest.ledger import ledger
from orchestration.dbt import parse_cache

ALWAYS = {"valid_from": "1997-01-01", "valid_to": ""}
MAP_DEFAULTS: dict[str, dict[str, str]] = {
    "clients": {
        "client_name": "Acme",
        "country_code": "GB",
        "calling_code": "44",
        "trunk_prefix": "0",
        "international_prefix": "00",
    },
    "sites": {"site_name": "Site", "country_code": "GB", "shift_date_rule": "start"},
    "queues": {
        "queue_name": "Queue",
        "line_of_business": "service",
        "channel": "voice",
        "language": "en",
        "service_level_threshold_s": "20",
        "short_abandon_s": "0",
    },
    "activity_codes": {"is_paid": "true"},
    "dialled_numbers": {"line_of_business": "service"},
}


class Deployment:
    """One home with its own copy of the dbt project."""

    def __init__(self, root: Path, systems: Sequence[str]) -> None:
        self.home = Home(root / "home")
        self.project = root / "dbt_project"
        made = shutil.ignore_patterns("_generated", "target", "logs")
        shutil.copytree(CHECKOUT / "dbt_project", self.project, ignore=made)
        self.contracts = load_contracts(CHECKOUT / "ingest" / "sources", systems)
        self._manifest: Any = None

    def map(self, name: str, rows: Sequence[Mapping[str, str]], day: str = "1997-01-01") -> None:
        """Drop a company map; columns that the rows leave out are usual or empty."""
        (contract,) = [c for c in self.contracts if c.name == f"company.{name}"]
        names = [column.name for column in contract.columns]
        full = [ALWAYS | MAP_DEFAULTS.get(name, {}) | dict(row) for row in rows]
        lines = [",".join(names), *(",".join(row.get(n, "") for n in names) for row in full)]
        self.drop("company", f"{name}_{day}.csv", "\n".join(lines) + "\n")

    def drop(self, system: str, name: str, text: str) -> None:
        """Drop a file into landing; `.gz` names are compressed."""
        path = self.home.landing / system / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = text.encode()
        path.write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)

    def take_in(self, through: date = date(2026, 11, 1)) -> dict[str, FeedOutcome]:
        """Take in what landed; every account must close."""
        batch = intake.open_batch(self.home, "test", through)
        out = {}
        for contract in self.contracts:
            outcome = intake.ingest_feed(
                self.home, contract, self.contracts, through=through, batch_id=batch
            )
            out[contract.name] = outcome
            if contract.system == "company":
                assert outcome.quarantined_n == 0, f"{contract.name} is not as its contract says"
        intake.close_batch(self.home, batch)
        with ledger.warehouse(self.home) as con:
            broken = ledger.accounting_violations(con)
            assert broken == [], broken
        return out

    def build(self, *select: str) -> None:
        """Build the models; the batches are then built."""
        self.dbt("run", *(("--select", *select) if select else ()))
        with ledger.warehouse(self.home) as con:
            con.execute("update ledger.batch set built_at = now()::timestamp")

    def dbt(self, *arguments: str) -> dict[str, str]:
        """Run dbt; fails the test with dbt's own message. Gives each node's status."""
        write(self.project, self.contracts)
        values = {
            "HEADSET_HOME": str(self.home.root),
            "HEADSET_FEEDS": filled_feeds(self.contracts, self.project),
            "DBT_TARGET_PATH": str(self.home.target),
            "DBT_LOG_PATH": str(self.home.target / "logs"),
            "DO_NOT_TRACK": "1",
        }
        where = parse_cache.where(self.project)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in values.items():
                patch.setenv(name, value)
            if self._manifest is None:
                parsed = parse_cache.parse(self.project, self.home.target)
                assert parsed.success, parsed.exception
                self._manifest = parsed.result
            answer = parse_cache.invoke([*parse_cache.QUIET, *arguments, *where], self._manifest)
        assert answer.success, answer.exception or [
            (result.node.name, result.message)
            for result in answer.result.results
            if result.status not in ("success", "pass")
        ]
        return {result.node.name: str(result.status) for result in answer.result.results}

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse."""
        with duckdb.connect(str(self.home.warehouse), read_only=True) as con:
            return con.execute(sql, list(values)).fetchall()
