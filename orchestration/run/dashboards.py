"""Dashboards against what this build will publish, before readers see it.

What is published is read from dbt's manifest: contracts name every column and its type.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bi.definitions import View, definitions, faults
from ground import dbt_manifest
from ground.dbt_manifest import Manifest
from publish.serve import ABOUT


def views(manifest: Manifest) -> dict[str, View]:
    """Every view that the next snapshot will have, by `schema.name`."""
    about = {name: (kind, text) for name, (kind, text) in ABOUT.items()}
    found = {"core.snapshot": View("core.snapshot", "", about)}
    for node in manifest.get("nodes", {}).values():
        name = dbt_manifest.published_name(node)
        if name:
            columns = {
                column: (str(entry.get("data_type") or "varchar"), "")
                for column, entry in node["columns"].items()
            }
            found[name] = View(name, "", {"site_month": ("varchar", ""), **columns})
    return found


def missing(path: Path) -> list[str]:
    """What the dashboards use and this build will not publish. Raises ManifestError."""
    return faults_of(definitions(), path)


def faults_of(boards: Sequence[Mapping[str, Any]], path: Path) -> list[str]:
    """The same of some dashboards. path: dbt's manifest."""
    return faults(boards, views(dbt_manifest.load(path)))
