"""Two accounts of every system send the same files: each row is there twice, under two ids.

Walks every system, every model and every fact, so that a new one is in it without being named.
"""

import shutil
from typing import Any

import pytest

from ground.systems import SIMULATED
from tests.deployment import Deployment
from tests.integration.conftest import MARTS, SYSTEMS, drop_all

BETA = tuple(f"{system}/beta" for system in SYSTEMS)
BOTH = (*SYSTEMS, *BETA)
FACTS = {
    "fct_contact": "contact_id",
    "fct_contact_leg": "leg_id",
    "fct_agent_activity": "activity_id",
    "fct_case": "case_id",
    "fct_case_event": "case_event_id",
    "fct_evaluation": "evaluation_id",
    "fct_evaluation_answer": "evaluation_answer_id",
    "fct_employment_event": "employment_event_id",
}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Each system once without a name and once as beta, with the same files."""
    simulated = [f"{name}{tail}" for name in SIMULATED.split(",") for tail in ("", "/beta")]
    made = Deployment(tmp_path_factory.mktemp("two"), (*BOTH, *simulated))
    drop_all(made)
    rows = [
        {"system": "zendesk/beta", "queue_code": "70", "client_id": "other"},
        {"system": "connect/beta", "queue_code": "sales", "client_id": "other"},
    ]
    made.drop("company", "queues_1997-01-02.csv", _with(made, "queues", rows))
    for system in SYSTEMS:
        folder = made.home.landing / system
        shutil.copytree(folder, folder.with_name("copied"))
        folder.with_name("copied").rename(folder / "beta")
    made.take_in()
    made.build(*(mart for mart in MARTS if mart.startswith("+")), "+fct_evaluation_answer")
    return made


def _with(made: Deployment, name: str, rows: list[dict[str, str]]) -> str:
    """The map as it was dropped, with rows of one account alone."""
    text = (made.home.landing / "company" / f"{name}_1997-01-01.csv").read_text(encoding="utf-8")
    header, first, *_ = text.splitlines()
    usual = dict(zip(header.split(","), first.split(","), strict=True))
    more = [",".join((usual | row)[column] for column in header.split(",")) for row in rows]
    return text + "\n".join(more) + "\n"


def models(made: Deployment) -> dict[str, Any]:
    """The project's models as dbt parsed them, by name."""
    nodes = made._manifest.nodes.values()
    return {node.name: node for node in nodes if node.resource_type == "model"}


def test_every_row_of_both_accounts_is_taken_in(two: Deployment) -> None:
    counted = two.ask(
        "select system, feed, file_name.replace('beta/', ''), "
        "count(distinct (landed_n, loaded_n, quarantined_n, superseded_n, verdict)), count(*) "
        "from ledger.file where system <> 'company' group by all"
    )
    assert {row[0] for row in counted} == set(SYSTEMS)
    assert [row for row in counted if row[3:] != (1, 2)] == []


@pytest.mark.parametrize(("fact", "key"), FACTS.items(), ids=FACTS)
def test_both_accounts_reach_the_fact_with_ids_of_their_own(
    two: Deployment, fact: str, key: str
) -> None:
    found = two.ask(
        f"select split_part(source_system, '/', 1) as system, "
        f"count(*) filter (where source_system not like '%/beta'), "
        f"count(*) filter (where source_system like '%/beta'), "
        f"count(*) - count(distinct {key}) from core.{fact} group by 1"
    )
    assert found
    assert [row for row in found if row[1] != row[2] or row[3]] == []


def test_a_model_of_an_account_stands_on_rows_of_that_account_alone(two: Deployment) -> None:
    systems = {contract.system for contract in two.contracts if contract.system != "company"}
    known = models(two)
    ours = [name for name in known if name.split("__")[0][4:] in systems]
    assert len(ours) > 100
    for name in ours:
        node = known[name]
        instance = name.split("__")[-1]
        assert instance in ("default", "beta"), f"{name} is of no account"
        for parent in node.depends_on.nodes:
            if parent.startswith("model.") and parent.split("__")[0][14 + 4 :] in systems:
                assert parent.endswith(f"__{instance}"), f"{name} reads {parent}"
        sources = node.raw_code.count("source(")
        assert node.raw_code.count(f"where _instance = '{instance}')") == sources, name


def test_every_feed_has_both_accounts_of_every_system_that_fills_it(two: Deployment) -> None:
    known = models(two)
    for contract in two.contracts:
        for feed in contract.fills if contract.system != "company" else ():
            parents = known[f"feed_{feed}"].depends_on.nodes
            own = [p for p in parents if p.split("__")[0].endswith(f"_{contract.system}")]
            assert {p.split("__")[-1] for p in own} == {"default", "beta"}, (contract.name, feed)


def test_a_code_is_looked_up_for_its_account_or_for_all(two: Deployment) -> None:
    legs = two.ask(
        "select distinct source_system, queue_id, client_id from core.fct_contact_leg "
        "where queue_id like 'connect%:sales' order by 1"
    )
    assert legs == [
        ("connect", "connect:sales", "acme"),
        ("connect/beta", "connect/beta:sales", "other"),
    ]
    agents = two.ask(
        "select distinct source_system, agent_id from core.fct_case "
        "where agent_id in ('ann') order by 1"
    )
    assert agents == [("zendesk", "ann"), ("zendesk/beta", "ann")]
    business = two.ask(
        "select distinct source_system, client_id, line_of_business from core.fct_case "
        "where client_id <> 'unmapped' order by 1"
    )
    assert business == [("zendesk", "acme", "service"), ("zendesk/beta", "other", "service")]


def test_a_named_contact_of_another_system_is_that_of_the_account_of_the_same_name(
    two: Deployment,
) -> None:
    links = two.ask(
        "select source_system, contact_id from core.fct_evaluation "
        "where contact_id is not null and source_system like 'qa%' order by 1"
    )
    assert links == [("qa", "connect:c0"), ("qa/beta", "connect/beta:c0")]


def test_a_customers_own_id_is_another_person_in_another_account(two: Deployment) -> None:
    shared = two.ask(
        "select count(*), count(distinct customer_id) from core.fct_case as one "
        "where customer_id in (select customer_id from core.fct_case as other "
        "where other.source_system <> one.source_system)"
    )
    assert shared == [(0, 0)]
