"""Asterisk's queue log is a state machine: what any order of its events adds up to.

Each kind of trouble is a site of its own in one build; the random ones are compared with a walk
through the same events that is written here, second by second. The public cases are not ours to
ship: they are read from `../shared/data/cases`, and their tests skip where that folder is absent.
"""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ground.home import CHECKOUT
from tests.deployment import Deployment

CASES = CHECKOUT.parent / "shared" / "data" / "cases"
MIDNIGHT = 1773100800  # 2026-03-10 00:00 UTC
MIDNIGHT_OF_CHANGE = 1792879200  # 2026-10-25 00:00 in Berlin, when its clocks go back at 03:00
NIGHTS = "the public cases are not here"


def log(*events: str) -> str:
    """A queue_log: `[day+]hh:mm:ss rest` becomes the bar form."""
    out = []
    for event in events:
        at, rest = event.split(" ", 1)
        day, _, clock = at.rpartition("+")
        h, m, s = (int(part) for part in clock.split(":"))
        out.append(f"{MIDNIGHT + 86400 * int(day or 0) + 3600 * h + 60 * m + s}|{rest}")
    return "\n".join(out) + "\n"


def table(text: str, fraction: str = "") -> str:
    """The same lines as the database table holds them, in UTC."""
    rows = ["time,callid,queuename,agent,event,data1,data2,data3,data4,data5"]
    for line in text.splitlines():
        at, *fields = line.split("|")
        clock = datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%d %H:%M:%S") + fraction
        rows.append(",".join([clock, *fields, *[""] * (9 - len(fields))]))
    return "\n".join(rows) + "\n"


CONSULTED = (
    "09:00:00 1.1|q1|NONE|ENTERQUEUE||02079460101|1",
    "09:00:12 1.1|q1|PJSIP/7009|CONNECT|12|1.2|11",
    "09:02:11 1.5|q2|NONE|ENTERQUEUE||7009|1",
    "09:02:12 1.5|q1|PJSIP/7009|ATTENDEDTRANSFER|APP|Queue|12|120|1",
    "09:02:18 1.1|q2|PJSIP/7051|CONNECT|7|1.6|6",
    "09:05:11 1.1|q2|PJSIP/7051|COMPLETEAGENT|7|173|1",
)
# The second agent consults a third queue in the same way, and that agent the first one again.
CONSULTED_AGAIN = (
    *CONSULTED[:5],
    "09:04:00 1.8|q3|NONE|ENTERQUEUE||7051|1",
    "09:04:05 1.8|q2|PJSIP/7051|ATTENDEDTRANSFER|APP|Queue|7|107|1",
    "09:04:10 1.1|q3|PJSIP/7060|CONNECT|10|1.9|3",
    "09:05:00 1.10|q1|NONE|ENTERQUEUE||7060|1",
    "09:05:01 1.10|q3|PJSIP/7060|ATTENDEDTRANSFER|APP|Queue|10|51|1",
    "09:05:20 1.1|q1|PJSIP/7009|CONNECT|20|1.11|3",
    "09:06:00 1.1|q1|PJSIP/7009|COMPLETECALLER|20|40|1",
)
# The second queue answers the agent first; then he hands the caller over.
ANSWERED_FIRST = (
    *CONSULTED[:3],
    "09:02:20 1.5|q2|PJSIP/7051|CONNECT|9|1.6|6",
    "09:03:00 1.1|q1|PJSIP/7009|ATTENDEDTRANSFER|BRIDGE|b-1|12|168|1",
    "09:03:00 1.5|q2|PJSIP/7051|COMPLETECALLER|9|40|1",
)
# An agent asks another queue and comes back: a call of his own.
ASKED_ONLY = (
    *CONSULTED[:3],
    "09:02:20 1.5|q2|PJSIP/7051|CONNECT|9|1.6|6",
    "09:03:00 1.5|q2|PJSIP/7051|COMPLETECALLER|9|40|1",
    "09:04:12 1.1|q1|PJSIP/7009|COMPLETECALLER|12|240|1",
)
# Two callers at once, each handed over: who is whose is told by agent, queue and wait.
TWO_AT_ONCE = (
    *CONSULTED,
    "09:00:00 2.1|q1|NONE|ENTERQUEUE||02079460102|1",
    "09:00:20 2.1|q1|PJSIP/7010|CONNECT|20|2.2|11",
    "09:02:11 2.5|q2|NONE|ENTERQUEUE||7010|1",
    "09:02:14 2.5|q1|PJSIP/7010|ATTENDEDTRANSFER|APP|Queue|20|114|1",
    "09:02:31 2.1|q2|PJSIP/7052|CONNECT|20|2.6|6",
    "09:03:31 2.1|q2|PJSIP/7052|COMPLETEAGENT|20|60|1",
)

