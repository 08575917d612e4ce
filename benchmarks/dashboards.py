"""How fast dashboards answer over a year of 30,000 agents: `python -m benchmarks.dashboards HOME`.

HOME holds a published snapshot of a smaller centre. The tables that dashboards read are multiplied
at mart grain (people, clients and queues under new ids, days shifted by whole weeks), loaded into a
scratch home and published as a night would; contact grain, for drill-down, to 1,000 agents. Then
every chart is asked as Superset asks it, by readers drawn at random: a new connection for each
question, two threads, the row-level rule of the reader. Printed as Markdown.
"""

import argparse
import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb

from bi.charts import expressions
from bi.definitions import charts_of, definitions
from ground.home import Home
from ground.sql import ident, idents, literal
from publish.manifest import Snapshot, Table, snapshot_from_json
from publish.snapshot import publish

DAYS, DRILL_AGENTS, SEED, ROUNDS = 364, 1_000, 20261124, 8
DRILL = "interaction.contact"
STAFF = ("agent_id", "leader_id", "entity_id", "team_id")
PLACES = ("client_id", "queue_id", "contract_id")
DATES = ("site_date", "week_start_date", "event_date", "shift_date")
WHOLE = {"core.snapshot"}
RULES = {"leader": "leader_id", "agent": "agent_id", "client": "client_id"}


@dataclass(frozen=True)
class Verdict:
    """What publication needs to know of an audit."""

    run_id: str = "benchmark"
    batch_id: int = 1
    status: str = "pass"
    held_clients: tuple[str, ...] = ()
    held_feeds: tuple[str, ...] = ()
    definition_hash: str = "benchmark"
    checks_n: int = 1
    failed_n: int = 0


def main(source: Path, agents: int, scratch: Path) -> None:
    """Generate, publish, ask, print."""
    home = Home(scratch / "home")
    began = time.monotonic()
    sizes = generate(source, home, agents)
    took = time.monotonic() - began
    _say(f"{sum(sizes.values()):,} rows, {len(sizes)} tables, made and published in {took:.0f} s")
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:6]
    _say("largest: " + ", ".join(f"{name} {rows:,}" for name, rows in largest))
    report(list(measure(home.published / "current" / "serve.duckdb")))


def generate(source: Path, home: Home, agents: int) -> dict[str, int]:
    """A published home of `agents` agents and a year; rows by table."""
    old = (source / "published" / "current").resolve()
    snapshot = snapshot_from_json(json.loads((old / "manifest.json").read_text()))
    used = {chart["table"] for board in definitions() for chart in charts_of(board)} - WHOLE
    used |= {DRILL}
    home.root.mkdir(parents=True)
    sizes = {}
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute(f"set temp_directory = {literal(str(home.root / 'spill'))}")
        con.execute(f"attach {literal(str(old / 'serve.duckdb'))} as small (read_only)")
        now = con.execute("select count(distinct agent_id) from small.agent.scorecard").fetchall()[
            0
        ][0]
        span = con.execute(
            "select (max(site_date) - min(site_date) + 1) // 7 * 7 from small.client.day"
        ).fetchall()[0][0]
        con.execute("create schema mart")
        for name in sorted(used):
            wanted = DRILL_AGENTS if name == DRILL else agents
            copies = max(1, round(wanted / now))
            sizes[name] = _multiply(con, snapshot.tables[name], copies, int(span))
    _publish(home, snapshot, used)
    return sizes


