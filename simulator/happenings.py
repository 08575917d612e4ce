"""What happened: contacts, queue visits, states. Times are seconds since 1970 UTC."""

from dataclasses import dataclass
from typing import NamedTuple


class Contact(NamedTuple):
    """A contact. `queue` numbers the queue first dialled; times are seconds since 1970 UTC."""

    contact_id: str
    client: int
    queue: int
    is_callback: bool
    customer: int
    kind: int
    style: int
    started: int
    ended: int
    ivr_s: int
    outcome: str
    parent_id: str
    disposition: str
    note: float


class Leg(NamedTuple):
    """A queue visit. `transferred_to` is a queue number or -1; `agent` is a login or empty."""

    contact_id: str
    leg_no: int
    queue: int
    agent: str
    queued: int
    wait_s: int
    talk_s: int
    hold_s: int
    hold_count: int
    acw_s: int
    outcome: str
    transferred_to: int
    ring_no_answers: int
    is_callback: bool


class State(NamedTuple):
    """A state interval [start, end) of an agent; `shift` is the start of the shift."""

    agent: str
    code: str
    start: int
    end: int
    extension: str
    shift: int


@dataclass(frozen=True)
class OperatingDay:
    """Everything that began in one operating day, in order of time (states: agent by agent)."""

    contacts: tuple[Contact, ...]
    legs: tuple[Leg, ...]
    states: tuple[State, ...]
