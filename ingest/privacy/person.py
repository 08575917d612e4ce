"""One person's data: what is held about them, and its erasure.

Belongs here: finding a customer by a phone number, an e-mail address or the source's own id (as
the pseudonyms that they have become), or an agent by a login; giving out and erasing their rows.
Does not: building marts again, snapshots (the `erase` command does both). Rows stay, so that
counts and sums stay; what pointed to the person goes. The ledger keeps a keyed hash of whom.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import duckdb

from ground.home import Home
from ground.sql import ident, literals
from ground.systems import DEFAULT_INSTANCE
from ingest.contracts.column import Column
from ingest.contracts.contract import Contract
from ingest.intake import prepare_tables
from ingest.ledger.ledger import OPEN_QUARANTINE, note_removal, open_batch, rows_as_dicts, warehouse
from ingest.load.supersession import touch
from ingest.privacy import erasure
from ingest.privacy.landed import pattern_of, search
from ingest.privacy.mask import error_told, path_told
from ingest.privacy.pseudonym import client_pads, master_key, scoped_kind
from ingest.read.landing import landed, pending

STAFF = ("staff_id", "staff_name")
LEAST_WORD = 6
_PSEUDONYM = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class Person:
    """Whom a request is about: a customer's phone, e-mail or id, or an agent's login."""

    kind: str
    value: str

    @property
    def is_agent(self) -> bool:
        """True for somebody who works here."""
        return self.kind == "agent"


@dataclass(frozen=True)
class Erased:
    """What an erasure did: rows that lost the person, landed files removed."""

    rows_n: int
    files_n: int
    quarantined_n: int
    ids: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()


def access(home: Home, contracts: Sequence[Contract], person: Person) -> list[dict[str, Any]]:
    """What is held about the person, for a request: what an erasure would have to reach.

    Every row of raw, all versions, with its feed; and every landed file that names him, loaded or
    not: how often, and what became of it. What a row in quarantine said stands in its file.
    """
    found: list[dict[str, Any]] = []
    with warehouse(home) as con:
        prepare_tables(con, contracts)
        ids = ids_of(con, home, person, contracts)
        for contract, where in _wheres(contracts, person, ids):
            names = ", ".join(ident(column.name) for column in contract.columns)
            rows = con.execute(
                f"select {names}, _event_date, _is_current "
                f"from raw.{ident(contract.raw_table)} where {where}"
            )
            found += [{"feed": contract.name, **row} for row in rows_as_dicts(rows)]
        rows_n = len(found)
        found += [{"feed": "landing", **place} for place in in_landing(con, home, person, ids)]
        note_removal(con, "access", "raw", None, 0, rows_n, None, person_hash(home, person))
    return found


_UNREAD = {"verdict": "not read", "in_quarantine_n": 0}


def _verdicts(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Per landed file, by its name below landing, what became of it and what of it still waits."""
    rows = con.execute(
        f"""
        with waiting as (
            select file_id, sum(rows_n)::bigint as n from ({OPEN_QUARANTINE}) group by file_id
        )
        select system, instance, file_name, arg_max(verdict, f.file_id),
            coalesce(sum(waiting.n), 0)::bigint
        from ledger.file as f left join waiting using (file_id) group by all
        """
    ).fetchall()
    return {
        "/".join(part for part in (system, instance, name) if part != DEFAULT_INSTANCE): {
            "verdict": verdict, "in_quarantine_n": waiting
        }
        for system, instance, name, verdict, waiting in rows
    }  # fmt: skip


def in_landing(
    con: duckdb.DuckDBPyConnection, home: Home, person: Person, ids: Sequence[str]
) -> list[dict[str, Any]]:
    """Landed files that name the person, and those that cannot be searched, each with its verdict.

    A customer is sought as he is named, an agent by each code. A short id is many things in many
    files, so it is sought in columns of ids alone, in raw.
    """
    codes = con.execute("select distinct calling_code from raw.company__clients").fetchall()
    called = ids if person.is_agent else [person.value]
    called = [one for one in called if not _PSEUDONYM.fullmatch(one)]
    if person.kind not in ("phone", "email"):
        called = [one for one in called if len(one) >= LEAST_WORD]
    if not called:
        return []
    verdicts = _verdicts(con)
    pattern = pattern_of(person.kind, called, [code for (code,) in codes if code])
    return [
        {
            "file": place.file if place.file in verdicts else path_told(place.file),
            "times": place.times_n,
            "why": place.why or None,
            **verdicts.get(place.file, _UNREAD),
        }
        for place in search(home, pattern)
    ]


