"""What the ledger says, for people and for the plan of a night; it is read and never written here.

Belongs here: small read-only questions to `ledger.*`. Does not: keeping the ledger (`ingest`).
Whoever asks holds the night's lock, shared or alone: a reader shuts a writer out as well.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import duckdb

from ground.files import write_whole
from ground.home import Home
from orchestration.run.lock import reading

Row = dict[str, Any]

FRESHNESS = """
select system || '.' || feed as feed, nullif(instance, 'default') as account,
    max(extract_date) filter (where verdict in ('loaded', 'replaced'))::varchar as last_extract,
    strftime(max(finished_at), '%Y-%m-%d %H:%M') as last_file_at,
    count(*) filter (where verdict = 'rejected') as rejected_n,
    coalesce(sum(landed_n), 0)::bigint as landed_n,
    coalesce(sum(loaded_n), 0)::bigint as loaded_n,
    coalesce(sum(quarantined_n), 0)::bigint as quarantined_n,
    coalesce(sum(superseded_n), 0)::bigint as superseded_n
from ledger.file group by 1, 2 order by 1, 2
"""

QUARANTINED = """
select q.system || '.' || q.feed as feed, q.rule, sum(q.rows_n)::bigint as rows_n,
    count(distinct q.file_name) as files_n, any_value(q.reason) as reason
from ledger.quarantine as q
left join ledger.quarantine_closed as c using (quarantine_id)
where c.quarantine_id is null and (? is null or q.batch_id = ?)
group by 1, 2 order by rows_n desc, 1, 2
"""

UNMAPPED = """
select map, column_name, code, sum(rows_n)::bigint as rows_n, count(distinct file_id) as files_n
from ledger.unmapped group by 1, 2, 3 order by rows_n desc, 1, 2, 3
"""

# Values of enumerations that no list knows: their rows are in no figure.
UNKNOWN_VALUES = """
select system || '.' || feed as feed, column_name, value, rows_n, last_date::varchar as last_date
from trust.trust_unmapped order by rows_n desc, 1, 2, 3
"""

# Extract dates without a file between two that have one; the contract says how many are usual.
GAPS = """
select feed, (before + 1)::varchar as first_missing, (extract_date - 1)::varchar as last_missing,
    extract_date - before - 1 as days_n
from (
    select feed, extract_date, lag(extract_date) over (partition by feed order by extract_date)
        as before, max(extract_date) over (partition by feed) as newest
    from (
        select distinct system || '.' || feed as feed, extract_date from ledger.file
        where extract_date is not null and verdict <> 'rejected'
    )
)
where extract_date - before > 1 and extract_date > newest - 35 order by 1, 2
"""

# Who is known in one system by a code that the crosswalk does not have is counted as somebody else.
IDENTITIES = """
select system, count(distinct code) as codes_n, sum(rows_n)::bigint as rows_n,
    count(distinct file_id) as files_n
from ledger.unmapped where map = 'company.agents' group by 1 order by rows_n desc, 1
"""

# Two witnesses of clocks that disagree, over the last week of contacts: an agent who is on a
# contact in one system when another one connects the call, and records older than their contact.
CLOCKS = """
with legs as (
    select source_system, agent_id, answered_at_utc as at from core.fct_contact_leg
    where is_answered and agent_id is not null
        and event_date > (select max(event_date) - 7 from core.fct_contact_leg)
), states as (
    select source_system, agent_id, started_at_utc as at from core.fct_agent_activity
    where activity = 'on_contact'
        and event_date > (select max(event_date) - 8 from core.fct_contact_leg)
), pairs as (
    select s.source_system as system, l.source_system as other_system,
        arg_min(date_diff('second', l.at, s.at), abs(date_diff('second', l.at, s.at))) as skew_s
    from legs as l join states as s
        on l.agent_id = s.agent_id and l.source_system <> s.source_system
        and s.at between l.at - interval 15 minute and l.at + interval 15 minute
    group by s.source_system, l.source_system, l.agent_id, l.at
), links as (
    select k.source_system as system, c.source_system as other_system,
        date_diff('second', c.started_at_utc, k.at) as lag_s
    from (
        select source_system, contact_id, opened_at_utc as at from core.fct_case
        union all
        select source_system, contact_id, responded_at_utc as at from core.fct_survey
    ) as k join core.fct_contact as c on k.contact_id = c.contact_id
    where k.source_system <> c.source_system
        and c.event_date > (select max(event_date) - 7 from core.fct_contact)
)
select system, other_system, 'states and calls' as told_by, count(*) as pairs_n,
    median(skew_s)::bigint as skew_s
