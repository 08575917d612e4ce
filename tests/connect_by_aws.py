"""Amazon's documented logic, record by record, in Python: what a report of the console would show.

Administrator guide, "Metric definitions in Amazon Connect"; SERVICE_LEVEL with LT and LTE by
GetMetricDataV2. It shares nothing with the models. A figure is a numerator and a denominator; a
count has no denominator. Dated by the entry into the queue, as the metrics "(enqueue timestamp)".
"""

from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

Record = dict[str, Any]
Key = tuple[str, str]
THRESHOLD_S = 20
KNOWN = {
    "INBOUND", "OUTBOUND", "TRANSFER", "QUEUE_TRANSFER", "CALLBACK", "API", "DISCONNECT", "MONITOR",
    "EXTERNAL_OUTBOUND", "WEBRTC_API", "AGENT_REPLY", "FLOW", "CALLBACK_CUSTOMER_FIRST_QUEUED",
    "CALLBACK_CUSTOMER_FIRST_DIALED",
}  # fmt: skip


def queued(r: Record) -> bool:
    return bool((r.get("Queue") or {}).get("EnqueueTimestamp"))


def connected(r: Record) -> bool:
    """A supervisor who only listens is connected too; he handles nothing, and is left out."""
    agent = r.get("Agent") or {}
    return bool(agent.get("ConnectedToAgentTimestamp")) and r["InitiationMethod"] != "MONITOR"


def waited(r: Record) -> int:
    return int(r["Queue"]["Duration"])


def abandoned(r: Record) -> bool:
    moved = r.get("NextContactId") or r.get("TransferCompletedTimestamp")
    return queued(r) and not connected(r) and not moved


def seconds(r: Record) -> int:
    agent = r.get("Agent") or {}
    names = ("AgentInteractionDuration", "CustomerHoldDuration", "AfterContactWorkDuration")
    return sum(int(agent.get(name) or 0) for name in (*names, "AgentPauseDuration"))


def after_work(r: Record) -> int:
    return int((r.get("Agent") or {}).get("AfterContactWorkDuration") or 0)


def worked(r: Record) -> bool:
    return connected(r) or (seconds(r) > 0 and r["InitiationMethod"] != "MONITOR")


Part = Callable[[Record], int]
REPORT: dict[str, tuple[Part, Part | None]] = {
    "offered.amazon_connect_queued": (queued, None),
    "abandoned.amazon_connect": (abandoned, None),
    "abandonment.amazon_connect": (abandoned, queued),
    "handled.amazon_connect": (connected, None),
    "handled.amazon_connect_incoming": (
        lambda r: (
            connected(r) and r["InitiationMethod"] in ("INBOUND", "TRANSFER", "QUEUE_TRANSFER")
        ),
        None,
    ),
    "handled.amazon_connect_outbound": (
        lambda r: connected(r) and r["InitiationMethod"] == "OUTBOUND",
        None,
    ),
    "handled.amazon_connect_callback": (
        lambda r: connected(r) and r["InitiationMethod"] == "CALLBACK",
        None,
    ),
    "service_level.amazon_connect_under": (
        lambda r: queued(r) and waited(r) < THRESHOLD_S,
        queued,
    ),
    "service_level.amazon_connect_within": (
        lambda r: queued(r) and waited(r) <= THRESHOLD_S,
        queued,
    ),
    "speed_of_answer.amazon_connect": (
        lambda r: waited(r) if queued(r) and connected(r) else 0,
        lambda r: queued(r) and connected(r),
    ),
    "queue_abandon_time.amazon_connect": (lambda r: waited(r) if abandoned(r) else 0, abandoned),
    "after_contact_work.amazon_connect": (
        lambda r: after_work(r) if connected(r) else 0,
        connected,
    ),
    "handle_time.amazon_connect": (lambda r: seconds(r) if worked(r) else 0, worked),
}


def report(records: Iterable[Record], metric: str) -> dict[Key, Fraction | None]:
    """The metric's figure of each queue and day; None where AWS divides by nothing.

    An initiation method that no table knows is left out: AWS counts it, we say that we do not.
    """
    above, below = REPORT[metric]
    tops: Counter[Key] = Counter()
    bottoms: Counter[Key] = Counter()
    for r in records:
        if r["InitiationMethod"] not in KNOWN:
            continue
        part = above(r), below(r) if below else 1
        if any(part) and (below or part[0]):
            tops[_key(r)] += int(part[0])
            bottoms[_key(r)] += int(part[1])
    if below is None:
        return {key: Fraction(n) for key, n in tops.items()}
    return {key: Fraction(tops[key], n) if n else None for key, n in bottoms.items()}


def _key(r: Record) -> Key:
    queue = (r.get("Queue") or {}).get("ARN", "").partition("/queue/")[2]
    name = queue if queue and "/" not in queue else "none"
    moment = (r.get("Queue") or {}).get("EnqueueTimestamp") or r["InitiationTimestamp"]
    return f"connect:{name}", moment[:10]
