"""What agents did: Amazon Connect's event stream, Genesys' user details and adherence."""

import json
from typing import Any

from tests.deployment import Deployment

ARN = "arn:aws:connect:eu-west-2:000000000000:instance/i/agent/"


def _event(number: int, at: str, kind: str, status: str, *contacts: str) -> dict[str, Any]:
    """An event of Ann; contacts as `name:STATE`."""
    return {
        "EventId": f"e{number}",
        "AgentARN": ARN + "ann-c",
        "EventType": kind,
        "EventTimestamp": at,
        "Version": "2017-10-01",
        "CurrentAgentSnapshot": {
            "AgentStatus": {"Name": status, "StartTimestamp": at},
            "Configuration": {"FirstName": "Zebedee"},
            "Contacts": [
                {"ContactId": name, "State": state}
                for name, _, state in (contact.partition(":") for contact in contacts)
            ],
        },
    }


STREAM = [
    _event(1, "2026-03-10T12:00:00.250Z", "LOGIN", "Available"),
    _event(2, "2026-03-10T12:02:00.250Z", "HEART_BEAT", "Available"),
    _event(3, "2026-03-10T12:03:00.000Z", "STATE_CHANGE", "Available", "x:CONNECTED"),
    _event(4, "2026-03-10T12:04:00.000Z", "STATE_CHANGE", "Available", "y:ENDED",
           "x:CONNECTED_ONHOLD"),
    _event(5, "2026-03-10T12:05:00.000Z", "STATE_CHANGE", "Available", "x:ENDED"),
    _event(6, "2026-03-10T12:06:30.000Z", "STATE_CHANGE", "Available"),
    _event(7, "2026-03-10T12:08:00.000Z", "STATE_CHANGE", "Lunch"),
    _event(8, "2026-03-10T12:10:00.000Z", "HEART_BEAT", "Lunch"),
    _event(9, "2026-03-10T12:12:00.000Z", "HEART_BEAT", "Lunch"),
    _event(10, "2026-03-10T12:14:00.000Z", "LOGOUT", "Offline"),
    # It beats on for an hour after the logout.
    _event(11, "2026-03-10T12:16:00.000Z", "HEART_BEAT", "Offline"),
    # Over midnight; then the stream is silent for half an hour.
    _event(12, "2026-03-11T23:58:00.000Z", "LOGIN", "Available"),
    _event(13, "2026-03-12T00:00:00.000Z", "HEART_BEAT", "Available"),
    _event(14, "2026-03-12T00:02:00.000Z", "HEART_BEAT", "Available"),
    _event(15, "2026-03-12T00:30:00.000Z", "HEART_BEAT", "Available"),
    _event(16, "2026-03-12T00:32:00.000Z", "LOGOUT", "Offline"),
]  # fmt: skip


def _span(day_time: str, end: str | None, **said: str) -> dict[str, Any]:
    out = {"startTime": f"2026-03-10T{day_time}:00.000Z"} | said
    return out | ({"endTime": f"2026-03-10T{end}:00.000Z"} if end else {})


USERS = [
    {
        "userId": "u-bob",
        "primaryPresence": [
            _span("12:00", "12:10", systemPresence="AVAILABLE"),
            _span("12:10", "13:00", systemPresence="ON_QUEUE"),
            _span("13:00", "13:15", systemPresence="BREAK"),
            _span("13:15", "13:45", systemPresence="OFFLINE"),
            _span("13:45", None, systemPresence="ON_QUEUE"),
        ],
        "routingStatus": [
            _span("12:00", "12:10", routingStatus="OFF_QUEUE"),
            _span("12:10", "12:20", routingStatus="IDLE"),
            _span("12:20", "12:30", routingStatus="INTERACTING"),
            _span("12:30", "13:00", routingStatus="IDLE"),
        ],
    },
    # A branch is missing.
    {"userId": "u-cat", "primaryPresence": [_span("12:00", "12:10", systemPresence="AVAILABLE")]},
]
ADHERENCE = [
    {
        "userId": "u-bob",
        # Ten in the evening in New York: all of it belongs to 10 March.
        "startDate": "2026-03-11T02:00:00.000Z",
        "endDate": "2026-03-11T10:00:00.000Z",
        "adherencePercentage": 91.5,
        "scheduledActivities": [
            {"activityCodeId": "a1", "startOffsetSeconds": 0, "endOffsetSeconds": 7200},
            {"activityCodeId": "a2", "startOffsetSeconds": 7200, "endOffsetSeconds": 8100},
            {"activityCodeId": "a1", "startOffsetSeconds": 8100, "endOffsetSeconds": 14400},
        ],
        "actuals": [
            {"actualActivityCategory": "OnQueueWork", "startOffsetSeconds": 30,
             "endOffsetSeconds": 7300},
        ],
    }
]  # fmt: skip


def _metric(value: float | None) -> str:
    item = {"userId": "u-bob", "metricId": "m1", "dateOccurred": "2026-03-10", "value": value}
    return json.dumps({"items": [item]})


def drop(made: Deployment) -> None:
    """The stream in two files, out of order and in part twice."""
    first, second = STREAM[:5] + STREAM[8:], STREAM[4:9]
    for part, events in enumerate((first, second), 1):
        text = "".join(json.dumps(event) for event in events)
        made.drop("connect", f"agent_events_main_2026-03-12_{part}.json", text)
    document = json.dumps({"userDetails": USERS, "totalHits": 2})
    made.drop("genesys", "user_details_main_2026-03-11.json", document)
    made.drop("genesys", "adherence_main_2026-03-12.json", json.dumps({"data": ADHERENCE}))
    made.drop("genesys", "external_metrics_main_2026-03-11.json", _metric(5))
    made.drop("genesys", "external_metrics_main_2026-03-12.json", _metric(None))
