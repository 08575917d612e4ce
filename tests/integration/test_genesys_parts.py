"""Genesys Cloud: who was only asked, who joined, what is short, and a leg three days later."""

from collections.abc import Iterator

import pytest

from tests.deployment import Deployment
from tests.integration.test_genesys import Talk, answer, seg

SALES, SERVICE = {"queueId": "sales"}, {"queueId": "service"}


def beside(name: str, *, queue: bool, joined: bool, leaves: str) -> Talk:
    """Ann has the customer from 08:01 to 08:06; Bob is called at 08:02 and leaves."""
    talk = Talk(name, "08:00:00", "08:09:00")
    talk.who("customer").session(seg("interact", "08:00:00", "08:09:00"))
    talk.who("acd").session(
        seg("interact", "08:00:30", "08:01:00", disconnectType="transfer", **SALES)
    )
    talk.who("agent", "ann").session(
        seg("alert", "08:00:55", "08:01:00", **SALES),
        seg("interact", "08:01:00", "08:06:00", **SALES),
    )
    if queue:
        talk.who("acd").session(
            seg("interact", "08:02:00", "08:02:30", disconnectType="transfer", **SERVICE)
        )
    kind = {"conference": joined} | (SERVICE if queue else {})
    return talk.who("agent", "bob").session(
        seg("alert", "08:02:20", "08:02:30", **kind), seg("interact", "08:02:30", leaves, **kind)
    )


def gone(name: str, wait: str, metrics: dict[str, int]) -> Talk:
    talk = Talk(name, "09:00:00", f"09:00:{wait}")
    talk.who("customer").session(seg("interact", "09:00:00", f"09:00:{wait}"))
    return talk.who("acd").session(
        seg("interact", "09:00:00", f"09:00:{wait}", **SALES), metrics=metrics
    )


def mail(*, again: bool) -> Talk:
    """An e-mail that comes back to the queue three days later."""
    talk = Talk("mail", "10:00:00", "3+10:30:00" if again else None)
    talk.who("customer").session(
        seg("interact", "10:00:00", "3+10:30:00" if again else None), media="email"
    )
    talk.who("acd").session(
        seg("interact", "10:00:00", "10:01:00", disconnectType="transfer", **SALES), media="email"
    )
    talk.who("agent", "ann").session(
        seg("interact", "10:01:00", "10:11:00", disconnectType="transfer", **SALES), media="email"
    )
    if again:
        talk.who("acd").session(
            seg("interact", "3+10:00:00", "3+10:20:00", disconnectType="transfer", **SERVICE),
            media="email",
        )
        talk.who("agent", "bob").session(
            seg("interact", "3+10:20:00", "3+10:30:00", disconnectType="peer", **SERVICE),
            media="email",
        )
    return talk


def strange() -> Iterator[Talk]:
    talk = Talk("nowhere", "11:00:00", "11:01:00")
    del talk.body["originatingDirection"]
    talk.who("acd").session(seg("interact", "11:00:00", "11:01:00", **SALES))
    del talk.body["participants"][0]["sessions"][0]["direction"]
    yield talk
    talk = Talk("oracle", "11:02:00", "11:03:00")
    talk.who("customer").session(seg("interact", "11:02:00", "11:03:00"))
    yield talk.who("oracle").session(seg("interact", "11:02:00", "11:03:00"))


TALKS = [
    beside("asked", queue=False, joined=False, leaves="08:03:00"),
    beside("asked.queue", queue=True, joined=False, leaves="08:03:00"),
    beside("joined", queue=False, joined=True, leaves="08:05:00"),
    beside("taken", queue=True, joined=True, leaves="08:09:00"),
    # The queue's own limit is 0: Genesys alone says what is short.
    gone("short", "04", {"tAbandon": 4000, "tShortAbandon": 4000}),
    gone("not_short", "04", {"tAbandon": 4000}),
    *strange(),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    made = Deployment(tmp_path_factory.mktemp("genesys_parts"), ["genesys"])
    made.map("clients", [{"client_id": "acme"}])
    made.map("sites", [{"site_id": "main", "time_zone": "UTC"}])
    rows = [
        {"system": "genesys", "queue_code": q, "client_id": "acme"} for q in ("sales", "service")
    ]
    made.map("queues", rows)
    nights = [
        [*TALKS, mail(again=False)],
        [],
        [],
        [mail(again=True)],
        [gone("later", "09", {})],
    ]
    for number, talks in enumerate(nights):
        name = f"conversation_details_main_2026-03-{10 + number}.json"
        made.drop("genesys", name, answer(*talks))
        made.take_in()
        made.build("+fct_contact", "+fct_contact_leg", "+interaction_queue_half_hour")
    return made


LEGS = {
    # queue, agent, who waited, how he joined, transferred, offered
    "asked": [
        ("sales", "ann", "customer", None, False, True),
        ("none", "bob", "none", "consulted", False, False),
    ],
    "asked.queue": [
        ("sales", "ann", "customer", None, False, True),
        ("service", "bob", "consultation", "consulted", False, False),
    ],
    "joined": [
        ("sales", "ann", "customer", None, False, True),
        ("none", "bob", "none", "conference", False, False),
    ],
    "taken": [
        ("sales", "ann", "customer", None, False, True),
        ("service", "bob", "customer", None, False, True),
    ],
}


@pytest.mark.parametrize("name", LEGS)
def test_who_was_asked_or_joined_took_nothing_over(built: Deployment, name: str) -> None:
    legs = built.ask(
        "select queue_id[9:], agent_id[9:], queued_as, joined_as, is_transfer_out, is_offered "
        "from core.fct_contact_leg where contact_id = ? order by leg_number",
        f"genesys:{name}",
    )
    assert legs == LEGS[name]
    taken = sum(leg[3] is None for leg in LEGS[name])
    agents = "select agents_n from core.fct_contact where contact_id = ?"
    assert built.ask(agents, f"genesys:{name}") == [(taken,)]


def test_genesys_says_which_abandon_was_short(built: Deployment) -> None:
    found = built.ask(
        "select contact_id[9:], is_abandoned, is_short_abandon from core.fct_contact_leg "
        "where contact_id like '%short' order by 1"
    )
    assert found == [("not_short", True, False), ("short", True, True)]


def test_a_leg_three_days_later_reaches_its_conversation(built: Deployment) -> None:
    legs = built.ask(
        "select leg_number, event_date::varchar, is_offered, talk_s from core.fct_contact_leg "
        "where contact_id = 'genesys:mail' order by 1"
    )
    assert legs == [(1, "2026-03-10", True, 600), (2, "2026-03-13", True, 600)]
    contact = "select legs_answered_n, agents_n, talk_s from core.fct_contact where contact_id = ?"
    assert built.ask(contact, "genesys:mail") == [(2, 2, 1200)]
    built.dbt("test", "--select", "legs_add_up_to_their_contacts")
    late = built.ask(
        "select offered_n from interaction.interaction_queue_half_hour "
        "where site_date = date '2026-03-13'"
    )
    assert late == [(1,)]


def test_what_no_list_knows_is_shown(built: Deployment) -> None:
    found = built.ask(
        "select contact_id[9:], direction, outcome, is_offered, anomaly from core.fct_contact "
        "where contact_id in ('genesys:nowhere', 'genesys:oracle') order by 1"
    )
    assert found == [
        ("nowhere", "unmapped", "unmapped", False, None),
        ("oracle", "inbound", "abandoned_in_ivr", True, "unknown_purpose"),
    ]
