"""One deployment of many systems, taken in and built once a session, for the tests of each."""

import pytest

from tests.deployment import Deployment
from tests.integration.extracts import people, zendesk

SYSTEMS = ("zendesk", "workday", "roster")
MARTS = (
    "+fct_case",
    "+fct_case_event",
    "+int_case_spans",
    "+int_employment_history",
    "+fct_employment_event",
)
# One person under the ids of several systems; P2 came back as P9, L1 and L2 are one leader.
PEOPLE = {
    "ann": {"zendesk": ("501",), "workday": ("P1",)},
    "bob": {"workday": ("P2", "P9")},
    "lea": {"workday": ("L1", "L2")},
}


@pytest.fixture(scope="session")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Everybody is one of few people, whatever the system calls them."""
    made = Deployment(tmp_path_factory.mktemp("systems"), SYSTEMS)
    made.map("clients", [{"client_id": "acme"}])
    made.map("sites", [{"site_id": "main", "time_zone": "America/New_York"}])
    made.map("queues", [{"system": "zendesk", "queue_code": "70", "client_id": "acme"}])
    made.map(
        "agents",
        [
            {"system": system, "agent_code": code, "agent_id": agent, "site_id": "main"}
            for agent, logins in PEOPLE.items()
            for system, codes in logins.items()
            for code in codes
        ],
    )
    for extract in (zendesk, people):
        extract.drop(made)
    made.take_in()
    made.build(*MARTS)
    return made
