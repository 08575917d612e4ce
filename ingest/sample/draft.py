"""From a sample to files on disk: read it, guess, write, and prove that the draft loads it.

Belongs here: the order of things. Does not: the guesses. The sample is read, and the draft proven,
by the intake of any night, in a home of its own that is gone afterwards.
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ground.home import Home
from ingest import intake
from ingest.contracts.contract import Contract, read_contract
from ingest.contracts.dbt_sources import canonical_columns
from ingest.contracts.lint import lint
from ingest.ledger import ledger
from ingest.sample.columns import ColumnDraft, column_of
from ingest.sample.contract_text import ContractDraft, contract_text, pattern_of
from ingest.sample.extent import Extent, extent_of
from ingest.sample.meaning import Meaning, fills_of, meaning_of
from ingest.sample.profile import in_likely_order, is_unique, measure
from ingest.sample.shape import SampleError, Shape, shape_of
from ingest.sample.staging import StagingDraft, staging_sql
from ingest.sample.text_contract import text_contract

FEED_NAMES = {
    "contacts": "calls",
    "cases": "tickets",
    "employment": "roster",
    "evaluations": "evaluations",
    "agent_activity": "states",
}
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_FAR = date(9999, 1, 1)
_IDS = ("contact_id", "record_id", "case_id", "evaluation_id", "agent_code")
_WITH_THEM = ("started_at", "opened_at", "evaluated_at", "hire_date", "queue_code", "ended_at")


@dataclass(frozen=True)
class Drafted:
    """What was written, and what became of the sample when it was loaded by it."""

    contract: Path
    models: tuple[Path, ...]
    fills: tuple[str, ...]
    landed_n: int
    loaded_n: int
    faults: tuple[tuple[str, str, int], ...]
    left_out: tuple[tuple[str, str], ...]


def draft_source(
    system: str,
    sample: Path,
    *,
    sources: Path,
    project: Path,
    feed: str | None = None,
    client: str | None = None,
    time_zone: str | None = None,
    sheet: str | None = None,
) -> Drafted:
    """Write a draft contract and staging models for `sample`. Raises SampleError when hopeless.

    Nothing is written over, and nothing is written unless the sample loads by it.
    """
    for what, name in (("system", system), ("feed", feed), ("client", client)):
        if name is not None and not _NAME.fullmatch(name):
            raise SampleError(
                f"{what} {name!r}: use lower-case letters, figures and single underscores"
            )
    if not sample.is_file():
        raise SampleError(f"{sample} is no file")
    shape = shape_of(sample, sheet)
    with TemporaryDirectory(prefix="headset-sample-") as scratch:
        root = Path(scratch)
        extent = extent_of(sample, shape, root)
        key, meaning = _guess(root / "read", system, sample, shape, extent)
        fills = fills_of(meaning)
        feed = feed or (FEED_NAMES[fills[0]] if fills else "rows")
        roles = meaning.roles
        used = [name for name in roles if _is_used(name, fills)]
        columns = tuple(
            column_of(
                roles[name],
                required=(name in key or name == _event(meaning))
                and roles[name].field.filled_n == roles[name].field.rows_n,
            )
            for name in used
        )
        draft = _contract_draft(
            system, feed, fills, extent, sample, key, meaning, columns, client, time_zone
        )
        contract = root / "sources" / system / f"{feed}.yml"
        contract.parent.mkdir(parents=True)
        contract.write_text(contract_text(draft), encoding="utf-8")
        landed_n, loaded_n, faults = _prove(root / "prove", contract, sample)
        return Drafted(
            *_write(contract, sources, project, StagingDraft(system, feed, meaning, key), fills),
            fills,
            landed_n,
            loaded_n,
            faults,
            tuple((field.name, why) for field, why in meaning.left_out),
        )


def _event(meaning: Meaning) -> str | None:
    """The column that dates a row; none for a roster."""
    if meaning.has("hire_date"):
        return None
    order = ("started_at", "opened_at", "evaluated_at")
    if meaning.has("evaluated_at"):
        order = order[::-1]
    return next((name for name in order if meaning.has(name)), None)


def _is_used(role: str, fills: Sequence[str]) -> bool:
    """Scores without a feed for them stay out; all else that has a role may be wanted."""
    return role != "score" or bool({"surveys", "evaluations"} & set(fills))


def _guess(
    root: Path, system: str, sample: Path, shape: Shape, extent: Extent
) -> tuple[tuple[str, ...], Meaning]:
    """Read the sample as text by the night's own readers, measure its fields, say what they are."""
    home = Home(root)
    contract = text_contract(
        root, system, extent.shape, fields=extent.fields, not_records=extent.not_records
    )
    _take_in(home, contract, sample)
    with ledger.warehouse(home) as con:
        names = ", ".join(f"{column.name} as p{n}" for n, column in enumerate(contract.columns))
        con.execute(
            f"create or replace temp table incoming as select _row_number, {names} "
            f"from raw.{contract.raw_table}"
        )
        (rows_n,) = con.execute("select count(*) from incoming").fetchall()[0]
        _refuse_hopeless(con, sample, rows_n)
        fields = in_likely_order(con, contract, measure(con, contract, shape.format == "xlsx"))
        meaning = meaning_of(fields)
        key = _key(con, contract, meaning)
    return key, meaning


