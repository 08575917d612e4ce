"""MetricFlow in this process: semantic manifest in, SQL over given relations out.

MetricFlow only compiles here; the caller runs the SQL on a DuckDB connection of its own, with the
filter values bound. Importing it takes a second, so it is imported when an engine is made.
"""

import datetime as dt
import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from metrics.question import sql_cache
from metrics.question.compile_only import CompileError, CompileOnlyClient

if TYPE_CHECKING:
    from metricflow.engine.metricflow_engine import MetricFlowEngine

__all__ = ["GRAINS", "CompileError", "Compiled", "Field", "SemanticLayer"]

GRAINS = ("day", "week", "month", "quarter", "year")
OPERATORS = ("=", "<>", ">=", "<=", ">", "<", "in")
TIME = "metric_time"


@dataclass(frozen=True)
class Compiled:
    """SQL with `$`-named parameters and their values; `columns` maps asked names to SQL columns."""

    sql: str
    parameters: Mapping[str, object]
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Field:
    """Something a metric can be split by. `kind`: entity, dimension or time."""

    name: str
    reference: str
    kind: str
    description: str = ""


@dataclass
class SemanticLayer:
    """The semantic manifest of one build, over the relations that `relations` names.

    manifest: dbt's semantic_manifest.json, parsed.
    relations: model name ("fct_contact") to (schema, relation) as the connection sees it. None
    leaves dbt's own relations, which are those of the warehouse.
    kept: a folder for SQL that was written before; None keeps it for this process alone.
    """

    manifest: Mapping[str, Any]
    relations: Mapping[str, tuple[str, str]] | None = None
    kept: Path | None = None
    _engines: dict[frozenset[str], "MetricFlowEngine"] = field(default_factory=dict, repr=False)

    def metric_ids(self) -> set[str]:
        """Ids of all metrics, additive parts included."""
        return {str(metric["name"]) for metric in self.manifest["metrics"]}

    def models_of(self, metric_id: str) -> list[Mapping[str, Any]]:
        """The semantic models on which a metric stands; more than one where facts meet."""
        measures = self._measures(metric_id)
        found = [
            model
            for model in self.manifest["semantic_models"]
            if any(measure["name"] in measures for measure in model["measures"])
        ]
        if not found:
            raise CompileError(f"metric {metric_id}: no semantic model has its measures {measures}")
        return found

    def fields_of(self, metric_id: str) -> dict[str, Field]:
        """What a metric can be split and filtered by: column name to field.

        The key of a fact itself is left out: one row per contact is no metric. Where several
        facts meet, what they share is left: the keys that all of them have, and the date.
        """
        first, *others = [_fields(model) for model in self.models_of(metric_id)]
        return {
            name: field
            for name, field in first.items()
            if all(name in other and other[name].reference == field.reference for other in others)
        }

    def relation_of(self, model: Mapping[str, Any]) -> str:
        """The quoted name of a semantic model's relation, as the caller's connection sees it."""
        return str(self._at(model)["relation_name"])

    def compile(
        self,
        metric_ids: Sequence[str],
        *,
        by: Sequence[Field] = (),
        grain: str | None = None,
        where: Sequence[tuple[Field | None, str, tuple[object, ...]]] = (),
    ) -> Compiled:
        """SQL for metrics by fields and a grain of time, under filters.

        where: (field, operator, values); the field None means the metric's own date.
        Raises CompileError when MetricFlow cannot answer.
        """
        parameters: dict[str, object] = {}
        finest = self.finest_grain(metric_ids)
        if grain and GRAINS.index(grain) < GRAINS.index(finest):
            raise CompileError(f"is counted by {finest}; there is no grain {grain}")
        constraints = [_constraint(*one, finest, parameters) for one in where]
        group_by = [one.reference for one in by]
        columns = {one.name: one.reference for one in by}
        if grain:
            group_by.append(f"{TIME}__{grain}")
            columns[grain] = f"{TIME}__{grain}"
        question = (tuple(metric_ids), tuple(group_by), tuple(constraints))
        needed = self._needed(metric_ids)
        sql = sql_cache.sql_of(needed, question, lambda: self._written(*question), self.kept)
        for key in parameters:
            sql = sql.replace(f"'{_token(key)}'", f"${key}")
        columns |= {metric_id: metric_id for metric_id in metric_ids}
        return Compiled(sql, parameters, columns)

    def _written(
        self, metric_ids: Sequence[str], group_by: Sequence[str], constraints: Sequence[str]
    ) -> str:
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest
        from metricflow_semantics.errors.error_classes import CustomerFacingSemanticException

        request = MetricFlowQueryRequest.create(
            metric_names=list(metric_ids),
            group_by_names=list(group_by),
            where_constraints=list(constraints) or None,
        )
        try:
            statement = self._engine(metric_ids).explain(request).sql_statement
        except CustomerFacingSemanticException as error:
            raise CompileError(str(error).strip().splitlines()[0][:300]) from error
        return str(statement.without_descriptions.sql)

    def finest_grain(self, metric_ids: Sequence[str]) -> str:
        """The finest grain of time that all facts of these metrics have."""
        models = [model for metric_id in metric_ids for model in self.models_of(metric_id)]
        return max((_grain(model) for model in models), key=GRAINS.index)

    def measure_of(self, part_id: str) -> str:
        """The measure that an additive part sums; its name differs where facts meet."""
        (name,) = self._measures(part_id)
        return name

    def _measures(self, metric_id: str) -> set[str]:
        return {
            str(measure["name"])
            for one in self._with_parts([metric_id])
            for measure in one["type_params"].get("input_measures") or ()
        }

    def _with_parts(self, metric_ids: Sequence[str]) -> list[Mapping[str, Any]]:
        by_name = {str(metric["name"]): metric for metric in self.manifest["metrics"]}
        found: dict[str, Mapping[str, Any]] = {}
        todo = list(metric_ids)
        while todo:
            name = todo.pop()
            if name in found:
                continue
            if name not in by_name:
                raise CompileError(f"metric {name}: not in the semantic manifest")
            found[name] = by_name[name]
            params = by_name[name]["type_params"]
            inputs = [params.get("numerator"), params.get("denominator"), *params["metrics"]]
            todo += [str(part["name"]) for part in inputs if part]
        return list(found.values())

    def _engine(self, metric_ids: Sequence[str]) -> "MetricFlowEngine":
        key = frozenset(metric_ids)
        if key not in self._engines:
            self._engines[key] = self._make_engine(metric_ids)
        return self._engines[key]

    def _make_engine(self, metric_ids: Sequence[str]) -> "MetricFlowEngine":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from metricflow.engine.metricflow_engine import MetricFlowEngine
            from metricflow_semantics.model.dbt_manifest_parser import (
                parse_manifest_from_dbt_generated_manifest,
            )
            from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

            manifest = parse_manifest_from_dbt_generated_manifest(
                json.dumps(self._needed(metric_ids))
            )
            return MetricFlowEngine(SemanticManifestLookup(manifest), CompileOnlyClient())

    def _needed(self, metric_ids: Sequence[str]) -> dict[str, Any]:
        """The manifest cut down to what these metrics stand on: set-up time follows its size."""
        metrics = self._with_parts(metric_ids)
        measures = {name for metric_id in metric_ids for name in self._measures(metric_id)}
        models = []
        for model in self.manifest["semantic_models"]:
            used = [m for m in model["measures"] if m["name"] in measures]
            if used:
                models.append(dict(model) | {"measures": used, "node_relation": self._at(model)})
        project = dict(self.manifest["project_configuration"])
        project["time_spines"] = [
            dict(spine) | {"node_relation": self._at(spine)} for spine in project["time_spines"]
        ]
        return {
            "semantic_models": models,
            "metrics": metrics,
            "project_configuration": project,
            "saved_queries": [],
        }

    def _at(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        relation: Mapping[str, Any] = node["node_relation"]
        if self.relations is None:
            return relation
        name = str(relation["alias"])
        if name not in self.relations:
            known = ", ".join(sorted(self.relations)) or "none"
            raise CompileError(f"model {name} is not published (published models: {known})")
        schema, alias = self.relations[name]
        return {
            "alias": alias,
            "schema_name": schema,
            "database": None,
            "relation_name": f'"{schema}"."{alias}"',
        }


def _fields(model: Mapping[str, Any]) -> dict[str, Field]:
    primary = next(e["name"] for e in model["entities"] if e["type"] == "primary")
    fields = {}
    for entity in model["entities"]:
        if entity["type"] == "primary":
            continue
        name = str(entity.get("expr") or entity["name"])
        text = entity.get("description") or f"Key of the {entity['name'].replace('_', ' ')}."
        fields[name] = Field(name, str(entity["name"]), "entity", text)
    for dimension in model["dimensions"]:
        name = str(dimension["name"])
        kind = "time" if dimension["type"] == "time" else "dimension"
        fields[name] = Field(name, f"{primary}__{name}", kind, dimension.get("description") or "")
    return fields


def _grain(model: Mapping[str, Any]) -> str:
    name = (model.get("defaults") or {}).get("agg_time_dimension")
    dimension = next(one for one in model["dimensions"] if one["name"] == name)
    return str((dimension.get("type_params") or {}).get("time_granularity") or "day").lower()


def _token(key: str) -> str:
    return f"__headset_{key}__"


def _constraint(
    one: Field | None,
    operator: str,
    values: tuple[object, ...],
    grain: str,
    parameters: dict[str, object],
) -> str:
    """A MetricFlow filter whose values are tokens; `compile` turns them into bound parameters."""
    if operator not in OPERATORS:
        raise CompileError(f"filter operator {operator!r} is not one of {', '.join(OPERATORS)}")
    tokens = []
    for value in values:
        key = f"p{len(parameters)}"
        parameters[key] = value
        cast = "date" if isinstance(value, dt.date) else ""
        token = f"'{_token(key)}'"
        tokens.append(f"cast({token} as {cast})" if cast else token)
    right = f"({', '.join(tokens)})" if operator == "in" else tokens[0]
    return f"{_left(one, grain)} {operator} {right}"


def _left(one: Field | None, grain: str) -> str:
    if one is None:
        return f"{{{{ TimeDimension('{TIME}', '{grain}') }}}}"
    if one.kind == "entity":
        return f"{{{{ Entity('{one.reference}') }}}}"
    if one.kind == "time":
        return f"{{{{ TimeDimension('{one.reference}', '{grain}') }}}}"
    return f"cast({{{{ Dimension('{one.reference}') }}}} as varchar)"
