"""What a metric means, to read and to compare: the part of its contract that changes the number,
and its subtree of the semantic layer (formula, measures, fact, date). The lock keeps it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from metrics.contracts.contract import Definitions, MetricContract

MEANING = (
    "name", "variant", "kind", "numerator", "denominator", "grain", "interval_convention",
    "null_rule", "unit", "direction", "minimum_sample", "smallest_group",
)  # fmt: skip


def means(contract: MetricContract, definitions: Definitions) -> dict[str, Any]:
    """What the fingerprint is of, to read: contract and formula, in plain words and SQL."""
    meaning = {name: _plain(getattr(contract, name)) for name in MEANING}
    if contract.bound is not None:
        meaning["bound"] = asdict(contract.bound)
    if contract.needs is not None:
        meaning["needs"] = asdict(contract.needs)
    subtree = {"contract": meaning, "formula": _formula(contract.id, definitions)}
    plain: dict[str, Any] = json.loads(json.dumps(subtree, default=str))
    return plain


def _formula(metric_id: str, definitions: Definitions) -> dict[str, Any]:
    """The metric's own subtree: its formula, the measures it ends in, their fact and date."""
    metrics: dict[str, Mapping[str, Any]] = {}
    measures: dict[str, dict[str, Any]] = {}
    for file in definitions.files:
        data = file.data or {}
        metrics |= {one["name"]: one for one in data.get("metrics") or ()}
        for model in data.get("semantic_models") or ():
            for one in model.get("measures") or ():
                measures[one["name"]] = {
                    "model": model["model"],
                    "date": one.get("agg_time_dimension")
                    or (model.get("defaults") or {}).get("agg_time_dimension"),
                    "agg": one["agg"],
                    "expr": _plain(str(one.get("expr") or one["name"])),
                }
    used: dict[str, Any] = {}
    todo = [metric_id]
    while todo:
        name = todo.pop()
        if name in used:
            continue
        if name in metrics:
            entry = metrics[name]
            params = entry.get("type_params") or {}
            used[name] = {"type": entry["type"], "params": params, "filter": entry.get("filter")}
            inputs = [params.get(k) for k in ("numerator", "denominator", "measure")]
            inputs += params.get("metrics") or []
            todo += [p["name"] if isinstance(p, Mapping) else str(p) for p in inputs if p]
        elif name in measures:
            used[name] = measures[name]
    return dict(sorted(used.items()))


def _plain(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value
