"""A small centre to publish from: a warehouse, dbt's manifest of it, and verdicts, made by hand."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from ground.home import Home
from publish.snapshot import Published, publish

CLIENTS = ("acme", "bolt", "crux")
DEFINITIONS = "d1"


@dataclass(frozen=True)
class Verdict:
    """As the audit would hand it over."""

    run_id: str = "run-1"
    batch_id: int = 1
    status: str = "pass"
    held_clients: tuple[str, ...] = ()
    held_feeds: tuple[str, ...] = ()
    definition_hash: str = DEFINITIONS
    checks_n: int = 12
    failed_n: int = 0


def model(
    name: str, published: dict[str, Any], columns: dict[str, dict[str, Any]], **more: Any
) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "schema": name.split("__")[0],
        "alias": name.split("__")[1],
        "description": f"One row per {published['name']}; it's small.",
        "config": {"meta": {"publish": published}},
        "columns": {
            column: {"description": meta.pop("says", ""), "config": {"meta": meta}}
            for column, meta in columns.items()
        },
        **more,
    }


def dbt_manifest() -> dict[str, Any]:
    nodes = {
        "model.headset.feed_contacts": {"resource_type": "model", "name": "feed_contacts"},
        "model.headset.feed_contact_legs": {"resource_type": "model", "name": "feed_contact_legs"},
        "model.headset.core__fct_contact": model(
            "core__fct_contact",
            {
                "schema": "interaction",
                "name": "contact",
                "partition_by": ["client_id", "site_month"],
            },
            {
                "contact_id": {"says": "The contact."},
                "client_id": {},
                "queue_id": {},
                "agent_id": {"audience": "leader", "class": "staff_id", "says": "Who answered."},
                "handle_s": {"unit": "s", "says": "Talk, hold and after-contact work."},
            },
            constraints=[{"type": "primary_key", "columns": ["contact_id"]}],
        ),
        "model.headset.core__fct_contact_leg": model(
            "core__fct_contact_leg",
            {
                "schema": "interaction",
                "name": "contact_leg",
                "partition_by": ["client_id", "site_month"],
            },
            {"leg_id": {}, "wait_s": {"unit": "s"}},
        ),
        "model.headset.agent__agent_day": model(
            "agent__agent_day",
            {
                "schema": "agent",
                "name": "day",
                "partition_by": ["site_month"],
                "month_of": "shift_date",
            },
            {"agent_id": {}},
        ),
        "model.headset.core__dim_client": model(
            "core__dim_client", {"schema": "core", "name": "client"}, {"client_name": {}}
        ),
        "model.headset.core__dim_queue": model(
            "core__dim_queue", {"schema": "core", "name": "queue"}, {"queue_id": {}}
        ),
        "model.headset.core__dim_agent": model(
            "core__dim_agent", {"schema": "core", "name": "agent"}, {"agent_id": {}}
        ),
        "model.headset.core__dim_date": model(
            "core__dim_date", {"schema": "core", "name": "date", "key": ["date_day"]}, {}
        ),
    }
    contacts, legs = "model.headset.feed_contacts", "model.headset.feed_contact_legs"
    return {
        "nodes": nodes,
        "sources": {
            "source.headset.raw_sim.contacts": {"source_name": "raw_sim", "name": "contacts"},
            "source.headset.raw_sim.contact_legs": {
                "source_name": "raw_sim",
                "name": "contact_legs",
            },
        },
        "parent_map": {
            contacts: ["source.headset.raw_sim.contacts"],
            legs: ["source.headset.raw_sim.contact_legs"],
            "model.headset.core__fct_contact": [contacts],
            "model.headset.core__fct_contact_leg": ["model.headset.core__fct_contact", legs],
        },
    }


def marker(client: str) -> str:
    """A text that only rows of this client hold."""
    return f"only-{client}-knows"


class Centre:
    """A home with a built warehouse that can be changed and published again."""

    def __init__(self, root: Path, clients: tuple[str, ...] = CLIENTS, rows: int = 40) -> None:
        self.home = Home(root)
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.dbt = dbt_manifest()
        self.verdict = Verdict()
        self.definition_hash = DEFINITIONS
        self._build(clients, rows)
        self.save()

    def save(self) -> None:
        (self.root / "manifest.json").write_text(json.dumps(self.dbt))
        (self.root / "semantic_manifest.json").write_text('{"metrics": []}')

    def _build(self, clients: tuple[str, ...], rows: int) -> None:
        with duckdb.connect(str(self.home.warehouse)) as con:
            for schema in ("core", "agent"):
                con.execute(f"create schema {schema}")
            con.execute("create temp table names (n integer, client_id varchar, mark varchar)")
            con.executemany(
                "insert into names values (?, ?, ?)",
                [(n, name, marker(name)) for n, name in enumerate(clients)],
            )
            con.execute(
                "create table core.fct_contact as select mark || ':' || i as contact_id, "
                "client_id, 'queue-of-' || mark as queue_id, 'agent-of-' || mark as agent_id, "
                "date '2026-09-01' + cast(i % 60 as integer) as site_date, "
                "cast(i * 7 as integer) as handle_s, 0 as version "
                f"from names, range({rows}) as r (i)"
            )
            con.execute(
                "create table core.fct_contact_leg as select contact_id || '#1' as leg_id, "
                "contact_id, client_id, queue_id, site_date, handle_s as wait_s, version "
                "from core.fct_contact"
            )
            con.execute(
                "create table agent.agent_day as select agent_id, site_date as shift_date, "
                "sum(handle_s) as handle_s, 0 as version from core.fct_contact group by all"
            )
            con.execute(
                "create table core.dim_client as "
                "select client_id, 'Name ' || mark as client_name from names"
            )
            con.execute(
                "create table core.dim_queue as "
                "select distinct queue_id, 'Queue ' || queue_id as queue_name from core.fct_contact"
            )
            con.execute(
                "create table core.dim_agent as select distinct agent_id from core.fct_contact"
            )
            con.execute(
                "create table core.dim_date as select cast(range as date) as date_day "
                "from range(date '2026-01-01', date '2027-01-01', interval 1 day)"
            )

    def change(self, *statements: str) -> None:
        """Change the warehouse, as a night would."""
        with duckdb.connect(str(self.home.warehouse)) as con:
            for statement in statements:
                con.execute(statement)

    def publish(self, **more: Any) -> Published:
        verdict = more.pop("verdict", self.verdict)
        months = more.pop("changed_months", {})
        held = {key: more.pop(key) for key in ("held_clients", "held_feeds") if key in more}
        if held:
            verdict = replace(verdict, status="partial", failed_n=1, **held)
        return publish(
            self.home,
            manifest=self.root / "manifest.json",
            semantic_manifest=self.root / "semantic_manifest.json",
            metric_contracts={"offered": {"version": 1}},
            verdict=verdict,
            run_id="run-1",
            newest_batch_id=1,
            definition_hash=more.pop("definition_hash", self.definition_hash),
            changed_months=lambda base: months,
            **more,
        )

    @property
    def current(self) -> Path:
        return self.home.published / "current"

    def read(self, query: str, path: Path | None = None) -> list[tuple[Any, ...]]:
        """What a BI tool would get, from the served snapshot or from a given serve.duckdb."""
        file = (path or self.current / "serve.duckdb").resolve()
        with duckdb.connect(str(file), read_only=True) as con:
            return con.execute(query).fetchall()

    def leftovers(self) -> list[str]:
        """Names that a whole publication does not leave behind."""
        published = self.home.published
        names = [path.name for path in (published / "snapshots").glob(".*")]
        return names + [path.name for path in published.glob(".current-*")]


def inode(path: Path) -> int:
    return path.stat().st_ino
