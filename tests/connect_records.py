"""Contact records of Amazon Connect, invented: one at a time, by case, and at random."""

import random
from typing import Any

CALLER = "+442079460002"
PREFIX = "arn:aws:connect:eu-west-2:000000000000:instance/i"
Record = dict[str, Any]


def at(clock_time: str) -> str:
    """`1+08:00:00` is an instant of 11 March."""
    day, _, rest = clock_time.rpartition("+")
    return f"2026-03-{10 + int(day or 0):02}T{rest}Z"


def record(
    name: str,
    start: str,
    end: str | None,
    *,
    method: str = "INBOUND",
    updated: str = "2+00:00:00",
    initial: str | None = None,
    previous: str | None = None,
    queue: tuple[str, str, int] | None = None,
    agent: tuple[str, str | None, int, int, int] | None = None,
    **more: Any,
) -> Record:
    """A record; queue: id, entry, seconds; agent: id, answer, talk, hold, after-contact work.

    A queue `agent/ann` is the agent's own.
    """
    out: Record = {
        "AWSContactTraceRecordFormatVersion": "2017-03-10",
        "ContactId": name,
        "InitialContactId": initial,
        "PreviousContactId": previous,
        "Channel": "VOICE",
        "InitiationMethod": method,
        "InitiationTimestamp": at(start),
        "ConnectedToSystemTimestamp": at(start) if method == "INBOUND" else None,
        "DisconnectTimestamp": at(end) if end else None,
        "LastUpdateTimestamp": at(updated),
        "CustomerEndpoint": {"Address": CALLER, "Type": "TELEPHONE_NUMBER"},
        "SystemEndpoint": {"Address": "+442079460999", "Type": "TELEPHONE_NUMBER"},
        "Attributes": {"name": "Zebedee"},
        "AgentConnectionAttempts": 1 if agent else 0,
        "Queue": None,
        "Agent": None,
    }
    if queue:
        out["Queue"] = {
            "ARN": f"{PREFIX}/queue/{queue[0]}",
            "EnqueueTimestamp": at(queue[1]),
            "Duration": queue[2],
        }
    if agent:
        out["Agent"] = {
            "ARN": f"{PREFIX}/agent/{agent[0]}",
            "Username": "zebedee",
            "ConnectedToAgentTimestamp": at(agent[1]) if agent[1] else None,
            "AgentInteractionDuration": agent[2],
            "CustomerHoldDuration": agent[3],
            "NumberOfHolds": 1 if agent[3] else 0,
            "AfterContactWorkDuration": agent[4],
        }
    return out | more


