"""Visits that have not ended, counted every way in which they can still end.

A caller who has waited longer than the promise is late already, whatever comes; one who waits
below it is open. Nobody writes such rules here: each open visit is put through the compiled models
once per possible ending, and its parts are what the metrics' own SQL makes of it. Between the
least and the most of them lies the truth. Belongs here: the endings. Does not: a formula.
"""

from collections.abc import Sequence

import duckdb

from ground.sql import ident, idents, literal
from ground.systems import DEFAULT_INSTANCE
from ingest.contracts.contract import Contract
from live import build
from live.coverage import OPEN_VISITS
from live.models import DayModels

# What the contact itself is called when its visit ends in this way, where the word differs.
_OF_CONTACT = {"abandoned": "abandoned_in_queue"}
ENDINGS = ("answered", "abandoned", "callback_requested", "voicemail", "flowed_out", "closed")


def find(con: duckdb.DuckDBPyConnection, day: DayModels, contracts: Sequence[Contract]) -> None:
    """Fill `lane.open_visit`: visits in progress whose contact has not ended in the day's rows."""
    feeds = [one for one in contracts if one.feed == OPEN_VISITS]
    columns = (
        "r.contact_id, r.leg_number, r.site_id, r.channel, r.direction, r.dialled_number, "
        "r.language, r.queue_code, r.started_at, r.queued_at, r.state, r.wait_s, r.seen_at, "
        "r._client_id as client_id, r._time_zone as time_zone"
    )
    # A file without rows replaces nothing in the ledger; here it says that nobody is left.
    rows = " union all ".join(
        f"select case when r._instance = {literal(DEFAULT_INSTANCE)} then {literal(one.system)} "
        f"else {literal(one.system + '/')} || r._instance end as source_system, {columns} "
        f"from raw.{ident(one.raw_table)} as r join ledger.file as f on f.file_id = r._file_id "
        f"where r._is_current and not exists (select 1 from ledger.file as later where "
        f"later.system = f.system and later.feed = f.feed and later.instance = f.instance "
        f"and later.captures = f.captures and later.extract_date = f.extract_date "
        f"and later.verdict = 'empty' and later.revision > f.revision)"
        for one in feeds
    )
    con.execute("drop table if exists lane.open_visit")
    if not feeds:
        con.execute(
            "create table lane.open_visit (source_system varchar, contact_id varchar, "
            "leg_number integer, site_id varchar, channel varchar, direction varchar, "
            "dialled_number varchar, language varchar, queue_code varchar, started_at timestamp, "
            "queued_at timestamp, state varchar, wait_s integer, seen_at timestamp, "
            "client_id varchar, time_zone varchar)"
        )
        return
    ended = build.all_rows(day.model(build.CONTACTS))
    con.execute(
        f"create table lane.open_visit as select o.* from ({rows}) as o "
        f"anti join {ended} as e using (source_system, contact_id)"
    )


def put_through(con: duckdb.DuckDBPyConnection, day: DayModels, tick_id: int) -> None:
    """Fill `lane.open_part`: per open visit the distinct parts that it can still come to."""
    # First as it stands, so that the models say which promise holds for it.
    _as_rows(con, day, "select *, 'answered' as ending, wait_s as ending_wait_s, null as way "
             "from lane.open_visit")  # fmt: skip
    build.run_visits(con, day, "lane.open_leg")
    con.execute(
        "create or replace temp table promise as select w.source_system, w.contact_id, "
        "w.leg_number, l.leg_id, l.threshold_s, l.short_abandon_s from lane.open_way as w "
        "join lane.open_leg as l on l.contact_id = w.scoped_id and l.leg_number = w.leg_number"
    )
    waits = (
        "unnest(list_distinct([o.wait_s, greatest(o.wait_s, p.short_abandon_s), "
        "greatest(o.wait_s, p.short_abandon_s) + 1, greatest(o.wait_s, p.threshold_s), "
        "greatest(o.wait_s, p.threshold_s) + 1]))"
    )
    endings = ", ".join(f"({literal(one)})" for one in ENDINGS)
    con.execute(
        f"create or replace temp table possible as "
        f"select o.*, 'answered' as ending, o.wait_s as ending_wait_s "
        f"from lane.open_visit as o where o.state = 'answered' "
        f"union all select o.*, e.ending, {waits} as ending_wait_s from lane.open_visit as o "
        f"join promise as p using (source_system, contact_id, leg_number) "
        f"cross join (values {endings}) as e (ending) where o.state = 'waiting'"
    )
    _as_rows(con, day, "select *, row_number() over () as way from possible")
    build.run_visits(con, day, "lane.open_leg")
    parts = ", ".join(f"(l.{ident(part)})::bigint as {ident(part)}" for part in day.parts)
    computed = ", ".join(f"{sql} as {ident(part)}" for part, sql in day.parts.items())
    keys = idents(build.CELL, "l.")
    con.execute(
        f"create or replace table lane.open_part as select distinct p.leg_id, {keys}, w.state, "
        f"w.wait_s, w.seen_at, {parts} from (select contact_id, leg_number, "
        f"{idents(build.CELL)}, {computed} from lane.open_leg) as l "
        f"join lane.open_way as w on l.contact_id = w.scoped_id and l.leg_number = w.leg_number "
        f"join promise as p on p.source_system = w.source_system and p.contact_id = w.contact_id "
        f"and p.leg_number = w.leg_number"
    )
    con.execute(f"insert into lane.open_seen select distinct {tick_id}, leg_id from lane.open_part")


def _as_rows(con: duckdb.DuckDBPyConnection, day: DayModels, query: str) -> None:
    """Put hypothetical rows into the feeds, each way of a visit as a contact of its own."""
    said = " ".join(f"when {literal(k)} then {literal(v)}" for k, v in _OF_CONTACT.items())
    con.execute(
        f"create or replace table lane.open_way as select w.*, "
        f"w.contact_id || coalesce('~' || w.way, '') as way_id, "
        f"w.source_system || ':' || w.contact_id || coalesce('~' || w.way, '') as scoped_id "
        f"from ({query}) as w"
    )
    contacts, legs = day.model(build.CONTACTS).relation, day.model(build.LEGS).relation
    con.execute(
        f"delete from {contacts}; delete from {legs};"
        f"insert into {contacts} by name select distinct source_system, way_id as contact_id, "
        f"client_id, site_id, time_zone, channel, direction, dialled_number, language, started_at, "
        f"queued_at + to_seconds(ending_wait_s) as ended_at, "
        f"case ending {said} else ending end as outcome, started_at::date as event_date, "
        f"0 as file_id, 0 as row_number from lane.open_way;"
        f"insert into {legs} by name select source_system, way_id as contact_id, leg_number, "
        f"client_id, site_id, time_zone, queue_code, queued_at, ending_wait_s as wait_s, "
        f"0 as talk_s, 0 as hold_s, 0 as acw_s, ending as outcome, queued_at::date as event_date, "
        f"0 as file_id, 0 as row_number from lane.open_way"
    )
