"""A warehouse as ingest leaves it, small enough to know every row; dbt on a copy of the project."""

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ground.home import Home
from ingest.contracts.contract import load_contracts
from ingest.contracts.dbt_sources import filled_feeds, write
from ingest.intake import prepare_tables
from ingest.ledger import ledger
from orchestration.dbt import parse_cache

CHECKOUT = Path(__file__).resolve().parents[3]
ALWAYS = {"valid_from": "2020-01-01"}
ANSWERED = {"outcome": "answered", "talk_s": 100, "hold_s": 10, "hold_count": 1, "acw_s": 20}


class Night:
    """One home, on a copy of the dbt project that is parsed once for all nights of this process."""

    project: Path | None = None
    manifest: Any = None

    def __init__(self, root: Path) -> None:
        self.home = Home(root / "home")
        self.contracts = load_contracts(CHECKOUT / "ingest" / "sources", ["sim", "sim_crm"])
        if Night.project is None:
            Night.project = root / "dbt_project"
            made = shutil.ignore_patterns("_generated", "target", "logs")
            shutil.copytree(CHECKOUT / "dbt_project", Night.project, ignore=made)
            write(Night.project, self.contracts)
        with ledger.warehouse(self.home) as con:
            prepare_tables(con, self.contracts)

    @classmethod
    def twin(cls, of: "Night", root: Path) -> "Night":
        """The same warehouse again, to damage."""
        (root / "home").mkdir()
        shutil.copy(of.home.warehouse, root / "home")
        return cls(root)

    def batch(self) -> None:
        """What was touched so far is built; a new batch begins."""
        with ledger.warehouse(self.home) as con:
            con.execute("update ledger.batch set built_at = now()::timestamp")
            ledger.open_batch(con, "test", date(2026, 10, 25))

    def load(self, table: str, rows: Sequence[dict[str, Any]], event_at: str | None = None) -> None:
        """Insert rows as loaded in the open batch; their dates are touched."""
        with ledger.warehouse(self.home) as con:
            for number, row in enumerate(rows, 1):
                full = {
                    "_time_zone": "Europe/Warsaw",
                    "_client_id": "acme",
                    "_event_date": row[event_at][:10] if event_at else None,
                    "_file_id": 1,
                    "_row_number": number,
                    "_is_current": True,
                } | row
                names = ", ".join(full)
                marks = ", ".join("?" * len(full))
                con.execute(
                    f"insert into raw.{table} ({names}) values ({marks})", list(full.values())
                )
                if event_at:
                    self._touch(con, table, str(full["_event_date"]))

    def supersede(self, table: str, contact_id: str) -> None:
        """A correction outdoes the rows of a contact; the dates they leave are touched."""
        with ledger.warehouse(self.home) as con:
            dates = con.execute(
                f"update raw.{table} set _is_current = false where contact_id = ? "
                "returning _event_date",
                [contact_id],
            ).fetchall()
            for (event_date,) in dates:
                self._touch(con, table, str(event_date))

    def _touch(self, con: duckdb.DuckDBPyConnection, table: str, event_date: str) -> None:
        con.execute(
            "insert into raw.touched (feed, system, event_date, batch_id) "
            "select ?, 'sim', ?, max(batch_id) from ledger.batch",
            [table.split("__")[1], event_date],
        )

    def dbt(self, *arguments: str) -> Any:
        """Run dbt; gives its result."""
        values = {
            "HEADSET_HOME": str(self.home.root),
            "HEADSET_FEEDS": filled_feeds(self.contracts),
            "DBT_TARGET_PATH": str(self.home.target),
            "DBT_LOG_PATH": str(self.home.target / "logs"),
            "DO_NOT_TRACK": "1",
        }
        with pytest.MonkeyPatch.context() as patch:
            for name, value in values.items():
                patch.setenv(name, value)
            if Night.manifest is None:
                Night.manifest = parse_cache.parse(Night.project, self.home.target).result
            where = parse_cache.where(Night.project)
            return parse_cache.invoke([*parse_cache.QUIET, *arguments, *where], Night.manifest)

    def build(self, *arguments: str) -> None:
        """Build the models; fails the test with dbt's own message if one does not build."""
        answer = self.dbt("run", *arguments)
        assert answer.success, answer.exception or [
            (result.node.name, result.message)
            for result in answer.result.results
            if result.status != "success"
        ]

    def failing_checks(self, *arguments: str) -> dict[str, str]:
        """Names of the data tests that do not pass, with their status."""
        answer = self.dbt("test", "--exclude-resource-type", "unit_test", *arguments)
        assert answer.result is not None, answer.exception
        return {
            result.node.name: str(result.status)
            for result in answer.result.results
            if result.status != "pass"
        }

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse."""
        with ledger.warehouse(self.home) as con:
            return con.execute(query).fetchall()

    def execute(self, statement: str) -> None:
        """Damage something."""
        with ledger.warehouse(self.home) as con:
            con.execute(statement)


def contact(contact_id: str, at: str, outcome: str, **more: Any) -> dict[str, Any]:
    """A raw contact of Warsaw."""
    return {
        "contact_id": contact_id,
        "site_id": "waw",
        "channel": "voice",
        "direction": "inbound",
        "dialled_number": "800",
        "started_at": at,
        "ended_at": at,
        "ivr_s": 10,
        "outcome": outcome,
    } | more


def leg(contact_id: str, at: str, outcome: str, wait_s: int, **more: Any) -> dict[str, Any]:
    """A raw leg of Warsaw's queue Q1."""
    return {
        "contact_id": contact_id,
        "leg_number": 1,
        "site_id": "waw",
        "queue_code": "Q1",
        "queued_at": at,
        "wait_s": wait_s,
        "talk_s": 0,
        "hold_s": 0,
        "hold_count": 0,
        "acw_s": 0,
        "outcome": outcome,
    } | more


