"""The figures that marts must show: sums over the rows as they were meant, before any defect.

Three tables, each row belonging to one extract (`site`, `extract_date`); sum over extracts:
`contacts` by local start date and queue first dialled (inbound contacts; `phantom` apart),
`legs` by local date of queueing, queue and direction, `states` by state code, in seconds.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from simulator.clock import local_days
from simulator.extracts import SiteDate
from simulator.manifest import write_text
from simulator.shape import QUEUES, SITES, Site

SHORT_ABANDON_S = 5
_EPOCH = date(1970, 1, 1)
_SITE = {site.site_id: site for site in SITES}
Rows = dict[str, list[dict[str, Any]]]


def truth_of(site_id: str, day: date, meant: SiteDate) -> Rows:
    """Truth of one extract date of a site."""
    site = _SITE[site_id]
    return {
        "contacts": _contacts(site, day, meant),
        "legs": _legs(site, day, meant),
        "states": _states(site, day, meant),
    }


def merge_truth(path: Path, fresh: Iterable[Rows], keep: bool) -> None:
    """Write `fresh` to `path`, over what is there of other extracts (when `keep`)."""
    merged: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    old = [json.loads(path.read_text(encoding="utf-8"))] if keep and path.exists() else []
    for rows in [*old, *fresh]:
        grouped: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
        for table, lines in rows.items():
            for line in lines:
                grouped[table, line["site"], line["extract_date"]].append(line)
        merged.update(grouped)
    tables: Rows = {"contacts": [], "legs": [], "states": []}
    for key in sorted(merged):
        tables[key[0]] += merged[key]
    lines = [
        f'"{table}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]"
        for table, rows in tables.items()
    ]
    write_text(path, "{" + ",\n".join(lines) + "}\n")


def _contacts(site: Site, day: date, meant: SiteDate) -> list[dict[str, Any]]:
    sums: dict[str, dict[str, int]] = {}
    for contact in meant.contacts:
        if contact.is_callback:
            continue
        row = sums.setdefault(
            QUEUES[contact.queue].code,
            {"offered": 0, "answered": 0, "abandoned_in_ivr": 0, "abandoned_in_queue": 0,
             "callback_requested": 0, "phantom": 0, "ivr_s": 0},
        )  # fmt: skip
        if contact.outcome == "phantom":
            row["phantom"] += 1
            continue
        row["offered"] += 1
        row["ivr_s"] += contact.ivr_s
        if contact.outcome in row:
            row[contact.outcome] += 1
    head = {"site": site.site_id, "extract_date": str(day), "site_date": str(day)}
    return [{**head, "queue": queue, **row} for queue, row in sorted(sums.items())]


def _legs(site: Site, day: date, meant: SiteDate) -> list[dict[str, Any]]:
    queued = local_days(site.zone, np.array([leg.queued for leg in meant.legs], dtype=np.int64))
    sums: dict[tuple[int, int, bool], list[int]] = defaultdict(lambda: [0] * 9)
    for leg, shown in zip(meant.legs, queued.tolist(), strict=True):
        row = sums[shown, leg.queue, leg.is_callback]
        left = leg.outcome == "abandoned"
        row[0] += 1
        row[1] += leg.outcome == "answered"
        row[2] += left
        row[3] += left and leg.wait_s < SHORT_ABANDON_S
        row[4] += leg.wait_s
        row[5] += leg.talk_s
        row[6] += leg.hold_s
        row[7] += leg.acw_s
        row[8] += leg.transferred_to >= 0
    names = ("offered", "answered", "abandoned", "short_abandoned", "wait_s", "talk_s", "hold_s",
             "acw_s", "transferred")  # fmt: skip
    return [
        {
            "site": site.site_id,
            "extract_date": str(day),
            "site_date": str(_EPOCH + timedelta(days=shown)),
            "queue": QUEUES[queue].code,
            "direction": "outbound" if is_callback else "inbound",
            **dict(zip(names, row, strict=True)),
        }
        for (shown, queue, is_callback), row in sorted(sums.items())
    ]


def _states(site: Site, day: date, meant: SiteDate) -> list[dict[str, Any]]:
    seconds: dict[str, int] = defaultdict(int)
    for state in meant.states:
        seconds[state.code] += state.end - state.start
    head = {"site": site.site_id, "extract_date": str(day)}
    return [{**head, "state": code, "seconds": total} for code, total in sorted(seconds.items())]