Leg = tuple[str, int, str, str | None, str, int | None, int | None, str, bool]
VISITS: dict[str, tuple[tuple[str, ...], list[Leg]]] = {
    "consulted": (
        CONSULTED,
        [
            ("1.1", 1, "q1", "PJSIP/7009", "09:00:00", 12, 120, "answered", True),
            ("1.1", 2, "q2", "PJSIP/7051", "09:02:11", 7, 173, "answered", False),
        ],
    ),
    "consultedagain": (
        CONSULTED_AGAIN,
        [
            ("1.1", 1, "q1", "PJSIP/7009", "09:00:00", 12, 120, "answered", True),
            ("1.1", 2, "q2", "PJSIP/7051", "09:02:11", 7, 107, "answered", True),
            ("1.1", 3, "q3", "PJSIP/7060", "09:04:00", 10, 51, "answered", True),
            ("1.1", 4, "q1", "PJSIP/7009", "09:05:00", 20, 40, "answered", False),
        ],
    ),
    "answeredfirst": (
        ANSWERED_FIRST,
        [
            ("1.1", 1, "q1", "PJSIP/7009", "09:00:00", 12, 168, "answered", True),
            ("1.1", 2, "q2", "PJSIP/7051", "09:02:11", 9, 40, "answered", False),
        ],
    ),
    "askedonly": (
        ASKED_ONLY,
        [
            ("1.1", 1, "q1", "PJSIP/7009", "09:00:00", 12, 240, "answered", False),
            ("1.5", 1, "q2", "PJSIP/7051", "09:02:11", 9, 40, "answered", False),
        ],
    ),
    "twoatonce": (
        TWO_AT_ONCE,
        [
            ("1.1", 1, "q1", "PJSIP/7009", "09:00:00", 12, 120, "answered", True),
            ("1.1", 2, "q2", "PJSIP/7051", "09:02:11", 7, 173, "answered", False),
            ("2.1", 1, "q1", "PJSIP/7010", "09:00:00", 20, 114, "answered", True),
            ("2.1", 2, "q2", "PJSIP/7052", "09:02:11", 20, 60, "answered", False),
        ],
    ),
    "setback": (  # the clock is set back between the entry and the answer
        (
            "09:00:05 1.1|q1|NONE|ENTERQUEUE||02079460101|1",
            "09:00:03 1.1|q1|bob|CONNECT|2|1.2|1",
            "09:01:03 1.1|q1|bob|COMPLETEAGENT|2|60|1",
        ),
        [("1.1", 1, "q1", "bob", "09:00:01", 2, 60, "answered", False)],
    ),
    "setbackfar": (
        (
            "09:30:05 1.1|q1|NONE|ENTERQUEUE||02079460101|1",
            "09:00:03 1.1|q1|bob|CONNECT|2|1.2|1",
            "09:31:03 1.1|q1|bob|COMPLETEAGENT|2|60|1",
        ),
        [("1.1", 1, "q1", "bob", "09:00:01", 2, 60, "answered", False)],
    ),
    "setbackwhole": (  # so short that its end stands before its entry too
        (
            "09:00:05 1.1|q1|NONE|ENTERQUEUE||02079460101|1",
            "09:00:03 1.1|q1|bob|CONNECT|2|1.2|1",
            "09:00:04 1.1|q1|bob|COMPLETEAGENT|2|1|1",
        ),
        [("1.1", 1, "q1", "bob", "09:00:01", 2, 1, "answered", False)],
    ),
    "setbacksecond": (  # of the second visit to the same queue
        (
            "09:00:00 1.1|q1|NONE|ENTERQUEUE||02079460101|1",
            "09:00:10 1.1|q1|NONE|EXITWITHTIMEOUT|1|1|10",
            "09:00:15 1.1|q1|NONE|ENTERQUEUE||02079460101|1",
            "09:00:14 1.1|q1|bob|CONNECT|3|1.2|1",
            "09:01:03 1.1|q1|bob|COMPLETEAGENT|3|49|1",
        ),
        [
            ("1.1", 1, "q1", None, "09:00:00", 10, 0, "flowed_out", False),
            ("1.1", 2, "q1", "bob", "09:00:11", 3, 49, "answered", False),
        ],
    ),
    "turnedover": (  # the log begins with a conversation; then the caller comes back
        (
            "09:00:40 1.1|q1|bob|COMPLETEAGENT|10|30|1",
            "09:20:00 1.1|q1|NONE|ENTERQUEUE||02079460101|1",
            "09:20:05 1.1|q1|NONE|ABANDON|1|1|5",
        ),
        [
            ("1.1", 1, "q1", "bob", "09:00:00", 10, 30, "answered", False),
            ("1.1", 2, "q1", None, "09:20:00", 5, 0, "abandoned", False),
        ],
    ),
}

