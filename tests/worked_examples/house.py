"""Builds the worked examples: canonical rows in, the real dbt models, a published snapshot out.

All examples go into one build, each as a client (and a queue set) of its own, through a source
system `example` whose staging passes canonical rows on unchanged. Everything from there on,
conforming, facts and MetricFlow, is the product's own.
"""

import datetime as dt
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import yaml

from expectations import yaml_lines
from expectations.metric_contract import from_dbt_manifest, to_json
from ingest.home import CHECKOUT, Home

HERE = Path(__file__).parent
ROWS = HERE / "rows"
SYSTEM = "example"
MODELS = ("fct_contact", "fct_contact_leg", "dim_date")
FEEDS = ("contacts", "contact_legs")


class ExampleError(Exception):
    """A worked example is wrong in itself; the message names file and line."""


@dataclass(frozen=True)
class Example:
    """One worked example: its rows, what is asked, and the answers worked out by hand."""

    metric: str
    file: yaml_lines.YamlFile

    @property
    def client_id(self) -> str:
        """The example's own client."""
        return f"{self.metric}/{self.file.path.stem}"

    @property
    def rows(self) -> Mapping[str, Any]:
        """Zone, queues and contacts: its own, or those of the file that it shares."""
        shared = self.file.data.get("rows")
        if shared is None:
            found: Mapping[str, Any] = self.file.data
        else:
            found = yaml_lines.read(ROWS / f"{shared}.yml").data
        return found


def examples() -> list[Example]:
    """Every example, by folder and file name."""
    return [
        Example(path.parent.name, yaml_lines.read(path))
        for path in sorted(HERE.glob("*/*.yml"))
        if path.parent != ROWS
    ]


def built_home(shared: Path) -> Home:
    """The home in which all examples are built and published; built once per test session."""
    home = Home(shared / "worked_examples_home")
    shared.mkdir(parents=True, exist_ok=True)
    with (shared / "worked_examples.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = home.root / "done"
        if not done.exists():
            _build(home)
            done.touch()
    return home


def _build(home: Home) -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    home.root.mkdir(parents=True, exist_ok=True)
    project = _project(home.root / "dbt_project")
    _warehouse(home.warehouse)
    os.environ["HEADSET_HOME"] = str(home.root)
    os.environ["HEADSET_FEEDS"] = ",".join(f"{SYSTEM}.{feed}" for feed in FEEDS)
    os.environ["DO_NOT_TRACK"] = "1"
    where = ["--project-dir", str(project), "--profiles-dir", str(project)]
    where += ["--target-path", str(home.target), "--log-path", str(home.target / "logs")]
    select = ["--select", *(f"+{model}" for model in MODELS)]
    try:
        answer = dbtRunner().invoke(["--quiet", "--log-level", "none", "run", *where, *select])
    finally:
        DuckDBConnectionManager.close_all_connections()
    if not answer.success:
        nodes = answer.result.results if answer.result else ()
        said = [f"{n.node.name}: {n.message}" for n in nodes if str(n.status) != "success"]
        raise ExampleError(f"dbt run: {answer.exception or said}")
    _publish(home)


def _project(folder: Path) -> Path:
    from ingest.contract import load_contracts
    from ingest.dbt_sources import write

    skip = shutil.ignore_patterns("target", "logs", "_generated")
    shutil.copytree(CHECKOUT / "dbt_project", folder, ignore=skip)
    write(folder, load_contracts(CHECKOUT / "ingest" / "sources", ()))
    staging = folder / "models" / "staging" / SYSTEM
    staging.mkdir()
    for feed in FEEDS:
        (staging / f"stg_{SYSTEM}__{feed}.sql").write_text(
            "{{ config(enabled=true) }}\n" + f"select * from raw.{SYSTEM}__{feed}\n"
        )
    return folder


def _warehouse(path: Path) -> None:
    from ingest.contract import load_contracts
    from ingest.load import UNDERSCORED

    con = duckdb.connect(str(path))
    try:
        con.execute("create schema raw")
        for contract in load_contracts(CHECKOUT / "ingest" / "sources", ()):
            columns = [(c.name, c.sql_type) for c in contract.columns] + list(UNDERSCORED)
            body = ", ".join(f'"{name}" {kind}' for name, kind in columns)
            con.execute(f'create table raw."{contract.raw_table}" ({body})')
        feeds = yaml.safe_load(
            (CHECKOUT / "dbt_project/models/intermediate/feeds/_feeds.yml").read_text()
        )
        canonical = {model["name"].removeprefix("feed_"): model for model in feeds["models"]}
        for feed in FEEDS:
            columns = [
                (c["name"], c["data_type"])
                for c in canonical[feed]["columns"]
                if c["name"] != "source_system"
            ]
            body = ", ".join(f'"{name}" {kind}' for name, kind in columns)
            con.execute(f"create table raw.{SYSTEM}__{feed} ({body})")
        for example in examples():
            _insert(con, example)
    finally:
        con.close()


def _insert(con: duckdb.DuckDBPyConnection, example: Example) -> None:
    queues = example.rows.get("queues") or {"main": {}}
    for code, terms in queues.items():
        row = {
            "system": SYSTEM,
            "queue_code": f"{example.client_id}/{code}",
            "queue_name": code,
            "client_id": example.client_id,
            "line_of_business": "service",
            "channel": "voice",
            "language": "en",
            "service_level_threshold_s": terms.get("threshold_s", 20),
            "short_abandon_s": terms.get("short_abandon_s", 5),
            "valid_from": dt.date(2000, 1, 1),
            "_is_current": True,
        }
        _put(con, "company__queues", row)
    for contact, legs, times in _contacts(example):
        _put(con, f"{SYSTEM}__contacts", contact, times)
        for leg in legs:
            _put(con, f"{SYSTEM}__contact_legs", leg, times)


def _contacts(
    example: Example,
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]], int]]:
    """Each entry's contact, its legs, and how many alike there are."""
    zone = str(example.rows.get("zone") or "UTC")
    for number, entry in enumerate(example.rows["contacts"], start=1):
        given = {key: value for key, value in entry.items() if key not in ("id", "legs", "times")}
        started = _utc(given.pop("at"), zone)
        common = {
            "contact_id": f"{example.client_id}:{entry.get('id', number)}",
            "client_id": example.client_id,
            "site_id": "here",
            "time_zone": zone,
            "file_id": 1,
            "row_number": number,
        }
        contact = common | {
            "channel": "voice",
            "direction": "inbound",
            "started_at": started,
            "event_date": started.date(),
            **given,
        }
        legs = []
        for leg_number, leg in enumerate(entry.get("legs") or (), start=1):
            rest = dict(leg)
            queued = _utc(rest.pop("at"), zone) if "at" in rest else started
            own = {
                "leg_number": leg_number,
                "queue_code": f"{example.client_id}/{rest.pop('queue', 'main')}",
                "agent_code": rest.pop("agent", None),
                "queued_at": queued,
                "event_date": queued.date(),
            }
            legs.append(common | own | rest)
        yield contact, legs, entry.get("times", 1)


