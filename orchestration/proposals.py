"""Rows to paste into company lists: what `headset discover` found, as CSV.

Belongs here: which columns of a row are known, who may be one person, and the text. Does not:
finding the codes (`ingest.discover`).

Two logins may be one person by the employee number that HR has, or by the same e-mail address;
never by a name. A system's logins count as employee numbers only where half of them are: a phone's
extension equals somebody's number by chance.
"""

import csv
import hashlib
import hmac
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ingest.contracts.contract import Contract
from ingest.discover import FOR_ALL, KEYS, Code, Seen

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LEAST_SHARE, LEAST_N = 0.5, 2


@dataclass(frozen=True)
class Proposal:
    """One row of a list, with the code that it is for and why it is filled as it is."""

    code: Code
    row: Mapping[str, str]
    why: str = ""


def propose(
    codes: Sequence[Code],
    seen: Iterable[Seen],
    contracts: Iterable[Contract],
    first_day: date,
    key: Callable[[], bytes],
) -> dict[str, list[Proposal]]:
    """Rows by list. `key`: what an e-mail address is hashed under where HR does not know it."""
    columns = {
        c.feed: [column.name for column in c.columns] for c in contracts if c.system == "company"
    }
    people = _people(codes, list(seen), key)
    found: dict[str, list[Proposal]] = defaultdict(list)
    for one in codes:
        agent_id, why = people.get((str(one.scope), one.code), ("", ""))
        known = {
            KEYS[one.list]: one.code,
            "system": "" if one.list in FOR_ALL else str(one.scope),
            "site_id": one.code if one.list == "sites" else one.site_id or "",
            "site_name": one.code,
            "client_name": one.code,
            "queue_name": one.code,
            "agent_id": agent_id,
            "valid_from": str(min(one.first_date or first_day, one.last_date or first_day)),
        }
        row = {name: known.get(name, "") for name in columns[one.list]}
        found[one.list].append(Proposal(one, row, why))
    return dict(found)


def _people(
    codes: Sequence[Code], seen: Sequence[Seen], key: Callable[[], bytes]
) -> dict[tuple[str, str], tuple[str, str]]:
    """(scope, login) to the agent it may be, and why."""
    logins = [one for one in codes if one.list == "agents"]
    numbers: dict[str, str] = {}
    addresses: dict[str, set[str]] = defaultdict(set)
    owners: dict[str, str] = {}
    for one in (c for s in seen for c in s.codes if c.list == "agents"):
        owner = next(
            (s.known.get(("agents", scope, one.code)) for s in seen
             for scope in (str(one.scope), one.scope.system)
             if s.known.get(("agents", scope, one.code))),
            None,
        )  # fmt: skip
        if EMAIL.fullmatch(one.code):
            addresses[one.code.casefold()].add(str(one.scope))
            if owner:
                owners[one.code.casefold()] = owner
        elif one.from_hr and re.search("[0-9]", one.code):
            numbers[one.code.casefold()] = owner or one.code
    by_scope: dict[str, list[Code]] = defaultdict(list)
    for one in logins:
        by_scope[str(one.scope)].append(one)
    found = {}
    for scope, own in by_scope.items():
        same = [one for one in own if one.code.casefold() in numbers]
        if not own[0].from_hr and len(same) >= max(LEAST_N, LEAST_SHARE * len(own)):
            for one in same:
                found[scope, one.code] = (numbers[one.code.casefold()], "the employee number of HR")
        for one in own:
            address = one.code.casefold()
            if one.from_hr and address in numbers:
                found[scope, one.code] = (numbers[address], "its own number in HR")
            elif len(addresses.get(address, ())) > 1 or address in owners:
                keyed = hmac.new(key(), address.encode(), hashlib.sha256).hexdigest()[:12]
                others = ", ".join(sorted(addresses[address] - {scope}))
                whose = owners.get(address) or f"person_{keyed}"
                found[scope, one.code] = (whose, f"the same e-mail address in {others or 'agents'}")
    return found


def text(
    list_: str, rows: Sequence[Proposal], required: Sequence[str], told: Callable[[Code], str]
) -> str:
    """One list as CSV with its counts in comments. `told`: a code as it may be shown."""
    code_of = KEYS[list_]
    empty = [name for name in required if any(not proposal.row.get(name) for proposal in rows)]
    lines = [f"# company/{list_}.csv: {len(rows)} codes that no row knows, most rows first"]
    if empty:
        lines.append(f"# fill in: {', '.join(empty)}")
    names = list(rows[0].row)
    lines.append(_csv(names))
    for one in rows:
        since = f" since {one.code.first_date}" if one.code.first_date else ""
        why = f"; may be {one.why}, check it" if one.why else ""
        lines.append(f"# {one.code.rows_n:,} rows of {one.code.where}{since}{why}")
        shown = told(one.code)
        lines.append(
            _csv(
                shown if value == one.code.code and name in (code_of, *_COPIES) else value
                for name, value in ((name, one.row[name]) for name in names)
            )
        )
    return "\n".join(lines) + "\n"


# Columns that repeat the code until a person writes something better.
_COPIES = ("queue_name", "site_name", "client_name", "agent_id", "site_id")


def _csv(values: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(list(values))
    return out.getvalue()
