"""The pages in docs/metrics/ say what the contracts and the worked examples say."""

from ground.home import CHECKOUT
from metrics import dictionary
from metrics.contracts import reader


def test_the_pages_are_what_the_contracts_and_examples_say_now() -> None:
    made = dictionary.pages(reader.load(CHECKOUT / "dbt_project" / "models" / "metrics"))
    found = {path.name: path.read_text(encoding="utf-8") for path in dictionary.PAGES.glob("*.md")}
    stale = sorted(name for name in made if found.get(name) != made[name])
    assert stale == [], "run: python -m metrics.dictionary"
    assert sorted(found) == sorted(made)


def test_every_variant_has_its_meaning_its_parts_and_an_example() -> None:
    definitions = reader.load(CHECKOUT / "dbt_project" / "models" / "metrics")
    made = dictionary.pages(definitions)
    for metric in definitions.metrics:
        heading = f"## {metric.display}{' (default)' if metric.default else ''}\n"
        section = made[f"{metric.name}.md"].split(heading, 1)[1].split("\n## ", 1)[0]
        assert metric.meaning in section
        assert "**Example:" in section, metric.display
