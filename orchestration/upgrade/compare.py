"""Two snapshots of the same data by two releases: which published values moved, and why.

Belongs here: comparing `metric.value` of both, cell by cell, and naming a cause for each metric.
Does not: building either.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ground.sql import literal
from metrics.contracts.contract import MetricContract

# Sums of doubles depend on the order in which threads add them: the last of 16 digits may differ.
# 2026-12-01: two builds of one release differ by less than 1e-12 of the value.
SAME = 1e-9
CELL = (
    "metric", "variant", "audience", "grain", "entity_kind", "entity_id", "client_id",
    "period_start_date",
)  # fmt: skip
VALUES = ("numerator", "denominator", "n", "value", "low", "high")


@dataclass(frozen=True)
class Moved:
    """One metric whose published values are not what they were.

    cells_n: values compared; moved_n: of them, those that differ; largest: the largest difference
    as a share of the old value. is_explained: a definition says why.
    """

    metric: str
    cause: str
    is_explained: bool
    cells_n: int
    moved_n: int
    first_month: str | None
    last_month: str | None
    largest: float | None


def compare(
    old: Path,
    new: Path,
    before: Iterable[MetricContract],
    now: Iterable[MetricContract],
    edited: Mapping[str, Sequence[str]],
) -> tuple[int, list[Moved]]:
    """Cells compared over all kept months, and the metrics that moved.

    old, new: serve.duckdb of both snapshots. edited: metric id to the models below it whose own
    definition changed.
    """
    was, will = ({one.display: one for one in contracts} for contracts in (before, now))
    with duckdb.connect() as con:
        con.execute(f"attach {literal(str(old))} as old (read_only)")
        con.execute(f"attach {literal(str(new))} as new (read_only)")
        if not _has_values(con, "old"):
            return 0, []
        rows = con.execute(_sql()).fetchall()
    moved = []
    for name, cells_n, moved_n, first, last, largest in rows:
        cause, explained = _cause(was.get(name), will.get(name), edited)
        if moved_n:
            moved.append(Moved(name, cause, explained, cells_n, moved_n, first, last, largest))
    return sum(row[1] for row in rows), moved


def _has_values(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    return bool(
        con.execute(
            "select 1 from duckdb_views() where database_name = ? and schema_name = 'metric' "
            "and view_name = 'value'",
            [name],
        ).fetchone()
    )


def _sql() -> str:
    same_cell = " and ".join(f"o.{name} is not distinct from n.{name}" for name in CELL)
    differs = " or ".join(_differs(name) for name in VALUES)
    return f"""
    with compared as (
        select
            coalesce(o.metric, n.metric) as metric,
            coalesce(o.month_start_date, n.month_start_date) as month,
            o.metric is null or n.metric is null or o.version <> n.version
                or o.blank_reason is distinct from n.blank_reason or {differs} as moved,
            abs(n.value - o.value) / nullif(abs(o.value), 0) as by_share
        from old.metric.value as o full join new.metric.value as n on {same_cell}
    )
    select metric, count(*), count(*) filter (where moved),
        strftime(min(month) filter (where moved), '%Y-%m'),
        strftime(max(month) filter (where moved), '%Y-%m'),
        max(by_share) filter (where moved)
    from compared group by metric order by 3 desc, metric
    """


def _differs(name: str) -> str:
    o, n = f"cast(o.{name} as double)", f"cast(n.{name} as double)"
    return (
        f"(({o} is null) <> ({n} is null)) "
        f"or coalesce(abs({o} - {n}) > {SAME} * greatest(abs({o}), abs({n})), false)"
    )


def _cause(
    was: MetricContract | None, will: MetricContract | None, edited: Mapping[str, Sequence[str]]
) -> tuple[str, bool]:
    if was is None and will is not None:
        return "new in this release", True
    if will is None or was is None:
        return "no longer defined", True
    if was.version != will.version:
        told = will.earlier.get(was.version)
        meant = f"; before: {told}" if told else ""
        return f"version {was.version} to {will.version}{meant}", True
    models = edited.get(will.id, ())
    if models:
        more = f" and {len(models) - 3} more" if len(models) > 3 else ""
        return f"edited below it: {', '.join(models[:3])}{more}", True
    return "no definition below it changed", False