# What one minimal case each is about; the same queue, a threshold of 20 s, short abandons of 5 s.
CASES = [
    # A callback asked for, made three days later; another whose record never comes.
    record("asks", "09:00:00", "09:00:50", queue=("sales", "09:00:05", 40), NextContactId="back"),
    record("back", "09:00:50", "3+10:05:00", method="CALLBACK", initial="asks", previous="asks",
           queue=("sales", "3+10:00:00", 30), agent=("ann", "3+10:00:30", 240, 0, 10),
           ConnectedToSystemTimestamp=at("3+10:00:45")),
    record("waits", "09:01:00", "09:02:00", queue=("sales", "09:01:05", 50), NextContactId="x"),
    # An e-mail passed on three days later.
    record("mail", "09:02:00", "3+09:00:00", Channel="EMAIL", queue=("sales", "09:02:00", 600),
           agent=("ann", "09:12:00", 300, 0, 0), NextContactId="mail.2",
           TransferCompletedTimestamp=at("3+09:00:00")),
    record("mail.2", "3+09:00:00", "3+09:30:00", method="TRANSFER", Channel="EMAIL", initial="mail",
           previous="mail", queue=("service", "3+09:00:00", 900),
           agent=("bob", "3+09:15:00", 700, 0, 5)),
    # We dial by API: nobody answers; a customer who then waits for an agent; a machine's message.
    record("dial", "09:03:00", "09:03:30", method="API"),
    record("dial.waits", "09:04:00", "09:06:00", method="API",
           ConnectedToSystemTimestamp=at("09:04:10"), queue=("sales", "09:04:12", 8),
           agent=("ann", "09:04:20", 100, 0, 5)),
    record("dial.told", "09:05:00", "09:05:20", method="API",
           ConnectedToSystemTimestamp=at("09:05:05"), DisconnectReason="CONTACT_FLOW_DISCONNECT"),
    # Passed on to a partner; ended by the flow; left in the flow; a web call; a value of next year.
    record("partner", "09:06:00", "09:07:00", NextContactId="partner.2",
           TransferCompletedTimestamp=at("09:06:30")),
    record("partner.2", "09:06:10", "09:09:00", method="EXTERNAL_OUTBOUND", initial="partner",
           previous="partner", ConnectedToSystemTimestamp=at("09:06:30")),
    record("ended", "09:08:00", "09:08:20", DisconnectReason="CONTACT_FLOW_DISCONNECT"),
    record("left", "09:08:30", "09:08:50", DisconnectReason="CUSTOMER_DISCONNECT"),
    record("web", "09:09:00", "09:11:00", method="WEBRTC_API", queue=("sales", "09:09:05", 15),
           agent=("ann", "09:09:20", 90, 0, 10)),
    record("new", "09:10:00", "09:11:00", method="HOLOGRAM", queue=("sales", "09:10:05", 15),
           agent=("ann", "09:10:20", 30, 0, 10)),
    # Customers who wait in a queue after we called them, and hang up.
    record("out", "09:12:00", "09:14:00", method="OUTBOUND", NextContactId="out.2",
           ConnectedToSystemTimestamp=at("09:12:15"), agent=("ann", "09:12:15", 100, 0, 3),
           TransferCompletedTimestamp=at("09:14:00")),
    record("out.2", "09:14:00", "09:14:40", method="TRANSFER", initial="out", previous="out",
           queue=("service", "09:14:00", 40)),
    record("first", "09:15:00", "09:15:10", queue=("sales", "09:15:02", 5),
           NextContactId="first.2"),
    record("first.2", "09:15:10", "09:20:00", method="CALLBACK_CUSTOMER_FIRST_QUEUED",
           initial="first", previous="first", queue=("sales", "09:15:10", 290),
           NextContactId="first.3"),
    record("first.3", "09:20:00", "09:21:00", method="CALLBACK_CUSTOMER_FIRST_DIALED",
           initial="first", previous="first.2", ConnectedToSystemTimestamp=at("09:20:15"),
           queue=("sales", "09:20:20", 40)),
    # Both tries of a callback in vain: AWS calls the last one abandoned, nobody waited for us.
    record("vain", "09:22:00", "09:22:30", queue=("sales", "09:22:05", 20), NextContactId="vain.2"),
    record("vain.2", "09:22:30", "09:40:00", method="CALLBACK", initial="vain", previous="vain",
           queue=("sales", "09:39:00", 30), agent=("bob", None, 0, 0, 5), NextContactId="vain.3"),
    record("vain.3", "09:40:00", "09:50:00", method="CALLBACK", initial="vain", previous="vain.2",
           queue=("sales", "09:49:00", 25), agent=("bob", None, 0, 0, 5)),
    # A consultation, a conference of three, a hand-over without a queue.
    record("asked", "10:00:00", "10:10:00", queue=("sales", "10:00:05", 15),
           agent=("ann", "10:00:20", 400, 170, 20), NextContactId="asked.2"),
    record("asked.2", "10:03:00", "10:05:00", method="TRANSFER", initial="asked", previous="asked",
           agent=("bob", "10:03:10", 0, 0, 2)),
    record("joined", "10:11:00", "10:20:00", queue=("sales", "10:11:05", 15),
           agent=("ann", "10:11:20", 500, 0, 20), NextContactId="joined.2"),
    record("joined.2", "10:13:00", "10:18:00", method="TRANSFER", initial="joined",
           previous="joined", agent=("bob", "10:13:05", 280, 0, 4)),
    record("joined.3", "10:14:00", "10:19:00", method="TRANSFER", initial="joined",
           previous="joined", agent=("cat", "10:14:05", 250, 0, 4)),
    record("handed", "10:21:00", "10:25:00", queue=("sales", "10:21:05", 15),
           agent=("ann", "10:21:20", 200, 0, 4), NextContactId="handed.2",
           TransferCompletedTimestamp=at("10:25:00")),
    record("handed.2", "10:25:00", "10:30:00", method="TRANSFER", initial="handed",
           previous="handed", agent=("cat", "10:25:05", 280, 0, 6)),
    # A wait in an agent's own queue.
    record("own", "10:31:00", "10:32:10", queue=("agent/ann", "10:31:10", 60)),
    # A task that was paused; a dial in vain with work after it; a supervisor who listens.
    record("task", "10:33:00", "10:50:00", method="API", Channel="TASK",
           queue=("sales", "10:33:00", 12), agent=("ann", "10:33:12", 200, 0, 20)),
    record("unreached", "10:51:00", "10:51:30", method="OUTBOUND", agent=("ann", None, 0, 0, 10)),
    record("ears", "10:12:00", "10:13:00", method="MONITOR", initial="joined", previous="joined",
           agent=("sue", "10:12:00", 60, 0, 0)),
    # Requeued by a disconnect flow; at the threshold and the short limit, on either side.
    record("again", "11:00:00", "11:00:30", Channel="CHAT", method="API",
           queue=("sales", "11:00:00", 30), NextContactId="again.2"),
    record("again.2", "11:00:30", "11:01:20", Channel="CHAT", method="DISCONNECT", initial="again",
           previous="again", queue=("sales", "11:00:30", 50)),
    # A mail and the agent's answer to it; a mail that a flow sent.
    record("letter", "11:02:00", "11:30:00", Channel="EMAIL", queue=("service", "11:02:02", 598),
           agent=("bob", "11:12:00", 600, 0, 10)),
    record("reply", "11:15:00", "11:20:00", Channel="EMAIL", method="AGENT_REPLY",
           agent=("bob", "11:15:00", 290, 0, 10)),
    record("receipt", "11:02:03", "11:02:04", Channel="EMAIL", method="FLOW"),
    *[record(f"gone.{wait}", "11:40:00", "11:41:00", queue=("sales", "11:40:00", wait))
      for wait in (4, 5, 6, 19, 20, 21)],
    *[record(f"kept.{wait}", "11:45:00", "11:50:00", queue=("sales", "11:45:00", wait),
             agent=("cat", f"11:45:{wait:02}", 100, 5, 10)) for wait in (0, 19, 20, 21)],
    record("moved", "11:51:00", "11:51:30", queue=("sales", "11:51:00", 30),
           NextContactId="moved.2", TransferCompletedTimestamp=at("11:51:30")),
    record("moved.2", "11:51:30", "11:56:00", method="QUEUE_TRANSFER", initial="moved",
           previous="moved", queue=("service", "11:51:30", 18),
           agent=("bob", "11:51:48", 200, 0, 9)),
]  # fmt: skip
for _one in CASES:
    if _one["ContactId"] == "task":
        _one["Agent"]["AgentPauseDuration"] = 600
    if _one["ContactId"] in ("task", "again", "waits"):
        _one["ConnectedToSystemTimestamp"] = _one["InitiationTimestamp"]

