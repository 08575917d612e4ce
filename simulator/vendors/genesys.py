"""Genesys Cloud: the answers of the conversation and user details queries."""

import json
from datetime import UTC, datetime
from typing import Any

from simulator.customers import ani
from simulator.extracts import SiteDate
from simulator.happenings import Contact, Leg, State
from simulator.shape import QUEUES

_ROUTING = {"AVAIL": "IDLE", "INCALL": "INTERACTING", "ACW": "INTERACTING"}
PRESENCES = {
    "AUX1": "BREAK", "AUX2": "MEAL", "AUX3": "TRAINING", "AUX4": "MEETING", "AUX5": "BUSY",
    "AUX6": "AWAY", "AUX9": "AVAILABLE",
}  # fmt: skip


def conversations(meant: SiteDate) -> str:
    """One document with every conversation."""
    legs: dict[str, list[Leg]] = {}
    for leg in meant.legs:
        legs.setdefault(leg.contact_id, []).append(leg)
    told = [_conversation(c, legs.get(c.contact_id, [])) for c in meant.contacts]
    return json.dumps({"conversations": told, "totalHits": len(told)})


def user_details(meant: SiteDate) -> str:
    """One document with presence and routing status of every user."""
    users: dict[str, list[State]] = {}
    for state in meant.states:
        users.setdefault(state.agent, []).append(state)
    told = [
        {
            "userId": user,
            "primaryPresence": [
                _span(s) | {"systemPresence": PRESENCES.get(s.code, "ON_QUEUE")} for s in states
            ],
            "routingStatus": [
                _span(s) | {"routingStatus": _ROUTING.get(s.code, "OFF_QUEUE")} for s in states
            ],
        }
        for user, states in users.items()
    ]
    return json.dumps({"userDetails": told})


def _at(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _span(state: State) -> dict[str, str]:
    return {"startTime": _at(state.start), "endTime": _at(state.end)}


def _segment(kind: str, start: int, end: int, **more: str) -> dict[str, Any]:
    return {"segmentType": kind, "segmentStart": _at(start), "segmentEnd": _at(end)} | more


def _conversation(contact: Contact, legs: list[Leg]) -> dict[str, Any]:
    number = ani(contact.client, contact.customer, contact.kind, contact.style)
    participants: list[dict[str, Any]] = []

    def join(purpose: str, segments: list[dict[str, Any]], **more: Any) -> None:
        name = f"{contact.contact_id}/{len(participants) + 1}"
        session = {
            "sessionId": name, "mediaType": "voice", "direction": "inbound", "ani": f"tel:{number}",
            "segments": segments, "metrics": more.pop("metrics", []),
        }  # fmt: skip
        who = {"participantId": name, "purpose": purpose, "sessions": [session]}
        participants.append(who | more)

    join("customer", [_segment("interact", contact.started, contact.ended)])
    ivr_end = contact.started + contact.ivr_s
    ended = "transfer" if legs else "peer"
    join("ivr", [_segment("ivr", contact.started, ivr_end, disconnectType=ended)])
    for leg in legs:
        queue = {"queueId": QUEUES[leg.queue].code}
        left = leg.queued + leg.wait_s
        metric = {"abandoned": "tAbandon", "voicemail": "tVoicemail", "answered": "tAcd"}
        name = metric.get(leg.outcome, "tFlowOut")
        metrics = [_metric(name, left, leg.wait_s)]
        join("acd", [_segment("interact", leg.queued, left, **queue)], metrics=metrics)
        for n in range(leg.ring_no_answers):
            ring = _segment("alert", leg.queued, left, disconnectType="client", **queue)
            join("agent", [ring], userId=f"vain{n}")
        if leg.outcome != "answered":
            continue
        end = left + leg.talk_s + leg.hold_s
        ended = "transfer" if leg.transferred_to >= 0 else "peer"
        segments = [_segment("interact", left, end, disconnectType=ended, **queue)]
        if leg.acw_s:
            segments.append(_segment("wrapup", end, end + leg.acw_s, **queue))
        spent = {"tTalk": leg.talk_s, "tHeld": leg.hold_s, "tAcw": leg.acw_s}
        metrics = [_metric(name, end, seconds) for name, seconds in spent.items()]
        join("agent", segments, userId=leg.agent, metrics=metrics)
    return {
        "conversationId": contact.contact_id,
        "conversationStart": _at(contact.started),
        "conversationEnd": _at(contact.ended),
        "originatingDirection": "inbound",
        "participants": participants,
    }


def _metric(name: str, at: int, seconds: int) -> dict[str, Any]:
    return {"name": name, "value": seconds * 1000, "emitDate": _at(at)}
