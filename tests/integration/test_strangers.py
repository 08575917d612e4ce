"""Inputs in the form of public bug reports: who answered, by whom, and from when.

The public cases are not ours to ship: they are read from `../shared/data/cases`, and their tests
skip where that folder is absent. The rows below are invented for the same kinds.
"""

from pathlib import Path

import pytest

from ground.home import CHECKOUT
from tests.deployment import Deployment

CASES = CHECKOUT.parent / "shared" / "data" / "cases"
FIELDS = (
    "src,dst,dcontext,channel,dstchannel,lastapp,start,answer,end,billsec,disposition,accountcode,"
    "uniqueid,linkedid,sequence"
)
DIALLED, TRUNK = "Dial", "PJSIP/trunk-1"


def record(
    call: str, channel: str, to: str, app: str, said: str = "ANSWERED", way: str = "from-trunk",
    dst: str = "5000", n: int = 1,
) -> str:  # fmt: skip
    answer = "2026-03-10 09:00:10" if said == "ANSWERED" else ""
    return (
        f"02079460111,{dst},{way},{channel},{to},{app},2026-03-10 09:00:0{n},{answer},"
        f"2026-03-10 09:01:10,60,{said},ACME,{call}.{n},{call},{n}"
    )


# What the records of a call say, and who answered it: outcome, agent, direction.
ANSWERED: dict[str, tuple[list[str], tuple[str, str | None, str]]] = {
    "person": ([record("person", TRUNK, "PJSIP/201-1", DIALLED)], ("answered", "201", "inbound")),
    "mailbox": (
        [
            record("mailbox", TRUNK, "PJSIP/201-1", DIALLED, "NO ANSWER"),
            record("mailbox", TRUNK, "", "VoiceMail", n=2),
        ],
        ("voicemail", None, "inbound"),
    ),
    # One record for both: the phone that rang stays in it, the mailbox answered.
    "mailboxonly": (
        [record("mailboxonly", TRUNK, "PJSIP/201-1", "VoiceMail")],
        ("voicemail", None, "inbound"),
    ),
    "menu": (
        [record("menu", TRUNK, "", "BackGround", way="ivr-3")],
        ("abandoned_in_ivr", None, "inbound"),
    ),
    "announcement": (
        [record("announcement", TRUNK, "PJSIP/202-1", "Playback", way="ext-group")],
        ("abandoned_in_ivr", None, "inbound"),
    ),
    "groupnoanswer": (
        [
            record("groupnoanswer", TRUNK, "PJSIP/201-1", DIALLED, "NO ANSWER", "ext-group"),
            record("groupnoanswer", TRUNK, "", "Hangup", way="ext-group", n=2),
        ],
        ("abandoned_in_ivr", None, "inbound"),
    ),
    # A group of phones behind channels that Asterisk made: the one that answered counts.
    "group": (
        [
            record("group", TRUNK, "Local/201@from-internal-1;1", DIALLED, way="ext-group"),
            record("group", "Local/201@from-internal-1;2", "PJSIP/201-1", DIALLED, n=2),
            record("group", "Local/202@x-1;2", "PJSIP/202-1", DIALLED, "NO ANSWER", n=3),
        ],
        ("answered", "201", "inbound"),
    ),
    "groupdirect": (
        [
            record("groupdirect", TRUNK, "PJSIP/202-1", DIALLED, way="ext-group"),
            record("groupdirect", "Local/202@x-1;2", "PJSIP/202-1", DIALLED, n=2),
        ],
        ("answered", "202", "inbound"),
    ),
    "backout": (
        [record("backout", TRUNK, "PJSIP/trunk-2", DIALLED)],
        ("flowed_out", None, "inbound"),
    ),
    "nophone": (
        [record("nophone", TRUNK, "", DIALLED)],
        ("abandoned_in_ivr", None, "inbound"),
    ),
    "newapp": ([record("newapp", TRUNK, "", "HoloDeck")], ("unmapped", None, "inbound")),
    "newword": (
        [record("newword", TRUNK, "PJSIP/201-1", DIALLED, "DEFERRED")],
        ("unmapped", None, "inbound"),
    ),
    "newcontext": (
        [record("newcontext", TRUNK, "PJSIP/201-1", DIALLED, way="nightdesk")],
        ("answered", "201", "unmapped"),
    ),
    "outbound": (
        [record("outbound", "PJSIP/201-1", TRUNK, DIALLED, way="from-internal", dst="02079460112")],
        ("answered", "201", "outbound"),
    ),
}
OWN_MAILBOX = record(
    "own", "PJSIP/201-1", "", "VoiceMailMain", way="from-internal", dst="*97"
)  # nobody's contact

