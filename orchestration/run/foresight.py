"""What the next night would rebuild, from when, and what it cannot: `headset plan`.

Belongs here: putting together what the decision (`rebuild`) and the ledger say, in plain values.
Does not: printing it.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from ground import dbt_manifest
from ground.dbt_manifest import Manifest
from ground.home import Home, sources_dir
from ground.systems import enabled_systems
from ingest.contracts.contract import load_contracts
from orchestration.run import build_state
from orchestration.run.lock import reading
from orchestration.run.rebuild import Rebuild

Row = dict[str, Any]


@dataclass(frozen=True)
class Foresight:
    """The next night's build.

    waiting: files per feed that have landed and are not taken in. redefined: models that are built
    whole because they, or what they stand on, mean something else. moved_n, kept_n: tables built by
    dates, and left alone. partly: tables of `redefined` that raw cannot build from their beginning,
    with the first date it can; older months stay as they were built where `by_dates`, and are
    lost where not.
    """

    why: str | None
    waiting: list[Row]
    redefined: list[Row]
    moved_n: int
    kept_n: int
    partly: list[Row]

    def as_json(self) -> Row:
        """The same as plain dictionaries."""
        return asdict(self)


def foresee(home: Home, through: date) -> Foresight:
    """Ask without changing anything. The project has been read; raises NightRunningError."""
    from ingest.intake import pending_files
    from ingest.ledger.ledger import kept_open
    from orchestration.run import ledger_view

    contracts = load_contracts(sources_dir(), enabled_systems(home))
    manifest = dbt_manifest.load(home.target / "manifest.json")
    with reading(home):
        with kept_open(home):
            pending = [(one, len(pending_files(home, [one], through))) for one in contracts]
        files = [(one, n) for one, n in pending if n]
        plan = build_state.plan(home)
        feeds = {(one.system, one.feed) for one, _ in files}
        now = build_state.rebuild(home, plan, feeds) if plan or files else None
        begins = ledger_view.raw_begins(home)
    return Foresight(
        why=plan.why if plan else f"{sum(n for _, n in files)} file(s) wait" if files else None,
        waiting=[{"feed": one.name, "files_n": n} for one, n in files],
        redefined=_redefined(home, manifest, now) if now else [],
        moved_n=len(now.moved) if now else 0,
        kept_n=len(now.kept) if now else 0,
        partly=partly(manifest, now, begins) if now else [],
    )


def _redefined(home: Home, manifest: Manifest, now: Rebuild) -> list[Row]:
    """Models that mean something else; `edited` are those whose parents do not."""
    rows = []
    for uid in sorted(now.redefined):
        node = manifest["nodes"][uid]
        above = sorted(p for p in node["depends_on"]["nodes"] if p in now.redefined)
        because = (
            f"of {manifest['nodes'][above[0]]['name']}" if above else "it was edited, or is new"
        )
        kind = node["config"]["materialized"]
        rows.append({"model": node["name"], "kind": kind, "because": because})
    return rows


def partly(manifest: Manifest, now: Rebuild, begins: dict[str, date]) -> list[Row]:
    """Tables to be built whole whose feeds have lost their older raw rows."""
    from orchestration.run.rebuild import carried_from

    carried = carried_from(manifest, begins)
    rows = []
    for uid in sorted(now.redefined):
        node = manifest["nodes"][uid]
        gone = [day for feed, day in begins.items() if feed in _direct_feeds(manifest, uid)]
        if uid in carried:
            rows.append({"model": node["name"], "from": carried[uid], "by_dates": True})
        elif gone and node["config"]["materialized"] == "table":
            rows.append({"model": node["name"], "from": max(gone), "by_dates": False})
    return rows


def _direct_feeds(manifest: Manifest, uid: str) -> set[str]:
    """Feeds that a model reads itself or through views: not through tables, which keep theirs."""
    seen: set[str] = set()
    feeds: set[str] = set()
    todo = list(manifest["parent_map"].get(uid, ()))
    while todo:
        parent = todo.pop()
        node = manifest["nodes"].get(parent)
        if parent in seen:
            continue
        seen.add(parent)
        if node is None:
            feeds |= set(dbt_manifest.feeds_above(manifest, [parent]))
        elif node["config"]["materialized"] == "view":
            todo.extend(manifest["parent_map"].get(parent, ()))
    return feeds
