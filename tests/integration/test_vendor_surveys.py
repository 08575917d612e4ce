"""Zendesk's ratings and Genesys' surveys become invitations and answers of the one survey fact."""

import json

import pytest

from tests.deployment import Deployment

TICKETS = (
    "id,assignee_id,brand_id,created_at,priority,requester_id,status,updated_at,via_channel,"
    "merged_ticket_ids,via_followup_source_id\n"
    "1,501,70,2026-03-06 20:00:00,,9,solved,2026-03-06 21:00:00,email,[],\n"
    "2,501,70,2026-03-06 20:00:00,,9,solved,2026-03-06 21:00:00,email,[],\n"
)
RATINGS = "id,ticket_id,assignee_id,requester_id,score,reason,comment,created_at,updated_at\n"
OFFERED = RATINGS + (
    "11,1,501,9,offered,,,2026-03-07T08:00:00Z,2026-03-07T08:00:00Z\n"
    "12,2,501,9,bad_with_comment,1001,Call me on 079460000,2026-03-07T09:00:00Z,"
    "2026-03-07T10:00:00Z\n"
    "13,9,501,9,unoffered,,,2026-03-07T09:00:00Z,2026-03-07T09:00:00Z\n"
    "14,2,501,9,splendid,,,2026-03-07T09:00:00Z,2026-03-07T09:30:00Z\n"
)
ANSWERED = RATINGS + "11,1,501,9,good,,,2026-03-07T08:00:00Z,2026-03-09T12:00:00Z\n"


def survey(n: int, status: str, score: int | None = None) -> dict[str, object]:
    done = {"surveyCompletedDate": f"2026-03-08T1{n}:00:00.000Z"} if status == "Finished" else {}
    said = {} if score is None else {"surveyPromoterScore": score, "oSurveyTotalScore": 80}
    return {
        "surveyId": f"s{n}", "surveyFormId": "form-2", "surveyStatus": status, "userId": "u-bob",
        "queueId": "q-acme", "eventTime": f"2026-03-07T1{n}:00:00.000Z", **done, **said,
    }  # fmt: skip


def conversation(n: int, surveys: list[dict[str, object]]) -> dict[str, object]:
    start = "2026-03-07T09:00:00.000Z"
    segment = {"segmentStart": start, "segmentEnd": start, "segmentType": "interact",
               "queueId": "q-acme"}  # fmt: skip
    session = {"sessionId": f"x{n}", "mediaType": "voice", "direction": "inbound",
               "segments": [segment], "metrics": []}  # fmt: skip
    return {
        "conversationId": f"c{n}", "conversationStart": start, "conversationEnd": start,
        "participants": [{"participantId": f"p{n}", "purpose": "acd", "sessions": [session]}],
        **({"surveys": surveys} if surveys else {}),
    }  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Two desks' worth of surveys; the answer to one rating comes a day later."""
    made = Deployment(tmp_path_factory.mktemp("surveys"), ["zendesk", "genesys"])
    made.map("sites", [{"site_id": "main", "time_zone": "America/New_York"}])
    made.map("clients", [{"client_id": "acme"}])
    queues = {"zendesk": "70", "genesys": "q-acme"}
    made.map("queues", [{"system": system, "queue_code": code, "client_id": "acme"}
                        for system, code in queues.items()])  # fmt: skip
    people = {"zendesk": "501", "genesys": "u-bob"}
    made.map("agents", [{"system": system, "agent_code": code, "agent_id": "bob",
                         "site_id": "main"} for system, code in people.items()])  # fmt: skip
    made.drop("zendesk", "tickets_main_2026-03-08.csv", TICKETS)
    made.drop("zendesk", "satisfaction_ratings_main_2026-03-08.csv", OFFERED)
    body = {
        "conversations": [
            conversation(1, [survey(1, "Finished", 9)]), conversation(2, [survey(2, "Sent")]),
            conversation(3, []), conversation(4, [survey(4, "OptOut")]),
            conversation(5, [survey(5, "Error")]), conversation(6, [survey(6, "Beamed")]),
        ]
    }  # fmt: skip
    made.drop("genesys", "conversation_details_main_2026-03-08.json", json.dumps(body))
    made.take_in()
    made.build("+fct_survey", "+int_unmapped_values")
    made.drop("zendesk", "satisfaction_ratings_main_2026-03-09.csv", ANSWERED)
    made.take_in()
    made.build("+fct_survey", "+int_unmapped_values")
    return made


def test_a_rating_is_an_invitation_and_its_answer_one_of_two(asked: Deployment) -> None:
    assert asked.ask(
        "select survey_id, client_id, agent_id, score::int, is_satisfied, event_date::varchar "
        "from core.fct_survey where source_system = 'zendesk' and kind <> 'unmapped' order by 1"
    ) == [
        ("zendesk:11.csat", "acme", "bob", 1, True, "2026-03-09"),
        ("zendesk:11.invitation", "acme", "bob", None, None, "2026-03-07"),
        ("zendesk:12.csat", "acme", "bob", 0, False, "2026-03-07"),
        ("zendesk:12.invitation", "acme", "bob", None, None, "2026-03-07"),
    ]


def test_a_promoter_score_is_an_answer_linked_with_its_conversation(asked: Deployment) -> None:
    assert asked.ask(
        "select survey_id, contact_id, client_id, score::int, is_promoter, scale_version "
        "from core.fct_survey where source_system = 'genesys' and kind <> 'unmapped' order by 1"
    ) == [
        ("genesys:s1.invitation", "genesys:c1", "acme", None, None, "form-2"),
        ("genesys:s1.nps", "genesys:c1", "acme", 9, True, "form-2"),
        ("genesys:s2.invitation", "genesys:c2", "acme", None, None, "form-2"),
    ]


def test_what_nobody_knows_is_no_answer_and_is_counted(asked: Deployment) -> None:
    """A score and a status that the vendors may add one day."""
    assert asked.ask(
        "select source_system, value, count(*) from intermediate.int_unmapped_values "
        "where feed = 'surveys' group by all order by 1"
    ) == [("genesys", "beamed", 1), ("zendesk", "splendid", 1)]
    assert asked.ask("select count(*) from core.fct_survey where kind = 'unmapped' "
                     "and is_answered") == [(0,)]  # fmt: skip


def test_no_comment_enters_and_no_conversation_is_lost(asked: Deployment) -> None:
    assert b"079460000" not in asked.home.warehouse.read_bytes()
    assert asked.ask(
        "select count(*), count(survey_id) from raw.genesys__conversation_surveys"
    ) == [(6, 5)]


def test_an_impossible_score_and_a_date_before_the_offer_are_kept_apart(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    made = Deployment(tmp_path_factory.mktemp("bad"), ["zendesk", "genesys"])
    made.map("sites", [{"site_id": "main", "time_zone": "America/New_York"}])
    made.drop(
        "zendesk", "satisfaction_ratings_main_2026-03-08.csv",
        RATINGS + "1,1,501,9,good,,,2026-03-07T08:00:00Z,2026-03-06T08:00:00Z\n",
    )  # fmt: skip
    body = {"conversations": [conversation(1, [survey(1, "Finished", 11)])]}
    made.drop("genesys", "conversation_details_main_2026-03-08.json", json.dumps(body))
    outcomes = made.take_in()
    assert outcomes["zendesk.satisfaction_ratings"].quarantined_n == 1
    assert outcomes["genesys.conversation_surveys"].quarantined_n == 1
