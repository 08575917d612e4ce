"""Asterisk from its log to the marts: the scenarios of another product agree cell by cell.

The scenarios are public but not ours to ship: they are read from `../shared/data/xivo`, and the
tests that need them skip where that folder is absent.
"""

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ground.home import CHECKOUT
from tests.deployment import Deployment

SCENARIOS = CHECKOUT.parent / "shared" / "data" / "xivo"
ACTIVITIES = [("AVAILABLE", "available"), ("ON_CALL", "on_contact"), ("WRAPUP", "acw")]

# 2026-03-10 00:00 UTC; the log is invented, and full of what logs do.
MIDNIGHT = 1773100800


def lines(*events: tuple[str, str]) -> str:
    """A queue_log: each event is a clock time of the day and what stands behind it."""
    out = []
    for at, rest in events:
        day, _, clock_time = at.rpartition("+")
        h, m, s = (int(part) for part in clock_time.split(":"))
        out.append(f"{MIDNIGHT + 86400 * int(day or 0) + 3600 * h + 60 * m + s}|{rest}")
    return "\n".join(out) + "\n"


PIPE = lines(
    ("00:00:01", "NONE|NONE|NONE|QUEUESTART|"),
    # Two queues, by a transfer; the second in the very second in which the first is left.
    ("08:00:00", "1.1|sales|NONE|ENTERQUEUE||02079460001|1"),
    ("08:00:04", "1.1|sales|SIP/ann|RINGNOANSWER|4000"),
    ("08:00:10", "1.1|sales|SIP/bob|CONNECT|10|2.1|3"),
    ("08:05:10", "1.1|sales|SIP/bob|BLINDTRANSFER|600|default|10|300|1"),
    ("08:05:10", "1.1|service|NONE|ENTERQUEUE||02079460001|1"),
    ("08:05:40", "1.1|service|SIP/ann|COMPLETECALLER|30|60|1"),
    ("08:05:40", "1.1|service|SIP/ann|CONNECT|30|2.2|5"),  # out of order, and of the same second
    # Back into the same queue in the same second.
    ("08:10:00", "1.2|sales|NONE|ENTERQUEUE||anonymous|1"),
    ("08:11:00", "1.2|sales|NONE|EXITWITHTIMEOUT|1|1|60"),
    ("08:11:00", "1.2|sales|NONE|ENTERQUEUE||anonymous|1"),
    ("08:11:07", "1.2|sales|NONE|ABANDON|1|1|7"),
    ("08:12:00", "1.3|sales|SIP/bob|COMPLETEAGENT|5|40|1"),  # its beginning is in no log
    ("08:13:00", "1.4|sales|NONE|ENTERQUEUE||02079460004|1"),
    ("08:13:30", "1.4|sales|NONE|EXITWITHKEY|2|1|1|30"),
    ("08:14:00", "1.5|sales|NONE|FULL||||"),
    ("08:15:00", "1.6|sales|NONE|CLOSED||||"),
    ("08:16:00", "1.7|sales|NONE|JOINEMPTY||||"),
    ("08:17:00", "1.8|sales|NONE|ENTERQUEUE||02079460008|1"),
    ("08:17:09", "1.8|sales|NONE|LEAVEEMPTY|1|1|9"),
    ("08:18:00", "1.9|sales|NONE|ENTERQUEUE||02079460009|1"),
    ("08:18:20", "1.9|sales|SIP/bob|CONNECT|20|2.9|3"),
    ("08:20:20", "1.9|sales|SIP/bob|ATTENDEDTRANSFER|LINK|SIP/a-1|SIP/b-2|20|120|1"),
    ("08:20:20", "1.9|sales|SIP/bob|WRAPUPSTART|30"),
    # Ann forgot to log off; Bob is logged in twice over, and logs off after midnight.
    ("07:00:00", "NONE|NONE|SIP/ann|AGENTCALLBACKLOGIN|101@inside"),
    ("07:30:00", "NONE|NONE|SIP/ann|PAUSEALL|lunch"),
    ("07:40:00", "NONE|NONE|SIP/ann|PAUSEALL|"),
    ("07:45:00", "NONE|NONE|SIP/ann|UNPAUSEALL|"),
    ("08:00:00", "NONE|sales|SIP/bob|ADDMEMBER|"),
    ("08:00:00", "NONE|service|SIP/bob|ADDMEMBER|"),
    ("12:00:00", "NONE|sales|SIP/bob|REMOVEMEMBER|"),
    ("13:00:00", "NONE|service|SIP/bob|REMOVEMEMBER|"),
    ("22:00:00", "NONE|NONE|SIP/bob|AGENTCALLBACKLOGIN|102@inside"),
    ("06:00:00", "NONE|NONE|SIP/cat|AGENTLOGOFF|SIP/cat-1|1800"),  # no login in the log
    # Over midnight.
    ("23:59:50", "1.10|sales|NONE|ENTERQUEUE||02079460010|1"),
    ("08:30:00", "1.11|sales|NONE|ENTERQUEUE||02079460011|first"),
    ("08:31:00", "1.12|sales|SIP/bob|COMPLETEAGENT|5|soon|1"),
)
PIPE_NEXT_DAY = lines(
    ("23:59:50", "1.10|sales|NONE|ENTERQUEUE||02079460010|1"),  # in both files
    ("1+00:00:05", "1.10|sales|SIP/bob|CONNECT|15|2.10|3"),
    ("1+00:01:05", "1.10|sales|SIP/bob|COMPLETECALLER|15|60|1"),
    ("1+02:00:00", "NONE|NONE|SIP/bob|AGENTCALLBACKLOGOFF|102@inside|14400|CommandLogoff"),
)