# What an agent did, and the seconds of each state; whether logged in.
STATES: dict[str, tuple[tuple[str, ...], dict[tuple[str, str, bool], int]]] = {
    "onequeueoftwo": (  # still takes the calls of the other queue
        (
            "08:00:00 NONE|q1|Ann|ADDMEMBER|",
            "08:00:00 NONE|q2|Ann|ADDMEMBER|",
            "09:00:00 NONE|q1|Ann|PAUSE|LUNCH",
            "10:00:00 NONE|q2|Ann|PAUSE|LUNCH",
            "10:30:00 NONE|q1|Ann|UNPAUSE|LUNCH",
            "11:00:00 NONE|NONE|Ann|UNPAUSEALL|",
            "12:00:00 NONE|q1|Ann|REMOVEMEMBER|",
            "12:00:00 NONE|q2|Ann|REMOVEMEMBER|",
        ),
        {("Ann", "AVAILABLE", True): 12600, ("Ann", "LUNCH", True): 1800},
    ),
    "changedinasecond": (
        (
            "08:00:00 NONE|q1|Bob|ADDMEMBER|PAUSED",
            "08:10:00 NONE|NONE|Bob|PAUSEALL|LUNCH",
            "08:30:00 NONE|NONE|Bob|UNPAUSEALL|LUNCH",
            "08:30:00 NONE|NONE|Bob|PAUSEALL|TRAINING",
            "08:40:00 NONE|NONE|Bob|PAUSEALL|",
            "08:50:00 NONE|NONE|Bob|PAUSEALL|LUNCH",
            "08:50:00 NONE|NONE|Bob|PAUSEALL|TRAINING",
            "09:00:00 NONE|NONE|Bob|PAUSEALL|LUNCH",
            "09:00:00 NONE|NONE|Bob|UNPAUSEALL|",
            "10:00:00 NONE|q1|Bob|REMOVEMEMBER|",
        ),
        {
            ("Bob", "PAUSE", True): 600,
            ("Bob", "LUNCH", True): 1200,
            ("Bob", "TRAINING", True): 1800,
            ("Bob", "AVAILABLE", True): 3600,
        },
    ),
    "reasonbyqueue": (  # PAUSEALL without a reason, each queue's own line with it
        (
            "08:00:00 NONE|q1|Cat|ADDMEMBER|",
            "08:00:00 NONE|q2|Cat|ADDMEMBER|",
            "09:00:00 NONE|NONE|Cat|PAUSEALL|",
            "09:00:00 NONE|q1|Cat|PAUSE|LUNCH",
            "09:00:00 NONE|q2|Cat|PAUSE|LUNCH",
            "09:20:00 NONE|NONE|Cat|UNPAUSEALL|",
            "09:20:00 NONE|q1|Cat|UNPAUSE|",
            "09:20:00 NONE|q2|Cat|UNPAUSE|",
            "10:00:00 NONE|q1|Cat|REMOVEMEMBER|",
            "10:00:00 NONE|q2|Cat|REMOVEMEMBER|",
        ),
        {("Cat", "AVAILABLE", True): 6000, ("Cat", "LUNCH", True): 1200},
    ),
    "joinspaused": (  # leaving the queue ends the pause; so does joining another one
        (
            "08:00:00 NONE|q1|Dan|ADDMEMBER|PAUSED",
            "08:20:00 NONE|q2|Dan|ADDMEMBER|",
            "08:40:00 NONE|q2|Dan|REMOVEMEMBER|",
            "09:00:00 NONE|q1|Dan|REMOVEMEMBER|",
        ),
        {("Dan", "PAUSE", True): 2400, ("Dan", "AVAILABLE", True): 1200},
    ),
    "staticmember": (  # never logs in; a pause in any queue is one
        (
            "08:00:00 NONE|q1|Eve|PAUSE|LUNCH",
            "08:20:00 NONE|q1|Eve|UNPAUSE|",
        ),
        {("Eve", "LUNCH", False): 1200},
    ),
    "threedays": (  # its own logoff ends it
        (
            "08:00:00 NONE|q1|Fay|ADDMEMBER|",
            "2+11:00:00 NONE|NONE|Fay|PAUSEALL|LUNCH",
            "2+12:00:00 NONE|NONE|Fay|UNPAUSEALL|",
            "3+10:00:00 NONE|q1|Fay|REMOVEMEMBER|",
        ),
        {("Fay", "AVAILABLE", True): 3 * 86400 + 7200 - 3600, ("Fay", "LUNCH", True): 3600},
    ),
    "longbythelogoff": (  # the login is in no log, its length is in the logoff
        ("1+12:00:00 NONE|NONE|Gus|AGENTLOGOFF|Gus-1|90000",),
        {("Gus", "AVAILABLE", True): 90000},
    ),
    "forgotten": (  # no logoff of its own: to the end of its day, or to the next login
        (
            "08:00:00 NONE|NONE|Hal|AGENTLOGIN|Hal-1",
            "1+08:00:00 NONE|NONE|Hal|AGENTLOGIN|Hal-1",
            "1+09:00:00 NONE|NONE|Hal|AGENTLOGOFF|Hal-1|3600",
        ),
        {("Hal", "AVAILABLE", True): 16 * 3600 + 3600},
    ),
}
QUEUES = ("q1", "q2", "q3")


