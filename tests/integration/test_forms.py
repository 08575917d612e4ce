"""Sheets of a company's own: every template of the docs loads whole and reaches its feed."""

import re

import pytest

from ground.home import CHECKOUT
from tests.deployment import Deployment

PAGE = (CHECKOUT / "docs" / "sources" / "forms.md").read_text(encoding="utf-8")
TEMPLATES = dict(re.findall(r"^## (\w+)$.*?^```csv\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
CONTRACTS = sorted(p.stem for p in (CHECKOUT / "ingest" / "sources" / "forms").glob("*.yml"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A centre whose only files are the templates."""
    made = Deployment(tmp_path_factory.mktemp("forms"), ["forms"])
    made.map("sites", [{"site_id": "mnl", "time_zone": "Asia/Manila"}])
    made.map("clients", [{"client_id": "acme"}])
    people = [{"system": "forms", "agent_code": one, "agent_id": one.lower(), "site_id": "mnl"}
              for one in ("A17", "A18", "L2")]  # fmt: skip
    made.map("agents", people)
    codes = {"WORK": "available", "LUNCH": "lunch"}
    made.map("activity_codes", [{"system": "forms", "activity_code": code, "activity": activity}
                                for code, activity in codes.items()])  # fmt: skip
    for feed, text in TEMPLATES.items():
        made.drop("forms", f"{feed}_2026-10-31.csv", text)
    return made


def test_every_contract_has_a_template() -> None:
    assert sorted(TEMPLATES) == CONTRACTS
    assert len(CONTRACTS) == 11


def test_every_row_of_every_template_loads_and_reaches_its_feed(filled: Deployment) -> None:
    outcomes = filled.take_in()
    for feed in CONTRACTS:
        found = outcomes[f"forms.{feed}"]
        kept = (found.landed_n, found.loaded_n, found.quarantined_n, found.unmapped_n)
        assert kept == (2, 2, 0, 0), feed
    filled.build(*(f"+feed_{feed}" for feed in CONTRACTS))
    for feed in CONTRACTS:
        ((rows,),) = filled.ask(f"select count(*) from intermediate.feed_{feed}")
        assert rows == 2, feed
    assert filled.ask(
        "select kind, score::double from intermediate.feed_surveys order by kind"
    ) == [("csat", 4.0), ("invitation", None)]


def test_a_row_sent_again_replaces_the_one_before(filled: Deployment) -> None:
    text = TEMPLATES["coaching"].splitlines()
    held = text[2].replace(",,planned,", ",2026-10-21T06:40:00Z,done,")
    filled.drop("forms", "coaching_2026-11-01.csv", f"{text[0]}\n{held}\n")
    filled.take_in()
    assert filled.ask(
        "select coaching_id, status from raw.forms__coaching where _is_current order by 1"
    ) == [("c1", "done"), ("c2", "done")]
