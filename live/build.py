"""From the day's rows to queue visits and half hours: dbt's compiled SQL over what has changed.

A contact stands for itself: its visits come from its own rows and the maps alone. So the compiled
models run over the contacts whose rows are not as before, and the half hours that these contacts
are in, or were, are added up once more; a half hour that nothing touched stays as it is.
Belongs here: that. Does not: what a visit is (`dbt_project`), open visits (`open_visits.py`).
"""

from collections.abc import Iterable

import duckdb

from ground.sql import ident, idents
from live.models import DayModels, Model

CONTACTS, LEGS = "feed_contacts", "feed_contact_legs"
FEEDS = (CONTACTS, LEGS)
VISIT = "fct_contact_leg"
HALF_HOUR, FORECAST = "interaction_queue_half_hour", "forecast_half_hour"
CELL = ("site_id", "client_id", "queue_id", "half_hour_start_utc", "site_date")
_NOT_CONTENT = ("file_id", "row_number")


def lay_out(con: duckdb.DuckDBPyConnection, day: DayModels) -> None:
    """Views and empty tables of the day's models, and the lane's own tables."""
    for schema in sorted({one.schema for one in day.models} | {"lane"}):
        con.execute(f"create schema if not exists {ident(schema)}")
    for one in day.models:
        if one.name in FEEDS:
            con.execute(f"create or replace view {_all(one)} as {one.sql}")
            con.execute(f"create or replace table {one.relation} as from {_all(one)} limit 0")
        elif one.is_view:
            con.execute(f"create or replace view {one.relation} as {one.sql}")
        elif one.name == VISIT:
            con.execute(f"create or replace table lane.leg as from ({one.sql}) limit 0")
            con.execute(f"create or replace view {one.relation} as from lane.leg")
        else:
            con.execute(f"create or replace table {one.relation} as from ({one.sql}) limit 0")
    parts = ", ".join(f"{ident(part)} bigint" for part in day.parts)
    con.execute(
        f"create table lane.contact_print (source_system varchar, contact_id varchar, "
        f"print hugeint);"
        f"create table lane.visit_version (leg_id varchar, contact_id varchar, site_id varchar, "
        f"client_id varchar, queue_id varchar, half_hour_start_utc timestamp, site_date date, "
        f"{parts}, from_tick bigint, to_tick bigint);"
        f"create table lane.cell as select {idents(CELL)}, {idents(day.parts)} "
        f"from lane.visit_version limit 0;"
        f"create table lane.open_seen (tick_id bigint, leg_id varchar);"
    )


def rebuild(con: duckdb.DuckDBPyConnection, day: DayModels, tick_id: int) -> int:
    """Bring visits and half hours up to date; gives the number of half hours computed."""
    feeds = {name: day.model(name) for name in FEEDS}
    _find_changed(con, feeds.values())
    for name in FEEDS:
        model = feeds[name]
        con.execute(
            f"create or replace table {model.relation} as select f.* from {_all(model)} as f "
            f"semi join lane.changed as c using (source_system, contact_id)"
        )
    run_visits(con, day, "lane.new_leg")
    _version(con, day, tick_id)
    return _half_hours(con, day)


def run_visits(con: duckdb.DuckDBPyConnection, day: DayModels, into: str) -> None:
    """Run the compiled models from the rows that stand in the feeds to visits, into one table."""
    for one in day.models:
        if one.name == VISIT:
            con.execute(f"create or replace temp table fresh as {one.sql}")
            con.execute(f"create or replace table {into} as from fresh")
        elif not one.is_view and one.name not in (*FEEDS, HALF_HOUR, FORECAST):
            con.execute(f"create or replace table {one.relation} as {one.sql}")


def _find_changed(con: duckdb.DuckDBPyConnection, feeds: Iterable[Model]) -> None:
    """Contacts any of whose rows is new, gone or other than at the tick before."""
    hashed = " union all ".join(
        f"select source_system, contact_id, hash(f)::hugeint as h from (select * exclude "
        f"({', '.join(_NOT_CONTENT)}), '{model.name}' as feed from {_all(model)}) as f"
        for model in feeds
    )
    con.execute(
        f"create or replace table lane.now_print as select source_system, contact_id, "
        f"sum(h)::hugeint as print from ({hashed}) group by all"
    )
    con.execute(
        "create or replace table lane.changed as "
        "select coalesce(n.source_system, o.source_system) as source_system, "
        "coalesce(n.contact_id, o.contact_id) as contact_id from lane.now_print as n "
        "full outer join lane.contact_print as o using (source_system, contact_id) "
        "where n.print is distinct from o.print"
    )
    con.execute("drop table lane.contact_print; alter table lane.now_print rename to contact_print")


def _version(con: duckdb.DuckDBPyConnection, day: DayModels, tick_id: int) -> None:
    """Close the versions of visits that are other now, and open new ones."""
    changed = "select source_system || ':' || contact_id from lane.changed"
    con.execute(
        f"delete from lane.leg where contact_id in ({changed}); "
        f"insert into lane.leg by name from lane.new_leg"
    )
    keys = ", ".join(f"leg.{name}" for name in ("leg_id", "contact_id", *CELL))
    parts = ", ".join(f"({sql})::bigint as {ident(part)}" for part, sql in day.parts.items())
    names = idents(("leg_id", "contact_id", *CELL, *day.parts))
    con.execute(
        f"create or replace temp table visit_now as select {keys}, {parts} from lane.new_leg as leg"
    )
    con.execute(
        f"create or replace temp table visit_before as select {names} from lane.visit_version "
        f"where to_tick is null and contact_id in ({changed})"
    )
    con.execute(
        "create or replace temp table visit_gone as from visit_before except from visit_now;"
        "create or replace temp table visit_new as from visit_now except from visit_before;"
        "create or replace table lane.dirty as select distinct half_hour_start_utc from "
        "(from visit_gone union all from visit_new)"
    )
    con.execute(
        f"update lane.visit_version set to_tick = {tick_id} where to_tick is null "
        f"and leg_id in (select leg_id from visit_gone)"
    )
    con.execute(
        f"insert into lane.visit_version by name select *, {tick_id} as from_tick, "
        f"null as to_tick from visit_new"
    )


def _half_hours(con: duckdb.DuckDBPyConnection, day: DayModels) -> int:
    dirty = "half_hour_start_utc in (select half_hour_start_utc from lane.dirty)"
    visit, mart, forecast = day.model(VISIT), day.model(HALF_HOUR), day.model(FORECAST)
    sums = ", ".join(f"sum({ident(part)})::bigint as {ident(part)}" for part in day.parts)
    con.execute(
        f"delete from lane.cell where {dirty}; "
        f"insert into lane.cell by name select {idents(CELL)}, {sums} from lane.visit_version "
        f"where to_tick is null and {dirty} group by {idents(CELL)}"
    )
    con.execute(f"create or replace view {visit.relation} as from lane.leg where {dirty}")
    con.execute(f"delete from {mart.relation} where {dirty}")
    con.execute(f"insert into {mart.relation} by name {mart.sql}")
    con.execute(f"create or replace view {visit.relation} as from lane.leg")
    con.execute(f"create or replace table {forecast.relation} as {forecast.sql}")
    row = con.execute("select count(*) from lane.dirty").fetchone()
    return int(row[0]) if row else 0


def all_rows(model: Model) -> str:
    """Where all rows of a feed stand, whatever a run looks at."""
    return _all(model)


def _all(model: Model) -> str:
    return ident(model.schema, f"{model.name}__all")
