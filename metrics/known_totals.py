"""Totals that a centre knows from elsewhere, held against what is published.

One file each in the centre's `examples/`: a question as `headset metric` takes it, and its answers
by the telephone system's own report, the extract, the old sheet. Belongs here: reading the files
and comparing. Does not: answering (`question`).
"""

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ground import yaml_lines
from ground.home import Home
from metrics.contracts.contract import Finding
from metrics.question.query import query
from metrics.question.snapshot import MetricError

PARTS = ("value", "numerator", "denominator", "n")


class KnownTotal(BaseModel):
    """A question and its answers.

    answers: one per row, with the keys of the question and any of value, numerator, denominator, n.
    within: how far a figure may be off, as a share of it; then `why` says where that comes from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str
    source: str
    metric: str
    by: list[str] = []
    grain: Literal["all", "day", "week", "month", "quarter", "year"] = "all"
    where: list[str] = []
    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None
    answers: Annotated[list[dict[str, Any]], Field(min_length=1)]
    within: Annotated[float, Field(ge=0, lt=1)] = 0
    why: str | None = None


def read(folder: Path) -> tuple[list[tuple[Path, KnownTotal]], list[Finding]]:
    """Every file of a folder, and what is wrong with the others, each by file and line."""
    found: list[tuple[Path, KnownTotal]] = []
    findings: list[Finding] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            file = yaml_lines.read(path)
            one = KnownTotal.model_validate(file.data or {})
            if one.within and not one.why:
                raise ValueError("`within` needs `why`: where does the difference come from?")
        except yaml_lines.YamlFileError as error:
            findings.append(Finding(path, 1, "example", str(error).split(": ", 1)[-1]))
        except ValidationError as error:
            for fault in error.errors():
                line = file.line(*(step for step in fault["loc"] if isinstance(step, str | int)))
                where = ".".join(map(str, fault["loc"]))
                findings.append(Finding(path, line, "example", f"`{where}`: {fault['msg']}"))
        except ValueError as error:
            findings.append(Finding(path, 1, "example", str(error)))
        else:
            found.append((path, one))
    return found, findings


def check(home: Home, path: Path, known: KnownTotal) -> list[Finding]:
    """Where the published answer is another one."""
    try:
        answer = query(
            home, known.metric, by=known.by, grain=known.grain, where=known.where,
            from_=known.from_, to=known.to,
        )  # fmt: skip
    except MetricError as error:
        return [Finding(path, 1, "example", str(error))]
    rows = {tuple(str(row[key]) for key in answer.keys): row for row in answer.rows}
    findings = []
    for wanted in known.answers:
        lacking = [key for key in answer.keys if key not in wanted]
        unknown = [key for key in wanted if key not in (*answer.keys, *PARTS)]
        if lacking or unknown:
            said = f"no {lacking[0]}" if lacking else f"{unknown[0]}, which is no part of it"
            findings.append(Finding(path, 1, "example", f"an answer has {said}"))
            continue
        key = tuple(str(wanted[name]) for name in answer.keys)
        where = f" of {', '.join(key)}" if key else ""
        row = rows.get(key, {})
        findings += [
            Finding(
                path, 1, "example",
                f"{known.source} says {wanted[part]}, {answer.metric}{where} has {row.get(part)} "
                f"({part})",
            )
            for part in PARTS
            if part in wanted and not _same(wanted, row, part, known.within)
        ]  # fmt: skip
    return findings


def _same(wanted: Mapping[str, Any], row: Mapping[str, object], part: str, within: float) -> bool:
    said, found = wanted[part], row.get(part)
    if said is None or found is None:
        return said is found
    try:
        # A figure that is written down has as many digits as somebody wrote.
        digits = len(str(said).partition(".")[2])
        told, counted = float(said), float(str(found))
    except ValueError:
        return False
    least = 0.5 * 10**-digits if isinstance(said, float) else 0.0
    return math.isclose(told, counted, rel_tol=within, abs_tol=least)
