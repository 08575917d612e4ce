"""The types of a metric contract, and how a published snapshot keeps contracts (JSON).

The types refuse what they do not know; `schema()` is the same for editors.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, TypeAdapter
from pydantic.dataclasses import dataclass

from ground.yaml_lines import YamlFile

STRICT = ConfigDict(extra="forbid")
KINDS = {"ratio": "ratio", "simple": "count"}
NOT_COMPUTED = "not computed"
DERIVED = ("id", "name", "display", "kind", "file", "line")

Text = Annotated[str, StringConstraints(min_length=1)]
Whole = Annotated[int, Field(strict=True)]
Level = Literal["company", "client", "site", "queue", "team", "leader", "agent"]
# Of contact-centre people; who they are is for leaders and HR. publish/specs.py has the columns'.
Audience = Literal["client", "leader", "hr", "internal"]


def _pairs(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return tuple((str(name), str(wanted)) for name, wanted in value.items())


def _limits(low: str, high: str) -> BeforeValidator:
    def limits(value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        if set(value) != {low, high}:
            raise ValueError(f"must be {{{low}: .., {high}: ..}}")
        return value[low], value[high]

    return BeforeValidator(limits)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong in a file of definitions. `rule` is a short stable name."""

    file: Path
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True, config=STRICT)
class Plausible:
    """A guard on a mean: over at least `minimum` events in a group, at most `mean_max`.

    severity: `block` for what cannot be true, `warn` for what somebody should look at.
    """

    by: tuple[str, ...]
    mean_max: float
    minimum: int
    reason: Text
    severity: Literal["block", "warn"] = "block"


