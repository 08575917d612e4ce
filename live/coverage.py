"""How far the day's rows reach, by site and group of feeds.

A feed is missing where nothing new has come for longer than it may, while something usually does:
a site that is closed at night is silent and misses nothing. Belongs here: watermarks, silence,
what is usual. Does not: what follows from them (`audit.py`, `serve.py`).
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from ground.sql import ident, literal
from ingest.contracts.contract import Contract

# What is shown together and held back together.
QUEUES, STAFFING = "queues", "staffing"
# Visits in progress: what stands in their newest file, and nothing else.
OPEN_VISITS = "open_visits"
USUAL_WEEKS = 8
# Where so many contacts are usual since the newest row, silence is no chance (e^-3 is 5 %).
EXPECTED_N = 3


def group_of(contract: Contract) -> str:
    """The group that a feed's rows are shown in."""
    return STAFFING if "agent_activity" in contract.fills else QUEUES


def begin(con: duckdb.DuckDBPyConnection, serve: Path) -> None:
    """Lay out `lane.usual`, from the published days, and empty watermarks."""
    con.execute("create schema if not exists lane")
    con.execute(f"attach {literal(str(serve))} as final (read_only)")
    try:
        con.execute(
            f"create or replace table lane.usual as select site_id, client_id, queue_id, "
            f"isodow(site_date) as weekday, half_hour_of_day, "
            f"median(offered_n) as offered_median, min(offered_n) as offered_low, "
            f"max(offered_n) as offered_high, count(*) as days_n from ("
            f"select d.site_date, q.site_id, q.client_id, q.queue_id, q.half_hour_of_day, "
            f"coalesce(sum(h.offered_n), 0) as offered_n "
            f"from (select distinct site_id, site_date from final.interaction.queue_half_hour "
            f"where site_date > published_day - {7 * USUAL_WEEKS}) as d "
            f"join (select distinct site_id, client_id, queue_id, half_hour_of_day "
            f"from final.interaction.queue_half_hour) as q using (site_id) "
            f"left join final.interaction.queue_half_hour as h using (site_id, client_id, "
            f"queue_id, half_hour_of_day, site_date) group by all) group by all".replace(
                "published_day",
                "(select max(site_date) from final.interaction.queue_half_hour)",
            )
        )
    finally:
        con.execute("detach final")
    con.execute(
        "create or replace table lane.coverage_before (feed varchar, site_id varchar, "
        "newest_at timestamp);"
        "create or replace table lane.reach_before (feed_group varchar, site_id varchar, "
        "covered_through_at timestamp)"
    )


def measure(
    con: duckdb.DuckDBPyConnection, contracts: Sequence[Contract], as_of: str, silent_s: int
) -> None:
    """Fill `lane.coverage` (per feed and site) and `lane.reach` (per group and site).

    covered_through_at: the newest instant that any row names, less the feed's declared latency.
    """
    rows = " union all ".join(_feed(one) for one in contracts)
    kinds = ", ".join(
        f"({literal(one.name)}, {literal(group_of(one))}, {literal(one.feed == OPEN_VISITS)})"
        for one in contracts
    )
    con.execute(f"create or replace table lane.coverage_now as {rows}")
    # A site that is usual and has sent nothing at all yet is silent since before that.
    con.execute(
        f"insert into lane.coverage_now select k.feed, k.feed_group, k.is_snapshot, s.site_id, "
        f"timestamp {literal(as_of)} - to_seconds({silent_s + 1800}), null, 0 "
        f"from (values {kinds}) as k (feed, feed_group, is_snapshot) "
        f"cross join (select distinct site_id from lane.usual) as s "
        f"anti join lane.coverage_now as c using (feed, site_id)"
    )
    con.execute(_expected(as_of))
    con.execute(
        f"create or replace table lane.coverage as select c.*, "
        f"c.newest_at < timestamp {literal(as_of)} - to_seconds({silent_s}) "
        f"and coalesce(e.expected_n, {EXPECTED_N}) >= {EXPECTED_N} as is_missing "
        f"from lane.coverage_now as c left join lane.expected as e using (feed, site_id)"
    )
    con.execute(
        "create or replace table lane.reach as with kinds as (select distinct feed_group, feed "
        "from lane.coverage where not is_snapshot), sites as (select distinct site_id from "
        "lane.coverage) select k.feed_group, s.site_id, "
        "greatest(max(a.covered_through_at), max(b.covered_through_at)) as covered_through_at, "
        "coalesce(string_agg(distinct k.feed, ', ' order by k.feed) "
        "filter (where coalesce(c.is_missing, true)), '') as missing_feeds "
        "from kinds as k cross join sites as s "
        "left join lane.coverage as c on c.feed = k.feed and c.site_id = s.site_id "
        "left join lane.coverage as a on a.feed_group = k.feed_group and a.site_id = s.site_id "
        "left join lane.reach_before as b on b.feed_group = k.feed_group "
        "and b.site_id = s.site_id group by k.feed_group, s.site_id"
    )


