"""Amazon Connect: a contact record per leg, and the agent event stream with its heartbeats."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from simulator.customers import ani
from simulator.extracts import SiteDate
from simulator.happenings import Contact, Leg, State
from simulator.shape import QUEUES

HEARTBEAT_S = 120
_ARN = "arn:aws:connect:eu-west-2:000000000000:instance/simulated"
_CONTACTS = {"INCALL": "CONNECTED", "ACW": "ENDED"}


def contact_records(meant: SiteDate) -> list[str]:
    """A line per record; transfers are records that follow."""
    legs: dict[str, list[Leg]] = {}
    for leg in meant.legs:
        legs.setdefault(leg.contact_id, []).append(leg)
    return [
        json.dumps(record)
        for contact in meant.contacts
        for record in _chain(contact, legs.get(contact.contact_id, []))
    ]


def agent_events(meant: SiteDate) -> list[str]:
    """A line per event: each change of state, a heartbeat every two minutes, the logout."""
    shifts: dict[tuple[str, int], list[State]] = {}
    for state in meant.states:
        shifts.setdefault((state.agent, state.shift), []).append(state)
    return [
        json.dumps(event)
        for (agent, shift), states in shifts.items()
        for event in _shift(agent, shift, states)
    ]


def _at(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _chain(contact: Contact, legs: list[Leg]) -> Iterator[dict[str, Any]]:
    number = ani(contact.client, contact.customer, contact.kind, contact.style)
    common = {
        "InitialContactId": contact.contact_id,
        "Channel": "VOICE",
        "CustomerEndpoint": {"Address": number, "Type": "TELEPHONE_NUMBER"},
        "LastUpdateTimestamp": _at(contact.ended + 3600),
    }
    if not legs:
        yield common | {
            "ContactId": contact.contact_id,
            "InitiationMethod": "INBOUND",
            "InitiationTimestamp": _at(contact.started),
            "DisconnectTimestamp": _at(contact.ended),
        }
    before: Leg | None = None
    for n, leg in enumerate(legs, 1):
        left = leg.queued + leg.wait_s
        end = left + leg.talk_s + leg.hold_s
        name = contact.contact_id if before is None else f"{contact.contact_id}.{n}"
        method = "INBOUND"
        if before is not None:
            method = "TRANSFER" if before.outcome == "answered" else "QUEUE_TRANSFER"
        record = common | {
            "ContactId": name,
            "InitiationMethod": method,
            "InitiationTimestamp": _at(contact.started if before is None else leg.queued),
            "DisconnectTimestamp": _at(end if leg.outcome == "answered" else left),
            "AgentConnectionAttempts": leg.ring_no_answers + (leg.outcome == "answered"),
            "Queue": {
                "ARN": f"{_ARN}/queue/{QUEUES[leg.queue].code}",
                "EnqueueTimestamp": _at(leg.queued),
                "Duration": leg.wait_s,
            },
        }
        if leg.outcome == "answered":
            record["Agent"] = {
                "ARN": f"{_ARN}/agent/{leg.agent}",
                "ConnectedToAgentTimestamp": _at(left),
                "AgentInteractionDuration": leg.talk_s,
                "CustomerHoldDuration": leg.hold_s,
                "NumberOfHolds": leg.hold_count,
                "AfterContactWorkDuration": leg.acw_s,
            }
            if n < len(legs):
                record["TransferCompletedTimestamp"] = _at(end)
        elif leg.outcome != "abandoned":
            record["TransferCompletedTimestamp"] = _at(left)
        before = leg
        yield record


def _shift(agent: str, shift: int, states: list[State]) -> Iterator[dict[str, Any]]:
    kind = "LOGIN"
    for state in states:
        for at in range(state.start, state.end, HEARTBEAT_S):
            kind = kind if at == state.start else "HEART_BEAT"
            yield _event(agent, shift, at, kind, state.code)
        kind = "STATE_CHANGE"
    yield _event(agent, shift, states[-1].end, "LOGOUT", "Offline")


def _event(agent: str, shift: int, at: int, kind: str, code: str) -> dict[str, Any]:
    contacts = [{"ContactId": "x", "State": _CONTACTS[code]}] if code in _CONTACTS else []
    status = "Available" if code in (*_CONTACTS, "AVAIL") else code
    return {
        "EventId": f"{agent}-{shift}-{at}-{kind}",
        "AgentARN": f"{_ARN}/agent/{agent}",
        "EventType": kind,
        "EventTimestamp": _at(at),
        "CurrentAgentSnapshot": {"AgentStatus": {"Name": status}, "Contacts": contacts},
    }
