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
from pathlib import Path

import duckdb
import yaml

from ground import yaml_lines
from ground.home import CHECKOUT, Home
from metrics.contracts.contract import from_dbt_manifest, to_json
from orchestration.dbt import parse_cache
from tests.worked_examples import example_rows
from tests.worked_examples.example_rows import HERE, ROWS, SYSTEM, Example, ExampleError

PUBLISHED = HERE / "published"
# What every example takes for today: who is still employed is watched until then.
TODAY = dt.date(2026, 7, 31)


def examples() -> list[Example]:
    """Every example, by folder and file name."""
    return [
        Example(path.parent.name, yaml_lines.read(path))
        for path in sorted(HERE.glob("*/*.yml"))
        if path.parent not in (ROWS, PUBLISHED)
    ]


def models() -> list[str]:
    """The dbt models that semantic models stand on, the calendar, and the values of all metrics."""
    found = {"dim_date", "metric_value"}
    for file in (CHECKOUT / "dbt_project" / "models" / "metrics").glob("**/*.yml"):
        for entry in (yaml.safe_load(file.read_text()) or {}).get("semantic_models") or ():
            found.add(entry["model"].split("'")[1])
    return sorted(found)


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
    home.root.mkdir(parents=True, exist_ok=True)
    project = _project(home.root / "dbt_project")
    _warehouse(home.warehouse)
    os.environ["HEADSET_HOME"] = str(home.root)
    os.environ["HEADSET_FEEDS"] = ",".join(
        f"{SYSTEM}.{feed}" for feed in example_rows.canonical_feeds()
    )
    os.environ["DO_NOT_TRACK"] = "1"
    where = [
        *parse_cache.where(project),
        "--target-path",
        str(home.target),
        "--log-path",
        str(home.target / "logs"),
    ]
    select = ["--select", *(f"+{model}" for model in models())]
    answer = parse_cache.invoke([*parse_cache.QUIET, "run", *where, *select])
    if not answer.success:
        nodes = answer.result.results if answer.result else ()
        said = [f"{n.node.name}: {n.message}" for n in nodes if str(n.status) != "success"]
        raise ExampleError(f"dbt run: {answer.exception or said}")
    publish(home, set(models()))


def _project(folder: Path) -> Path:
    from ingest.contracts.contract import load_contracts
    from ingest.contracts.dbt_sources import write

    skip = shutil.ignore_patterns("target", "logs", "_generated")
    shutil.copytree(CHECKOUT / "dbt_project", folder, ignore=skip)
    write(folder, load_contracts(CHECKOUT / "ingest" / "sources", ()))
    staging = folder / "models" / "staging" / SYSTEM
    staging.mkdir()
    for feed in example_rows.canonical_feeds():
        (staging / f"stg_{SYSTEM}__{feed}.sql").write_text(
            "{{ config(enabled=true) }}\n" + f"select * from raw.{SYSTEM}__{feed}\n"
        )
    return folder


def _warehouse(path: Path) -> None:
    from ingest.contracts.contract import load_contracts
    from ingest.load.raw_tables import UNDERSCORED

    con = duckdb.connect(str(path))
    try:
        con.execute("create schema raw")
        contracts = load_contracts(CHECKOUT / "ingest" / "sources", ())
        for contract in contracts:
            columns = [(c.name, c.sql_type) for c in contract.columns] + list(UNDERSCORED)
            body = ", ".join(f'"{name}" {kind}' for name, kind in columns)
            con.execute(f'create table raw."{contract.raw_table}" ({body})')
        feeds = example_rows.canonical_feeds()
        for feed in feeds.values():
            body = ", ".join(f'"{name}" {kind}' for name, kind in feed.columns.items())
            con.execute(f"create table raw.{SYSTEM}__{feed.name} ({body})")
        con.execute(
            "create table raw.touched "
            "(feed varchar, system varchar, event_date date, batch_id bigint)"
        )
        con.execute("create schema ledger")
        con.execute("create table ledger.batch as select ?::date as through_date", [TODAY])
        con.execute(
            "create table ledger.built_from (model varchar, input_name varchar, rows_are varchar)"
        )
        con.execute("create table ledger.carried (model varchar, before_date date)")
        maps = {c.feed for c in contracts if c.system == "company"}
        example_rows.activity_codes(con)
        for example in examples():
            example_rows.insert(con, example, feeds, maps)
    finally:
        con.close()


def publish(home: Home, wanted: set[str]) -> None:
    """A snapshot as metric questions need it: views, both manifests, contracts."""
    folder = home.published / "snapshots" / "worked_examples"
    folder.mkdir(parents=True)
    manifest = json.loads((home.target / "manifest.json").read_text())
    tables = {}
    con = duckdb.connect(str(folder / "serve.duckdb"))
    try:
        con.execute(f"attach '{home.warehouse}' as built (read_only)")
        for node in manifest["nodes"].values():
            if node.get("name") in wanted and node["resource_type"] == "model":
                at = node["config"]["meta"]["publish"]
                name = f"{at['schema']}.{at['name']}"
                tables[name] = {"model": node["name"]}
                con.execute(f"create schema if not exists {at['schema']}")
                part = folder / f"{name}.parquet"
                con.execute(
                    f"copy built.{node['schema']}.{node['name']} to '{part}' (format parquet)"
                )
                con.execute(f"create view {name} as select * from '{part}'")
    finally:
        con.close()
    (folder / "manifest.json").write_text(
        json.dumps({"tables": tables, "created_at": "2026-11-01T06:00:00"})
    )
    shutil.copy(home.target / "semantic_manifest.json", folder)
    (folder / "metrics.json").write_text(to_json(from_dbt_manifest(manifest)))
    (home.published / "current").symlink_to(folder)