TABLES = {
    "tickets": "id,assignee_id,brand_id,created_at,updated_at,priority,requester_id,status,"
    "via_channel,merged_ticket_ids,via_followup_source_id",
    "ticket_comments": "id,ticket_id,created,user_id,public",
    "ticket_field_history": "field_name,ticket_id,updated,user_id,value",
    "users": "id,role",
}
# Comments of each ticket: when, by whom, public; and the seconds to its first reply.
Comment = tuple[str, int, str]
REPLIES: dict[int, tuple[list[Comment], int | None]] = {
    1: ([("20 09:00:00", 101, "true"), ("20 09:30:00", 901, "true")], 1800),
    # Later an agent: then he was a customer.
    2: ([("20 09:00:00", 102, "true"), ("20 10:00:00", 101, "true")], None),
    # On the day of the list that no longer calls him one, the day before he still was.
    3: ([("20 09:00:00", 101, "true"), ("21 09:00:00", 901, "true")], 86400),
    4: ([("20 09:00:00", 101, "true"), ("22 09:00:00", 901, "true")], None),
    # Gone from the second list altogether.
    5: ([("20 09:00:00", 101, "true"), ("22 09:00:00", 902, "true")], 2 * 86400),
    # Opened in private: the clock starts when the ticket becomes public.
    6: (
        [
            ("20 09:00:00", 903, "false"),
            ("20 11:00:00", 101, "true"),
            ("20 11:10:00", 903, "false"),
            ("20 11:30:00", 903, "true"),
        ],
        1800,
    ),
    7: (
        [
            ("20 09:00:00", 903, "false"),
            ("20 13:00:00", 903, "true"),
            ("20 13:30:00", 101, "true"),
            ("20 13:40:00", 903, "true"),
        ],
        2400,
    ),
    8: ([("20 09:00:00", 903, "false"), ("20 13:00:00", 903, "true")], None),
    9: ([("20 09:00:00", 903, "false"), ("20 13:00:00", 903, "false")], None),
    # A role that nobody has told us of is neither.
    10: ([("20 09:00:00", 101, "true"), ("20 09:20:00", 904, "true")], None),
}
LISTS = {
    "2026-10-20": "101,end-user\n102,end-user\n901,agent\n902,agent\n903,admin\n904,overseer\n",
    "2026-10-21": "101,agent\n102,end-user\n901,end-user\n903,admin\n904,overseer\n",
}


def drop_tickets(made: Deployment, day: str) -> None:
    rows: dict[str, list[str]] = {name: [] for name in TABLES}
    rows["users"] = LISTS[day].splitlines()
    for ticket, (comments, _) in REPLIES.items():
        opened = f"2026-10-{comments[0][0]}"
        if day == min(LISTS):
            rows["tickets"].append(f"{ticket},903,77,{opened},{opened},normal,101,open,email,[],")
        rows["ticket_comments"] += [
            f"{10 * ticket + n},{ticket},2026-10-{at},{who},{public}"
            for n, (at, who, public) in enumerate(comments)
            if (at < "21") == (day == min(LISTS))
        ]
    for name, header in TABLES.items():
        made.drop("zendesk", f"{name}_main_{day}.csv", "\n".join([header, *rows[name]]) + "\n")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    made = Deployment(tmp_path_factory.mktemp("strangers"), ["asterisk_cdr", "zendesk"])
    made.map("clients", [{"client_id": "acme"}])
    made.map("sites", [{"site_id": "main", "time_zone": "UTC"}])
    made.map(
        "queues",
        [
            {"system": "asterisk_cdr", "queue_code": "ACME", "client_id": "acme"},
            {"system": "zendesk", "queue_code": "77", "client_id": "acme"},
        ],
    )
    rows = [row for lines, _ in ANSWERED.values() for row in lines]
    made.drop(
        "asterisk_cdr", "cdr_main_2026-03-10.csv", "\n".join([FIELDS, *rows, OWN_MAILBOX]) + "\n"
    )
    models = ("+fct_contact", "+fct_contact_leg", "+fct_case", "+fct_case_event")
    for day in LISTS:
        drop_tickets(made, day)
        made.take_in()
        made.build(*models)
    return made


@pytest.mark.parametrize("call", ANSWERED)
def test_a_call_is_answered_by_a_person_or_it_is_not(built: Deployment, call: str) -> None:
    found = built.ask(
        "select outcome, agent_id[14:], direction from core.fct_contact where contact_id = ?",
        f"asterisk_cdr:main/{call}",
    )
    assert found == [ANSWERED[call][1]]


def test_a_service_of_the_house_is_nobodys_contact(built: Deployment) -> None:
    assert built.ask("select count(*) from core.fct_contact") == [(len(ANSWERED),)]


def test_what_is_not_known_is_in_no_figure(built: Deployment) -> None:
    found = built.ask(
        "select split_part(contact_id, '/', 2), is_offered, is_answered and is_offered, "
        "is_abandoned from core.fct_contact where 'unmapped' in (outcome, direction) order by 1"
    )
    assert found == [(call, False, False, False) for call in ("newapp", "newcontext", "newword")]


@pytest.mark.parametrize("ticket", REPLIES)
def test_a_first_reply_is_by_who_was_an_agent_then(built: Deployment, ticket: int) -> None:
    found = built.ask(
        "select first_reply_s from core.fct_case where case_id = ?", f"zendesk:main/{ticket}"
    )
    assert found == [(REPLIES[ticket][1],)]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    if not CASES.is_dir():
        pytest.skip("the public cases are not here")
    made = Deployment(tmp_path_factory.mktemp("cases"), ["asterisk_cdr", "zendesk"])
    first = [*CASES.glob("14*/landing/*/*"), *CASES.glob("15*/landing/*/*")]
    for night in ((CASES / "company-maps").glob("*.csv"), first), ((), CASES.glob("15*/s*/*/*/*")):
        maps, files = night
        for path in maps:
            made.drop("company", path.name, path.read_text(encoding="utf-8"))
        for path in files:
            made.drop(Path(path).parent.name, path.name, path.read_text(encoding="utf-8"))
        made.take_in()
        made.build("+client_day", "+fct_contact", "+fct_case", "+fct_case_event")
    return made


def test_one_of_the_four_public_calls_was_answered_by_a_person(cases: Deployment) -> None:
    assert cases.ask("select sum(offered_n), sum(answered_n) from client.client_day") == [(4, 1)]
    assert cases.ask("select agent_id from core.fct_contact where outcome = 'answered'") == [
        ("asterisk_cdr-201",)
    ]


def test_a_public_ticket_keeps_the_reply_of_a_former_agent(cases: Deployment) -> None:
    assert cases.ask("select first_reply_s, public_replies_n, status from core.fct_case") == [
        (1800, 1, "closed")
    ]
