"""Asterisk's queue_log: one line per event, fields parted by bars.

It knows neither holds nor who left by which door of a queue but time and key, nor anybody who
never reached a queue; states beside calls are pauses with a reason.
"""

from collections.abc import Iterator

from simulator.customers import ani
from simulator.extracts import SiteDate
from simulator.happenings import Leg, State
from simulator.shape import QUEUES

_LEFT = {
    "abandoned": "ABANDON|1|1|{wait}",
    "callback_requested": "EXITWITHKEY|1|1|1|{wait}",
    "closed": "CLOSED",
    "full": "FULL",
    "unstaffed": "JOINEMPTY",
}
_ON_QUEUE = ("AVAIL", "INCALL", "ACW")


def queue_log(meant: SiteDate) -> list[str]:
    """All lines of the day, in order of time."""
    callers = {c.contact_id: ani(c.client, c.customer, c.kind, c.style) for c in meant.contacts}
    lines = [line for leg in meant.legs for line in _visit(leg, callers[leg.contact_id])]
    shifts: dict[tuple[str, int], list[State]] = {}
    for state in meant.states:
        shifts.setdefault((state.agent, state.shift), []).append(state)
    lines += [line for (agent, _), states in shifts.items() for line in _shift(agent, states)]
    return [line for _, line in sorted(lines, key=lambda item: item[0])]


def _visit(leg: Leg, caller: str) -> Iterator[tuple[int, str]]:
    queue, call, left = QUEUES[leg.queue].code, leg.contact_id, leg.queued + leg.wait_s

    def line(at: int, agent: str, event: str) -> tuple[int, str]:
        return at, f"{at}|{call}|{queue}|{agent}|{event}"

    if leg.outcome not in ("closed", "full", "unstaffed"):
        yield line(leg.queued, "NONE", f"ENTERQUEUE||{caller}|1")
    for n in range(leg.ring_no_answers):
        yield line(leg.queued, f"vain{n}", "RINGNOANSWER|1000")
    if leg.outcome != "answered":
        gone = _LEFT.get(leg.outcome, "EXITWITHTIMEOUT|1|1|{wait}")
        yield line(left, "NONE", gone.format(wait=leg.wait_s))
        return
    talk_s = leg.talk_s + leg.hold_s
    yield line(left, leg.agent, f"CONNECT|{leg.wait_s}|{call}b|1")
    if leg.transferred_to >= 0:
        ended = f"BLINDTRANSFER|600|default|{leg.wait_s}|{talk_s}|1"
    else:
        ended = f"COMPLETECALLER|{leg.wait_s}|{talk_s}|1"
    yield line(left + talk_s, leg.agent, ended)
    if leg.acw_s:
        yield line(left + talk_s, leg.agent, f"WRAPUPSTART|{leg.acw_s}")


def _shift(agent: str, states: list[State]) -> Iterator[tuple[int, str]]:
    def line(at: int, event: str) -> tuple[int, str]:
        return at, f"{at}|NONE|NONE|{agent}|{event}"

    yield line(states[0].start, "AGENTCALLBACKLOGIN|x")
    paused = False
    for state in states:
        if paused:
            yield line(state.start, "UNPAUSEALL")
        paused = state.code not in _ON_QUEUE
        if paused:
            yield line(state.start, f"PAUSEALL|{state.code}")
    end = states[-1].end
    if paused:
        yield line(end, "UNPAUSEALL")
    yield line(end, f"AGENTCALLBACKLOGOFF|x|{end - states[0].start}")
