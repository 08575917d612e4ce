"""What this centre's data can answer: feeds, metrics and pages, and which file would light more.

Belongs here: holding the ledger, dbt's manifest and what is published against each other. Does not:
printing it. A metric is dark when nothing was ever counted for it; too few events or a small group
are not darkness.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from bi.definitions import charts_of
from ground import dbt_manifest
from ground.dbt_manifest import Manifest
from ground.home import Home
from ground.sql import ident
from ingest.contracts.contract import Contract
from orchestration.run import ledger_view
from orchestration.run.lock import reading
from orchestration.run.status import is_gap

Row = dict[str, Any]
FEED = "feed_"
SHEETS = "forms"
# The view that says which snapshot is read; it is no table.
ABOUT = "core.snapshot"
NOTHING_COUNTED = "no feed is empty: a column is not sent, or there was nothing to count yet"


@dataclass(frozen=True)
class Coverage:
    """feeds: since when, days missing, or what would fill it. metrics, pages: alive, or why not."""

    feeds: list[Row]
    metrics: list[Row]
    pages: list[Row]

    def as_json(self) -> Row:
        """The same as plain dictionaries."""
        return asdict(self)


def coverage(
    home: Home,
    contracts: Sequence[Contract],
    packaged: Sequence[Contract],
    pages: Sequence[Mapping[str, Any]],
) -> Coverage:
    """Ask everything once. The project has been read; raises NightRunningError.

    contracts: of this centre's systems. packaged: of every system that there is.
    pages: dashboards as they are written.
    """
    manifest = dbt_manifest.load(home.target / "manifest.json")
    feeds = sorted(_feed_models(manifest))
    with reading(home):
        filled = _filled(home, contracts) if home.warehouse.exists() else {}
        gaps = _gaps(home, contracts) if home.warehouse.exists() else {}
    rows = [
        _feed_row(feed, [c for c in contracts if feed in c.fills], packaged, filled, gaps)
        for feed in feeds
    ]
    empty = {row["feed"] for row in rows if not row["rows_n"]}
    return Coverage(rows, _metrics(home, manifest, empty), _pages(home, pages))


def _feed_models(manifest: Manifest) -> dict[str, str]:
    """Canonical feed to the unique id of the model that is the feed."""
    return {
        str(node["name"]).removeprefix(FEED): uid
        for uid, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and str(node["name"]).startswith(FEED)
    }


def _filled(home: Home, contracts: Sequence[Contract]) -> dict[str, Row]:
    """Rows and dates of each source feed that has any."""
    from ingest.ledger.ledger import rows_as_dicts, warehouse

    found = {}
    with warehouse(home, read_only=True) as con:
        for one in contracts:
            try:
                result = con.execute(
                    f"select count(*) as rows_n, min(_event_date)::varchar as since, "
                    f"max(_event_date)::varchar as until from raw.{ident(one.raw_table)} "
                    "where _is_current"
                )
            except duckdb.CatalogException:
                continue
            (row,) = rows_as_dicts(result)
            if row["rows_n"]:
                found[one.name] = row
    return found


def _gaps(home: Home, contracts: Sequence[Contract]) -> dict[str, int]:
    """Days that never came, by source feed, where its contract expects a file that often."""
    expected = {c.name: c.late_after_hours for c in contracts if not c.is_optional}
    found: dict[str, int] = {}
    for row in ledger_view.gaps(home):
        if is_gap(row, expected.get(row["feed"])):
            found[row["feed"]] = found.get(row["feed"], 0) + row["days_n"]
    return found


def _feed_row(
    feed: str,
    filling: Sequence[Contract],
    packaged: Sequence[Contract],
    filled: Mapping[str, Row],
    gaps: Mapping[str, int],
) -> Row:
    have = [filled[c.name] for c in filling if c.name in filled]
    return {
        "feed": feed,
        "rows_n": sum(row["rows_n"] for row in have),
        "since": min((row["since"] for row in have if row["since"]), default=None),
        "until": max((row["until"] for row in have if row["until"]), default=None),
        "from": ", ".join(c.name for c in filling if c.name in filled) or None,
        "missing_days_n": sum(gaps.get(c.name, 0) for c in filling),
        "would_fill": None if have else would_fill(feed, filling, packaged),
    }


def would_fill(feed: str, filling: Sequence[Contract], packaged: Sequence[Contract]) -> str:
    """Which file lights a feed: one of a system that is enabled, else a sheet, else a system."""
    if filling:
        return " or ".join(f"landing/{c.system}/{c.pattern.text}" for c in filling)
    able = [c for c in packaged if feed in c.fills and not c.system.startswith("sim")]
    for one in able:
        if one.system == SHEETS:
            return f"enable {SHEETS}, then landing/{SHEETS}/{one.pattern.text}"
    systems = sorted({c.system for c in able})
    return f"a system that has it: {', '.join(systems)}" if systems else "`headset source new`"


def _metrics(home: Home, manifest: Manifest, empty: set[str]) -> list[Row]:
    from metrics.question.query import open_snapshot, query
    from metrics.question.snapshot import MetricError

    try:
        snapshot = open_snapshot(home)
    except MetricError:
        return []
    feed_of = {uid: feed for feed, uid in _feed_models(manifest).items()}
    counted = _counted(snapshot.folder)
    rows = []
    for contract in snapshot.contracts:
        alive = counted.get(contract.display)
        if alive is None:
            answer = query(home, contract.id)
            alive = any(row["n"] or row["numerator"] for row in answer.rows)
        models = (
            [contract.bound.model]
            if contract.bound
            else [str(m["node_relation"]["alias"]) for m in snapshot.layer.models_of(contract.id)]
        )
        above = dbt_manifest.above(manifest, dbt_manifest.model_ids(manifest, models))
        lacking = sorted(feed_of[uid] for uid in above if uid in feed_of and feed_of[uid] in empty)
        rows.append(
            {
                "metric": contract.display,
                "alive": alive,
                "lacks": None if alive else ", ".join(lacking) or NOTHING_COUNTED,
            }
        )
    return sorted(rows, key=lambda row: (row["alive"], row["metric"]))


def _counted(folder: Path) -> dict[str, bool]:
    """Metrics of the published values: whether anything was ever counted."""
    with duckdb.connect(str(folder / "serve.duckdb"), read_only=True) as con:
        try:
            rows = con.execute(
                "select metric, bool_or(coalesce(value, 0) <> 0 or coalesce(n, 0) > 0 "
                "or blank_reason in ('small group', 'still open', 'too few events')) "
                "from metric.value group by 1"
            ).fetchall()
        except duckdb.CatalogException:
            return {}
    return {metric: bool(alive) for metric, alive in rows}


def _pages(home: Home, pages: Iterable[Mapping[str, Any]]) -> list[Row]:
    from publish.snapshot import current

    served = current(home)
    rows_of = {name: table["rows"] for name, table in served["tables"].items()} if served else {}
    found = []
    for page in pages:
        charts = list(charts_of(page))
        dark = sorted(
            {c["table"] for c in charts if not rows_of.get(c["table"], c["table"] == ABOUT)}
        )
        dark_n = sum(c["table"] in dark for c in charts)
        found.append(
            {
                "page": page["title"],
                "charts_n": len(charts),
                "dark_n": dark_n,
                "empty_tables": ", ".join(dark) or None,
            }
        )
    return found
