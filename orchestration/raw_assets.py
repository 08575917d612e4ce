"""The assets `raw/<system>/<feed>`: one per contract, partitioned by extract date.

Belongs here: how a feed appears in the graph and which dates a run takes in. Does not: reading
files; `ingest` does.
"""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import dagster as dg

from ingest.contract import Contract
from orchestration.night_run import Feed, NightRun
from orchestration.translator import owner

POOL = "warehouse"
FIRST_DAY = "2026-08-01"
CHECK = "accounting"


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
    return [_raw_asset(contract, contracts, days) for contract in contracts]


def _raw_asset(
    contract: Contract, contracts: Sequence[Contract], days: dg.DailyPartitionsDefinition
) -> dg.AssetsDefinition:
    key = raw_key(contract.name)
    known = {other.name for other in contracts}

    @dg.asset(
        key=key,
        deps=[raw_key(name) for name in sorted(contract.maps_read & known)],
        partitions_def=days,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=POOL,
        group_name="raw",
        kinds={"duckdb", contract.format},
        owners=[owner(contract.owner)],
        description=_description(contract),
        metadata={"contract": f"ingest/sources/{contract.system}/{contract.feed}.yml"},
        required_resource_keys={"night"},
        check_specs=[
            dg.AssetCheckSpec(
                CHECK, asset=key, description="landed = loaded + quarantined + superseded"
            )
        ],
    )
    def load(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]
        from ingest.night import ingest_feed

        night: NightRun = context.resources.night
        keys = context.partition_key_range
        through = date.fromisoformat(keys.end)
        night.cover(date.fromisoformat(keys.start), through)
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
        missing = feed.landed_n - feed.loaded_n - feed.quarantined_n - feed.superseded_n
        return dg.MaterializeResult(
            metadata=_metadata(feed, outcome.latest_event_at),
            check_results=[
                dg.AssetCheckResult(
                    check_name=CHECK, passed=missing == 0, metadata={"rows_unaccounted": missing}
                )
            ],
        )

    return load


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
        "dagster/partition_row_count": feed.loaded_n,
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
