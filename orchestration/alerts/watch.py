"""One look: what is wrong now, and telling each channel what it was not told yet.

Belongs here: gathering, and the memory of what was told. Each alert is told once while it lasts,
and again after a day; that it is over is told too. A channel that was silent is tried at the next
look, and the others are not told twice.
"""

import datetime as dt
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from ground.files import write_json
from ground.home import Home
from orchestration.alerts import channels
from orchestration.alerts.conditions import Alert, Moment, alerts
from orchestration.backup.home_files import last
from orchestration.doctor import disk
from orchestration.run.status import standing

AGAIN_AFTER = dt.timedelta(days=1)
NIGHTS = 7


@dataclass(frozen=True)
class Told:
    """An alert as it was told; `at`: when, by channel."""

    text: str
    at: dict[str, str]


@dataclass(frozen=True)
class Look:
    """holds: alerts that hold now. told: those of them that were sent. failed: silent channels."""

    holds: tuple[Alert, ...]
    told: tuple[Alert, ...]
    failed: tuple[str, ...]


def look(home: Home, now: dt.datetime | None = None) -> Look:
    """Look once. Works while a night runs."""
    now = now or dt.datetime.now(dt.UTC)
    days = int(os.environ.get("HEADSET_ALERT_BACKUP_DAYS") or 7)
    due = os.environ.get("HEADSET_ALERT_PUBLISHED_BY") or None
    holds = alerts(moment(home, now), due, days)
    known = _memory(home)
    kept = {one.key: Told(one.text, dict(known[one.key].at) if one.key in known else {})
            for one in holds}  # fmt: skip
    gone = {key: one for key, one in known.items() if key not in kept}
    name = os.environ.get("HEADSET_CENTRE_NAME") or home.root.name
    sent: list[Alert] = []
    failed: list[str] = []
    for channel in channels.active():
        fresh = [one for one in holds if _is_due(kept[one.key].at.get(channel), now)]
        over = {key: one for key, one in gone.items() if channel in one.at}
        news = [*fresh, *(Alert("over", key, f"Over: {one.text}") for key, one in over.items())]
        if not news:
            continue
        try:
            channels.send(channel, home, name, now.isoformat(timespec="seconds"), news)
        except channels.ChannelError as error:
            failed.append(str(error))
            continue
        sent += [one for one in news if one not in sent]
        for one in fresh:
            kept[one.key].at[channel] = now.isoformat()
        for told in over.values():
            del told.at[channel]
    _path(home).parent.mkdir(parents=True, exist_ok=True)
    every = kept | {key: one for key, one in gone.items() if one.at}
    write_json(_path(home), {key: asdict(one) for key, one in every.items()})
    return Look(tuple(holds), tuple(sent), tuple(failed))


def moment(home: Home, now: dt.datetime) -> Moment:
    """What there is to judge."""
    stands, noted = standing(home, NIGHTS), last(home)
    short = disk(home)
    return Moment(
        now=now,
        nights=stands.nights,
        late_feeds=[row["feed"] for row in stands.feeds if row["late"]],
        running=stands.running,
        disk=None if short.status == "ok" else f"Disk: {short.said}.",
        proved_at=dt.datetime.fromisoformat(noted.proved_at) if noted and noted.proved_at else None,
        has_data=home.warehouse.exists(),
    )


def _is_due(before: str | None, now: dt.datetime) -> bool:
    return before is None or now - dt.datetime.fromisoformat(before) >= AGAIN_AFTER


def _memory(home: Home) -> dict[str, Told]:
    try:
        body = json.loads(_path(home).read_text(encoding="utf-8"))
        return {str(key): Told(**one) for key, one in body.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        # Nothing is known to have been told: then it is told again.
        return {}


def _path(home: Home) -> Path:
    return home.audit / "alerts" / "told.json"