def erase(home: Home, contracts: Sequence[Contract], person: Person, run_id: str) -> Erased:
    """Take the person out of raw, quarantine and landing; dates to build again are touched.

    A customer's pseudonym becomes null, an agent's login one random tag. Landed files that hold
    one of the person's rows are removed whole: they are loaded, and would bring the person back.
    Whoever calls holds the night's lock, builds, publishes and prunes.
    """
    rows_n = files_n = quarantined_n = 0
    tag = f"erased-{secrets.token_hex(4)}"
    with warehouse(home) as con:
        prepare_tables(con, contracts)
        ids = ids_of(con, home, person, contracts)
        row = con.execute("select coalesce(max(through_date), current_date) from ledger.batch")
        con.execute("begin transaction")
        batch_id = open_batch(con, run_id, (row.fetchone() or (None,))[0])
        landed_files: list[tuple[str, str]] = []
        rewritten: list[str] = []
        for contract, where in _wheres(contracts, person, ids):
            table = f"raw.{ident(contract.raw_table)}"
            touch(con, contract, f"select distinct _event_date as event_date from {table} "
                  f"where {where}", batch_id)  # fmt: skip
            landed_files += con.execute(
                f"select distinct f.system, f.file_name from ledger.file as f "
                f"join {table} as r on r._file_id = f.file_id where {where}"
            ).fetchall()
            columns = _of(contract, person, contracts)
            sets = ", ".join(_blank(column, person, ids, tag) for column in columns)
            changed = con.execute(f"update {table} set {sets} where {where}").fetchone()
            if changed and changed[0]:
                rows_n += int(changed[0])
                rewritten.append(table)
        quarantined_n = _forget_quarantined(con, ids)
        con.execute("commit")
        for table in rewritten:
            # A null only marks the old text as absent; a table written again leaves it out.
            con.execute(f"create or replace table {table} as select * from {table}")
        held_back = _landing_without(con, home, contracts, set(landed_files))
        files_n = len(landed_files) - len(held_back)
        waiting = " ".join(held_back)
        held_back += [
            f"landing/{place['file']} "
            + (place["why"] or f"names the person and is {place['verdict']}")
            for place in in_landing(con, home, person, ids)
            if place["file"].rpartition("/")[2] not in waiting
        ]
        note_removal(con, "erasure", "raw", None, files_n, rows_n, None, person_hash(home, person))
        erasure.note(con, person_hash(home, person), "taken_out", "; ".join(held_back))
    erasure.wipe_free_blocks(home)
    return Erased(rows_n, files_n, quarantined_n, tuple(ids), tuple(held_back))


def _landing_without(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    contracts: Sequence[Contract],
    files: set[tuple[str, str]],
) -> list[str]:
    """Remove landed files that held the person; gives those that must wait, each with why.

    A file that has changed since is somebody's unread delivery; one with rows of others in
    quarantine would take these with it.
    """
    held_back = []
    for contract in contracts:
        unread = {file.file_name for file in pending(con, home, contract, date.max)}
        for file in landed(home, contract):
            if (contract.system, file.file_name) not in files:
                continue
            (waiting,) = con.execute(
                f"select count(*) from ({OPEN_QUARANTINE}) where system = ? and file_name = ?",
                [contract.system, file.file_name],
            ).fetchall()[0]
            name = f"{contract.name}: {file.file_name}"
            if file.file_name in unread:
                held_back.append(f"{name} has changed since and is not read yet")
            elif waiting:
                held_back.append(f"{name} has {waiting} entries in quarantine")
            else:
                try:
                    file.path.unlink(missing_ok=True)
                except OSError as error:
                    held_back.append(f"{name} cannot be removed ({error_told(error)})")
    return held_back


