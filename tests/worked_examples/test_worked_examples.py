"""Every metric and variant answers its worked examples, through the real models."""

import json
from pathlib import Path
from typing import Any

import pytest

from ground import yaml_lines
from ground.home import CHECKOUT, Home
from metrics.contracts import reader
from metrics.question.names import dimensions, find
from metrics.question.query import Answer, query
from metrics.question.snapshot import open_snapshot
from tests.worked_examples.example_rows import SYSTEM, Example, ExampleError
from tests.worked_examples.house import examples

ALL = examples()
KNOWS_CLIENT = {
    "contacts", "cases", "surveys", "outcomes", "evaluations", "employment", "pulse", "maps",
}  # fmt: skip
QUESTIONS = [
    pytest.param(example, number, id=f"{example.client_id}-{number}")
    for example in ALL
    for number in range(len(example.file.data["ask"]))
]


def test_every_metric_and_variant_has_a_worked_example() -> None:
    definitions = reader.load(CHECKOUT / "dbt_project" / "models" / "metrics")
    without = {m.display for m in definitions.metrics} - {example.metric for example in ALL}
    assert not without


@pytest.mark.parametrize("example", ALL, ids=lambda example: example.client_id)
def test_every_answer_follows_from_its_own_parts(example: Example) -> None:
    for number, asked in enumerate(example.file.data["ask"]):
        for place, row in enumerate(asked["answers"]):
            _follows(example, number, place, row)


@pytest.mark.parametrize(
    "row",
    [
        {"numerator": 1, "denominator": 2, "value": 0.6},
        {"numerator": 0, "denominator": 0, "value": 0},
        {"numerator": 3, "value": 4},
    ],
)
def test_an_answer_that_does_not_follow_is_told_with_file_and_line(
    tmp_path: Path, row: dict[str, Any]
) -> None:
    path = tmp_path / "one.yml"
    path.write_text(f"title: t\nask:\n  - answers:\n    - {json.dumps(row)}\n")
    example = Example("abandonment.of_contacts", yaml_lines.read(path))
    with pytest.raises(ExampleError, match=r"one\.yml:4: the answer \S+ does not follow"):
        _follows(example, 0, 0, row)


@pytest.mark.parametrize(("example", "number"), QUESTIONS)
def test_the_models_give_the_answer_worked_out_by_hand(
    home: Home, example: Example, number: int
) -> None:
    asked = example.file.data["ask"][number]
    answer = query(
        home,
        example.metric,
        by=asked.get("by") or (),
        grain=asked.get("grain") or "all",
        where=[_own(home, example), *_pairs(asked.get("where") or {})],
        from_=asked.get("from"),
        to=asked.get("to"),
    )
    assert _shown(answer, asked["answers"]) == asked["answers"], _where(example, number)


def _own(home: Home, example: Example) -> tuple[str, str]:
    """What tells an example's rows from others': its client, site, group, leader l1 or agent a1.

    Agents' rows know a client only where the example has job records.
    """
    snapshot = open_snapshot(home)
    fields = dimensions(snapshot, find(snapshot.contracts, example.metric))
    keys = ["client_id", "site_id", "group_value"]
    if not KNOWS_CLIENT & set(example.rows):
        keys.remove("client_id")
    for key in keys:
        if key in fields:
            return key, example.client_id
    if "key_result_id" in fields:
        return "key_result_id", example.client_id
    key, code = ("leader_id", "l1") if "leader_id" in fields else ("agent_id", "a1")
    return key, f"{SYSTEM}:{example.client_id}/{code}"


def _follows(example: Example, number: int, place: int, row: dict[str, Any]) -> None:
    if str(row.get("blank_reason") or "").startswith("not computed"):
        right = row["value"] is None
    elif row.get("denominator") is None:
        right = (
            "numerator" not in row
            or row["numerator"] is None
            or row["value"] == row.get("numerator", row["value"])
        )
    elif row["denominator"] == 0:
        right = row["value"] is None
    else:
        right = abs(row["value"] - row["numerator"] / row["denominator"]) <= 0.000051
    if not right:
        line = example.file.line("ask", number, "answers", place)
        raise ExampleError(
            f"{example.file.path}:{line}: the answer {row['value']} does not follow from its parts"
        )


def _shown(answer: Answer, expected: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answer's rows, cut to the columns that the example states; values to its digits."""
    found = []
    for place, row in enumerate(answer.rows):
        stated = expected[place] if place < len(expected) else dict(row)
        one = {key: row[key] for key in stated}
        value, target = one.get("value"), stated.get("value")
        if isinstance(value, float) and isinstance(target, int | float):
            # Hand-worked values are stated to four decimals.
            one["value"] = target if abs(value - target) <= 0.00005 else value
        found.append(one)
    return found


def _pairs(where: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in where.items()]


def _where(example: Example, number: int) -> str:
    path = Path(example.file.path)
    return f"{path}:{example.file.line('ask', number)}: {example.file.data['title']}"
