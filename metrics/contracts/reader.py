"""Metric contracts: what a number means, beside the formula that computes it.

A contract stands in `config.meta.contract` of a metric in `dbt_project/models/metrics/*.yml`.
Additive parts (the measures with `create_metric`) need none: their description is their meaning.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ground import yaml_lines
from ground.yaml_lines import YamlFile
from metrics.contracts import rules
from metrics.contracts.contract import (
    Bound,
    Definitions,
    Finding,
    MetricContract,
    Part,
    Plausible,
    contract_of,
    from_dbt_manifest,
    from_json,
    to_json,
)

__all__ = [
    "Bound", "ContractError", "Definitions", "Finding", "MetricContract", "Part", "Plausible",
    "from_dbt_manifest", "from_json", "load", "read", "to_json",
]  # fmt: skip


class ContractError(Exception):
    """A metric contract is wrong. `findings` has every fault; the message is all of them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


def load(folder: Path) -> Definitions:
    """Read and check all metric files of a folder (`dbt_project/models/metrics`).

    Raises ContractError with every fault, each naming file and line.
    """
    definitions, findings = read(folder)
    if findings:
        raise ContractError(findings)
    return definitions


def read(folder: Path) -> tuple[Definitions, list[Finding]]:
    """As `load`, but gives what could be read together with the faults found."""
    files: list[YamlFile] = []
    findings: list[Finding] = []
    for path in sorted(folder.glob("**/*.yml")):
        try:
            files.append(yaml_lines.read(path))
        except yaml_lines.YamlFileError as error:
            findings.append(Finding(path, 1, "yaml", str(error)))
    parts = [part for file in files for part in _parts(file)]
    parts += _metric_parts(files)
    metrics: list[MetricContract] = []
    for file in files:
        for number, entry in enumerate((file.data or {}).get("metrics") or ()):
            if _is_part(entry):
                continue
            contract, faults = _contract(file, number, entry)
            findings += faults
            if contract and not faults:
                metrics.append(contract)
    if not metrics and not findings:
        findings.append(Finding(folder, 1, "no_metrics", "no metric contract in this folder"))
    found = Definitions(tuple(metrics), tuple(parts), tuple(files))
    # What is wrong between contracts shows only once each is right in itself.
    return found, findings or rules.faults_across(found)


def _parts(file: YamlFile) -> list[Part]:
    found = []
    for i, model in enumerate((file.data or {}).get("semantic_models") or ()):
        for j, measure in enumerate(model.get("measures") or ()):
            if measure.get("create_metric"):
                line = file.line("semantic_models", i, "measures", j)
                meaning = str(measure.get("description") or "")
                found.append(Part(measure["name"], meaning, model["name"], file.path.name, line))
    return found


def _is_part(entry: Mapping[str, Any]) -> bool:
    """A metric that is only a part of others (`meta.part`): it has no contract of its own."""
    return bool(((entry.get("config") or {}).get("meta") or {}).get("part"))


def _metric_parts(files: Sequence[YamlFile]) -> list[Part]:
    """Parts written as metrics because they say how they meet parts of other facts."""
    models = {
        measure["name"]: model["name"]
        for file in files
        for model in (file.data or {}).get("semantic_models") or ()
        for measure in model.get("measures") or ()
    }
    found = []
    for file in files:
        for number, entry in enumerate((file.data or {}).get("metrics") or ()):
            if not _is_part(entry):
                continue
            measure = entry["type_params"]["measure"]
            name = measure["name"] if isinstance(measure, Mapping) else str(measure)
            filled = isinstance(measure, Mapping) and measure.get("fill_nulls_with") == 0
            found.append(
                Part(
                    entry["name"],
                    str(entry.get("description") or ""),
                    models.get(name, "?"),
                    file.path.name,
                    file.line("metrics", number),
                    filled,
                )
            )
    return found


def _contract(
    file: YamlFile, number: int, entry: Mapping[str, Any]
) -> tuple[MetricContract | None, list[Finding]]:
    if not isinstance(((entry.get("config") or {}).get("meta") or {}).get("contract"), Mapping):
        return None, [rules.no_contract(file, number, entry)]
    try:
        line = file.line("metrics", number)
        contract = contract_of(entry, file=file.path.name, line=line)
    except ValidationError as error:
        return None, rules.unreadable(file, number, entry, error)
    return contract, rules.faults_of(file, number, entry, contract)
