"""`headset sla` on a published centre: reading, tracing, other terms, issuing, what came later."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from metrics.question.query import query
from orchestration.cli import cli
from orchestration.run.night import run_night
from tests.centre import Centre

CLIENT, CONTRACT = "aurora_energy", "AUR-1"


def sla(month: str, *arguments: str) -> Result:
    """The command's answer."""
    return CliRunner().invoke(cli, ["sla", "--client", CLIENT, "--month", month, *arguments])


def lines(month: str, *arguments: str) -> dict[str, dict[str, Any]]:
    """The command's rows by line, which must succeed."""
    answer = sla(month, *arguments, "--format", "json")
    assert answer.exit_code == 0, answer.output
    return {row["line_id"]: row for row in json.loads(answer.stdout)}


@pytest.fixture
def published(published_history: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shared history, for commands that only read."""
    monkeypatch.setenv("HEADSET_HOME", str(published_history))
    return published_history


def test_a_statement_says_what_each_line_rests_on(published: Path) -> None:
    stated = lines("2026-10")
    clause = next(row for row in stated.values() if row["line_id"].startswith("clause.SL@"))
    assert clause["denominator"] or clause["left_out"]
    assert clause["definition_version"] == 3
    assert "short" in clause["metric"]
    answer = sla("2026-10")
    assert "October 2026 (not issued)" in answer.stdout
    assert f"Contract {CONTRACT}, EUR" in answer.stdout
    assert "provisional: the month is not over" in sla("2026-11").stdout


def test_a_line_is_traced_to_the_contacts_behind_it(published: Path) -> None:
    clauses = [row for row in lines("2026-10").values() if row["metric"]]
    assert any(row["denominator"] for row in clauses)
    for stated in clauses:
        answer = sla("2026-10", "--line", stated["line_id"])
        assert answer.exit_code == 0, answer.output
        counted = f"{stated['numerator']:g} of {stated['denominator']:g}"
        assert f"In all: {counted}, left out not counted." in answer.stdout
        assert "client.sla_half_hour" in answer.stderr, "the query itself"
    line = clauses[0]["line_id"]
    refused = sla("2026-10", "--line", "fee.fixed")
    assert refused.exit_code != 0
    assert line in refused.output, "names the lines that do rest on contacts"


def test_other_terms_are_tried_without_changing_anything(published: Path) -> None:
    before = lines("2026-10")
    line = next(name for name in before if name.startswith("clause.ABANDONMENT@"))
    same = lines("2026-10", "--what-if", "ABANDONMENT.threshold=0.08")
    assert {name: row["what_if"] for name, row in same.items()} == {
        name: row["amount"] for name, row in same.items()
    }
    assert (same[line]["is_attained"], same[line]["amount"] < 0) == (False, True)
    easy = lines("2026-10", "--what-if", "ABANDONMENT.threshold=1.0")
    assert (easy[line]["what_if_attained"], easy[line]["what_if"]) == (True, 0)
    assert lines("2026-10") == before
    unknown = sla("2026-10", "--what-if", "XX.threshold=0.8")
    assert unknown.exit_code != 0
    assert "ABANDONMENT" in unknown.output


def test_what_comes_out_otherwise_after_issuing_is_a_correction_later(centre: Centre) -> None:
    """October is issued; then finance finds that a contact was to cost a cent less all along."""
    day = centre.last_day - timedelta(days=2)
    as_issued = {name: row["amount"] for name, row in lines("2026-10").items()}
    assert sla("2026-11", "--issue").exit_code != 0, "a month that is not over"
    issued = sla("2026-10", "--issue", "--on", str(day))
    assert issued.exit_code == 0, issued.output
    assert sla("2026-10", "--issue", "--on", str(day)).exit_code != 0, "only once"

    company = centre.home.landing / "company"
    terms = max(company.glob("contracts_*.csv")).read_text()
    assert terms.count("42000,1.10,") == 1
    (company / f"contracts_{day}.csv").write_text(terms.replace("42000,1.10,", "42000,1.09,"))
    centre.drop(arrived_by=day, arrived_after=day - timedelta(days=1))
    assert run_night(centre.home, day, day).status == "published"

    assert {name: row["amount"] for name, row in lines("2026-10").items()} == as_issued
    assert "(issued " in sla("2026-10").stdout
    paid_n = lines("2026-10")["fee.contacts"]["denominator"]
    corrected = lines("2026-11")
    fee = corrected["correction.2026-10-01.fee.contacts"]
    assert fee["amount"] == pytest.approx(-0.01 * paid_n)
    assert {name for name in corrected if name.startswith("correction.")} <= {
        f"correction.2026-10-01.{name}" for name in as_issued
    }
    assert query(centre.home, "offered.contacts", grain="month").rows, "all else is as it was"
