"""Laws of the ledger, checked every night: no row is lost, nothing is silently late or unknown.

Each check is one SQL statement whose rows are the violations. The first two block the snapshot
(a number built on rows that do not add up is worth nothing); the others only tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations.checks import CheckResult, Radius, Severity
from expectations.samples import SAMPLE_N, plain
from ground import dbt_manifest
from ground.built_tables import built_tables
from ground.home import Home, sources_dir
from ground.systems import DEFAULT_INSTANCE, enabled_systems
from ingest.privacy.mask import quotes_masked

UNMAPPED_SHARE_WARN = 0.01
TAKEN = "('loaded', 'empty')"


@dataclass(frozen=True)
class FeedRule:
    """What the contract of one source feed promises about its deliveries."""

    name: str
    raw_table: str
    delivery: str
    late_after_hours: int
    is_optional: bool = False
    instances: tuple[str, ...] = (DEFAULT_INSTANCE,)

    @property
    def system(self) -> str:
        """`sim` of `sim.contacts`."""
        return self.name.split(".", 1)[0]

    @property
    def feed(self) -> str:
        """`contacts` of `sim.contacts`."""
        return self.name.split(".", 1)[1]


@dataclass(frozen=True)
class Law:
    """One check of the ledger: its rows are the violations; `feed` in a row names the feed."""

    check_id: str
    severity: Severity
    radius: Radius
    reason: str
    sql: str


def rules_from_contracts(home: Home) -> tuple[FeedRule, ...]:
    """The promises of all enabled systems' source contracts."""
    from ingest.contracts.contract import load_contracts

    contracts = load_contracts(sources_dir(), enabled_systems(home))
    return tuple(
        FeedRule(c.name, c.raw_table, c.delivery, c.late_after_hours, c.is_optional, c.instances)
        for c in contracts
    )


def check(
    home: Home,
    *,
    batch_id: int,
    manifest: Path | None = None,
    rules: Sequence[FeedRule] | None = None,
) -> list[CheckResult]:
    """Run every law over the warehouse; `batch_id` is the batch this night took in.

    rules: by default those of the enabled systems' contracts. A law that cannot be evaluated
    gives a result of status `error`.
    """
    rules = rules_from_contracts(home) if rules is None else rules
    graph = dbt_manifest.load(manifest) if manifest and manifest.exists() else {}
    with built_tables(home) as con:
        tables = {
            str(row[0])
            for row in con.execute(
                "select table_name from information_schema.tables where table_schema = 'raw'"
            ).fetchall()
        }
        present = [rule for rule in rules if rule.raw_table in tables]
        return [_run(con, law, graph) for law in laws(batch_id, rules, present)]


