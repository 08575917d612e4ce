"""Whether a value is final: its period is over, its window has closed, and every site is in.

The rule is data: `final_after_days` of the metric's contract, and the newest date that each site
has sent. A site that is late keeps the days it has not sent provisional.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import duckdb

from ground.sql import ident

# A site that has sent nothing for so long has closed; it holds nobody up.
SITE_GONE_AFTER_DAYS = 14


def complete_through(
    con: duckdb.DuckDBPyConnection, model: Mapping[str, Any], relation: str
) -> dt.date | None:
    """The last date that every site of a fact has sent; None for a fact without rows."""
    column = _date_column(model)
    site = next((str(e.get("expr") or e["name"]) for e in model["entities"]
                 if e["name"] == "site"), None)  # fmt: skip
    group = ident(site) if site else "null"
    row = con.execute(
        f"""
        with sites as (
            select {group} as site, max(cast({column} as date)) as newest
            from {relation}
            where cast({column} as date) <= current_date
            group by 1
        )
        select min(newest) from sites
        where newest >= (select max(newest) from sites) - {SITE_GONE_AFTER_DAYS}
        """
    ).fetchone()
    return row[0] if row else None


def is_final(last_day: dt.date | None, through: dt.date | None, after_days: int) -> bool:
    """Whether a period that ends on `last_day` (None: it is open) can still change by itself."""
    if last_day is None or through is None:
        return False
    return last_day + dt.timedelta(days=after_days) <= through


def last_day(first: dt.date, grain: str) -> dt.date:
    """The last date of the period of a grain that begins on `first`."""
    if grain == "day":
        return first
    if grain == "week":
        return first + dt.timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[grain]
    month = first.month - 1 + months
    following = dt.date(first.year + month // 12, month % 12 + 1, 1)
    return following - dt.timedelta(days=1)


def _date_column(model: Mapping[str, Any]) -> str:
    name = str((model.get("defaults") or {}).get("agg_time_dimension"))
    for dimension in model["dimensions"]:
        if dimension["name"] == name:
            return str(dimension.get("expr") or name)
    return ident(name)
