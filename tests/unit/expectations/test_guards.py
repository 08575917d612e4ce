"""Guards from the contracts: one planted fault each, and exactly the guard for it fails."""

from pathlib import Path

import duckdb
import pytest

from expectations.guards import from_contracts, gx
from expectations.guards.tables import GuardModel
from ground.home import CHECKOUT
from metrics.contracts import reader

METRICS = ("service_level_answered_of_offered", "handle_time_of_handled", "offered_queue_visits")
CLEAN = """
    create table sum_queue_visit as
    select * from (values
        ('acme', 'krk', 'q1', date '2026-03-02', 60, 100, 9000, 50),
        ('acme', 'mnl', 'q2', date '2026-03-02', 0, 0, 0, 0),
        ('bolt', 'mnl', 'q3', date '2026-03-02', 20, 50, 4000, 40)
    ) as t(client_id, site_id, queue_id, day, queue_visits_answered_in_time,
           queue_visits_offered, handle_s, legs_handled);
    create table metric_queue_visit as
    select client_id, day,
        sum(queue_visits_answered_in_time)::bigint as queue_visits_answered_in_time,
        sum(queue_visits_offered)::bigint as queue_visits_offered,
        sum(handle_s)::bigint as handle_s, sum(legs_handled)::bigint as legs_handled,
        sum(queue_visits_answered_in_time) / nullif(sum(queue_visits_offered), 0)::double
            as service_level_answered_of_offered,
        sum(handle_s) / nullif(sum(legs_handled), 0)::double as handle_time_of_handled,
        sum(queue_visits_offered)::bigint as offered_queue_visits
    from sum_queue_visit group by all;
"""


def failing(tmp_path: Path, fault: str) -> set[str]:
    """Ids of the guards that do not pass once `fault` (SQL) has been planted."""
    defined = reader.load(CHECKOUT / "dbt_project" / "models" / "metrics")
    metrics = tuple(defined.metric(one) for one in METRICS)
    model = GuardModel(
        name="queue_visit",
        fact="fct_contact_leg",
        metrics=metrics,
        parts=tuple(dict.fromkeys(part for metric in metrics for part in metric.parts)),
        keys=("client_id", "site_id", "queue_id"),
    )
    path = tmp_path / "guards.duckdb"
    con = duckdb.connect(str(path))
    con.execute(CLEAN)
    con.execute(fault)
    con.close()
    found = list(from_contracts.guards_of(model))
    outcomes = gx.validate(path, {guard.check_id: guard.violations for guard in found})
    con = duckdb.connect(str(path), read_only=True)
    try:
        for guard in found:
            # The SQL that shows the rows must see what Great Expectations saw.
            broken = bool(con.execute(guard.violations).fetchall())
            assert broken == (outcomes[guard.check_id].status == "fail"), guard.check_id
    finally:
        con.close()
    return {check for check, outcome in outcomes.items() if outcome.status != "pass"}


SERVICE, HANDLE = "gx.service_level.answered_of_offered", "gx.handle_time.of_handled"
FAULTS = {
    "nothing": ("select 1", set()),
    "a value beyond its bounds": (
        """update metric_queue_visit set service_level_answered_of_offered = 1.2,
           queue_visits_answered_in_time = 120 where client_id = 'acme';
           update sum_queue_visit set queue_visits_answered_in_time = 120 where queue_id = 'q1'""",
        {f"{SERVICE}.bounds", f"{SERVICE}.part_of_whole"},
    ),
    "nothing over nothing shown as 100 %": (
        """delete from sum_queue_visit where queue_id = 'q3';
           update metric_queue_visit set queue_visits_answered_in_time = 0, legs_handled = 0,
           queue_visits_offered = 0, offered_queue_visits = 0, handle_s = 0,
           handle_time_of_handled = null, service_level_answered_of_offered = 1
           where client_id = 'bolt';
           insert into sum_queue_visit values
           ('bolt', 'mnl', 'q3', date '2026-03-02', 0, 0, 0, 0)""",
        {f"{SERVICE}.null_rule"},
    ),
    "a true 0 shown as nothing": (
        """update metric_queue_visit set queue_visits_answered_in_time = 0,
           service_level_answered_of_offered = null where client_id = 'bolt';
           update sum_queue_visit set queue_visits_answered_in_time = 0 where queue_id = 'q3'""",
        {f"{SERVICE}.null_rule"},
    ),
    "a ratio that is not its parts'": (
        "update metric_queue_visit set handle_time_of_handled = 99 where client_id = 'bolt'",
        {f"{HANDLE}.null_rule"},
    ),
    "a join that counts rows twice": (
        """update metric_queue_visit set queue_visits_offered = 200, offered_queue_visits = 200,
           service_level_answered_of_offered = 0.3 where client_id = 'acme'""",
        {"gx.queue_visits_offered.adds_up"},
    ),
    "a client that MetricFlow lost": (
        "delete from metric_queue_visit where client_id = 'bolt'",
        {
            f"gx.{part}.adds_up"
            for part in (
                "queue_visits_answered_in_time", "queue_visits_offered", "handle_s", "legs_handled",
            )
        },
    ),
    "a site that sends milliseconds": (
        """update sum_queue_visit set handle_s = handle_s * 1000 where site_id = 'krk';
           update metric_queue_visit set handle_s = handle_s * 1000,
           handle_time_of_handled = handle_time_of_handled * 1000 where client_id = 'acme'""",
        {
            f"{HANDLE}.bounds", f"{HANDLE}.plausible_by_site_id",
            f"{HANDLE}.plausible_by_site_id_queue_id",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_fails_exactly_its_own_guards(tmp_path: Path, fault: str) -> None:
    sql, expected = FAULTS[fault]
    assert failing(tmp_path, sql) == expected


def test_a_few_long_calls_are_no_change_of_unit(tmp_path: Path) -> None:
    few = """update sum_queue_visit set handle_s = 29 * 4000, legs_handled = 29
             where queue_id = 'q3';
             update metric_queue_visit set handle_s = 29 * 4000, legs_handled = 29,
             handle_time_of_handled = 4000 where client_id = 'bolt'"""
    assert failing(tmp_path, few) == set()


def test_what_blocks_the_snapshot_and_what_a_client() -> None:
    metric = reader.load(CHECKOUT / "dbt_project" / "models" / "metrics").metric(METRICS[1])
    model = GuardModel("queue_visit", "fct_contact_leg", (metric,), metric.parts, ("site_id",))
    radius = {
        guard.check_id.rsplit(".", 1)[-1]: guard.radius for guard in from_contracts.guards_of(model)
    }
    assert radius["bounds"] == "client"
    assert radius["plausible_by_site_id"] == radius["adds_up"] == "snapshot"