@dataclass
class Walk:
    """One agent's events, taken one after the other."""

    member: dict[str, bool] = field(default_factory=dict)
    reason: str = ""
    spent: Counter[str] = field(default_factory=Counter)
    at: int = 0

    def take(self, at: int, event: str, queue: str, said: str) -> None:
        if self.member and at > self.at:
            paused = all(self.member.values())
            self.spent[(self.reason or "PAUSE") if paused else "AVAILABLE"] += at - self.at
        self.at = at
        queues = [queue] if queue != "NONE" else list(self.member)
        if event == "ADDMEMBER":
            self.member[queue] = said == "PAUSED"
        elif event == "REMOVEMEMBER":
            del self.member[queue]
        else:
            for one in set(queues) & set(self.member):
                self.member[one] = event.startswith("PAUSE")
            self.reason = "" if event.startswith("UN") else (said or self.reason)


def days_of_agents(n: int, seed: int) -> tuple[str, dict[str, Counter[str]]]:
    """Random events of agents, every membership ended by its own line, and what they add up to."""
    chance = random.Random(seed)
    lines, spent = [], {}
    for number in range(n):
        agent, walk, at = f"A{number}", Walk(), 28800
        for _ in range(chance.randint(2, 30)):
            at += chance.choice([0, 0, 1, 7, 600, 1799, 5000, 40000])
            free = [q for q in QUEUES if q not in walk.member]
            choices = ["ADDMEMBER"] * bool(free) + ["REMOVEMEMBER"] * bool(walk.member)
            event = chance.choice([*choices, "PAUSEALL", "UNPAUSEALL", "PAUSE", "UNPAUSE"])
            queue, said = "NONE", ""
            if event == "ADDMEMBER":
                queue, said = chance.choice(free), chance.choice(["", "PAUSED"])
            elif event == "REMOVEMEMBER":
                queue = chance.choice(list(walk.member))
            elif not event.endswith("ALL"):
                queue = chance.choice(QUEUES)
            if event in ("PAUSE", "PAUSEALL"):
                said = chance.choice(["", "LUNCH", "TRAINING"])
            if event.startswith(("PAUSE", "UNPAUSE")) and not walk.member:
                continue
            walk.take(at, event, queue, said)
            lines.append(f"{MIDNIGHT + at}|NONE|{queue}|{agent}|{event}|{said}")
        for queue in list(walk.member):
            at += 60
            walk.take(at, "REMOVEMEMBER", queue, "")
            lines.append(f"{MIDNIGHT + at}|NONE|{queue}|{agent}|REMOVEMEMBER|")
        spent[agent] = walk.spent
    return "\n".join(lines) + "\n", spent


