"""What can be wrong with metric contracts: one by one, and read together."""

from collections.abc import Iterable, Mapping
from typing import Any

from ground.yaml_lines import YamlFile
from metrics.contracts.contract import Definitions, Finding, MetricContract, Part

KINDS = ("count", "ratio", "model")
BOUND = ("model", "keys", "period", "value", "n", "low", "high", "only")
DIRECTIONS = ("up", "down", "band")
REQUIRED = (
    "name", "variant", "display", "default", "kind", "version", "meaning", "numerator",
    "denominator", "grain", "interval_convention", "null_rule", "unit", "direction", "bounds",
    "minimum_sample", "smallest_group", "permitted_use", "source", "counter_metric",
    "not_to_confuse_with", "final_after_days",
)  # fmt: skip
OPTIONAL = ("band", "plausible", "bound", "adds_up_to", "published")
PUBLISHED = ("by", "audience", "interval", "group_of")
LEVELS = ("company", "client", "site", "queue", "team", "leader", "agent")
# Of contact-centre people; who they are is for leaders and HR. publish/specs.py has the columns'.
AUDIENCES = ("client", "leader", "hr", "internal")
MAY_BE_NULL = ("denominator", "numerator")


def faults_of(file: YamlFile, number: int, entry: Mapping[str, Any]) -> list[Finding]:
    """What is wrong with one entry of a file's `metrics`; `number` is its place, from 0."""
    name = entry.get("name", f"entry {number + 1}")
    base = ("metrics", number, "config", "meta", "contract")
    contract = ((entry.get("config") or {}).get("meta") or {}).get("contract")

    def fault(rule: str, message: str, *steps: str) -> Finding:
        return Finding(file.path, file.line(*base, *steps), rule, f"metric {name}: {message}")

    if not isinstance(contract, Mapping):
        return [fault("no_contract", "has no config.meta.contract")]
    found = [
        fault("missing_field", f"the contract has no `{one}`")
        for one in REQUIRED
        if one not in contract or (contract[one] in (None, "") and one not in MAY_BE_NULL)
    ]
    found += [
        fault("unknown_field", f"`{one}` is not a field of a contract", str(one))
        for one in contract
        if one not in REQUIRED and one not in OPTIONAL
    ]
    return found or [
        fault(rule, message, step) for rule, step, message in _wrong(name, entry, contract)
    ]


