"""The models' own unit tests, and what a night's rows become."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.dbt.warehouse_of_a_night import Night, first_night, leg

RADII = {"snapshot", "client", "feed"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Night:
    night = first_night(tmp_path_factory.mktemp("models"))
    night.build()
    return night


@pytest.fixture(scope="module")
def manifest(built: Night) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((built.home.target / "manifest.json").read_text())
    return found


def test_the_logic_of_every_branch_holds(built: Night) -> None:
    answer = built.dbt("test", "--select", "test_type:unit")
    failed = [(r.node.name, r.message) for r in answer.result.results if r.status != "pass"]
    assert not failed, failed
    assert len(answer.result.results) >= 14


def test_sound_rows_pass_every_check(built: Night) -> None:
    assert built.failing_checks() == {}


def test_a_night_shift_over_the_end_of_summer_time_has_nine_hours(built: Night) -> None:
    shift = "select shift_date::varchar, logged_in_s, legs_handled_n from agent.agent_day"
    assert built.rows(f"{shift} where agent_id = 'E1' order by 1") == [
        ("2026-10-24", 9 * 3600, 1),
        ("2026-10-25", 5400, 0),
    ]


def test_what_the_maps_do_not_know_is_unmapped_and_not_lost(built: Night) -> None:
    agents = "select agent_id, is_mapped from core.dim_agent order by 1"
    assert built.rows(agents) == [("E1", True), ("sim:new", False)]
    states = "select unmapped_state_s from agent.agent_day where shift_date = '2026-10-25'"
    assert (5400,) in built.rows(states)


def test_a_feed_that_no_system_fills_is_an_empty_typed_table(built: Night) -> None:
    types = dict(row[:2] for row in built.rows("describe core.fct_survey"))
    assert built.rows("from core.fct_survey") == []
    assert (types["score"], types["responded_at_utc"]) == ("DECIMAL(9,3)", "TIMESTAMP")


def test_every_model_and_column_says_what_it_is(manifest: dict[str, Any]) -> None:
    models = [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]
    silent = [n["name"] for n in models if not n["description"].strip()]
    silent += [
        f"{n['name']}.{column['name']}"
        for n in models
        for column in n["columns"].values()
        if not column["description"].strip()
    ]
    assert silent == []


def test_a_table_that_is_rewritten_in_part_declares_types_or_nothing(
    manifest: dict[str, Any],
) -> None:
    """With half a declaration every night finds other columns, and builds the table whole.

    A table without any is rebuilt when its definition changes (`must_rebuild`).
    """
    rewritten = [
        n for n in manifest["nodes"].values() if n["config"]["materialized"] == "incremental"
    ]
    assert len(rewritten) > 20
    untold = [
        node["name"]
        for node in rewritten
        if not all(column["data_type"] for column in node["columns"].values())
    ]
    assert untold == []


def test_every_check_says_why_it_is_there_and_what_it_holds_back(manifest: dict[str, Any]) -> None:
    checks = [n for n in manifest["nodes"].values() if n["resource_type"] == "test"]
    assert len(checks) > 40
    wrong = [
        n["name"]
        for n in checks
        if not n["config"]["meta"].get("reason") or n["config"]["meta"].get("radius") not in RADII
    ]
    assert wrong == []


def test_a_check_that_holds_back_a_client_names_the_client(
    manifest: dict[str, Any], built: Night
) -> None:
    assert built.dbt("compile", "--select", "test_type:data").success
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node["config"]["meta"]["radius"] == "client":
            compiled = next((built.home.target / "compiled").rglob(f"{node['name']}.sql"))
            columns = built.rows(f"describe {compiled.read_text()}")
            assert "client_id" in [column[0] for column in columns], node["name"]


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (
            "update agent.agent_day set handle_s = handle_s * 1000 where legs_handled_n > 0",
            "nobody_handles_contacts_for_longer_than_logged_in",
        ),
        (
            "update agent.agent_day set logged_in_s = logged_in_s * 1000",
            "nobody_is_logged_in_for_more_than_25_hours_a_day",
        ),
        (
            "insert into core.fct_contact from core.fct_contact where contact_id = 'sim:asks'",
            "each_contact_is_there_once",
        ),
        (
            "update core.fct_contact set outcome = 'vanished' where contact_id = 'sim:asks'",
            "every_contact_ends_in_a_known_way",
        ),
        (
            "update core.fct_contact_leg set wait_s = -1 where contact_id = 'sim:asks'",
            "no_leg_has_negative_seconds_or_counts",
        ),
        (
            "delete from interaction.interaction_queue_half_hour where abandoned_n > 0",
            "queue_half_hours_add_up_to_legs",
        ),
        (
            "update client.client_day set offered_n = offered_n + 1",
            "offered_contacts_split_into_known_ends",
        ),
        (
            "insert into raw.company__queues select * replace (date '2026-01-01' as valid_from) "
            "from raw.company__queues limit 1",
            "company_maps_hold_one_row_a_day",
        ),
    ],
)
def test_damage_fails_the_check_of_that_name(
    built: Night, tmp_path: Path, damage: str, check: str
) -> None:
    night = Night.twin(built, tmp_path)
    night.execute(damage)
    assert night.failing_checks("--select", check) == {check: "fail"}


def test_milliseconds_in_one_file_fail_one_check(tmp_path: Path) -> None:
    night = first_night(tmp_path)
    night.execute(
        "update raw.sim__contact_legs set talk_s = talk_s * 1000, hold_s = hold_s * 1000, "
        "acw_s = acw_s * 1000 where contact_id = 'midnight'"
    )
    night.build()
    assert night.failing_checks() == {"nobody_handles_contacts_for_longer_than_logged_in": "fail"}


def test_legs_without_their_contacts_hold_the_client_back(tmp_path: Path) -> None:
    night = first_night(tmp_path)
    orphans = [leg(f"orphan{n}", "2026-10-25 12:00:00", "abandoned", wait_s=9) for n in range(6)]
    night.load("sim__contact_legs", orphans, "queued_at")
    night.build()
    assert night.failing_checks() == {"nearly_every_leg_has_its_contact": "fail"}
