"""What the materializations would ignore in silence, they refuse."""

import shutil
from pathlib import Path

import pytest

from orchestration.dbt import parse_cache
from tests.unit.dbt.compiled import CHECKOUT

REFUSED = {
    "a hook before": ("pre-hook", "{{ config(materialized='table', pre_hook='select 1') }}"),
    "a hook after": ("post-hook", "{{ config(materialized='view', post_hook='select 1') }}"),
    "grants": ("grants", "{{ config(materialized='table', grants={'select': ['bi']}) }}"),
    "indexes": ("indexes", "{{ config(materialized='table', indexes=[{'columns': ['n']}]) }}"),
    "comments": (
        "persist_docs",
        "{{ config(materialized='table', persist_docs={'relation': true}) }}",
    ),
    "a unique key": ("unique_key", "{{ config(materialized='incremental', unique_key='n') }}"),
    "another strategy": (
        "incremental_strategy append",
        "{{ config(materialized='incremental', incremental_strategy='append') }}",
    ),
}


def test_settings_without_effect_are_refused_by_name(tmp_path: Path) -> None:
    """A project of our macros and one model for each setting."""
    project = tmp_path / "project"
    shutil.copytree(CHECKOUT / "dbt_project" / "macros", project / "macros")
    shutil.copy(CHECKOUT / "dbt_project" / "profiles.yml", project)
    (project / "dbt_project.yml").write_text(
        "name: headset\nprofile: headset\nmodels: {headset: {+incremental_strategy: touched}}\n"
    )
    (project / "models").mkdir()
    (project / "models" / "plain.sql").write_text("select 1 as n")
    for number, (_, config) in enumerate(REFUSED.values()):
        (project / "models" / f"m{number}.sql").write_text(f"{config}\nselect 1 as n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADSET_HOME", str(tmp_path))
        patch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
        patch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
        patch.delenv(parse_cache.SHARED, raising=False)
        answer = parse_cache.invoke([*parse_cache.QUIET, "run", *parse_cache.where(project)])
    assert answer.result is not None, answer.exception
    told = {result.node.name: str(result.message) for result in answer.result.results}
    assert told.pop("plain") == "OK"
    for number, (name, _) in enumerate(REFUSED.values()):
        assert f"config {name} has no effect here" in told[f"m{number}"], told[f"m{number}"]
