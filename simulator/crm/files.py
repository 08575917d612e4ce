"""The CRM's files: which arrive when, what is in them, and what is put down as their truth."""

import csv
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from simulator.crm.defects import kinds_on, plant
from simulator.crm.desk import Desk
from simulator.crm.effects import effect_of
from simulator.crm.rows import HEADERS, Row, rows_of
from simulator.manifest import Defect, write_text

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
    rows = rows_of(file.feed, desk, file.day)
    defects = []
    if file.variant == "recounted":
        rows = [_worse(row) for row in rows]
        detail = "satisfaction sent one point too low; r2 puts it right"
        defects.append(Defect("corrected_file", name, (), "replaced", "", detail))
    elif file.variant == "late":
        detail = "arrives seven days after its extract date"
        defects.append(Defect("late_file", name, (), "loaded", "", detail))
    else:
        kinds = kinds_on(file.feed, file.day, last) if file.revision == 1 else []
        rows, planted = plant(file.feed, rows, kinds, file.day, desk.seed)
        defects += [Defect(bad.kind, name, bad.rows, bad.expected, bad.rule, "") for bad in planted]
    return name, _packed(file.feed, rows), len(rows), tuple(defects)


def _worse(row: Row) -> Row:
    at = HEADERS["surveys"].index("csat")
    return tuple(
        str(max(1, int(value) - 1)) if n == at and value else value for n, value in enumerate(row)
    )


def _packed(feed: str, rows: list[Row]) -> bytes:
    header = HEADERS[feed]
    if feed == "cases":
        return _parquet(header, rows)
    if feed == "case_events":
        return _gzipped(_json_lines(header, rows))
    text = _csv(header, rows, ";" if feed == "outcomes" else ",")
    return _gzipped(text) if feed == "surveys" else text.encode()


def _json_lines(header: Row, rows: Sequence[Row]) -> str:
    """All fields, as text; what changed is an object of its own at the end."""
    sides = [name for name in header if name.startswith("change.")]
    plain = [name for name in header if name not in sides]
    own = "".join(f'"{name}":%s,' for name in plain)
    change = ",".join(f'"{name.removeprefix("change.")}":%s' for name in sides)
    line = f'{{{own}"change":{{{change}}}}}\n'
    at = [header.index(name) for name in (*plain, *sides)]
    return "".join([line % tuple([quoted(row[n]) for n in at]) for row in rows])


def _csv(header: Row, rows: Sequence[Row], delimiter: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def _gzipped(text: str) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(text.encode()) + packer.flush()


def _parquet(header: Row, rows: list[Row]) -> bytes:
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "rows.csv", Path(folder) / "rows.parquet"
        source.write_text(_csv(header, rows, ","), encoding="utf-8")
        to = str(target).replace("'", "''")
        _engine().execute(
            "copy (select * from read_csv($source, auto_detect = false, header = true, "
            f"delim = ',', quote = '\"', escape = '\"', columns = {{{columns}}})) "
            f"to '{to}' (format parquet, compression zstd)",
            {"source": str(source)},
        )
        return target.read_bytes()


@lru_cache(maxsize=1)
def _engine() -> duckdb.DuckDBPyConnection:
    """In memory, with one thread: rows stay in order and equal rows give equal bytes."""
    con = duckdb.connect()
    con.execute("set threads = 1")
    return con


def write_truth(folder: Path, desk: Desk, people: Mapping[str, str]) -> None:
    """Each agent's true effects, and of each case whether it was truly settled, by opening date."""
    effects = (
        (agent, f"{effect.csat:.4f}", f"{effect.resolution:.4f}")
        for agent in sorted(set(people.values()))
        for effect in [effect_of(desk.seed, agent)]
    )
    header: Row = ("agent_id", "csat_effect", "resolution_effect")
    write_text(folder / "agents.csv", _csv(header, list(effects), ","))
    header = ("case_id", "contact_id", "agent_id", "is_settled")
    for opened, cases in desk.truth.items():
        rows = [
            (c.case_id, c.contact_id, people.get(c.agent, c.agent), str(c.is_settled).lower())
            for c in cases
        ]
        write_text(folder / f"cases_{opened}.csv", _csv(header, rows, ","))
