"""When each file arrives and what is wrong with it: the calendar of files and planted defects."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from simulator.maps import HEADERS
from simulator.rows import ROW_DEFECTS
from simulator.shape import SITES
from simulator.terms import terms_arriving

FEEDS = ("contacts", "contact_legs", "agent_activity")
ROW_DEFECTS_EVERY_DAYS = 4
QUIET_NIGHTS = 3
_NIGHT_DEFECTS = ("missing_required", "wrong_type", "end_before_start", "conflicting_duplicate")
Slot = tuple[str, str, date]


@dataclass(frozen=True)
class PlannedFile:
    """A file to be dropped. `variant` names how its content differs from what was meant."""

    feed: str
    site: str
    day: date
    revision: int
    arrives: date
    variant: str = ""

    @property
    def slot(self) -> Slot:
        """What a correction of this file would replace."""
        return self.feed, self.site, self.day


@dataclass(frozen=True)
class Schedule:
    """All files of a window, and kinds of bad rows by (feed, site, extract date).

    `shut`: site dates on which nothing happened. `moves`: by site, the day that contacts leave.
    """

    files: tuple[PlannedFile, ...]
    rows: dict[Slot, tuple[str, ...]]
    shut: frozenset[tuple[str, date]]
    moves: dict[str, date]


def schedule(first: date, last: date, seed: int) -> Schedule:
    """The calendar for extract dates `first` to `last`. The last three are the demo nights."""
    history = [first + timedelta(days=n) for n in range((last - first).days + 1 - QUIET_NIGHTS)]
    variants = dict(_file_defects(history, first, last))
    shut = frozenset((site, day) for (_, site, day), how in variants.items() if how == "shut")
    moving = [slot for slot, how in sorted(variants.items(), reverse=True) if how == "moved"]
    moves = {site: day for _, site, day in moving}
    files = [PlannedFile(feed, "", first, 1, first) for feed in HEADERS]
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        files += [PlannedFile(feed, "", day, 1, day) for feed in terms_arriving(day, first)]
        for site in SITES:
            for feed in FEEDS:
                slot = (feed, site.site_id, day)
                files += _files(slot, variants.get(slot, ""), last)
    return Schedule(tuple(files), _row_defects(history, last, seed, set(variants)), shut, moves)


def _file_defects(history: list[date], first: date, last: date) -> Iterator[tuple[Slot, str]]:
    taken: set[Slot] = set()

    def claim(how: str, *slots: Slot) -> list[tuple[Slot, str]]:
        if any(slot in taken or slot[2] < first for slot in slots):
            return []
        taken.update(slots)
        return [(slot, how) for slot in slots]

    def at(share: float, latest: int = 0) -> date:
        day = history[int(share * (len(history) - 1))]
        return min(day, last - timedelta(days=QUIET_NIGHTS + latest))

    late, recent = last - timedelta(days=8), last - timedelta(days=3)
    yield from claim("milliseconds", ("contact_legs", "krakow", last))
    if not history:
        return
    yield from claim("late", ("contacts", "halifax", late), ("contact_legs", "halifax", late))
    yield from claim("recounted", ("contact_legs", "krakow", recent))
    moved, after = at(0.65, 4), at(0.65, 4) + timedelta(days=1)
    yield from claim(
        "moved",
        *((feed, "krakow", day) for feed in ("contacts", "contact_legs") for day in (moved, after)),
    )
    yield from claim("truncated", ("contacts", "manila", at(0.15, 1)))
    yield from claim("shut", *((feed, "halifax", at(0.30)) for feed in FEEDS))
    yield from claim("new_column", ("contacts", "krakow", at(0.40)))
    yield from claim("bom", ("contacts", "halifax", at(0.50)))
    yield from claim("crlf", ("contact_legs", "manila", at(0.55)))
    yield from claim("late", ("agent_activity", "manila", at(0.75, 7)))


def _files(slot: Slot, how: str, last: date) -> list[PlannedFile]:
    feed, site, day = slot
    on_time = PlannedFile(feed, site, day, 1, day, how)

    def later(days: int, how: str = "", revision: int = 2) -> PlannedFile:
        return PlannedFile(feed, site, day, revision, day + timedelta(days=days), how)

    match how:
        case "late":
            return [later(7, "late", 1)]
        case "truncated":
            return [on_time, later(1)]
        case "moved":
            return [on_time, later(3)]
        case "recounted":
            return [on_time, PlannedFile(feed, site, day, 2, last - timedelta(days=1))]
        case "shut" if feed == "agent_activity":
            return []
    return [on_time]


def _row_defects(
    history: list[date], last: date, seed: int, taken: set[Slot]
) -> dict[Slot, tuple[str, ...]]:
    rng = np.random.default_rng([seed, 51, last.toordinal(), len(history)])
    chosen: dict[Slot, list[str]] = {}
    for feed, kinds in ROW_DEFECTS.items():
        clean = [
            (feed, site.site_id, day)
            for day in history
            for site in SITES
            if (feed, site.site_id, day) not in taken
        ]
        for kind in kinds:
            count = max(1, len(history) // ROW_DEFECTS_EVERY_DAYS) if clean else 0
            for pick in rng.choice(len(clean), min(count, len(clean)), replace=False).tolist():
                chosen.setdefault(clean[pick], []).append(kind)
    night = ("contacts", "manila", last - timedelta(days=1))
    chosen[night] = list(_NIGHT_DEFECTS)
    return {slot: tuple(kinds) for slot, kinds in chosen.items()}
