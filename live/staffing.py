"""Who works at what now, counted: never by name. Belongs here: states by site. Does not: anything
about one person.
"""

import duckdb

from ground.sql import literal
from live.models import DayModels

# A state that was still running when its extract was cut ends then; older ones are over.
STILL_S = 120
# A site with fewer people on shift is not broken down by state (as the pulse of small groups).
SMALLEST_GROUP = 5


def compute(con: duckdb.DuckDBPyConnection, day: DayModels, as_of: str) -> None:
    """Fill `lane.staffing`: people by state and site at the newest instant that is covered."""
    states = day.model("int_agent_activity").relation
    con.execute(
        f"create or replace table lane.staffing as with newest as (select site_id, "
        f"max(ended_at_utc) as seen_at from {states} where ended_at_utc <= "
        f"timestamp {literal(as_of)} + interval 2 minute group by site_id), "
        f"last as (select s.agent_id, s.site_id, max_by(s.activity, s.started_at_utc) as activity, "
        f"max(s.ended_at_utc) as until_at from {states} as s join newest as n using (site_id) "
        f"where s.activity <> 'logged_out' and s.ended_at_utc <= n.seen_at group by 1, 2), "
        f"now_ as (select l.* from last as l join newest as n using (site_id) "
        f"where l.until_at >= n.seen_at - to_seconds({STILL_S})), "
        f"size as (select site_id, count(*) as people_n from now_ group by 1) "
        f"select w.site_id, case when s.people_n < {SMALLEST_GROUP} then 'fewer than "
        f"{SMALLEST_GROUP}' else w.activity end as activity, count(*) as agents_n, n.seen_at "
        f"from now_ as w join size as s using (site_id) join newest as n using (site_id) "
        f"group by all"
    )