from pairs group by 1, 2 having count(*) >= 20 and abs(median(skew_s)) > 5
union all
select system, other_system, 'records before their contact', count(*) filter (where lag_s < 0),
    (median(lag_s) filter (where lag_s < 0))::bigint
from links group by 1, 2 having count(*) filter (where lag_s < 0) > 0.05 * count(*)
order by 1, 2, 3
"""

REJECTED = """
select system || '.' || feed as feed, file_name, reason,
    strftime(finished_at, '%Y-%m-%d %H:%M') as at
from ledger.file where verdict = 'rejected' order by finished_at desc, file_name
"""

# The latest first; what was let pass stays in sight.
ACCEPTED = """
select strftime(accepted_at, '%Y-%m-%d %H:%M') as at, what, reason from ledger.acceptance
order by accepted_at desc, what limit 20
"""

BATCHES = """
select coalesce(max(b.batch_id), 0) as newest,
    count(f.file_id) filter (where b.built_at is null) as unbuilt
from ledger.batch as b join ledger.file as f using (batch_id)
"""

# Source feeds by files, canonical feeds by dates: a changed map touches rows without a file.
UNBUILT_FEEDS = """
select distinct f.system, f.feed from ledger.file as f join ledger.batch as b using (batch_id)
where b.built_at is null
union
select distinct t.system, t.feed from raw.touched as t join ledger.batch as b using (batch_id)
where b.built_at is null
"""

RAW_BEGINS = """
select system || '.' || feed as feed, max(before_date) as first_date from ledger.removal
where place = 'raw' and why = 'retention' and rows_n > 0 and feed is not null group by 1
"""

AS_OF = "select max(through_date)::varchar as as_of from ledger.batch"

RELATIONS = """
select format('"{}"."{}"."{}"', database_name, schema_name, name) as relation from (
    select database_name, schema_name, table_name as name from duckdb_tables()
    union all select database_name, schema_name, view_name from duckdb_views())
"""

TOUCHED = "select distinct event_date from raw.touched where batch_id > ? order by 1"

REWRITTEN = "select distinct model, rewritten_date from ledger.rewritten where batch_id > ?"

PASSED = """
select max(batch_id) as batch_id from ledger.verdict
where status = 'pass' and definition_hash = ?
"""


@dataclass(frozen=True)
class LedgerView:
    """The ledger's state at one moment: rows of plain values, ready for a table or JSON."""

    feeds: list[Row]
    gaps: list[Row]
    quarantined: list[Row]
    unmapped: list[Row]
    unknown_values: list[Row]
    identities: list[Row]
    clocks: list[Row]
    rejected: list[Row]
    accepted: list[Row]
    columns: list[Row]

    def as_json(self) -> dict[str, list[Row]]:
        """The same as plain dictionaries."""
        return asdict(self)


def view(home: Home) -> LedgerView:
    """Freshness, gaps, open quarantine, unknown codes and people, skewed clocks, rejected files.

    Raises NightRunningError while a night holds the warehouse.
    """
    with reading(home):
        return LedgerView(
            feeds=_rows(home, FRESHNESS),
            gaps=_rows(home, GAPS),
            quarantined=_rows(home, QUARANTINED, [None, None]),
            unmapped=_rows(home, UNMAPPED),
            unknown_values=_rows(home, UNKNOWN_VALUES),
            identities=_rows(home, IDENTITIES),
            clocks=_rows(home, CLOCKS),
            rejected=_rows(home, REJECTED),
            accepted=_rows(home, ACCEPTED),
            columns=_columns(home),
        )


