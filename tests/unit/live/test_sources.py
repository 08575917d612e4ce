"""Contracts of visits in progress: as sound as the night's, with what the endings need."""

import shutil
from pathlib import Path

import pytest

from ground.home import CHECKOUT
from ingest.contracts import lint
from ingest.contracts.contract import read_contract
from ingest.errors import ContractError
from live.coverage import OPEN_VISITS
from live.intake import OWN_SOURCES

FOUND = sorted(OWN_SOURCES.glob("*/*.yml"))
# What one visit must say, so that the models can be told each of its endings.
NEEDED = {
    "contact_id", "leg_number", "site_id", "channel", "direction", "dialled_number", "language",
    "queue_code", "started_at", "queued_at", "state", "wait_s", "seen_at",
}  # fmt: skip


@pytest.mark.parametrize("path", FOUND, ids=lambda path: "/".join(path.parts[-2:]))
def test_each_contract_of_visits_in_progress_says_what_their_endings_need(path: Path) -> None:
    contract = read_contract(path)
    assert contract.feed == OPEN_VISITS
    assert contract.intraday_latency_s is not None
    assert contract.replaces == "file"
    assert {column.name for column in contract.columns} >= NEEDED
    assert set(contract.column("state").accepted or ()) == {"waiting", "answered"}
    assert {column.personal for column in contract.columns} == {"none"}


@pytest.mark.parametrize("system", sorted({path.parent.name for path in FOUND}))
def test_the_linter_finds_nothing_in_them(system: str, tmp_path: Path) -> None:
    for name, root in (("company", CHECKOUT / "ingest" / "sources"), (system, OWN_SOURCES)):
        shutil.copytree(root / name, tmp_path / name)
    findings = [one for one in lint.lint(tmp_path, [system]) if system in str(one)]
    assert findings == []


def test_a_misspelt_latency_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "open_visits.yml"
    text = FOUND[0].read_text(encoding="utf-8")
    path.write_text(text.replace("intraday: {latency_s", "intraday: {delay_s"), encoding="utf-8")
    with pytest.raises(ContractError, match="intraday has no key 'delay_s'"):
        read_contract(path)
