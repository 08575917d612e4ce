"""An export whose columns changed is loaded, and the night and the status say what is gone and new.

The file has the form of a public bug report (`../shared/data/cases`); without it the test skips.
"""

import json
import shutil
from datetime import date

import pytest
from click.testing import CliRunner

from ground.home import CHECKOUT, Home
from orchestration.cli import cli
from orchestration.run.night import run_night
from orchestration.run.summary import last_summaries

CASES = CHECKOUT.parent / "shared" / "data" / "cases"
DAY = date(2026, 10, 22)

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the public cases are not here")


def test_an_export_that_changes_its_columns_is_told_by_the_night_and_the_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HEADSET_SYSTEMS", "zendesk")
    home = Home.from_env()
    shutil.copytree(CASES / "21-export-changes-its-columns" / "landing", home.landing)
    for path in sorted((CASES / "company-maps").rglob("*.csv")):
        (home.landing / "company").mkdir(exist_ok=True)
        shutil.copy(path, home.landing / "company")
    (home.landing / "zendesk" / "ticket-list.csv").write_text("of nobody\n")

    night = run_night(home, DAY, DAY)

    feed = next(one for one in night.feeds if one.name == "zendesk.tickets")
    assert (feed.landed_n, feed.loaded_n) == (1, 1)
    (columns,) = [line for line in night.told if line.startswith("zendesk.tickets")]
    assert "not in the file: agent_code" in columns
    assert "not in the contract, and left out: 2 (xxxxxxxx), 12 (xxxxxx_xxxxxx_xx)" in columns
    assert any("Nobody loads zendesk/" in line for line in night.told)
    assert last_summaries(home, 1)[0].told == night.told

    asked = CliRunner().invoke(cli, ["status", "--format", "json"])
    assert asked.exit_code == 0, asked.output
    status = json.loads(asked.stdout)
    said = {(row["column"], row["how"]) for row in status["columns"]}
    assert {
        ("agent_code", "never came"),
        ("2 (xxxxxxxx)", "not in the contract"),
        ("12 (xxxxxx_xxxxxx_xx)", "not in the contract"),
    } <= said
    assert [row["system"] for row in status["unclaimed"]] == ["zendesk"]
    verdict = json.loads((home.audit / f"{night.run_id}.json").read_text())
    (check,) = [one for one in verdict["results"] if one["check_id"] == "ledger.columns"]
    assert (check["severity"], check["status"]) == ("warn", "fail")
    assert check["feeds"] == ["zendesk.tickets"]
    assert check["dashboards"], "the pages that show what stands on it"
