"""Late and corrected rows rewrite their dates, all of them and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.dbt.warehouse_of_a_night import Night, contact, first_night, leg

MART_ROWS = """
select 'contact', contact_id, site_date from core.fct_contact where contact_id = 'sim:moves'
union all
select 'leg', leg_id, site_date from core.fct_contact_leg where contact_id = 'sim:moves'
union all
select 'half hour', 'abandoned', site_date
from interaction.interaction_queue_half_hour where abandoned_n > 0
union all
select 'client day', 'abandoned', site_date from client.client_day where abandoned_in_queue_n > 0
order by all
"""
TABLES = (
    "core.fct_contact",
    "core.fct_contact_leg",
    "core.fct_agent_activity",
    "intermediate.int_agent_sessions",
    "interaction.interaction_queue_half_hour",
    "agent.agent_day",
    "client.client_day",
    "intermediate.int_metric_part_day",
    "intermediate.int_metric_part_repeat",
    "metric.metric_value",
)


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """A first night, then one whose correction moves a contact from the 24th to the 22nd."""
    night = first_night(tmp_path_factory.mktemp("touched"))
    night.build()
    night.batch()
    night.execute("update core.fct_contact set anomaly = 'marked by the test'")
    night.supersede("sim__contacts", "moves")
    night.supersede("sim__contact_legs", "moves")
    moved = contact("moves", "2026-10-22 10:00:00", "abandoned_in_queue", _file_id=2)
    night.load("sim__contacts", [moved], "started_at")
    night.load(
        "sim__contact_legs",
        [leg("moves", "2026-10-22 10:00:10", "abandoned", wait_s=40, _file_id=2)],
        "queued_at",
    )
    night.build()
    return night


def test_a_corrected_contact_leaves_its_old_date_everywhere(corrected: Night) -> None:
    assert [(kind, str(day)) for kind, _, day in corrected.rows(MART_ROWS)] == [
        ("client day", "2026-10-22"),
        ("contact", "2026-10-22"),
        ("half hour", "2026-10-22"),
        ("leg", "2026-10-22"),
    ]


def test_dates_that_nothing_touched_are_left_alone(corrected: Night) -> None:
    marked = "select contact_id from core.fct_contact where anomaly is not null order by 1"
    assert [row[0] for row in corrected.rows(marked)] == [
        "sim:asks",
        "sim:callback",
        "sim:phantom",
        "sim:stays",
    ]


def test_rewritten_dates_equal_a_build_from_scratch(tmp_path: Path) -> None:
    night = first_night(tmp_path)
    night.build()
    night.batch()
    night.supersede("sim__contacts", "midnight")
    night.load(
        "sim__contacts", [contact("midnight", "2026-10-24 22:00:10", "answered")], "started_at"
    )
    night.execute(
        "update raw.sim__agent_activity set _is_current = false where activity_code = 'AV'"
    )
    night.execute(
        "insert into raw.touched (feed, system, event_date, batch_id) "
        "select 'agent_activity', 'sim', date '2026-10-24', max(batch_id) from ledger.batch"
    )
    night.build()
    rewritten = {table: night.rows(f"from {table} order by all") for table in TABLES}
    night.build("--full-refresh")
    for table in TABLES:
        assert rewritten[table] == night.rows(f"from {table} order by all"), table


def test_a_table_whose_columns_changed_is_rebuilt_with_its_history(corrected: Night) -> None:
    """Nothing is touched, yet every row has the column that the contract gained."""
    corrected.batch()
    corrected.execute("alter table core.fct_contact drop column half_hour_of_day")
    corrected.build("--select", "fct_contact")
    lacking = "select count(*) from core.fct_contact where half_hour_of_day is null"
    assert corrected.rows(lacking) == [(0,)]
