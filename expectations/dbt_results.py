"""What dbt's tests found, in the words of the audit.

Severity comes from the test's own `severity`, reason and radius from its `config.meta`. A test
that failed is asked once more for its failing rows: a sample without personal columns, and the
clients it hits.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from expectations import samples
from expectations.checks import CheckResult, Radius, Severity, Status
from ground import dbt_manifest
from ground.built_tables import built_tables
from ground.home import Home
from ingest.privacy.mask import quotes_masked

RADII: tuple[Radius, ...] = ("snapshot", "client", "feed")
STATUS: dict[str, Status] = {"pass": "pass", "success": "pass", "fail": "fail", "warn": "fail"}


class DbtResultsError(Exception):
    """dbt's results cannot be read."""


def read(run_results: Sequence[Path], manifest_path: Path, home: Home) -> list[CheckResult]:
    """One result per dbt test of these runs, and one per model that did not build.

    run_results: run_results.json files of this build, oldest first; a test that ran twice counts
    as it came out last.
    Raises DbtResultsError or lineage.ManifestError when a file is missing or broken.
    """
    manifest = dbt_manifest.load(manifest_path)
    latest: dict[str, Mapping[str, Any]] = {}
    for path in run_results:
        for entry in _entries(path):
            latest[str(entry["unique_id"])] = entry
    results = [result for uid, entry in latest.items() if (result := _result(uid, entry, manifest))]
    failing = {f"dbt.{_name(uid)}": uid for uid in latest}
    if not any(r.status == "fail" and r.tool == "dbt" for r in results):
        return results
    with built_tables(home) as con:
        return [
            _with_rows(con, r, failing[r.check_id], latest, manifest) if r.status == "fail" else r
            for r in results
        ]


def _entries(path: Path) -> list[Mapping[str, Any]]:
    try:
        entries: list[Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["results"]
    except FileNotFoundError as error:
        raise DbtResultsError(f"{path}: no results of dbt's tests; run the build first") from error
    except (json.JSONDecodeError, KeyError) as error:
        raise DbtResultsError(f"{path}: not a run_results.json: {error}") from error
    return entries


def _name(unique_id: str) -> str:
    """The readable part of `test.headset.unique_fct_contact_contact_id.0123abcd`."""
    parts = unique_id.split(".")
    return ".".join(parts[2:3] if parts[0] == "test" else parts[2:])


def _result(
    uid: str, entry: Mapping[str, Any], manifest: dbt_manifest.Manifest
) -> CheckResult | None:
    kind = uid.split(".", 1)[0]
    node = manifest.get("nodes", {}).get(uid) or manifest.get("unit_tests", {}).get(uid) or {}
    outcome = str(entry["status"])
    if kind not in ("test", "unit_test"):
        return None if outcome in ("success", "pass", "no-op") else _unbuilt(uid, entry, manifest)
    meta = node.get("config", {}).get("meta") or {}
    tested = _tested(node)
    severity: Severity = "warn" if _warns(node, outcome) else "block"
    radius = meta.get("radius", "snapshot")
    if radius not in RADII:
        radius = "snapshot"
    status = STATUS.get(outcome, "error")
    feeds = meta.get("feeds") or dbt_manifest.feeds_above(manifest, tested)
    return CheckResult(
        check_id=f"dbt.{_name(uid)}",
        subject=", ".join(t.split(".")[-1] for t in tested) or _name(uid),
        tool="dbt",
        severity=severity,
        radius=radius,
        reason=str(meta.get("reason") or node.get("description") or _name(uid)),
        status=status,
        failing_n=int(entry.get("failures") or 0),
        feeds=tuple(feeds) if radius == "feed" and status != "pass" else (),
        sample=() if status != "error" else ({"error": _message(entry)},),
        tables=dbt_manifest.published_below(manifest, tested) if status != "pass" else (),
        from_batch=(entry.get("adapter_response") or {}).get("kept_from_batch"),
    )


def _unbuilt(uid: str, entry: Mapping[str, Any], manifest: dbt_manifest.Manifest) -> CheckResult:
    return CheckResult(
        check_id=f"dbt.{_name(uid)}",
        subject=_name(uid),
        tool="dbt",
        severity="block",
        radius="snapshot",
        reason="a model was not built",
        status="error",
        sample=({"error": _message(entry)},),
        tables=dbt_manifest.published_below(manifest, [uid]),
    )


def _warns(node: Mapping[str, Any], outcome: str) -> bool:
    severity = str(node.get("config", {}).get("severity", "error")).lower()
    return severity == "warn" or outcome == "warn"


def _tested(node: Mapping[str, Any]) -> list[str]:
    attached = node.get("attached_node")
    if attached:
        return [str(attached)]
    return [str(uid) for uid in node.get("depends_on", {}).get("nodes", [])]


def _message(entry: Mapping[str, Any]) -> str:
    said = str(entry.get("message") or f"dbt says: {entry['status']}")
    return quotes_masked(said.strip())[:300]


def _with_rows(
    con: duckdb.DuckDBPyConnection,
    result: CheckResult,
    uid: str,
    entries: Mapping[str, Mapping[str, Any]],
    manifest: dbt_manifest.Manifest,
) -> CheckResult:
    node = manifest.get("nodes", {}).get(uid) or {}
    sql = entries[uid].get("compiled_code") or node.get("compiled_code")
    if not sql:
        return result
    column = node.get("column_name")
    hide = ("unique_field", "value_field") if column and samples.is_personal(column) else ()
    try:
        sample, clients = samples.of_query(con, sql, hide=hide)
    except duckdb.Error as error:
        sample, clients = (
            ({"error": quotes_masked(f"the failing rows could not be read: {error}")[:300]},),
            (),
        )
    return CheckResult(
        **{**vars(result), "sample": sample, "clients": clients},
    )
