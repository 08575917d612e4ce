"""The map of the house names files that are there, and every decision is in the index."""

import re

import pytest

from ground.home import CHECKOUT

DOCS = CHECKOUT / "docs"
PLACES = re.compile(
    r"`((?:orchestration|expectations|statements|metrics|publish|ingest|ground|bi|dbt_project|tests"
    r"|docs|live)/[\w/.-]+)`"
)


def test_every_file_that_the_architecture_names_exists() -> None:
    named = set(PLACES.findall((DOCS / "architecture.md").read_text(encoding="utf-8")))
    assert len(named) > 30
    assert [name for name in sorted(named) if not (CHECKOUT / name).exists()] == []


def test_every_decision_has_a_date_a_status_and_a_row_in_the_index() -> None:
    index = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    for path in sorted((DOCS / "decisions").glob("*.md")):
        if path.name != "README.md":
            text = path.read_text(encoding="utf-8")
            assert re.search(r"^Date: \d{4}-\d\d-\d\d.* Status: \w+", text, re.MULTILINE), path.name
            assert f"({path.name})" in index, f"{path.name} is not in the index"


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: object) -> None:
    path = DOCS / str(getattr(page, "name", ""))
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{path.name}: {target}"
