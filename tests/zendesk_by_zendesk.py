"""Zendesk's documented logic, ticket by ticket, in Python: what a report of Explore would show.

Zendesk help: "About native Support time duration metrics", "Calculating first reply time", "Metrics
and attributes for Zendesk Support", "Defining SLA policies". It shares nothing with the models.
A ticket is what happened to it, update by update; minutes count from its opening.
"""

from dataclasses import dataclass
from itertools import pairwise

DONE = ("solved", "closed")


@dataclass(frozen=True)
class Comment:
    """One comment: by a person of a role, public or not; `voice` is the record of a call."""

    minute: int
    role: str
    public: bool = True
    voice: bool = False


@dataclass(frozen=True)
class Ticket:
    """statuses: (minute, value), the first at 0; priorities likewise. target: minutes allowed."""

    comments: tuple[Comment, ...]
    statuses: tuple[tuple[int, str], ...]
    priorities: tuple[tuple[int, str], ...] = ((0, "normal"),)
    channel: str = "email"
    target: tuple[tuple[str, int], ...] = (("normal", 60), ("urgent", 30), ("low", 480))


@dataclass(frozen=True)
class Report:
    """Minutes, counts; target: achieved, breached, or None where none runs or it still runs."""

    first_reply: int | None
    first_resolution: int | None
    full_resolution: int | None
    requester_wait: int
    agent_wait: int
    on_hold: int
    replies: int
    reopens: int
    target: bool | None


def updates(ticket: Ticket) -> list[tuple[int, str]]:
    """The status after each update: what one update sets and sets back has not happened."""
    after = dict(ticket.statuses)
    kept: list[tuple[int, str]] = []
    for minute in sorted(after):
        if not kept or kept[-1][1] != after[minute]:
            kept.append((minute, after[minute]))
    return kept


def report(ticket: Ticket) -> Report:
    """The native metrics of one ticket, and whether its first reply's target was met."""
    comments = sorted(ticket.comments, key=lambda c: c.minute)
    opening = comments[0] if comments and comments[0].minute == 0 else None
    later = comments[1:] if opening else comments
    replies = [c.minute for c in later if c.role == "agent" and c.public and not c.voice]
    steps = updates(ticket)
    # Closing a solved ticket resolves nothing; closing an unsolved one does.
    solved = [
        minute
        for n, (minute, status) in enumerate(steps)
        if status in DONE and (n == 0 or steps[n - 1][1] not in DONE)
    ]
    spans = [(status, end - start) for (start, status), (end, _) in pairwise(steps)]

    def spent(*statuses: str) -> int:
        return sum(length for status, length in spans if status in statuses)

    return Report(
        first_reply=replies[0] if replies else None,
        first_resolution=solved[0] if solved else None,
        full_resolution=solved[-1] if solved and steps[-1][1] in DONE else None,
        requester_wait=spent("new", "open", "hold"),
        agent_wait=spent("pending"),
        on_hold=spent("hold"),
        replies=len(replies),
        reopens=sum(
            before[1] in DONE and after[1] not in DONE for before, after in pairwise(steps)
        ),
        target=_target(ticket, opening, later, [*replies, *solved]),
    )


def _target(
    ticket: Ticket, opening: Comment | None, later: list[Comment], ends: list[int]
) -> bool | None:
    if opening is None and not later:
        return None
    start: int | None = 0
    if opening and opening.role == "agent":
        asked = [c.minute for c in later if c.role == "customer" and c.public]
        start = min(asked, default=None) if not opening.public else None
    if start is None:
        return None
    met = min((end for end in ends if end >= start), default=None)
    if met is None:
        return None
    allowed = dict(ticket.target)
    held = [priority for minute, priority in ticket.priorities if minute <= met][-1]
    return met - start <= allowed[held]
