"""Drift: a day is held against its own weekdays, and told when it lies far from them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tests.unit.dbt.compiled import Compiled

LATE = ("repeat", "survey", "outcome", "case", "case_event", "evaluation")
THURSDAY = date(2026, 11, 19)
THROUGH = THURSDAY + timedelta(days=1)


def offered(weeks: int, today: float, usual: float = 100) -> list[dict[str, Any]]:
    """One site's and its client's contacts on so many Thursdays before, and on this one.

    Each Thursday before is a little more or less than usual; Friday says that Thursday is whole.
    """
    days = [
        (THURSDAY - timedelta(days=7 * n), usual + (n % 3 - 1) * 4) for n in range(1, weeks + 1)
    ]
    days += [(THURSDAY, today), (THROUGH, usual)]
    return [
        {
            "semantic_model": "contact",
            "part": "contacts_offered",
            "grain": "day",
            "entity_kind": kind,
            "entity_id": kind,
            "client_id": "acme" if kind == "client" else None,
            "period_start_date": day,
            "month_start_date": day.replace(day=1),
            "amount": amount,
        }
        for day, amount in days
        for kind in ("client", "site")
    ]


def drift(
    compiled: Compiled, parts: list[dict[str, Any]], **lists: Sequence[Mapping[str, Any]]
) -> list[tuple[Any, ...]]:
    given = {
        "int_metric_part_day": parts,
        **{f"int_metric_part_{fact}": [] for fact in LATE},
        "int_metric_part_whole": [],
        **{f"stg_company__{name}": rows for name, rows in lists.items()},
    }
    con = compiled.database(given, "int_metric_drift", through=str(THROUGH))
    return con.execute(
        "select metric, entity_kind, period_start_date, value, usual, weekdays_n"
        " from intermediate.int_metric_drift order by all"
    ).fetchall()


def test_a_day_like_its_weekdays_is_no_news(compiled: Compiled) -> None:
    assert drift(compiled, offered(10, today=108)) == []


def test_a_day_far_from_its_weekdays_is_told_for_the_client_and_the_site(
    compiled: Compiled,
) -> None:
    assert drift(compiled, offered(10, today=10)) == [
        ("offered.contacts", kind, THURSDAY, 10, 100, 10) for kind in ("client", "site")
    ]


def test_fewer_than_eight_weekdays_prove_nothing(compiled: Compiled) -> None:
    assert drift(compiled, offered(7, today=10)) == []
    assert drift(compiled, offered(8, today=10)) != []


def test_public_holidays_are_neither_judged_nor_judged_by(compiled: Compiled) -> None:
    place = [{"site_id": "site", "jurisdiction": "PL", "valid_from": date(2020, 1, 1)}]
    today = [{"jurisdiction": "PL", "holiday_date": THURSDAY}]
    assert drift(compiled, offered(10, today=10), jurisdictions=place, holidays=today) == []
    before = [
        {"jurisdiction": "PL", "holiday_date": THURSDAY - timedelta(days=7 * n)} for n in (1, 2, 3)
    ]
    assert drift(compiled, offered(10, today=10), jurisdictions=place, holidays=before) == []


def test_a_ratio_is_judged_as_a_ratio(compiled: Compiled) -> None:
    parts = offered(10, today=100)
    for share, part in ((0.9, "contacts_answered"),):
        parts += [
            row
            | {
                "part": part,
                "amount": row["amount"] * (0.4 if row["period_start_date"] == THURSDAY else share),
            }
            for row in offered(10, today=100)
        ]
    told = {row[:2] for row in drift(compiled, parts)}
    assert told == {("answer_rate.of_contacts", "client"), ("answer_rate.of_contacts", "site")}