def state(agent: str, code: str, start: str, end: str) -> dict[str, Any]:
    """A raw state interval of Warsaw."""
    return {
        "agent_code": agent,
        "site_id": "waw",
        "activity_code": code,
        "started_at": start,
        "ended_at": end,
    }


def first_night(root: Path) -> Night:
    """Maps, and contacts around the end of summer time. Not yet built."""
    night = Night(root)
    night.batch()
    queue = {"system": "sim", "client_id": "acme", "line_of_business": "sales"}
    night.load("company__clients", [{"client_id": "acme", "client_name": "Acme", **ALWAYS}])
    site = {"site_id": "waw", "site_name": "Warsaw", "time_zone": "Europe/Warsaw"}
    night.load("company__sites", [{**site, "shift_date_rule": "start", **ALWAYS}])
    night.load("company__queues", [{**queue, "queue_code": "Q1", **ALWAYS}])
    night.load("company__dialled_numbers", [{**queue, "dialled_number": "800", **ALWAYS}])
    night.load(
        "company__agents",
        [{"system": "sim", "agent_code": "a1", "agent_id": "E1", "site_id": "waw", **ALWAYS}],
    )
    night.load(
        "company__activity_codes",
        [
            {"system": "sim", "activity_code": code, "activity": name, "is_paid": True, **ALWAYS}
            for code, name in (("AV", "available"), ("TK", "on_contact"))
        ],
    )
    night.load(
        "sim__contacts",
        [
            contact("midnight", "2026-10-24 21:59:50", "answered"),
            contact("moves", "2026-10-24 10:00:00", "abandoned_in_queue"),
            contact("stays", "2026-10-20 10:00:00", "abandoned_in_ivr"),
            contact("asks", "2026-10-25 10:00:00", "callback_requested"),
            contact("callback", "2026-10-25 11:00:00", "answered", direction="outbound"),
            contact("phantom", "2026-10-25 11:00:00", "phantom"),
        ],
        "started_at",
    )
    night.load(
        "sim__contact_legs",
        [
            leg("midnight", "2026-10-24 22:00:00", wait_s=15, agent_code="a1", **ANSWERED),
            leg("moves", "2026-10-24 10:00:10", "abandoned", wait_s=40),
            leg("asks", "2026-10-25 10:00:10", "callback_requested", wait_s=90),
            leg("callback", "2026-10-25 11:00:00", wait_s=0, agent_code="new", **ANSWERED),
        ],
        "queued_at",
    )
    night.load(
        "sim__agent_activity",
        [
            state("a1", "AV", "2026-10-24 20:00:00", "2026-10-25 01:00:00"),
            state("a1", "TK", "2026-10-25 01:00:00", "2026-10-25 05:00:00"),
            state("a1", "??", "2026-10-25 09:30:00", "2026-10-25 11:00:00"),
        ],
        "started_at",
    )
    return night
