"""Workday's report and a plain roster: what was entered late, ahead, in vain and twice."""

from tests.deployment import Deployment

HEADER = (
    "Transaction_WID,Employee_ID,Business_Process_Type,Is_Rehire,Effective_Date,Entry_Moment,"
    "Last_Functionally_Updated,Rescinded,Manager_ID,Supervisory_Organization_ID,Location_ID,"
    "Account_ID,Programme_ID,Job_Profile,Compensation_Grade_Level,Worker_Sub_Type,FTE_Percent,"
    "Scheduled_Weekly_Hours,Termination_Reason_ID,Regrettable,Recruiting_Source_Category,"
    "Continuous_Service_Date,Religion,Blood_Type,Legal_Name"
)


def _row(
    wid: str, who: str, process: str, day: str, entered: str, leader: str = "L1", **more: str
) -> str:
    said = {"again": entered, "rescinded": "0", "code": "", "rehire": "", "service": ""} | more
    return ",".join(
        [wid, who, process, said["rehire"], day, entered, said["again"], said["rescinded"], leader,
         f"T-{leader} ", "main", "acme", "sales", "Customer Service Agent  ", "2", "Regular",
         "100 %", "40", said["code"], "", "Job Fair", said["service"],
         "Pastafarian", "AB negative", "Zebedee"]
    )  # fmt: skip


FIRST = [
    # Years of two figures, spaces at the end.
    _row("w1", "P1 ", "Hire", "1/5/26", "2026-01-02T09:00:00Z"),
    # Entered in March, holds since February; a later one was known already.
    _row("w2", "P1", "Transfer Employee", "3/1/26", "2026-02-20T09:00:00Z", "L3"),
    _row("w3", "P1", "Change Job", "02/01/2026", "2026-03-10T09:00:00Z", "L2"),
    # Ahead: leaves at the end of April; taken back in the second file.
    _row("w4", "P1", "Terminate Employee", "4/30/26", "2026-03-11T09:00:00Z", code="VOL_PAY"),
    # Left and came back under another id.
    _row("w5", "P2", "Hire", "1/5/26", "2026-01-02T09:00:00Z"),
    _row("w6", "P2", "Terminate Employee", "1/31/26", "2026-01-20T09:00:00Z", code="VOL_PAY"),
    _row("w7", "P9", "Hire", "3/2/26", "2026-02-25T09:00:00Z", rehire="1", service="1/5/26"),
    # A promotion entered by mistake.
    _row("w8", "P9", "Promote Employee", "3/9/26", "2026-03-05T09:00:00Z", "L3"),
    _row("w9", "P9", "Change Working Time", "3/16/26", "2026-03-12T09:00:00Z"),
    _row("w10", "P3", "Terminate Employee", "3/16/26", "2026-03-12T09:00:00Z"),
]
SECOND = [
    _row("w4", "P1", "Terminate Employee", "4/30/26", "2026-03-11T09:00:00Z", code="VOL_PAY",
         again="2026-03-14T09:00:00Z", rescinded="1"),
    _row("w8", "P9", "Promote Employee", "3/9/26", "2026-03-05T09:00:00Z", "L3",
         again="2026-03-13T09:00:00Z", rescinded="1"),
]  # fmt: skip
ROSTER = "person_no,hire_date,termination_date,termination_code,leader_no,site,role,name\n"
LISTS = {
    "2026-01-10": ["R1,01.02.24,,,R7,main,agent", "R2,05.01.2026,,,R7,main,agent"],
    "2026-01-17": ["R1,01.02.24,,,R8,main,agent", "R2,05.01.2026,31.01.26,QUIT,R7,main,agent"],
    "2026-01-24": ["R1,01.02.24,,,R8,main,agent", "R2,05.01.2026,15.02.26,QUIT,R7,main,agent"],
    "2026-03-07": [
        "R1,01.02.24,,,R8,main,agent",
        "R2,05.01.2026,15.02.26,QUIT,R7,main,agent",
        "R2,02.03.2026,,,R7,main,mentor",
    ],
}


def drop(made: Deployment) -> None:
    """Two reports of Workday, four lists; L1 and L2 are one leader, P2 and P9 one person."""
    made.drop("workday", "worker_history_2026-03-13.csv", "\n".join([HEADER, *FIRST]) + "\n")
    made.drop("workday", "worker_history_2026-03-14.csv", "\n".join([HEADER, *SECOND]) + "\n")
    for day, rows in LISTS.items():
        text = "".join(f"{row},Zebedee\n" for row in rows)
        made.drop("roster", f"roster_{day}.csv", ROSTER + text)