def still_held(
    home: Home, contracts: Sequence[Contract], person: Person, ids: Sequence[str]
) -> list[str]:
    """Where the person still stands after an erasure; [] proves that it is done.

    An agent's login may be a word of others as well, so it is looked for in columns of staff
    alone; pseudonyms of customers are looked for in everything.
    """
    found = [] if person.is_agent else erasure.left_in(home, ids)
    with warehouse(home) as con:
        for contract, where in _wheres(contracts, person, ids):
            table = f"raw.{ident(contract.raw_table)}"
            if con.execute(f"select 1 from {table} where {where} limit 1").fetchone():
                found.append(f"raw.{contract.raw_table}")
    return list(dict.fromkeys(found))


def _of(contract: Contract, person: Person, contracts: Sequence[Contract]) -> list[Column]:
    if not person.is_agent:
        return [column for column in contract.columns if column.is_pseudonym]
    classes = STAFF if contract.system not in _alike(contracts) else (*STAFF, "customer_id")
    return [column for column in contract.columns if column.personal in classes]


def _alike(contracts: Sequence[Contract]) -> set[str]:
    """Systems that number staff and customers alike: one field is the id of either."""
    found = set()
    for contract in contracts:
        sources: dict[str, set[str]] = {}
        for column in contract.columns:
            sources.setdefault(column.personal, set()).update(p.source for p in column.parts)
        if sources.get("staff_id", set()) & sources.get("customer_id", set()):
            found.add(contract.system)
    return found


def _wheres(
    contracts: Sequence[Contract], person: Person, ids: Sequence[str]
) -> Iterator[tuple[Contract, str]]:
    for contract in contracts:
        if columns := _of(contract, person, contracts):
            tests = [f"{ident(column.name)} in ({literals(ids)})" for column in columns]
            yield contract, f"({' or '.join(tests)})"


def _blank(column: Column, person: Person, ids: Sequence[str], tag: str) -> str:
    name = ident(column.name)
    new = f"'{tag}'" if person.is_agent else "null"
    return f"{name} = case when {name} in ({literals(ids)}) then {new} else {name} end"


def ids_of(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    person: Person,
    contracts: Sequence[Contract] = (),
) -> list[str]:
    """What the person is called in raw: logins and ids of an agent, pseudonyms of a customer.

    Customers of a client that a contract names stand under its key, listed or not.
    """
    if person.is_agent:
        rows = con.execute(
            "select distinct unnest([agent_code, agent_id]) from raw.company__agents where "
            "agent_code = ? or agent_id = ? or agent_id in (select agent_id "
            "from raw.company__agents where agent_code = ?)",
            [person.value] * 3,
        ).fetchall()
        codes = sorted({person.value, *(row[0] for row in rows)})
        if not _alike(contracts):
            return codes
        # As an author of messages he stands there as a customer would.
        return codes + [
            one
            for code in codes
            for one in ids_of(con, home, Person("customer_id", code), contracts)
        ]
    rows = con.execute("select distinct client_id from raw.company__clients").fetchall()
    constant = {c.client for c in contracts if isinstance(c.client, str)}
    clients = sorted({"unmapped", *(row[0] for row in rows if row[0]), *constant})
    value = person.value
    if person.kind == "email":
        found_address = con.execute("select email_address(?)", [value]).fetchone()
        value = (found_address and found_address[0]) or value
    kinds = [person.kind]
    if person.kind == "customer_id":
        rows = con.execute("select distinct instance from ledger.file").fetchall()
        kinds = sorted({person.kind, *(scoped_kind(person.kind, row[0]) for row in rows)})
    found = []
    for kind, (_, inner, outer) in product(kinds, client_pads(master_key(home.keys), clients)):
        row = con.execute("select pseudonym(?, ?, ?, ?)", [kind, value, inner, outer]).fetchone()
        found += [str(row[0])] if row else []
    return found


def _forget_quarantined(con: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> int:
    row = con.execute(
        "update ledger.quarantine set raw_text = null, value_shape = null "
        "where list_any_value(list_filter(?, lambda one: contains(raw_text, one))) is not null",
        [list(ids)],
    ).fetchone()
    return int(row[0]) if row else 0


def person_hash(home: Home, person: Person) -> str:
    """A keyed hash, so that a later request can be matched and nobody can be read from it."""
    text = json.dumps([person.kind, person.value]).encode()
    return hmac.new(master_key(home.keys), text, hashlib.sha256).hexdigest()[:32]
