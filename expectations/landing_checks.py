"""What landed and is not in the tables: columns beside the contract, files that nobody claims.

Both only tell: what came is loaded. A column that is gone is empty in every table below it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from expectations.checks import CheckResult
from expectations.dashboards import standing_on, touched
from expectations.samples import SAMPLE_N
from ground import dbt_manifest
from ground.home import Home, sources_dir
from ground.systems import enabled_systems
from ingest.contracts.contract import load_contracts
from ingest.ledger.columns import Change, changes
from ingest.ledger.files import nobodys
from ingest.ledger.ledger import warehouse
from ingest.read.landing import Unclaimed

FILES_TOLD = 3


def check(home: Home, *, batch_id: int, manifest: Path) -> list[CheckResult]:
    """Two checks that warn: columns that are gone or new, and files without a contract."""
    graph = dbt_manifest.load(manifest)
    open_ = [one for one in _changes(home) if one.how == "gone" or _is_told(one, batch_id)]
    strange = _strange(home)
    feeds = tuple(sorted({one.feed for one in open_}))
    return [
        _result(
            "ledger.columns",
            "files have other columns than their contract: what is gone is empty in every table "
            "below, what is new is left out until the contract lists it",
            [
                {"feed": c.feed, "column": c.column, "how": c.how, "file": c.file_name}
                for c in open_
            ],
            feeds,
            dbt_manifest.published_below(graph, dbt_manifest.source_ids(graph, feeds)),
        ),
        _result(
            "ledger.unclaimed_files",
            "landed files that nobody loads: no contract claims them, or their marker has not come",
            [{"system": one.system, "file": one.file_name} for one in strange],
            (),
            (),
        ),
    ]


def told(home: Home, *, batch_id: int, manifest: Path) -> tuple[str, ...]:
    """What is new of it in this batch, a sentence for each feed, with the dashboards it touches."""
    graph = dbt_manifest.load(manifest)
    shown = standing_on(graph)
    news: dict[str, list[Change]] = {}
    for one in _changes(home):
        if _is_told(one, batch_id):
            news.setdefault(one.feed, []).append(one)
    lines = []
    for feed, found in sorted(news.items()):
        tables = dbt_manifest.published_below(graph, dbt_manifest.source_ids(graph, [feed]))
        lines.append(_sentence(feed, found, touched(tables, shown)))
    strange = _strange(home)
    if strange:
        names = ", ".join(f"{one.system}/{one.file_name}" for one in strange[:FILES_TOLD])
        more = f" and {len(strange) - FILES_TOLD} more" if len(strange) > FILES_TOLD else ""
        lines.append(
            f"Nobody loads {names}{more}: no contract's pattern matches (`headset file list` "
            "names them all)"
        )
    return tuple(lines)


def _sentence(feed: str, found: Sequence[Change], pages: Sequence[str]) -> str:
    words = {
        "gone": "not in the file any more: ",
        "never came": "not in the file: ",
        "not in the contract": "not in the contract, and left out: ",
    }
    parts = [
        text + ", ".join(one.column for one in found if one.how == how)
        for how, text in words.items()
        if any(one.how == how for one in found)
    ]
    gone = any(one.how == "gone" for one in found)
    both = gone and any(one.how == "not in the contract" for one in found)
    hint = " (renamed? Then the contract's `from` takes the new name)" if both else ""
    touches = f". Dashboards that stand on it: {', '.join(pages)}" if gone and pages else ""
    return f"{feed}, {found[0].file_name}: {'; '.join(parts)}{hint}{touches}"


def _is_told(one: Change, batch_id: int) -> bool:
    return one.is_news and one.batch_id == batch_id


def _changes(home: Home) -> list[Change]:
    with warehouse(home, read_only=True) as con:
        return changes(con)


def _strange(home: Home) -> list[Unclaimed]:
    return nobodys(home, load_contracts(sources_dir(), enabled_systems(home)))


def _result(
    check_id: str,
    reason: str,
    rows: Sequence[Mapping[str, object]],
    feeds: tuple[str, ...],
    tables: tuple[str, ...],
) -> CheckResult:
    return CheckResult(
        check_id=check_id,
        subject=", ".join(feeds) or "landing",
        tool="ledger",
        severity="warn",
        radius="feed",
        reason=reason,
        status="fail" if rows else "pass",
        failing_n=len(rows),
        feeds=feeds,
        sample=tuple(rows[:SAMPLE_N]),
        tables=tables,
    )