def _multiply(con: duckdb.DuckDBPyConnection, table: Table, copies: int, span: int) -> int:
    """One table of the small centre as many times as the large one is larger."""
    names = [column.name for column in table.columns if column.name != "site_month"]
    staff = [name for name in STAFF if name in names]
    places = [name for name in PLACES if name in names]
    # A large outsourcer has ten times the clients, not a hundred times.
    times = copies if staff or table.name == DRILL else min(copies, 10) if places else 1
    dated = next((name for name in DATES if name in names), None)
    periods = max(1, DAYS // span) if dated else 1
    selected = []
    for name in names:
        column = value = ident(name)
        if name in staff or name == "contact_id" or (not staff and name in places):
            value = f"{column} || '~' || copy_n"
        elif name in places:
            value = f"{column} || '~' || copy_n % 10"
        elif name == dated or (dated and name.endswith("_start_utc")):
            value = f"{column} - to_days(cast(period_n * {span} as integer))"
        selected.append(f"{value} as {column}")
    kinds = {column.name: column.type for column in table.columns}
    typed = ", ".join(f"cast({ident(name)} as {kinds[name]}) as {ident(name)}" for name in names)
    relation = ident("mart", table.name.replace(".", "_"))
    con.execute(
        f"create table {relation} as select {typed} from (select {', '.join(selected)} "
        f"from small.{ident(*table.name.split('.'))}, range({times}) as c(copy_n), "
        f"range({periods}) as p(period_n))"
    )
    return int(con.execute(f"select count(*) from {relation}").fetchall()[0][0])


def _publish(home: Home, snapshot: Snapshot, used: set[str]) -> None:
    nodes: dict[str, Any] = {}
    for name in used:
        table = snapshot.tables[name]
        schema, short = name.split(".")
        at: dict[str, Any] = {"schema": schema, "name": short, "key": list(table.key)}
        if table.partition_by:
            at |= {"partition_by": list(table.partition_by), "month_of": table.month_of}
        nodes[f"model.benchmark.{name}"] = {
            "resource_type": "model",
            "name": name.replace(".", "_"),
            "schema": "mart",
            "config": {"meta": {"publish": at}},
            "columns": {
                column.name: {"config": {"meta": {"audience": column.audience}}}
                for column in table.columns
            },
        }
    manifest, semantic = home.root / "manifest.json", home.root / "semantic.json"
    manifest.write_text(json.dumps({"nodes": nodes}))
    semantic.write_text("{}")
    publish(
        home,
        manifest=manifest,
        semantic_manifest=semantic,
        metric_contracts={},
        verdict=Verdict(),
        run_id="benchmark",
        newest_batch_id=1,
        definition_hash="benchmark",
    )


@dataclass(frozen=True)
class Asked:
    """One question and how long its answer took."""

    page: str
    chart: str
    seconds: float


def measure(serve: Path) -> Iterator[Asked]:
    """Every chart of every page, and a drill-down, by readers drawn at random."""
    chance = random.Random(SEED)
    with duckdb.connect(str(serve.resolve()), read_only=True) as con:
        people = {
            page: [row[0] for row in con.execute(sql).fetchall()]
            for page, sql in {
                "leader": "select distinct leader_id from agent.team_week order by 1",
                "agent": "select distinct agent_id from agent.scorecard order by 1",
                "client": "select distinct client_id from client.day order by 1",
            }.items()
        }
        months = [
            row[0] for row in con.execute(f"select distinct site_month from {DRILL}").fetchall()
        ]
    for turn in range(ROUNDS + 1):
        for board in definitions():
            slug = board["slug"]
            rule = (
                f"{RULES[slug]} = {literal(chance.choice(people[slug]))}"
                if slug in RULES
                else "true"
            )
            for chart in charts_of(board):
                took = _ask(serve, statement(chart, "true" if chart["table"] in WHOLE else rule))
                # The first turn warms the file cache, as the readers before would have.
                if turn:
                    yield Asked(board["title"], chart["title"], took)
        drill = (
            f"select * from {DRILL} where client_id = {literal(chance.choice(_clients(serve)))} "
            f"and site_month = {literal(chance.choice(months))} order by started_at_utc limit 100"
        )
        took = _ask(serve, drill)
        if turn:
            yield Asked("Drill-down to contacts", "100 contacts of a client's month", took)


def statement(chart: Mapping[str, Any], rule: str) -> str:
    """The SQL that a chart becomes, with the reader's rule."""
    where = f"({chart.get('where', 'true')}) and ({rule})"
    limit = chart.get("rows", 5000)
    source = ident(*chart["table"].split("."))
    if chart.get("columns"):
        order = f" order by {chart['order']}" if chart.get("order") else ""
        return f"select {idents(chart['columns'])} from {source} where {where}{order} limit {limit}"
    grains = {"P1D": "day", "P1W": "week", "P1M": "month"}
    keys = [ident(name) for name in chart.get("by", ())]
    if "x" in chart:
        grain = grains.get(chart.get("grain", ""))
        axis = ident(chart["x"])
        keys.insert(0, f"date_trunc('{grain}', {axis})" if grain else axis)
    sums = [f"{sql} as {ident(label)}" for label, sql in expressions(chart).items()]
    grouped = f" group by {', '.join(keys)}" if keys else ""
    return f"select {', '.join([*keys, *sums])} from {source} where {where}{grouped} limit {limit}"


def _clients(serve: Path) -> list[str]:
    folder = serve.parent / "tables" / DRILL
    names = (path.name.removeprefix("client_id=") for path in folder.iterdir())
    return sorted(unquote(name) for name in names)


def _ask(serve: Path, sql: str) -> float:
    began = time.perf_counter()
    config = {"threads": 2, "memory_limit": "2GB"}
    with duckdb.connect(str(serve.resolve()), read_only=True, config=config) as con:
        con.execute(sql).fetchall()
    return time.perf_counter() - began


def report(asked: list[Asked]) -> None:
    """Per page and over all: how many questions, and how long they took."""
    pages: dict[str, list[float]] = {}
    for one in asked:
        pages.setdefault(one.page, []).append(one.seconds)
    _say("\n| page | questions | median | 95 % | slowest |\n|---|---|---|---|---|")
    for page, times in [*pages.items(), ("all", [one.seconds for one in asked])]:
        p95 = statistics.quantiles(times, n=20, method="inclusive")[18]
        ms = [f"{1000 * value:.0f} ms" for value in (statistics.median(times), p95, max(times))]
        _say(f"| {page} | {len(times)} | {' | '.join(ms)} |")
    by_chart: dict[tuple[str, str], list[float]] = {}
    for one in asked:
        by_chart.setdefault((one.page, one.chart), []).append(one.seconds)
    slow = sorted(by_chart.items(), key=lambda item: -statistics.median(item[1]))[:6]
    _say("\nslowest charts (median):")
    for (page, chart), times in slow:
        _say(f"- {page}: {chart}: {1000 * statistics.median(times):.0f} ms")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--agents", type=int, default=30_000)
    parser.add_argument("--scratch", type=Path, help="where to work; else a temporary folder")
    given = parser.parse_args()
    place = given.scratch or Path(tempfile.mkdtemp())
    try:
        main(given.home, given.agents, place)
    finally:
        if given.scratch is None:
            shutil.rmtree(place, ignore_errors=True)
