"""What the guards look at: each metric by client and day, twice.

Once as MetricFlow computes it (what readers will get), once as plain sums of the measures over the
fact table (what must come out). Both are aggregated in one pass, for the touched dates only, into
a small DuckDB file of their own, so that Great Expectations never holds the warehouse's lock.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from expectations.metric_contract import MetricContract
from publish.metric_engine import SemanticLayer

KEYS = ("client_id", "site_id", "queue_id", "site_date")


@dataclass(frozen=True)
class GuardModel:
    """One semantic model and the metrics that stand on it.

    metric_table: one row per client and day: client_id, day, one column per metric and part.
    sum_table: one row per client, site, (queue,) and day: one column per part.
    """

    name: str
    fact: str
    metrics: tuple[MetricContract, ...]
    parts: tuple[str, ...]
    keys: tuple[str, ...]

    @property
    def metric_table(self) -> str:
        """Table of MetricFlow's values."""
        return f"metric_{self.name}"

    @property
    def sum_table(self) -> str:
        """Table of plain sums."""
        return f"sum_{self.name}"


def models(
    semantic_manifest: Mapping[str, Any], contracts: Sequence[MetricContract]
) -> Iterator[tuple[GuardModel, Mapping[str, Any]]]:
    """Every semantic model that some contract stands on, with its entry in the manifest."""
    layer = SemanticLayer(semantic_manifest)
    for entry in semantic_manifest["semantic_models"]:
        mine = tuple(c for c in contracts if layer.model_of(c.id)["name"] == entry["name"])
        if not mine:
            continue
        columns = {str(e.get("expr") or e["name"]) for e in entry["entities"]}
        columns |= {str(d.get("expr") or d["name"]) for d in entry["dimensions"]}
        guard = GuardModel(
            name=str(entry["name"]),
            fact=str(entry["node_relation"]["alias"]),
            metrics=mine,
            parts=tuple(dict.fromkeys(part for c in mine for part in c.parts)),
            keys=tuple(key for key in KEYS if key in columns),
        )
        yield guard, entry


def build(
    warehouse: Path,
    target: Path,
    semantic_manifest: Mapping[str, Any],
    contracts: Sequence[MetricContract],
    dates: Sequence[dt.date] | None,
) -> list[GuardModel]:
    """Write the guard tables of every semantic model into `target`, which is made anew.

    dates: UTC event dates that were touched; a site's own date may be one off, so each side of
    them is looked at too. None means all dates.
    Raises duckdb.Error when a relation is missing or a measure is not valid SQL.
    """
    target.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    days = None if dates is None else _around(dates)
    layer = SemanticLayer(semantic_manifest)
    found = []
    con = duckdb.connect(str(target))
    try:
        for guard, entry in models(semantic_manifest, contracts):
            database = entry["node_relation"]["database"]
            con.execute(
                f"attach if not exists '{_escaped(warehouse)}' as \"{database}\" (read_only)"
            )
            _metric_table(con, layer, guard, days)
            _sum_table(con, guard, entry, days)
            found.append(guard)
    finally:
        con.close()
    return found


def _around(dates: Sequence[dt.date]) -> list[dt.date]:
    near = {day + dt.timedelta(days=step) for day in dates for step in (-1, 0, 1)}
    return sorted(near)


def _metric_table(
    con: duckdb.DuckDBPyConnection,
    layer: SemanticLayer,
    guard: GuardModel,
    days: Sequence[dt.date] | None,
) -> None:
    ids = [*guard.parts, *(contract.id for contract in guard.metrics)]
    client = layer.fields_of(guard.metrics[0].id)["client_id"]
    # An empty `in ()` is no SQL, and no touched date means no row.
    wanted = tuple(days) if days else (dt.date.min,)
    where = [] if days is None else [(None, "in", wanted)]
    compiled = layer.compile(ids, by=[client], grain="day", where=where)
    columns = ", ".join(
        f'"{compiled.columns[one]}" as "{one}"' for one in ("client_id", "day", *ids)
    )
    con.execute(
        f'create table "{guard.metric_table}" as select {columns} from (\n{compiled.sql}\n)',
        dict(compiled.parameters),
    )


def _sum_table(
    con: duckdb.DuckDBPyConnection,
    guard: GuardModel,
    entry: Mapping[str, Any],
    days: Sequence[dt.date] | None,
) -> None:
    relation = entry["node_relation"]["relation_name"]
    formulas = {str(m["name"]): str(m.get("expr") or m["name"]) for m in entry["measures"]}
    sums = ",\n  ".join(f'sum({formulas[part]}) as "{part}"' for part in guard.parts)
    keys = ", ".join(f'"{key}"' for key in guard.keys)
    where = "" if days is None else "where list_contains($days, site_date)"
    con.execute(
        f'create table "{guard.sum_table}" as\nselect {keys},\n  {sums}\n'
        f"from {relation} {where}\ngroup by {keys}",
        {} if days is None else {"days": list(days)},
    )


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
