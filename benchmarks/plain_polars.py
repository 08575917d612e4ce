"""plain.sql in Polars: expressions everywhere but for the hash of phone numbers."""

from pathlib import Path
from typing import Any

from benchmarks.plain import ABANDONED, FLAGS, HALF_HOUR, PRIVATE, SHIFT, STATES, TOTALS, hashed


def fill(landing: Path, day: str, out: Path) -> None:
    """As plain.sql does."""
    import polars as pl

    def company(name: str) -> Any:
        frame = pl.concat(
            [
                pl.read_csv(path, infer_schema=False)
                for path in sorted((landing / "company").glob(f"{name}_*.csv"))
            ]
        ).filter(pl.col("valid_from") <= day, ~(pl.col("valid_to") <= day).fill_null(value=False))
        frame = frame.filter(pl.col("system") == "sim") if "system" in frame.columns else frame
        return frame.drop("system", "valid_from", "valid_to", strict=False).unique()

    def files(feed: str) -> list[Path]:
        return sorted((landing / "sim").glob(f"{feed}_*_{day}.*.gz"))

    zones = dict(company("sites").select("site_id", "time_zone").iter_rows())
    agents = company("agents").select("agent_code", "agent_id")

    def instant(name: str) -> Any:
        return pl.col(name).str.to_datetime(time_unit="us", time_zone="UTC")

    def local(name: str) -> Any:
        wall = pl.literal(None, dtype=pl.Datetime("us"))
        for site, zone in zones.items():
            there = pl.col(name).dt.convert_time_zone(zone).dt.replace_time_zone(None)
            wall = pl.when(pl.col("site_id") == site).then(there).otherwise(wall)
        return wall

    person = pl.col("agent_id").fill_null("sim:" + pl.col("agent"))
    answered = pl.col("is_answered")
    fields = dict.fromkeys(("agent", "site", "state", "from", "to"), pl.String)
    states = (
        pl.concat([pl.read_ndjson(path, schema=fields) for path in files("agent_activity")])
        .rename({"site": "site_id"})
        .join(company("activity_codes"), left_on="state", right_on="activity_code", how="left")
        .join(agents, left_on="agent", right_on="agent_code", how="left")
        .with_columns(
            agent_id=person, activity=pl.col("activity").fill_null("unmapped"),
            started_at=instant("from"), ended_at=instant("to"),
        )
        .filter(pl.col("activity") != "logged_out")
        .with_columns(
            duration_s=(pl.col("ended_at") - pl.col("started_at")).dt.total_seconds(),
            site_date=local("started_at").dt.date(),
        )
        .sort("agent_id", "started_at", "ended_at")
        .with_columns(seen=pl.col("ended_at").cum_max().shift().over("agent_id"))
        .with_columns(
            number=(pl.col("started_at") - pl.col("seen") > pl.duration(hours=4))
            .fill_null(value=True)
            .cum_sum()
        )
    )  # fmt: skip
    sessions = states.group_by("number").agg(
        pl.col("agent_id").first(),
        session_at=pl.col("started_at").min(),
        until=pl.col("ended_at").max(),
        session_date=pl.col("site_date").first(),
        session_site=pl.col("site_id").first(),
    )
    seconds, activity = pl.col("duration_s"), pl.col("activity")
    kinds = {kind: [s for s, k in STATES.items() if k == kind] for kind in STATES.values()}
    spent = (
        states.join(sessions.select("number", shift_date="session_date"), on="number")
        .group_by(SHIFT)
        .agg(
            *(seconds.filter(activity.is_in(of)).sum().alias(kind) for kind, of in kinds.items()),
            sessions_n=pl.col("number").n_unique(),
            first_login_at=pl.col("started_at").min(),
            last_logout_at=pl.col("ended_at").max(),
            paid_s=seconds.filter(pl.col("is_paid") == "true").sum(),
            logged_in_s=seconds.sum(),
        )
    )
    contacts = (
        pl.concat(
            [
                pl.read_csv(path, infer_schema_length=None,
                            schema_overrides={"ani": pl.String, "dnis": pl.String})
                for path in files("contacts")
            ],
            how="vertical_relaxed",
        )
        .rename({"site": "site_id"})
        .with_columns(
            is_offered=(pl.col("direction") == "inbound") & (pl.col("outcome") != "phantom")
        )
    )  # fmt: skip
    offered = pl.col("is_offered")
    legs = (
        pl.concat(
            [
                pl.read_csv(path, infer_schema_length=None).with_columns(
                    site_id=pl.literal(path.name.split("_")[2])
                )
                for path in files("contact_legs")
            ],
            how="vertical_relaxed",
        )
        .rename({"queue": "queue_id", "leg_no": "leg_number"})
        .join(
            company("queues").drop("channel", "language"),
            left_on="queue_id", right_on="queue_code", how="left",
        )
        .join(agents, left_on="agent", right_on="agent_code", how="left")
        .join(
            contacts.select("contact_id", "channel", "direction", "language", "is_offered"),
            on="contact_id", how="left",
        )
        .with_columns(
            pl.col("client_id", "line_of_business").fill_null("unmapped"),
            agent_id=person,
            queued_at=instant("queued_at"),
            is_offered=offered.fill_null(value=False),
            handle_s=pl.col("talk_s") + pl.col("hold_s") + pl.col("acw_s"),
            is_answered=pl.col("leg_outcome") == "answered",
            is_transfer_out=pl.col("transferred_to").is_not_null(),
            time_zone=pl.col("site_id").replace_strict(zones),
            threshold_s=pl.col("service_level_threshold_s").cast(pl.Int64).fill_null(20),
            short_s=pl.col("short_abandon_s").cast(pl.Int64).fill_null(5),
        )
        .with_columns(
            answered_at=pl.col("queued_at") + pl.duration(seconds="wait_s"),
            queued_local=local("queued_at"),
            is_answered_offered=answered & offered,
            is_answered_within_threshold=answered
            & offered
            & (pl.col("wait_s") <= pl.col("threshold_s")),
            is_abandoned=offered & (pl.col("leg_outcome") == "abandoned"),
        )
        .with_columns(
            is_short_abandon=pl.col("is_abandoned") & (pl.col("wait_s") <= pl.col("short_s")),
            half_hour=pl.col("queued_local").dt.truncate("30m"),
        )
    )  # fmt: skip
    legs.write_parquet(out / "contact_leg.parquet")
    waits = pl.col("wait_s").filter(offered)
    queue = legs.group_by(HALF_HOUR).agg(
        pl.col(*FLAGS, *TOTALS).sum(), waits.sum(), waits.max().alias("longest_wait_s")
    )
    queue.rename(FLAGS).write_parquet(out / "queue_half_hour.parquet")
    own = pl.col("answered_at") < pl.col("until")
    work = (
        legs.filter(answered, pl.col("agent_id").is_not_null())
        .sort("answered_at")
        .join_asof(
            sessions.sort("session_at"), left_on="answered_at", right_on="session_at",
            by="agent_id", check_sortedness=False,
        )
        .with_columns(
            shift_date=pl.when(own).then("session_date").otherwise(pl.col("queued_local").dt.date()),
            site_id=pl.when(own).then("session_site").otherwise("site_id"),
        )
        .group_by(SHIFT)
        .agg(pl.len().alias("legs_handled_n"), pl.col(*TOTALS).sum())
    )  # fmt: skip
    spent.join(work, on=SHIFT, how="full", coalesce=True).write_parquet(out / "agent_day.parquet")

    number = pl.col("leg_number")
    by_contact = legs.sort("leg_number").with_columns(
        first_leg=number.filter(answered).min().over("contact_id")
    )
    total = by_contact.group_by("contact_id", maintain_order=True).agg(
        pl.col(*TOTALS).sum(),
        pl.col("wait_s").filter((number <= pl.col("first_leg")).fill_null(value=True)).sum(),
        pl.col("threshold_s", "short_s").first(),
        pl.col("agent_id").filter(answered).last(),
        queue_visits_n=pl.len(),
        legs_answered_n=answered.sum(),
        transfers_n=pl.col("is_transfer_out").sum(),
        agents_n=pl.col("agent_id").drop_nulls().n_unique(),
    )
    outcome = pl.col("outcome")
    contacts = (
        contacts.join(company("dialled_numbers"), left_on="dnis", right_on="dialled_number",
                      how="left")
        .join(company("dispositions"), left_on="disposition", right_on="disposition_code",
              how="left")
        .with_columns(started_at=instant("started_at"), ended_at=instant("ended_at"))
        .join(total, on="contact_id", how="left")
        .with_columns(
            started_local=local("started_at"),
            digits=pl.col("ani").str.replace_all("[^0-9]", ""),
            is_answered=outcome == "answered",
            is_abandoned=offered & outcome.is_in(ABANDONED),
        )
        .with_columns(
            site_date=pl.col("started_local").dt.date(),
            half_hour=pl.col("started_local").dt.truncate("30m"),
            is_answered_within_threshold=offered
            & answered
            & (pl.col("wait_s") <= pl.col("threshold_s")),
            is_short_abandon=offered
            & (outcome == "abandoned_in_queue")
            & (pl.col("wait_s") <= pl.col("short_s")),
            customer_id=pl.when(pl.col("digits").str.len_chars() > 6)
            .then("key" + pl.col("client_id") + pl.col("digits"))
            .map_elements(hashed, return_dtype=pl.String),
        )
        .drop(PRIVATE, strict=False)
    )  # fmt: skip
    contacts.write_parquet(out / "contact.parquet")
