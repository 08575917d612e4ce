"""A sample, `headset source new`, and the very sample in the marts: nobody touches the draft."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from ground.home import CHECKOUT
from ingest.contracts.contract import load_contracts
from ingest.contracts.lint import lint
from orchestration.cli import cli
from tests import samples
from tests.deployment import Deployment

SYSTEMS = {
    "callog": samples.german_call_log,
    "board": samples.call_workbook,
    "helpdesk": samples.ticket_export,
}


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    root = tmp_path_factory.mktemp("drafts")
    sources = root / "sources"
    shutil.copytree(CHECKOUT / "ingest" / "sources" / "company", sources / "company")
    made = Deployment(root, [])
    for system, sample in SYSTEMS.items():
        told = CliRunner().invoke(
            cli,
            [
                "source",
                "new",
                system,
                "--sample",
                str(sample(root)),
                "--time-zone",
                "Europe/Berlin",
            ],
            env={"HEADSET_SOURCES": str(sources), "HEADSET_DBT_PROJECT": str(made.project)},
        )
        assert told.exit_code == 0, told.output
        landing = made.home.landing / system
        landing.mkdir(parents=True)
        shutil.copy(sample(root), landing)
    assert lint(sources, list(SYSTEMS)) == []
    made.contracts = load_contracts(sources, list(SYSTEMS))
    # The one thing that no sample says: by which country's rules its national numbers are read.
    made.map("clients", [{"client_id": "callog", "country_code": "DE", "calling_code": "49"}])
    outcomes = made.take_in()
    for system, feed, rows_n in (
        ("callog", "calls", 12), ("board", "calls", 10), ("helpdesk", "tickets", 8)
    ):  # fmt: skip
        outcome = outcomes[f"{system}.{feed}"]
        assert (outcome.loaded_n, outcome.quarantined_n) == (rows_n, 0)
    made.build("+fct_contact", "+fct_contact_leg", "+fct_survey", "+fct_case")
    return made


def test_a_call_log_with_decimal_commas_counts_as_it_was_written(drafted: Deployment) -> None:
    assert drafted.ask(
        "select count(*), count(*) filter (where is_answered), min(started_at_utc)::varchar, "
        "count(distinct customer_id) from core.fct_contact where client_id = 'callog'"
    ) == [(12, 9, "2026-03-09 07:15:00", 12)]
    assert drafted.ask(
        "select sum(wait_s), sum(talk_s), count(distinct agent_id) "
        "from core.fct_contact_leg where client_id = 'callog'"
    ) == [(1080, 1710, 3)]


def test_a_workbook_with_a_title_and_a_total_counts_its_calls_alone(drafted: Deployment) -> None:
    assert drafted.ask(
        "select count(*), count(*) filter (where is_abandoned), min(started_at_utc)::varchar "
        "from core.fct_contact where client_id = 'board'"
    ) == [(10, 2, "2026-03-10 08:00:00")]
    assert drafted.ask(
        "select sum(talk_s) from core.fct_contact_leg where client_id = 'board'"
    ) == [(1440,)]
    assert drafted.ask(
        "select count(*), sum(score)::integer from core.fct_survey where client_id = 'board'"
    ) == [(3, 7)]


def test_tickets_become_cases_without_names_texts_or_birth_dates(drafted: Deployment) -> None:
    assert drafted.ask(
        "select count(*), count(resolved_at_utc), min(opened_at_utc)::varchar, "
        "count(distinct customer_id), string_agg(distinct status, ',' order by status) "
        "from core.fct_case where client_id = 'helpdesk'"
    ) == [(8, 4, "2026-03-01 09:00:00", 5, "open,pending,resolved")]
    raw = drafted.ask("select * from raw.helpdesk__tickets")
    assert not any(word in str(raw) for word in ("Jo Doe", "example.org", "does not work", "1990"))


def test_a_draft_writes_no_value_of_the_sample_and_nothing_over(drafted: Deployment) -> None:
    sources = drafted.home.root.parent / "sources"
    written: list[Path] = [path for system in SYSTEMS for path in (sources / system).glob("*.yml")]
    written += [
        path
        for system in SYSTEMS
        for path in (drafted.project / "models" / "staging" / system).glob("*.sql")
    ]
    text = " ".join(path.read_text(encoding="utf-8") for path in written)
    assert len(written) == 9
    assert not any(value in text for value in ("Jo Doe", "0301234", "Störung", "Sales", "M1"))
    again = CliRunner().invoke(
        cli,
        ["source", "new", "callog", "--sample", str(sources.parent / samples.CALLOG)],
        env={"HEADSET_SOURCES": str(sources), "HEADSET_DBT_PROJECT": str(drafted.project)},
    )
    assert again.exit_code == 1
    assert "is there already" in again.output
