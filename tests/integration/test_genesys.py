"""Genesys Cloud from the analytics API's answer to the marts; the conversations are invented.

A real answer is read from `../shared/data/genesys`, where it is: no number or address is left.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from ground.home import CHECKOUT
from tests.deployment import Deployment

FOLDER = CHECKOUT.parent / "shared" / "data" / "genesys"
ANSWER = FOLDER / "conversations_details_query_response.json"
with_answer = pytest.mark.skipif(not ANSWER.is_file(), reason="the public answer is not here")
DAY = datetime(2026, 3, 10)
CALLER = "+442079460001"


def at(clock_time: str) -> str:
    """`1+08:00:00.250` as an instant of the day after."""
    day, _, rest = clock_time.rpartition("+")
    h, m, s = rest.split(":")
    moment = DAY + timedelta(
        days=int(day or 0), hours=int(h), minutes=int(m), milliseconds=round(1000 * float(s))
    )
    return moment.isoformat(timespec="milliseconds") + "Z"


def seg(kind: str, start: str, end: str | None, **more: Any) -> dict[str, Any]:
    out = {"segmentType": kind, "segmentStart": at(start), "conference": False} | more
    return out | ({"segmentEnd": at(end)} if end else {})


class Talk:
    """A conversation as the API gives it; ids of participants and sessions are counted."""

    def __init__(self, name: str, start: str, end: str | None, direction: str = "inbound") -> None:
        self.body: dict[str, Any] = {
            "conversationId": name,
            "conversationStart": at(start),
            "originatingDirection": direction,
            "divisionIds": ["home"],
            "participants": [],
        }
        if end:
            self.body["conversationEnd"] = at(end)

    def who(self, purpose: str, user: str | None = None) -> "Talk":
        number = len(self.body["participants"]) + 1
        who = {"participantId": f"p{number}", "purpose": purpose, "sessions": []}
        self.body["participants"].append(
            who | ({"userId": user, "participantName": "Zebedee"} if user else {})
        )
        return self

    def session(
        self, *segments: dict[str, Any], media: str = "voice", way: str = "inbound", **more: Any
    ) -> "Talk":
        metrics = [
            {"name": name, "value": value, "emitDate": self.body["conversationStart"]}
            for name, value in (more.pop("metrics", None) or {}).items()
        ]
        who = self.body["participants"][-1]
        name = f"{who['participantId']}.{len(who['sessions']) + 1}"
        body = {"sessionId": name, "mediaType": media, "direction": way, "segments": list(segments)}
        numbers = (
            {"ani": f"tel:{CALLER}", "dnis": "sip:440000@centre.invalid"}
            if way == "inbound"
            else {}
        )
        who["sessions"].append(numbers | body | ({"metrics": metrics} if metrics else {}) | more)
        return self


def talks() -> Iterator[Talk]:
    queued = {"queueId": "sales"}
    # A menu, a queue, one phone that rings in vain, a hold; the metrics know milliseconds.
    yield (
        Talk("held", "08:00:00", "08:05:40")
        .who("customer")
        .session(seg("interact", "08:00:00", "08:05:00", disconnectType="endpoint"))
        .who("ivr")
        .session(seg("ivr", "08:00:00", "08:00:20", disconnectType="transfer"))
        .who("acd")
        .session(seg("interact", "08:00:20", "08:01:00", disconnectType="transfer", **queued))
        .who("agent", "ann")
        .session(seg("alert", "08:00:30", "08:00:45", disconnectType="client", **queued))
        .who("agent", "bob")
        .session(
            seg("alert", "08:00:50", "08:01:00", **queued),
            seg("interact", "08:01:00", "08:03:00", **queued),
            seg("hold", "08:03:00", "08:04:00", **queued),
            seg("interact", "08:04:00", "08:05:00", disconnectType="peer", **queued),
            seg("wrapup", "08:05:00", "08:05:40", wrapUpCode="sold", **queued),
            metrics={"tTalk": 180600, "tHeld": 59400, "tAcw": 40000, "tAnswered": 40000},
        )
        .who("agent", "sue")  # a supervisor who listens
        .session(seg("monitoring", "08:02:00", "08:03:00"))
    )
    yield (
        Talk("gone", "08:10:00", "08:10:50")
        .who("customer")
        .session(seg("interact", "08:10:00", "08:10:50", disconnectType="client"))
        .who("acd")
        .session(seg("interact", "08:10:05", "08:10:50", disconnectType="peer", **queued))
    )
    yield (
        Talk("menu", "08:11:00", "08:11:15")
        .who("customer")
        .session(seg("interact", "08:11:00", "08:11:15", disconnectType="client"))
        .who("ivr")
        .session(seg("ivr", "08:11:00", "08:11:15", disconnectType="peer"))
    )
    # Bob consults the queue of service, talks with Cat while the caller is on hold, all three talk,
    # and he leaves; Cat hands over to Dan, without a queue.
    service = {"queueId": "service"}
    yield (
        Talk("consult", "09:00:00", "09:10:30")
        .who("customer")
        .session(seg("interact", "09:00:00", "09:10:00", disconnectType="endpoint"))
        .who("acd")
        .session(seg("interact", "09:00:00", "09:00:10", disconnectType="transfer", **queued))
        .who("agent", "bob")
        .session(
            seg("alert", "09:00:05", "09:00:10", **queued),
            seg("interact", "09:00:10", "09:02:10", **queued),
            seg("hold", "09:02:10", "09:04:10", **queued),
            seg("interact", "09:04:10", "09:05:10", disconnectType="transfer", **queued)
            | {"conference": True},
            seg("wrapup", "09:05:10", "09:05:30", **queued),
        )
        .session(seg("dialing", "09:02:10", "09:02:40"), way="outbound")
        .who("acd")
        .session(seg("interact", "09:02:15", "09:02:40", disconnectType="transfer", **service))
        .who("agent", "cat")
        .session(
            seg("alert", "09:02:30", "09:02:40", **service),
            seg("interact", "09:02:40", "09:08:00", disconnectType="transfer", **service)
            | {"conference": True},
        )
        .who("agent", "dan")
        .session(
            seg("alert", "09:07:50", "09:08:00"),
            seg("interact", "09:08:00", "09:10:00", disconnectType="peer"),
            seg("wrapup", "09:10:00", "09:10:30", wrapUpCode="mended"),
        )
    )
    # Asked for a callback, in one conversation; nobody abandoned.
    back = {"callbackNumbers": [CALLER], "callbackUserName": "Zebedee"}
    yield (
        Talk("back", "23:50:00", "1+00:20:30")
        .who("customer")
        .session(seg("interact", "23:50:00", "23:52:00", disconnectType="client"))
        .session(seg("interact", "23:52:00", "1+00:20:00"), media="callback", **back)
        .who("acd")
        .session(seg("interact", "23:50:10", "23:52:00", disconnectType="peer", **queued))
        .session(
            seg("interact", "23:52:00", "1+00:15:00", disconnectType="transfer", **queued),
            media="callback",
            **back,
        )
        .who("agent", "ann")
        .session(
            seg("alert", "1+00:14:50", "1+00:15:00", **queued),
            seg("interact", "1+00:15:00", "1+00:20:00", disconnectType="client", **queued),
            seg("wrapup", "1+00:20:00", "1+00:20:30", wrapUpCode="sold", **queued),
            media="callback",
            **back,
        )
        .session(
            seg("dialing", "1+00:15:20", "1+00:15:40", **queued),
            seg("interact", "1+00:15:40", "1+00:19:40", disconnectType="peer", **queued),
            way="outbound",
            dnis=f"tel:{CALLER}",
        )
    )
    yield (
        Talk("called", "10:00:00", "10:02:00", "outbound")
        .who("agent", "cat")
        .session(
            seg("dialing", "10:00:00", "10:00:15", **queued),
            seg("interact", "10:00:15", "10:02:00", disconnectType="client", **queued),
            way="outbound",
            dnis=f"tel:{CALLER}",
        )
        .who("customer")
        .session(seg("interact", "10:00:15", "10:02:00", disconnectType="peer"), way="outbound")
    )
    yield (
        Talk("colleagues", "10:10:00", "10:11:00")
        .who("user", "ann")
        .session(seg("interact", "10:10:00", "10:11:00"), way="outbound")
        .who("user", "bob")
        .session(seg("interact", "10:10:00", "10:11:00"))
    )


def open_talk(*, ended: bool) -> Talk:
    """A conversation at the first extract, and at the next."""
    end = "1+00:01:00" if ended else None
    return (
        Talk("open", "23:58:00", end)
        .who("customer")
        .session(seg("interact", "23:58:00", end))
        .who("acd")
        .session(
            seg("interact", "23:58:00", "23:58:30", disconnectType="transfer", queueId="sales")
        )
        .who("agent", "ann")
        .session(seg("interact", "23:58:30", end, queueId="sales"))
    )


def answer(*conversations: Any, **more: Any) -> str:
    bodies = [talk.body if isinstance(talk, Talk) else talk for talk in conversations]
    return json.dumps({"conversations": bodies} | more)


OPEN = (
    "select outcome, ended_at_utc::varchar, anomaly from core.fct_contact "
    "where contact_id = 'genesys:open'"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    made = Deployment(tmp_path_factory.mktemp("genesys"), ["genesys"])
    queues = {"sales": "acme", "service": "acme"}
    if ANSWER.is_file():
        text = ANSWER.read_text(encoding="utf-8")
        queues |= dict.fromkeys(re.findall(r'"queueId": ?"([^"]+)"', text), "zenith")
        made.drop("genesys", "conversation_details_far_2016-09-07.json", text)
    made.map("clients", [{"client_id": "acme"}, {"client_id": "zenith", "client_name": "Zenith"}])
    made.map("sites", [{"site_id": site, "time_zone": "UTC"} for site in ("main", "far")])
    made.map(
        "queues",
        [{"system": "genesys", "queue_code": q, "client_id": c} for q, c in queues.items()],
    )
    every = list(talks())
    headless = {"conversationId": "headless", "conversationStart": at("11:00:00")}
    # The next page repeats a conversation, in a newer version of the schema.
    newer = every[1].body | {"schemaVersion": 9, "mood": {"caller": CALLER}}
    page = "conversation_details_main_2026-03-10"
    made.drop("genesys", f"{page}_1.json", answer(*every[:4], headless))
    made.drop(
        "genesys",
        f"{page}_2.json.gz",
        answer(newer, *every[4:], open_talk(ended=False), totalHits=9),
    )
    made.drop("genesys", f"{page}_3.json", json.dumps({"ContactId": "1", "Address": CALLER}))
    made.drop("genesys", f"{page}_4.json", json.dumps({"totalHits": 0}))
    made.take_in()
    marts = ("+fct_contact", "+fct_contact_leg", "+interaction_queue_half_hour")
    made.build(*marts)
    assert made.ask(OPEN) == [("answered", None, "end_not_in_extract")]
    made.drop("genesys", "conversation_details_main_2026-03-11.json", answer(open_talk(ended=True)))
    made.take_in()
    made.build(*marts)
    return made


MAIN = "where site_id = 'main' order by all"


def test_legs_are_what_happened(built: Deployment) -> None:
    legs = built.ask(
        "select contact_id[9:], leg_number, nullif(queue_id[9:], 'none'), agent_id[9:], wait_s, "
        "talk_s, hold_s, acw_s, outcome, is_transfer_out, ring_no_answer_count "
        f"from core.fct_contact_leg {MAIN}"
    )
    assert legs == [
        ("back", 1, "sales", None, 110, 0, 0, 0, "callback_requested", False, 0),
        ("back/callback", 1, "sales", "ann", 1420, 240, None, 30, "answered", False, 0),
        ("called", 1, None, "cat", None, 105, None, None, "answered", False, 0),
        # The consulting session is no leg of its own and no time of Bob's beside the hold.
        ("consult", 1, "sales", "bob", 10, 180, 120, 20, "answered", True, 0),
        ("consult", 2, "service", "cat", 25, 320, None, None, "answered", True, 0),
        ("consult", 3, None, "dan", 10, 120, None, 30, "answered", False, 0),
        ("gone", 1, "sales", None, 45, 0, 0, 0, "abandoned", False, 0),
        # The metrics' milliseconds, not the segments' whole seconds; who listens is no leg.
        ("held", 1, "sales", "bob", 40, 181, 59, 40, "answered", False, 1),
        ("open", 1, "sales", "ann", 30, 150, None, None, "answered", False, 0),
    ]


def test_a_callback_is_a_second_contact_and_colleagues_are_none(built: Deployment) -> None:
    contacts = built.ask(
        "select contact_id[9:], parent_contact_id[9:], channel, direction, outcome, is_offered, "
        f"ivr_s, client_id from core.fct_contact {MAIN}"
    )
    assert contacts == [
        ("back", None, "voice", "inbound", "callback_requested", True, None, "acme"),
        ("back/callback", "back", "callback", "outbound", "answered", False, None, "acme"),
        ("called", None, "voice", "outbound", "answered", False, None, "acme"),
        ("consult", None, "voice", "inbound", "answered", True, None, "acme"),
        ("gone", None, "voice", "inbound", "abandoned_in_queue", True, None, "acme"),
        ("held", None, "voice", "inbound", "answered", True, 20, "acme"),
        ("menu", None, "voice", "inbound", "abandoned_in_ivr", True, 15, "unmapped"),
        ("open", None, "voice", "inbound", "answered", True, None, "acme"),
    ]


def test_an_open_conversation_has_its_end_once_it_ended(built: Deployment) -> None:
    assert built.ask(OPEN) == [("answered", "2026-03-11 00:01:00", None)]


def test_one_caller_is_one_pseudonym_over_calls_and_callbacks(built: Deployment) -> None:
    found = built.ask(
        "select count(distinct customer_id), min(length(customer_id)), count(customer_id) "
        "from core.fct_contact where site_id = 'main'"
    )
    assert found == [(1, 32, 7)]


def test_the_mart_of_half_hours_agrees(built: Deployment) -> None:
    found = built.ask(
        "select sum(offered_n), sum(answered_n), sum(abandoned_n) "
        "from interaction.interaction_queue_half_hour where site_id = 'main'"
    )
    # A hand-over to an agent without a queue is no visit.
    assert found == [(6, 4, 1)]


def test_what_is_amiss_is_refused_or_kept_apart_and_every_account_closes(built: Deployment) -> None:
    found = built.ask(
        "select file_name[22:], verdict, landed_n, loaded_n, quarantined_n, superseded_n, "
        "split_part(reason, ':', 1) from ledger.file "
        "where feed = 'conversation_segments' and file_name like '%main%' order by 1"
    )
    assert found == [
        ("main_2026-03-10_1.json", "loaded", 29, 26, 1, 2, None),
        ("main_2026-03-10_2.json.gz", "loaded", 19, 16, 0, 3, None),
        ("main_2026-03-10_3.json", "rejected", 0, 0, 0, 0, "wrong_document"),
        ("main_2026-03-10_4.json", "empty", 0, 0, 0, 0, "empty"),
        ("main_2026-03-11.json", "loaded", 3, 3, 0, 0, None),
    ]
    unlisted = built.ask(
        "select unlisted_columns from ledger.file where feed = 'conversation_segments' "
        "and file_name = 'conversation_details_main_2026-03-10_2.json.gz'"
    )
    assert unlisted == [("xxxx, xxxxxxxxxxx, xxxxxxxxxxxxx",)]
    assert built.ask("select distinct column_name, rule from ledger.quarantine order by 1") == [
        ("participant_id", "required"),
        ("session_id", "required"),
        (None, "wrong_document"),
    ]


@with_answer
def test_the_public_answer_loads_whole(built: Deployment) -> None:
    conversations = json.loads(ANSWER.read_text(encoding="utf-8"))["conversations"]
    segments = [
        segment
        for conversation in conversations
        for participant in conversation["participants"]
        for session in participant["sessions"]
        for segment in session["segments"]
    ]
    found = built.ask(
        "select landed_n, loaded_n, quarantined_n from ledger.file "
        "where feed = 'conversation_segments' and file_name like '%far%'"
    )
    assert found == [(len(segments), len(segments), 0)]
    contacts = built.ask(
        "select channel, outcome, count(*) from core.fct_contact where site_id = 'far' "
        "group by all order by all"
    )
    assert sum(row[2] for row in contacts) == len(conversations)
    # Nineteen previews of a campaign were skipped: an agent looked, and nobody was called.
    assert contacts == [
        ("callback", "flowed_out", 19),
        ("chat", "answered", 4),
        ("voice", "answered", 2),
    ]


def texts(built: Deployment) -> Iterator[tuple[str, str]]:
    """Every text that the warehouse holds, and every other file but landing."""
    columns = built.ask(
        "select table_schema, table_name, column_name from information_schema.columns "
        "where data_type in ('VARCHAR', 'JSON') or data_type like 'VARCHAR%'"
    )
    for schema, table, column in columns:
        name = f'"{schema}"."{table}"'
        for (text,) in built.ask(f'select distinct "{column}"::varchar from {name}'):
            yield f"{name}.{column}", text or ""
    for path in built.home.root.rglob("*"):
        kept = path == built.home.warehouse or built.home.landing in path.parents
        if path.is_file() and not kept:
            yield str(path), path.read_text(encoding="utf-8", errors="replace")


def test_no_number_and_no_address_is_left_anywhere(built: Deployment) -> None:
    secrets = {CALLER[1:], "sip:", "tel:", "Zebedee"}
    if ANSWER.is_file():
        text = ANSWER.read_text(encoding="utf-8")
        secrets |= set(re.findall(r"\d{10,}", " ".join(re.findall(r"\+\d{8,}|tel:\+?\d+", text))))
        secrets |= set(re.findall(r'"(?:participantName|callbackUserName)": ?"(\w+ \w+)"', text))
        secrets |= set(re.findall(r"@([\w.]+\.\w+)", text))
    found_n = 0
    for where, text in texts(built):
        found_n += "sales" in text
        for secret in secrets:
            assert secret not in text, f"{secret} is in {where}"
    assert found_n > 10, "the search finds what is there"
