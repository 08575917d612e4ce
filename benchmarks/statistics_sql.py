"""The statistics macros of the dbt project, rendered without dbt and run by DuckDB."""

from functools import cache
from typing import Any

import duckdb
import pandas as pd

from ground import dbt_macros
from ground.home import dbt_project_dir


@cache
def macros() -> Any:
    """A module with every macro of macros/statistics/ as a function that returns SQL."""
    folder = dbt_project_dir() / "macros" / "statistics"
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql")))
    _, module = dbt_macros.environment(text)
    return module


def query(sql: str, **relations: pd.DataFrame) -> pd.DataFrame:
    """Run `sql` over data frames by their names."""
    with duckdb.connect() as con:
        for name, frame in relations.items():
            con.register(name, frame)
        return con.execute(sql).df()


def shrunken(people: pd.DataFrame) -> pd.DataFrame:
    """Estimates towards the team, as `macros/statistics/shrinkage.sql` makes them."""
    drawn = macros().shrunken("people", ["client", "team"], ["client"])
    return query(f"with {drawn} select * from shrunken", people=people)


def charted(points: pd.DataFrame) -> pd.DataFrame:
    """Charts and discoveries by week, as `macros/statistics/charts.sql` makes them."""
    made = macros()
    sql = (
        f"with {made.charted('points', ['agent'], ['client'])}, "
        f"{made.discoveries('charted', ['client', 'period'])} select * from discovered"
    )
    return query(sql, points=points)


def told_apart(people: pd.DataFrame) -> pd.DataFrame:
    """Who is called distinguishable, by the rule of `agent_scorecard` (all teams as one client)."""
    made = macros()
    sql = f"""
    with {made.shrunken("people", ["client", "team"], ["client"])},
    judged as (
        select *, abs(z) as distance,
            abs(estimate - peer_mean) / nullif(estimate_sd, 0) as sureness
        from shrunken
    ),
    doubts as (
        select *, 2 * ({made.normal_upper_tail("distance")}) as p_value,
            {made.normal_upper_tail("sureness")} as p_wrong_side
        from judged
    ),
    {made.discoveries("doubts", ["client"], 0.04)}
    select *, is_discovery and avg(p_wrong_side) over (
        order by p_wrong_side rows between unbounded preceding and current row
    ) <= 0.05 as is_told_apart
    from discovered
    """
    return query(sql, people=people)
