"""The audit: all check results of one build in, one verdict out, kept where people look.

`decide` is pure. `record` writes ledger.check_result, ledger.verdict, `audit/<run_id>.json` and,
when anything is held back, an incident page. `run` gathers, decides and records.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import duckdb

from expectations import incident
from expectations.checks import CheckResult, Verdict, VerdictStatus, utc_now
from expectations.dashboards import touched
from ground.built_tables import NotBuiltError
from ground.files import write_whole
from ground.home import Home
from ingest.errors import WarehouseError
from ingest.ledger import acceptance
from ingest.ledger.ledger import warehouse


class AuditError(Exception):
    """The audit could not be carried out or recorded."""


def decide(
    results: Sequence[CheckResult],
    *,
    run_id: str,
    batch_id: int,
    definition_hash: str,
    decided_at: dt.datetime | None = None,
) -> Verdict:
    """Weigh all results of one build.

    A blocking check that does not pass holds back what its radius says. Where it cannot say whom
    it hits (a client check that errored, say), it holds back everything: doubt is not a pass. A
    build of which nothing was checked is blocked for the same reason.
    """
    clients: set[str] = set()
    feeds: set[str] = set()
    blocked = not results
    for result in results:
        if not result.holds:
            continue
        if result.radius == "client" and result.clients:
            clients.update(result.clients)
        elif result.radius == "feed" and result.feeds:
            feeds.update(result.feeds)
        else:
            blocked = True
    status: VerdictStatus = "pass"
    if blocked:
        status = "blocked"
    elif clients or feeds:
        status = "partial"
    return Verdict(
        run_id=run_id,
        batch_id=batch_id,
        status=status,
        held_clients=tuple(sorted(clients)),
        held_feeds=tuple(sorted(feeds)),
        checks_n=len(results),
        failed_n=sum(r.holds for r in results),
        warned_n=sum(r.severity == "warn" and not r.passed for r in results),
        definition_hash=definition_hash,
        decided_at=decided_at or utc_now(),
    )


def since(con: duckdb.DuckDBPyConnection, check_id: str) -> dt.datetime | None:
    """When the present unbroken row of failures of a check began, by what was recorded before.

    None if the check passed last time, or never ran: then it fails since this night.
    """
    row = con.execute(
        """
        select min(checked_at) from ledger.check_result
        where check_id = $check and status <> 'pass'
          and checked_at > coalesce(
            (select max(checked_at) from ledger.check_result
             where check_id = $check and status = 'pass'),
            timestamp '1900-01-01')
        """,
        {"check": check_id},
    ).fetchone()
    return row[0] if row else None


def verdict_json(
    verdict: Verdict,
    results: Sequence[CheckResult],
    shown: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """The verdict and every result with the dashboards it touches, as `audit/<run_id>.json`."""
    told = [asdict(r) | {"dashboards": touched(r.tables, shown or {})} for r in results]
    body = asdict(verdict) | {"results": told}
    return json.dumps(body, indent=1, default=str) + "\n"


def record(
    home: Home,
    verdict: Verdict,
    results: Sequence[CheckResult],
    *,
    last_good_snapshot: str | None = None,
    shown: Mapping[str, Sequence[str]] | None = None,
    accept: tuple[str, Sequence[str]] | None = None,
) -> Path:
    """Keep verdict and results; returns the path of `audit/<run_id>.json`.

    accept: why a person let something pass, and what.

    shown: which dashboards show a published table, for the incident to name.
    Recording one run twice replaces its rows. The JSON file, which `publish` reads, is written
    last and in one step: a process killed before that leaves no verdict, and so nothing is
    published.
    """
    home.audit.mkdir(parents=True, exist_ok=True)
    snapshot = last_good_snapshot or current_snapshot(home)
    try:
        with warehouse(home) as con:
            con.begin()
            con.execute("delete from ledger.check_result where run_id = ?", [verdict.run_id])
            con.execute("delete from ledger.verdict where run_id = ?", [verdict.run_id])
            if accept:
                acceptance.note(con, verdict.run_id, *accept)
            began = {r.check_id: since(con, r.check_id) for r in results if not r.passed}
            if results:
                con.executemany(
                    f"insert into ledger.check_result values ({', '.join('?' * 15)})",
                    [_result_row(verdict, result) for result in results],
                )
            con.execute(
                f"insert into ledger.verdict values ({', '.join('?' * 10)})", _verdict_row(verdict)
            )
            con.commit()
    except (duckdb.Error, WarehouseError) as error:
        raise AuditError(f"run {verdict.run_id}: the verdict was not recorded: {error}") from error
    if verdict.status != "pass":
        page = incident.page(verdict, results, began, snapshot, shown)
        write_whole(home.audit / "incidents" / f"{verdict.run_id}.md", page)
    path = home.audit / f"{verdict.run_id}.json"
    write_whole(path, verdict_json(verdict, results, shown))
    return path


def current_snapshot(home: Home) -> str | None:
    """Name of the snapshot that readers see now; None before the first publication."""
    link = home.published / "current"
    return link.resolve().name if link.exists() else None


def run(
    home: Home,
    *,
    run_id: str,
    batch_id: int,
    definition_hash: str,
    run_results: Sequence[Path],
    dashboard_faults: Sequence[str],
    dates: Iterable[dt.date] | None = None,
    accept: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Verdict, list[CheckResult]]:
    """Audit the build that stands in the warehouse; gather, decide, record.

    dates: UTC event dates that the build touched; None audits everything.
    dashboard_faults: what dashboards would miss in this build, a sentence each.
    accept: why a person lets pass, this once, what is missing or too much.
    run_results: the files with dbt's results of this build, oldest first.
    Raises AuditError when there is nothing to judge (no build, no warehouse); then there is no
    verdict, and so nothing is published.
    """
    from expectations import (
        company_lint,
        dashboards,
        dbt_results,
        landing_checks,
        ledger_checks,
        lock_check,
        pay_fence,
    )  # fmt: skip
    from expectations.guards import suite
    from expectations.volume import check as volume
    from expectations.volume.finding import results as volume_results
    from ground import dbt_manifest
    from publish.errors import PublishError

    manifest = home.target / "manifest.json"
    progress("reading the results of dbt's tests")
    try:
        results = dbt_results.read(run_results, manifest, home)
        progress("checking the ledger")
        results += ledger_checks.check(home, batch_id=batch_id, manifest=manifest)
        results.append(lock_check.check())
        results.append(pay_fence.check(manifest))
        results.append(dashboards.check(dashboard_faults))
        shown = dashboards.standing_on(dbt_manifest.load(manifest))
        results += landing_checks.check(home, batch_id=batch_id, manifest=manifest)
        progress("looking for what is missing")
        found = volume.findings(home, batch_id=batch_id, manifest=manifest)
        results += volume_results(found, accept)
        progress("checking the company's lists")
        results += company_lint.of_warehouse(home, batch_id=batch_id)
        progress("guarding the metrics (Great Expectations)")
        results += suite.check(home, dates=None if dates is None else tuple(dates))
    except (
        dbt_results.DbtResultsError,
        suite.GuardError,
        dbt_manifest.ManifestError,
        PublishError,
        NotBuiltError,
        duckdb.Error,
    ) as error:
        raise AuditError(f"run {run_id}: the audit could not be carried out: {error}") from error
    verdict = decide(results, run_id=run_id, batch_id=batch_id, definition_hash=definition_hash)
    told = (accept, [one.text for one in found]) if accept else None
    record(home, verdict, results, shown=shown, accept=told)
    return verdict, results


def _result_row(verdict: Verdict, r: CheckResult) -> list[object]:
    return [
        verdict.run_id, verdict.batch_id, r.check_id, r.subject, r.tool, r.severity, r.radius,
        r.reason, r.status, r.failing_n, json.dumps(r.clients), json.dumps(r.feeds),
        json.dumps(r.sample, default=str), json.dumps(r.tables), r.checked_at,
    ]  # fmt: skip


def _verdict_row(v: Verdict) -> list[object]:
    return [
        v.run_id, v.batch_id, v.status, json.dumps(v.held_clients), json.dumps(v.held_feeds),
        v.checks_n, v.failed_n, v.warned_n, v.definition_hash, v.decided_at,
    ]  # fmt: skip
