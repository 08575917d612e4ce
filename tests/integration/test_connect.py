"""Amazon Connect from its contact records to the marts; the records are invented."""

import json

import pytest

from tests.connect_records import CALLER, at, record
from tests.deployment import Deployment

FIRST = [
    # Delivered while the agent is still at work, and again below.
    record("plain", "08:00:00", "08:05:30", updated="08:05:31", queue=("sales", "08:00:10", 20),
           agent=("ann", "08:00:30", 240, 60, 0), AgentConnectionAttempts=3),
    # To another queue by the agent, then to a colleague; in three records.
    record("chain", "09:00:00", "09:05:00", queue=("sales", "09:00:05", 15),
           agent=("bob", "09:00:20", 280, 0, 10), NextContactId="chain.2"),
    record("chain.2", "09:05:00", "09:07:00", method="TRANSFER", initial="chain", previous="chain",
           queue=("service", "09:05:00", 30), agent=("cat", "09:05:30", 90, 0, 0)),
    record("chain.3", "09:07:00", "09:08:00", method="TRANSFER", initial="chain",
           previous="chain.2", agent=("dan", "09:07:05", 55, 0, 20)),
    # The flow moves a waiting caller to another queue, where he gives up.
    record("moved", "10:00:00", "10:01:00", queue=("sales", "10:00:00", 60)),
    record("moved.2", "10:01:00", "10:02:00", method="QUEUE_TRANSFER", initial="moved",
           previous="moved", queue=("service", "10:01:00", 60)),
    record("menu", "10:10:00", "10:10:30"),
    record("call", "11:00:00", "11:03:00", method="OUTBOUND",
           ConnectedToSystemTimestamp=at("11:00:12"), agent=("ann", "11:00:12", 168, 0, 5)),
    record("vain", "11:10:00", "11:10:30", method="OUTBOUND", agent=("ann", "11:10:00", 0, 0, 0)),
    record("ears", "08:01:00", "08:02:00", method="MONITOR", initial="plain", previous="plain",
           agent=("sue", "08:01:00", 60, 0, 0)),
    # Asks for a callback at ten to midnight; it is made after midnight, the first try in vain.
    record("asks", "23:45:00", "23:50:10", queue=("sales", "23:45:10", 300)),
    record("back", "23:50:00", "1+00:05:00", method="CALLBACK", initial="asks", previous="asks",
           queue=("sales", "23:51:39", 781), agent=("bob", "1+00:04:40", 0, 0, 0)),
    record("open", "23:55:00", None, queue=("sales", "23:55:00", 30),
           agent=("ann", "23:55:30", 0, 0, 0)),
    record("broken", "12:00:00", "12:01:00", queue=("sales", "12:00:00", -4)),
]  # fmt: skip
SECOND = [
    # Late: it was updated before what is already here.
    record("plain", "08:00:00", None, updated="08:02:00", queue=("sales", "08:00:10", 20)),
    record("back", "23:50:00", "1+00:05:00", method="CALLBACK", initial="asks", previous="asks",
           queue=("sales", "23:51:39", 781), agent=("bob", "1+00:04:40", 0, 0, 0)),
    record("back.2", "1+00:06:00", "1+00:10:00", method="CALLBACK", initial="asks", previous="back",
           queue=("sales", "1+00:06:00", 40), agent=("bob", "1+00:06:40", 180, 0, 15),
           ConnectedToSystemTimestamp=at("1+00:06:55")),
    # Fields that came later, of a newer version.
    record("open", "23:55:00", "1+00:03:00", updated="2+01:00:00", queue=("sales", "23:55:00", 30),
           agent=("ann", "23:55:30", 450, 0, 8), AWSContactTraceRecordFormatVersion="2031-01-01",
           Mood={"Of": CALLER}),
]  # fmt: skip
AGAIN = record("plain", "08:00:00", "08:05:30", queue=("sales", "08:00:10", 20),
               agent=("ann", "08:00:30", 240, 60, 35), AgentConnectionAttempts=3)  # fmt: skip
MARTS = ("+fct_contact", "+fct_contact_leg", "+interaction_queue_half_hour")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    made = Deployment(tmp_path_factory.mktemp("connect"), ["connect"])
    made.map("clients", [{"client_id": "acme"}])
    made.map("sites", [{"site_id": "main", "time_zone": "UTC"}])
    made.map(
        "queues",
        [
            {"system": "connect", "queue_code": queue, "client_id": "acme"}
            for queue in ("sales", "service")
        ],
    )
    # The delivery stream puts records one behind the other, without line ends.
    text = "".join(json.dumps(r) for r in [*FIRST, AGAIN])
    made.drop("connect", "contact_records_main_2026-03-10_1.json", text)
    other = {"conversations": [{"conversationId": "c", "ani": CALLER}]}
    made.drop("connect", "contact_records_main_2026-03-10_2.json.gz", json.dumps(other))
    made.take_in()
    made.build(*MARTS)
    second = "\n".join(json.dumps(r) for r in SECOND) + "\n"
    made.drop("connect", "contact_records_main_2026-03-11.json.gz", second)
    made.take_in()
    made.build(*MARTS)
    return made


