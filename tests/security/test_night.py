"""A whole published night with bad rows and bad files in every feed: no text of them is anywhere.

The kinds of fault are walked over every feed of the simulated centre: what is typed in the wrong
place, shifted, too long, unlisted, nested, cut, packed, or misnamed. The next kind is one function.
"""

import contextlib
import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from ground.home import sources_dir
from ground.sql import ident, literal
from ground.systems import SIMULATED
from ingest.contracts.contract import Contract, load_contracts
from orchestration.cli import cli
from orchestration.run.night import run_night
from tests.centre import Centre, copy_of

MARK, FIGURES, ADDRESS = "Zqmarker", "5551239871", "zq.lopez@marker.example"
WORDS = (MARK, FIGURES, ADDRESS)
ALL = f"{MARK} {FIGURES} {ADDRESS}"

Row = dict[str, Any]


def fields(contract: Contract) -> dict[str, str]:
    """Source field of each column that the file itself has, with the column's type."""
    return {
        column.parts[0].source: column.type
        for column in contract.columns
        if column.from_file_name is None and "." not in column.parts[0].source
    }


def bad_rows(contract: Contract, good: Row) -> Iterator[Row]:
    """One row per field that holds no free text, with the marks in it; then all texts at once.

    Keys are new, so that no good row stands beside another truth.
    """
    kinds = fields(contract)
    typed = [name for name, kind in kinds.items() if kind != "text" and name in good]
    keys = {c.parts[0].source for c in contract.columns if c.name in contract.key}
    for number, name in enumerate(typed):
        # A figure is what a decimal holds; in no other place is it one.
        marks = (ALL, ADDRESS) if kinds[name] in ("decimal", "bigint") else (ALL, ADDRESS, FIGURES)
        for text in marks:
            fresh = {k: f"k{number}" for k in keys if kinds.get(k) == "text"}
            yield {**good, **fresh, name: text}
    if typed:
        texts = {name: ALL for name, kind in kinds.items() if kind == "text" and name in good}
        yield {**good, **texts, typed[0]: ALL}


def spoil_csv(contract: Contract, data: bytes) -> bytes:
    rows = list(csv.reader(io.StringIO(data.decode()), delimiter=contract.delimiter))
    header, good = rows[0], rows[-1]
    listed = dict(zip(header, good, strict=True))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=contract.delimiter, lineterminator="\n")
    writer.writerow([*header, MARK, ADDRESS])
    writer.writerows([*row, ALL, FIGURES] for row in rows[1:])
    writer.writerows([*row.values(), ALL, FIGURES] for row in bad_rows(contract, listed))
    writer.writerow([ALL] * (len(header) + 2))
    writer.writerow([*good, ALL, FIGURES, MARK, ADDRESS])
    writer.writerow([MARK])
    writer.writerow([ALL, *good, FIGURES])
    return out.getvalue().encode() + f'{MARK},"{ALL}\n'.encode()


def spoil_ndjson(contract: Contract, data: bytes) -> bytes:
    rows = [json.loads(line) for line in data.splitlines() if line.strip()]
    good = dict(rows[-1])
    made: list[Any] = [{**row, MARK: ALL, ADDRESS: {FIGURES: MARK}} for row in rows]
    made += bad_rows(contract, good)
    made += [[MARK], ALL, {MARK: ALL}]
    made += [{**good, name: {MARK: ALL}} for name, kind in fields(contract).items()
             if kind != "text" and name in good]  # fmt: skip
    return ("\n".join(json.dumps(row) for row in made) + f"\n{ALL}\n{{{MARK}\n").encode()


