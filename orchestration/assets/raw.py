"""The assets `raw/<system>/<feed>`: one per contract, partitioned by extract date.

Feeds of systems are partitioned by extract date. Company maps are not: a map is whole in every
delivery, so all of them are one step, whatever range of dates a run covers.
Belongs here: how a feed appears in the graph and which dates a run takes in. Does not: reading
files; `ingest` does.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import dagster as dg

from ingest.contracts.contract import EVERY_MAP, Contract
from orchestration.assets.translator import owner
from orchestration.run.context import NightRun
from orchestration.run.summary import Feed

POOL = "warehouse"
FIRST_DAY = "2026-08-01"
CHECK = "accounting"
CHECK_SAYS = "landed = loaded + quarantined + superseded"
RANGE_END = "dagster/asset_partition_range_end"
PARTITION = "dagster/partition"


def first_day() -> date:
    """The first extract date that can be asked for: `HEADSET_FIRST_DAY` (YYYY-MM-DD)."""
    return date.fromisoformat(os.environ.get("HEADSET_FIRST_DAY") or FIRST_DAY)


def extract_days() -> dg.DailyPartitionsDefinition:
    """Extract dates from the first day through today (UTC); a file may come in on its own day."""
    return dg.DailyPartitionsDefinition(
        start_date=first_day().isoformat(), timezone="UTC", end_offset=1
    )


def raw_key(feed: str) -> dg.AssetKey:
    """`raw/sim/contacts` for `sim.contacts`."""
    return dg.AssetKey(["raw", *feed.split(".")])


def raw_assets(contracts: Sequence[Contract]) -> list[dg.AssetsDefinition]:
    """One asset per contract; a feed stands downstream of the company maps that it looks up."""
    days = extract_days()
    maps = [contract for contract in contracts if contract.system == EVERY_MAP]
    feeds = [contract for contract in contracts if contract.system != EVERY_MAP]
    first = [_map_assets(maps, contracts)] if maps else []
    return [*first, *(_raw_asset(contract, contracts, days) for contract in feeds)]


def _map_assets(maps: Sequence[Contract], contracts: Sequence[Contract]) -> dg.AssetsDefinition:
    by_key = {raw_key(contract.name): contract for contract in maps}

    @dg.multi_asset(
        name="company_maps",
        specs=[
            dg.AssetSpec(
                raw_key(contract.name),
                group_name="raw",
                kinds={"duckdb", contract.format},
                owners=[owner(contract.owner)],
                description=_description(contract),
                metadata=_contract_file(contract),
                skippable=True,
            )
            for contract in maps
        ],
        check_specs=[dg.AssetCheckSpec(CHECK, asset=key, description=CHECK_SAYS) for key in by_key],
        can_subset=True,
        pool=POOL,
        required_resource_keys={"night"},
    )
    def load_maps(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        through = _through(context)
        for key, contract in by_key.items():
            if key in context.selected_asset_keys:
                feed, latest = _take_in(context, contract, contracts, through)
                yield _result(key, feed, latest, "dagster/row_count")

    return load_maps


def _through(context: dg.AssetExecutionContext) -> date:
    """The last extract date that a run covers; a run of maps alone takes in all up to today."""
    tags = context.run.tags
    last = tags.get(RANGE_END) or tags.get(PARTITION)
    return date.fromisoformat(last) if last else today()


def _raw_asset(
    contract: Contract, contracts: Sequence[Contract], days: dg.DailyPartitionsDefinition
) -> dg.AssetsDefinition:
    key = raw_key(contract.name)
    known = {other.name for other in contracts}

    @dg.asset(
        key=key,
        deps=[raw_key(name) for name in sorted(contract.maps_before & known)],
        partitions_def=days,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=POOL,
        group_name="raw",
        kinds={"duckdb", contract.format},
        owners=[owner(contract.owner)],
        description=_description(contract),
        metadata=_contract_file(contract),
        required_resource_keys={"night"},
        check_specs=[dg.AssetCheckSpec(CHECK, asset=key, description=CHECK_SAYS)],
    )
    def load(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]
        keys = context.partition_key_range
        through = date.fromisoformat(keys.end)
        context.resources.night.cover(date.fromisoformat(keys.start), through)
        feed, latest = _take_in(context, contract, contracts, through)
        return _result(key, feed, latest, "dagster/partition_row_count")

    return load


def _take_in(
    context: dg.AssetExecutionContext,
    contract: Contract,
    contracts: Sequence[Contract],
    through: date,
) -> tuple[Feed, object]:
    """Ingest what waits of one feed; gives its account and the instant of its newest event."""
    from ingest.intake import ingest_feed

    night: NightRun = context.resources.night
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
    key: dg.AssetKey, feed: Feed, latest_event_at: object, rows_as: str
) -> dg.MaterializeResult[Any]:
    missing = feed.landed_n - feed.loaded_n - feed.quarantined_n - feed.superseded_n
    return dg.MaterializeResult(
        asset_key=key,
        metadata={rows_as: feed.loaded_n, **_metadata(feed, latest_event_at)},
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


def yesterday(today: date) -> date:
    """The extract date that the night of `today` takes in."""
    return today - timedelta(days=1)


def today() -> date:
    """Today in UTC: the last extract date that can be asked for."""
    return datetime.now(UTC).date()