def laws(batch_id: int, rules: Sequence[FeedRule], present: Sequence[FeedRule]) -> list[Law]:
    """All laws; `present` are the feeds whose raw table exists."""
    found = [
        Law(
            "ledger.accounting", "block", "snapshot",
            "landed rows must equal loaded + quarantined + superseded rows, in every file, and "
            "what another count finds in it",
            """select system || '.' || feed as feed, file_name, landed_n, present_n, loaded_n,
                      quarantined_n, superseded_n
               from ledger.file
               where landed_n <> loaded_n + quarantined_n + superseded_n + expired_n
                  or (present_n <> landed_n and verdict in ('loaded', 'replaced', 'remap'))
                  or least(landed_n, loaded_n, quarantined_n, superseded_n) < 0""",
        ),
        Law(
            "ledger.quarantine_counts", "block", "snapshot",
            "quarantine must hold exactly the rows that the ledger says it holds",
            """with held as (
                 select file_id, sum(rows_n) as rows_n from ledger.quarantine
                 where quarantine_id not in (select quarantine_id from ledger.quarantine_closed)
                 group by file_id)
               select f.system || '.' || f.feed as feed, f.file_name, f.quarantined_n,
                      coalesce(held.rows_n, 0) as rows_in_quarantine
               from ledger.file as f left join held on held.file_id = f.file_id
               where f.quarantined_n <> coalesce(held.rows_n, 0)""",
        ),
        Law(
            "ledger.rejected_files", "warn", "feed",
            "a file was refused; its rows are missing until its name comes whole "
            "(`headset file dismiss` says that they are not missed)",
            """select system || '.' || feed as feed, file_name, reason from ledger.file
               where verdict = 'rejected'""",
        ),
        Law(
            "ledger.unmapped_share", "warn", "feed",
            "codes that the company's maps do not know: add a dated row to the map",
            f"""with landed as (
                 select system, feed, sum(loaded_n) as loaded_n from ledger.file
                 where batch_id = {int(batch_id)} group by all),
               unknown as (
                 select u.system, u.feed, u.map, u.column_name, sum(u.rows_n)::bigint as rows_n,
                        count(distinct u.code) as codes_n, min(u.code) as example
                 from ledger.unmapped as u
                 join ledger.file as f on f.file_id = u.file_id and f.batch_id = {int(batch_id)}
                 group by all)
               select unknown.system || '.' || unknown.feed as feed, unknown.map,
                      unknown.column_name, unknown.rows_n, unknown.codes_n, unknown.example
               from unknown join landed
                 on landed.system = unknown.system and landed.feed = unknown.feed
               where unknown.rows_n > {UNMAPPED_SHARE_WARN} * landed.loaded_n""",
        ),
    ]  # fmt: skip
    if present:
        found.append(_raw_counts(present))
        found.append(_event_gaps(present))
    if rules:
        found.append(_freshness([rule for rule in rules if not rule.is_optional], batch_id))
        found.append(_extract_gaps(rules))
    return found


def _raw_counts(rules: Sequence[FeedRule]) -> Law:
    counted = " union all ".join(
        f"""select {_text(r.system)} as system, {_text(r.feed)} as feed, _file_id as file_id,
                   count(*) as rows_n
            from raw."{r.raw_table}" where _is_current group by _file_id"""
        for r in rules
    )
    feeds = ", ".join(f"({_text(r.system)}, {_text(r.feed)})" for r in rules)
    return Law(
        "ledger.raw_counts", "block", "snapshot",
        "the raw tables must hold exactly the rows that the ledger says were loaded",
        f"""with counted as ({counted})
            select coalesce(f.system || '.' || f.feed, c.system || '.' || c.feed) as feed,
                   f.file_name, coalesce(f.loaded_n, 0) as loaded_n,
                   coalesce(c.rows_n, 0) as rows_in_raw
            from (select * from ledger.file where (system, feed) in ({feeds})) as f
            full join counted as c
              on c.file_id = f.file_id and c.system = f.system and c.feed = f.feed
            where coalesce(f.loaded_n, 0) <> coalesce(c.rows_n, 0)""",
    )  # fmt: skip


def _freshness(rules: Sequence[FeedRule], batch_id: int) -> Law:
    promised = (
        ", ".join(
            f"({_text(r.system)}, {_text(r.feed)}, {_text(instance)}, {int(r.late_after_hours)})"
            for r in rules
            for instance in r.instances
        )
        or "(null, null, null, null)"
    )
    return Law(
        "ledger.freshness", "warn", "feed",
        "an account of a feed is later than its contract allows; its newest days are missing",
        f"""with promised(system, feed, instance, late_after_hours) as (values {promised}),
            newest as (
              select system, feed, instance, max(extract_date) as extract_date from ledger.file
              where verdict in {TAKEN} group by all)
            select p.system || '.' || p.feed as feed, p.instance as account,
                   n.extract_date as newest_extract,
                   b.through_date as expected_extract, p.late_after_hours
            from promised as p
            left join newest as n
              on n.system = p.system and n.feed = p.feed and n.instance = p.instance
            join ledger.batch as b on b.batch_id = {int(batch_id)}
            where n.extract_date is null
               or date_diff('hour', n.extract_date::timestamp, b.through_date::timestamp)
                  > p.late_after_hours""",
    )  # fmt: skip


