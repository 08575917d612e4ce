"""One deployment of many systems, taken in and built once a session, for the tests of each."""

import pytest

from tests.deployment import Deployment
from tests.integration.extracts import zendesk

SYSTEMS = ("zendesk",)
MARTS = ("+fct_case", "+fct_case_event", "+int_case_spans")


@pytest.fixture(scope="session")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Everybody is one of three people, whatever the system calls them."""
    made = Deployment(tmp_path_factory.mktemp("systems"), SYSTEMS)
    made.map("clients", [{"client_id": "acme"}])
    made.map("sites", [{"site_id": "main", "time_zone": "America/New_York"}])
    made.map("queues", [{"system": "zendesk", "queue_code": "70", "client_id": "acme"}])
    made.map(
        "agents",
        [
            {"system": system, "agent_code": code, "agent_id": agent, "site_id": "main"}
            for system, code, agent in [("zendesk", "501", "ann")]
        ],
    )
    for extract in (zendesk,):
        extract.drop(made)
    made.take_in()
    made.build(*MARTS)
    return made
