"""Zendesk: a clock change, a holiday, two schedules, a merge, an internal comment, a reopening."""

import json

from tests.deployment import Deployment

REQUESTER = "9876543210"
TICKET_FIELDS = (
    "id,assignee_id,brand_id,created_at,priority,requester_id,status,subject,updated_at,"
    "via_channel,merged_ticket_ids,via_followup_source_id"
)
TICKETS = [
    # As it stood before, and as it stands.
    "1,501,70,2026-03-06 20:00:00,normal,{r},open,Printer,2026-03-06 21:00:00,email,[],",
    '1,501,70,2026-03-06 20:00:00,low,{r},solved,Printer,2026-03-12 09:00:00,email,"[3, 33]",',
    "2,501,70,2026-03-08 04:00:00,normal,{r},solved,Call back,2026-03-08 11:00:00,phone_call,[],",
    "3,,70,2026-03-07 10:00:00,,{r},closed,Printer again,2026-03-07 12:00:00,web,[],",
    "4,501,70,2026-03-07 10:00:00,,{r},deleted,Spam,2026-03-07 10:05:00,web,[],",
    "5,501,70,2026-03-16 13:00:00,high,{r},hold,Invoice,2026-03-16 19:00:00,chat,[],",
    "6,502,99,2026-03-17 13:00:00,urgent,{r},pending,More,2026-03-17 19:00:00,web,[],1",
    "7,501,70,2026-03-17 13:00:00,,{r},asleep,No such status,2026-03-17 19:00:00,web,[],",
]
HISTORY = [
    ("status", 1, "2026-03-06 20:00:00", REQUESTER, "new"),
    ("priority", 1, "2026-03-06 20:00:00", REQUESTER, "normal"),
    ("subject", 1, "2026-03-06 20:00:00", REQUESTER, "Printer of Zebedee"),
    ("assignee_id", 1, "2026-03-06 20:30:00", "", "501"),
    ("status", 1, "2026-03-06 20:30:00", "", "open"),
    ("priority", 1, "2026-03-08 20:00:00", "501", "high"),
    ("status", 1, "2026-03-09 15:00:00", "501", "solved"),
    ("status", 1, "2026-03-11 14:00:00", REQUESTER, "pending"),
    ("status", 1, "2026-03-11 15:00:00", "501", "solved"),
    ("priority", 1, "2026-03-12 09:00:00", "501", "low"),
    ("priority", 2, "2026-03-08 04:00:00", "501", "normal"),
    ("status", 2, "2026-03-08 04:00:00", "501", "open"),
    ("status", 2, "2026-03-08 11:00:00", "501", "solved"),
    ("status", 3, "2026-03-07 12:00:00", "501", "closed"),
    ("status", 5, "2026-03-16 13:00:00", REQUESTER, "new"),
    ("status", 5, "2026-03-16 19:00:00", "501", "hold"),
]
COMMENTS = [
    (11, 1, "2026-03-06 20:00:00", REQUESTER, "TRUE"),
    (12, 1, "2026-03-06 21:00:00", "501", "FALSE"),
    (13, 1, "2026-03-09 14:00:00", "501", "TRUE"),
    (14, 1, "2026-03-11 14:00:00", REQUESTER, "TRUE"),
    # An agent opened it: the first comment is no reply to it.
    (21, 2, "2026-03-08 04:00:00", "501", "TRUE"),
    (22, 2, "2026-03-08 05:00:00", "777", "TRUE"),
    (23, 2, "2026-03-08 10:30:00", "501", "TRUE"),
    (31, 3, "2026-03-07 10:00:00", REQUESTER, "TRUE"),
    (41, 4, "2026-03-07 10:02:00", "501", "TRUE"),
    (51, 5, "2026-03-16 13:00:00", REQUESTER, "TRUE"),
    (52, 5, "2026-03-16 19:00:00", "501", "TRUE"),
    (61, 6, "2026-03-17 13:00:00", REQUESTER, "TRUE"),
]
EASTERN = "Eastern Time (US & Canada)"


def _csv(header: str, rows: list[str]) -> str:
    return "\n".join([header, *rows]) + "\n"


def _rows(rows: list[tuple[object, ...]]) -> list[str]:
    return [",".join(str(value) for value in row) for row in rows]


def drop(made: Deployment) -> None:
    """All files of one export; 1,900 minutes after Sunday midnight is Monday, 9:00."""
    week = [(10, 1440 * day + 540, 1440 * day + 1020, EASTERN, "2020-01-01") for day in range(1, 6)]
    files = {
        "tickets": _csv(TICKET_FIELDS, [row.format(r=REQUESTER) for row in TICKETS]),
        "ticket_field_history": _csv("field_name,ticket_id,updated,user_id,value", _rows(HISTORY)),
        "ticket_comments": _csv(
            "id,ticket_id,created,user_id,public,body",
            [f"{row},Zebedee wrote" for row in _rows(COMMENTS)],
        ),
        "users": _csv(
            "id,role,name,email",
            [f"501,agent,Ann,ann@example.org\n{REQUESTER},end-user,Zebedee,z@example.org"],
        ),
        "schedules": _csv(
            "id,start_time,end_time,time_zone,created_at",
            _rows([*week, (20, 0, 360, EASTERN, "2025-01-01")]),
        ),
        "schedule_holidays": _csv(
            "id,schedule_id,start_date,end_date,name",
            ["1,10,2026-03-10,2026-03-10,Day of printers"],
        ),
        "ticket_schedules": _csv(
            "ticket_id,created_at,schedule_id",
            ["2,2026-03-08 04:00:00,20", "5,2026-03-16 15:00:00,20"],
        ),
        "sla_policies": _csv(
            "sla_policy_id,sla_policy_updated_at,metric,priority,target,business_hours",
            [
                f"{policy},{day},first_reply_time,{priority},{minutes},{business}"
                for policy, day, priority, minutes, business in [
                    (1, "2020-01-01", "normal", 480, "TRUE"),
                    (1, "2020-01-01", "high", 120, "TRUE"),
                    (1, "2026-03-07", "high", 999, "TRUE"),
                    (2, "2020-01-01", "normal", 600, "FALSE"),
                ]
            ],
        ),
        "ticket_sla_policies": _csv(
            "ticket_id,sla_policy_id,policy_applied_at",
            ["1,1,2026-03-06 20:00:00", "2,2,2026-03-08 04:00:00", "1,2,2026-03-12 09:00:00"],
        ),
    }
    for name, text in files.items():
        made.drop("zendesk", f"{name}_main_2026-03-20.csv", text)
    events = [
        {"id": 1, "ticket_id": 5, "metric": "reply_time", "instance_id": 1, "type": "breach",
         "time": "2026-03-16T15:00:00Z", "deleted": True},
        {"id": 2, "ticket_id": 6, "metric": "reply_time", "instance_id": 1, "type": "breach",
         "time": "2026-03-17T15:00:00Z", "deleted": False},
        {"id": 3, "ticket_id": 6, "metric": "reply_time", "instance_id": 2, "type": "breach",
         "time": "2026-03-17T16:00:00Z"},
    ]  # fmt: skip
    document = json.dumps({"ticket_metric_events": events, "count": 3, "end_of_stream": True})
    made.drop("zendesk", "ticket_metric_events_main_2026-03-20.json.gz", document)
