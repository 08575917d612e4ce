"""From a sample to files on disk: read it, guess, write, and prove that the draft loads it.

Belongs here: the order of things. Does not: the guesses. The sample is read, and the draft proven,
by the intake of any night, in a home of its own that is gone afterwards.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ground.home import Home
from ingest.contracts.contract import read_contract
from ingest.contracts.dbt_sources import canonical_columns
from ingest.contracts.lint import lint
from ingest.ledger import ledger
from ingest.sample.columns import column_of, plain_columns
from ingest.sample.contract_text import ContractDraft, contract_text, pattern_of
from ingest.sample.extent import Extent, extent_of
from ingest.sample.facts import facts_of
from ingest.sample.fills import fills_of, is_used
from ingest.sample.guess import guess, take_in
from ingest.sample.keys import NO_KEY, Key
from ingest.sample.reconcile import Page, page_of
from ingest.sample.roles import Meaning
from ingest.sample.shape import SampleError, shape_of
from ingest.sample.staging import StagingDraft, staging_sql

FEED_NAMES = {
    "contacts": "calls",
    "cases": "tickets",
    "employment": "roster",
    "evaluations": "evaluations",
    "agent_activity": "states",
    "surveys": "responses",
}
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


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
    key: tuple[str, ...] = ()
    page: Page = field(default_factory=lambda: Page({}))


@dataclass(frozen=True)
class _Loaded:
    landed_n: int
    loaded_n: int
    repeated_n: int
    faults: tuple[tuple[str, str, int], ...]


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
    dates: str | None = None,
    totals: Mapping[str, str] | None = None,
    models_dir: Path | None = None,
) -> Drafted:
    """Write a draft contract and staging models for `sample`. Raises SampleError when hopeless.

    dates: day-first or month-first, where the sample itself cannot say. totals: what the person
    knows of the sample, by the names of the page's figures. sources, models_dir: where contract and
    models are written (by default the models of the dbt project).
    Nothing is written over, and nothing is written unless the sample loads by it and agrees.
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
        key, meaning = guess(root / "read", system, sample, shape, extent, dates)
        fills = fills_of(meaning)
        feed = feed or (FEED_NAMES[fills[0]] if fills else "rows")
        draft = _contract_draft(
            system, feed, fills, extent, sample, key, meaning, client, time_zone
        )
        contract = root / "sources" / system / f"{feed}.yml"
        contract.parent.mkdir(parents=True)
        loaded, home = _prove(root, contract, draft, sample)
        if draft.key and loaded.repeated_n:
            # What is unique as text need not be so once it is read: then it is no key.
            draft = _with_key(draft, NO_KEY)
            loaded, home = _prove(root, contract, draft, sample)
        models, page = _models(home, project, draft, meaning, fills)
        if wrong := page.differences(totals or {}):
            raise SampleError("; ".join(wrong) + ". Nothing was written.")
        return Drafted(
            *_write(contract, sources, models_dir or project / "models", system, models),
            fills,
            loaded.landed_n,
            loaded.loaded_n,
            loaded.faults,
            tuple((one.name, why) for one, why in draft.left_out),
            draft.key,
            page,
        )


def _event(meaning: Meaning) -> str | None:
    """The column that dates a row; none for a roster."""
    if meaning.has("hire_date"):
        return None
    order: tuple[str, ...] = ("started_at", "opened_at", "evaluated_at", "responded_at", "ended_at")
    if meaning.has("evaluated_at"):
        order = ("evaluated_at", *order)
    return next((name for name in order if meaning.has(name)), None)