def _refuse_hopeless(con: duckdb.DuckDBPyConnection, sample: Path, rows_n: int) -> None:
    (rejected,) = con.execute("select max(reason) from ledger.file").fetchall()[0]
    (apart_n,) = con.execute("select coalesce(sum(rows_n), 0) from ledger.quarantine").fetchall()[0]
    if not rows_n and rejected and not apart_n and not str(rejected).startswith("empty"):
        raise SampleError(f"{sample.name}: {rejected}")
    if not rows_n:
        raise SampleError(f"{sample.name} has a header and no record below it; bring some rows")
    if apart_n > rows_n:
        raise SampleError(
            f"{sample.name}: {apart_n} of {apart_n + rows_n} lines do not have the fields of the "
            f"header; this is a report for reading, ask for the table behind it"
        )


def _take_in(home: Home, contract: Contract, sample: Path) -> intake.FeedOutcome:
    target = home.landing / contract.system / sample.name
    target.parent.mkdir(parents=True)
    shutil.copy(sample, target)
    batch = intake.open_batch(home, "sample", _FAR)
    return intake.ingest_feed(home, contract, (contract,), through=_FAR, batch_id=batch)


def _key(con: duckdb.DuckDBPyConnection, contract: Contract, meaning: Meaning) -> tuple[str, ...]:
    """The first of the likely fields, or of their pairs and triples, that no two rows share."""
    likely = [role for role in (*_IDS, *_WITH_THEM) if meaning.has(role)]
    if meaning.has("hire_date"):
        likely = [role for role in ("agent_code", "hire_date") if meaning.has(role)]
    # An instant alone is no key: two calls may begin in one second.
    alone = [(role,) for role in likely if role in _IDS]
    together = chain.from_iterable(combinations(likely, n) for n in (2, 3))
    for roles in chain(alone, together):
        if is_unique(con, contract, [name for role in roles for name in _names(meaning, role)]):
            return roles
    return tuple(role for role, found in meaning.roles.items() if found.personal == "none")


def _names(meaning: Meaning, role: str) -> list[str]:
    found = meaning.roles[role]
    return [found.field.name, *([found.with_date.name] if found.with_date else [])]


def _contract_draft(
    system: str, feed: str, fills: tuple[str, ...], extent: Extent, sample: Path,
    key: tuple[str, ...], meaning: Meaning, columns: tuple[ColumnDraft, ...],
    client: str | None, time_zone: str | None,
) -> ContractDraft:  # fmt: skip
    notes = {
        "key": [f"GUESS: no two rows of the sample have the same {' and '.join(key)}."],
        "file": extent.notes,
        "time_zone": [] if time_zone else ["GUESS: no zone was given; an IANA name, or a map."],
    }
    return ContractDraft(
        system, feed, fills, extent.shape, pattern_of(sample.name), key, _event(meaning),
        client or system, time_zone or "UTC", columns, extent.not_records, meaning.left_out, notes,
    )  # fmt: skip


def _prove(
    root: Path, path: Path, sample: Path
) -> tuple[int, int, tuple[tuple[str, str, int], ...]]:
    """Load the sample by the draft; a draft that the lint or the loader refuses is our fault."""
    findings = [f for f in lint(path.parent.parent, [path.parent.name]) if f.file == str(path)]
    if findings:
        told = "; ".join(finding.message for finding in findings)
        raise SampleError(f"{sample.name}: the draft does not pass the lint ({told})")
    home, contract = Home(root), read_contract(path)
    outcome = _take_in(home, contract, sample)
    with ledger.warehouse(home) as con:
        rows = con.execute(
            "select coalesce(column_name, ''), rule, sum(rows_n)::bigint from ledger.quarantine "
            "group by 1, 2 order by 3 desc, 1"
        ).fetchall()
    if not outcome.loaded_n:
        raise SampleError(f"{sample.name}: no row loads by the draft ({rows[:3]})")
    return outcome.landed_n, outcome.loaded_n, tuple((c, r, n) for c, r, n in rows)


def _write(
    contract: Path, sources: Path, project: Path, draft: StagingDraft, fills: Sequence[str]
) -> tuple[Path, tuple[Path, ...]]:
    known = canonical_columns(project)
    folder = project / "models" / "staging" / draft.system
    target = sources / draft.system / contract.name
    texts = {target: contract.read_text(encoding="utf-8")}
    for name in fills:
        columns = [column["name"] for column in known[name]]
        texts[folder / f"stg_{draft.system}__{name}.sql"] = staging_sql(draft, name, columns)
    for path in texts:
        if path.exists():
            raise SampleError(f"{path} is there already; remove it, or choose another name")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return target, tuple(path for path in texts if path != target)
