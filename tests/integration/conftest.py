"""One deployment of many systems, taken in and built once a session, for the tests of each."""

import pytest

from tests.deployment import Deployment
from tests.integration.extracts import people, quality, records, states, zendesk

SYSTEMS = ("zendesk", "workday", "roster", "qa", "connect", "genesys", "asterisk_cdr")
MARTS = (
    "+fct_case",
    "+fct_case_event",
    "+int_case_spans",
    "+int_employment_history",
    "+fct_employment_event",
    "+fct_evaluation",
    "+fct_agent_activity",
    "+fct_contact",
    "+fct_contact_leg",
    "+feed_schedules",
    "stg_genesys__external_metrics",
)
# One person under the ids of several systems; P2 came back as P9, L1 and L2 are one leader.
PEOPLE = {
    "ann": {
        "zendesk": ("501",),
        "workday": ("P1",),
        "qa": ("q-ann",),
        "connect": ("ann-c",),
        "asterisk_cdr": ("201",),
    },
    "bob": {
        "workday": ("P2", "P9"),
        "qa": ("q-bob",),
        "genesys": ("u-bob",),
        "asterisk_cdr": ("202",),
    },
    "lea": {"workday": ("L1", "L2")},
}
QUEUES = {"zendesk": "70", "connect": "sales", "genesys": "q-acme", "asterisk_cdr": "ACME"}
ACTIVITIES = {
    "connect": {
        "Available": "available",
        "ON_CONTACT": "on_contact",
        "AFTER_CONTACT_WORK": "acw",
        "Lunch": "lunch",
    },
    "genesys": {
        "ON_QUEUE_IDLE": "available",
        "ON_QUEUE_INTERACTING": "on_contact",
        "BREAK": "break",
    },
}


@pytest.fixture(scope="session")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Everybody is one of few people, whatever the system calls them."""
    made = Deployment(tmp_path_factory.mktemp("systems"), SYSTEMS)
    drop_all(made)
    made.take_in()
    made.build(*MARTS)
    return made


def drop_all(made: Deployment) -> None:
    """The company's maps, and what each system sends."""
    made.map("clients", [{"client_id": "acme"}])
    made.map("sites", [{"site_id": "main", "time_zone": "America/New_York"}])
    made.map(
        "queues",
        [{"system": s, "queue_code": code, "client_id": "acme"} for s, code in QUEUES.items()],
    )
    made.map(
        "agents",
        [
            {"system": system, "agent_code": code, "agent_id": agent, "site_id": "main"}
            for agent, logins in PEOPLE.items()
            for system, codes in logins.items()
            for code in codes
        ],
    )
    made.map(
        "activity_codes",
        [
            {"system": system, "activity_code": code, "activity": activity}
            for system, codes in ACTIVITIES.items()
            for code, activity in codes.items()
        ],
    )
    for extract in (zendesk, people, states, quality, records):
        extract.drop(made)
