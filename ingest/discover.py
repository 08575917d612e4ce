"""What landing and raw name that the company's lists do not know, largest first.

Belongs here: which columns ask which list, counting their codes, and who may be one person. Does
not: printing or writing rows (`orchestration`). Waiting files are read into a warehouse of a moment
under a key of a moment, so nothing of them is kept.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ground.home import Home
from ground.sql import ident, literal
from ground.systems import COMPANY, DEFAULT_INSTANCE, Scope
from ingest.contracts.contract import Contract, Lookup
from ingest.errors import WarehouseError
from ingest.judge.as_of import matched_sql
from ingest.ledger.ledger import rows_as_dicts, warehouse
from ingest.load.group import load_group
from ingest.load.raw_tables import ensure_tables
from ingest.read.landing import groups, landed, pending

FAR = date(9999, 12, 30)
# Lists in which codes are looked up, and the column of the code.
KEYS = {
    "sites": "site_id", "clients": "client_id", "queues": "queue_code", "agents": "agent_code",
    "activity_codes": "activity_code", "dispositions": "disposition_code",
    "termination_codes": "termination_code", "dialled_numbers": "dialled_number",
}  # fmt: skip
# Lists whose rows hold for every system; all others name the system of their code.
FOR_ALL = ("sites", "clients")


@dataclass(frozen=True)
class Code:
    """A code that a list should know. `where`: the feed and column that name it most often."""

    list: str
    scope: Scope
    code: str
    rows_n: int
    first_date: date | None
    last_date: date | None
    where: str
    site_id: str | None = None
    from_hr: bool = False


@dataclass(frozen=True)
class Asking:
    """A column of a feed whose values one list explains."""

    contract: Contract
    list: str
    column: str


@dataclass(frozen=True)
class _Beside(Home):
    """A home of a moment that reads the landing folder of another."""

    of: Home

    @property
    def landing(self) -> Path:
        """The other home's."""
        return self.of.landing


def asking(contracts: Iterable[Contract]) -> list[Asking]:
    """Every column that a company list explains, each once."""
    found: dict[tuple[str, str, str], Asking] = {}
    for contract in contracts:
        if contract.system == COMPANY:
            continue
        pairs = [(code.map, code.column) for code in contract.code_maps]
        pairs += [
            (look.map, column)
            for look in (contract.client, contract.time_zone)
            if isinstance(look, Lookup)
            for column in look.match.values()
        ]
        # Models look up a column that is called as the list's key, with or without a line of maps.
        pairs += [
            (f"{COMPANY}.{list_}", c.name)
            for list_, key in KEYS.items()
            for c in contract.columns
            if c.name == key and list_ not in FOR_ALL
        ]
        for name, column in pairs:
            list_ = name.partition(".")[2]
            if list_ in KEYS and not column.startswith("file."):
                found[contract.name, list_, column] = Asking(contract, list_, column)
    return list(found.values())


@dataclass(frozen=True)
class Seen:
    """Codes that rows name, and what the company's lists say: (list, scope, code) to agent_id."""

    codes: tuple[Code, ...]
    known: Mapping[tuple[str, str, str], str | None]


def waiting(home: Home, contracts: Sequence[Contract]) -> dict[str, frozenset[str]] | None:
    """Names of the landed files of each feed that no night has taken in; None before the first.

    Whoever asks holds the night's lock, shared or alone; so it is for `loaded`.
    """
    if not home.warehouse.exists():
        return None
    with warehouse(home) as con:
        ensure_tables(con, contracts)
        return {c.name: frozenset(f.name for f in pending(con, home, c, FAR)) for c in contracts}


def loaded(home: Home, contracts: Sequence[Contract]) -> Seen:
    """What the rows in raw name, and the states that models put together from events."""
    if not home.warehouse.exists():
        return Seen((), {})
    with warehouse(home, read_only=True) as con:
        return Seen((*_count(con, contracts), *_states(con)), _known(con))