def _extract_gaps(rules: Sequence[FeedRule]) -> Law:
    feeds = (
        ", ".join(f"({_text(r.system)}, {_text(r.feed)})" for r in rules if r.delivery != "event")
        or "(null, null)"
    )
    return Law(
        "ledger.missing_extracts", "warn", "feed",
        "no file ever came for these extract dates, though earlier and later ones did",
        f"""with came as (
              select distinct system, feed, coalesce(captures, '') as captures, extract_date
              from ledger.file
              where verdict in ('loaded', 'empty', 'replaced') and extract_date is not null
                and (system, feed) in ({feeds})),
            steps as (
              select *, lead(extract_date) over (
                partition by system, feed, captures order by extract_date) as following,
                count(*) over (partition by system, feed, captures) as came_n,
                max(extract_date) over (partition by system, feed, captures)
                - min(extract_date) over (partition by system, feed, captures) + 1 as span_n
              from came)
            select system || '.' || feed as feed, captures,
                   extract_date + 1 as missing_from, following - 1 as missing_to
            from steps
            where following > extract_date + 1 and came_n * 2 > span_n
            order by all""",
    )  # fmt: skip


def _event_gaps(rules: Sequence[FeedRule]) -> Law:
    days = " union all ".join(
        f"""select {_text(f"{r.system}.{r.feed}")} as feed, _event_date as day
            from raw."{r.raw_table}" where _is_current and _event_date is not null group by all"""
        for r in rules
    )
    # A weekday that is usually empty (a centre closed on Sundays) is no gap; with fewer than three
    # of them to go by, only a working day is.
    return Law(
        "ledger.missing_event_dates", "warn", "feed",
        "not one row for these dates, though the same weekday usually has some",
        f"""with days as ({days}),
            expected as (
              select feed, unnest(generate_series(min(day), max(day), interval 1 day))::date as day
              from days group by feed),
            marked as (
              select e.feed, e.day, d.day is not null as has_rows,
                     avg((d.day is not null)::integer) over weekday as usual,
                     count(*) over weekday as weekdays_n
              from expected as e left join days as d on d.feed = e.feed and d.day = e.day
              window weekday as (partition by e.feed, dayofweek(e.day)))
            select feed, day as missing_date from marked
            where not has_rows and (usual > 0.5 or (weekdays_n < 3 and isodow(day) <= 5))
            order by all""",
    )  # fmt: skip


def _run(con: duckdb.DuckDBPyConnection, law: Law, graph: dbt_manifest.Manifest) -> CheckResult:
    try:
        cursor = con.execute(law.sql)
        names = [str(column[0]) for column in cursor.description or ()]
        rows = cursor.fetchall()
    except duckdb.Error as error:
        return _result(law, "error", 0, (), ({"error": quotes_masked(str(error))[:300]},), graph)
    feeds = tuple(sorted({str(row[names.index("feed")]) for row in rows})) if rows else ()
    sample = tuple(
        {name: plain(value) for name, value in zip(names, row, strict=True)}
        for row in rows[:SAMPLE_N]
    )
    return _result(law, "fail" if rows else "pass", len(rows), feeds, sample, graph)


def _result(
    law: Law,
    status: str,
    failing_n: int,
    feeds: tuple[str, ...],
    sample: tuple[dict[str, object], ...],
    graph: dbt_manifest.Manifest,
) -> CheckResult:
    return CheckResult(
        check_id=law.check_id,
        subject=", ".join(feeds) or "ledger.file",
        tool="ledger",
        severity=law.severity,
        radius=law.radius,
        reason=law.reason,
        status="error" if status == "error" else "fail" if status == "fail" else "pass",
        failing_n=failing_n,
        feeds=feeds,
        sample=sample,
        tables=dbt_manifest.published_below(graph, dbt_manifest.source_ids(graph, feeds)),
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
