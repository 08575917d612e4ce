"""dbt's data tests as a build left them: what each reads, its SQL, and its counter-example.

Belongs here: reading dbt's artefacts. Does not: planting (`derive.py`), judging (`bench.py`).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ground.home import Home


@dataclass(frozen=True)
class Relation:
    """One model or source: its name in SQL and, for a view, the SQL behind it."""

    unique_id: str
    name: str
    sql_name: str
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """One data test.

    kind: the generic test's name, or "singular". model: what it stands on. reads: the models it
    names. breaks: its own counter-example (`meta.breaks`); also: checks that fail with it
    (`meta.also`).
    """

    name: str
    kind: str
    severity: str
    arguments: Mapping[str, Any]
    where: str
    model: str | None
    reads: tuple[str, ...]
    sql: str
    breaks: tuple[str, ...]
    also: frozenset[str]

    @property
    def blocks(self) -> bool:
        """A failed one holds something back."""
        return self.severity == "error"

    @property
    def compares(self) -> bool:
        """It sets models against each other, so a change of either is its business."""
        return len(self.reads) > 1 and self.kind not in ("refers_to", "relationships")

    def mentions(self, word: str) -> bool:
        """The word stands in its SQL."""
        return re.search(rf"\b{re.escape(word)}\b", self.sql) is not None


def relations(home: Home) -> dict[str, Relation]:
    """Every model and source of the build by its id."""
    manifest = _manifest(home)
    entries = [*manifest["nodes"].values(), *manifest["sources"].values()]
    return {
        entry["unique_id"]: Relation(
            unique_id=entry["unique_id"],
            name=entry["name"],
            sql_name=entry["relation_name"],
            parents=tuple(entry.get("depends_on", {}).get("nodes", ())),
        )
        for entry in entries
        if entry["resource_type"] in ("model", "source") and entry.get("relation_name")
    }


def checks(home: Home) -> list[Check]:
    """Every data test of the project, with the SQL that the night's `dbt test` ran."""
    results = json.loads((home.target / "run_results_test.json").read_text(encoding="utf-8"))
    ran = {entry["unique_id"]: entry["compiled_code"] for entry in results["results"]}
    nodes = _manifest(home)["nodes"].values()
    return sorted(
        (_check(node, ran) for node in nodes if node["resource_type"] == "test"),
        key=lambda check: check.name,
    )


def _check(node: Mapping[str, Any], ran: Mapping[str, str]) -> Check:
    generic = node.get("test_metadata") or {}
    config, meta = node["config"], node["config"].get("meta") or {}
    breaks = meta.get("breaks", ())
    return Check(
        name=node["name"],
        kind=generic.get("name", "singular"),
        severity=str(config["severity"]).lower(),
        arguments=generic.get("kwargs") or {},
        where=config.get("where") or "true",
        model=node.get("attached_node"),
        reads=tuple(dict.fromkeys(node["depends_on"]["nodes"])),
        sql=ran.get(node["unique_id"]) or "",
        breaks=(breaks,) if isinstance(breaks, str) else tuple(breaks),
        also=frozenset(meta.get("also", ())),
    )


def _manifest(home: Home) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home.target / "manifest.json").read_text(encoding="utf-8"))
    return found