def test_legs_are_what_happened(built: Deployment) -> None:
    legs = built.ask(
        "select contact_id[9:], leg_number, nullif(queue_id[9:], 'none'), agent_id[9:], wait_s, "
        "talk_s, hold_s, acw_s, outcome, is_transfer_out, ring_no_answer_count "
        "from core.fct_contact_leg order by 1, 2"
    )
    assert legs == [
        ("asks", 1, "sales", None, 300, 0, 0, 0, "callback_requested", False, 0),
        ("back", 1, "sales", "bob", 781, 0, 0, 0, "flowed_out", False, 0),
        ("back", 2, "sales", "bob", 40, 180, 0, 15, "answered", False, 0),
        ("call", 1, None, "ann", None, 168, 0, 5, "answered", False, 0),
        ("chain", 1, "sales", "bob", 15, 280, 0, 10, "answered", True, 0),
        ("chain", 2, "service", "cat", 30, 90, 0, 0, "answered", True, 0),
        ("chain", 3, None, "dan", 5, 55, 0, 20, "answered", False, 0),
        ("moved", 1, "sales", None, 60, 0, 0, 0, "flowed_out", False, 0),
        ("moved", 2, "service", None, 60, 0, 0, 0, "abandoned", False, 0),
        ("open", 1, "sales", "ann", 30, 450, 0, 8, "answered", False, 0),
        ("plain", 1, "sales", "ann", 20, 240, 60, 35, "answered", False, 2),
        ("vain", 1, None, "ann", None, 0, 0, 0, "flowed_out", False, 0),
    ]


def test_a_callback_is_two_records_one_customer_and_no_abandon(built: Deployment) -> None:
    contacts = built.ask(
        "select contact_id[9:], parent_contact_id[9:], channel, direction, outcome, is_offered, "
        "anomaly, strftime(ended_at_utc, '%d %H:%M:%S') from core.fct_contact order by 1"
    )
    assert contacts == [
        ("asks", None, "voice", "inbound", "callback_requested", True, None, "10 23:50:10"),
        ("back", "asks", "callback", "outbound", "answered", False, None, "11 00:10:00"),
        ("call", None, "voice", "outbound", "answered", False, None, "10 11:03:00"),
        ("chain", None, "voice", "inbound", "answered", True, None, "10 09:08:00"),
        ("menu", None, "voice", "inbound", "abandoned_in_ivr", True, None, "10 10:10:30"),
        ("moved", None, "voice", "inbound", "abandoned_in_queue", True, None, "10 10:02:00"),
        ("open", None, "voice", "inbound", "answered", True, None, "11 00:03:00"),
        ("plain", None, "voice", "inbound", "answered", True, None, "10 08:05:30"),
        ("vain", None, "voice", "outbound", "flowed_out", False, None, "10 11:10:30"),
    ]


def test_the_mart_of_half_hours_agrees(built: Deployment) -> None:
    found = built.ask(
        "select sum(offered_n), sum(answered_n), sum(abandoned_n) "
        "from interaction.interaction_queue_half_hour"
    )
    # A hand-over to an agent without a queue is no visit.
    assert found == [(7, 4, 1)]


def test_the_last_update_holds_and_what_is_amiss_is_kept_apart(built: Deployment) -> None:
    found = built.ask(
        "select file_name[22:], landed_n, loaded_n, quarantined_n, superseded_n, unlisted_columns "
        "from ledger.file where system = 'connect' order by 1"
    )
    listed = f"xxxxxxxxxx, {'x' * len('AWSContactTraceRecordFormatVersion')}"
    assert found == [
        ("2026-03-10_1.json", 15, 11, 1, 3, listed),
        ("2026-03-10_2.json.gz", 1, 0, 1, 0, "xxxxxxxxxxxxx"),
        ("2026-03-11.json.gz", 4, 3, 0, 1, f"xxxx, {listed}"),
    ]
    assert built.ask("select column_name, rule from ledger.quarantine order by 1") == [
        ("contact_id", "required"),
        ("wait_s", "range"),
    ]


def test_no_callers_number_is_left(built: Deployment) -> None:
    tables = (
        "raw.connect__contact_records",
        "ledger.quarantine",
        "ledger.file",
        "core.fct_contact",
    )
    for table in tables:
        kept = str(built.ask(f"select * from {table}"))
        assert "2026" in kept
        assert CALLER[1:] not in kept
        assert "ebedee" not in kept
