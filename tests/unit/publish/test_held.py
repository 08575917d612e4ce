import pytest

from publish.errors import PublishError, SnapshotDamaged
from publish.snapshot import current, rollback, serve_file
from tests.unit.publish.small_warehouse import Centre, inode

BUMP = tuple(
    f"update {table} set version = version + 1"
    for table in ("core.fct_contact", "core.fct_contact_leg", "agent.agent_day")
)
VERSIONS = "select distinct client_id, version from interaction.{} order by all"


def versions(centre: Centre, table: str = "contact") -> dict[str, int]:
    return dict(centre.read(VERSIONS.format(table)))


def test_a_held_client_stays_at_its_last_snapshot_while_others_move_on(centre: Centre) -> None:
    first = centre.publish()
    centre.change(*BUMP)
    second = centre.publish(held_clients=("bolt",))
    assert versions(centre) == {"acme": 1, "bolt": 0, "crux": 1}
    path = "tables/interaction.contact/client_id=bolt/site_month=2026-10/part.parquet"
    assert inode(first.folder / path) == inode(second.folder / path)
    manifest = current(centre.home)
    assert manifest is not None
    as_of = {
        part["key"][0]: part["as_of"]
        for part in manifest["tables"]["interaction.contact"]["partitions"]
    }
    assert as_of == {
        "acme": second.snapshot_id,
        "bolt": first.snapshot_id,
        "crux": second.snapshot_id,
    }


def test_a_held_clients_folder_stays_too_and_says_so(centre: Centre) -> None:
    first = centre.publish()
    centre.change(*BUMP)
    centre.publish(held_clients=("bolt",))
    about = "select is_held, data_as_of from core.snapshot"
    bolt, acme = serve_file(centre.home, "bolt"), serve_file(centre.home, "acme")
    assert centre.read("select distinct version from interaction.contact", bolt) == [(0,)]
    assert centre.read("select distinct version from interaction.contact", acme) == [(1,)]
    assert centre.read(about, bolt) == [(True, first.snapshot_id)]
    assert centre.read(about, acme)[0][0] is False


def test_a_client_held_for_two_nights_keeps_the_date_of_its_data(centre: Centre) -> None:
    first = centre.publish()
    for _ in range(2):
        centre.change(*BUMP)
        centre.publish(held_clients=("bolt",))
    manifest = current(centre.home)
    assert manifest is not None
    assert manifest["clients"]["bolt"]["as_of"] == first.snapshot_id


def test_a_released_client_catches_up_even_in_months_that_did_not_change(centre: Centre) -> None:
    centre.publish()
    centre.change(*BUMP)
    centre.publish(held_clients=("bolt",))
    nothing: dict[str, set[str]] = {"interaction.contact": set(), "interaction.contact_leg": set()}
    centre.publish(changed_months=nothing)
    assert versions(centre) == {"acme": 1, "bolt": 1, "crux": 1}
    bolt = serve_file(centre.home, "bolt")
    assert centre.read("select distinct version from interaction.contact", bolt) == [(1,)]


def test_a_client_held_before_it_was_ever_published_is_absent_until_released(
    centre: Centre,
) -> None:
    centre.publish(held_clients=("bolt",))
    assert set(versions(centre)) == {"acme", "crux"}
    with pytest.raises(PublishError, match="no folder for client 'bolt'"):
        serve_file(centre.home, "bolt")
    centre.publish(changed_months={"interaction.contact": set(), "interaction.contact_leg": set()})
    assert set(versions(centre)) == {"acme", "bolt", "crux"}


def test_a_held_client_is_carried_into_new_columns(centre: Centre) -> None:
    centre.publish()
    centre.change(
        *BUMP,
        "alter table core.fct_contact add column hold_s integer default 3",
        "alter table core.fct_contact drop column handle_s",
    )
    centre.publish(held_clients=("bolt",))
    assert versions(centre) == {"acme": 1, "bolt": 0, "crux": 1}
    found = centre.read(
        "select client_id, sum(hold_s) from interaction.contact group by 1 order by 1"
    )
    assert found == [("acme", 120), ("bolt", None), ("crux", 120)]


def test_a_held_client_is_carried_into_another_partitioning(centre: Centre) -> None:
    centre.publish()
    node = centre.dbt["nodes"]["model.headset.core__fct_contact"]
    node["config"]["meta"]["publish"]["partition_by"] = ["site_month", "client_id"]
    centre.save()
    centre.change(*BUMP)
    centre.publish(held_clients=("bolt",))
    assert versions(centre) == {"acme": 1, "bolt": 0, "crux": 1}


def test_a_held_feed_keeps_its_tables_whole_while_others_move_on(centre: Centre) -> None:
    first = centre.publish()
    centre.change(*BUMP)
    second = centre.publish(held_feeds=("sim.contact_legs",))
    assert second.held_tables == ("interaction.contact_leg",)
    assert set(versions(centre, "contact_leg").values()) == {0}
    assert set(versions(centre).values()) == {1}
    manifest = current(centre.home)
    assert manifest is not None
    assert manifest["tables"]["interaction.contact_leg"]["as_of"] == first.snapshot_id
    acme = serve_file(centre.home, "acme")
    assert centre.read("select distinct version from interaction.contact_leg", acme) == [(0,)]


def test_a_released_feed_catches_up_even_in_months_that_did_not_change(centre: Centre) -> None:
    centre.publish()
    centre.change(*BUMP)
    centre.publish(held_feeds=("contact_legs",))
    centre.publish(changed_months={"interaction.contact": set(), "interaction.contact_leg": set()})
    assert set(versions(centre, "contact_leg").values()) == {1}


def test_a_feed_held_before_it_was_ever_published_has_its_columns_and_no_rows(
    centre: Centre,
) -> None:
    centre.publish(held_feeds=("contact_legs",))
    assert centre.read("select count(*), sum(wait_s) from interaction.contact_leg") == [(0, None)]
    centre.publish()
    assert centre.read("select count(*) from interaction.contact_leg") == [(120,)]


def test_after_a_rollback_a_held_client_stays_at_what_is_served(centre: Centre) -> None:
    centre.publish()
    centre.change(*BUMP)
    centre.publish()
    rollback(centre.home)
    centre.change(*BUMP)
    centre.publish(held_clients=("bolt",))
    assert versions(centre) == {"acme": 2, "bolt": 0, "crux": 2}


def test_holding_back_to_a_damaged_snapshot_is_refused(centre: Centre) -> None:
    first = centre.publish()
    path = "tables/interaction.contact/client_id=bolt/site_month=2026-10/part.parquet"
    (first.folder / path).unlink()
    with pytest.raises(SnapshotDamaged, match="client_id=bolt/site_month=2026-10"):
        centre.publish(held_clients=("bolt",))
