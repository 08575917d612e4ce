"""The volume guard as the audit runs it: asks the warehouse and the served snapshot, once."""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from expectations.volume import arrivals, published
from expectations.volume.finding import Finding
from ground import dbt_manifest
from ground.built_tables import built_tables
from ground.home import Home, sources_dir
from ground.sql import ident, literal
from ground.systems import Scope, enabled_systems
from ingest.contracts.contract import EVERY_MAP, Contract, load_contracts
from publish import snapshot_store, volume
from publish.errors import SnapshotDamaged
from publish.manifest import Snapshot
from publish.specs import specs

LOOK_BACK_DAYS = 35
# A month may still grow a week after its end: late and corrected rows.
OPEN_DAYS = 7


def findings(home: Home, *, batch_id: int, manifest: Path) -> list[Finding]:
    """What is missing or too much in the build that stands in the warehouse.

    Nothing where nothing was published yet. Raises duckdb.Error when it cannot be told.
    """
    served = _served(home)
    if served is None:
        return []
    contracts = load_contracts(sources_dir(), enabled_systems(home))
    graph = dbt_manifest.load(manifest)
    with built_tables(home) as con:
        through = con.execute(
            "select through_date from ledger.batch where batch_id = ?", [batch_id]
        ).fetchone()
        if through is None:
            return []
        open_from = f"{through[0] - dt.timedelta(days=OPEN_DAYS):%Y-%m}"
        built = _built(con, served, graph)
        return [
            *published.findings(built, open_from),
            *_arrivals(con, home, served, contracts, graph, through[0]),
        ]


def _served(home: Home) -> Snapshot | None:
    """What readers have; the newest that they were shown where its record is damaged."""
    current = snapshot_store.current_id(home)
    if current is None:
        return None
    try:
        return snapshot_store.load(home, current)
    except SnapshotDamaged:
        return snapshot_store.newest_served(home)


def _built(
    con: duckdb.DuckDBPyConnection, served: Snapshot, graph: dbt_manifest.Manifest
) -> dict[str, published.Built]:
    arrived = dict(
        con.execute(
            "select system || '.' || feed, sum(loaded_n)::bigint from ledger.file "
            "where batch_id > ? group by 1",
            [served.batch_id],
        ).fetchall()
    )
    found, columns = {}, volume.columns(con)
    for spec in specs(graph):
        before, known = served.tables.get(spec.name), columns.get(spec.relation)
        # Publication refuses a model that is not there, and names it.
        if before is None or known is None or spec.volume.free or spec.once:
            continue
        feeds = dbt_manifest.feeds_above(graph, [spec.unique_id])
        found[spec.name] = published.Built(
            spec=spec,
            before=volume.served(before),
            now=volume.built(con, spec, known),
            feeds=feeds,
            arrived_n=sum(arrived.get(feed, 0) for feed in feeds),
            is_fact=spec.model.startswith("fct_"),
        )
    return found


def _arrivals(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    served: Snapshot,
    contracts: Iterable[Contract],
    graph: dbt_manifest.Manifest,
    through: dt.date,
) -> Iterable[Finding]:
    shown = _shown(con, home, served)
    if shown is None:
        return
    calendar = arrivals.Calendar(through, _holidays(con), _ended(con))
    tables = {name for (name,) in con.execute(_RAW_TABLES).fetchall()}
    for contract in contracts:
        daily = contract.delivery != "full" and contract.system != EVERY_MAP
        if daily and not contract.is_optional and contract.raw_table in tables:
            feed = _feed(con, contract, graph, shown.first)
            yield from arrivals.findings(feed, calendar, shown)


_RAW_TABLES = "select table_name from duckdb_tables() where schema_name = 'raw'"


def _feed(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    graph: dbt_manifest.Manifest,
    since: dt.date,
) -> arrivals.Feed:
    where = f"f.system = {literal(contract.system)} and f.feed = {literal(contract.feed)}"
    first = con.execute(
        f"select f.instance, min(f.extract_date) from ledger.file as f where {where} "
        f"and f.verdict in ('loaded', 'remap', 'replaced') group by 1"
    ).fetchall()
    days = LOOK_BACK_DAYS + contract.late_after_hours // 24
    counted = con.execute(
        f"select f.instance, r._client_id, f.extract_date, count(*) from ledger.file as f "
        f"join raw.{ident(contract.raw_table)} as r on r._file_id = f.file_id where {where} "
        f"and f.verdict in ('loaded', 'remap') and f.extract_date > ?::date - {days} "
        f"group by all",
        [since],
    ).fetchall()
    rows: dict[tuple[str, str, dt.date], int] = {}
    for instance, client, day, rows_n in counted:
        account = str(Scope(contract.system, instance))
        for whose in {arrivals.ALL, client or arrivals.ALL}:
            at = (account, whose, day)
            rows[at] = rows.get(at, 0) + rows_n
    return arrivals.Feed(
        name=contract.name,
        late_after_hours=contract.late_after_hours,
        fall=contract.volume.fall or arrivals.FALL,
        rise=contract.volume.rise or arrivals.RISE,
        rises=contract.delivery == "increment",
        rows=rows,
        first={str(Scope(contract.system, instance)): day for instance, day in first},
        tables=dbt_manifest.published_below(graph, dbt_manifest.source_ids(graph, [contract.name])),
    )


def _shown(con: duckdb.DuckDBPyConnection, home: Home, served: Snapshot) -> arrivals.Shown | None:
    """Through which date readers were shown everything, and who was held back since when."""
    runs = {str(entry.get("run_id")) for entry in snapshot_store.history(home)}
    verdicts = con.execute(
        "select v.run_id, b.through_date, v.held_clients, v.held_feeds from ledger.verdict as v "
        "join ledger.batch as b using (batch_id) where v.batch_id <= ? order by v.decided_at",
        [served.batch_id],
    ).fetchall()
    shown = [
        (day, set(json.loads(clients)), set(json.loads(feeds)))
        for run, day, clients, feeds in verdicts
        if run in runs
    ]
    if not shown:
        return None
    return arrivals.Shown(
        last=max(day for day, *_ in shown),
        clients=_held_since([(day, clients) for day, clients, _ in shown]),
        feeds=_held_since([(day, feeds) for day, _, feeds in shown]),
    )


def _held_since(nights: Iterable[tuple[dt.date, Collection[str]]]) -> dict[str, dt.date]:
    """For who was held in the last night shown: the date of the last one that showed them."""
    since: dict[str, dt.date] = {}
    free: dt.date | None = None
    for day, held in nights:
        since = {name: since.get(name, free or day) for name in held}
        free = day
    return since


def _holidays(con: duckdb.DuckDBPyConnection) -> frozenset[dt.date]:
    """Public holidays of the countries in which the company has sites."""
    rows = _maybe(
        con,
        "select distinct h.holiday_date from raw.company__holidays as h where h._is_current "
        "and split_part(h.jurisdiction, '-', 1) in "
        "(select country_code from raw.company__sites where _is_current)",
    )
    return frozenset(row[0] for row in rows)


def _ended(con: duckdb.DuckDBPyConnection) -> Mapping[str, dt.date]:
    """Clients whose work is over, by the company's own list, and from when."""
    return dict(
        _maybe(
            con,
            "select client_id, max(valid_from) from raw.company__client_status "
            "where _is_current and status = 'ended' and valid_to is null group by 1",
        )
    )


def _maybe(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    try:
        return con.execute(query).fetchall()
    except duckdb.CatalogException:
        # A centre may keep no such list.
        return []
