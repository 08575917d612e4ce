"""What the guards look at: each metric by client and day, twice.

Once as MetricFlow computes it (what readers will get), once as plain sums of the measures over the
fact table (what must come out). Both are aggregated in one pass, for the touched dates only, into
a small DuckDB file of their own, so that Great Expectations never holds the warehouse's lock.
Metrics of kind `model` are copied from their marts as they stand.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from ground import built_tables
from ground.home import Home
from metrics.contracts.contract import MetricContract
from metrics.question.engine import SemanticLayer

KEYS = ("client_id", "site_id", "queue_id")
GROUPS = ("client_id", "site_id")
DAYS = {"day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year"}


@dataclass(frozen=True)
class GuardModel:
    """The metrics that stand on one semantic model, or on several that meet.

    metric_table: one row per group and day: group, day, one column per metric and part.
    sum_table: one row per client, site, (queue,) and day of one semantic model: a column per part.
    group: `client_id`; `site_id` where a fact knows no client; nothing where it knows neither.
    homes: part to the semantic model it is summed over, where that is not this one.
    """

    name: str
    fact: str
    metrics: tuple[MetricContract, ...]
    parts: tuple[str, ...]
    keys: tuple[str, ...]
    group: tuple[str, ...] = ("client_id",)
    homes: Mapping[str, str] = field(default_factory=dict)

    @property
    def metric_table(self) -> str:
        """Table of MetricFlow's values."""
        return f"metric_{self.name}"

    @property
    def sum_table(self) -> str:
        """Table of plain sums."""
        return f"sum_{self.name}"

    def sum_table_of(self, part: str) -> str:
        """The table in which a part was summed plainly."""
        return f"sum_{self.homes.get(part, self.name)}"

    @property
    def meets(self) -> bool:
        """Whether several facts meet here, so that a day may be in one and not in another."""
        return bool(self.homes)


@dataclass(frozen=True)
class BoundTable:
    """A metric of kind `model`: its mart's rows, as they stand."""

    metric: MetricContract

    @property
    def table(self) -> str:
        """Copy of its columns."""
        return f"bound_{self.metric.id}"


def models(
    semantic_manifest: Mapping[str, Any], contracts: Sequence[MetricContract]
) -> Iterator[GuardModel]:
    """Every semantic model, or set of them, that some contract stands on."""
    layer = SemanticLayer(semantic_manifest)
    entries = {str(entry["name"]): entry for entry in semantic_manifest["semantic_models"]}
    groups: dict[tuple[str, ...], list[MetricContract]] = {}
    for contract in contracts:
        if contract.bound is None:
            names = tuple(str(model["name"]) for model in layer.models_of(contract.id))
            groups.setdefault(names, []).append(contract)
    for names, mine in groups.items():
        named = [part for c in mine for part in (*c.parts, *(term for term, _ in c.terms))]
        parts = tuple(dict.fromkeys(named))
        columns = [_columns(entries[name]) for name in names]
        shared = set.intersection(*columns)
        homes = {}
        if len(names) > 1:
            homes = {part: str(layer.models_of(part)[0]["name"]) for part in parts}
        yield GuardModel(
            name="_and_".join(names),
            fact=str(entries[names[0]]["node_relation"]["alias"]),
            metrics=tuple(mine),
            parts=parts,
            keys=tuple(key for key in KEYS if key in shared),
            group=tuple(key for key in GROUPS if key in shared)[:1],
            homes=homes,
        )


def build(
    home: Home,
    target: Path,
    semantic_manifest: Mapping[str, Any],
    contracts: Sequence[MetricContract],
    dates: Sequence[dt.date] | None,
) -> tuple[list[GuardModel], list[BoundTable]]:
    """Write the guard tables of every semantic model into `target`, which is made anew.

    dates: UTC event dates that were touched; a site's own date may be one off, so each side of
    them is looked at too. None means all dates.
    Raises duckdb.Error when a relation is missing or a measure is not valid SQL.
    """
    target.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    days = None if dates is None else _around(dates)
    layer = SemanticLayer(semantic_manifest, kept=target.with_name("metric_sql"))
    found = list(models(semantic_manifest, contracts))
    bound = [BoundTable(contract) for contract in contracts if contract.bound is not None]
    con = duckdb.connect(str(target))
    try:
        for entry in semantic_manifest["semantic_models"]:
            built_tables.attach(con, home, entry["node_relation"]["database"])
        for guard in found:
            _metric_table(con, layer, guard, days)
        for entry in semantic_manifest["semantic_models"]:
            name = str(entry["name"])
            used = [p for g in found for p in g.parts if g.homes.get(p, g.name) == name]
            if used:
                measures = {part: layer.measure_of(part) for part in used}
                _sum_table(con, entry, measures, days)
        for one in bound:
            _bound_table(con, layer, one)
    finally:
        con.close()
    return found, bound