def fresh(
    home: Home,
    contracts: Sequence[Contract],
    names: Mapping[str, frozenset[str]] | None,
    newest: int,
) -> Seen:
    """What the waiting files name (`names`, from `waiting`; None: all that landed).

    newest: how many files of each feed are read, the newest ones.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".discover-", dir=home.root) as folder:
        beside = _Beside(Path(folder), home)
        with warehouse(beside) as con:
            ensure_tables(con, contracts)
            _read_in(con, beside, contracts, names, newest)
            return Seen(tuple(_count(con, contracts)), _known(con))


def unknown(seen: Iterable[Seen]) -> list[Code]:
    """Codes that no list knows, by list and most rows first."""
    every = list(seen)
    known = {key for one in every for key in one.known}
    return [
        code
        for code in _merged(code for one in every for code in one.codes)
        if not any((code.list, scope, code.code) in known for scope in _scopes(code))
    ]


def _read_in(
    con: duckdb.DuckDBPyConnection,
    beside: Home,
    contracts: Sequence[Contract],
    names: Mapping[str, frozenset[str]] | None,
    newest: int,
) -> None:
    """Load what waits. No map is asked: rows of an unknown site or client must be counted too."""
    beside.spool.mkdir()
    for contract in contracts:
        files = landed(beside, contract)
        if contract.system != COMPANY:
            if names is not None:
                files = [file for file in files if file.name in names[contract.name]]
            files = files[-newest:]
            contract = replace(contract, time_zone="UTC", client="unmapped", code_maps=())
        for group in groups(files):
            # A file that cannot be read is told by the night, with its reason.
            with suppress(WarehouseError):
                load_group(
                    con, contract, group, through=FAR, batch_id=0, master=secrets.token_bytes(32),
                    spool_root=beside.spool,
                )  # fmt: skip


def _count(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> list[Code]:
    have = {name for (name,) in con.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw'"
    ).fetchall()}  # fmt: skip
    found = []
    for one in asking(contracts):
        contract = one.contract
        if contract.raw_table not in have:
            continue
        site = "null" if one.list == "sites" or not _has(contract, "site_id") else "site_id"
        code = f"cast({matched_sql(contract, one.column, 't')} as varchar)"
        rows = con.execute(
            f"select coalesce(_instance, {literal(DEFAULT_INSTANCE)}) as instance, {code} as code, "
            f"count(*) as rows_n, min(_event_date) as first_date, max(_event_date) as last_date, "
            f"mode({site})::varchar as site_id from raw.{ident(contract.raw_table)} as t "
            f"where _is_current and {code} is not null group by 1, 2"
        )
        found += [
            Code(
                one.list,
                Scope(contract.system, row.pop("instance")),
                where=f"{contract.name} {one.column}",
                from_hr="employment" in contract.fills,
                **row,
            )
            for row in rows_as_dicts(rows)
        ]
    return found


def _has(contract: Contract, column: str) -> bool:
    return any(c.name == column for c in contract.columns)


def _states(con: duckdb.DuckDBPyConnection) -> list[Code]:
    """States that models put together from events; there are none before the first build."""
    try:
        rows = con.execute(
            "select source_system, activity_code as code, count(*) as rows_n, "
            "min(event_date) as first_date, max(event_date) as last_date "
            "from core.fct_agent_activity where activity = 'unmapped' "
            "and activity_code is not null group by 1, 2"
        )
    except duckdb.CatalogException:
        return []
    found = []
    for row in rows_as_dicts(rows):
        system, _, instance = str(row.pop("source_system")).partition("/")
        scope = Scope(system, instance or DEFAULT_INSTANCE)
        found.append(Code("activity_codes", scope, where="agent states", **row))
    return found


def _merged(counted: Iterable[Code]) -> list[Code]:
    """One entry per list, scope and code; what holds for every system is counted over all."""
    together: dict[tuple[str, str, str], list[Code]] = {}
    for one in counted:
        scope = "" if one.list in FOR_ALL else str(one.scope)
        together.setdefault((one.list, scope, one.code), []).append(one)
    found = []
    for same in together.values():
        most = max(same, key=lambda c: (c.rows_n, c.where))
        dates = [d for c in same for d in (c.first_date, c.last_date) if d]
        found.append(
            replace(
                most,
                rows_n=sum(c.rows_n for c in same),
                first_date=min(dates, default=None),
                last_date=max(dates, default=None),
                from_hr=any(c.from_hr for c in same),
            )
        )
    return sorted(found, key=lambda c: (list(KEYS).index(c.list), -c.rows_n, str(c.scope), c.code))


def _known(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str], str | None]:
    """The codes that the company's lists hold; of an agent's login, whose it is."""
    found: dict[tuple[str, str, str], str | None] = {}
    for list_, key in KEYS.items():
        system = "''" if list_ in FOR_ALL else "system"
        whose = "agent_id" if list_ == "agents" else "null"
        with suppress(duckdb.CatalogException):
            rows = con.execute(
                f"select {system}, {ident(key)}, max({whose}) "
                f"from raw.{ident(f'{COMPANY}__{list_}')} where _is_current group by 1, 2"
            ).fetchall()
            found |= {(list_, str(scope), str(code)): agent for scope, code, agent in rows}
    return found


def _scopes(one: Code) -> tuple[str, ...]:
    """How a list may name the scope of a code: the system as a whole, or the instance."""
    return ("",) if one.list in FOR_ALL else (one.scope.system, str(one.scope))
