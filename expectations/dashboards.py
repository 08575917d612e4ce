"""Dashboards against what this build will publish, before readers see it; and who looks at what.

What is published is read from dbt's manifest: contracts name every column and its type.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bi.definitions import View, definitions, faults
from expectations import lineage
from expectations.checks import CheckResult
from expectations.lineage import Manifest


def views(manifest: Manifest) -> dict[str, View]:
    """Every view that the next snapshot will have, by `schema.name`."""
    from publish.serve import ABOUT

    about = {name: (kind, text) for name, (kind, text) in ABOUT.items()}
    found = {"core.snapshot": View("core.snapshot", "", about)}
    for node in manifest.get("nodes", {}).values():
        name = lineage.published_name(node)
        if name:
            columns = {
                column: (str(entry.get("data_type") or "varchar"), "")
                for column, entry in node["columns"].items()
            }
            found[name] = View(name, "", {"site_month": ("varchar", ""), **columns})
    return found


def check(path: Path) -> CheckResult:
    """That every dashboard finds what it uses. Raises ManifestError."""
    found = faults(definitions(), views(lineage.load(path)))
    return CheckResult(
        check_id="lineage.dashboards_use_what_is_published",
        subject="dashboards",
        tool="ledger",
        severity="block",
        radius="snapshot",
        reason="A page would break in front of its readers: it uses what is no longer published.",
        status="fail" if found else "pass",
        failing_n=len(found),
        sample=tuple({"chart": one} for one in found[:5]),
    )


def standing_on(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """Published table to the pages (dbt's exposures, by label) that show it."""
    shown: dict[str, set[str]] = {}
    for exposure in manifest.get("exposures", {}).values():
        for parent in exposure["depends_on"]["nodes"]:
            name = lineage.published_name(manifest.get("nodes", {}).get(parent, {}))
            if name:
                shown.setdefault(name, set()).add(exposure["label"] or exposure["name"])
    return {name: tuple(sorted(labels)) for name, labels in sorted(shown.items())}


def touched(tables: Iterable[str], shown: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The pages that show any of these tables."""
    return tuple(sorted({label for table in tables for label in shown.get(table, ())}))
