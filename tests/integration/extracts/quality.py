"""Evaluations: the generic long form, Contact Lens' files and Genesys' answers."""

import json
from typing import Any

from tests.deployment import Deployment

HEADER = (
    "evaluation_id,site,client,contact_system,contact_id,agent,evaluator,form,form_version,"
    "evaluated_at,status,score_pct,calibration_id\n"
)
ANSWERS = (
    "evaluation_id,site,evaluated_at,question,section,answer,points,points_possible,weight,"
    "not_applicable,critical,critical_failed,comment\n"
)
# Clocks of New York, four hours behind in March.
FIRST = (
    "e1,main,acme,connect,c0,q-ann,q-eva,f1,1,2026-03-10 09:00:00,,50 %,\n"
    "e2,main,acme,,,q-ann,q-eva,f1,1,2026-03-10 10:00:00,draft,0,\n"
    "e3,main,acme,,,q-bob,,f1,1,2026-03-10 11:00:00,released,0,\n"
)
FIRST_ANSWERS = (
    "e1,main,2026-03-10 09:00:00,q1,Empathy,yes,5,10,,,,,Zebedee\n"
    "e1,main,2026-03-10 09:00:00,q2,Opening,no,0,10,,,compliance,yes,Zebedee\n"
    "e1,main,2026-03-10 09:00:00,q3,Opening,yes,10,10,,,,,Zebedee\n"
    "e3,main,2026-03-10 11:00:00,q1,Empathy,no,0,10,2,,,,Zebedee\n"
    "e3,main,2026-03-10 11:00:00,q2,Opening,,11,10,,,,,Zebedee\n"
)
# Scored again on the next day: one question is gone, one does not apply.
AGAIN = "e1,main,acme,connect,c0,q-ann,q-eva,f1,2,2026-03-11 09:00:00,released,80,\n"
AGAIN_ANSWERS = (
    "e1,main,2026-03-11 09:00:00,q1,Empathy,yes,8,10,,no,,,Zebedee\n"
    "e1,main,2026-03-11 09:00:00,q2,Opening,na,N/A,N/A,,,,,Zebedee\n"
)


def _lens(submitted: str, score: float, **later: Any) -> dict[str, Any]:
    said = {"contactId": "c1", "agentId": "ann-c", "evaluator": "eva", "accountId": "0",
            "evaluationDefinitionId": "form", "evaluationDefinitionVersion": 2,
            "evaluationSubmitTimestamp": submitted, "score": {"percentage": score}}  # fmt: skip
    return {
        "schemaVersion": "3.1",
        "evaluationId": "lens1",
        "metadata": said | later,
        "sections": [
            {"sectionRefId": "s1", "sectionTitle": "Empathy", "notes": "Zebedee"},
            {"sectionRefId": "s2", "sectionTitle": "Problem solving"},
        ],
        "questions": [
            {"questionRefId": "q1", "sectionRefId": "s1", "questionType": "SINGLESELECT",
             "answer": {"values": [{"valueText": "Yes", "selected": True}], "notes": "Zebedee"},
             "score": {"percentage": 100}},
            {"questionRefId": "q2", "sectionRefId": "s2", "questionType": "NUMERIC",
             "answer": {"value": "", "metadata": {"notApplicable": True}},
             "score": {"notApplicable": True}},
            {"questionRefId": "q3", "sectionRefId": "s2", "questionType": "TEXT",
             "answer": {"value": "Zebedee"}},
            {"questionRefId": "q4", "sectionRefId": "s2", "questionType": "SINGLESELECT",
             "answer": {"values": []}, "score": {"percentage": 0, "automaticFail": True}},
        ],
    }  # fmt: skip


def _record(name: str, start: str, **more: Any) -> dict[str, Any]:
    return {
        "ContactId": name, "Channel": "VOICE", "InitiationMethod": "INBOUND",
        "InitiationTimestamp": f"2026-03-10T{start}Z",
        "LastUpdateTimestamp": "2026-03-10T15:00:00Z",
        "DisconnectTimestamp": "2026-03-10T14:30:00Z",
        "Queue": {"ARN": "arn:i/queue/sales", "EnqueueTimestamp": f"2026-03-10T{start}Z",
                  "Duration": 5},
        "Agent": {"ARN": "arn:i/agent/ann-c", "ConnectedToAgentTimestamp": f"2026-03-10T{start}Z"},
    } | more  # fmt: skip


def _genesys(name: str, changed: str, status: str, score: float, **more: Any) -> dict[str, Any]:
    return {
        "id": name, "conversation": {"id": "talk"}, "queue": {"id": "q-acme"},
        "agent": {"id": "u-bob", "name": "Zebedee"}, "evaluator": {"id": "u-eva"},
        "evaluationForm": {"id": "gform"}, "status": status, "changedDate": changed,
        "answers": {
            "totalScore": score, "comments": "Zebedee", "anyFailedKillQuestions": True,
            "questionGroupScores": [
                {"questionGroupId": "g1", "totalScore": 8, "maxTotalScore": 10, "markedNA": False,
                 "questionScores": [
                     {"questionId": "k1", "score": 5, "failedKillQuestion": False},
                     {"questionId": "k2", "score": 3, "failedKillQuestion": True}]},
                {"questionGroupId": "g2", "totalScore": 0, "maxTotalScore": 5, "markedNA": True,
                 "questionScores": [{"questionId": "k3", "markedNA": True}]},
            ],
        },
    } | more  # fmt: skip


def drop(made: Deployment) -> None:
    """Each tool's export in two files."""
    made.drop("qa", "evaluations_2026-03-10.csv", HEADER + FIRST)
    made.drop("qa", "evaluations_2026-03-11.csv", HEADER + AGAIN)
    made.drop("qa", "answers_2026-03-10.csv", ANSWERS + FIRST_ANSWERS)
    made.drop("qa", "answers_2026-03-11.csv", ANSWERS + AGAIN_ANSWERS)

    chain = [
        _record("c0", "14:00:00"),
        _record("c1", "14:10:00", InitiationMethod="TRANSFER", InitialContactId="c0"),
    ]
    made.drop("connect", "contact_records_main_2026-03-10.json", "\n".join(map(json.dumps, chain)))
    # Two files for one evaluation; submitted again, with fields that came later.
    lens = [
        [_lens("2026-03-10T17:00:00.000Z", 90)],
        [_lens("2026-03-10T17:00:00.000Z", 90),
         _lens("2026-03-11T17:00:00.000Z", 0, resubmitted=True, autoEvaluated=False)],
    ]  # fmt: skip
    for part, evaluations in enumerate(lens, 1):
        text = "".join(json.dumps(evaluation) for evaluation in evaluations)
        made.drop("connect", f"contact_evaluations_main_2026-03-11_{part}.json", text)

    pages = [
        [_genesys("v1", "2026-03-10T17:00:00Z", "INPROGRESS", 0),
         _genesys("v2", "2026-03-10T17:00:00Z", "INPROGRESS", 10)],
        [_genesys("v1", "2026-03-11T17:00:00Z", "FINISHED", 80,
                  releaseDate="2026-03-11T17:00:00Z", rescore=True)],
    ]  # fmt: skip
    for day, entities in zip(("10", "11"), pages, strict=True):
        document = json.dumps({"entities": entities, "pageNumber": 1})
        made.drop("genesys", f"evaluations_main_2026-03-{day}.json", document)
