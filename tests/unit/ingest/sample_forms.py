# ruff: noqa: RUF001 (Hebrew letters are words here, not Latin ones mistyped)
"""Forms of files that people have: an invented file each, and what is right about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Cells = Sequence[object]


@dataclass(frozen=True)
class Form:
    """A file, and what is right about it.

    `reads`: source field by column. `out`: fields that stay out. `figures`: of the last page.
    `says`: words of the contract or of the page.
    """

    header: str
    row: Callable[[int], Cells]
    rows_n: int = 30
    fills: tuple[str, ...] = ("contacts", "contact_legs")
    key: tuple[str, ...] = ()
    reads: dict[str, Any] = field(default_factory=dict)
    out: tuple[str, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)
    says: tuple[str, ...] = ()


def clock(n: int, hour: int = 9) -> str:
    return f"2026-10-20 {hour + n // 60:02}:{n % 60:02}:05"


TALKDESK = ("inbound", "missed", "abandoned", "voicemail", "outbound", "outbound_missed")
REASONS = ("medical issues", "another position", "attendance", "retiring", "fatal attraction")
FORMS: dict[str, Form] = {
    "a list of people by id, its days in two forms, its leavers by their last day": Form(
        "id,first_name,birthdate,race,jobtitle,department,hire_date,termdate",
        lambda n: (f"00-{n:04}", f"F{n}", "6/29/1984", "White", "Rep", "Sales",

                   f"{n % 12 + 1}/{n % 28 + 1}/2015" if n % 2
                   else f"{n % 12 + 1:02}-{n % 28 + 1:02}-16",
                   "2024-10-29 06:09:38 UTC" if n % 10 == 0 else ""),
        fills=("employment", "employment_events"),
        key=("agent_code",),
        reads={"agent_code": "id", "hire_date": "hire_date", "termination_date": "termdate"},
        out=("first_name", "birthdate", "race"),
        figures={"rows": 30, "people": 30, "leavers": 3},
    ),
    "people with ids and names, and why they left in words": Form(
        "Employee_Name,EmpID,DateofHire,DateofTermination,TermReason,ManagerID,Sex",
        lambda n: (f"N{n}", 100 + n, f"{n % 12 + 1}/{n % 28 + 1}/2015",
                   "10/13/2020" if n % 3 == 0 else "", REASONS[n % 5] if n % 3 == 0 else "",
                   n % 4, "F"),
        fills=("employment", "employment_events"),
        key=("agent_code",),
        reads={"agent_code": "EmpID", "hire_date": "DateofHire", "leader_code": "ManagerID",
               "termination_date": "DateofTermination", "termination_code": "TermReason"},
        out=("Employee_Name", "Sex"),
        figures={"people": 30, "leavers": 10},
        says=("classes:", ": personal"),
    ),
    "people whose first day is called a start and whose last an exit": Form(
        "EmpID,FirstName,StartDate,ExitDate,Title,Supervisor,DepartmentType",
        lambda n: (n + 100, "F", f"{n % 28 + 1:02}-Sep-19", "01-Dec-23" if n % 5 == 0 else "",
                   "Rep",
                   f"S{n % 3}", "Sales"),
        fills=("employment", "employment_events"),
        key=("agent_code",),
        reads={"agent_code": "EmpID", "hire_date": "StartDate", "termination_date": "ExitDate"},
        figures={"people": 30, "leavers": 6},
    ),
    "a roster of which half the days are m/d/Y and half Y-m-d": Form(
        "Staff ID,Hire Date,Team",
        lambda n: (f"E{n}",
                   f"{n % 12 + 1}/{n % 28 + 1}/2024" if n % 2 else f"2024-03-{n % 28 + 1:02}",
                   "A"),
        fills=("employment", "employment_events"),
        key=("agent_code",),
        reads={"hire_date": "Hire Date"},
        figures={"rows": 30, "people": 30},
        says=("%m/%d/%Y", "%Y-%m-%d"),
    ),
    "bookings: the outcome says what was answered, two clocks say how long it took": Form(
        "Call ID,Call Date,Call Time,Time Answered,Agent ID,Restaurant ID,Booking Contact Name,"
        "Call Outcome",
        lambda n: (n, "2026-10-20", f"13:{n:02}:05",
                   "" if n % 5 == 0 else f"13:{n:02}:{25 if n % 2 else 15}",
                   n % 4, f"rest{n % 3}", f"Guest {n}",
                   "Call unanswered" if n % 5 == 0 else ("Booking completed",
                   "No availability")[n % 2]),
        key=("contact_id",),
        reads={"started_at": ["Call Date", "Call Time"], "answered_at": ["Call Date",
        "Time Answered"],
               "outcome": "Call Outcome", "agent_code": "Agent ID"},
        out=("Booking Contact Name", "Restaurant ID"),
        figures={"answered": 24, "not_answered": 6, "wait_s": 12 * 20 + 12 * 10},
    ),
    "an answer after midnight is one of the next day": Form(
        "Call ID,Date,Time,Time Answered,Status",
        lambda n: (n, "2026-10-20", "23:59:50", "00:00:05", "Answered"),
        key=("contact_id",),
        figures={"answered": 30, "mean_wait_s": 15.0},
    ),
    "Aircall: UTC, numbers to dial, a closed line": Form(
        "line,datetime (tz offset incl.),number timezone,datetime (utc),direction,from,to,answered,"

        "missed_call_reason,user,duration (total),duration (in call),call start time,"
        "customer number,"
        "call id,call type,waiting time,time to answer,time in ivr",
        lambda n: ("Sales", "2026-10-20 18:00:00" if n % 2 else "2026-10-20 07:00:00",
                   "Australia/Melbourne" if n % 2 else "Etc/UTC", clock(n, 7),
                   "outbound" if n % 6 == 5 else "inbound", 61490000000 + n, 61390000000,
                   "Yes" if n % 3 else "No",
                   "" if n % 3 else ("no_available_agent", "out_of_opening_hours")[n % 2],
                   f"Agent {n % 4}" if n % 3 else "[No associated user]", 120, 90 if n % 3 else "",
                   "2026-10-20 18:00:00", f"+61 4 90000 {n:03}", f"CA{n:030}",
                   ("Missed", "Answered", "Answered", "Out of business hours", "Answered",
                   "Outbound")[n % 6],
                   "00:00:30", "00:00:20" if n % 3 else "", "00:00:10"),
        key=("contact_id",),
        reads={"started_at": "datetime (utc)", "agent_code": "user", "queue_code": "line",
               "talk_s": "duration (in call)", "customer_phone": "customer number",
               "contact_id": "call id"},
        out=("from", "to", "datetime (tz offset incl.)", "call start time"),
        figures={"offered": 25, "outbound": 5, "answered": 15, "not_answered": 5, "closed": 5,
                 "mean_wait_s": 20.0, "mean_talk_s": 90.0, "agents": 4},
        says=("time_zone: UTC",),
    ),
    "from and to are numbers to dial and no instants, however they are counted": Form(
        "id,from,to,duration,status",
        lambda n: (f"CA{n}", 447700900100 + n, 442079460900, n, "completed"),
        fills=(),
        key=("record_id",),
        reads={"customer_phone": "from"},
        out=("to",),
        figures={"rows": 30},
    ),
    "long whole numbers under a name of time are telephone numbers": Form(
        "Ref,Start No,When Started,Talk,Status",
        lambda n: (n, 447946000000 + 7 * n, clock(n), 20, "Answered"),
        key=("record_id",),
        reads={"started_at": "When Started"},
        out=("Start No",),
    ),
    "ratings of 0 to 5, durations with parts of a second, a client who is the customer": Form(
        "call_id,agent_id,client_id,created,duration,video_url,rating",
        lambda n: (n, n % 5, 40 + n, f"2026-10-20 14:{n:02}:34.732019", 100.5 + n, "https://x",
                   n % 6),
        fills=("contacts", "contact_legs", "surveys"),
        key=("contact_id",),
        reads={"customer_id": "client_id", "agent_code": "agent_id", "score": "rating"},
        figures={"answered": 30, "mean_wait_s": None, "scores": 30, "mean_score": 2.5},
        says=("whole_seconds", "service level and speed of answer will not be computed"),
    ),
    "a serial number is the key, a column of yes and no never": Form(
        "Serial_Number,Representative,Entry_Time,Repeat_Call,Contact_Name,Phone,Type_of_Request,"
        "Status",
        lambda n: (n, f"נציג{n % 4}", clock(n % 7), n % 2 == 0, f"שם{n}", f"05033{n:05}", "שאלה",
                   ("טופל", "בהמתנה")[n % 2]),
        rows_n=200,
        key=("record_id",),
        reads={"record_id": "Serial_Number", "agent_code": "Representative",
        "started_at": "Entry_Time",
               "customer_phone": "Phone"},
        out=("Contact_Name", "Repeat_Call"),
        figures={"rows": 200, "answered": 100, "unmapped": 100},
    ),
    "Hebrew headers": Form(
        "מספר סידורי,תאריך ושעה,נציג,טלפון,זמן המתנה,זמן שיחה,סטטוס",
        lambda n: (n, f"20/10/2026 09:{n:02}", f"נציג{n % 3}", f"05033{n:05}", "00:00:10",
                   "00:02:00" if n % 3 else "00:00:00", "נענתה" if n % 3 else "ננטשה"),
        key=("record_id",),
        figures={"answered": 20, "not_answered": 10, "mean_wait_s": 10.0, "mean_talk_s": 120.0},
    ),
    "FreePBX: who was called, who called, and an answer by nobody": Form(
        "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,duration,billsec,disposition,"
        "uniqueid",
        lambda n: (clock(n), f'"0207{n:07}" <0207{n:07}>', "301" if n % 6 == 5 else f"0207{n:07}",
                   f"0794{n:07}" if n % 6 == 5 else "5000",
                   "from-internal" if n % 6 == 5 else "ext-queues",
                   "PJSIP/301-0001" if n % 6 == 5 else "PJSIP/trunk-0001",
                   "PJSIP/trunk-0002" if n % 6 == 5 else "" if n % 3 == 0 else "PJSIP/302-0002",
                   "Dial", 60, 0 if n % 6 == 3 else 40, "NO ANSWER" if n % 6 == 3 else "ANSWERED",
                   f"169771{n:04}.{n}"),
        key=("contact_id",),
        reads={"started_at": "calldate", "talk_s": "billsec", "outcome": "disposition"},
        out=("clid",),
        figures={"offered": 25, "outbound": 5, "answered": 15, "not_answered": 10, "agents": 2},
    ),
    "Twilio: the customer is the number called where the centre calls": Form(
        "Call Sid,From,To,Direction,Status,Duration,Start Time,End Time",
        lambda n: (f"CA{n:032x}", "+18005550100" if n % 3 == 0 else f"+1415555{n:04}",
                   f"+1415555{n:04}" if n % 3 == 0 else "+18005550100",
                   "outbound-api" if n % 3 == 0 else "inbound",
                   "completed" if n % 2 else "no-answer", 60 if n % 2 else 0,
                   f"2026-10-20T10:{n:02}:00Z", f"2026-10-20T10:{n:02}:59Z"),
        key=("contact_id",),
        reads={"started_at": "Start Time", "ended_at": "End Time"},
        figures={"offered": 20, "outbound": 10, "answered": 10, "mean_talk_s": 60.0,
                 "mean_wait_s": None},
        says=("first_of: [{from: To, when: {Direction: [",),
    ),
    "Talkdesk: the type of a call is how it ended and which way it went, and no queue": Form(
        "Interaction ID,Call Type,Start Time,Talkdesk Phone Number,Customer Phone Number,Talk Time,"
        "Waiting Time,Agent Name",
        lambda n: (f"i{n:08x}", TALKDESK[n % 6], clock(n), "+442070000000", f"+44794600{n:04}",
                   120 if n % 6 in (0, 4) else 0, 15, "Ann" if n % 6 in (0, 4) else ""),
        key=("contact_id",),
        reads={"outcome": "Call Type"},
        figures={"offered": 20, "outbound": 10, "answered": 5, "not_answered": 10, "closed": 5},
    ),
    "a bank's log: a phantom is no call, an unknown word no answer, no wait below zero": Form(
        "call_id,started,wait_s,talk_s,outcome,server",
        lambda n: (f"c{n}", clock(n), 15 if n else -16, 60 if n % 5 != 1 else 0,
                   ("AGENT", "HANG", "PHANTOM", "AGENT", "SPLENDID")[n % 5], "ANN"),
        key=("contact_id",),
        reads={"outcome": "outcome"},
        figures={"contacts": 30, "offered": 24, "answered": 12, "not_answered": 6, "unmapped": 6,
                 "wait_s": 165, "mean_wait_s": 15.0},
    ),
    "Talkdesk: of a wait and a time of ringing the wait is the wait": Form(
        "Interaction ID,Call Type,Start Time,Talkdesk Phone Number,Contact Phone Number,User Id,"
        "Talk Time,Wait Time,Total Ringing Time,Direction",
        lambda n: (f"i{n:08x}", "inbound" if n % 3 else "abandoned", clock(n), "+442070000000",
                   f"+44794600{n:04}", f"u{n % 3}" if n % 3 else "", 120 if n % 3 else 0, 15, 3,
                   "inbound"),
        key=("contact_id",),
        reads={"wait_s": "Wait Time"},
        figures={"answered": 20, "not_answered": 10, "mean_wait_s": 15.0},
    ),
    "a log that has both a wait and ringing, of no known system": Form(
        "call_ref,start_time,wait_seconds,ringing,talk_seconds,agent",
        lambda n: (f"r{n:06}", clock(n), 30, 4, 60 if n % 2 else 0, f"a{n % 2}"),
        key=("contact_id",),
        reads={"wait_s": "wait_seconds"},
        figures={"mean_wait_s": 30.0},
    ),
    "3CX's records: lines call from outside, and extensions are not taken for callers": Form(
        "historyid,callid,duration,time-start,time-answered,time-end,from-no,to-no,from-type",
        lambda n: (f"h{n:05}", f"00{n:06}", "00:01:00" if n % 2 else "", clock(n),
                   clock(n) if n % 2 else "", clock(n), "Ext.201" if n % 5 == 0 else
                   f"4479460{n:05}", f"4479461{n:05}" if n % 5 == 0 else "Ext.801",
                   "Extension" if n % 5 == 0 else "LineSet"),
        key=("contact_id",),
        figures={"offered": 24, "answered": 12, "not_answered": 12, "outbound": 0, "unmapped": 6},
    ),
    "the centre's own number among callers: nobody says which way, so none is offered": Form(
        "call_id,start_time,from,to,duration,status",
        lambda n: (f"c{n:07}", clock(n), "+442079460900" if n % 4 == 0 else f"+4479460{n:05}",
                   f"+4479461{n:05}" if n % 4 == 0 else "+442079460900", 60 if n % 3 else 0,
                   "completed" if n % 3 else "no-answer"),
        key=("contact_id",),
        figures={"offered": 0, "outbound": 0, "unmapped": 30},
        says=("Calls of both ways",),
    ),
    "CXone: the skill is the queue, the time in it the wait, and agent 0 nobody": Form(
        "Contact_ID,Master_Contact_ID,ANI_Dialnum,Skill_No,Campaign_No,Agent_No,Start_Date,"
        "Start_Time,PreQueue,InQueue,Agent_Time,Abandon",
        lambda n: (9000 + n, 9000 + n, f"4479460{n:05}", 11 + n % 2, 5, 200 + n % 3 if n % 3 else 0,
                   "10/20/2026", clock(n)[11:], 8, 12, 60 if n % 3 else 0, "N" if n % 3 else "Y"),
        key=("contact_id",),
        reads={"queue_code": "Skill_No", "wait_s": "InQueue", "agent_code": "Agent_No"},
        figures={"answered": 20, "not_answered": 10, "mean_wait_s": 12.0, "agents": 2},
    ),
    "Issabel: a call begins in the queue, and terminada is answered": Form(
        "id,id_agent,id_queue_call_entry,callerid,datetime_init,datetime_end,duration,status,"
        "datetime_entry_queue,duration_wait,uniqueid",
        lambda n: (n + 1, n % 3 or "", 1 + n % 2, f"4479460{n:05}",
                   clock(n, 10) if n % 3 else "", clock(n, 11), 60 if n % 3 else "",
                   "terminada" if n % 3 else "abandonada", clock(n), 15, f"1792486800.{n}"),
        key=("contact_id",),
        reads={"started_at": "datetime_entry_queue", "talk_s": "duration"},
        figures={"answered": 20, "not_answered": 10},
    ),
    "endings of which the lost ones alone are known: no rate of them": Form(
        "call_id,opened_time,ended_time,outcome,agent",
        lambda n: (f"c{n:07}", clock(n), clock(n, 10), "abandoned" if n % 3 == 0 else "zrobione",
                   f"a{n % 3}"),
        key=("contact_id",),
        figures={"answered": 0, "not_answered": 0},
        says=("Only lost calls are known",),
    ),
    "FreePBX: a call to an extension from outside is inbound": Form(
        "calldate,src,dst,dcontext,channel,dstchannel,lastapp,duration,billsec,disposition,"
        "uniqueid,sequence",
        lambda n: (clock(n), f"4479460{n:05}", "201", "ext-local", f"PJSIP/trunk-0000{n:02}",
                   f"PJSIP/20{n % 3}-0001{n:02}", "Dial", 75, 60 if n % 2 else 0,
                   "ANSWERED" if n % 2 else "NO ANSWER", f"1792486800.{n}", n),
        key=("contact_id",),
        figures={"offered": 30, "answered": 15, "not_answered": 15, "agents": 3},
    ),
    "una lista de personas: a list of people in Spanish": Form(
        "Código Empleado,Nombre,Apellidos,DNI,Fecha de nacimiento,Fecha de alta,Fecha de baja,"
        "Motivo de baja,Departamento,Puesto,Centro de trabajo,Responsable",
        lambda n: (f"E{n:04}", "Ana", "Gil", f"000000{n:02}X", "01/02/1990",
                   f"{n % 17 + 13:02}/0{n % 9 + 1}/2020", "15/03/2026" if n % 5 == 0 else "",
                   ("Baja voluntaria", "Despido")[n % 2] if n % 5 == 0 else "", "Soporte",
                   "Teleoperador", "Madrid", "E0000"),
        fills=("employment", "employment_events"),
        key=("agent_code",),
        reads={"agent_code": "Código Empleado", "hire_date": "Fecha de alta",
               "termination_date": "Fecha de baja", "termination_code": "Motivo de baja"},
        out=("Nombre", "Apellidos", "DNI", "Fecha de nacimiento"),
        figures={"rows": 30, "people": 30, "leavers": 6},
    ),
    "3CX: ringing is the wait": Form(
        "Call Time,Call ID,From,To,Direction,Status,Ringing,Talking,Totals",
        lambda n: (clock(n), f"c{n}", f"0794600{n:04}", "Sales (801)", "Inbound",
                   "Answered" if n % 3 else "Unanswered", "00:00:12",
                   "00:01:00" if n % 3 else "00:00:00", "00:01:12"),
        key=("contact_id",),
        reads={"wait_s": "Ringing", "talk_s": "Talking", "outcome": "Status"},
        figures={"answered": 20, "not_answered": 10, "mean_wait_s": 12.0, "mean_talk_s": 60.0},
    ),
    "Zoom: a duration that runs while it rings is no talk": Form(
        "Call ID,Start Time,End Time,Duration,Caller Number,Callee Number,Direction,Result,"
        "Waiting Time",
        lambda n: (f"7{n}", clock(n), clock(n + 1), "00:00:40", f"+44794600{n:04}", "801",
                   "inbound",
                   ("Answered", "Missed", "Voicemail")[n % 3], "00:00:05"),
        key=("contact_id",),
        figures={"answered": 10, "not_answered": 10, "closed": 10, "mean_talk_s": 35.0},
    ),
    "RingCentral: the day with its weekday, the clock beside it, and no id": Form(
        "Direction,Type,Phone Number,Name,Date,Time,Action,Action Result,Duration",
        lambda n: ("Inbound", "Voice", f"(415) 555-{n:04}", "Bob", f"Mon 10/{19 + n % 7:02}/2026",
                   f"{n % 12 + 1}:{n:02} PM", "Phone Call", ("Accepted", "Missed")[n % 2],
                   "0:01:00"),
        key=(),
        reads={"started_at": ["Date", "Time"], "outcome": "Action Result"},
        out=("Name",),
        figures={"rows": 30, "contacts": 30, "answered": 15, "mean_talk_s": None},
        says=("there is no key", "_file_id"),
    ),
    "clocks of three zones in one column are read by none": Form(
        "Call ID,Start,Timezone,Agent,Talk,Status",
        lambda n: (n, clock(n), ("America/New_York", "Europe/London", "Asia/Kolkata")[n % 3], "A",
                   30,
                   "Answered"),
        fills=(),
        key=("contact_id",),
        out=("Start", "Timezone"),
        says=("The clocks are of 3 zones",),
    ),
    "nothing is unique: every row counts, and none supersedes a stranger": Form(
        "Start,Queue,Talk Time,Status",
        lambda n: (clock(n % 4), f"Q{n % 2}", 30, "Answered"),
        key=(),
        figures={"rows": 30, "contacts": 30},
        says=("there is no key",),
    ),
    "no field is known": Form(
        "Foo,Bar,Baz",
        lambda n: (f"x{n % 3}", n * 1.5, "lorem"),
        fills=(),
        figures={"rows": 30},
    ),
    "no field may enter but as a pseudonym": Form(
        "Foo,Bar",
        lambda n: ("lorem ipsum " * 8 + str(n), f"07946{n:06}"),
        fills=(),
        figures={"rows": 30},
        says=("class: customer_id",),
    ),
    "four values on two hundred rows are no customers": Form(
        "Call ID,Start,Client ID,Agent,Talk,Status",
        lambda n: (n, clock(n), f"C{n % 4}", f"A{n % 9}", 20, "Answered"),
        rows_n=200,
        key=("contact_id",),
        out=("Client ID",),
        figures={"customers": None},
        says=("too few to be customers",),
    ),
    "a log without empty fields: zero is never, 0 is nobody, a point in time is no length": Form(
        "call_id\tcustomer_id\tdate\tvru_entry\tvru_exit\tvru_time\tq_start\tq_time\toutcome\tserver",
        lambda n: (n % 12, n if n % 3 else 0, f"9901{n % 28 + 1:02}", f"9:{n:02}:01",
                   f"9:{n:02}:11", 10, f"9:{n:02}:11" if n % 2 else "0:00:00", 5,
                   "AGENT" if n % 5 else "HANG",
                   f"S{n % 4}" if n % 5 else "NO_SERVER"),
        key=("contact_id", "started_at"),
        reads={"started_at": ["date", "vru_entry"], "ivr_s": "vru_time", "wait_s": "q_time",
               "outcome": "outcome", "agent_code": "server"},
        out=("vru_exit", "q_start"),
        figures={"answered": 24, "not_answered": 6, "mean_wait_s": 5.0, "customers": 20},
        says=('null_tokens: ["0"]',),
    ),
    "a number that counts the rows is no caller": Form(
        "Start,Caller No,Agent,Talk,Status",
        lambda n: (clock(n), n, f"A{n % 9}", 20, "Answered"),
        figures={"customers": None},
        key=("record_id",),
    ),
    "the centre's own number on most rows is no customer": Form(
        "Call ID,Start,Caller Number,Talk,Status",
        lambda n: (n, clock(n), "+442079460000" if n % 2 else f"+44794600{n:04}", 20, "Answered"),
        key=("contact_id",),
        out=("Caller Number",),
        figures={"customers": None},
    ),
    "an agent on every row says nothing of answers": Form(
        "Call ID,Start,Queue,Agent",
        lambda n: (n, clock(n), "Sales", f"A{n % 3}"),
        key=("contact_id",),
        figures={"answered": 0, "unmapped": 30, "answered_share": None},
        says=("count in no rate",),
    ),
    "a disposition whose words are endings is the outcome, and an answer is an instant": Form(
        "callid,start,answer,end,src,queue,disposition,agent",
        lambda n: (f"c{n}", clock(n), f"{clock(n)[:-2]}20" if n % 3 else "", clock(n + 1),
                   f"0794600{n:04}", 1501 + n % 2, "ANSWERED" if n % 3 else "NO ANSWER",
                   "A1" if n % 3 else ""),
        key=("contact_id",),
        reads={"answered_at": "answer", "outcome": "disposition", "ended_at": "end",
               "queue_code": "queue"},
        figures={"answered": 20, "not_answered": 10, "mean_wait_s": 15.0, "within_20_s": 20},
    ),
    "totals of many calls in one row are a report": Form(
        "Date,Incoming Calls,Answered Calls,Answer Rate,Abandoned Calls,Waiting Time (AVG)",
        lambda n: (f"2026-10-{n % 28 + 1:02}", 200 + n, 190, "94.01%", 10, "0:00:17"),
        fills=(),
        says=("Ask for the log behind it",),
    ),
    "an id that is a number of a minute in the unit of its name": Form(
        "id,customer_name,csat_score,call_timestamp,reason,state,channel,call duration in minutes",
        lambda n: (f"DKK-{n}", f"C{n}", n % 10 + 1 if n % 3 == 0 else "",
                   f"10/{n % 30 + 1:02}/2026",
                   "Billing", "Ohio", "Call-Center", 5 + n),
        fills=("contacts", "contact_legs", "surveys"),
        key=("record_id",),
        reads={"started_at": "call_timestamp", "reason": "reason"},
        out=("customer_name", "state"),
        figures={"unmapped": 30, "scores": 10},
        says=("minutes_to_seconds", "begin at midnight"),
    ),
}  # fmt: skip
