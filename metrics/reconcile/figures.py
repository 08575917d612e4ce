"""A vendor's figures as a small CSV: the keys of a question and a column `value`."""

import csv
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from metrics.question.engine import GRAINS
from metrics.question.snapshot import MetricError

Key = tuple[object, ...]
_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?\s*%?$")


@dataclass(frozen=True)
class Figures:
    """What a report says: its grain and dimensions, and the figure of each key."""

    grain: str
    by: tuple[str, ...]
    values: Mapping[Key, Fraction | None]
    source: str


def read(path: Path, unit: str) -> Figures:
    """Read a report. Raises MetricError, naming file and line.

    Columns: `value` (a number; `81 %` is .81; empty stays empty), at most one grain (day, week,
    month, ...: the first date of the period), and dimensions of the metric.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = list(csv.reader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise MetricError(f"{path}: cannot be read: {error}") from error
    head = [name.strip() for name in lines[0]] if lines else []
    if "value" not in head:
        raise MetricError(f"{path}:1: a report needs a column `value` (it has {', '.join(head)})")
    grains = [name for name in head if name in GRAINS]
    if len(grains) > 1 or len(set(head)) < len(head):
        raise MetricError(f"{path}:1: each column once, and one of {', '.join(GRAINS)} at most")
    grain = grains[0] if grains else "all"
    by = tuple(name for name in head if name not in ("value", grain))
    keys = (*grains, *by)
    values: dict[Key, Fraction | None] = {}
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            raise MetricError(f"{path}:{number}: {len(cells)} cells under {len(head)} columns")
        row = {name: cell.strip() for name, cell in zip(head, cells, strict=True)}
        key = tuple(_key(path, number, name, row[name], grain) for name in keys)
        if key in values:
            raise MetricError(f"{path}:{number}: {_shown(keys, key)} is there twice")
        values[key] = _figure(path, number, row["value"], unit)
    if not values:
        raise MetricError(f"{path}:1: a report without a figure")
    return Figures(grain, by, values, path.name)


def _key(path: Path, number: int, name: str, text: str, grain: str) -> object:
    if name != grain:
        return text
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise MetricError(f"{path}:{number}: {name} {text!r} is not a date (YYYY-MM-DD)") from error


def _figure(path: Path, number: int, text: str, unit: str) -> Fraction | None:
    if not text:
        return None
    if not _NUMBER.match(text):
        raise MetricError(f"{path}:{number}: {text!r} is not a number")
    value = Fraction(text.rstrip("% "))
    if text.endswith("%"):
        return value / 100
    if unit == "fraction" and value > 1:
        raise MetricError(
            f"{path}:{number}: {text} of a fraction; write {text} % or {float(value / 100):g}"
        )
    return value


def _shown(keys: Sequence[str], key: Key) -> str:
    return ", ".join(f"{name} {one}" for name, one in zip(keys, key, strict=True)) or "the figure"
