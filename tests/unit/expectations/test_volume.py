"""What is missing is found, whatever is missing; what is usual is not called missing."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pytest

from expectations.volume import arrivals, published
from expectations.volume.arrivals import Calendar, Feed, Shown
from expectations.volume.finding import results
from publish.specs import Spec, Volume
from publish.volume import ALL, Rows

NIGHT = dt.date(2026, 11, 20)
FEEDS = ("sim.contacts", "zendesk.tickets")
Key = tuple[str, str, str]


def spec(*partition_by: str, volume: Volume | None = None, once: str | None = None) -> Spec:
    return Spec(
        name="interaction.contact", model="fct_contact", unique_id="model.x.fct_contact",
        relation=("core", "fct_contact"), description="", partition_by=partition_by,
        month_of="site_date", key=("contact_id",), docs={}, once=once, volume=volume or Volume(),
    )  # fmt: skip


def by_client(**rows: int) -> Rows:
    """Rows of October by client, all of them sent by `sim`."""
    total = sum(rows.values())
    found: dict[Key, int] = {}
    for month in (ALL, "2026-10"):
        found[ALL, ALL, month] = total
        found["source_system", "sim", month] = total
        for client, n in rows.items():
            found["client_id", client, month] = n
    return found


def told(
    before: Rows, now: Rows, of: Spec | None = None, arrived_n: int = 0
) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Kind, whose, when and what is held, of every finding."""
    table = published.Built(
        of or spec("client_id", "site_month"), before, now, FEEDS, arrived_n, is_fact=True
    )
    found = published.findings({"interaction.contact": table}, "2026-11")
    return [(f.kind, f.whose, f.when, f.clients or f.feeds) for f in found]


FALLEN = {
    "a client that has no row left": (
        by_client(acme=500, bolt=3), by_client(acme=500),
        [("gone", "client bolt", "", ("bolt",))],
    ),
    "half of a client's month": (
        by_client(acme=500, bolt=80), by_client(acme=500, bolt=40),
        [("fell", "client bolt", "2026-10", ("bolt",))],
    ),
    "all rows of a table": (
        by_client(acme=500), {}, [("gone", "all of it", "", FEEDS)],
    ),
    "single rows that a correction takes": (
        by_client(acme=500, bolt=30), by_client(acme=460, bolt=20), [],
    ),
    "codes that a map has come to know": (
        by_client(acme=500, unmapped=90), by_client(acme=590), [],
    ),
    "a month that doubles by itself": (
        by_client(acme=500), by_client(acme=1100),
        [("rose", "client acme", "2026-10", ("acme",))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FALLEN)
def test_rows_that_readers_have_do_not_go_unseen(case: str) -> None:
    before, now, expected = FALLEN[case]
    assert told(before, now) == expected


def test_a_month_may_grow_by_what_came() -> None:
    assert told(by_client(acme=500), by_client(acme=1100), arrived_n=600) == []


def test_an_account_that_vanishes_holds_the_feeds_of_its_system_alone() -> None:
    before = dict(by_client(acme=500))
    before["source_system", "zendesk/beta", ALL] = 7
    assert told(before, by_client(acme=500)) == [("gone", "zendesk/beta", "", ("zendesk.tickets",))]


def test_what_an_account_lost_is_not_said_twice() -> None:
    before, now = by_client(acme=500, bolt=400), by_client(acme=500, bolt=100)
    assert [whose for _, whose, *_ in told(before, now)] == ["client bolt"]


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        (None, ["fell"]),
        (Volume(fall=0.9, why="read again each quarter"), []),
        (Volume(free=True, why="no breach is good news"), []),
    ],
)
def test_a_table_without_months_has_its_own_bound(
    bound: Volume | None, expected: list[str]
) -> None:
    """Scorecards of 15 people where there were 34."""
    of = replace(spec(), volume=bound or Volume())
    before, now = {(ALL, ALL, ALL): 34}, {(ALL, ALL, ALL): 15}
    assert [kind for kind, *_ in told(before, now, of)] == expected