@dataclass(frozen=True)
class Expected:
    """One table of a scenario: whose statistics, on which day, in which site of ours."""

    scenario: str
    site: str
    kind: str
    who: str
    day: str
    rows: tuple[dict[str, str], ...]


def scenarios() -> list[Path]:
    return sorted(path for path in SCENARIOS.glob("*") if (path / "meta.json").exists())


def tables() -> list[Expected]:
    out = []
    for number, folder in enumerate(scenarios(), 1):
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        for item in meta["expected"]:
            quoted = re.findall(r'"([^"]+)"', item["text"])
            kind = "agent" if " agent " in item["text"] else "queue"
            with (folder / item["file"]).open(encoding="utf-8", newline="") as file:
                rows = tuple(csv.DictReader(file))
            out.append(Expected(folder.name, f"s{number}", kind, quoted[0], quoted[1], rows))
    return out


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """All scenarios in one build: each is a site, its queues, agents and calls are its own."""
    made = Deployment(tmp_path_factory.mktemp("asterisk"), ["asterisk"])
    sites, queues = ["pbx"], [("pbx", "sales"), ("pbx", "service")]
    for number, folder in enumerate(scenarios(), 1):
        site = f"s{number}"
        with (folder / "queue_log.csv").open(encoding="utf-8", newline="") as file:
            names, *lines = list(csv.reader(file))
        for line in lines:
            line[1:4] = [text if text == "NONE" else f"{site}-{text}" for text in line[1:4]]
        days = {line[0][:10] for line in lines}
        queues += [(site, name) for name in {line[2] for line in lines} - {"NONE"}]
        sites.append(site)
        text = "".join(",".join(line) + "\n" for line in [names, *lines])
        made.drop("asterisk", f"queue_log_{site}_{max(days)}.csv", text)
    made.map("clients", [{"client_id": "acme"}])
    made.map("sites", [{"site_id": site, "time_zone": "UTC"} for site in sites])
    made.map(
        "queues",
        [{"system": "asterisk", "queue_code": code, "client_id": "acme"} for _, code in queues],
    )
    codes = [*ACTIVITIES, ("PAUSE", "break"), ("lunch", "lunch")]
    made.map(
        "activity_codes",
        [{"system": "asterisk", "activity_code": c, "activity": a} for c, a in codes],
    )
    made.drop("asterisk", "queue_log_pbx_2026-03-10", PIPE)
    marts = ("+agent_half_hour", "+agent_day", "+interaction_queue_half_hour", "+fct_contact")
    made.take_in()
    made.build(*marts)
    # What began yesterday ends today: the second night rewrites yesterday's rows.
    made.drop("asterisk", "queue_log_pbx_2026-03-11", PIPE_NEXT_DAY)
    made.take_in()
    made.build(*marts)
    return made


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %" if whole else ""


