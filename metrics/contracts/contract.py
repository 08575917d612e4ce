"""The types of a metric contract, and how a published snapshot keeps contracts (JSON)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ground.yaml_lines import YamlFile


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong in a file of definitions. `rule` is a short stable name."""

    file: Path
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class Plausible:
    """A guard on a mean: over at least `minimum` events in a group, at most `mean_max`.

    severity: `block` for what cannot be true, `warn` for what somebody should look at.
    """

    by: tuple[str, ...]
    mean_max: float
    minimum: int
    reason: str
    severity: str = "block"


@dataclass(frozen=True)
class Bound:
    """The one place where a metric of kind `model` stands: a mart that computes it, row by row.

    keys: columns that make a row unique within its period; with the period they are the only
    grain. only: rows of a mart that holds several metrics (column: value).
    """

    model: str
    keys: tuple[str, ...]
    period: str
    value: str
    n: str
    low: str | None = None
    high: str | None = None
    only: tuple[tuple[str, str], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the mart that the metric reads, apart from its components."""
        named = (*self.keys, self.period, self.value, self.n, self.low, self.high)
        return tuple(dict.fromkeys([*(c for c in named if c), *(name for name, _ in self.only)]))


@dataclass(frozen=True)
class Published:
    """How a metric stands in the published `metric.value`.

    by: whom it is given for, one row each; None for kind `model`, whose mart says it.
    audience: who may see it. interval: how its limits come from its parts.
    group_of: what `smallest_group` counts, events (the denominator) or agents.
    """

    by: tuple[str, ...] | None
    audience: str
    interval: str = "none"
    group_of: str = "events"


@dataclass(frozen=True)
class MetricContract:
    """One metric variant. `id` is its name in the semantic layer, `display` its dotted name.

    numerator, denominator: ids of additive parts; a count has no denominator. Of kind `model`
    they are columns of the mart, or None where the method has no such parts.
    bounds: the least and the largest value that can be true, None where there is none.
    band: the limits between which a value of direction `band` is normal.
    adds_up_to: parts of which the numerator is the sum on every day; `-part` is taken off.
    published: None for a metric that `metric.value` leaves out.
    final_after_days: how long after its period a value may still change by itself (a window that
    is open, answers that come late); a file that is late comes on top of it.
    """

    id: str
    name: str
    variant: str
    display: str
    default: bool
    kind: str
    version: int
    meaning: str
    numerator: str | None
    denominator: str | None
    grain: str
    interval_convention: str
    null_rule: str
    unit: str
    direction: str
    bounds: tuple[float | None, float | None]
    minimum_sample: int
    smallest_group: int
    permitted_use: str
    source: str
    counter_metric: str
    not_to_confuse_with: str
    final_after_days: int = 0
    bound: Bound | None = None
    band: tuple[float, float] | None = None
    plausible: tuple[Plausible, ...] = ()
    adds_up_to: tuple[str, ...] = ()
    published: Published | None = None
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


@dataclass(frozen=True)
class Definitions:
    """All metric contracts and parts of a folder, and the files they were read from."""

    metrics: tuple[MetricContract, ...]
    parts: tuple[Part, ...]
    files: tuple[YamlFile, ...]

    def metric(self, metric_id: str) -> MetricContract:
        """The contract of one id. Raises KeyError."""
        return next(m for m in self.metrics if m.id == metric_id)


def contract_from_meta(
    metric_id: str, meta: Mapping[str, Any], *, file: str, line: int = 0
) -> MetricContract:
    """A contract from its `config.meta.contract` mapping, which must be free of faults."""
    contract = dict(meta)
    bounds = contract.pop("bounds")
    band = contract.pop("band", None)
    plausible = contract.pop("plausible", None) or ()
    bound = contract.pop("bound", None)
    adds_up_to = tuple(contract.pop("adds_up_to", None) or ())
    return MetricContract(
        id=metric_id,
        published=_published(contract.pop("published", None)),
        bounds=(bounds["min"], bounds["max"]),
        band=(band["low"], band["high"]) if band else None,
        bound=_bound(bound) if bound else None,
        plausible=tuple(
            Plausible(
                tuple(p["by"]),
                float(p["mean_max"]),
                int(p["minimum"]),
                p["reason"],
                p.get("severity", "block"),
            )
            for p in plausible
        ),
        adds_up_to=adds_up_to,
        file=file,
        line=line,
        **contract,
    )


def _bound(entry: Mapping[str, Any]) -> Bound:
    only = entry.get("only") or {}
    pairs = only.items() if isinstance(only, Mapping) else only
    fields = dict(entry) | {
        "keys": tuple(entry["keys"]),
        "only": tuple((str(name), str(value)) for name, value in pairs),
    }
    return Bound(**fields)


def _published(entry: Mapping[str, Any] | None) -> Published | None:
    if not entry:
        return None
    by = entry.get("by")
    return Published(**(dict(entry) | {"by": None if by is None else tuple(by)}))


def from_dbt_manifest(manifest: Mapping[str, Any]) -> tuple[MetricContract, ...]:
    """The contracts that stand in dbt's manifest.json, for the snapshot that is published."""
    found = []
    for node in manifest.get("metrics", {}).values():
        meta = (node.get("config") or {}).get("meta") or node.get("meta") or {}
        if "contract" in meta:
            file = str(node.get("original_file_path", "")).rsplit("/", 1)[-1]
            found.append(contract_from_meta(node["name"], meta["contract"], file=file))
    return tuple(sorted(found, key=lambda metric: metric.id))


def to_json(metrics: Iterable[MetricContract]) -> str:
    """The contracts as `metrics.json` of a published snapshot keeps them."""
    body = {metric.id: asdict(metric) for metric in metrics}
    return json.dumps({"format": 1, "metrics": body}, indent=1) + "\n"


def from_json(text: str) -> tuple[MetricContract, ...]:
    """The contracts of a `metrics.json`, as `to_json` wrote it."""
    metrics: Mapping[str, Any] = json.loads(text)["metrics"]
    known = MetricContract.__dataclass_fields__
    found = []
    for entry in metrics.values():
        fields = {name: value for name, value in entry.items() if name in known}
        fields["bounds"] = tuple(fields["bounds"])
        fields["band"] = tuple(fields["band"]) if fields.get("band") else None
        fields["bound"] = _bound(fields["bound"]) if fields.get("bound") else None
        fields["adds_up_to"] = tuple(fields.get("adds_up_to") or ())
        fields["published"] = _published(fields.get("published"))
        fields["plausible"] = tuple(
            Plausible(**(one | {"by": tuple(one["by"])})) for one in fields.get("plausible") or ()
        )
        found.append(MetricContract(**fields))
    return tuple(found)