def gaps(home: Home) -> list[Row]:
    """Extract dates without a file between two that have one, of the newest five weeks."""
    return _rows(home, GAPS)


def _columns(home: Home) -> list[Row]:
    """Columns of the newest files that are otherwise than their contracts say."""
    from ingest.ledger.columns import changes
    from ingest.ledger.ledger import warehouse

    with warehouse(home, read_only=True) as con:
        try:
            return [
                {"feed": c.feed, "column": c.column, "how": c.how, "file_name": c.file_name}
                for c in changes(con)
            ]
        except duckdb.Error:
            # The tables of an earlier release, until the next night.
            return []


def quarantined_in(home: Home, batch_id: int) -> list[Row]:
    """Rows quarantined in one batch, by feed and rule."""
    return _rows(home, QUARANTINED, [batch_id, batch_id])


def batches(home: Home) -> tuple[int, int]:
    """The newest batch that brought files (0 without any), and how many files await a build."""
    rows = _rows(home, BATCHES)
    return (int(rows[0]["newest"]), int(rows[0]["unbuilt"])) if rows else (0, 0)


def unbuilt_feeds(home: Home) -> frozenset[tuple[str, str]]:
    """(system, feed) of source and canonical feeds whose rows changed since the last build."""
    rows = _rows(home, UNBUILT_FEEDS)
    return frozenset((str(row["system"]), str(row["feed"])) for row in rows)


def as_of(home: Home) -> str | None:
    """The newest extract date that any night covered, as what is open is counted by it."""
    rows = _rows(home, AS_OF)
    return rows[0]["as_of"] if rows else None


def raw_begins(home: Home) -> dict[str, date]:
    """Feeds whose older raw rows are past their term: the first date that raw still holds whole."""
    return {str(row["feed"]): row["first_date"] for row in _rows(home, RAW_BEGINS)}


def relations(home: Home) -> frozenset[str]:
    """Every table and view of the warehouse, named as dbt names relations."""
    return frozenset(str(row["relation"]) for row in _rows(home, RELATIONS))


def touched_since(home: Home, batch_id: int) -> tuple[date, ...]:
    """UTC event dates that batches after `batch_id` touched."""
    rows = _rows(home, TOUCHED, [batch_id])
    return tuple(row["event_date"] for row in rows if row["event_date"])


def rewritten_since(home: Home, batch_id: int) -> tuple[tuple[str, date | None], ...]:
    """Models that batches after `batch_id` rewrote in part, with each date (None: they ran)."""
    rows = _rows(home, REWRITTEN, [batch_id])
    return tuple((row["model"], row["rewritten_date"]) for row in rows)


def last_passed(home: Home, definition_hash: str) -> int | None:
    """The newest batch that passed whole, by these definitions; None if there is none."""
    rows = _rows(home, PASSED, [definition_hash])
    return rows[0]["batch_id"] if rows else None


def _rows(home: Home, sql: str, values: list[object] | None = None) -> list[Row]:
    from ingest.ledger.ledger import warehouse

    with warehouse(home, read_only=True) as con:
        try:
            result = con.execute(sql, values or [])
        except duckdb.CatalogException:
            # Killed before its first night had made the tables.
            return []
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def row_count(home: Home, raw_table: str) -> int:
    """Rows that the raw table of a feed holds, every version of them; 0 before its first file."""
    from ingest.ledger.ledger import warehouse

    with warehouse(home) as con:
        try:
            return int(con.table(f'raw."{raw_table}"').shape[0])
        except duckdb.CatalogException:
            return 0


def keep_ledger(home: Home) -> None:
    """Write the ledger's state down, for whoever asks while the next night runs."""
    state = view(home).as_json()
    path = home.audit / "ledger.cache"
    write_whole(path, json.dumps(state, default=str))