def feed(days: Mapping[int, int], client: str = "acme", other: int = 40, **values: object) -> Feed:
    """Rows of `client` by days back from the night; the other client has the same each day."""
    rows: dict[tuple[str, str, dt.date], int] = {}
    for back in range(60):
        day = NIGHT - dt.timedelta(days=back)
        own = days.get(back, days.get(-1, 0))
        rows["sim", client, day], rows["sim", "other", day] = own, other
        rows["sim", ALL, day] = own + other
    made = Feed(
        name="sim.contacts", late_after_hours=30, fall=0.5, rise=3.0, rises=True, rows=rows,
        first={"sim": NIGHT - dt.timedelta(days=59)},
    )  # fmt: skip
    return replace(made, **values)  # type: ignore[arg-type]


def came(one: Feed, calendar: Calendar | None = None, shown: Shown | None = None) -> list[str]:
    """What is said of the arrivals of the last night; readers have the night before."""
    calendar = calendar or Calendar(NIGHT, (), {})
    shown = shown or Shown(NIGHT - dt.timedelta(days=1), {}, {})
    return [f"{f.kind} {f.whose} {f.when}" for f in arrivals.findings(one, calendar, shown)]


COMES = {
    "the usual": (feed({-1: 90, 0: 80}), []),
    "nothing of a client": (feed({-1: 30, 0: 0}), ["not_come client acme 2026-11-20"]),
    "a third of a client": (feed({-1: 90, 0: 25}), ["came_less client acme 2026-11-20"]),
    "four times as much": (feed({-1: 90, 0: 400}), ["came_more sim 2026-11-20"]),
    "a small client's quiet day": (feed({-1: 4, 0: 0}), []),
    "a small client's quiet week": (
        feed({-1: 4, **dict.fromkeys(range(7), 0)}), ["not_come client acme 2026-11-20"],
    ),
    "a feed of changes that sends all of it": (feed({-1: 90, 0: 900}, rises=False), []),
}  # fmt: skip


@pytest.mark.parametrize("case", COMES)
def test_what_came_is_compared_with_the_same_weekdays_before(case: str) -> None:
    one, expected = COMES[case]
    assert came(one) == expected


def test_a_feed_that_did_not_come_is_judged_once_its_term_is_over() -> None:
    without = feed({-1: 90, 0: 0, 1: 0}, other=0)
    tonight = came(without)
    assert tonight == ["not_come sim 2026-11-19"], "tonight's may still be on its way"
    patient = replace(without, late_after_hours=54)
    assert came(patient) == []


def test_a_client_that_is_held_stays_open_until_its_day_comes() -> None:
    held = Shown(NIGHT - dt.timedelta(days=1), {"acme": NIGHT - dt.timedelta(days=3)}, {})
    one = feed({-1: 30, 2: 0})
    assert came(one) == []
    assert came(one, shown=held) == ["not_come client acme 2026-11-18"]


def test_holidays_and_the_end_of_a_client_are_no_absence() -> None:
    nothing = feed({-1: 30, 0: 0})
    assert came(nothing, Calendar(NIGHT, {NIGHT}, {})) == []
    assert came(nothing, Calendar(NIGHT, (), {"acme": NIGHT})) == []
    last_week = feed({-1: 90, 0: 80, 7: 3})
    assert came(last_week, Calendar(NIGHT, {NIGHT - dt.timedelta(days=7)}, {})) == []


def test_an_acceptance_is_told_and_holds_nothing_back() -> None:
    (found,) = arrivals.findings(
        feed({-1: 30, 0: 0}), Calendar(NIGHT, (), {}), Shown(NIGHT - dt.timedelta(days=1), {}, {})
    )
    held = [one for one in results([found]) if one.holds]
    assert [(one.check_id, one.clients) for one in held] == [("volume.not_come_client", ("acme",))]
    assert "--accept" in held[0].reason
    accepted = results([found], "closed for the move")
    assert not any(one.holds for one in accepted)
    assert [one.reason for one in accepted if not one.passed] == [
        "nothing came for a date, though the same weekdays before had rows; "
        "accepted: closed for the move"
    ]
