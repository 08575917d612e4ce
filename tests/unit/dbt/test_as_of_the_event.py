"""An attribute that changes over time is taken as of the event: every join is walked.

What is effective-dated is read from the contracts and the models' own columns, so that a new list
or dimension is walked without being named.
"""

import re
from collections.abc import Collection

import pytest
import yaml

from ground.home import CHECKOUT

MODELS = CHECKOUT / "dbt_project" / "models"
# Joins without an instant, each with the reason for which none is needed.
DECLARED: dict[tuple[str, str], str] = {
    ("int_metric_choice", "stg_company__metric_sets"): "the window's last day, one join further on",
    ("attrition_leaver", "dim_employment"): "the record that ended with the employment",
    ("contract_fee_day", "dim_contract"): "a contract's clock; the day picks the version below",
}
# Rows without a validity say how a thing stands today; no event may take its attributes from them.
CURRENT = ("dim_agent", "dim_client", "dim_queue", "dim_site")
TAKEN: dict[tuple[str, str], str] = {
    ("agent_day", "dim_agent"): "only whether a map knows the agent at all",
}


def dated() -> set[str]:
    """Relations of which a row holds from one day to another."""
    found = {
        f"stg_company__{path.stem}"
        for path in (CHECKOUT / "ingest" / "sources" / "company").glob("*.yml")
        if any(
            column["name"] == "valid_from"
            for column in yaml.safe_load(path.read_text(encoding="utf-8"))["columns"]
        )
    }
    for path in MODELS.glob("**/*.yml"):
        for model in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models") or ():
            if any(column["name"] == "valid_from" for column in model.get("columns") or ()):
                found.add(model["name"])
    return found


JOIN = re.compile(
    r"join \{\{ ref\('(\w+)'\) \}\}(?: as (\w+))?(.*?)"
    r"(?=\bjoin \{\{|\bjoin \w|\bwhere\b|\bgroup by\b|\bunion all\b|\n\)|\Z)",
    re.DOTALL,
)


def joins(relations: Collection[str]) -> list[tuple[str, str, str]]:
    """Model, what it joins, and how, of every join to one of the relations."""
    found = []
    for path in sorted(MODELS.glob("**/*.sql")):
        text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
        for name, alias, rest in JOIN.findall(text):
            if name in relations:
                found.append((path.stem, name, f"{alias or name}: {rest}"))
    return found


def is_as_of(how: str) -> bool:
    alias, _, rest = how.partition(":")
    return f"valid_on('{alias}'" in rest or bool(
        re.search(
            rf"{alias}\.valid_from\s*<=?|>=?\s*{alias}\.valid_from|= {alias}\.valid_from", rest
        )
    )


@pytest.mark.parametrize(
    ("model", "relation", "how"),
    [pytest.param(*one, id=f"{one[0]}-{one[1]}") for one in joins(dated())],
)
def test_a_join_takes_the_row_that_held_then(model: str, relation: str, how: str) -> None:
    assert is_as_of(how) or (model, relation) in DECLARED, how


def test_no_event_takes_how_a_thing_stands_today() -> None:
    assert {(model, relation) for model, relation, _ in joins(CURRENT)} == set(TAKEN)


def test_the_walk_sees_the_joins() -> None:
    found = joins(dated())
    assert len(found) > 50
    assert set(DECLARED) <= {(model, relation) for model, relation, _ in found}
    assert not is_as_of("map: on event.code = map.code")
