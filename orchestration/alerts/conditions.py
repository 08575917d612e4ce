"""Which alerts hold now. Belongs here: judging plain values. Does not: sending (`channels`).

No text of a file and no message of a library gets into an alert: names of feeds, counts, times and
what to do, nothing else.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

GOOD = ("published", "partial", "unchanged")
NAMED = 5


@dataclass(frozen=True)
class Alert:
    """One thing that is wrong. `key` stays the same while it lasts, so that it is told once."""

    kind: str
    key: str
    text: str


@dataclass(frozen=True)
class Moment:
    """What is known at `now` (UTC): nights newest first, late feeds, disk, the last backup.

    nights: rows of `run.status.night_row`. running: who runs a night, in words. disk: a sentence
    where it is scarce. proved_at: when a backup was last read again whole.
    """

    now: dt.datetime
    nights: Sequence[Mapping[str, Any]]
    late_feeds: Sequence[str]
    running: str | None
    disk: str | None
    proved_at: dt.datetime | None
    has_data: bool


def alerts(moment: Moment, published_by: str | None, backup_days: int) -> list[Alert]:
    """Every alert that holds, the most pressing first."""
    return [
        *_night(moment),
        *(_late(moment, published_by) if published_by else ()),
        *_stale(moment),
        *([Alert("disk", "disk", moment.disk)] if moment.disk else ()),
        *_backup(moment, backup_days),
    ]


def deadline(published_by: str, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The last two instants (UTC) by which a night was due: `06:00 Asia/Manila`."""
    clock, _, zone = published_by.partition(" ")
    there = now.astimezone(ZoneInfo(zone))
    due = dt.datetime.combine(there.date(), dt.time.fromisoformat(clock), ZoneInfo(zone))
    if due > there:
        due = _day_before(due)
    return due.astimezone(dt.UTC), _day_before(due).astimezone(dt.UTC)


def _day_before(due: dt.datetime) -> dt.datetime:
    """The same time of the clock, also where it was set in between."""
    return dt.datetime.combine(due.date() - dt.timedelta(days=1), due.time(), due.tzinfo)


def _late(moment: Moment, published_by: str) -> Iterator[Alert]:
    due, before = deadline(published_by, moment.now)
    ended = [night for night in moment.nights if night["status"] in GOOD]
    if any(before < _at(night) <= moment.now for night in ended):
        return
    key = f"late {due:%Y-%m-%d}"
    if moment.running:
        said = f"a night is still running: {moment.running}"
    elif moment.nights:
        said = f"the last night began {moment.nights[0]['at']} UTC; is the schedule running?"
    else:
        said = "no night has ever run; is the schedule running?"
    yield Alert("late", key, f"Nothing was published by {published_by}: {said}")


def _night(moment: Moment) -> Iterator[Alert]:
    newest = next((one for one in moment.nights if one["status"] != "unchanged"), None)
    if newest is None:
        return
    key = f"{newest['status']} {newest['run_id']}"
    if newest["status"] == "failed":
        step = str(newest["error"] or "").partition(":")[0]
        where = f" in {step}" if step.isidentifier() else ""
        yield Alert(
            "failed", key,
            f"The night of {newest['night']} failed{where}; readers see the snapshot from before. "
            "`headset status` says why.",
        )  # fmt: skip
    elif newest["status"] in ("blocked", "partial"):
        what = "all of it" if newest["status"] == "blocked" else "a part of it"
        yield Alert(
            "held", key,
            f"The night of {newest['night']} was held back, {what}: "
            f"{newest['failed_checks']} checks that block failed. `headset status` says why.",
        )  # fmt: skip


def _stale(moment: Moment) -> Iterator[Alert]:
    if not moment.late_feeds:
        return
    names = sorted(moment.late_feeds)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    told = ", ".join(names[:NAMED]) + more
    yield Alert("stale", f"stale {' '.join(names)}", f"Later than their contracts allow: {told}.")


def _backup(moment: Moment, backup_days: int) -> Iterator[Alert]:
    if not moment.has_data:
        return
    if moment.proved_at is None:
        said = "No backup of this home was ever read again whole"
    elif moment.now - moment.proved_at > dt.timedelta(days=backup_days):
        said = f"The last backup that was read again whole is of {moment.proved_at:%Y-%m-%d}"
    else:
        return
    yield Alert(
        "backup", "backup", f"{said}: `headset backup --to FOLDER`, then again with --check."
    )


def _at(night: Mapping[str, Any]) -> dt.datetime:
    """When a night ended, UTC."""
    began = dt.datetime.fromisoformat(str(night["at"])).replace(tzinfo=dt.UTC)
    return began + dt.timedelta(seconds=float(night["seconds"] or 0))
