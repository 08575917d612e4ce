"""The whole project with every system enabled, compiled once, for walks over all models."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from ground.home import CHECKOUT, Home
from ingest.contracts.contract import Contract, load_contracts
from ingest.contracts.dbt_sources import filled_feeds, write
from ingest.ledger import ledger
from ingest.load.raw_tables import ensure_tables
from orchestration.dbt import parse_cache

SYSTEMS = [p.name for p in sorted((CHECKOUT / "ingest" / "sources").iterdir()) if p.is_dir()]


class Project:
    """Every model of every system, compiled as if all were enabled."""

    def __init__(self, root: Path) -> None:
        names = [name for name in SYSTEMS if name != "company"]
        self.contracts: tuple[Contract, ...] = load_contracts(
            CHECKOUT / "ingest" / "sources", names
        )
        project, target = root / "dbt_project", root / "target"
        made = shutil.ignore_patterns("_generated", "target", "logs")
        shutil.copytree(CHECKOUT / "dbt_project", project, ignore=made)
        write(project, self.contracts)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HEADSET_HOME", str(root))
            patch.setenv("HEADSET_FEEDS", filled_feeds(self.contracts, project))
            patch.setenv("DBT_TARGET_PATH", str(target))
            patch.setenv("DBT_LOG_PATH", str(root / "logs"))
            parsed = parse_cache.parse(project, target)
            assert parsed.success, parsed.exception
            answer = parse_cache.invoke(
                [*parse_cache.QUIET, "compile", *parse_cache.where(project)], parsed.result
            )
        assert answer.success, answer.exception
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        self.nodes = {n["name"]: n for n in manifest["nodes"].values()}
        self.models = [
            n["name"] for n in manifest["nodes"].values() if n["resource_type"] == "model"
        ]
        self.home = Home(root)
        self.folder = target / "compiled" / "headset"

    def sql(self, name: str) -> str:
        path = self.folder / str(self.nodes[name]["original_file_path"])
        return path.read_text(encoding="utf-8").replace('"warehouse".', "")

    def parents(self, name: str) -> list[str]:
        listed_: list[str] = self.nodes[name]["depends_on"]["nodes"]
        return [n.split(".")[-1] for n in listed_ if n.startswith("model.")]

    def empty(self) -> duckdb.DuckDBPyConnection:
        """A warehouse in which every model stands, without a row."""
        with ledger.warehouse(self.home) as con:
            ensure_tables(con, self.contracts)
        con = duckdb.connect(str(self.home.warehouse))
        for schema in {self.nodes[name]["schema"] for name in self.models}:
            con.execute(f'create schema if not exists "{schema}"')
        done: set[str] = set()

        def build(name: str) -> None:
            if name not in done:
                done.add(name)
                for parent in self.parents(name):
                    build(parent)
                relation = f'"{self.nodes[name]["schema"]}"."{name}"'
                con.execute(f"create table {relation} as {self.sql(name)}")

        for name in self.models:
            build(name)
        return con
