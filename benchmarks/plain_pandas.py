"""plain.sql in pandas, vectorised throughout but for the hash of phone numbers."""

from pathlib import Path
from typing import Any

from benchmarks.plain import ABANDONED, FLAGS, HALF_HOUR, PRIVATE, SHIFT, STATES, TOTALS, hashed


def fill(landing: Path, day: str, out: Path) -> None:
    """As plain.sql does; DuckDB writes the Parquet, for pandas' own writer is not installed."""
    import duckdb
    import pandas as pd

    def keep(frame: Any, name: str) -> None:
        duckdb.from_df(frame).write_parquet(str(out / f"{name}.parquet"))

    def company(name: str, *columns: str) -> Any:
        (path, *more) = sorted((landing / "company").glob(f"{name}_*.csv"))
        frame = pd.concat(pd.read_csv(file, dtype=str) for file in (path, *more))
        frame = frame[(frame.valid_from <= day) & ~(frame.valid_to <= day)]
        frame = frame[frame.system == "sim"] if "system" in frame else frame
        return frame[list(columns)].drop_duplicates()

    def files(feed: str) -> list[Path]:
        return sorted((landing / "sim").glob(f"{feed}_*_{day}.*.gz"))

    zones = company("sites", "site_id", "time_zone").set_index("site_id").time_zone
    agents = company("agents", "agent_code", "agent_id").set_index("agent_code").agent_id

    def local(frame: Any, instant: str) -> Any:
        walls = [
            part[instant].dt.tz_convert(zones[site]).dt.tz_localize(None)
            for site, part in frame.groupby("site_id")
        ]
        return pd.concat(walls).reindex(frame.index)

    def people(codes: Any) -> Any:
        return codes.map(agents).fillna("sim:" + codes)

    states = pd.concat(
        pd.read_json(path, lines=True, dtype=str, convert_dates=False)
        for path in files("agent_activity")
    ).rename(columns={"site": "site_id"}).reset_index(drop=True)  # fmt: skip
    codes = company("activity_codes", "activity_code", "activity", "is_paid")
    states = states.merge(codes, left_on="state", right_on="activity_code", how="left")
    states["activity"] = states.activity.fillna("unmapped")
    states = states[states.activity != "logged_out"]
    states["agent_id"] = people(states.agent)
    states["started_at"] = pd.to_datetime(states["from"], utc=True)
    states["ended_at"] = pd.to_datetime(states["to"], utc=True)
    states["duration_s"] = (states.ended_at - states.started_at).dt.total_seconds()
    states["site_date"] = local(states, "started_at").dt.date
    states = states.sort_values(["agent_id", "started_at", "ended_at"]).reset_index(drop=True)
    seen = states.groupby("agent_id").ended_at.cummax().groupby(states.agent_id).shift()
    begins = seen.isna() | (states.started_at - seen > pd.Timedelta(hours=4))
    states["number"] = begins.cumsum()
    sessions = states.groupby("number", as_index=False).agg(
        agent_id=("agent_id", "first"), session_at=("started_at", "first"),
        until=("ended_at", "max"), shift_date=("site_date", "first"),
        session_site=("site_id", "first"),
    )  # fmt: skip
    states = states.merge(sessions[["number", "shift_date"]], on="number")
    states["kind"] = states.activity.map(STATES)
    spent = states.pivot_table(
        index=SHIFT, columns="kind", values="duration_s", aggfunc="sum", fill_value=0
    )  # fmt: skip
    shifts = states.groupby(SHIFT)
    spent = spent.reindex(shifts.size().index).assign(
        sessions_n=shifts.number.nunique(), first_login_at=shifts.started_at.min(),
        last_logout_at=shifts.ended_at.max(), logged_in_s=shifts.duration_s.sum(),
        paid_s=states[states.is_paid == "true"].groupby(SHIFT).duration_s.sum(),
    )  # fmt: skip

    contacts = pd.concat(
        pd.read_csv(path, dtype={"ani": str, "dnis": str}) for path in files("contacts")
    ).rename(columns={"site": "site_id"}).reset_index(drop=True)  # fmt: skip
    contacts["is_offered"] = (contacts.direction == "inbound") & (contacts.outcome != "phantom")
    legs = (
        pd.concat(
            pd.read_csv(path).assign(site_id=path.name.split("_")[2])
            for path in files("contact_legs")
        )
        .rename(columns={"queue": "queue_id", "leg_no": "leg_number"})
        .reset_index(drop=True)
    )
    queues = company("queues", "queue_code", "client_id", "line_of_business",
                     "service_level_threshold_s", "short_abandon_s")  # fmt: skip
    legs = legs.merge(queues, left_on="queue_id", right_on="queue_code", how="left")
    legs = legs.fillna({"client_id": "unmapped", "line_of_business": "unmapped"})
    known = contacts.set_index("contact_id")[["channel", "direction", "language", "is_offered"]]
    legs = legs.join(known, on="contact_id")
    legs["is_offered"] = legs.is_offered.fillna(value=False).astype(bool)
    legs["agent_id"] = people(legs.agent)
    legs["time_zone"] = legs.site_id.map(zones)
    legs["queued_at"] = pd.to_datetime(legs.queued_at, utc=True)
    legs["answered_at"] = legs.queued_at + pd.to_timedelta(legs.wait_s, unit="s")
    legs["queued_local"] = local(legs, "queued_at")
    legs["handle_s"] = legs.talk_s + legs.hold_s + legs.acw_s
    legs["threshold_s"] = legs.service_level_threshold_s.astype(float).fillna(20)
    legs["short_s"] = legs.short_abandon_s.astype(float).fillna(5)
    legs["is_answered"] = legs.leg_outcome == "answered"
    legs["is_answered_offered"] = legs.is_answered & legs.is_offered
    in_time = legs.wait_s <= legs.threshold_s
    legs["is_answered_within_threshold"] = legs.is_answered_offered & in_time
    legs["is_abandoned"] = legs.is_offered & (legs.leg_outcome == "abandoned")
    legs["is_short_abandon"] = legs.is_abandoned & (legs.wait_s <= legs.short_s)
    legs["is_transfer_out"] = legs.transferred_to.notna()
    legs["half_hour"] = legs.queued_local.dt.floor("30min")
    legs["offered_wait_s"] = legs.wait_s.where(legs.is_offered)
    keep(legs, "contact_leg")
    halves = legs.groupby(HALF_HOUR, dropna=False)
    queue = halves[list(FLAGS)].sum().rename(columns=FLAGS).join(halves[TOTALS].sum())
    waits = halves.offered_wait_s.agg(wait_s="sum", longest_wait_s="max")
    keep(queue.join(waits).reset_index(), "queue_half_hour")

    answered = legs[legs.is_answered]
    handled = pd.merge_asof(
        answered.dropna(subset="agent_id").sort_values("answered_at"),
        sessions.sort_values("session_at"), left_on="answered_at", right_on="session_at",
        by="agent_id",
    )  # fmt: skip
    own = handled.answered_at < handled.until
    handled["shift_date"] = handled.shift_date.where(own, handled.queued_local.dt.date)
    handled["site_id"] = handled.session_site.where(own, handled.site_id)
    days = handled.groupby(SHIFT)
    work = days[TOTALS].sum().assign(legs_handled_n=days.size())
    keep(spent.join(work, how="outer").reset_index(), "agent_day")

    # A caller waits until the first answer, in whichever queue; the first queue's terms hold.
    first = answered.groupby("contact_id").leg_number.min().rename("first_leg")
    legs = legs.join(first, on="contact_id")
    waited = legs[legs.first_leg.isna() | (legs.leg_number <= legs.first_leg)]
    by_leg = legs.sort_values("leg_number").groupby("contact_id")
    last = answered.sort_values("leg_number").groupby("contact_id").agent_id.last()
    total = by_leg[TOTALS].sum().assign(
        queue_visits_n=by_leg.size(), legs_answered_n=by_leg.is_answered.sum(),
        transfers_n=by_leg.is_transfer_out.sum(), agents_n=by_leg.agent_id.nunique(),
        threshold_s=by_leg.threshold_s.first(), short_s=by_leg.short_s.first(),
        wait_s=waited.groupby("contact_id").wait_s.sum(), agent_id=last,
    )  # fmt: skip
    numbers = company("dialled_numbers", "dialled_number", "client_id", "line_of_business")
    reasons = company("dispositions", "disposition_code", "reason")
    contacts = contacts.merge(numbers, left_on="dnis", right_on="dialled_number", how="left")
    contacts = contacts.merge(
        reasons, left_on="disposition", right_on="disposition_code", how="left"
    )
    for name in ("started_at", "ended_at"):
        contacts[name] = pd.to_datetime(contacts[name], utc=True)
    started_local = local(contacts, "started_at")
    contacts["site_date"] = started_local.dt.date
    contacts["half_hour"] = started_local.dt.floor("30min")
    digits = contacts.ani.str.replace("[^0-9]", "", regex=True)
    keyed = ("key" + contacts.client_id + digits).where(digits.str.len() > 6)
    contacts["customer_id"] = keyed.map(hashed, na_action="ignore")
    contacts = contacts.join(total, on="contact_id")
    contacts["is_answered"] = contacts.outcome == "answered"
    in_time = contacts.wait_s <= contacts.threshold_s
    contacts["is_answered_within_threshold"] = contacts.is_offered & contacts.is_answered & in_time
    contacts["is_abandoned"] = contacts.is_offered & contacts.outcome.isin(ABANDONED)
    in_queue = contacts.outcome == "abandoned_in_queue"
    contacts["is_short_abandon"] = (
        contacts.is_offered & in_queue & (contacts.wait_s <= contacts.short_s)
    )
    counts = ["queue_visits_n", "legs_answered_n", "transfers_n", "agents_n", "wait_s", *TOTALS]
    contacts = contacts.fillna(dict.fromkeys(counts, 0))
    keep(contacts.drop(columns=[n for n in PRIVATE if n in contacts]), "contact")
