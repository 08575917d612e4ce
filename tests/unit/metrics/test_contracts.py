"""A wrong metric contract gives one clear message that names file and line."""

import json
import shutil
from pathlib import Path

import pytest

from ground.home import CHECKOUT
from metrics.contracts import contract, reader
from metrics.contracts.reader import ContractError

METRICS = CHECKOUT / "dbt_project" / "models" / "metrics"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(METRICS, tmp_path / "metrics"))


def spoil(folder: Path, file: str, old: str, new: str, count: int = 1) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, count))


def faults(folder: Path) -> list[str]:
    with pytest.raises(ContractError) as caught:
        reader.load(folder)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def test_the_project_s_own_contracts_are_sound() -> None:
    loaded = reader.load(METRICS)
    assert {metric.name for metric in loaded.metrics} >= {
        "offered", "abandonment", "speed_of_answer", "service_level", "handle_time",
    }  # fmt: skip


def test_a_missing_field_is_named_with_file_and_line(folder: Path) -> None:
    spoil(folder, "offered.yml", "          unit: contacts\n", "")
    line = 1 + METRICS.joinpath("offered.yml").read_text().splitlines().index("        contract:")
    assert faults(folder) == [
        f"offered.yml:{line}: missing_field: metric offered_contacts: the contract has no `unit`"
    ]


def test_an_unknown_counter_metric_is_named(folder: Path) -> None:
    old = "counter_metric: abandonment_of_contacts"
    spoil(folder, "offered.yml", old, "counter_metric: abandonment_of_cats")
    assert faults(folder) == [
        "offered.yml:4: unknown_counter_metric: "
        "metric offered_contacts: no counter-metric abandonment_of_cats"
    ]


def test_two_metrics_of_one_name_name_each_other(folder: Path) -> None:
    text = (folder / "offered.yml").read_text()
    (folder / "second.yml").write_text(text)
    found = faults(folder)
    assert (
        "second.yml:4: duplicate_name: metric offered_contacts: the name is taken by " in found[0]
    )
    assert found[0].endswith("offered.yml:4")


def test_a_metric_made_of_itself_is_a_cycle(folder: Path) -> None:
    name = "service_level_answered_of_answered"
    path = folder / "service_level.yml"
    start = path.read_text().index(f"- name: {name}\n")
    head, tail = path.read_text()[:start], path.read_text()[start:]
    tail = tail.replace("numerator: queue_visits_answered_in_time", f"numerator: {name}", 1)
    path.write_text(head + tail)
    assert any(
        f"cycle: metric {name}: made of itself: {name} -> {name}" in one for one in faults(folder)
    )


@pytest.mark.parametrize(
    "written", ["name: abandonment", "kind: ratio", "numerator: contacts_answered"]
)
def test_what_follows_from_the_formula_is_not_written_again(folder: Path, written: str) -> None:
    old = "          variant: of_contacts\n"
    spoil(folder, "abandonment.yml", old, f"{old}          {written}\n")
    (fault,) = faults(folder)
    assert f"`{written.split(':')[0]}` follows from the metric beside it" in fault


def test_a_new_version_says_what_the_old_one_meant(folder: Path) -> None:
    spoil(folder, "offered.yml", "version: 1", "version: 2")
    (fault,) = faults(folder)
    assert "no_earlier_meaning: metric offered_contacts: `earlier` does not say what" in fault


def test_the_schema_for_editors_knows_no_derived_field() -> None:
    schema = contract.schema()
    assert "meaning" in schema["required"]
    assert not {"name", "kind", "display"} & set(schema["properties"])


def test_a_part_that_does_not_exist_is_named(folder: Path) -> None:
    spoil(folder, "abandonment.yml", ": contacts_abandoned", ": contacts_abandonned", 1)
    assert any("no part or metric contacts_abandonned" in one for one in faults(folder))


def test_a_family_needs_exactly_one_default(folder: Path) -> None:
    spoil(folder, "offered.yml", "          default: true\n", "")
    assert any("metric offered: 0 variants are marked default" in one for one in faults(folder))


def test_a_misspelt_field_is_no_field(folder: Path) -> None:
    spoil(folder, "offered.yml", "null_rule:", "nul_rule:")
    found = faults(folder)
    assert any("missing_field" in one and "`null_rule`" in one for one in found)
    assert any("unknown_field" in one and "`nul_rule`" in one for one in found)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("{by: [client]}", "missing_field: metric offered_contacts: `published` has no `audience`"),
        ("{by: null, audience: client}", "`published.by` is null for kind model"),
        ("{by: [planet], audience: client}", "`published.by` must be one of company, client"),
        ("{by: [agent], audience: client}", "`permitted_use` does not allow it for one agent"),
        ("{by: [client], audience: all}", "`published.audience` must be one of client, leader"),
        ("{by: [client], audience: client, interval: wald}", "`published.interval` must be one of"),
        ("{by: [client], audience: client, cells: 5}", "`cells` is not a field of `published`"),
    ],
)
def test_what_metric_value_cannot_show_is_named(folder: Path, wrong: str, says: str) -> None:
    spoil(folder, "offered.yml", "published: {by: [client, site], audience: client}",
          f"published: {wrong}")  # fmt: skip
    (fault,) = faults(folder)
    assert fault.startswith("offered.yml:")
    assert says in fault


def test_broken_yaml_is_named_with_its_line(folder: Path) -> None:
    (folder / "broken.yml").write_text("metrics:\n  - name: a\n    label: b: c\n")
    assert any("broken.yml:3: not valid YAML" in one for one in faults(folder))


def test_contracts_come_back_from_json_as_they_went() -> None:
    metrics = reader.load(METRICS).metrics
    assert reader.from_json(reader.to_json(metrics)) == metrics


def test_contracts_in_a_dbt_manifest_are_those_of_the_files() -> None:
    loaded = reader.load(METRICS)
    nodes = {}
    for file in loaded.files:
        for entry in file.data.get("metrics") or ():
            nodes[entry["name"]] = {
                **{key: entry[key] for key in ("name", "type", "type_params", "config")},
                "original_file_path": f"models/metrics/{file.path.name}",
            }
    manifest = json.loads(json.dumps({"metrics": nodes}))
    by_id = sorted(loaded.metrics, key=lambda metric: metric.id)
    assert reader.from_dbt_manifest(manifest) == tuple(by_id)
