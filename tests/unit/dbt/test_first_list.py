"""Who had left before the first list of an HR system is a leaver all the same."""

from tests.unit.dbt.compiled import Compiled
from tests.unit.dbt.test_employment import event, job

LISTED = "2026-03-02 08:00:00"


def test_leavers_of_the_first_list_are_in_no_blind_spot(compiled: Compiled) -> None:
    people = ("HERE", "JANUARY", "NOVEMBER")
    con = compiled.database(
        {
            "feed_employment": [job(one, "2024-05-01", LISTED) for one in people],
            "feed_employment_events": [
                *(event(f"h-{one}", one, "hire", "2024-05-01", LISTED) for one in people),
                event("t-1", "JANUARY", "termination", "2026-01-15", LISTED),
                event("t-2", "NOVEMBER", "termination", "2025-11-30", LISTED),
            ],
        },
        "attrition_headcount_month",
        "attrition_leaver",
        "int_employment_durations",
        "fct_employment_anomaly",
        through="2026-03-10",
    )
    assert con.execute(
        "select agent_id, left_date::varchar from attrition.attrition_leaver order by 2"
    ).fetchall() == [("hr:NOVEMBER", "2025-11-30"), ("hr:JANUARY", "2026-01-15")]
    assert con.execute(
        "select sum(leavers_n)::int, min(month_start_date)::varchar "
        "from attrition.attrition_headcount_month where known_as = 'as_is'"
    ).fetchall() == [(2, "2025-11-01")]
    assert con.execute("select count(*) from intermediate.int_employment_durations").fetchall() == [
        (3,)
    ]
    assert con.execute(
        "select count(*) from core.fct_employment_anomaly where rule = 'left_before_history'"
    ).fetchall() == [(0,)]
