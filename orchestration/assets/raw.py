"""The assets `raw/<system>/<feed>`: one per contract, and one step per system.

A run takes in whatever waits up to its last extract date, late files too, so it says once per feed
what came; which extract dates a feed has is the ledger's to know (`headset status`).
Belongs here: how a feed appears in the graph and which dates a run takes in. Does not: reading
files; `ingest` does.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import dagster as dg

from ingest.contracts.contract import EVERY_MAP, Contract
from orchestration.assets.translator import owner
from orchestration.run.context import NightRun
from orchestration.run.dates import today
from orchestration.run.ledger_view import row_count
from orchestration.run.summary import Feed

POOL = "warehouse"
CHECK = "accounting"
CHECK_SAYS = "landed = loaded + quarantined + superseded"
FROM, THROUGH, ACCEPT = "headset/from", "headset/through", "headset/accept"


def raw_key(feed: str) -> dg.AssetKey:
    """`raw/sim/contacts` for `sim.contacts`."""
    return dg.AssetKey(["raw", *feed.split(".")])


def raw_assets(contracts: Sequence[Contract]) -> list[dg.AssetsDefinition]:
    """One asset per contract, one step per system; feeds stand below the maps they look up."""
    systems = dict.fromkeys(contract.system for contract in contracts)
    # Maps first: rows of every feed are looked up in them.
    order = sorted(systems, key=lambda system: system != EVERY_MAP)
    return [_system_assets(system, contracts) for system in order]


def _system_assets(system: str, contracts: Sequence[Contract]) -> dg.AssetsDefinition:
    by_key = {raw_key(one.name): one for one in contracts if one.system == system}
    known = {other.name for other in contracts}

    @dg.multi_asset(
        name=f"load_{system}",
        specs=[
            dg.AssetSpec(
                key,
                deps=[raw_key(name) for name in sorted(contract.maps_before & known)],
                group_name="raw",
                kinds={"duckdb", contract.format},
                owners=[owner(contract.owner)],
                description=_description(contract),
                metadata=_contract_file(contract),
                skippable=True,
            )
            for key, contract in by_key.items()
        ],
        check_specs=[dg.AssetCheckSpec(CHECK, asset=key, description=CHECK_SAYS) for key in by_key],
        can_subset=True,
        pool=POOL,
        required_resource_keys={"night"},
    )
    def load(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        night: NightRun = context.resources.night
        first, through = dates_of(context.run.tags)
        night.cover(first, through)
        for key, contract in by_key.items():
            if key in context.selected_asset_keys:
                feed, latest = _take_in(night, contract, contracts, through)
                yield _result(key, feed, latest, row_count(night.home, contract.raw_table))

    return load


def dates_of(tags: Mapping[str, str]) -> tuple[date, date]:
    """The extract dates that a run covers; one that names none takes in all up to today."""
    last = date.fromisoformat(tags[THROUGH]) if THROUGH in tags else today()
    return date.fromisoformat(tags.get(FROM, last.isoformat())), last


def tags_of(first: date, last: date, accept: str | None = None) -> dict[str, str]:
    """The tags of a run that covers these extract dates; why what is missing may pass in it."""
    tags = {FROM: first.isoformat(), THROUGH: last.isoformat()}
    return tags | {ACCEPT: accept} if accept else tags


def _take_in(
    night: NightRun,
    contract: Contract,
    contracts: Sequence[Contract],
    through: date,
) -> tuple[Feed, object]:
    """Ingest what waits of one feed; gives its account and the instant of its newest event."""
    from ingest.intake import ingest_feed

    night.progress(f"{contract.name}: looking for files")
    with night.step(f"taking in {contract.name}"):
        outcome = ingest_feed(
            night.home,
            contract,
            contracts,
            through=through,
            batch_id=night.open_batch(through),
            progress=night.progress,
        )
    feed = feed_of(outcome)
    night.feeds.append(feed)
    return feed, outcome.latest_event_at


def _result(
    key: dg.AssetKey, feed: Feed, latest_event_at: object, rows_n: int
) -> dg.MaterializeResult[Any]:
    missing = feed.landed_n - feed.loaded_n - feed.quarantined_n - feed.superseded_n
    return dg.MaterializeResult(
        asset_key=key,
        metadata={"dagster/row_count": rows_n, **_metadata(feed, latest_event_at)},
        check_results=[
            dg.AssetCheckResult(
                asset_key=key,
                check_name=CHECK,
                passed=missing == 0,
                metadata={"rows_unaccounted": missing},
            )
        ],
    )


def _contract_file(contract: Contract) -> dict[str, str]:
    return {"contract": f"ingest/sources/{contract.system}/{contract.feed}.yml"}


def feed_of(outcome: Any) -> Feed:
    """The night's account of one feed, from what ingest says of it."""
    rejected = tuple(
        (str(file.file_name), str(file.reason))
        for file in outcome.files
        if file.verdict == "rejected"
    )
    return Feed(
        name=f"{outcome.system}.{outcome.feed}",
        files_n=len(outcome.files),
        landed_n=outcome.landed_n,
        loaded_n=outcome.loaded_n,
        quarantined_n=outcome.quarantined_n,
        superseded_n=outcome.superseded_n,
        unmapped_n=outcome.unmapped_n,
        rejected=rejected,
        notes=(outcome.stopped,) if outcome.stopped else (),
    )


def _description(contract: Contract) -> str:
    columns = ", ".join(f"`{column.name}`" for column in contract.columns)
    return f"{contract.description}\n\nFile: `{contract.pattern.text}`\n\nColumns: {columns}"


def _metadata(feed: Feed, latest_event_at: object) -> dict[str, Any]:
    values: dict[str, Any] = {
        "files": feed.files_n,
        "landed": feed.landed_n,
        "loaded": feed.loaded_n,
        "quarantined": feed.quarantined_n,
        "superseded": feed.superseded_n,
        "unmapped": feed.unmapped_n,
    }
    if latest_event_at is not None:
        values["latest_event_utc"] = str(latest_event_at)
    if feed.rejected:
        lines = [f"- `{name}`: {reason}" for name, reason in feed.rejected]
        values["rejected_files"] = dg.MetadataValue.md("\n".join(lines))
    return values
