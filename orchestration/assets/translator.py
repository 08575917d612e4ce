"""How dbt's models and tests appear in the asset graph.

Belongs here: keys, groups, owners, descriptions. Does not: running anything.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator

OWNERS = {
    "staging": "data-platform",
    "intermediate": "data-platform",
    "core": "data-platform",
    "interaction": "operations-analytics",
    "agent": "people-analytics",
    "client": "client-reporting",
    "metric": "data-platform",
    "trust": "data-platform",
}
EVERYONE_ELSE = "data-platform"
BLOCKS, WARNS = "data_tests", "data_tests_that_warn"


def owner(name: str) -> str:
    """A team as Dagster writes it; an e-mail address stays as it is."""
    return name if "@" in name or name.startswith("team:") else f"team:{name}"


def layer(node: Mapping[str, Any]) -> str:
    """The layer a model belongs to: its schema, which is its folder's name."""
    return str(node.get("schema") or node["fqn"][1])


def source_key(source_name: str, table: str) -> dg.AssetKey:
    """`raw/sim/contacts` for dbt's source `raw_sim.contacts`: the asset that ingest loads."""
    return dg.AssetKey(["raw", source_name.removeprefix("raw_"), table])


class HeadsetTranslator(DagsterDbtTranslator):
    """Assets are `layer/model`, grouped by layer; sources are the raw assets of the same feed."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """`core/fct_contact`, or the raw asset for a source."""
        if dbt_resource_props["resource_type"] == "source":
            return source_key(dbt_resource_props["source_name"], dbt_resource_props["name"])
        return dg.AssetKey([layer(dbt_resource_props), dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer."""
        return (
            "raw" if dbt_resource_props["resource_type"] == "source" else layer(dbt_resource_props)
        )

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The model's own description; its SQL is in the checkout."""
        return str(dbt_resource_props.get("description") or dbt_resource_props["name"])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        """Whoever the model names, or the team of its layer."""
        meta = dbt_resource_props.get("config", {}).get("meta") or {}
        name = meta.get("owner") or OWNERS.get(layer(dbt_resource_props), EVERYONE_ELSE)
        return [owner(str(name))]

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        """dbt's tags, and under which name the model is published."""
        name = published_name(dbt_resource_props)
        tags = dict(super().get_tags(dbt_resource_props))
        return tags | {"headset/published_as": name} if name else tags


def published_name(node: Mapping[str, Any]) -> str | None:
    """`interaction.contact` for a model with `meta.publish`."""
    meta = node.get("config", {}).get("meta") or {}
    publish = meta.get("publish")
    return f"{publish['schema']}.{publish['name']}" if publish else None


def subject_of_test(test: Mapping[str, Any]) -> str | None:
    """The model a test is shown at: the one it is written under, else the first it reads."""
    attached = test.get("attached_node")
    models = sorted(n for n in test["depends_on"]["nodes"] if n.startswith("model."))
    if attached and str(attached).startswith("model."):
        return str(attached)
    return models[0] if models else None


def check_of_test(test: Mapping[str, Any]) -> str:
    """The check that a test is part of: what holds data back apart from what only tells."""
    return WARNS if str(test["config"].get("severity", "error")).lower() == "warn" else BLOCKS


def reason_of_test(test: Mapping[str, Any]) -> str:
    """Why the test is there, in its own words."""
    meta = test.get("config", {}).get("meta") or {}
    return str(meta.get("reason") or test.get("description") or test["name"])
