"""The named causes by which variants of a metric differ: `causes.yml`, read and checked.

Belongs here: the file's form and its faults. The arithmetic is in `metrics/reconcile/variants.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ground import yaml_lines
from ground.yaml_keys import refuse_unknown
from metrics.contracts.contract import Definitions, Finding

CAUSES = Path(__file__).with_name("causes.yml")
Terms = tuple[tuple[str, int], ...]


class CausesError(Exception):
    """The file of causes cannot be used; the message names file and line."""


@dataclass(frozen=True)
class Family:
    """Metrics that differ by the same causes.

    causes: in the documented order. parts: additive part to cause to the signed parts that it is.
    """

    metrics: tuple[str, ...]
    causes: tuple[str, ...]
    parts: Mapping[str, Mapping[str, Terms]]


def load(path: Path = CAUSES) -> tuple[Family, ...]:
    """All families. Raises CausesError."""
    try:
        file = yaml_lines.read(path)
    except yaml_lines.YamlFileError as error:
        raise CausesError(str(error)) from error
    try:
        refuse_unknown(file.data, ("families",), "the file of causes")
        for number, entry in enumerate(file.data["families"]):
            refuse_unknown(entry, ("metrics", "causes", "parts"), f"family {number + 1}")
    except ValueError as error:
        raise CausesError(f"{path}: {error}") from error
    found = [
        Family(
            tuple(entry["metrics"]),
            tuple(entry["causes"]),
            {
                part: {cause: terms(str(text)) for cause, text in causes.items()}
                for part, causes in entry["parts"].items()
            },
        )
        for entry in file.data["families"]
    ]
    return tuple(found)


def terms(text: str) -> Terms:
    """`a - b + c` as signed parts; a 0 alone stands for nothing."""
    sign, found = 1, []
    for token in text.split():
        if token in ("+", "-"):
            sign = 1 if token == "+" else -1
        elif token != "0":
            found.append((token, sign))
    return tuple(found)


def findings(definitions: Definitions, path: Path = CAUSES) -> list[Finding]:
    """What in the file does not fit the contracts, each with its line."""
    try:
        file, families = yaml_lines.read(path), load(path)
    except (yaml_lines.YamlFileError, CausesError) as error:
        return [Finding(path, 1, "causes", str(error))]
    except (KeyError, TypeError, AttributeError) as error:
        return [Finding(path, 1, "causes", f"not a file of causes: {error!r}")]
    known = {part.id for part in definitions.parts}
    names = {metric.name for metric in definitions.metrics}
    found = []
    for number, family in enumerate(families):
        known_here = known | {
            f"{side}:{metric.variant}"
            for metric in definitions.metrics
            for side in "nd"
            if metric.name in family.metrics and metric.bound is not None
        }
        for message, steps in _faults(family, file.data["families"][number], known_here, names):
            line = file.line("families", number, *steps)
            found.append(Finding(path, line, "causes", message))
    return found


def _faults(
    family: Family, entry: Mapping[str, Any], known: set[str], names: set[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for metric in family.metrics:
        if metric not in names:
            yield f"no metric is called {metric}", ("metrics",)
    for part, causes in family.parts.items():
        if part not in known:
            yield f"no additive part {part}", ("parts", part)
        for cause, signed in causes.items():
            if cause not in family.causes:
                yield f"part {part}: cause {cause!r} has no place in the order", ("parts", part)
            for term, _ in signed:
                if term not in known:
                    yield f"part {part}: no additive part {term}", ("parts", part, cause)