QUEUE_SUMS = (
    "offered_n, answered_n, abandoned_n, closed_n, full_n, unstaffed_n, flowed_out_n, wait_s, "
    "answered_within_threshold_n"
)
AGENT_SUMS = "legs_handled_n, talk_s, logged_in_s, break_state_s, acw_state_s"
QUEUE_CELLS = {
    "Received": lambda s: str(s["offered_n"]),
    "Answered": lambda s: str(s["answered_n"]),
    "Abandoned": lambda s: str(s["abandoned_n"]),
    "Closed": lambda s: str(s["closed_n"]),
    "Saturated": lambda s: str(s["full_n"]),
    "Blocking": lambda s: str(s["unstaffed_n"]),
    "Blocked": lambda s: str(s["unstaffed_n"]),
    "Timeout": lambda s: str(s["flowed_out_n"]),
    "No answer": lambda s: str(s["flowed_out_n"]),
    "Unanswered": lambda s: str(s["flowed_out_n"]),
    "Answered rate": lambda s: share(s["answered_n"], s["offered_n"] - s["closed_n"]),
    "AWT": lambda s: clock(s["wait_s"] // s["waited_n"]) if s["waited_n"] else "",
}
AGENT_CELLS = {
    "Answered": lambda s: str(s["legs_handled_n"]),
    "Conversation": lambda s: clock(s["talk_s"]),
    "Login": lambda s: clock(s["logged_in_s"]),
    "Pause": lambda s: clock(s["break_state_s"]),
    "Wrapup": lambda s: clock(s["acw_state_s"]),
    "Wrap up": lambda s: clock(s["acw_state_s"]),
    "Wrap-up": lambda s: clock(s["acw_state_s"]),
}


def sums(built: Deployment, table: Expected, first: int, last: int) -> dict[str, int]:
    """The statistic of hours `first` to `last` (exclusive) from the mart of half hours."""
    names = QUEUE_SUMS if table.kind == "queue" else AGENT_SUMS
    mart = (
        "interaction.interaction_queue_half_hour"
        if table.kind == "queue"
        else ("agent.agent_half_hour")
    )
    agent = f"{table.site}-Agent/{table.who}"
    where, who = (
        ("queue_id", f"asterisk:{table.site}-{table.who}")
        if table.kind == "queue"
        else ("agent_id", f"asterisk:{agent}")
    )
    totals = ", ".join(f"coalesce(sum({name.strip()}), 0)::bigint" for name in names.split(","))
    (row,) = built.ask(
        f"select {totals} from {mart} where {where} = ? and site_id = ? and site_date = ? "
        "and half_hour_of_day >= ? and half_hour_of_day < ?",
        who,
        table.site,
        table.day,
        2 * first,
        2 * last,
    )
    out = dict(zip((name.strip() for name in names.split(",")), row, strict=True))
    if table.kind == "queue":
        out["waited_n"] = out["answered_n"] + out["abandoned_n"] + out["flowed_out_n"]
    return out


@pytest.mark.skipif(not SCENARIOS.is_dir(), reason="the public scenarios are not here")
@pytest.mark.parametrize("table", tables(), ids=lambda t: f"{t.scenario[:40]}:{t.who}")
def test_every_cell_of_a_scenario_agrees(built: Deployment, table: Expected) -> None:
    hours = [
        tuple(int(part.removesuffix("h")) for part in row["period"].split("-"))
        for row in table.rows
        if row["period"] != "Total"
    ]
    cells: dict[str, Any] = QUEUE_CELLS if table.kind == "queue" else AGENT_CELLS
    found, wanted = [], []
    for row in table.rows:
        spans = hours if row["period"] == "Total" else [hours[table.rows.index(row)]]
        total = sums(built, table, spans[0][0], spans[-1][1])
        shown = {"period": row["period"]}
        for name in row:
            if name == "QoS":
                # These scenarios set no threshold, so there is nothing to be within.
                shown[name] = ""
            elif name != "period":
                shown[name] = cells[name](total)
        found.append(shown)
        wanted.append(row)
    assert found == wanted


PBX = "where site_id = 'pbx' order by all"


def test_legs_of_a_log_full_of_traps_are_what_happened(built: Deployment) -> None:
    legs = built.ask(
        "select split_part(contact_id, '/', 2), leg_number, queue_id[10:], agent_id[10:], wait_s, "
        "talk_s, acw_s, outcome, is_transfer_out, ring_no_answer_count, anomaly "
        f"from core.fct_contact_leg {PBX}"
    )
    assert legs == [
        ("1.1", 1, "sales", "SIP/bob", 10, 300, None, "answered", True, 1, None),
        ("1.1", 2, "service", "SIP/ann", 30, 60, None, "answered", False, 0, None),
        ("1.10", 1, "sales", "SIP/bob", 15, 60, None, "answered", False, 0, None),
        ("1.11", 1, "sales", None, None, 0, 0, "flowed_out", False, 0, "end_not_in_log"),
        ("1.2", 1, "sales", None, 60, 0, 0, "flowed_out", False, 0, None),
        ("1.2", 2, "sales", None, 7, 0, 0, "abandoned", False, 0, None),
        ("1.3", 1, "sales", "SIP/bob", 5, 40, None, "answered", False, 0, "beginning_not_in_log"),
        ("1.4", 1, "sales", None, 30, 0, 0, "flowed_out", False, 0, None),
        ("1.5", 1, "sales", None, None, 0, 0, "full", False, 0, None),
        ("1.6", 1, "sales", None, None, 0, 0, "closed", False, 0, None),
        ("1.7", 1, "sales", None, None, 0, 0, "unstaffed", False, 0, None),
        ("1.8", 1, "sales", None, 9, 0, 0, "unstaffed", False, 0, None),
        ("1.9", 1, "sales", "SIP/bob", 20, 120, 30, "answered", True, 0, None),
    ]


def test_a_call_over_midnight_belongs_to_the_day_it_began(built: Deployment) -> None:
    found = built.ask(
        "select event_date::varchar, outcome, wait_s, ended_at_utc::varchar "
        "from core.fct_contact where contact_id = 'asterisk:pbx/1.10'"
    )
    assert found == [("2026-03-10", "answered", 15, "2026-03-11 00:01:05")]


def test_callers_are_pseudonyms_and_a_withheld_number_is_nobody(built: Deployment) -> None:
    found = dict(
        built.ask(
            "select split_part(contact_id, '/', 2), customer_id from core.fct_contact "
            "where site_id = 'pbx' and contact_id in ('asterisk:pbx/1.1', 'asterisk:pbx/1.2')"
        )
    )
    assert len(found["1.1"]) == 32
    assert found["1.2"] is None


def test_sessions_with_missing_ends_and_over_midnight(built: Deployment) -> None:
    found = built.ask(
        "select agent_id[10:], activity_code, strftime(min(started_at_utc), '%d %H:%M:%S'), "
        "strftime(max(ended_at_utc), '%d %H:%M:%S'), sum(duration_s) "
        "from core.fct_agent_activity where site_id = 'pbx' and is_logged_in "
        "group by 1, 2 order by 1, 3"
    )
    day = 86400
    # Ann's call ended in the very second of its answer, as the log has it, so it takes no time.
    assert found == [
        # Forgotten: it runs to the end of the day.
        ("SIP/ann", "AVAILABLE", "10 07:00:00", "11 00:00:00", day - 7 * 3600 - 900),
        ("SIP/ann", "lunch", "10 07:30:00", "10 07:45:00", 900),
        ("SIP/bob", "AVAILABLE", "10 08:00:00", "11 02:00:00", 9 * 3600 - 300 - 40 - 120 - 30 - 60),
        ("SIP/bob", "ON_CALL", "10 08:00:10", "11 00:01:05", 300 + 40 + 120 + 60),
        ("SIP/bob", "WRAPUP", "10 08:20:20", "10 08:20:50", 30),
        ("SIP/cat", "AVAILABLE", "10 05:30:00", "10 06:00:00", 1800),
    ]


def test_what_cannot_be_read_is_kept_apart_and_a_repeat_counts_once(built: Deployment) -> None:
    found = built.ask(
        "select file_name, landed_n, loaded_n, quarantined_n, superseded_n from ledger.file "
        "where system = 'asterisk' and file_name like '%pbx%' order by 1"
    )
    assert found == [
        ("queue_log_pbx_2026-03-10", 37, 35, 1, 1),
        ("queue_log_pbx_2026-03-11", 4, 4, 0, 0),
    ]