def _wrong(
    name: str, entry: Mapping[str, Any], contract: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    found = []
    display = f"{contract['name']}.{contract['variant']}"
    if contract["display"] != display:
        found.append(("wrong_name", "display", f"`display` must be {display}"))
    if name != display.replace(".", "_"):
        found.append(
            ("wrong_name", "display", f"{display} must have the id {display.replace('.', '_')}")
        )
    if contract["kind"] not in KINDS:
        found.append(("wrong_value", "kind", f"`kind` must be one of {', '.join(KINDS)}"))
    if contract["direction"] not in DIRECTIONS:
        text = f"`direction` must be one of {', '.join(DIRECTIONS)}"
        found.append(("wrong_value", "direction", text))
    version = contract["version"]
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        found.append(("wrong_value", "version", "`version` must be a whole number from 1"))
    if not isinstance(contract["bounds"], Mapping) or set(contract["bounds"]) != {"min", "max"}:
        found.append(("wrong_value", "bounds", "`bounds` must be {min: .., max: ..}"))
    days = contract["final_after_days"]
    if isinstance(days, bool) or not isinstance(days, int) or days < 0:
        text = "`final_after_days` must be a whole number from 0"
        found.append(("wrong_value", "final_after_days", text))
    found += _wrong_kind(contract)
    found += _wrong_published(contract)
    params = entry.get("type_params") or {}
    if contract["kind"] == "ratio":
        for part in ("numerator", "denominator"):
            formula = params.get(part)
            formula = formula.get("name") if isinstance(formula, Mapping) else formula
            if formula != contract[part]:
                text = f"`{part}` is {contract[part]} here but {formula} in the formula"
                found.append(("contract_differs_from_formula", part, text))
    return found


def _wrong_kind(contract: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    kind, bound = contract["kind"], contract.get("bound")
    if kind == "model":
        if not isinstance(bound, Mapping):
            return [("wrong_value", "kind", "a metric of kind model needs `bound`, its one mart")]
        found = [
            ("missing_field", "bound", f"`bound` has no `{one}`")
            for one in ("model", "keys", "period", "value", "n")
            if not bound.get(one)
        ]
        return found + [
            ("unknown_field", "bound", f"`{one}` is not a field of `bound`")
            for one in bound
            if one not in BOUND
        ]
    found = []
    if bound is not None:
        found.append(("wrong_value", "bound", "only a metric of kind model has `bound`"))
    if contract["numerator"] is None:
        found.append(("missing_field", "numerator", "the contract has no `numerator`"))
    if (kind == "ratio") == (contract["denominator"] is None):
        text = "a ratio has a denominator, a count has none (null)"
        found.append(("wrong_value", "denominator", text))
    return found


def _wrong_published(contract: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """How it is to stand in metric.value; nothing at all leaves it out of there."""
    published = contract.get("published")
    if published is None:
        return []
    if not isinstance(published, Mapping) or not {"by", "audience"} <= set(published):
        return [("missing_field", "published", "`published` needs `by` and `audience`")]
    found = [
        ("unknown_field", "published", f"`{one}` is not a field of `published`")
        for one in published
        if one not in PUBLISHED
    ]
    by = published["by"]
    if (by is None) != (contract["kind"] == "model"):
        text = "`published.by` is null for kind model, whose mart has the grain, and only there"
        found.append(("wrong_value", "published", text))
    for one in by or ():
        if one not in LEVELS:
            text = f"`published.by`: {one!r} is none of {', '.join(LEVELS)}"
            found.append(("wrong_value", "published", text))
    if "agent" in (by or ()) and "one agent" not in contract["permitted_use"]:
        text = "`published.by` names agent, but `permitted_use` does not allow it for one agent"
        found.append(("against_permitted_use", "published", text))
    for name, known in (
        ("audience", AUDIENCES),
        ("interval", ("none", "wilson")),
        ("group_of", ("events", "agents")),
    ):
        if published.get(name, known[0]) not in known:
            text = f"`published.{name}` must be one of {', '.join(known)}"
            found.append(("wrong_value", "published", text))
    return found


def faults_across(found: Definitions) -> list[Finding]:
    """Faults that only show when all files are read together."""
    paths = {file.path.name: file.path for file in found.files}
    findings: list[Finding] = []

    def fault(one: MetricContract | Part, rule: str, message: str) -> None:
        findings.append(Finding(paths[one.file], one.line, rule, message))

    seen: dict[str, MetricContract | Part] = {}
    named: list[MetricContract | Part] = [*found.parts, *found.metrics]
    for one in named:
        if one.id in seen:
            other = seen[one.id]
            text = f"metric {one.id}: the name is taken by {other.file}:{other.line}"
            fault(one, "duplicate_name", text)
        seen[one.id] = one
    ids = {metric.id for metric in found.metrics}
    parts = {part.id: part for part in found.parts}
    for metric in found.metrics:
        named_parts = () if metric.bound else (*metric.parts, *(t for t, _ in metric.terms))
        for part in named_parts:
            if part not in seen:
                fault(metric, "unknown_part", f"metric {metric.id}: no part or metric {part}")
        if message := _not_filled(metric, parts):
            fault(metric, "not_filled", f"metric {metric.id}: {message}")
        if metric.counter_metric not in ids:
            text = f"metric {metric.id}: no counter-metric {metric.counter_metric}"
            fault(metric, "unknown_counter_metric", text)
        if cycle := _cycle(metric, found.metrics):
            fault(metric, "cycle", f"metric {metric.id}: made of itself: {' -> '.join(cycle)}")
    for name in sorted({metric.name for metric in found.metrics}):
        defaults = [m for m in found.metrics if m.name == name and m.default]
        if len(defaults) != 1:
            first = next(m for m in found.metrics if m.name == name)
            text = f"metric {name}: {len(defaults)} variants are marked default, must be 1"
            fault(first, "one_default", text)
    return findings


def _not_filled(metric: MetricContract, known: Mapping[str, Part]) -> str:
    """Parts of two facts that would turn a true 0 into nothing where one fact has no row."""
    parts = [known[part] for part in metric.parts if part in known]
    if len({part.model for part in parts}) < 2 or all(part.filled for part in parts):
        return ""
    names = ", ".join(part.id for part in parts if not part.filled)
    return f"its parts come from two facts, so {names} must have `fill_nulls_with: 0`"


def _cycle(start: MetricContract, metrics: Iterable[MetricContract]) -> list[str]:
    parts = {metric.id: metric.parts for metric in metrics}

    def walk(name: str, trail: list[str]) -> list[str]:
        for part in parts.get(name, ()):
            if part == start.id:
                return [*trail, part]
            if part not in trail and (found := walk(part, [*trail, part])):
                return found
        return []

    return walk(start.id, [start.id])