def spoil_parquet(contract: Contract, path: Path) -> None:
    """Types of a Parquet file are its own: dates become texts, so that a mark fits in."""
    source = f"read_parquet({literal(str(path))})"
    with duckdb.connect() as con:
        names = [row[0] for row in con.execute(f"describe select * from {source}").fetchall()]
        typed = {name for name, kind in fields(contract).items() if kind != "text"}
        con.execute(f"create table rows as select * from {source}")
        last = con.execute(f"select {', '.join(f'{ident(n)}::varchar' for n in names)} "
                           "from rows limit 1").fetchone()  # fmt: skip
        if last is None:
            return
        good = dict(zip(names, last, strict=True))
        wide = ", ".join(f"{ident(n)}::varchar as {ident(n)}" if n in typed else ident(n)
                         for n in names)  # fmt: skip
        con.execute(f"create table spoilt as select {wide}, {literal(ALL)} as {ident(MARK)} "
                    "from rows")  # fmt: skip
        for row in bad_rows(contract, good):
            con.execute(
                f"insert into spoilt select {', '.join('?' for _ in names)}, ?",
                [*(row[name] for name in names), ALL],
            )
        con.execute(f"copy spoilt to {literal(str(path))} (format parquet)")


SPOIL: dict[str, Callable[[Contract, bytes], bytes]] = {"csv": spoil_csv, "ndjson": spoil_ndjson}


def spoil(contract: Contract, path: Path) -> None:
    """Bad rows behind the good ones of a file that a system has dropped."""
    if contract.format == "parquet":
        spoil_parquet(contract, path)
        return
    data = path.read_bytes()
    packed = path.suffix == ".gz"
    spoilt = SPOIL[contract.format](contract, gzip.decompress(data) if packed else data)
    path.write_bytes(gzip.compress(spoilt) if packed else spoilt)


def bad_files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Beside a good file some that are refused whole, under names that the contract accepts."""
    stem, _, ending = path.name.partition(".")
    packed = ending.endswith("gz")

    def put(revision: int, text: str | bytes) -> tuple[str, bytes]:
        data = text.encode() if isinstance(text, str) else text
        return f"{stem}.r{revision}.{ending}", gzip.compress(data) if packed else data

    yield put(91, f"{ALL},{FIGURES}\n{ADDRESS},{MARK}\n")
    yield put(92, f'{{"{MARK}": "{ALL}"')
    yield put(93, f"{MARK}\0{ALL}\0" * 50)
    yield put(94, f'"{ALL}' + "," * 5_000 + "\n")
    yield f"{stem}.r95.{ending}", f"\x1f\x8b{ALL}".encode("latin-1")
    yield f"{MARK} {ADDRESS}.{ending}", ALL.encode()


@dataclass(frozen=True)
class Night:
    """The centre after that night, its summary, and how much was spoilt."""

    centre: Centre
    status: str
    feeds: Sequence[str]


@pytest.fixture(scope="module")
def night(published_history: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    centre = copy_of(published_history, tmp_path_factory.mktemp("bad") / "home")
    day = centre.history_end + timedelta(days=1)
    before = {p for p in centre.home.landing.rglob("*") if p.is_file()}
    centre.drop(arrived_by=day, arrived_after=day - timedelta(days=1))
    contracts = [c for c in load_contracts(sources_dir(), SIMULATED.split(","))
                 if c.system != "company"]  # fmt: skip
    spoilt = []
    for contract in contracts:
        names = [p for p in (centre.home.landing / contract.system).iterdir()
                 if p not in before and contract.pattern.match(p.name)]  # fmt: skip
        for path in names[:1]:
            for name, data in bad_files(path):
                (path.parent / name).write_bytes(data)
            spoil(contract, path)
            spoilt.append(contract.name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADSET_HOME", str(centre.home.root))
        patch.setenv("HEADSET_SYSTEMS", SIMULATED)
        summary = run_night(centre.home, day, day)
        yield Night(centre, summary.status, spoilt)


def test_every_kind_of_file_was_spoilt_and_the_night_is_published(night: Night) -> None:
    kinds = {c.format for c in load_contracts(sources_dir(), SIMULATED.split(","))
             if c.name in night.feeds}  # fmt: skip
    assert kinds == {"csv", "ndjson", "parquet"}
    assert len(night.feeds) >= 10
    assert night.status == "published"
    with duckdb.connect(str(night.centre.home.warehouse), read_only=True) as con:
        rows = con.execute(
            "select count(*), count(distinct rule), count(distinct system || feed) "
            "from ledger.quarantine"
        ).fetchone()
        refused = con.execute("select count(*) from ledger.file where verdict = 'rejected'")
        assert refused.fetchall()[0][0] >= 4 * len(night.feeds)
    assert rows is not None
    assert rows[0] > 10 * len(night.feeds)
    assert rows[1] >= 6
    assert rows[2] >= len(night.feeds)


def in_tables(path: Path) -> Iterator[str]:
    """Tables of a database that hold a mark in any column, whatever its compression."""
    with duckdb.connect(str(path), read_only=True) as con:
        names = con.execute(
            "select schema_name, table_name from duckdb_tables() where not internal"
        ).fetchall()
        for schema, name in names:
            tests = " or ".join(f"contains(t::varchar, {literal(word)})" for word in WORDS)
            if con.execute(f"select 1 from {ident(schema, name)} as t where {tests} limit 1"
                           ).fetchone():  # fmt: skip
                yield f"{schema}.{name}"


def in_files(root: Path) -> Iterator[str]:
    """Files outside landing that hold a mark: in their bytes, or in a Parquet file's values."""
    with duckdb.connect() as con:
        for path in sorted(root.rglob("*")):
            inside = path.relative_to(root)
            if path.is_symlink() or not path.is_file() or inside.parts[0] == "landing":
                continue
            data = path.read_bytes()
            if any(word.encode() in data for word in WORDS):
                yield str(inside)
            elif path.suffix == ".parquet":
                tests = " or ".join(f"contains(t::varchar, {literal(word)})" for word in WORDS)
                source = f"read_parquet({literal(str(path))}, hive_partitioning = false)"
                if con.execute(f"select 1 from {source} as t where {tests} limit 1").fetchone():
                    yield str(inside)
            elif path.suffix == ".gz":
                with contextlib.suppress(EOFError, gzip.BadGzipFile):
                    plain = gzip.decompress(data)
                    if any(word.encode() in plain for word in WORDS):
                        yield str(inside)


