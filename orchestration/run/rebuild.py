"""Which models a night builds: those whose meaning changed, and those whose inputs did.

Belongs here: the decision, as a pure function of manifest, fingerprints and what landed; and what
it needs to know of the warehouse. Does not: building, or remembering it (`build_state`).
docs/decisions/rebuild-by-meaning.md says why.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import yaml

from ground import dbt_manifest
from ground.dbt_manifest import Manifest
from ground.home import Home, dbt_project_dir, sources_dir
from ground.systems import enabled_systems
from ingest.contracts.contract import Contract, load_contracts
from orchestration.dbt import fingerprints

Feed = tuple[str, str]
# The longest look-back of rows by dates: repeat contacts and links (dbt_project.yml: *_span_days).
LOOK_BACK_DAYS = 31


@dataclass(frozen=True)
class Rebuild:
    """What becomes of every model, by unique id.

    redefined: means something else than when it was built, or is not there, or stands on what is
    not there: built whole, and with it everything below, for a fingerprint holds its parents'.
    moved: tables whose inputs may have changed: built as they are every night, by dates.
    kept: tables that stand as they are.
    kept_by_dates: those of them that are written by dates when they are.
    changed: models whose rows may differ afterwards, views too: what tests must look at.
    """

    redefined: frozenset[str]
    moved: frozenset[str]
    kept: frozenset[str]
    kept_by_dates: frozenset[str]
    changed: frozenset[str]

    @property
    def built(self) -> frozenset[str]:
        """Everything that dbt is asked to build."""
        return self.redefined | self.moved


@dataclass(frozen=True)
class News:
    """What is new since the last build that ended well.

    sources: unique ids of sources that got or lost rows. time_passed: whether the date as of
    which open things are counted has moved, or a batch came. anything: true when the warehouse
    may have been changed in ways that nothing tells; then every table is built.
    """

    sources: frozenset[str] = frozenset()
    time_passed: bool = False
    anything: bool = False


def decide(
    manifest: Manifest,
    prints: Mapping[str, str],
    built: Mapping[str, str],
    present: Collection[str],
    news: News,
) -> Rebuild:
    """What to build.

    prints, built: fingerprints of the definitions now and of what stands in the warehouse.
    present: relation names of the warehouse.
    """
    models = {u: n for u, n in manifest["nodes"].items() if n["resource_type"] == "model"}
    edges = _children(manifest, models)
    missing = {u for u, node in models.items() if node["relation_name"] not in present}
    redefined = {uid for uid in models if built.get(uid) != prints[uid]}
    redefined |= _below(edges, missing) & models.keys()
    start = redefined | news.sources
    if news.time_passed:
        macros = fingerprints.own_macros(manifest)
        start |= {u for u, n in models.items() if fingerprints.changes_by_itself(n, macros)}
    below = _below(edges, start)
    changed = frozenset(models if news.anything else below & models.keys())
    tables = {u for u, n in models.items() if n["config"]["materialized"] != "view"}
    moved = tables & changed - redefined
    kept = frozenset(tables - redefined - moved)
    by_dates = {u for u in kept if models[u]["config"]["materialized"] == "incremental"}
    return Rebuild(frozenset(redefined), frozenset(moved), kept, frozenset(by_dates), changed)


def _children(manifest: Manifest, models: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """dbt's edges, and those of models that name others in how they find their dates."""
    edges = {uid: list(below) for uid, below in manifest["child_map"].items()}
    by_name = {str(node["name"]): uid for uid, node in models.items()}
    for uid, node in models.items():
        for name in fingerprints.inputs_by_name(node):
            edges.setdefault(by_name[name], []).append(uid)
    return edges


def _below(edges: Mapping[str, list[str]], start: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    todo = list(start)
    while todo:
        uid = todo.pop()
        if uid not in seen:
            seen.add(uid)
            todo.extend(edges.get(uid, ()))
    return seen


def carried_from(manifest: Manifest, raw_begins: Mapping[str, date]) -> dict[str, date]:
    """Models written by dates whose older months raw cannot build: unique id to the first it can.

    raw_begins: feed to the first date that raw holds whole. Rows of the first weeks look back at
    what is gone, so a month counts as whole when raw holds the weeks before it, too.
    """
    found = {}
    for uid, node in manifest["nodes"].items():
        if node["resource_type"] == "model" and node["config"]["materialized"] == "incremental":
            feeds = dbt_manifest.feeds_above(manifest, [uid])
            begins = [raw_begins[feed] for feed in feeds if feed in raw_begins]
            if begins:
                found[uid] = _month_after(max(begins) + timedelta(days=LOOK_BACK_DAYS))
    return found


def _month_after(day: date) -> date:
    """The first of the month, or of the next one."""
    return day if day.day == 1 else (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def in_order(manifest: Manifest, wanted: Iterable[str]) -> list[str]:
    """Unique ids, parents before their children."""
    parents, seen, order = manifest["parent_map"], set[str](), list[str]()

    def visit(uid: str) -> None:
        if uid not in seen:
            seen.add(uid)
            for parent in sorted(parents.get(uid, ())):
                visit(parent)
            order.append(uid)

    asked = set(wanted)
    for uid in sorted(asked):
        visit(uid)
    return [uid for uid in order if uid in asked]


def prints_now(home: Home) -> dict[str, str]:
    """Fingerprints of the project as it was last read for this home."""
    project = (dbt_project_dir() / "dbt_project.yml").read_text(encoding="utf-8")
    variables = yaml.safe_load(project).get("vars") or {}
    return fingerprints.fingerprints(dbt_manifest.load(home.target / "manifest.json"), variables)


def sources_of(home: Home, manifest: Manifest, feeds: Collection[Feed]) -> frozenset[str]:
    """Sources whose rows changed: `feeds` are (system, source feed or canonical feed)."""
    contracts = load_contracts(sources_dir(), enabled_systems(home))
    names = {contract.name for contract in contracts if _names(contract) & set(feeds)}
    return frozenset(dbt_manifest.source_ids(manifest, names))


def _names(contract: Contract) -> set[Feed]:
    return {(contract.system, feed) for feed in (contract.feed, *contract.fills)}