def settle(con: duckdb.DuckDBPyConnection, groups: Sequence[str]) -> None:
    """Remember how far the groups that were shown reach."""
    for group in groups:
        con.execute(
            f"delete from lane.reach_before where feed_group = {literal(group)};"
            f"insert into lane.reach_before select feed_group, site_id, covered_through_at "
            f"from lane.reach where feed_group = {literal(group)};"
            f"delete from lane.coverage_before where feed in (select feed from lane.coverage "
            f"where feed_group = {literal(group)});"
            f"insert into lane.coverage_before select feed, site_id, newest_at from lane.coverage "
            f"where feed_group = {literal(group)} and not is_snapshot"
        )


def _expected(as_of: str) -> str:
    """How many contacts are usual at a site since the newest row of a feed."""
    return (
        f"create or replace table lane.expected as with halves as (select c.feed, c.site_id, "
        f"unnest(generate_series(time_bucket(interval 30 minute, c.newest_at), "
        f"timestamp {literal(as_of)}, interval 30 minute)) as half_at from lane.coverage_now as c "
        f"where c.newest_at > timestamp {literal(as_of)} - interval 2 day), "
        f"local as (select h.feed, h.site_id, timezone(z.time_zone, timezone('UTC', h.half_at)) "
        f"as at from halves as h join (select site_id, max(time_zone) as time_zone "
        f"from raw.company__sites where _is_current group by 1) as z using (site_id)) "
        f"select l.feed, l.site_id, sum(u.offered_median) as expected_n from local as l "
        f"join lane.usual as u on u.site_id = l.site_id and u.weekday = isodow(l.at) "
        f"and u.half_hour_of_day = hour(l.at) * 2 + minute(l.at) // 30 group by 1, 2"
        # A site of which the published days know this hour to be empty expects nobody.
        " union all select c.feed, c.site_id, 0 from lane.coverage_now as c "
        "where c.site_id in (select site_id from lane.usual) and not exists "
        "(select 1 from local as l join lane.usual as u on u.site_id = l.site_id "
        "and u.weekday = isodow(l.at) and u.half_hour_of_day = hour(l.at) * 2 + minute(l.at) // 30 "
        "where l.feed = c.feed and l.site_id = c.site_id)"
    )


def _feed(contract: Contract) -> str:
    instants = [column.name for column in contract.columns if column.type == "timestamp"]
    newest = f"greatest({', '.join(f'max({ident(name)})' for name in instants)})"
    return (
        f"select {literal(contract.name)} as feed, {literal(group_of(contract))} as feed_group, "
        f"{literal(contract.feed == OPEN_VISITS)} as is_snapshot, "
        f"site_id, {newest} as newest_at, {newest} - to_seconds({contract.intraday_latency_s}) "
        f"as covered_through_at, count(*) as rows_n from raw.{ident(contract.raw_table)} "
        f"where _is_current group by site_id"
    )
