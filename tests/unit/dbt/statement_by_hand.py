"""Statements worked out by hand from raw rows: plain Python and Decimal, nothing of the product.

Written from docs/client-statements.md and the contracts of the lists, not from the SQL.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.unit.dbt.books_by_hand import END, Books, Row, cents, days, holds, months_on, number

Key = tuple[str, dt.date, str]
Line = tuple[Decimal | None, ...]


@dataclass
class Month:
    """One version of a clause in one month."""

    numerator: Decimal = Decimal(0)
    denominator: Decimal = Decimal(0)
    own: Decimal | None = None
    stated: Decimal | None = None
    attained: bool | None = None
    missed_n: int = 0
    points: Decimal | None = None
    credit: Decimal | None = Decimal(0)
    bonus: Decimal | None = Decimal(0)


class Statements:
    """Every line of every contract and month: numerator, denominator, points, amount, in group."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.lines: dict[Key, Line] = {}
        for contract in {row["contract_id"] for row in books.terms["contracts"]}:
            self._contract(contract)

    def _contract(self, contract: str) -> None:
        versions = [r for r in self.books.terms["contracts"] if r["contract_id"] == contract]
        self.client, self.zone = versions[0]["client_id"], versions[0]["time_zone"]
        self.fees = self._fees(versions)
        clauses = {
            (row["clause_id"], row["valid_from"]): row
            for row in self.books.terms["contract_clauses"]
            if row["contract_id"] == contract
        }
        values = self._values(contract, clauses)
        for (clause_id, start, month), value in sorted(values.items()):
            self._judge(clauses[clause_id, start], month, value, values)
            self._price(contract, versions, clauses[clause_id, start], month, value)
        for month in sorted({day.replace(day=1) for day in self.fees}):
            self._state(contract, versions, month, clauses, values)

    def _fees(self, versions: Sequence[Row]) -> dict[dt.date, list[Decimal]]:
        """Fixed, contact and hour fee of each day, with what the last two were paid for."""
        counted: dict[dt.date, list[int]] = defaultdict(lambda: [0, 0])
        for client, start, paid, seconds in self.books.handled:
            if client == self.client:
                day = start.astimezone(ZoneInfo(self.zone)).date()
                counted[day][0] += paid
                counted[day][1] += seconds
        fees = {}
        for day in days(self.books.first, months_on(self.books.last, 1)):
            terms = next(row for row in versions if holds(row, day))
            in_month = (months_on(day, 1) - day.replace(day=1)).days
            contacts_n, seconds = map(Decimal, counted[day])
            fees[day] = [
                number(terms["monthly_fee"]) / in_month,
                number(terms["fee_per_contact"]) * contacts_n,
                number(terms["fee_per_productive_hour"]) * seconds / 3600,
                contacts_n,
                seconds,
            ]
        return fees

    def _fee(self, start: dt.date, end: dt.date) -> Decimal:
        return sum((sum(self.fees[day][:3]) for day in days(start, end)), Decimal(0))

    def _next_fee(self, month: dt.date) -> Decimal | None:
        """The bill of the month after, once it is closed."""
        start, end = months_on(month, 1), months_on(month, 2)
        return self._fee(start, end) if end - dt.timedelta(1) <= self.books.last else None

    def _values(self, contract: str, clauses: dict[Any, Row]) -> dict[Any, Month]:
        values: dict[Any, Month] = {}
        for (clause_id, start), clause in clauses.items():
            periods: dict[Any, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
            for cell in self.books.cells:
                if cell.client != self.client or clause["metric"] not in cell.parts:
                    continue
                if clause["line_of_business"] not in ("all", cell.line):
                    continue
                day = cell.date(self.zone)
                if not holds(clause, day):
                    continue
                at = {"interval": cell.start, "day": day, "month": None}[clause["period"]]
                sums = periods[day.replace(day=1), at]
                if not self.books.left_out(contract, clause_id, cell, day):
                    for which in (0, 1):
                        sums[which] += cell.parts[clause["metric"]][which]
            for day in self.fees:
                if day.day == 1 and start < months_on(day, 1) and (clause["valid_to"] or END) > day:
                    values[clause_id, start, day] = Month()
            for month in {month for month, _ in periods}:
                judged = [sums for (of, _), sums in periods.items() if of == month]
                values[clause_id, start, month] = _valued(clause, judged)
        return values

    def _judge(self, clause: Row, month: dt.date, value: Month, values: dict[Any, Month]) -> None:
        value.stated = value.own
        if clause["carry_over"] == "average_previous_month" and value.own is not None:
            before = [
                one.own
                for (name, _, of), one in sorted(values.items())
                if name == clause["clause_id"] and of == months_on(month, -1)
            ]
            if before and before[-1] is not None:
                value.stated = (value.own + before[-1]) / 2
        if value.stated is None:
            return
        value.stated = value.stated.quantize(Decimal("1e-9"), ROUND_HALF_UP)
        if clause["period"] != "month":
            value.attained = value.stated >= number(clause["required_share"])
        elif clause["comparison"] == "at_least":
            value.attained = value.stated >= number(clause["threshold"])
        else:
            value.attained = value.stated <= number(clause["threshold"])

    def _price(
        self, contract: str, versions: Sequence[Row], clause: Row, month: dt.date, value: Month
    ) -> None:
        start = max(clause["valid_from"], month)
        end = min(clause["valid_to"] or END, months_on(month, 1))
        if month not in self.fees:
            return
        base: Decimal | None = self._fee(start, end)
        if next(row for row in versions if holds(row, start))["credit_base"] == "next_month":
            base = self._next_fee(month)
            whole = (months_on(month, 1) - month).days
            base = None if base is None else base * (end - start).days / whole
        missed = int(value.attained is False)
        if clause["applies_per"] == "missed_period":
            missed = value.missed_n
        of_one = number(clause["consequence_value"])
        if clause["consequence"] == "points":
            short = number(clause["required_share"]) if clause["period"] != "month" else Decimal(0)
            stepped = None
            if clause["period"] != "month" and value.stated is not None:
                stepped = self._step(contract, clause["clause_id"], short - value.stated)
            value.points = missed * (of_one if stepped is None else stepped)
        elif clause["consequence"] == "amount":
            value.credit = cents(missed * of_one)
        else:
            value.credit = None if base is None else cents(missed * of_one * base)
        if clause["cap_rate"] is not None and base is not None and value.credit is not None:
            value.credit = min(value.credit, cents(number(clause["cap_rate"]) * base) or Decimal(0))
        if clause["bonus_rate"] is not None and value.own is not None:
            own = value.own.quantize(Decimal("1e-9"), ROUND_HALF_UP)
            if own >= number(clause["bonus_threshold"]):
                value.bonus = None if base is None else cents(number(clause["bonus_rate"]) * base)

    def _step(self, contract: str, clause: str, value: Decimal) -> Decimal | None:
        steps = [
            (number(row["from_value"]), number(row["result_value"]))
            for row in self.books.terms["clause_points"]
            if (row["contract_id"], row["clause_id"]) == (contract, clause)
        ]
        reached = [step for step in sorted(steps) if step[0] <= value]
        return reached[-1][1] if reached else None

    def _state(
        self, contract: str, versions: Sequence[Row], month: dt.date, clauses: Any, values: Any
    ) -> None:
        end = months_on(month, 1)
        last = next(row for row in versions if holds(row, end - dt.timedelta(1)))
        rate = next(
            number(row["rate"])
            for row in self.books.terms["fx_rates"]
            if row["currency"] == last["currency"] and holds(row, end - dt.timedelta(1))
        )

        def state(line: str, amount: Decimal | None, *more: Decimal | None) -> None:
            in_group = None if amount is None else cents(amount * rate)
            told = [None if x is None else x for x in (*more, None, None, None)[:3]]
            self.lines[contract, month, line] = (*told, amount, in_group)

        sums = [sum((self.fees[d][i] for d in days(month, end)), Decimal(0)) for i in range(5)]
        state("fee.fixed", cents(sums[0]))
        state("fee.contacts", cents(sums[1]), None, sums[3])
        state("fee.hours", cents(sums[2]), None, sums[4])
        mine = {key: value for key, value in values.items() if key[2] == month}
        for (name, start, _), value in mine.items():
            credit = None if value.credit is None else -value.credit
            state(
                f"clause.{name}@{start}", credit, value.numerator, value.denominator, value.points
            )
            if value.bonus != 0:
                state(f"bonus.{name}@{start}", value.bonus)
        self._credit(contract, last, month, list(mine.values()), state)
        for name in {name for name, _ in clauses}:
            self._earn_back(name, month, clauses, values, state)

    def _credit(
        self, contract: str, last: Row, month: dt.date, mine: Sequence[Month], state: Any
    ) -> None:
        base: Decimal | None = self._fee(month, months_on(month, 1))
        if last["credit_base"] == "next_month":
            base = self._next_fee(month)
        points = [value.points for value in mine if value.points is not None]
        for_points: Decimal | None = Decimal(0)
        if points:
            share = self._step(contract, "all", sum(points, Decimal(0))) or Decimal(0)
            if share:
                for_points = None if base is None else cents(share * base)
            state("points", None if for_points is None else -for_points, None, None, sum(points))
        if last["credit_cap_rate"] is None:
            return
        cap = None if base is None else cents(number(last["credit_cap_rate"]) * base)
        credits = [value.credit for value in mine]
        if cap is None or for_points is None or None in credits:
            state("cap", None)
            return
        given = sum((one for one in credits if one is not None), for_points)
        if given > cap:
            state("cap", given - cap)

    def _earn_back(self, name: str, month: dt.date, clauses: Any, values: Any, state: Any) -> None:
        terms = next(row for (of, _), row in clauses.items() if of == name)
        if not terms["earn_back_months"]:
            return
        missed = months_on(month, -terms["earn_back_months"])
        months: dict[dt.date, list[Month]] = defaultdict(list)
        for (of, _, at), value in values.items():
            if of == name and missed <= at <= month:
                months[at].append(value)
        if len(months) != terms["earn_back_months"] + 1:
            return
        credit = sum((value.credit or Decimal(0) for value in months.pop(missed)), Decimal(0))
        kept = all(value.attained for later in months.values() for value in later)
        if credit > 0 and kept:
            state(f"earn_back.{name}.{missed}", cents(credit * number(terms["earn_back_rate"])))


def _valued(clause: Row, periods: Sequence[Sequence[Decimal]]) -> Month:
    """A month from its periods: those with enough events count."""
    month = Month()
    threshold = number(clause["threshold"])
    judged = [(top, base) for top, base in periods if base >= max(clause["minimum_n"] or 1, 1)]
    met = [
        (top, base)
        for top, base in judged
        if (
            top >= threshold * base
            if clause["comparison"] == "at_least"
            else top <= threshold * base
        )
    ]
    month.missed_n = len(judged) - len(met)
    month.numerator = sum((top for top, _ in judged), Decimal(0))
    month.denominator = sum((base for _, base in judged), Decimal(0))
    if not judged:
        return month
    if clause["period"] == "month":
        month.own = month.numerator / month.denominator
    elif clause["weighting"] == "volume":
        month.own = sum((base for _, base in met), Decimal(0)) / month.denominator
    else:
        month.own = Decimal(len(met)) / len(judged)
    return month