def _columns(entry: Mapping[str, Any]) -> set[str]:
    return {str(e.get("expr") or e["name"]) for e in entry["entities"]}


def _around(dates: Sequence[dt.date]) -> list[dt.date]:
    near = {day + dt.timedelta(days=step) for day in dates for step in (-1, 0, 1)}
    return sorted(near)


def _metric_table(
    con: duckdb.DuckDBPyConnection,
    layer: SemanticLayer,
    guard: GuardModel,
    days: Sequence[dt.date] | None,
) -> None:
    ids = tuple(dict.fromkeys([*guard.parts, *(contract.id for contract in guard.metrics)]))
    fields = layer.fields_of(guard.metrics[0].id)
    grain = max((_granularity(m)[1] for m in layer.models_of(ids[-1])), key=list(DAYS).index)
    # An empty `in ()` is no SQL, and no touched date means no row.
    wanted = _to_a_power_of_two(_starts(days, grain)) if days else (dt.date.min,)
    where = [] if days is None else [(None, "in", wanted)]
    by = [fields[key] for key in guard.group]
    compiled = layer.compile(ids, by=by, grain=grain, where=where)
    columns = [f'"{compiled.columns[key]}" as "{key}"' for key in guard.group]
    columns.append(f'cast("{compiled.columns[grain]}" as date) as day')
    columns += [f'"{compiled.columns[one]}" as "{one}"' for one in ids]
    con.execute(
        f'create table "{guard.metric_table}" as select {", ".join(columns)} '
        f"from (\n{compiled.sql}\n)",
        dict(compiled.parameters),
    )


def _sum_table(
    con: duckdb.DuckDBPyConnection,
    entry: Mapping[str, Any],
    measures: Mapping[str, str],
    days: Sequence[dt.date] | None,
) -> None:
    """Plain sums of one fact; `measures` is part to measure."""
    relation = entry["node_relation"]["relation_name"]
    column, grain = _granularity(entry)
    formulas = {str(m["name"]): str(m.get("expr") or m["name"]) for m in entry["measures"]}
    sums = ",\n  ".join(f'sum({formulas[m]}) as "{part}"' for part, m in measures.items())
    known = _columns(entry)
    keys = "".join(f'"{key}", ' for key in KEYS if key in known)
    where = "" if days is None else f"where list_contains($days, cast({column} as date))"
    con.execute(
        f'create table "sum_{entry["name"]}" as\n'
        f"select {keys}cast({column} as date) as day,\n  {sums}\n"
        f"from {relation} {where}\ngroup by {keys}cast({column} as date)",
        {} if days is None else {"days": _starts(days, grain)},
    )


def _bound_table(con: duckdb.DuckDBPyConnection, layer: SemanticLayer, one: BoundTable) -> None:
    bound = one.metric.bound
    assert bound is not None
    relation = layer.relation_of(layer.models_of(one.metric.id)[0])
    named = {"value": bound.value, "n": bound.n, "low": bound.low, "high": bound.high}
    columns = [f'"{key}"' for key in (bound.period, *bound.keys)]
    columns += [f'"{c}" as {name}_' if c else f"null as {name}_" for name, c in named.items()]
    where = [f"\"{name}\" = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in bound.only]
    con.execute(
        f'create table "{one.table}" as select {", ".join(columns)} from {relation}'
        + (f" where {' and '.join(where)}" if where else "")
    )


def _granularity(entry: Mapping[str, Any]) -> tuple[str, str]:
    """The date column of a semantic model, and how fine it is."""
    name = str((entry.get("defaults") or {}).get("agg_time_dimension"))
    dimension = next(d for d in entry["dimensions"] if d["name"] == name)
    params = dimension.get("type_params") or {}
    return str(dimension.get("expr") or name), str(params.get("time_granularity") or "day")


def _starts(days: Sequence[dt.date], grain: str) -> list[dt.date]:
    """The first dates of the periods in which days lie."""
    if grain == "day":
        return list(days)
    if grain == "week":
        return sorted({day - dt.timedelta(days=day.weekday()) for day in days})
    months = {"month": 1, "quarter": 3, "year": 12}[grain]
    return sorted(
        {day.replace(month=(day.month - 1) // months * months + 1, day=1) for day in days}
    )


def _to_a_power_of_two(days: Sequence[dt.date]) -> tuple[dt.date, ...]:
    """The same days, the last one several times: few lengths, so that few questions differ."""
    length = 1 << (len(days) - 1).bit_length()
    return (*days, *[days[-1]] * (length - len(days)))
