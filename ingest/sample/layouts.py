"""Exports of systems that many use, known by their headers: what each of their fields is.

Belongs here: headers as the vendors' own documents and public exports have them. Does not:
judging values; a field whose values cannot be what stands here is judged like any other.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ingest.sample.roles import plain


@dataclass(frozen=True)
class Layout:
    """One export. `needs`: plain names that only it has together; `roles`: what they are."""

    name: str
    needs: frozenset[str]
    roles: Mapping[str, str]


LAYOUTS = (
    Layout(
        "Aircall's export of calls",
        frozenset({"line", "datetime utc", "missed call reason"}),
        {
            "line": "queue_code", "datetime utc": "started_at", "user": "agent_code",
            "call id": "contact_id", "customer number": "customer_phone",
            "duration in call": "talk_s", "duration total": "duration_s",
            "waiting time": "wait_s", "time to answer": "answer_s", "time in ivr": "ivr_s",
            "answered": "is_answered", "missed call reason": "loss_reason", "team": "team_code",
            "direction": "direction", "call type": "outcome",
        },
    ),
    Layout(
        "Asterisk's call detail records as FreePBX exports them",
        frozenset({"calldate", "dcontext", "disposition", "billsec"}),
        {
            "calldate": "started_at", "src": "customer_phone", "dst": "dialled_number",
            "dcontext": "direction", "disposition": "outcome", "billsec": "talk_s",
            "duration": "duration_s", "uniqueid": "contact_id", "sequence": "sequence_n",
            "dstchannel": "agent_channel",
        },
    ),
    Layout(
        "Twilio's call log",
        frozenset({"call sid", "from", "to", "status"}),
        {
            "call sid": "contact_id", "status": "outcome", "direction": "direction",
            "start time": "started_at", "end time": "ended_at", "duration": "duration_s",
        },
    ),
    Layout(
        "Talkdesk's report of calls",
        frozenset({"interaction id", "call type", "talkdesk phone number"}),
        {
            "interaction id": "contact_id", "call type": "outcome", "start time": "started_at",
            "end time": "ended_at", "customer phone number": "customer_phone",
            "contact phone number": "customer_phone", "talk time": "talk_s",
            "waiting time": "wait_s", "wait time": "wait_s", "holding time": "hold_s",
            "hold time": "hold_s", "total time": "duration_s", "user id": "agent_code",
            "ring groups": "queue_code", "direction": "direction",
            "agent speed to answer": "answer_s", "agent name": "agent_code",
            "handling agent": "agent_code", "disposition code": "disposition_code",
            "csat score": "score", "team": "team_code", "phone display name": "queue_code",
        },
    ),
    Layout(
        "3CX's call log",
        frozenset({"call time", "ringing", "talking", "status"}),
        {
            "call time": "started_at", "ringing": "wait_s", "talking": "talk_s",
            "status": "outcome", "call id": "contact_id", "direction": "direction",
            "caller id": "customer_phone", "from": "customer_phone", "to": "dialled_number",
            "destination": "dialled_number", "totals": "duration_s",
        },
    ),
    Layout(
        "3CX's call detail records",
        frozenset({"historyid", "time start", "from no", "to no"}),
        {
            "historyid": "contact_id", "time start": "started_at", "time answered": "answered_at",
            "time end": "ended_at", "duration": "talk_s", "from no": "customer_phone",
            "to no": "dialled_number", "from type": "direction",
        },
    ),
    Layout(
        "NICE CXone's call details",
        frozenset({"contact id", "master contact id", "skill no", "in queue"}),
        {
            "contact id": "contact_id", "start date": "date", "start time": "time",
            "skill no": "queue_code", "in queue": "wait_s", "abandon": "is_abandoned",
            "ani dialnum": "customer_phone", "agent no": "agent_code", "hold time": "hold_s",
            "media name": "channel", "total time": "duration_s", "team no": "team_code",
        },
    ),
    Layout(
        "Issabel's calls of the call centre",
        frozenset({"id queue call entry", "datetime entry queue", "duration wait"}),
        {
            "uniqueid": "contact_id", "id agent": "agent_code", "callerid": "customer_phone",
            "id queue call entry": "queue_code", "datetime entry queue": "started_at",
            "datetime init": "answered_at", "datetime end": "ended_at", "duration": "talk_s",
            "duration wait": "wait_s", "status": "outcome",
        },
    ),
    Layout(
        "Zoom Phone's call log",
        frozenset({"caller number", "callee number", "direction", "result"}),
        {
            "call id": "contact_id", "start time": "started_at", "end time": "ended_at",
            "duration": "duration_s", "caller number": "customer_phone", "result": "outcome",
            "callee number": "dialled_number", "direction": "direction", "hold time": "hold_s",
            "waiting time": "wait_s", "talk time": "talk_s",
        },
    ),
    Layout(
        "RingCentral's call log",
        frozenset({"type", "action", "action result", "duration"}),
        {
            "action result": "outcome", "direction": "direction", "duration": "duration_s",
            "phone number": "customer_phone", "from": "customer_phone", "to": "dialled_number",
            "extension": "agent_code", "date": "date", "time": "time",
        },
    ),
    Layout(
        "Five9's call log",
        frozenset({"call id", "ani", "dnis", "disposition", "campaign"}),
        {
            "call id": "contact_id", "timestamp": "started_at", "ani": "customer_phone",
            "dnis": "dialled_number", "disposition": "disposition_code", "skill": "queue_code",
            "campaign": "team_code", "agent": "agent_code", "abandoned": "is_abandoned",
            "queue wait time": "wait_s", "talk time": "talk_s", "hold time": "hold_s",
            "after call work time": "acw_s", "ivr time": "ivr_s", "call type": "direction",
        },
    ),
    Layout(
        "Qualtrics' export of responses",
        frozenset({"start date", "end date", "recorded date", "response id"}),
        {"response id": "response_id", "recorded date": "responded_at",
         "external reference": "contact_id"},
    ),
)  # fmt: skip
NO_HEADER_CDR = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp",
    "lastdata", "start", "answer", "end", "duration", "billsec", "disposition", "amaflags",
    "userfield", "uniqueid",
)  # fmt: skip


def layout_of(names: Collection[str]) -> Layout | None:
    """The export that has these fields; of several the one that knows more of them."""
    have = {plain(name) for name in names}
    found = [layout for layout in LAYOUTS if layout.needs <= have]
    return max(found, key=lambda layout: len(have & set(layout.roles)), default=None)
