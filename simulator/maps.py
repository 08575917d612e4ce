"""The company's maps as operations would keep them, full and dated; a few codes are missing."""

from datetime import date, timedelta

from simulator.codes import (
    ACTIVITY_CODES,
    DISPOSITIONS,
    OWN_NUMBERS,
    SCHEDULED_CODES,
    UNKNOWN_ACTIVITY,
    UNKNOWN_DISPOSITION,
    UNKNOWN_SCHEDULED,
)
from simulator.crm.rows import user
from simulator.people.days import number
from simulator.people.events import TERMINATIONS, UNKNOWN_TERMINATION
from simulator.people.staff_codes import HISTORY_DAYS, HR, WFM, crosswalk, unmapped_people
from simulator.roster import staff
from simulator.shape import CLIENTS, QUEUES, SITES, SYSTEM

OPENED = date(2020, 1, 1)
# From this day Borealis accounts are to be answered in 20 instead of 30 seconds.
TERMS_CHANGE = date(2026, 10, 1)
_CHANGED_QUEUE = "BOR_ACCT_EN"

HEADERS = {
    "clients": "client_id,client_name,country_code,calling_code,trunk_prefix,international_prefix",
    "sites": "site_id,site_name,country_code,time_zone,shift_date_rule",
    "queues": "system,queue_code,queue_name,client_id,line_of_business,channel,language,"
    "service_level_threshold_s,short_abandon_s",
    "dialled_numbers": "system,dialled_number,client_id,line_of_business",
    "agents": "system,agent_code,agent_id,site_id",
    "activity_codes": "system,activity_code,activity,is_paid",
    "dispositions": "system,disposition_code,reason",
    "own_numbers": "number,kind",
    "termination_codes": "system,termination_code,termination_class,reason",
}


def map_lines(feed: str, agents: int, seed: int, last: date) -> list[str]:
    """CSV lines of one map, header first, each ending in `valid_from,valid_to`.

    People who had left two years before `last`, or come much later, are not in it.
    """
    rows = {
        "clients": _clients,
        "sites": _sites,
        "queues": _queues,
        "dialled_numbers": _dialled_numbers,
        "activity_codes": _activity_codes,
        "dispositions": _dispositions,
        "own_numbers": _own_numbers,
        "termination_codes": _termination_codes,
    }
    body = with_crm_users(_agents(agents, seed, last)) if feed == "agents" else rows[feed]()
    return [HEADERS[feed] + ",valid_from,valid_to", *body]


def with_crm_users(lines: list[str]) -> list[str]:
    """Every telephony login has a user in the CRM, as long as it holds."""
    logins = [line.split(",") for line in lines if line.startswith(f"{SYSTEM},")]
    users = [",".join(["sim_crm", user(code), *rest]) for _, code, *rest in logins]
    return [*lines, *users]


def unmapped_codes(agents: int, seed: int) -> dict[str, list[str]]:
    """Codes that occur in the extracts and that no map knows, by map."""
    return {
        "company.activity_codes": [UNKNOWN_ACTIVITY, UNKNOWN_SCHEDULED],
        "company.agents": [
            *unmapped_people(agents, seed),
            *(
                code
                for site in SITES
                for agent in staff(site, agents, seed)
                if not agent.mapped
                for login in agent.logins
                for code in (login.code, user(login.code))
            ),
        ],
        "company.dispositions": [UNKNOWN_DISPOSITION],
        "company.queues": [queue.code for queue in QUEUES if not queue.mapped],
        "company.termination_codes": [UNKNOWN_TERMINATION],
    }


def _always(text: str) -> str:
    return f"{text},{OPENED},"


def _clients() -> list[str]:
    return [
        _always(f"{c.client_id},{c.name},{c.country},{c.calling_code},{c.trunk},{c.international}")
        for c in CLIENTS
    ]


def _sites() -> list[str]:
    return [_always(f"{s.site_id},{s.name},{s.country},{s.zone},start") for s in SITES]


def _queues() -> list[str]:
    lines = []
    for queue in QUEUES:
        if not queue.mapped:
            continue
        stem = (
            f"{SYSTEM},{queue.code},{queue.name},{queue.client_id},{queue.line_of_business},voice,"
            f"{queue.language}"
        )
        if queue.code == _CHANGED_QUEUE:
            lines.append(
                f"{stem},{queue.threshold_s},{queue.short_abandon_s},{OPENED},{TERMS_CHANGE}"
            )
            lines.append(f"{stem},20,{queue.short_abandon_s},{TERMS_CHANGE},")
        else:
            lines.append(_always(f"{stem},{queue.threshold_s},{queue.short_abandon_s}"))
    return lines


def _dialled_numbers() -> list[str]:
    return [
        _always(f"{SYSTEM},{queue.dialled},{queue.client_id},{queue.line_of_business}")
        for queue in QUEUES
        if queue.mapped
    ]


def _agents(agents: int, seed: int, last: date) -> list[str]:
    oldest, newest = last - timedelta(days=HISTORY_DAYS), last + timedelta(days=60)
    lines = []
    for site in SITES:
        for agent in staff(site, agents, seed):
            if not agent.mapped:
                continue
            for login in agent.logins:
                if login.since > newest or (login.until and login.until < oldest):
                    continue
                # A night shift that began on the last day still works under the old login.
                until = login.until + timedelta(days=1) if login.until else ""
                stem = f"{SYSTEM},{login.code},{login.agent_id},{site.site_id}"
                lines.append(f"{stem},{login.since},{until}")
    return lines + [_always(",".join(row)) for row in crosswalk(agents, seed, number(last))]


def _activity_codes() -> list[str]:
    return [
        _always(f"{SYSTEM},{code},{activity},{str(paid).lower()}")
        for code, (activity, paid) in ACTIVITY_CODES.items()
    ] + [
        _always(f"{WFM},{code},{activity},{str(paid).lower()}")
        for code, (activity, paid) in SCHEDULED_CODES.items()
    ]


def _dispositions() -> list[str]:
    return [_always(f"{SYSTEM},{code},{reason}") for code, reason in DISPOSITIONS.items()]


def _own_numbers() -> list[str]:
    return [_always(f"{number},{kind}") for number, kind in OWN_NUMBERS]


def _termination_codes() -> list[str]:
    return [
        _always(f"{HR},{code},{kind},{reason}") for code, (kind, reason) in TERMINATIONS.items()
    ]
