"""The roll-forward closes at every level on any history, and as was stays what was published."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.dbt.compiled import Compiled
from tests.unit.dbt.test_employment import event, job

LEVELS = {
    "site_id": "site",
    "client_id": "client",
    "line_of_business": "line_of_business",
    "leader_id": "leader",
    "role": "role",
    "tenure_band": "tenure_band",
}
MONTHS = (
    "select known_as, strftime(month_start_date, '%m'), sum(opening_n)::int, sum(hires_n)::int, "
    "sum(leavers_n)::int, sum(closing_n)::int from attrition.attrition_headcount_month "
    "where month_start_date >= '2026-04-01' group by all order by all"
)


def test_history_that_arrives_late_changes_what_is_and_not_what_was(compiled: Compiled) -> None:
    """Somebody's leaving in April is recorded on 20 May: after April was closed."""
    rows = {
        "feed_employment": [
            job("A", "2026-01-05", "2026-01-01 08:00:00"),
            job("B", "2026-01-05", "2026-01-01 08:00:00"),
        ],
        "feed_employment_events": [
            event("1", "A", "hire", "2026-01-05", "2026-01-01 08:00:00"),
            event("2", "B", "hire", "2026-01-05", "2026-01-01 08:00:00"),
        ],
    }
    late = event("3", "B", "termination", "2026-04-16", "2026-05-20 08:00:00")
    published = compiled.database(rows, "attrition_headcount_month", through="2026-05-06")
    as_published = published.execute(MONTHS).fetchall()
    rows["feed_employment_events"].append(late)
    con = compiled.database(rows, "attrition_headcount_month", through="2026-05-31")
    found = con.execute(MONTHS).fetchall()
    assert ("as_is", "04", 2, 0, 1, 1) in found
    assert ("as_was", "04", 2, 0, 0, 2) in found
    assert ("as_was", "05", 1, 0, 0, 1) in found
    assert [row for row in as_published if row[1] == "04"] == [
        ("as_is", "04", 2, 0, 0, 2),
        ("as_was", "04", 2, 0, 0, 2),
    ]


def test_leavers_have_their_class_their_reason_and_their_leader(compiled: Compiled) -> None:
    con = compiled.database(
        {
            "stg_company__termination_codes": [
                {
                    "source_system": "hr",
                    "termination_code": "V1",
                    "termination_class": "voluntary",
                    "reason": "pay",
                    "valid_from": "2020-01-01",
                }
            ],
            "feed_employment": [
                job("A", "2026-01-05", "2026-01-01 08:00:00"),
                job("A", "2026-02-01", "2026-01-20 08:00:00", leader_code="L2"),
                job("B", "2026-01-05", "2026-01-01 08:00:00", valid_to="2026-02-10"),
            ],
            "feed_employment_events": [
                event("1", "A", "hire", "2026-01-05", "2026-01-01 08:00:00"),
                event(
                    "2",
                    "A",
                    "termination",
                    "2026-03-01",
                    "2026-02-20 08:00:00",
                    termination_code="V1",
                    is_regretted=True,
                ),
            ],
        },
        "attrition_leaver",
        "attrition_headcount_month",
    )
    assert con.execute(
        "select agent_id, left_date::varchar, leader_id, first_leader_id, termination_class, "
        "termination_reason, tenure_days from attrition.attrition_leaver order by 1"
    ).fetchall() == [
        ("hr:A", "2026-03-01", "hr:L2", "hr:L1", "voluntary", "pay", 55),
        ("hr:B", "2026-02-10", "hr:L1", "hr:L1", "unmapped", "unmapped", 36),
    ]
    assert con.execute(
        "select sum(leavers_n)::int, sum(leavers_voluntary_n)::int, sum(leavers_regretted_n)::int, "
        "sum(tenure_days_lost)::int, sum(leader_moved_in_n)::int "
        "from attrition.attrition_headcount_month where known_as = 'as_is'"
    ).fetchall() == [(2, 1, 1, 91, 1)]


DAYS = st.dates(date(2026, 1, 1), date(2026, 8, 31))
JOBS = st.tuples(
    st.sampled_from("ABC"),
    DAYS,
    st.one_of(st.none(), st.integers(1, 120)),
    st.integers(-20, 40),
    st.sampled_from([("L1", "waw", "acme"), ("L2", "waw", "acme"), ("L3", "man", None)]),
    st.sampled_from(["agent", "mentor"]),
    st.booleans(),
)
EVENTS = st.tuples(
    st.sampled_from("ABC"),
    st.sampled_from(["hire", "rehire", "termination", "termination"]),
    DAYS,
    st.integers(-20, 40),
    st.booleans(),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(JOBS, min_size=1, max_size=8), st.lists(EVENTS, max_size=8))
def test_headcount_rolls_forward_at_every_level_on_any_history(
    compiled: Compiled, jobs: list[Any], events: list[Any]
) -> None:
    recorded = {"feed_employment": [], "feed_employment_events": []}
    for number, (agent, start, length, lag, (leader, site, client), role, withdrawn) in enumerate(
        jobs
    ):
        at = datetime.combine(start, datetime.min.time()) + timedelta(days=lag, seconds=number)
        row = job(
            agent,
            str(start),
            str(at),
            valid_to=start + timedelta(days=length) if length else None,
            leader_code=leader,
            site_id=site,
            client_id=client,
            role=role,
            is_withdrawn=withdrawn and number % 3 == 0,
        )
        recorded["feed_employment"].append(row)
    for number, (agent, kind, day, lag, taken_back) in enumerate(events):
        at = datetime.combine(day, datetime.min.time()) + timedelta(days=lag, seconds=number)
        recorded["feed_employment_events"].append(
            event(str(number), agent, kind, str(day), str(at))
        )
        if taken_back and number % 3 == 0:
            later = at + timedelta(days=9)
            recorded["feed_employment_events"].append(
                event(
                    f"r{number}",
                    agent,
                    "rescind",
                    str(day),
                    str(later),
                    rescinds_event_id=str(number),
                )
            )
    con = compiled.database(recorded, "attrition_headcount_month", through="2026-09-15")
    for level, moves in LEVELS.items():
        assert (
            con.execute(
                f"select month_start_date, {level} from attrition.attrition_headcount_month "
                f"group by known_as, month_start_date, {level} having sum(closing_n) <> sum("
                "opening_n + hires_n + rehires_n + unrecorded_hires_n - leavers_n "
                f"+ {moves}_moved_in_n - {moves}_moved_out_n)"
            ).fetchall()
            == []
        )
    broken = (
        "select * from attrition.attrition_headcount_month where closing_n <> opening_n + hires_n "
        "+ rehires_n + unrecorded_hires_n + moved_in_n - leavers_n - moved_out_n"
    )
    assert con.execute(broken).fetchall() == []
    chained = (
        "with month as (select month_start_date as start, sum(opening_n) as opening_n, "
        "sum(closing_n) as closing_n from attrition.attrition_headcount_month "
        "where known_as = 'as_is' group by 1) "
        "select now.start from month as now join month as then_ "
        "on now.start = then_.start + interval 1 month and now.opening_n <> then_.closing_n"
    )
    assert con.execute(chained).fetchall() == []
    doubled = (
        "select agent_id from intermediate.int_employment_month "
        "where is_closing group by known_as, month_start_date, agent_id having count(*) > 1"
    )
    assert con.execute(doubled).fetchall() == []
