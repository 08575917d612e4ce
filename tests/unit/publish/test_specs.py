from typing import Any

import pytest

from publish.errors import PublishError, PublishRefused
from publish.specs import HR_ALONE, held_tables, specs
from tests.unit.publish.small_warehouse import dbt_manifest

CONTACT = "model.headset.core__fct_contact"


def with_publish(**change: Any) -> dict[str, Any]:
    manifest = dbt_manifest()
    manifest["nodes"][CONTACT]["config"]["meta"]["publish"].update(change)
    return manifest


def held(*feeds: str) -> set[str]:
    manifest = dbt_manifest()
    return set(held_tables(manifest, specs(manifest), feeds))


def test_only_models_that_ask_for_it_are_published() -> None:
    names = {spec.name for spec in specs(dbt_manifest())}
    assert "interaction.contact" in names
    assert len(names) == 7


def test_two_models_cannot_publish_one_table() -> None:
    with pytest.raises(PublishError, match=r"both publish interaction\.contact_leg"):
        specs(with_publish(name="contact_leg"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "Con tact"}, "name is 'Con tact'"),
        ({"schema": "../up"}, "schema is '../up'"),
        ({"schema": "core", "name": "snapshot"}, "written by publication itself"),
        ({"partition": ["client_id"]}, "unknown keys \\['partition'\\]"),
    ],
)
def test_a_wrong_publish_entry_names_its_model(change: dict[str, str], message: str) -> None:
    with pytest.raises(PublishError, match=f"model core__fct_contact: .*{message}"):
        specs(with_publish(**change))


def test_an_unknown_audience_names_its_column() -> None:
    manifest = dbt_manifest()
    manifest["nodes"][CONTACT]["columns"]["queue_id"]["config"]["meta"]["audience"] = "everyone"
    with pytest.raises(PublishError, match="column queue_id: audience 'everyone' is none of self"):
        specs(manifest)


@pytest.mark.parametrize("column", sorted(HR_ALONE))
@pytest.mark.parametrize("audience", ["leader", "agent", "client", "self"])
def test_what_hr_alone_may_know_cannot_be_given_to_others(column: str, audience: str) -> None:
    manifest = dbt_manifest()
    manifest["nodes"][CONTACT]["columns"][column] = {"config": {"meta": {"audience": audience}}}
    with pytest.raises(PublishError, match=f"column {column}: .* for HR alone"):
        specs(manifest)


def test_what_hr_alone_may_know_is_for_hr_where_dbt_says_nothing() -> None:
    tables = {spec.name: spec for spec in specs(dbt_manifest())}
    assert {tables["interaction.contact"].audience(column) for column in HR_ALONE} == {"hr"}


def test_a_column_is_for_whom_dbt_says_else_for_whom_its_subject_is() -> None:
    tables = {spec.name: spec for spec in specs(dbt_manifest())}
    assert tables["interaction.contact"].audience("contact_id") == "client"
    assert tables["interaction.contact"].audience("agent_id") == "leader"
    assert tables["agent.day"].audience("handle_s") == "leader"
    assert tables["core.agent"].audience("agent_id") == "leader"
    assert tables["core.queue"].audience("queue_name") == "client"


def test_a_held_canonical_feed_holds_every_table_built_from_it() -> None:
    assert held("contact_legs") == {"interaction.contact_leg"}
    assert held("contacts") == {"interaction.contact", "interaction.contact_leg"}


def test_a_held_feed_of_one_system_holds_every_table_built_from_it() -> None:
    assert held("sim.contact_legs") == {"interaction.contact_leg"}


def test_a_held_feed_nobody_knows_stops_publication() -> None:
    with pytest.raises(PublishRefused, match=r"feed 'sim\.contcats' is held back but"):
        held("sim.contcats")


def test_nothing_to_publish_is_an_error() -> None:
    with pytest.raises(PublishError, match="no model in dbt's manifest"):
        specs({"nodes": {}})