@dataclass(frozen=True, config=STRICT)
class Bound:
    """The one place where a metric of kind `model` stands: a mart that computes it, row by row.

    keys: columns that make a row unique within its period; with the period they are the only
    grain. only: rows of a mart that holds several metrics (column: value).
    """

    model: Text
    keys: Annotated[tuple[str, ...], Field(min_length=1)]
    period: Text
    value: Text
    n: Text
    low: str | None = None
    high: str | None = None
    only: Annotated[tuple[tuple[str, str], ...], BeforeValidator(_pairs)] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the mart that the metric reads, apart from its components."""
        named = (*self.keys, self.period, self.value, self.n, self.low, self.high)
        return tuple(dict.fromkeys([*(c for c in named if c), *(name for name, _ in self.only)]))


@dataclass(frozen=True, config=STRICT)
class Published:
    """How a metric stands in the published `metric.value`.

    by: whom it is given for, one row each; None for kind `model`, whose mart says it.
    audience: who may see it. interval: how its limits come from its parts.
    group_of: what `smallest_group` counts, events (the denominator) or agents.
    """

    by: tuple[Level, ...] | None
    audience: Audience
    interval: Literal["none", "wilson"] = "none"
    group_of: Literal["events", "agents"] = "events"


@dataclass(frozen=True, config=STRICT)
class Needs:
    """What a source must give before a metric is computed; otherwise its value is empty.

    part: what is missing then, in words. known, of: ids of additive parts: of so many events the
    part matters, and of so many it is known. least: the share of `of` that must be known; 0 where
    one is enough, because the rest is in neither part of the metric.
    """

    part: Text
    known: Text
    of: Text
    least: Annotated[float, Field(ge=0, le=1)] = 0.99

    def missing(self, known: float, of: float) -> str | None:
        """Why there is no value, where too little is known."""
        if of > 0 and (known < self.least * of or known == 0):
            return f"{NOT_COMPUTED}: {self.part} not known"
        return None


@dataclass(frozen=True, config=STRICT)
class MetricContract:
    """One metric variant. `id` is its name in the semantic layer, `display` its dotted name.

    name, display, kind and the parts of a sum or quotient follow from the formula beside the
    contract; nobody writes them twice.

    numerator, denominator: ids of additive parts; a count has no denominator. Of kind `model`
    they are columns of the mart, or None where the method has no such parts.
    bounds: the least and the largest value that can be true, None where there is none.
    band: the limits between which a value of direction `band` is normal.
    adds_up_to: parts of which the numerator is the sum on every day; `-part` is taken off.
    published: None for a metric that `metric.value` leaves out.
    intraday: how a value of the day that is still open may be shown. `bounded`: visits that have
    not ended are counted every way they can still end, which gives certain limits. `ended`: the
    value is of what has ended alone. `never`: not before the night has judged the day.
    needs: what a source may leave out and the metric cannot do without.
    final_after_days: how long after its period a value may still change by itself (a window that
    is open, answers that come late); a file that is late comes on top of it.
    earlier: what each earlier version meant, so that an old number can be restated.
    """

    id: str
    name: str
    variant: Text
    display: str
    kind: Literal["count", "ratio", "model"]
    version: Annotated[Whole, Field(ge=1)]
    meaning: Text
    grain: Text
    interval_convention: Text
    null_rule: Text
    unit: Text
    direction: Literal["up", "down", "band"]
    bounds: Annotated[tuple[float | None, float | None], _limits("min", "max")]
    minimum_sample: int
    smallest_group: int
    permitted_use: Text
    source: Text
    counter_metric: Text
    not_to_confuse_with: Text
    final_after_days: Annotated[Whole, Field(ge=0)]
    default: bool = False
    numerator: str | None = None
    denominator: str | None = None
    bound: Bound | None = None
    band: Annotated[tuple[float, float] | None, _limits("low", "high")] = None
    plausible: tuple[Plausible, ...] = ()
    adds_up_to: tuple[str, ...] = ()
    published: Published | None = None
    intraday: Literal["never", "bounded", "ended"] = "never"
    needs: Needs | None = None
    earlier: Mapping[int, Text] = field(default_factory=dict)
    file: str = ""
    line: int = field(default=0, compare=False)

    @property
    def terms(self) -> tuple[tuple[str, int], ...]:
        """The parts of `adds_up_to` with their signs."""
        return tuple((one.lstrip("-"), -1 if one[0] == "-" else 1) for one in self.adds_up_to)

    @property
    def parts(self) -> tuple[str, ...]:
        """Ids of the additive parts (columns of the mart, of kind `model`), numerator first."""
        return tuple(part for part in (self.numerator, self.denominator) if part is not None)

    @property
    def needed(self) -> tuple[str, ...]:
        """Ids of the parts that tell whether the metric is computed: known, of how many."""
        return (self.needs.known, self.needs.of) if self.needs else ()


@dataclass(frozen=True)
class Part:
    """An additive part: a measure that is a metric of its own.

    filled: it counts as 0 where its fact has no row, so that it may meet a part of another fact.
    """

    id: str
    meaning: str
    model: str
    file: str
    line: int
    filled: bool = False


@dataclass(frozen=True, config=ConfigDict(arbitrary_types_allowed=True))
class Definitions:
    """All metric contracts and parts of a folder, and the files they were read from."""

    metrics: tuple[MetricContract, ...]
    parts: tuple[Part, ...]
    files: tuple[YamlFile, ...]

    def metric(self, metric_id: str) -> MetricContract:
        """The contract of one id. Raises KeyError."""
        return next(m for m in self.metrics if m.id == metric_id)


_CONTRACT = TypeAdapter(MetricContract)


def contract_of(entry: Mapping[str, Any], *, file: str, line: int = 0) -> MetricContract:
    """The contract of a metric (an entry of a YAML file, or a node of dbt's manifest).

    What follows from the formula is filled in. Raises pydantic.ValidationError.
    """
    meta = dict(_meta(entry)["contract"])
    kind = "model" if meta.get("bound") else KINDS.get(str(entry.get("type")), "?")
    derived: dict[str, Any] = {
        "id": entry["name"],
        "name": str(entry["name"]).removesuffix(f"_{meta.get('variant')}"),
        "kind": kind,
        "file": file,
        "line": line,
    }
    derived["display"] = f"{derived['name']}.{meta.get('variant')}"
    if kind != "model":
        params = entry.get("type_params") or {}
        derived["numerator"] = _named(params.get("numerator") or params.get("measure"))
        derived["denominator"] = _named(params.get("denominator"))
    return _CONTRACT.validate_python(meta | derived)


def schema() -> dict[str, Any]:
    """The JSON schema of `config.meta.contract`, for editors."""
    body: dict[str, Any] = _CONTRACT.json_schema()
    for name in DERIVED:
        body["properties"].pop(name, None)
    body["required"] = [name for name in body["required"] if name not in DERIVED]
    return body


def _meta(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    return (entry.get("config") or {}).get("meta") or entry.get("meta") or {}


def _named(part: Any) -> str | None:
    return str(part["name"]) if isinstance(part, Mapping) else part


def from_dbt_manifest(manifest: Mapping[str, Any]) -> tuple[MetricContract, ...]:
    """The contracts that stand in dbt's manifest.json, for the snapshot that is published."""
    found = [
        contract_of(node, file=str(node.get("original_file_path", "")).rsplit("/", 1)[-1])
        for node in manifest.get("metrics", {}).values()
        if "contract" in _meta(node)
    ]
    return tuple(sorted(found, key=lambda metric: metric.id))


def to_json(metrics: Iterable[MetricContract]) -> str:
    """The contracts as `metrics.json` of a published snapshot keeps them."""
    body = {metric.id: asdict(metric) for metric in metrics}
    return json.dumps({"format": 1, "metrics": body}, indent=1) + "\n"


def from_json(text: str) -> tuple[MetricContract, ...]:
    """The contracts of a `metrics.json`, as `to_json` of this or an earlier release wrote it."""
    metrics: Mapping[str, Any] = json.loads(text)["metrics"]
    known = MetricContract.__dataclass_fields__
    return tuple(
        _CONTRACT.validate_python({name: one[name] for name in one if name in known})
        for one in metrics.values()
    )