def _contract_draft(
    system: str, feed: str, fills: tuple[str, ...], extent: Extent, sample: Path, key: Key,
    meaning: Meaning, client: str | None, time_zone: str | None,
) -> ContractDraft:  # fmt: skip
    roles, event = meaning.roles, _event(meaning)
    must = {*key.roles, event}
    columns = [
        column_of(found, required=name in must and found.field.filled_n == found.field.rows_n)
        for name, found in roles.items()
        if name in must or is_used(name, fills)
    ]
    left_out = [
        *meaning.left_out,
        *(
            (found.field, "no column of the feeds that it fills")
            for name, found in roles.items()
            if name not in must and not is_used(name, fills)
        ),
    ]
    if not columns:
        more = plain_columns(left_out, [column.name for column in columns])
        columns += more
        listed = {str(column.spec["from"]) for column in more}
        left_out = [(one, why) for one, why in left_out if one.name not in listed]
    zone, said = time_zone or meaning.time_zone, []
    if meaning.time_zone:
        zone = meaning.time_zone
        said = [
            f"GUESS: the fields say it themselves{' (not ' + time_zone + ')' if time_zone else ''}."
        ]
    elif not time_zone:
        said = ["GUESS: no zone was given; an IANA name, or a map."]
    notes = {"key": key.why, "file": extent.notes, "time_zone": said, "head": meaning.warnings}
    return ContractDraft(
        system, feed, fills, extent.shape, pattern_of(sample.name), key.roles, event,
        client or system, zone or "UTC", tuple(columns), extent.not_records, tuple(left_out), notes,
    )  # fmt: skip


def _with_key(draft: ContractDraft, key: Key) -> ContractDraft:
    return replace(draft, key=key.roles, notes={**draft.notes, "key": key.why})


def _prove(root: Path, path: Path, draft: ContractDraft, sample: Path) -> tuple[_Loaded, Home]:
    """Load the sample by the draft; a draft that the lint or the loader refuses is our fault."""
    path.write_text(contract_text(draft), encoding="utf-8")
    findings = [f for f in lint(path.parent.parent, [path.parent.name]) if f.file == str(path)]
    if findings:
        told = "; ".join(finding.message for finding in findings)
        raise SampleError(f"{sample.name}: the draft does not pass the lint ({told})")
    home = Home(root / ("prove" if draft.key else "prove_without_key"))
    outcome = take_in(home, read_contract(path), sample)
    with ledger.warehouse(home) as con:
        rows = con.execute(
            "select coalesce(column_name, ''), rule, sum(rows_n)::bigint from ledger.quarantine "
            "group by 1, 2 order by 3 desc, 1"
        ).fetchall()
    if not outcome.loaded_n:
        raise SampleError(f"{sample.name}: no row loads by the draft ({rows[:3]})")
    repeated = outcome.superseded_n + sum(n for _, rule, n in rows if rule == "duplicate_key")
    faults = tuple((c, r, n) for c, r, n in rows)
    return _Loaded(outcome.landed_n, outcome.loaded_n, repeated, faults), home


def _models(
    home: Home, project: Path, draft: ContractDraft, meaning: Meaning, fills: Sequence[str]
) -> tuple[dict[str, str], Page]:
    """The text of each staging model, and what the sample says by them."""
    known = canonical_columns(project)
    table = f"raw.{draft.system}__{draft.feed}"
    with ledger.warehouse(home) as con:
        facts = facts_of(con, meaning, table, fills)
        staged = StagingDraft(draft.system, draft.feed, meaning, draft.key, facts)
        models = {
            name: staging_sql(staged, name, [column["name"] for column in known[name]])
            for name in fills
        }
        return models, page_of(con, meaning, models, table)


def _write(
    contract: Path, sources: Path, models_dir: Path, system: str, models: Mapping[str, str]
) -> tuple[Path, tuple[Path, ...]]:
    folder = models_dir / "staging" / system
    target = sources / system / contract.name
    texts = {target: contract.read_text(encoding="utf-8")}
    texts |= {folder / f"stg_{system}__{name}.sql": sql for name, sql in models.items()}
    for path in texts:
        if path.exists():
            raise SampleError(f"{path} is there already; remove it, or choose another name")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return target, tuple(path for path in texts if path != target)
