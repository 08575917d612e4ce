"""Every input of a table that is rewritten by dates is named in its config.

What nobody names, nobody follows: a change of it would be seen by a full rebuild alone.
"""

from collections.abc import Collection
from typing import Any

from tests.unit.dbt.compiled import Compiled

# Followed by the intake: a changed map touches the dates of its changed codes (company_maps.py).
MAPS = {
    f"stg_company__{name}"
    for name in ("activity_codes", "agents", "dialled_numbers", "dispositions", "queues", "sites")
}
# The same for a date whenever it is asked.
CALENDARS = {"dim_date", "int_zone_day"}
EXCEPT = {
    ("agent_day", "dim_agent"): "says whether a map knows the agent, and the map touches its dates",
    ("agent_day", "fct_contact_leg"): "seconds of legs, which no contact changes",
    ("agent_half_hour", "fct_contact_leg"): "seconds of legs, which no contact changes",
    ("int_late_leg", "feed_contacts"): "contacts that have come are found (`also`)",
    ("sla_half_hour", "fct_disruption"): "its excused days are followed (int_excused_day)",
}
Nodes = dict[str, dict[str, Any]]


def spec(nodes: Nodes, model: str) -> dict[str, Any]:
    """How a model is touched."""
    found: dict[str, Any] = nodes[model]["config"].get("meta", {}).get("touched") or {}
    return found


def inputs(nodes: Nodes, model: str, whole: Collection[str]) -> set[str]:
    """What a model reads: tables, feeds and maps; views between are looked through."""
    found = set()
    for parent in (name.split(".")[-1] for name in nodes[model]["depends_on"]["nodes"]):
        if parent not in nodes:
            continue
        is_view = nodes[parent]["config"]["materialized"] == "view"
        if is_view and not parent.startswith(("feed_", "stg_company__")) and parent not in whole:
            found |= inputs(nodes, parent, whole)
        else:
            found.add(parent)
    return found


def feeds(nodes: Nodes, model: str) -> set[str]:
    """Canonical feeds that touch a model, by itself or through what it follows."""
    said = spec(nodes, model)
    found = set(said.get("feeds", {}))
    if "through" in said:
        found |= {said["through"]["feed"], said["through"]["to"]}
    for followed in said.get("follows", {}):
        found |= feeds(nodes, followed)
    return found


def named(nodes: Nodes, model: str) -> set[str]:
    """Inputs whose changes reach a model by its config."""
    said = spec(nodes, model)
    found = {*said.get("follows", {}), *said.get("rebuild_on", [])}
    found |= {*said.get("linked_to", {}).get("models", []), str(said.get("differs_from"))}
    found |= {f"feed_{feed}" for feed in feeds(nodes, model)}
    found |= {"dim_employment"} if said.get("as_of_employment") else set()
    # Who is touched by the same feeds as a model below is touched whenever that is.
    found |= {
        name
        for name in nodes
        if said.get("feeds") and (own := feeds(nodes, name)) and own <= feeds(nodes, model)
    }
    return found


def test_no_input_of_a_table_by_dates_is_forgotten(compiled: Compiled) -> None:
    nodes = compiled.nodes
    by_dates = [name for name in nodes if nodes[name]["config"]["materialized"] == "incremental"]
    forgotten = {
        (model, read)
        for model in by_dates
        for read in inputs(nodes, model, {str(spec(nodes, model).get("differs_from"))})
        - named(nodes, model)
        - MAPS
        - CALENDARS
    }
    assert len(by_dates) > 35
    assert forgotten == set(EXCEPT)


# Tables built whole that read a table of facts; docs/decisions/a-night-reads-what-changed.md says
# why, and how they grow.
READ_WHOLE = {
    "agent_milestone": {"fct_case"},
    "agent_shift": {"int_agent_sessions", "int_shift_state"},
    "agent_voice": {"agent_day"},
    "dim_agent": {"int_seen_day"},
    "dim_client": {"int_seen_day"},
    "dim_queue": {"int_seen_day"},
    "dim_site": {"int_seen_day"},
    "fct_calibration_pair": {"fct_evaluation_answer"},
    "int_agent_window": {"int_agent_mix_day", "int_agent_mix_week"},
    "int_chart_week": {"int_agent_mix_week"},
    "int_coaching_part": {"fct_case", "fct_evaluation", "int_agent_reason_day"},
    "int_strain_day": {
        "agent_day",
        "agent_half_hour",
        "agent_schedule_day",
        "fct_absence",
        "fct_agent_activity",
        "fct_contact_leg",
        "fct_schedule_change",
        "int_agent_sessions",
    },
    "interaction_calibration_month": {"fct_evaluation_answer"},
    "key_result_progress": {"key_result_day"},
    "sla_clause_month": {"contract_fee_day", "sla_period"},
    "sla_statement_line": {"contract_fee_day"},
    "client_margin_month": {"client_cost_day"},
}


def test_no_table_built_whole_reads_facts_unless_it_is_argued(compiled: Compiled) -> None:
    nodes = compiled.nodes
    kinds = {name: node["config"]["materialized"] for name, node in nodes.items()}
    found = {
        model: by_dates
        for model, kind in kinds.items()
        if kind == "table"
        and (
            by_dates := {
                read for read in inputs(nodes, model, ()) if kinds.get(read) == "incremental"
            }
        )
    }
    assert found == READ_WHOLE
