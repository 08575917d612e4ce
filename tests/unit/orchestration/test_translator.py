"""How dbt's nodes appear in the asset graph."""

from typing import Any

import dagster as dg
import pytest

from orchestration.assets.translator import (
    BLOCKS,
    WARNS,
    HeadsetTranslator,
    check_of_test,
    owner,
    published_name,
    source_key,
    subject_of_test,
)

FCT = {
    "resource_type": "model",
    "name": "fct_contact",
    "schema": "core",
    "description": "One row per contact.",
    "fqn": ["headset", "core", "fct_contact"],
    "tags": [],
    "config": {"meta": {"publish": {"schema": "interaction", "name": "contact"}}},
}
TEST: dict[str, Any] = {
    "resource_type": "test",
    "name": "every_contact_has_a_client_row",
    "attached_node": None,
    "depends_on": {"nodes": ["model.headset.fct_contact", "model.headset.dim_client"]},
    "config": {"severity": "error", "meta": {"reason": "Joined reports would lose contacts."}},
}


def test_a_model_is_grouped_and_owned_by_its_layer() -> None:
    translator = HeadsetTranslator()
    assert translator.get_asset_key(FCT) == dg.AssetKey(["core", "fct_contact"])
    assert translator.get_group_name(FCT) == "core"
    assert translator.get_owners(FCT) == ["team:data-platform"]
    assert translator.get_tags(FCT)["headset/published_as"] == "interaction.contact"
    assert translator.get_description(FCT) == "One row per contact."


def test_a_model_may_name_its_owner() -> None:
    node = FCT | {"config": {"meta": {"owner": "ops@example.com"}}}
    assert HeadsetTranslator().get_owners(node) == ["ops@example.com"]


def test_a_dbt_source_is_the_asset_that_ingest_loads() -> None:
    node = {"resource_type": "source", "source_name": "raw_sim", "name": "contacts"}
    assert HeadsetTranslator().get_asset_key(node) == dg.AssetKey(["raw", "sim", "contacts"])
    assert source_key("raw_company", "sites") == dg.AssetKey(["raw", "company", "sites"])


def test_a_test_over_several_models_is_shown_at_one_of_them() -> None:
    assert subject_of_test(TEST) == "model.headset.dim_client"
    attached = TEST | {"attached_node": "model.headset.fct_contact"}
    assert subject_of_test(attached) == "model.headset.fct_contact"
    assert subject_of_test(TEST | {"depends_on": {"nodes": []}}) is None


@pytest.mark.parametrize(
    ("severity", "check"), [("error", BLOCKS), ("ERROR", BLOCKS), ("warn", WARNS)]
)
def test_what_only_tells_is_a_check_apart_from_what_holds_back(severity: str, check: str) -> None:
    assert check_of_test({"config": {"severity": severity}}) == check


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("data-platform", "team:data-platform"),
        ("team:ops", "team:ops"),
        ("a@example.com", "a@example.com"),
    ],
)
def test_owners_are_teams_unless_they_have_an_address(name: str, written: str) -> None:
    assert owner(name) == written


def test_a_model_without_a_published_name_stays_private() -> None:
    assert published_name({"config": {"meta": {}}}) is None
