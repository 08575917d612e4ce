"""What others published: our answers agree, or say why not; wrong ones are refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ground import yaml_lines
from ground.home import CHECKOUT
from tests.worked_examples.example_rows import HERE, Example, ExampleError
from tests.worked_examples.house import examples
from tests.worked_examples.published import judge

COLLECTION = CHECKOUT.parent / "shared" / "data" / "worked_examples.yaml"
PUBLISHED = [example for example in examples() if "published" in example.file.data]
FROM_COLLECTION = [one for one in PUBLISHED if "item" in one.file.data["published"]]


@pytest.mark.parametrize("example", PUBLISHED, ids=lambda example: example.client_id)
def test_a_published_answer_is_agreed_with_or_explained(example: Example) -> None:
    judge(example)


def test_there_are_published_errors_and_conflicts_among_them() -> None:
    found = {example.file.data["published"]["status"] for example in PUBLISHED}
    assert found == {"published", "published error", "published conflict"}


@pytest.mark.skipif(not COLLECTION.exists(), reason="the collection of public answers is not here")
@pytest.mark.parametrize("example", FROM_COLLECTION, ids=lambda example: example.client_id)
def test_it_is_what_the_source_says(example: Example) -> None:
    items = {one["id"]: one for one in yaml.safe_load(COLLECTION.read_text())["examples"]}
    published = example.file.data["published"]
    item = items[published["item"]]
    known = list(_numbers(item["expected"])) + list(_numbers(item["inputs"]))
    known += list(_numbers(item.get("recomputed")))
    stated = float(published["value"])
    assert any(abs(one * scale - stated) < 0.0051 * scale for one in known for scale in (1, 0.01))


ELSEWHERE = yaml.safe_load((HERE / "elsewhere.yml").read_text())


def test_what_is_tested_elsewhere_is_there_and_each_item_stands_in_one_place() -> None:
    missing = [path for path in ELSEWHERE["tested"].values() if not (CHECKOUT / path).exists()]
    assert missing == []
    assert all(reason.strip() for reason in ELSEWHERE["not_ours"].values())
    assert set(ELSEWHERE["tested"]) & set(ELSEWHERE["not_ours"]) == set()


@pytest.mark.skipif(not COLLECTION.exists(), reason="the collection of public answers is not here")
def test_no_public_answer_is_passed_over() -> None:
    """An example here, a test elsewhere, or a reason why nothing of ours computes it."""
    items = {one["id"] for one in yaml.safe_load(COLLECTION.read_text())["examples"]}
    texts = " ".join(str(one.file.data["published"]) for one in PUBLISHED)
    elsewhere = {*ELSEWHERE["tested"], *ELSEWHERE["not_ours"]}
    assert {item for item in items if item not in texts} - elsewhere == set()
    assert elsewhere - items == set()


@pytest.mark.parametrize(
    ("published", "says"),
    [
        (
            "{status: published, value: 0.8, source: S}",
            "published 0.8, the rows give 0.5: refused",
        ),
        (
            "{status: published error, value: 0.8, source: S}",
            "says why in `note`",
        ),
        (
            "{status: published error, value: 0.5, source: S, note: n}",
            "0.5 is what the rows give",
        ),
        ("{status: printed, value: 0.5, source: S}", "`status` must be one of published"),
        ("{status: published, value: 0.5}", "names its `source`"),
    ],
)
def test_a_wrong_mark_is_told_with_file_and_line(tmp_path: Path, published: str, says: str) -> None:
    path = tmp_path / "one.yml"
    path.write_text(
        f"title: t\npublished: {published}\nask:\n"
        "  - {answers: [{numerator: 1, denominator: 2, value: 0.5}]}\n"
    )
    with pytest.raises(ExampleError) as caught:
        judge(Example("abandonment.of_contacts", yaml_lines.read(path)))
    assert str(caught.value).startswith(f"{path}:2: ")
    assert says in str(caught.value)


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _numbers(one)
    elif isinstance(value, list):
        for one in value:
            yield from _numbers(one)
    elif isinstance(value, int | float):
        yield float(value)
