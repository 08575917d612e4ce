"""What can be wrong with metric contracts: one by one, and read together."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ground.yaml_lines import YamlFile
from metrics.contracts.contract import DERIVED, Definitions, Finding, MetricContract, Part

# What a floor can know before a contact has ended: where it queued, and for how long.
INTRADAY_MODEL = "queue_visit"
UNKNOWN = ("unexpected_keyword_argument", "extra_forbidden")


def unreadable(
    file: YamlFile, number: int, entry: Mapping[str, Any], error: ValidationError
) -> list[Finding]:
    """What the types refuse in one entry of a file's `metrics`; `number` is its place, from 0."""
    found = []
    for one in error.errors():
        rule, message = _refused(one)
        found.append(_fault(file, number, entry, rule, message, *map(str, one["loc"][:1])))
    return found


def _refused(one: ErrorDetails) -> tuple[str, str]:
    *outer, field = [part for part in one["loc"] if isinstance(part, str)] or ["contract"]
    whole = ".".join([*outer, field])
    if one["type"] == "missing":
        where = f"`{'.'.join(outer)}`" if outer else "the contract"
        return "missing_field", f"{where} has no `{field}`"
    if one["type"] in UNKNOWN:
        where = f"`{'.'.join(outer)}`" if outer else "a contract"
        return "unknown_field", f"`{field}` is not a field of {where}"
    if one["type"] == "literal_error":
        expected = str((one.get("ctx") or {}).get("expected")).replace("'", "")
        return "wrong_value", f"`{whole}` must be one of {expected.replace(' or ', ', ')}"
    return "wrong_value", f"`{whole}`: {one['msg'].removeprefix('Value error, ')}"


def faults_of(
    file: YamlFile, number: int, entry: Mapping[str, Any], contract: MetricContract
) -> list[Finding]:
    """What is wrong with a contract whose fields are sound one by one."""
    return [
        _fault(file, number, entry, rule, message, step)
        for rule, step, message in _wrong(entry, contract)
    ]


def _fault(
    file: YamlFile, number: int, entry: Mapping[str, Any], rule: str, message: str, *steps: str
) -> Finding:
    line = file.line("metrics", number, "config", "meta", "contract", *steps)
    name = entry.get("name", f"entry {number + 1}")
    return Finding(file.path, line, rule, f"metric {name}: {message}")


def no_contract(file: YamlFile, number: int, entry: Mapping[str, Any]) -> Finding:
    """A metric beside which no contract stands."""
    return _fault(file, number, entry, "no_contract", "has no config.meta.contract")


def _wrong(entry: Mapping[str, Any], contract: MetricContract) -> Iterable[tuple[str, str, str]]:
    own = entry["config"]["meta"]["contract"]
    follows = [one for one in DERIVED if one in own]
    if contract.kind != "model":
        follows += [one for one in ("numerator", "denominator") if one in own]
    for one in follows:
        yield "unknown_field", one, f"`{one}` follows from the metric beside it; leave it out"
    if contract.name == contract.id:
        yield "wrong_name", "variant", f"its id must end in `_{contract.variant}`"
    if contract.kind != "model" and contract.numerator is None:
        yield "missing_field", "variant", "its formula has no numerator or measure"
    for version in range(1, contract.version):
        if version not in contract.earlier:
            text = f"`earlier` does not say what version {version} meant"
            yield "no_earlier_meaning", "version", text
    if any(version >= contract.version for version in contract.earlier):
        yield "wrong_value", "earlier", "`earlier` has a version that is not over"
    if contract.intraday == "bounded" and (contract.bounds != (0, 1) and contract.denominator):
        text = "`bounded` is for counts and for shares, whose `bounds` are 0 and 1"
        yield "wrong_value", "intraday", text
    if contract.intraday != "never" and contract.smallest_group > 1:
        text = "what is shown for groups alone cannot be shown while its group still grows"
        yield "wrong_value", "intraday", text
    if contract.needs is not None and contract.kind == "model":
        yield "wrong_value", "needs", "a metric of kind model is empty where its mart is"
    published = contract.published
    if published is None:
        return
    if (published.by is None) != (contract.kind == "model"):
        text = "`published.by` is null for kind model, whose mart has the grain, and only there"
        yield "wrong_value", "published", text
    if "agent" in (published.by or ()) and "one agent" not in contract.permitted_use:
        text = "`published.by` names agent, but `permitted_use` does not allow it for one agent"
        yield "against_permitted_use", "published", text


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
        named_parts = (*named_parts, *metric.needed)
        for part in named_parts:
            if part not in seen:
                fault(metric, "unknown_part", f"metric {metric.id}: no part or metric {part}")
        strange = [p for p in metric.parts if p not in parts or parts[p].model != INTRADAY_MODEL]
        if metric.intraday != "never" and (metric.bound or strange):
            text = f"metric {metric.id}: only parts of {INTRADAY_MODEL} can be shown during the day"
            fault(metric, "not_intraday", text)
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
