"""Every rule of the company's lists finds its case, leaves its counter-case, and can be waived."""

import datetime as dt
import functools
from dataclasses import replace
from pathlib import Path

import pytest

from expectations import company_lint
from ground.home import CHECKOUT, Home, dbt_project_dir
from ingest.contracts.contract import Contract
from metrics.contracts import reader

TODAY = dt.date(2026, 11, 22)
RULES = company_lint.rules()
READ = company_lint.company_contracts


@pytest.fixture(autouse=True)
def contracts_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The contracts are files that no test changes; reading them is most of what a test costs."""
    monkeypatch.setattr(company_lint, "company_contracts", _company_contracts)


@functools.cache
def _company_contracts() -> tuple[Contract, ...]:
    return READ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_finds_its_case_and_leaves_the_other(rule: company_lint.Rule) -> None:
    found = company_lint.of_rows(rule.trips, TODAY, rule)
    assert found, rule.id
    assert all(one.message for one in found)
    assert company_lint.of_rows(rule.clean, TODAY, rule) == []


@pytest.mark.parametrize(
    ("rule_id", "subjects"),
    [
        (
            "clause_against_direction",
            ["K/AB", "K/AB", "K/AB2"],
        ),
        (
            "plainly_wrong_formula",
            ["abandonment.of_all", "attrition.by_list", "attrition.in_one", "attrition.of_hires"],
        ),
    ],
)
def test_each_wrong_row_is_found_with_its_file_and_line(rule_id: str, subjects: list[str]) -> None:
    rule = next(rule for rule in RULES if rule.id == rule_id)
    found = company_lint.of_rows(rule.trips, TODAY, rule)
    assert sorted(one.subject for one in found) == subjects
    assert all(one.file and one.line > 0 for one in found)


def test_a_finding_on_a_metric_stands_in_the_metrics_file(tmp_path: Path) -> None:
    definitions, _ = reader.read(dbt_project_dir() / "models" / "metrics")
    wrong = [replace(m, name="nps", bounds=(0, 100)) if m.id == "csat_mean" else m
             for m in definitions.metrics]  # fmt: skip
    found = company_lint.of_files(Home(tmp_path), replace(definitions, metrics=tuple(wrong)), TODAY)
    (one,) = [one for one in found if one.rule == "plainly_wrong_formula"]
    lines = Path(one.file).read_text(encoding="utf-8").splitlines()
    assert Path(one.file).is_file()
    assert "csat_mean" in lines[one.line - 1]


def test_a_waiver_needs_a_reason_and_ends() -> None:
    rule = next(rule for rule in RULES if rule.id == "negative_weight")
    waiver = {
        "waiver_id": "W", "rule": rule.id, "client_id": "acme", "subject": "S", "reason": "agreed",
        "approved_by": "head", "valid_from": "2026-01-01", "valid_to": "2026-12-01",
    }  # fmt: skip
    assert company_lint.of_rows({**rule.trips, "rule_waivers": [waiver]}, TODAY, rule) == []
    for change in ({"valid_to": "2026-11-22"}, {"reason": " "}, {"client_id": "bolt"}):
        rows = {**rule.trips, "rule_waivers": [waiver | change]}
        assert company_lint.of_rows(rows, TODAY, rule), change


def test_a_finding_names_file_line_and_what_to_write(tmp_path: Path) -> None:
    folder = tmp_path / "landing" / "company"
    folder.mkdir(parents=True)
    for path in sorted((CHECKOUT / "simulator" / "company").glob("*.csv")):
        if path.name.count(".") == 1:
            (folder / f"{path.stem}_2026-11-01.csv").write_bytes(path.read_bytes())
    clauses = folder / "contract_clauses_2026-11-01.csv"
    text = clauses.read_text().replace("at_least,0.80,month", "at_least,85,month", 1)
    clauses.write_text(text)
    definitions, _ = reader.read(dbt_project_dir() / "models" / "metrics")
    found = company_lint.of_files(Home(tmp_path), definitions, TODAY)
    assert [(one.rule, one.client_id, Path(one.file).name, one.line) for one in found] == [
        ("percent_for_fraction", "aurora_energy", clauses.name, 2)
    ]
    assert "do you mean 0.85" in found[0].message


def test_every_rule_has_its_page_of_advice() -> None:
    pages = {path.stem: path.read_text() for path in (CHECKOUT / "docs" / "advice").glob("*.md")}
    assert pages == {rule.id: company_lint.advice(rule) for rule in RULES}


def test_at_night_an_error_holds_back_the_client_concerned_alone(tmp_path: Path) -> None:
    from ingest.intake import prepare_tables
    from ingest.ledger import ledger

    home = Home(tmp_path)
    with ledger.warehouse(home) as con:
        prepare_tables(con, company_lint.company_contracts())
        batch = ledger.open_batch(con, "test", TODAY)
        con.execute(
            "insert into ledger.file by name select 1 as file_id, 'company' as system, "
            "'metric_sets' as feed, 'metric_sets_2026-11-01.csv' as file_name"
        )
        con.executemany(
            "insert into raw.company__metric_sets by name select ? as set_id, ? as client_id, "
            "'csat.satisfied_of_answers' as metric, 'scorecard' as purpose, ?::double as weight, "
            "date '2026-01-01' as valid_from, date '2026-09-01' as reviewed_on, 1 as _file_id, "
            "1 as _row_number, true as _is_current",
            [["A", "acme", -1], ["B", "bolt", 1]],
        )
    results = {r.check_id: r for r in company_lint.of_warehouse(home, batch_id=batch)}
    negative = results["company.negative_weight"]
    assert (negative.holds, negative.radius, negative.clients) == (True, "client", ("acme",))
    assert [r.check_id for r in results.values() if r.holds] == ["company.negative_weight"]
