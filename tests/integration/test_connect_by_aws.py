"""Amazon Connect's own numbers, by Amazon's documented logic, against ours: nothing unexplained.

One home, four nights: parts of a contact come days after the rest, and before it. What the nights
built is what one build of everything gives.
"""

import csv
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from ground.home import dbt_project_dir
from metrics.contracts import reader
from metrics.question.query import query
from metrics.reconcile.report import reconcile_report
from metrics.reconcile.variants import UNEXPLAINED
from tests.connect_by_aws import KNOWN, REPORT, report
from tests.connect_records import CASES, Record, random_chain
from tests.deployment import Deployment
from tests.worked_examples.house import publish

TABLES = ("fct_contact", "fct_contact_leg")
NIGHTS = 4


def _random(seed: int) -> list[Record]:
    rng = random.Random(seed)
    chains = [random_chain(rng, f"r{number}") for number in range(120)]
    return [record for chain in chains for record in chain]


RECORDS = [*CASES, *_random(19)]


def _delivered() -> Iterator[list[Record]]:
    """Every record once, when it ends or up to two nights later: also before what it follows."""
    rng = random.Random(7)
    nights: list[list[Record]] = [[] for _ in range(NIGHTS)]
    for record in RECORDS:
        day = int(record["DisconnectTimestamp"][8:10]) - 10
        late = rng.choice([0, 0, 0, 1, 2]) if record["ContactId"].startswith("r") else 0
        nights[min(day // 2 + late, NIGHTS - 1)].append(record)
    yield from nights


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    made = Deployment(tmp_path_factory.mktemp("connect_by_aws"), ["connect"])
    made.map("clients", [{"client_id": "acme"}])
    made.map("sites", [{"site_id": "main", "time_zone": "UTC"}])
    rows = [
        {"system": "connect", "queue_code": queue, "client_id": "acme", "short_abandon_s": "5"}
        for queue in ("sales", "service")
    ]
    made.map("queues", rows)
    for number, records in enumerate(_delivered()):
        text = "".join(json.dumps(record) for record in records)
        made.drop("connect", f"contact_records_main_2026-03-{10 + 2 * number}.json", text)
        made.take_in()
        made.build(*(f"+{table}" for table in TABLES), "dim_date")
    publish(made.home, {*TABLES, "dim_date"})
    return made


@pytest.mark.parametrize("metric", REPORT)
def test_amazon_s_report_is_explained_to_the_last_record(
    built: Deployment, tmp_path: Path, metric: str
) -> None:
    figures = report(RECORDS, metric)
    assert len(figures) > 4
    path = tmp_path / "console.csv"
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["queue_id", "day", "value"])
        for (queue, day), value in figures.items():
            lines.writerow([queue, day, "" if value is None else f"{float(value):.15f}"])
    found = reconcile_report(built.home, metric, path, [metric.partition(".")[2]])
    assert len(found.steps) == len(figures)
    for key, steps in found.steps.items():
        rest = next(step for step in steps if step.cause == UNEXPLAINED)
        assert steps[0].value is None or abs(rest.effect or 0) < 1e-12, (key, steps)


def test_nights_build_what_one_build_of_everything_gives(built: Deployment) -> None:
    rows = {table: built.ask(f"from core.{table} order by all") for table in TABLES}
    built.dbt("run", "--full-refresh", "--select", *(f"+{table}" for table in TABLES))
    for table in TABLES:
        again = built.ask(f"from core.{table} order by all")
        assert rows[table] == again, sorted(set(rows[table]) ^ set(again))[:6]


def test_each_record_is_in_one_contact_and_legs_add_up_to_it(built: Deployment) -> None:
    records = len(RECORDS)
    found = built.ask(
        "select sum(records_n), count(distinct contact_id) = count(*) from core.fct_contact"
    )
    assert found == [(records, True)]
    for check in ("legs_add_up_to_their_contacts", "nearly_every_leg_has_its_contact"):
        built.dbt("test", "--select", check)


CONTACTS = {
    # contact: direction, outcome, offered, agents
    "asks": ("inbound", "callback_requested", True, 0),
    "back": ("outbound", "answered", False, 1),
    "waits": ("inbound", "callback_requested", True, 0),
    "mail": ("inbound", "answered", True, 2),
    "dial": ("outbound", "flowed_out", False, 0),
    "dial.waits": ("outbound", "answered", False, 1),
    "dial.told": ("outbound", "flowed_out", False, 0),
    "partner": ("inbound", "flowed_out", True, 0),
    "ended": ("inbound", "flowed_out", True, 0),
    "left": ("inbound", "abandoned_in_ivr", True, 0),
    "web": ("inbound", "answered", True, 1),
    "new": ("unmapped", "unmapped", False, 1),
    "out": ("outbound", "answered", False, 1),
    "asked": ("inbound", "answered", True, 1),
    "joined": ("inbound", "answered", True, 1),
    "handed": ("inbound", "answered", True, 2),
    "own": ("inbound", "abandoned_in_queue", True, 0),
    "task": ("inbound", "answered", True, 1),
    "reply": ("outbound", "answered", False, 1),
    "receipt": ("outbound", "flowed_out", False, 0),
    "again": ("inbound", "abandoned_in_queue", True, 0),
    "moved": ("inbound", "answered", True, 1),
}


@pytest.mark.parametrize("contact", CONTACTS)
def test_a_contact_is_what_the_customer_lived(built: Deployment, contact: str) -> None:
    found = built.ask(
        "select direction, outcome, is_offered, agents_n from core.fct_contact "
        "where contact_id = ?",
        f"connect:{contact}",
    )
    assert found == [CONTACTS[contact]]


LEGS = {
    # leg: queued_as, joined_as, outcome, offered, abandoned by AWS, transferred
    "asks#1": ("customer", None, "callback_requested", True, False, False),
    "waits#1": ("customer", None, "callback_requested", True, False, False),
    "mail#2": ("customer", None, "answered", True, False, False),
    "dial.waits#1": ("customer", None, "answered", True, False, False),
    "out.2": None,
    "out#2": ("customer", None, "abandoned", True, True, False),
    "first.2#2": ("customer", None, "abandoned", True, True, False),
    "vain.2#2": ("callback", None, "flowed_out", False, True, False),
    "asked#1": ("customer", None, "answered", True, False, False),
    "asked#2": ("none", "consulted", "answered", False, False, False),
    "joined#2": ("none", "conference", "answered", False, False, False),
    "joined#3": ("none", "conference", "answered", False, False, False),
    "handed#1": ("customer", None, "answered", True, False, True),
    "handed#2": ("none", None, "answered", False, False, False),
    "own#1": ("customer", None, "abandoned", True, True, False),
    "new#1": ("unmapped", None, "unmapped", False, False, False),
    "again#1": ("customer", None, "flowed_out", True, False, False),
    "again#2": ("customer", None, "abandoned", True, True, False),
}


@pytest.mark.parametrize("leg", LEGS)
def test_a_leg_says_who_waited_and_who_was_only_asked(built: Deployment, leg: str) -> None:
    found = built.ask(
        "select queued_as, joined_as, outcome, is_offered, is_source_abandon, is_transfer_out "
        "from core.fct_contact_leg where leg_id = ?",
        f"connect:{leg}",
    )
    assert found == ([LEGS[leg]] if LEGS[leg] else [])


def test_a_word_that_no_table_knows_is_shown_and_in_no_rate(built: Deployment) -> None:
    assert {r["InitiationMethod"] for r in RECORDS} - KNOWN == {"HOLOGRAM"}
    rates = built.ask(
        "select sum(is_offered::int + is_answered::int + is_abandoned::int + is_queued::int "
        "+ is_agent_connected::int) from core.fct_contact_leg where outcome = 'unmapped'"
    )
    assert rates == [(0,)]
    for check in ("no_contact_has_an_unknown_kind", "no_leg_has_an_unknown_kind"):
        assert built.dbt("test", "--select", check) == {check: "warn"}


# Of a contact and not of a queue, or of what Amazon's text and logic say differently.
NOT_BY_QUEUE = {
    "contacts_created.amazon_connect": "counted with the contact: every record, once",
    "contacts_incoming.amazon_connect": "likewise",
    "callback_attempts.amazon_connect": "by Amazon's text, which its logic contradicts",
}


def test_every_variant_named_after_amazon_connect_is_in_the_report() -> None:
    metrics = reader.load(dbt_project_dir() / "models" / "metrics").metrics
    named = {one.display for one in metrics if one.variant.startswith("amazon_connect")}
    assert named == set(REPORT) | set(NOT_BY_QUEUE)


def test_contacts_created_and_incoming_are_amazon_s_own_counts(built: Deployment) -> None:
    known = [record for record in RECORDS if record["InitiationMethod"] in KNOWN]
    incoming = ("INBOUND", "TRANSFER", "QUEUE_TRANSFER")
    came = sum(record["InitiationMethod"] in incoming for record in known)
    found = {
        name: query(built.home, f"{name}.amazon_connect").rows[0]["value"]
        for name in ("contacts_created", "contacts_incoming")
    }
    assert found == {"contacts_created": len(RECORDS), "contacts_incoming": came}
