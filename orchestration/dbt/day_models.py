"""The day's models, compiled from the one dbt project. Belongs here: the call of dbt for the lane,
once per change of definitions. Does not: running them (`live`).
"""

from collections.abc import Callable

from ground import dbt_manifest
from ground.home import Home
from live import models
from live.lane import Lane
from live.models import DayModels
from metrics.contracts.contract import from_dbt_manifest
from orchestration.dbt import parse_cache, runner
from orchestration.run.build_state import definition_hash

Progress = Callable[[str], None]


def day_models(home: Home, progress: Progress = lambda _: None) -> DayModels:
    """What stands for the definitions of now; compiled when they changed since (ten seconds).

    dbt works in the lane's own folder: it reads nothing of the night's warehouse and waits for
    nobody. Raises DbtError.
    """
    lane = Lane.of(home)
    lane.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    definitions = definition_hash(home)
    kept = models.read(lane)
    if kept is not None and kept.definitions == definitions:
        return kept
    if not (lane.target / parse_cache.KEPT).exists():
        parse_cache.hand_over(home.target, lane.target)
    manifest = dbt_manifest.load(runner.prepare(lane, progress))
    wanted = models.wanted(manifest)
    progress(f"dbt: compiling {len(wanted)} models of the day")
    compiled = runner.compiled(lane, [uid.split(".")[2] for uid in wanted])
    day = models.from_manifest(manifest, compiled, from_dbt_manifest(manifest), definitions)
    models.write(lane, day)
    # dbt connects to a file of its own here, which stays empty.
    (lane.root / "warehouse.duckdb").unlink(missing_ok=True)
    return day
