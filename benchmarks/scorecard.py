"""How long the scorecard takes at a size: `python -m benchmarks.scorecard --agents 300000`.

Makes two months of the scorecard's inputs at their own grain (agent, day and case mix) in DuckDB,
lets dbt build the real models upon them, and prints seconds by model. Belongs here: sums as large
centres have them. Does not: contacts, and whether the estimates are good (`fairness.py`).
"""

import argparse
import os
import time
from pathlib import Path

import duckdb

from ground.home import dbt_project_dir, sources_dir
from ingest.contracts.contract import load_contracts
from ingest.contracts.dbt_sources import write
from orchestration.dbt import parse_cache

MODELS = (
    "dim_date", "int_as_of", "int_scorecard_windows", "int_agent_mix_week", "int_agent_window",
    "int_agent_measure", "int_metric_choice", "agent_scorecard",
)  # fmt: skip
LAST_DAY, DAYS = "2026-10-31", 61

_EMPLOYED = """
create table core.dim_employment as
select 'E' || i as agent_id, date '2020-01-01' as valid_from, cast(null as date) as valid_to,
    date '2026-10-31' - cast(hash(i, 'tenure') % 1500 as integer) as service_date,
    'L' || i // 12 as leader_id, 'T' || i // 12 as team_id, 's' || i // 12 % 30 as site_id
from range(?) as people (i)
"""
# Five shifts a week of two or three parts of the day, two queues of the person's line of business.
_SUMS = """
create table intermediate.int_agent_mix_day as
with shift as (
    select i, day, client, line, part, queue,
        5 + hash(i, day, part, queue) % 12 as n,
        0.8 + (hash(i, 'skill') % 400) / 1000e0 as slow,
        cast(hash(i, day, part, queue, 'e') % 50 = 0 as bigint) as judged,
        60e0 + hash(i, day, 'score') % 350 / 10e0 as score
    from (
        select i, i // 12 % 40 as client, i // 480 % 3 as line,
            date '2026-10-31' - cast(d as integer) as day, d
        from range(?) as people (i), range(?) as days (d)
        where (d + i) % 7 < 5
    ), range(3) as parts (part), range(2) as queues (queue)
    where part + hash(i, 'shift') % 2 < 3
)
select 'E' || i as agent_id, day as site_date, 'c' || client as client_id,
    'l' || line as line_of_business, 'voice' as channel, 'en' as language,
    's' || i // 12 % 30 as site_id, 'q' || client || line || queue as queue_id,
    cast(part as integer) as day_part, n as legs_n,
    cast(n * 300 * slow as bigint) as talk_s, n * 130000e0 * slow as talk_sq,
    n as hold_known_n, n * 12 as hold_s, n * 900e0 as hold_sq,
    n as acw_known_n, n * 45 as acw_s, n * 4000e0 as acw_sq,
    cast(n * 357 * slow as bigint) as handle_s, n * 170000e0 * slow as handle_sq,
    n as answered_n, cast(hash(i, day, part, 't') % 2 as bigint) as transfers_n,
    n as settled_n, cast(n - hash(i, day, part, 'r') % 3 as bigint) as resolved_n,
    cast(n // 6 as bigint) as csat_n, cast(n // 7 as bigint) as csat_satisfied_n,
    judged as evaluations_n, judged * least(1, hash(i, day, 'c') % 9) as no_critical_error_n,
    judged as scored_n, judged * score as qa_scores, judged * score * score as qa_scores_sq
from shift
"""
_NO_SETS = """
create table staging.stg_company__metric_sets (
    set_id varchar, client_id varchar, line_of_business varchar, site_id varchar, metric varchar,
    priority integer, target decimal(18, 6), purpose varchar, applies_to varchar,
    minimum_sample integer, valid_from date, valid_to date
)
"""


def fill(warehouse: Path, agents: int) -> int:
    """The inputs of the scorecard of so many agents; gives their rows."""
    with duckdb.connect(str(warehouse)) as con:
        con.execute("set threads = 2")
        for schema in ("core", "intermediate", "staging", "ledger", "agent"):
            con.execute(f"create schema {schema}")
        con.execute(
            "create table ledger.batch as select 1 as batch_id, ?::date as through_date", [LAST_DAY]
        )
        con.execute(_NO_SETS)
        con.execute(_EMPLOYED, [agents])
        con.execute(_SUMS, [agents, DAYS])
        rows = con.execute("select count(*) from intermediate.int_agent_mix_day").fetchone()
    return int(rows[0]) if rows else 0


def build(home: Path) -> dict[str, float]:
    """Let dbt build the models; seconds by model."""
    project = dbt_project_dir()
    os.environ.update(
        HEADSET_HOME=str(home), DBT_TARGET_PATH=str(home / "target"), HEADSET_FEEDS="",
        DBT_LOG_PATH=str(home / "logs"), DO_NOT_TRACK="1",
    )  # fmt: skip
    write(project, load_contracts(sources_dir(), []))
    parsed = parse_cache.parse(project, home / "target")
    answer = parse_cache.invoke(
        [*parse_cache.QUIET, "run", "--select", *MODELS, *parse_cache.where(project)], parsed.result
    )
    if not answer.success:
        failed = [result.message for result in getattr(answer.result, "results", ())]
        raise SystemExit(f"{answer.exception or failed}")
    return {result.node.name: result.execution_time for result in answer.result.results}


def main() -> None:
    """Print seconds by model for one size."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--agents", type=int, default=30_000)
    options.add_argument("home", type=Path, help="a new folder for the scratch warehouse")
    asked = options.parse_args()
    asked.home.mkdir(parents=True)
    rows = fill(asked.home / "warehouse.duckdb", asked.agents)
    print(f"{asked.agents:,} agents, {rows:,} rows of sums")  # noqa: T201
    began = time.monotonic()
    for model, seconds in build(asked.home).items():
        print(f"| {model} | {seconds:.1f} s |")  # noqa: T201
    print(f"| together, with dbt's reading | {time.monotonic() - began:.1f} s |")  # noqa: T201


if __name__ == "__main__":
    main()
