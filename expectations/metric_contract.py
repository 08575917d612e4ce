"""The types of a metric contract, and how a published snapshot keeps contracts (JSON)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from expectations.yaml_lines import YamlFile


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
    """A guard on a mean: over at least `minimum` events in a group, at most `mean_max`."""

    by: tuple[str, ...]
    mean_max: float
    minimum: int
    reason: str


@dataclass(frozen=True)
class MetricContract:
    """One metric variant. `id` is its name in the semantic layer, `display` its dotted name.

    numerator, denominator: ids of additive parts; a count has no denominator.
    bounds: the least and the largest value that can be true, None where there is none.
    band: the limits between which a value of direction `band` is normal.
    """

    id: str
    name: str
    variant: str
    display: str
    default: bool
    kind: str
    version: int
    meaning: str
    numerator: str
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
    band: tuple[float, float] | None = None
    plausible: tuple[Plausible, ...] = ()
    file: str = ""
    line: int = field(default=0, compare=False)

    @property
    def parts(self) -> tuple[str, ...]:
        """Ids of the additive parts, numerator first."""
        return (self.numerator,) if self.denominator is None else (self.numerator, self.denominator)


@dataclass(frozen=True)
class Part:
    """An additive part: a measure that is a metric of its own."""

    id: str
    meaning: str
    model: str
    file: str
    line: int


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
    return MetricContract(
        id=metric_id,
        bounds=(bounds["min"], bounds["max"]),
        band=(band["low"], band["high"]) if band else None,
        plausible=tuple(
            Plausible(tuple(p["by"]), float(p["mean_max"]), int(p["minimum"]), p["reason"])
            for p in plausible
        ),
        file=file,
        line=line,
        **contract,
    )


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
        fields["plausible"] = tuple(
            Plausible(**(one | {"by": tuple(one["by"])})) for one in fields.get("plausible") or ()
        )
        found.append(MetricContract(**fields))
    return tuple(found)
