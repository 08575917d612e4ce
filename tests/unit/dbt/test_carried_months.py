"""Months older than raw stay as they were built: no rebuild and no touched date takes them away."""

from collections.abc import Iterator
from datetime import date

import pytest

from ingest.ledger.ledger import note_carried, warehouse
from tests.unit.dbt.warehouse_of_a_night import Night, contact, first_night, leg

MONTHS = ("2026-07", "2026-08", "2026-09")
FIRST_OF_RAW = date(2026, 9, 1)
OLD = f"date '{FIRST_OF_RAW}'"
# Facts, and a mart that follows them: all by dates.
CARRIED = {
    "fct_contact": ("core.fct_contact", "event_date"),
    "fct_contact_leg": ("core.fct_contact_leg", "event_date"),
    "interaction_queue_half_hour": ("interaction.interaction_queue_half_hour", "site_date"),
}
SELECT = ("--select", *(f"+{name}" for name in CARRIED))


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """Four months are built; then raw keeps the last two, and the night notes it."""
    night = first_night(tmp_path_factory.mktemp("carried"))
    for month in MONTHS:
        at = f"{month}-10 10:00:00"
        night.load(
            "sim__contacts", [contact(f"of {month}", at, "abandoned_in_queue")], "started_at"
        )
        night.load(
            "sim__contact_legs", [leg(f"of {month}", at, "abandoned", wait_s=40)], "queued_at"
        )
    night.build(*SELECT)
    night.execute(f"delete from raw.sim__contacts where _event_date < {OLD}")
    night.execute(f"delete from raw.sim__contact_legs where _event_date < {OLD}")
    with warehouse(night.home) as con:
        note_carried(con, dict.fromkeys(CARRIED, (FIRST_OF_RAW, "the first definition")))
    return night


def older(night: Night) -> dict[str, list[tuple[object, ...]]]:
    """Rows before raw begins, of every table that is carried."""
    return {
        name: night.rows(f"from {table} where {column} < {OLD} order by all")
        for name, (table, column) in CARRIED.items()
    }


def newer(night: Night) -> dict[str, list[tuple[object, ...]]]:
    return {
        name: night.rows(f"from {table} where {column} >= {OLD} order by all")
        for name, (table, column) in CARRIED.items()
    }


def test_a_rebuild_from_raw_keeps_the_months_that_raw_has_not(cut: Night) -> None:
    before, recent = older(cut), newer(cut)
    assert all(len(rows) == 2 for rows in before.values()), before
    cut.build(*SELECT, "--full-refresh")
    assert older(cut) == before
    assert newer(cut) == recent
    cut.build(*SELECT, "--full-refresh")
    assert older(cut) == before, "and so does the next one"


def test_a_touched_date_older_than_raw_is_not_rewritten(cut: Night) -> None:
    before = older(cut)
    cut.batch()
    cut.execute(
        "insert into raw.touched (feed, system, event_date, batch_id) "
        "select feed, 'sim', date '2026-08-10', max(batch_id) from ledger.batch, "
        "(values ('contacts'), ('contact_legs')) as fed (feed) group by feed"
    )
    cut.build(*SELECT)
    assert older(cut) == before


def test_a_new_column_is_empty_for_months_that_raw_has_not(cut: Night) -> None:
    cut.execute("alter table core.fct_contact drop column anomaly")
    before = cut.rows(
        f"select contact_id from core.fct_contact where event_date < {OLD} order by 1"
    )
    cut.build("--select", "fct_contact", "--full-refresh")
    kept = cut.rows(
        f"select contact_id, anomaly from core.fct_contact where event_date < {OLD} order by 1"
    )
    assert [(row[0],) for row in kept] == before
    assert {row[1] for row in kept} == {None}


def test_the_ledger_says_by_which_definition_older_months_were_built(cut: Night) -> None:
    with warehouse(cut.home) as con:
        note_carried(con, {"fct_contact": (FIRST_OF_RAW, "another definition")})
    told = cut.rows(
        "select before_date, fingerprint from ledger.carried where model = 'fct_contact'"
    )
    assert told == [(FIRST_OF_RAW, "the first definition")], (
        "what built them once is what they mean"
    )
