"""Dashboards in the audit: pages that would break block the snapshot; and who looks at what."""

from collections.abc import Iterable, Mapping, Sequence

from expectations.checks import CheckResult
from ground import dbt_manifest
from ground.dbt_manifest import Manifest


def check(found: Sequence[str]) -> CheckResult:
    """That every dashboard finds what it uses; `found`: what it would miss, a sentence each."""
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
            name = dbt_manifest.published_name(manifest.get("nodes", {}).get(parent, {}))
            if name:
                shown.setdefault(name, set()).add(exposure["label"] or exposure["name"])
    return {name: tuple(sorted(labels)) for name, labels in sorted(shown.items())}


def touched(tables: Iterable[str], shown: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The pages that show any of these tables."""
    return tuple(sorted({label for table in tables for label in shown.get(table, ())}))
