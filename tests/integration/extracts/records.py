"""Asterisk's call detail records: several per call, channels of its own, a queue's call."""

from tests.deployment import Deployment

CUSTOMER = "12125550147"
FIELDS = (
    "clid,src,dst,dcontext,channel,dstchannel,lastapp,start,answer,end,duration,billsec,"
    "disposition,accountcode,uniqueid,linkedid,sequence"
)


def _record(
    call: str, n: int, way: str, src: str, dst: str, channel: str, to: str, start: str,
    answer: str = "", talk: int = 0, app: str = "Dial", said: str = "",
) -> str:  # fmt: skip
    said = said or ("ANSWERED" if answer else "NO ANSWER")
    at = f"2026-03-10 {answer}" if answer else ""
    return (
        f'"Zebedee <{src}>",{src},{dst},{way},{channel},{to},{app},2026-03-10 {start},{at},'
        f"2026-03-10 09:59:00,0,{talk},{said},ACME,{call}.{n},{call},{n}"
    )


IN, OUT = "from-trunk", "from-internal"
ROWS = [
    # Two phones ring, one answers.
    _record("a", 1, IN, CUSTOMER, "200", "PJSIP/trunk-1", "PJSIP/201-1", "09:00:00"),
    _record("a", 2, IN, CUSTOMER, "200", "PJSIP/trunk-1", "PJSIP/202-1", "09:00:00",
            "09:00:08", 90),
    # The centre calls; Asterisk's own channel is no call.
    _record("b", 1, OUT, "201", CUSTOMER, "Local/x@y", "PJSIP/trunk-2", "09:10:00",
            "09:10:05", 60),
    _record("b", 2, OUT, "201", CUSTOMER, "PJSIP/201-2", "PJSIP/trunk-2", "09:10:00",
            "09:10:05", 60),
    _record("c", 1, IN, CUSTOMER, "300", "PJSIP/trunk-3", "PJSIP/201-3", "09:20:00", "09:20:09", 9,
            "Queue"),
    # Colleagues.
    _record("d", 1, OUT, "201", "202", "PJSIP/201-4", "PJSIP/202-4", "09:30:00", "09:30:05", 60),
    _record("e", 1, OUT, "201", CUSTOMER, "PJSIP/201-5", "", "09:40:00", said="BUSY"),
    _record("f", 1, IN, "anonymous", "200", "PJSIP/trunk-6", "PJSIP/201-6", "09:50:00"),
]  # fmt: skip


def drop(made: Deployment) -> None:
    """One day of records, by a clock four hours behind."""
    made.drop("asterisk_cdr", "cdr_main_2026-03-10.csv", "\n".join([FIELDS, *ROWS]) + "\n")