def paths_of_calls(n: int, seed: int) -> tuple[str, Counter[tuple[str, str, int, int, str]]]:
    """Random ways of calls through queues, often one again; the calls' lines are mixed."""
    chance = random.Random(seed)
    of_call: dict[str, list[str]] = defaultdict(list)
    visits: Counter[tuple[str, str, int, int, str]] = Counter()
    for number in range(n):
        call, at = f"{MIDNIGHT + number}.{number}", 30000 + chance.randint(0, 20000)
        entered: set[tuple[str, int]] = set()
        for _ in range(chance.randint(1, 5)):
            # The same line twice in a second is one line: not into a queue just left unwaited.
            queue = chance.choice([q for q in QUEUES if (q, at) not in entered])
            entered.add((queue, at))
            wait = chance.choice([0, 1, 5, 60])
            agent, rings = f"P{chance.randint(0, 9)}", chance.randint(0, 2)
            of_call[call].append(f"{MIDNIGHT + at}|{call}|{queue}|NONE|ENTERQUEUE||02079460101|1")
            if wait > 5:
                of_call[call] += [
                    f"{MIDNIGHT + at + 2 + n_}|{call}|{queue}|{agent}|RINGNOANSWER|{n_}000"
                    for n_ in range(rings)
                ]
            at += wait
            ending = chance.choice(["ABANDON", "EXITWITHTIMEOUT", "COMPLETEAGENT", "BLINDTRANSFER"])
            if ending in ("ABANDON", "EXITWITHTIMEOUT"):
                of_call[call].append(f"{MIDNIGHT + at}|{call}|{queue}|NONE|{ending}|1|1|{wait}")
                outcome = "abandoned" if ending == "ABANDON" else "flowed_out"
                visits[call, queue, wait, 0, outcome] += 1
            else:
                talk = chance.choice([1, 30, 300])
                of_call[call].append(
                    f"{MIDNIGHT + at}|{call}|{queue}|{agent}|CONNECT|{wait}|x.{number}|1"
                )
                at += talk
                figures = f"{wait}|{talk}|1" if ending[0] == "C" else f"600|default|{wait}|{talk}|1"
                of_call[call].append(f"{MIDNIGHT + at}|{call}|{queue}|{agent}|{ending}|{figures}")
                visits[call, queue, wait, talk, "answered"] += 1
            if ending in ("ABANDON", "COMPLETEAGENT"):
                break
            at += chance.choice([0, 0, 1, 30])
    lines: list[str] = []
    waiting = [iter(rows) for rows in of_call.values()]
    while waiting:
        one = chance.choice(waiting)
        try:
            lines.append(next(one))
        except StopIteration:
            waiting.remove(one)
    return "\n".join(lines) + "\n", visits


