"""What happened, read from raw rows by plain Python: half hours, their sums, what is left out."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

Row = dict[str, Any]
END = dt.date(9999, 12, 31)
LISTS = (
    "contracts", "contract_clauses", "clause_points", "clause_exclusions", "holidays", "queues",
    "jurisdictions", "fx_rates", "forecast_bands", "forecasts", "dialled_numbers",
)  # fmt: skip


def cents(amount: Decimal | None) -> Decimal | None:
    """Whole cents, halves away from zero, by way of six decimals."""
    if amount is None:
        return None
    half_up = amount.quantize(Decimal("1e-6"), ROUND_HALF_UP)
    return half_up.quantize(Decimal("0.01"), ROUND_HALF_UP)


def holds(row: Row, day: dt.date) -> bool:
    return bool(row["valid_from"] <= day < (row["valid_to"] or END))


def number(value: Any) -> Decimal:
    return Decimal(0) if value is None else Decimal(str(value))


def months_on(month: dt.date, months: int) -> dt.date:
    whole = month.year * 12 + month.month - 1 + months
    return dt.date(whole // 12, whole % 12 + 1, 1)


def days(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    for offset in range((end - start).days):
        yield start + dt.timedelta(offset)


@dataclass
class Cell:
    """What happened in a queue (or at a site, for contacts) in one half hour."""

    client: str
    line: str
    site: str
    queue: str | None
    start: dt.datetime
    parts: dict[str, list[Decimal]] = field(default_factory=dict)

    def add(self, metric: str, numerator: int, denominator: int) -> None:
        sums = self.parts.setdefault(metric, [Decimal(0), Decimal(0)])
        sums[0] += numerator
        sums[1] += denominator

    def date(self, zone: str) -> dt.date:
        return self.start.astimezone(ZoneInfo(zone)).date()


class Books:
    """The raw rows, read once."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.terms = {name: self.rows(f"company__{name}") for name in LISTS}
        self.outages = self.rows("sim_crm__disruptions")
        self.contacts = {row["contact_id"]: row for row in self.rows("sim__contacts")}
        self.legs = self.rows("sim__contact_legs")
        self.cells, self.handled = self._cells()
        dates = [self.site_date(row) for row in self.contacts.values()]
        self.first, self.last = min(dates).replace(day=1), max(dates)

    def rows(self, table: str) -> list[Row]:
        answer = self.con.execute(f"select * from raw.{table} where _is_current")
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    @staticmethod
    def site_date(row: Row) -> dt.date:
        return utc(row["started_at"]).astimezone(ZoneInfo(row["_time_zone"])).date()

    def _cells(self) -> tuple[list[Cell], list[tuple[str, dt.datetime, int, int]]]:
        lines = {row["queue_code"]: row["line_of_business"] for row in self.terms["queues"]}
        cells: dict[Any, Cell] = {}

        def cell(row: Row, queue: str | None, line: str, at: dt.datetime) -> Cell:
            at = utc(at)
            start = at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0)
            key = (row["_client_id"], line, row["site_id"], queue, start)
            return cells.setdefault(key, Cell(*key))

        seconds: dict[str, int] = defaultdict(int)
        for leg in self.legs:
            seconds[leg["contact_id"]] += leg["talk_s"] + leg["hold_s"] + leg["acw_s"]
            if not offered(self.contacts[leg["contact_id"]]):
                continue
            queue = leg["queue_code"]
            at = cell(leg, queue, lines[queue], leg["queued_at"])
            answered, wait = leg["outcome"] == "answered", leg["wait_s"]
            short = leg["outcome"] == "abandoned" and wait <= 5
            at.add("offered", 1, 1)
            at.add("service_level.answered_of_offered_less_short",
                   answered and wait <= 20, not short)  # fmt: skip
            at.add("abandonment.of_queue_visits_less_short",
                   leg["outcome"] == "abandoned" and not short, not short)  # fmt: skip
            at.add("speed_of_answer.of_answered", wait if answered else 0, answered)
        numbers = {
            row["dialled_number"]: row["line_of_business"] for row in self.terms["dialled_numbers"]
        }
        handled = []
        for one in self.contacts.values():
            at = cell(one, None, numbers[one["dialled_number"]], one["started_at"])
            paid = offered(one) and one["outcome"] == "answered"
            handled.append((one["_client_id"], at.start, int(paid), seconds[one["contact_id"]]))
            if offered(one):
                gave_up = one["outcome"] in ("abandoned_in_ivr", "abandoned_in_queue")
                at.add("abandonment.of_contacts", gave_up, 1)
        return list(cells.values()), handled

    @cached_property
    def crowded(self) -> set[tuple[str, dt.date]]:
        """(contract, day) on which more was offered than the band around the forecast."""
        queues = {row["queue_code"]: row for row in self.terms["queues"]}
        expected = {(row["queue_code"], utc(row["half_hour_start_at"])): row["forecast_n"]
                    for row in self.terms["forecasts"]}  # fmt: skip
        visits = {(cell.queue, cell.start): cell.parts["offered"][0]
                  for cell in self.cells if "offered" in cell.parts}  # fmt: skip
        until = max(start for _, start in visits)
        found = set()
        for band in self.terms["forecast_bands"]:
            assert band["basis"] == "day"
            terms = next(
                c for c in self.terms["contracts"] if c["contract_id"] == band["contract_id"]
            )
            sums: dict[dt.date, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
            for (queue, start), forecast in expected.items():
                if start <= until and queues[queue]["client_id"] == terms["client_id"]:
                    day = start.astimezone(ZoneInfo(terms["time_zone"])).date()
                    sums[day][0] += visits.get((queue, start), Decimal(0))
                    sums[day][1] += number(forecast)
            found |= {(band["contract_id"], day) for day, (came, planned) in sums.items()
                      if came > planned * (1 + number(band["upper_rate"]))}  # fmt: skip
        return found

    def left_out(self, contract: str, clause: str, cell: Cell, day: dt.date) -> bool:
        for row in self.terms["clause_exclusions"]:
            if row["contract_id"] != contract or row["clause_id"] not in ("all", clause):
                continue
            if not holds(row, day):
                continue
            if row["exclusion"] == "holiday":
                where = row["jurisdiction"] or next(
                    (
                        j["jurisdiction"]
                        for j in self.terms["jurisdictions"]
                        if j["site_id"] == cell.site
                    ),
                    None,
                )
                if any(h["jurisdiction"] == where and h["holiday_date"] == day
                       for h in self.terms["holidays"]):  # fmt: skip
                    return True
            if row["exclusion"] == "volume_above_band" and (contract, day) in self.crowded:
                return True
            if row["exclusion"] == "outage" and any(self._hit(o, cell) for o in self.outages):
                return True
        return False

    @staticmethod
    def _hit(outage: Row, cell: Cell) -> bool:
        end = cell.start + dt.timedelta(minutes=30)
        return bool(
            outage["is_excused"]
            and outage["client_id"] in (None, cell.client)
            and outage["site_id"] in (None, cell.site)
            and outage["queue_code"] in (None, cell.queue)
            and utc(outage["started_at"]) < end
            and utc(outage["ended_at"]) > cell.start
        )


def utc(at: dt.datetime) -> dt.datetime:
    return at.replace(tzinfo=dt.UTC)


def offered(contact: Row) -> bool:
    return bool(contact["direction"] == "inbound" and contact["outcome"] != "phantom")
