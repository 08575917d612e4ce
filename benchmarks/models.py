"""What each model of a night costs: `python -m benchmarks.models FOLDER`, printed as Markdown.

A centre with some 60 days behind it is taken in once and kept in FOLDER. Every dbt project named
(this checkout's own unless `--project` says others) builds that history, and then one plain day
more; both are measured model by model, in processor seconds of this process, one model at a
time. Projects are measured one after the other in the same run, so that ratios hold on a loaded
machine. No Dagster, no checks, no publication: those are in `night.py`.
"""

import argparse
import os
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ground.home import Home, sources_dir
from ground.systems import enabled_systems
from ingest import intake
from ingest.contracts.contract import load_contracts
from ingest.ledger import ledger

LAST, QUIET_DAYS = date(2026, 11, 21), 3
SHOWN = 30
STANDING_VIEWS = (
    "config.materialized:view,path:models/staging",
    "config.materialized:view,path:models/intermediate",
)


def main(folder: Path, agents: int, days: int, projects: Sequence[Path]) -> None:
    """Every project's history and night, model by model."""
    landed = Home(folder / "landed")
    history_end = LAST - timedelta(days=QUIET_DAYS)
    if not (folder / "landed.made").exists():
        _drop(landed, agents, days, history_end, None)
        _take_in(landed, history_end)
        (folder / "landed.made").touch()
    costs = []
    for number, project in enumerate(projects):
        os.environ["HEADSET_DBT_PROJECT"] = str(project)
        home = Home(folder / f"night{number}")
        shutil.rmtree(home.root, ignore_errors=True)
        shutil.copytree(landed.root, home.root)
        with ledger.warehouse(home):
            pass  # what the ledger has gained since the history was taken in
        costs.append([build(home)])
        _mark_built(home)
        plain = history_end + timedelta(days=1)
        _drop(home, agents, days, plain, history_end)
        _take_in(home, plain)
        costs[-1].append(build(home))
    sys.stdout.write(table(costs, [str(project) for project in projects]) + "\n")


def build(home: Home) -> dict[str, float]:
    """Build the models as a night does; processor seconds by model, dbt's own share in `all`."""
    from orchestration.dbt import parse_cache, runner

    runner.prepare(home)
    spent: dict[str, float] = defaultdict(float)
    begun: dict[str, float] = {}

    def note(event: Any) -> None:
        if event.info.name == "NodeStart":
            begun[event.data.node_info.unique_id] = time.process_time()
        elif event.info.name == "NodeFinished":
            node = event.data.node_info.unique_id
            spent[node.split(".")[-1]] += time.process_time() - begun[node]

    with runner.environment(home):
        where = parse_cache.where(Path(os.environ["HEADSET_DBT_PROJECT"]))
        parsed = parse_cache.parse(Path(os.environ["HEADSET_DBT_PROJECT"]), home.target)
        first = time.process_time()
        arguments = [*parse_cache.QUIET, "run", "--threads", "1", "--no-write-json", *where]
        if (home.target / "built").exists():
            arguments += ["--exclude", *STANDING_VIEWS]
        answer = parse_cache.invoke(arguments, parsed.result, [note])
    if not answer.success:
        raise SystemExit(
            answer.exception
            or [(r.node.name, r.message) for r in answer.result.results if r.status != "success"]
        )
    (home.target / "built").touch()
    return dict(spent) | {"all": time.process_time() - first}


def table(costs: Sequence[Sequence[dict[str, float]]], names: Sequence[str]) -> str:
    """The dearest models of the night, with their history's cost beside it."""
    lines = [f"{n}: {name}" for n, name in enumerate(names)]
    heads = [f"{what} {n}" for n in range(len(names)) for what in ("history", "night")]
    lines += ["", "| model | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    runs = [run for project in costs for run in project]
    nights = [project[-1] for project in costs]
    order = sorted(
        {name for run in nights for name in run},
        key=lambda name: -max(run.get(name, 0) for run in nights),
    )
    for name in order[: SHOWN + 1]:
        values = [f"{run[name]:.2f}" if name in run else "" for run in runs]
        lines.append(f"| {name} | " + " | ".join(values) + " |")
    rest = [sum(run.get(name, 0) for name in order[SHOWN + 1 :]) for run in runs]
    lines.append(
        f"| {len(order) - SHOWN - 1} others | " + " | ".join(f"{r:.2f}" for r in rest) + " |"
    )
    return "\n".join(lines)


def _drop(home: Home, agents: int, days: int, until: date, after: date | None) -> None:
    from simulator import drop

    drop(
        home.landing,
        agents=agents,
        days=days,
        last_day=LAST,
        arrived_by=until,
        arrived_after=after,
    )


def _take_in(home: Home, through: date) -> None:
    contracts = load_contracts(sources_dir(), enabled_systems(home))
    with ledger.kept_open(home):
        batch = intake.open_batch(home, "benchmark", through)
        for contract in contracts:
            intake.ingest_feed(home, contract, contracts, through=through, batch_id=batch)
        intake.close_batch(home, batch)


def _mark_built(home: Home) -> None:
    with ledger.warehouse(home) as con:
        con.execute("update ledger.batch set built_at = now()::timestamp")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--agents", type=int, default=100)
    parser.add_argument("--days", type=int, default=63)
    parser.add_argument("--project", type=Path, action="append")
    asked = parser.parse_args()
    own = Path(__file__).resolve().parents[1] / "dbt_project"
    main(asked.folder, asked.agents, asked.days, asked.project or [own])