def _utc(local: str, zone: str) -> dt.datetime:
    """A local time, or one with its offset (for the hour that a clock change repeats), in UTC."""
    moment = dt.datetime.fromisoformat(local)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def _put(
    con: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, Any], times: int = 1
) -> None:
    """One row, or `times` rows alike but for a number at the end of their contact's id."""
    columns = ", ".join(f'"{name}"' for name in row)
    given = ", ".join("? || '.' || n" if name == "contact_id" else "?" for name in row)
    con.execute(
        f'insert into raw."{table}" ({columns}) select {given} from range(?) as copies(n)',
        [*row.values(), times],
    )


def _publish(home: Home) -> None:
    """A snapshot as metric questions need it: views, both manifests, contracts."""
    folder = home.published / "snapshots" / "worked_examples"
    folder.mkdir(parents=True)
    manifest = json.loads((home.target / "manifest.json").read_text())
    tables = {}
    con = duckdb.connect(str(folder / "serve.duckdb"))
    try:
        con.execute(f"attach '{home.warehouse}' as built (read_only)")
        for node in manifest["nodes"].values():
            if node.get("name") in MODELS and node["resource_type"] == "model":
                at = node["config"]["meta"]["publish"]
                name = f"{at['schema']}.{at['name']}"
                tables[name] = {"model": node["name"]}
                con.execute(f"create schema if not exists {at['schema']}")
                part = folder / f"{name}.parquet"
                con.execute(f"copy built.core.{node['name']} to '{part}' (format parquet)")
                con.execute(f"create view {name} as select * from '{part}'")
    finally:
        con.close()
    (folder / "manifest.json").write_text(json.dumps({"tables": tables}))
    shutil.copy(home.target / "semantic_manifest.json", folder)
    (folder / "metrics.json").write_text(to_json(from_dbt_manifest(manifest)))
    (home.published / "current").symlink_to(folder)