FIRSTS = ["INBOUND"] * 6 + ["WEBRTC_API", "API", "OUTBOUND", "TRANSFER"]
LATERS = ["TRANSFER"] * 3 + [
    "QUEUE_TRANSFER", "CALLBACK", "CALLBACK_CUSTOMER_FIRST_DIALED", "DISCONNECT", "MONITOR",
    "EXTERNAL_OUTBOUND",
]  # fmt: skip


def random_chain(rng: random.Random, name: str) -> list[Record]:
    """Up to four records that follow one another, at once or days later, in any mixture."""
    out: list[Record] = []
    second = rng.randrange(3 * 86400)
    for number in range(rng.choice([1, 1, 2, 2, 3, 4])):
        second += rng.choice([0, 0, 30, 600, 86400, 3 * 86400]) if number else 0
        wait, talk = rng.choice([0, 4, 5, 6, 19, 20, 21, 300]), rng.choice([0, 1, 2, 3, 90])
        length = wait + talk + rng.choice([0, 5, 3600])
        connected = rng.random() < 0.6
        more: Record = {"Channel": rng.choice(["VOICE", "VOICE", "VOICE", "CHAT", "EMAIL"])}
        if rng.random() < 0.5:
            more["ConnectedToSystemTimestamp"] = _moment(second)
        if rng.random() < 0.3:
            more["TransferCompletedTimestamp"] = _moment(second + length)
        if rng.random() < 0.4:
            more["DisconnectReason"] = rng.choice(["CUSTOMER_DISCONNECT", "OTHER", "NEVER_HEARD"])
        one = record(
            f"{name}.{number}", "00:00:00", "00:00:00",
            method=rng.choice(LATERS if number else FIRSTS),
            initial=f"{name}.0" if number else None,
            previous=f"{name}.{rng.randrange(number)}" if number else None,
            queue=(rng.choice(["sales", "service", "agent/bob"]), "00:00:00", wait)
            if rng.random() < 0.7 else None,
            agent=("ann", "00:00:00" if connected else None, talk, 0, rng.choice([0, 7]))
            if connected or rng.random() < 0.2 else None,
            **more,
        )  # fmt: skip
        if one["InitiationMethod"] == "MONITOR":
            one["Queue"] = None
        one["InitiationTimestamp"] = _moment(second)
        one["DisconnectTimestamp"] = _moment(second + length)
        if one["Queue"]:
            one["Queue"]["EnqueueTimestamp"] = _moment(second)
        if one["Agent"] and connected:
            one["Agent"]["ConnectedToAgentTimestamp"] = _moment(second + wait)
        out.append(one)
        second += length
    for later in out[1:]:
        earlier = next(r for r in out if r["ContactId"] == later["PreviousContactId"])
        if later["InitiationMethod"] != "MONITOR":
            earlier["NextContactId"] = later["ContactId"]
    return out


def _moment(second: int) -> str:
    day, rest = divmod(second, 86400)
    return at(f"{day}+{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}")
