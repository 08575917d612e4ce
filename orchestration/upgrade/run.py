"""The order of an upgrade: back up, say what changes, build beside, compare, put in place.

Belongs here: the order, and what ends it. Nothing of the home changes before `put_in_place`.
"""

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from ground import dbt_manifest, home_version
from ground.files import write_json
from ground.home import Home
from metrics.contracts.contract import MetricContract, from_json
from orchestration.dbt import runner
from orchestration.run import build_state, ledger_view
from orchestration.run.context import Progress
from orchestration.run.night import run_night
from orchestration.upgrade import place
from orchestration.upgrade.compare import Moved, compare
from orchestration.upgrade.place import UpgradeError
from publish import snapshot_store
from publish.serve import serve_file


@dataclass(frozen=True)
class Changes:
    """What this release defines otherwise than what stands in the home.

    edited: models whose own definition changed. below_n: models built again because of them.
    """

    from_release: str
    edited: tuple[str, ...]
    below_n: int


@dataclass(frozen=True)
class Built:
    """The home built beside: the snapshot there, cells compared, and what moved."""

    beside: Home
    snapshot_id: str
    cells_n: int
    moved: tuple[Moved, ...]

    @property
    def unexplained(self) -> tuple[Moved, ...]:
        """What moved although no definition says so."""
        return tuple(one for one in self.moved if not one.is_explained)


def changes(home: Home, progress: Progress = lambda _: None) -> Changes | None:
    """What changes; None when nothing is defined otherwise. Whoever calls holds the night's lock.

    Raises UpgradeError when there is nothing to compare with.
    """
    found = home_version.read(home)
    served = snapshot_store.current_id(home)
    if found is None or served is None:
        raise UpgradeError(f"nothing is published in {home.root}; the next night is this release's")
    built = build_state.last_built(home)
    if built is None or snapshot_store.load(home, served).batch_id != built.batch_id:
        raise UpgradeError(
            "what is published is not what was built last (a night was held back, or readers were "
            "rolled back), so there is nothing to compare with: mend that first; nothing changed"
        )
    runner.prepare(home, progress)
    plan = build_state.plan(home)
    if plan is None:
        return None
    redefined = build_state.rebuild(home, plan).redefined
    edited = _edited(home, redefined)
    return Changes(found.release, tuple(edited), len(redefined) - len(edited))


def build(home: Home, changed: Changes, progress: Progress = lambda _: None) -> Built:
    """Build beside by this release and compare. Raises UpgradeError; the home is as it was."""
    other = place.copy(home)
    day = date.fromisoformat(str(ledger_view.as_of(home)))
    summary = run_night(other, day, day, progress)
    if summary.status not in ("published", "partial"):
        said = "; ".join(summary.failing) or summary.error or summary.status
        shutil.rmtree(other.root, ignore_errors=True)
        raise UpgradeError(
            f"by this release the audit holds the data back: {said}; nothing changed"
        )
    snapshot_id = snapshot_store.current_id(other)
    assert snapshot_id is not None, "a night that published is served"
    now = _contracts(serve_file(other).parent)
    cells_n, moved = compare(
        serve_file(home),
        serve_file(other),
        _contracts(serve_file(home).parent),
        now,
        _edited_below(other, now, changed.edited),
    )
    return Built(other, snapshot_id, cells_n, tuple(moved))


def put_in_place(home: Home, built: Built, accepted: str | None) -> Path:
    """Make what was built the home, readers last; the report's path in the home.

    accepted: why values that no definition explains may move. Raises UpgradeError without it.
    """
    if built.unexplained and not accepted:
        names = ", ".join(one.metric for one in built.unexplained[:5])
        raise UpgradeError(
            f"values of {names} moved, and no definition below them changed: look at them with "
            "`headset metric`, then give the reason with --accept; nothing changed"
        )
    report = home.audit / "upgrades" / f"{built.snapshot_id}.json"
    report.parent.mkdir(parents=True, exist_ok=True)
    moved = json.loads(json.dumps([asdict(one) for one in built.moved]))
    write_json(report, {"cells_n": built.cells_n, "accepted": accepted, "moved": moved})
    place.begin(home, built.beside, built.snapshot_id)
    place.finish(home)
    return report


def drop(built: Built) -> None:
    """Leave the home as it is."""
    shutil.rmtree(built.beside.root, ignore_errors=True)


def _edited(home: Home, redefined: Iterable[str]) -> list[str]:
    manifest = dbt_manifest.load(home.target / "manifest.json")
    among = set(redefined)
    return sorted(
        str(manifest["nodes"][uid]["name"])
        for uid in among
        if not among.intersection(manifest["nodes"][uid]["depends_on"]["nodes"])
    )


def _edited_below(
    home: Home, contracts: Iterable[MetricContract], edited: Sequence[str]
) -> dict[str, list[str]]:
    """Metric id to the edited models that it stands on."""
    from metrics.question.snapshot import open_snapshot

    manifest = dbt_manifest.load(home.target / "manifest.json")
    names = {uid: name for name in edited for uid in dbt_manifest.model_ids(manifest, [name])}
    layer = open_snapshot(home).layer
    found = {}
    for one in contracts:
        models = (
            [one.bound.model]
            if one.bound
            else [str(m["node_relation"]["alias"]) for m in layer.models_of(one.id)]
        )
        above = dbt_manifest.above(manifest, dbt_manifest.model_ids(manifest, models))
        found[one.id] = sorted(names[uid] for uid in above if uid in names)
    return found


def _contracts(folder: Path) -> tuple[MetricContract, ...]:
    return from_json((folder / "metrics.json").read_text(encoding="utf-8"))
