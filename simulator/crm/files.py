"""The CRM's files: which arrive when, what is in them, and what is put down as their truth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from simulator.crm.cases import named
from simulator.crm.defects import kinds_on, plant
from simulator.crm.desk import Batch, Desk
from simulator.crm.effects import effect_of
from simulator.crm.rows import table_of
from simulator.manifest import Defect, write_text
from simulator.people.days import Texts
from simulator.people.tables import Table, csv_lines, gzipped, length, parquet

SYSTEM = "sim_crm"
FEEDS = ("cases", "case_events", "surveys", "outcomes")
_SUFFIX = {
    "cases": "parquet",
    "case_events": "ndjson.gz",
    "surveys": "csv.gz",
    "outcomes": "csv",
    "disruptions": "csv",
}


@dataclass(frozen=True)
class CrmFile:
    """A file of the CRM to be dropped. `variant`: late, or recounted (r2 puts it right)."""

    feed: str
    day: date
    revision: int
    arrives: date
    variant: str = ""


def crm_files(first: date, last: date) -> Iterator[CrmFile]:
    """Four files a day and a list of disruptions a week; one is late, one is corrected."""
    days = (last - first).days + 1
    late = last - timedelta(days=11) if days > 14 else None
    recounted = last - timedelta(days=6) if days > 14 else None
    for n in range(days):
        day = first + timedelta(days=n)
        for feed in FEEDS:
            if (feed, day) == ("case_events", late):
                yield CrmFile(feed, day, 1, day + timedelta(days=7), "late")
            elif (feed, day) == ("surveys", recounted):
                yield CrmFile(feed, day, 1, day, "recounted")
                yield CrmFile(feed, day, 2, day + timedelta(days=2))
            else:
                yield CrmFile(feed, day, 1, day)
        if n % 7 == 6:
            yield CrmFile("disruptions", day, 1, day)


def crm_content(
    desk: Desk, file: CrmFile, last: date
) -> tuple[str, bytes, int, tuple[Defect, ...]]:
    """Name below landing/, bytes, number of records, and the defects planted in it."""
    revision = f".r{file.revision}" if file.revision > 1 else ""
    name = f"{SYSTEM}/{file.feed}_{file.day}{revision}.{_SUFFIX[file.feed]}"
    rows = table_of(file.feed, desk, file.day)
    defects = []
    if file.variant == "recounted":
        rows["csat"] = _worse(rows["csat"])
        detail = "satisfaction sent one point too low; r2 puts it right"
        defects.append(Defect("corrected_file", name, (), "replaced", "", detail))
    elif file.variant == "late":
        detail = "arrives seven days after its extract date"
        defects.append(Defect("late_file", name, (), "loaded", "", detail))
    else:
        kinds = kinds_on(file.feed, file.day, last) if file.revision == 1 else []
        rows, planted = plant(file.feed, rows, kinds, file.day, desk.seed)
        defects += [Defect(bad.kind, name, bad.rows, bad.expected, bad.rule, "") for bad in planted]
    return name, _packed(file.feed, rows), length(rows), tuple(defects)


def _worse(csat: Texts) -> Texts:
    lower = [str(max(1, int(value) - 1)) if value else "" for value in csat.tolist()]
    return np.array(lower, dtype=object)


def _packed(feed: str, table: Table) -> bytes:
    if feed == "cases":
        return parquet(table, {})
    if feed == "case_events":
        return gzipped(_json_lines(table))
    delimiter = ";" if feed == "outcomes" else ","
    lines = [delimiter.join(table), *csv_lines(table, delimiter)]
    return gzipped(lines) if feed == "surveys" else "".join(f"{line}\n" for line in lines).encode()


def _json_lines(table: Table) -> list[str]:
    """All fields, as text without anything to escape; what changed is an object at the end."""
    sides = [name for name in table if name.startswith("change.")]
    plain = [name for name in table if name not in sides]
    own = "".join(f'"{name}":"%s",' for name in plain)
    change = ",".join(f'"{name.removeprefix("change.")}":"%s"' for name in sides)
    line = f'{{{own}"change":{{{change}}}}}'
    columns = [table[name].tolist() for name in (*plain, *sides)]
    return [line % row for row in zip(*columns, strict=True)]


def write_effects(folder: Path, seed: int, people: Mapping[str, str]) -> None:
    """Each agent's true effects."""
    lines = ["agent_id,csat_effect,resolution_effect"]
    for agent in sorted(set(people.values())):
        effect = effect_of(seed, agent)
        lines.append(f"{agent},{effect.csat:.4f},{effect.resolution:.4f}")
    write_text(folder / "agents.csv", "\n".join(lines) + "\n")


def write_cases(
    folder: Path, people: Mapping[str, str], opened: date, batches: Sequence[Batch]
) -> None:
    """Of each case opened on a date, whether it was truly settled."""
    lines = ["case_id,contact_id,agent_id,is_settled"]
    for made in (batch.cases for batch in batches):
        agent_of = [people.get(login, login) for login in made.desk.tolist()]
        table = {
            "case_id": made.case_id,
            "contact_id": made.contact_id,
            "agent_id": named(np.array(agent_of, dtype=object), made.agent),
            "is_settled": np.where(made.is_settled, "true", "false").astype(object),
        }
        lines += csv_lines(table)
    write_text(folder / f"cases_{opened}.csv", "\n".join(lines) + "\n")
