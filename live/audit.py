"""What must hold before a tick is shown: the laws of a night, and a few of the open day.

A check that fails holds back the group of figures it is about; readers keep the last good ones,
with their age. Belongs here: the checks. Does not: showing anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from ground.sql import ident, literal
from ingest.contracts.contract import Contract
from ingest.ledger.ledger import accounting_violations
from live import build
from live.coverage import OPEN_VISITS, QUEUES, STAFFING, group_of
from live.models import DayModels

# Clocks of two machines differ by so much without anybody's fault (NTP keeps them within seconds).
AHEAD_S = 120
# A cumulative file may lose a duplicate; one that loses so much has been cut off or mixed up.
SHRINK_SHARE, SHRINK_N = 0.05, 20
# So many rows kept apart in a file of the day are no longer single mistakes.
APART_SHARE, APART_N = 0.05, 20


@dataclass(frozen=True)
class Finding:
    """One check's answer. `radius`: the group of figures that it holds back."""

    check: str
    radius: str
    failing_n: int
    reason: str

    @property
    def holds(self) -> bool:
        """True when something is wrong."""
        return self.failing_n > 0


def run(
    con: duckdb.DuckDBPyConnection,
    day: DayModels,
    contracts: Sequence[Contract],
    as_of: str,
) -> list[Finding]:
    """Every check of a tick, those that hold something back among them."""
    law = accounting_violations(con)
    found = [
        Finding(
            "accounting_law", group, sum(f"{row['feed']}" in feeds for row in law),
            "landed = loaded + quarantined + superseded, per file",
        )
        for group in (QUEUES, STAFFING)
        for feeds in [{c.feed for c in contracts if group_of(c) == group}]
    ]  # fmt: skip
    found += [_count(con, *check) for check in _checks(day, as_of)]
    for contract in contracts:
        found += [_future(con, contract, as_of), _shrunk(con, contract), _apart(con, contract)]
    return found


def _checks(day: DayModels, as_of: str) -> list[tuple[str, str, str, str]]:
    sums = " or ".join(f"c.{ident(part)} is distinct from v.{ident(part)}" for part in day.parts)
    total = ", ".join(f"sum({ident(part)}) as {ident(part)}" for part in day.parts)
    mart = day.model(build.HALF_HOUR).relation
    contacts = build.all_rows(day.model(build.CONTACTS))
    return [
        (
            "visits_once", QUEUES,
            "select count(*) from (select leg_id from lane.visit_version where to_tick is null "
            "group by leg_id having count(*) > 1)",
            "each queue visit counts once",
        ),
        (
            "contacts_once", QUEUES,
            f"select count(*) from (select source_system, contact_id from {contacts} "
            f"group by all having count(*) > 1)",
            "each contact is there once",
        ),
        (
            "half_hours_add_up", QUEUES,
            f"select count(*) from (select {total} from lane.cell) as c cross join "
            f"(select {total} from lane.visit_version where to_tick is null) as v where {sums}",
            "the half hours add up to the day's visits",
        ),
        (
            "half_hours_as_the_mart", QUEUES,
            f"select count(*) from (select (select coalesce(sum(offered_n), 0) from {mart}) as a, "
            f"(select coalesce(sum(case when is_offered then 1 else 0 end), 0) from lane.leg) as b)"
            f" where a <> b",
            "the mart's half hours and the visits agree",
        ),
        (
            "limits_hold", QUEUES,
            "select count(*) from lane.value where low > high + 1e-12 or value < low - 1e-12 "
            "or value > high + 1e-12",
            "a value lies between its certain limits",
        ),
        *(
            (
                "watermark_goes_on", group,
                f"select count(*) from lane.coverage_before as b left join lane.coverage as c "
                f"using (feed, site_id) where c.feed_group = {literal(group)} "
                f"and c.newest_at < b.newest_at",
                "what was covered stays covered",
            )
            for group in (QUEUES, STAFFING)
        ),
        *(
            (
                "time_goes_on", group,
                f"select count(*) from lane.tick where as_of_at > timestamp {literal(as_of)}",
                "no tick is older than the one before it: a clock went back",
            )
            for group in (QUEUES, STAFFING)
        ),
    ]  # fmt: skip


def _count(
    con: duckdb.DuckDBPyConnection, check: str, radius: str, sql: str, reason: str
) -> Finding:
    row = con.execute(sql).fetchone()
    return Finding(check, radius, int(row[0]) if row else 1, reason)


def _future(con: duckdb.DuckDBPyConnection, contract: Contract, as_of: str) -> Finding:
    instants = [column.name for column in contract.columns if column.type == "timestamp"]
    limit = f"timestamp {literal(as_of)} + to_seconds({AHEAD_S})"
    late = " or ".join(f"{ident(name)} > {limit}" for name in instants)
    return _count(
        con, "no_future", group_of(contract),
        f"select count(*) from raw.{ident(contract.raw_table)} where _is_current and ({late})",
        f"{contract.name}: nothing has happened later than now (a clock ahead of ours)",
    )  # fmt: skip


def _shrunk(con: duckdb.DuckDBPyConnection, contract: Contract) -> Finding:
    if contract.feed == OPEN_VISITS:
        # It holds what is open at one moment; that shrinks by nature.
        return Finding("grows_on", group_of(contract), 0, f"{contract.name}: not cumulative")
    return _count(
        con, "grows_on", group_of(contract),
        f"with slot as (select instance, captures, extract_date, landed_n, "
        f"max(landed_n) over (partition by instance, captures, extract_date) as most_n, "
        f"row_number() over (partition by instance, captures, extract_date "
        f"order by revision desc, file_id desc) as place from ledger.file "
        f"where system = {literal(contract.system)} and feed = {literal(contract.feed)} "
        f"and verdict in ('loaded', 'replaced', 'empty')) "
        f"select count(*) from slot where place = 1 "
        f"and most_n - landed_n > greatest({SHRINK_N}, {SHRINK_SHARE} * most_n)",
        f"{contract.name}: a file that holds the day so far does not shrink",
    )  # fmt: skip


def _apart(con: duckdb.DuckDBPyConnection, contract: Contract) -> Finding:
    return _count(
        con, "few_apart", group_of(contract),
        f"select count(*) from ledger.file where system = {literal(contract.system)} "
        f"and feed = {literal(contract.feed)} and verdict = 'loaded' "
        f"and quarantined_n > greatest({APART_N}, {APART_SHARE} * landed_n)",
        f"{contract.name}: few rows of a file are kept apart",
    )  # fmt: skip
