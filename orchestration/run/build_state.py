"""Whether there is anything to build, and which definitions stand in the warehouse.

Belongs here: the decision to skip a night's build and the memory of the last one. Does not:
building. When nothing landed and no definition changed, a night costs seconds.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from ground import dbt_manifest
from ground.files import write_whole
from ground.home import Home, dbt_project_dir, sources_dir
from ground.systems import enabled_systems
from ingest.contracts.contract import load_contracts
from orchestration.run.rebuild import Feed, News, Rebuild, carried_from, prints_now, sources_of
from orchestration.run.rebuild import decide as decide_models
from publish.manifest import Snapshot

SUFFIXES = (".sql", ".yml", ".yaml", ".md", ".csv")
NOT_DEFINITIONS = ("_generated", "target", "logs")


@dataclass(frozen=True)
class Plan:
    """What a build holds and why, in words that finish the sentence "building because ...".

    whole: everything is built from raw, and tested.
    """

    why: str
    whole: bool
    definition_hash: str
    batch_id: int


@dataclass(frozen=True)
class Built:
    """The last build that ended well: which batch it holds, by which definitions.

    whole: false once the warehouse was changed after it (single models, an erasure, a build that
    was begun): then no verdict is theirs, and the next night builds every table.
    models: fingerprint of each model that stands (`fingerprints`). as_of: the newest extract date
    that it knew. untested: models whose rows may have changed since their tests last ran.
    """

    batch_id: int
    definition_hash: str
    whole: bool = True
    models: Mapping[str, str] = field(default_factory=dict)
    as_of: str | None = None
    untested: tuple[str, ...] = ()


def definition_hash(home: Home) -> str:
    """Fingerprint of everything that decides a number: the dbt project and the contracts."""
    digest = hashlib.sha256()
    root = dbt_project_dir()
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.suffix in SUFFIXES and not set(parts) & set(NOT_DEFINITIONS):
            digest.update("/".join(parts).encode())
            digest.update(path.read_bytes())
    for contract in load_contracts(sources_dir(), enabled_systems(home)):
        digest.update(f"{contract.name}={contract.digest}".encode())
        if contract.has_named_instances:
            digest.update(",".join(contract.instances).encode())
    return digest.hexdigest()[:16]


def last_built(home: Home) -> Built | None:
    """What `keep_built` wrote; None before the first build."""
    path = _path(home)
    if not path.exists():
        return None
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Built(**raw | {"untested": tuple(raw.get("untested", ()))})


def decide(
    *,
    built: Built | None,
    definitions: str,
    newest_batch: int,
    unbuilt_files: int,
    judged: bool,
    again: bool = False,
) -> Plan | None:
    """What to build; None when everything stands and has been judged.

    again: it is to be judged once more, because a person accepts what was found.

    newest_batch: the newest batch with files, 0 without any. unbuilt_files: files of batches that
    no build holds yet. judged: the last build has a verdict that was acted upon.
    """
    if newest_batch == 0:
        return None
    if built is None:
        return Plan("nothing was built yet", True, definitions, newest_batch)
    if built.definition_hash != definitions:
        # What was built before fingerprints were kept may mean anything.
        return Plan("definitions changed", not built.models, definitions, newest_batch)
    if not built.whole:
        return Plan(
            "the warehouse was changed since the last build", False, definitions, newest_batch
        )
    if unbuilt_files:
        why = f"{unbuilt_files} new file(s) landed"
        return Plan(why, False, definitions, newest_batch)
    if not judged or built.batch_id != newest_batch:
        why = "the last build was not judged to its end"
        return Plan(why, False, definitions, newest_batch)
    if again:
        return Plan("what was found is accepted", False, definitions, newest_batch)
    return None


def plan(home: Home, *, again: bool = False) -> Plan | None:
    """What there is to build now; None when nothing landed and no definition changed."""
    from orchestration.run import ledger_view

    newest, unbuilt = ledger_view.batches(home)
    built = last_built(home)
    return decide(
        built=built,
        definitions=definition_hash(home),
        newest_batch=newest,
        unbuilt_files=unbuilt,
        judged=built is not None and _judged(home, built),
        again=again,
    )


def nothing_to_do(home: Home, through: date) -> bool:
    """True when no file up to `through` waits and what stands was built and judged.

    Whoever asks holds the night's lock, shared or alone.
    """
    from ingest.intake import pending_files

    if not home.warehouse.exists():
        return False
    contracts = load_contracts(sources_dir(), enabled_systems(home))
    return not pending_files(home, contracts, through) and plan(home) is None


def rebuild(home: Home, plan: Plan | None, waiting: Collection[Feed] = ()) -> Rebuild:
    """Which models a night builds. The project has been read for this home.

    plan: why it builds; None where only files wait. waiting: feeds whose files it would take in.
    """
    from orchestration.run import ledger_view

    manifest = dbt_manifest.load(home.target / "manifest.json")
    built = last_built(home)
    known = built is not None and not (plan and plan.whole)
    feeds = ledger_view.unbuilt_feeds(home) | set(waiting)
    news = News(
        sources=sources_of(home, manifest, feeds),
        time_passed=bool(feeds) or not built or built.as_of != ledger_view.as_of(home),
        anything=not known or not built or not built.whole,
    )
    models = built.models if known and built else {}
    return decide_models(manifest, prints_now(home), models, ledger_view.relations(home), news)


def note_begun(home: Home, built_now: Rebuild) -> None:
    """Note, before anything is built, what will not stand as it stood if the build is cut off.

    In the ledger: that a kept model rewrites no date, for those that follow it; and before which
    date models stay as they were built, because raw is gone.
    """
    from ingest.ledger.ledger import note_carried, note_unchanged, warehouse

    built = last_built(home)
    stood = built.models if built else {}
    carried = {_name(u): (day, stood.get(u)) for u, day in carried_dates(home).items()}
    with warehouse(home) as con:
        note_unchanged(con, sorted(_name(uid) for uid in built_now.kept_by_dates))
        note_carried(con, carried)
    if built is not None:
        left = {uid: p for uid, p in built.models.items() if uid not in built_now.redefined}
        untested = sorted(built_now.changed | set(built.untested))
        keep_note(home, replace(built, whole=False, models=left, untested=tuple(untested)))


def carried_dates(home: Home) -> dict[str, date]:
    """Models to the first date that raw can still build, where that is not all of them."""
    from orchestration.run import ledger_view

    begins = ledger_view.raw_begins(home)
    if not begins:
        return {}
    return carried_from(dbt_manifest.load(home.target / "manifest.json"), begins)


def _name(unique_id: str) -> str:
    return unique_id.rsplit(".", 1)[-1]


def keep_built(home: Home, plan: Plan, built_now: Rebuild) -> None:
    """Note that the models hold the plan's batch: in the ledger, then beside dbt's results."""
    from ingest.ledger.ledger import mark_built, warehouse
    from orchestration.run import ledger_view

    before = last_built(home)
    untested = built_now.changed | set(before.untested if before else ())
    with warehouse(home) as con:
        mark_built(con, plan.batch_id)
    prints = {uid: one for uid, one in prints_now(home).items() if uid.startswith("model.")}
    keep_note(
        home,
        Built(
            plan.batch_id,
            plan.definition_hash,
            models=prints,
            as_of=ledger_view.as_of(home),
            untested=tuple(sorted(untested)),
        ),
    )


def note_tested(home: Home) -> None:
    """Note that every test has a result that holds for what stands."""
    built = last_built(home)
    if built is not None:
        keep_note(home, replace(built, untested=()))


def note_single_models(home: Home) -> None:
    """Note a change outside a whole build (single models, an erasure); `audit` waits for one."""
    built = last_built(home)
    if built is not None:
        keep_note(home, replace(built, whole=False))


def forget_models(home: Home) -> None:
    """Note that no model stands as it should: the next build makes every one of them again."""
    built = last_built(home)
    if built is not None:
        keep_note(home, replace(built, whole=False, models={}))


def keep_note(home: Home, built: Built) -> None:
    """Write down what stands in the warehouse, in one step."""
    write_whole(_path(home), json.dumps(asdict(built)))


def dates_to_audit(home: Home, built: Built) -> tuple[date, ...] | None:
    """UTC event dates that no audit has passed whole yet; None: all of them.

    Not merely tonight's: what a blocked night left behind must pass before it is shown.
    """
    from orchestration.run import ledger_view

    passed = ledger_view.last_passed(home, built.definition_hash)
    return None if passed is None else ledger_view.touched_since(home, passed)


def changed_months(home: Home, base: Snapshot) -> dict[str, list[str]]:
    """Site months per monthly published table that changed since a snapshot was built.

    Incremental models note which dates they rewrote;
    the month of a row lies within two days of that date (zones, night shifts). A model that noted
    nothing since was rebuilt whole, and its table is not named: every month of it may differ. By
    other definitions none is named.
    """
    from orchestration.run import ledger_view

    built = last_built(home)
    if built and built.definition_hash != base.definition_hash:
        return {}
    rewritten: dict[str, set[str]] = {}
    for model, day in ledger_view.rewritten_since(home, base.batch_id):
        months = rewritten.setdefault(model, set())
        if day is not None:
            months |= {f"{day + timedelta(days=n):%Y-%m}" for n in range(-2, 3)}
    return {
        name: sorted(rewritten[model])
        for name, table in base.tables.items()
        if table.month_of and (model := table.model.rsplit(".", 1)[-1]) in rewritten
    }


def _judged(home: Home, built: Built) -> bool:
    """True when a verdict on this build exists and, if it allows it, readers were shown it."""
    from publish.snapshot import newest

    about = (built.batch_id, built.definition_hash)
    for path in verdict_files(home):
        verdict = json.loads(path.read_text(encoding="utf-8"))
        if (verdict["batch_id"], verdict["definition_hash"]) != about:
            return False
        if verdict["status"] == "blocked":
            return True
        shown = (newest(home) or {}).get("verdict") or {}
        return bool(shown.get("run_id") == verdict["run_id"])
    return False


def verdict_files(home: Home) -> list[Path]:
    """`audit/<run_id>.json`, newest first."""
    return sorted(home.audit.glob("*.json"), key=lambda p: p.stat().st_mtime, reverse=True)


def _path(home: Home) -> Path:
    return home.target / "built.json"
