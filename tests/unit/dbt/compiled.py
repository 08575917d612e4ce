"""Models as plain SQL: dbt compiles them once, then each example runs in a DuckDB of its own.

For properties tried on many inputs; what a model does inside dbt (contracts, touched dates, checks)
is tried on nights. Rows go straight into the canonical feeds, or into any model put in their place.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from ingest.contracts.contract import load_contracts
from ingest.contracts.dbt_sources import write
from orchestration.dbt import parse_cache

CHECKOUT = Path(__file__).resolve().parents[3]
Rows = Sequence[Mapping[str, Any]] | pd.DataFrame


class Compiled:
    """The compiled project, and databases built from it."""

    def __init__(self, root: Path) -> None:
        self.contracts = load_contracts(CHECKOUT / "ingest" / "sources", [])
        project = root / "dbt_project"
        made = shutil.ignore_patterns("_generated", "target", "logs")
        shutil.copytree(CHECKOUT / "dbt_project", project, ignore=made)
        write(project, self.contracts)
        self.target = root / "target"
        _compile(root, project, self.target)
        manifest = json.loads((self.target / "manifest.json").read_text())
        self.nodes: dict[str, dict[str, Any]] = {
            node["name"]: node
            for node in manifest["nodes"].values()
            if node["resource_type"] == "model"
        }
        self._texts: dict[str, str] = {}

    def database(
        self, given: Mapping[str, Rows], *wanted: str, through: str = "2026-11-21"
    ) -> duckdb.DuckDBPyConnection:
        """A database with `wanted` models and what they need, in which `given` models hold rows.

        Feeds and company maps that are not given are empty; columns that a row lacks are null.
        """
        con = duckdb.connect()
        _ledger(con, through)
        for schema in {node["schema"] for node in self.nodes.values()}:
            con.execute(f'create schema if not exists "{schema}"')
        done: set[str] = set()
        for name in wanted:
            self._build(con, name, given, done)
        return con

    def _build(
        self,
        con: duckdb.DuckDBPyConnection,
        name: str,
        given: Mapping[str, Rows],
        done: set[str],
    ) -> None:
        if name in done:
            return
        done.add(name)
        node = self.nodes[name]
        relation = f'"{node["schema"]}"."{name}"'
        if name in given or name.startswith(("feed_", "stg_company__")):
            con.execute(f"create table {relation} ({self._columns(node)})")
            _insert(con, relation, given.get(name, ()))
            return
        for parent in node["depends_on"]["nodes"]:
            if parent.startswith("model."):
                self._build(con, parent.split(".")[-1], given, done)
        con.execute(f"create table {relation} as {self._sql(node)}")

    def _columns(self, node: Mapping[str, Any]) -> str:
        typed = {name: column.get("data_type") for name, column in node["columns"].items()}
        if node["name"].startswith("stg_company__"):
            feed = node["name"].removeprefix("stg_company__")
            contract = next(c for c in self.contracts if c.feed == feed)
            typed = {c.name: c.sql_type for c in contract.columns}
            typed["source_system"] = typed.pop("system", None)
        return ", ".join(f'"{name}" {kind}' for name, kind in typed.items() if kind)

    def _sql(self, node: Mapping[str, Any]) -> str:
        path = self.target / "compiled" / "headset" / node["original_file_path"]
        return self._texts.setdefault(node["name"], path.read_text().replace('"warehouse".', ""))


def _ledger(con: duckdb.DuckDBPyConnection, through: str) -> None:
    con.execute("create schema ledger")
    con.execute("create schema raw")
    con.execute(
        "create table raw.touched (feed varchar, system varchar, event_date date, batch_id bigint)"
    )
    con.execute(
        "create table ledger.batch as select 1 as batch_id, ?::date as through_date", [through]
    )


def _insert(con: duckdb.DuckDBPyConnection, relation: str, rows: Rows) -> None:
    if isinstance(rows, pd.DataFrame):
        con.register("given_rows", rows)
        con.execute(f"insert into {relation} by name from given_rows")
        con.unregister("given_rows")
        return
    if not rows:
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    marks = ", ".join("?" * len(names))
    listed = ", ".join(f'"{name}"' for name in names)
    con.executemany(
        f"insert into {relation} ({listed}) values ({marks})",
        [[row.get(name) for name in names] for row in rows],
    )


def _compile(root: Path, project: Path, target: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADSET_HOME", str(root))
        patch.setenv("HEADSET_FEEDS", "")
        patch.setenv("DBT_TARGET_PATH", str(target))
        patch.setenv("DBT_LOG_PATH", str(root / "logs"))
        patch.setenv("DO_NOT_TRACK", "1")
        parsed = parse_cache.parse(project, target)
        assert parsed.success, parsed.exception
        answer = parse_cache.invoke(
            [*parse_cache.QUIET, "compile", *parse_cache.where(project)], parsed.result
        )
    assert answer.success, answer.exception or [
        (result.node.name, result.message) for result in answer.result.results
    ]