def test_no_table_of_the_warehouse_holds_a_mark(night: Night) -> None:
    assert list(in_tables(night.centre.home.warehouse)) == []


def unpacked(path: Path) -> bytes:
    """What a file holds; of a packed one that is cut, as much as can be unpacked."""
    data = path.read_bytes()
    if data[:3] != b"\x1f\x8b\x08":
        return data
    with contextlib.suppress(zlib.error):
        return zlib.decompressobj(wbits=31).decompress(data)
    return b""


def test_no_byte_of_the_home_outside_landing_holds_a_mark(night: Night) -> None:
    """Warehouse with its free blocks, log of writes, spill, audit, Dagster, dbt, snapshots."""
    root = night.centre.home.root
    assert list(in_files(root)) == []
    searched = {path.relative_to(root).parts[0] for path in root.rglob("*") if path.is_file()}
    parts = {"warehouse.duckdb", "published", "audit", "dagster", "dbt_target", "keys"}
    assert parts <= searched, "or the search has nothing to look at"
    landed = [p for p in (root / "landing").rglob("*") if p.is_file()]
    assert sum(MARK.encode() in unpacked(path) for path in landed) > len(night.feeds)


@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["status", "--format", "json"],
        ["quarantine", "list", "--format", "json"],
        ["quarantine", "show", "--format", "json", "--limit", "100000"],
    ],
)
def test_no_command_prints_a_mark(night: Night, command: list[str]) -> None:
    home = {"HEADSET_HOME": str(night.centre.home.root), "COLUMNS": "400"}
    told = CliRunner().invoke(cli, command, env=home)
    assert told.exit_code == 0, told.output
    assert not [word for word in WORDS if word in told.output]
    assert told.output.strip()


def test_the_search_would_find_a_mark(night: Night, tmp_path: Path) -> None:
    path = tmp_path / "some.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(f"create table t as select [{{'a': {literal(MARK)}}}] as nested")
        con.execute(f"copy (select {literal(ADDRESS)} as a) to '{tmp_path}/a.parquet'")
    assert list(in_tables(path)) == ["main.t"]
    assert "a.parquet" in list(in_files(tmp_path))