AGENTS, SPENT = days_of_agents(150, seed=18)
CALLS, VISITED = paths_of_calls(250, seed=81)
# A night shift: on which day it counts is the site's rule.
SHIFT = ("22:00:00 NONE|q1|{}|ADDMEMBER|", "1+06:00:00 NONE|q1|{}|REMOVEMEMBER|")
RULES = {"byend": "end"}
AGAIN = [line.replace(" 1.1|", " 3.1|") for line in VISITS["setbacksecond"][0]]
TWICE = log(*CONSULTED, *STATES["changedinasecond"][0], *AGAIN)
CHANGE = [  # by the walls of Berlin; the ids were given at 02:59:50, and at 02:10 the second time
    f"2026-10-25 02:59:50,{MIDNIGHT_OF_CHANGE + 10790}.1,q1,NONE,ENTERQUEUE,,02079460101,1",
    f"2026-10-25 02:00:05,{MIDNIGHT_OF_CHANGE + 10790}.1,q1,bob,CONNECT,15,x,3",
    f"2026-10-25 02:10:05,{MIDNIGHT_OF_CHANGE + 10790}.1,q1,bob,COMPLETEAGENT,15,600,1",
    f"2026-10-25 02:10:00,{MIDNIGHT_OF_CHANGE + 11400}.2,q1,NONE,ENTERQUEUE,,02079460102,1",
    f"2026-10-25 02:10:09,{MIDNIGHT_OF_CHANGE + 11400}.2,q1,NONE,ABANDON,1,1,9",
    f"2026-10-25 02:10:00,{MIDNIGHT_OF_CHANGE + 7800}.3,q1,NONE,ENTERQUEUE,,02079460103,1",
    f"2026-10-25 02:10:05,{MIDNIGHT_OF_CHANGE + 7800}.3,q1,cat,CONNECT,5,x,3",
    f"2026-10-25 02:40:05,{MIDNIGHT_OF_CHANGE + 7800}.3,q1,cat,COMPLETEAGENT,5,5400,1",
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    made = Deployment(tmp_path_factory.mktemp("machine"), ["asterisk"])
    texts = {name: log(*lines) for name, (lines, _) in (VISITS | STATES).items()}
    texts |= {"agents": AGENTS, "calls": CALLS, "both": TWICE}
    texts |= {site: log(*(line.format(site) for line in SHIFT)) for site in ("bystart", *RULES)}
    for site, text in texts.items():
        made.drop("asterisk", f"queue_log_{site}_2026-03-14", text)
    made.drop("asterisk", "queue_log_both_2026-03-14.csv", table(TWICE, ".731204"))
    half = table(log("08:50:00 NONE|NONE|Ida|PAUSEALL|LUNCH")).replace(
        "08:50:00", "08:50:00.999999"
    )
    whole = table(log("09:00:00 NONE|NONE|Ida|UNPAUSEALL|")).splitlines()[1]
    made.drop("asterisk", "queue_log_fraction_2026-03-14.csv", half + whole + "\n")
    head = table("").strip()
    made.drop(
        "asterisk",
        "queue_log_change_2026-10-25.csv",
        "\n".join([head, *(line + "," * (9 - line.count(",")) for line in CHANGE)]) + "\n",
    )
    made.map("clients", [{"client_id": "acme"}])
    zones = {"change": "Europe/Berlin"}
    sites = [*texts, "fraction", "change"]
    made.map(
        "sites",
        [
            {
                "site_id": site,
                "time_zone": zones.get(site, "UTC"),
                "shift_date_rule": RULES.get(site, "start"),
            }
            for site in sites
        ],
    )
    made.map(
        "queues",
        [{"system": "asterisk", "queue_code": q, "client_id": "acme"} for q in QUEUES],
    )
    made.take_in()
    made.build("+fct_agent_activity", "+fct_contact_leg", "+fct_contact")
    return made


def legs(built: Deployment, site: str) -> list[tuple[object, ...]]:
    return built.ask(
        "select split_part(contact_id, '/', 2), leg_number, queue_id[10:], agent_id[10:], "
        "strftime(queued_at_utc, '%H:%M:%S'), wait_s, talk_s, outcome, is_transfer_out "
        "from core.fct_contact_leg where site_id = ? order by 1, 2",
        site,
    )


@pytest.mark.parametrize("site", VISITS)
def test_a_caller_visits_a_queue_as_often_as_he_entered_it(built: Deployment, site: str) -> None:
    assert legs(built, site) == VISITS[site][1]
    assert not built.ask(
        "select contact_id from core.fct_contact where site_id = ? and ended_at_utc < "
        "started_at_utc",
        site,
    )


def seconds(built: Deployment, site: str) -> dict[tuple[str, str, bool], int]:
    found = built.ask(
        "select agent_id[10:], activity_code, is_logged_in, sum(duration_s) "
        "from core.fct_agent_activity where site_id = ? group by all",
        site,
    )
    return {(agent, code, logged_in): n for agent, code, logged_in, n in found}


@pytest.mark.parametrize("site", STATES)
def test_states_are_what_the_events_say(built: Deployment, site: str) -> None:
    assert seconds(built, site) == STATES[site][1]


def test_any_interleaving_gives_states_that_add_up_to_the_login(built: Deployment) -> None:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for (agent, code, logged_in), n in seconds(built, "agents").items():
        assert logged_in
        found[agent][code] += n
    assert found == {agent: spent for agent, spent in SPENT.items() if spent}
    assert len(found) > 100


def test_states_of_an_agent_never_overlap_and_none_is_longer_than_its_day(
    built: Deployment,
) -> None:
    assert not built.ask(
        "select agent_id from (select *, lag(ended_at_utc) over (partition by site_id, agent_id "
        "order by started_at_utc) as before_at from core.fct_agent_activity) "
        "where before_at > started_at_utc or ended_at_utc <= started_at_utc "
        "or duration_s > 25 * 3600"
    )


def test_any_interleaving_of_calls_gives_each_its_visits(built: Deployment) -> None:
    found = Counter(
        (call, queue, wait, talk, outcome)
        for call, _, queue, _, _, wait, talk, outcome, _ in legs(built, "calls")
    )
    assert found == VISITED
    assert built.ask("select count(*) from core.fct_contact where site_id = 'calls'") == [(250,)]


def test_what_stands_in_the_log_and_in_the_table_happened_once(built: Deployment) -> None:
    again = [("3.1", *leg[1:]) for leg in legs(built, "setbacksecond")]
    assert legs(built, "both") == [*legs(built, "consulted"), *again]
    assert seconds(built, "both").items() >= STATES["changedinasecond"][1].items()


def test_a_fraction_of_a_second_is_no_whole_second(built: Deployment) -> None:
    assert seconds(built, "fraction") == {("Ida", "LUNCH", False): 599}


def test_the_id_of_a_call_tells_which_of_two_equal_hours_it_was(built: Deployment) -> None:
    found = built.ask(
        "select split_part(contact_id, '.', 2), strftime(queued_at_utc, '%H:%M:%S'), "
        "strftime(answered_at_utc, '%H:%M:%S'), wait_s, talk_s, anomaly "
        "from core.fct_contact_leg where site_id = 'change' order by 1"
    )
    assert found == [
        ("1", "00:59:50", "01:00:05", 15, 600, None),
        ("2", "01:10:00", None, 9, 0, None),
        ("3", "00:10:00", "00:10:05", 5, 5400, None),
    ]
    ended = built.ask(
        "select strftime(ended_at_utc, '%H:%M:%S') from core.fct_contact where site_id = 'change' "
        "order by contact_id"
    )
    assert sorted(ended) == [("01:10:05",), ("01:10:09",), ("01:40:05",)]


@pytest.mark.parametrize(("site", "day"), [("bystart", 10), ("byend", 11)])
def test_a_night_shift_belongs_to_the_day_of_its_sites_rule(
    built: Deployment, site: str, day: int
) -> None:
    assert built.ask(
        "select day(shift_date), sum(duration_s) // 3600 from core.fct_agent_activity "
        "where site_id = ? group by all",
        site,
    ) == [(day, 8)]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    if not CASES.is_dir():
        pytest.skip(NIGHTS)
    made = Deployment(tmp_path_factory.mktemp("cases"), ["asterisk"])
    for path in sorted((CASES / "company-maps").glob("*.csv")):
        made.drop("company", path.name, path.read_text(encoding="utf-8"))
    for path in sorted(Path(CASES).glob("1*/landing/asterisk/*")):
        made.drop("asterisk", path.name, path.read_text(encoding="utf-8"))
    made.take_in()
    made.build("+fct_agent_activity", "+fct_contact_leg", "+fct_contact")
    return made


def test_a_public_report_of_an_attended_transfer_is_one_caller(cases: Deployment) -> None:
    assert cases.ask(
        "select queue_id, wait_s, talk_s, is_transfer_out, agent_id, "
        "strftime(queued_at_utc, '%H:%M:%S') from core.fct_contact_leg order by leg_number"
    ) == [
        ("asterisk:1501", 12, 120, True, "asterisk-7009", "09:00:00"),
        ("asterisk:1509", 7, 173, False, "asterisk-7051", "09:02:11"),
    ]
    assert cases.ask("select count(*) from core.fct_contact") == [(1,)]


def test_public_reports_of_pauses_add_up(cases: Deployment) -> None:
    found = cases.ask(
        "select agent_id[10:], activity, sum(duration_s) // 60 from core.fct_agent_activity "
        "where is_logged_in and activity <> 'available' group by all order by all"
    )
    assert found == [
        ("Ann", "lunch", 30),
        ("Bob", "lunch", 30),
        ("Bob", "training", 30),
        ("Cat", "lunch", 30),
        ("Cat", "training", 30),
        ("Dan", "break", 20),
    ]
    logged_in = timedelta(hours=4) // timedelta(seconds=1)
    assert set(
        cases.ask(
            "select sum(duration_s) from core.fct_agent_activity where is_logged_in "
            "group by agent_id"
        )
    ) == {(logged_in,)}
