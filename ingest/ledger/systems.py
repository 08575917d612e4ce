"""Which systems a home has loaded, against which ones its configuration names.

A night that is told of fewer systems than before would publish a centre without them. Belongs
here: finding that out, and taking a system out on purpose. Does not: the list itself (`ground`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from ground.home import Home
from ground.systems import COMPANY, Scope, enabled_systems, parse, record
from ingest.errors import IngestError
from ingest.ledger.home_checks import refuse_empty_landing, refuse_other_key
from ingest.ledger.ledger import warehouse

_LOADED = """
select f.system, f.instance, count(*) as files_n, sum(f.loaded_n)::bigint as rows_n
from ledger.file as f
left join ledger.system_removed as r on r.system = f.system and r.instance = f.instance
where f.system <> ? and f.loaded_n > 0 and r.system is null
group by all order by all
"""


class SystemsMissingError(IngestError):
    """The configuration lacks a system that the home has loaded; the message says how to go on."""


@dataclass(frozen=True)
class Loaded:
    """What a home holds of one instance of a system."""

    scope: Scope
    files_n: int
    rows_n: int


def loaded(con: duckdb.DuckDBPyConnection) -> list[Loaded]:
    """The instances whose rows count, but for those taken out on purpose."""
    rows = con.execute(_LOADED, [COMPANY]).fetchall()
    found = [Loaded(Scope(system, instance), n, rows_n) for system, instance, n, rows_n in rows]
    return sorted(found, key=lambda one: str(one.scope))


def settle(home: Home, enabled: Sequence[str]) -> None:
    """Refuse a configuration without a loaded system; else write the configuration down.

    Raises SystemsMissingError when one is missing, or none is named at all.
    """
    if not enabled:
        raise SystemsMissingError(
            f"{home.root} has no systems yet: name them in [systems] of headset.toml or "
            f"in HEADSET_SYSTEMS (zendesk,connect), or drop their files under {home.landing}"
        )
    if home.warehouse.exists():
        with warehouse(home) as con:
            _refuse_missing(con, home, enabled)
            refuse_empty_landing(con, home)
            refuse_other_key(con, home)
            con.executemany(
                "delete from ledger.system_removed where system = ? and instance = ?",
                [[scope.system, scope.instance] for scope in map(parse, enabled)],
            )
    record(home, enabled)


def _refuse_missing(con: duckdb.DuckDBPyConnection, home: Home, enabled: Sequence[str]) -> None:
    named = {parse(scope) for scope in enabled}
    missing = [one for one in loaded(con) if one.scope not in named]
    if missing:
        told = ", ".join(f"{one.scope} ({one.rows_n:,} rows)" for one in missing)
        again = ",".join([*enabled, *(str(one.scope) for one in missing)])
        raise SystemsMissingError(
            f"{home.root} has loaded {told}, which the configuration ({','.join(enabled)}) does "
            f"not name: enable it again ([systems] of headset.toml, or "
            f"HEADSET_SYSTEMS={again}), or take out what has gone for good with "
            f"`headset system remove {missing[0].scope}`"
        )


def remove(home: Home, name: str) -> Loaded:
    """Take an instance out: the next night builds without it. Its rows stay in raw and landing.

    Raises SystemsMissingError when the home has loaded no such instance.
    """
    scope = parse(name)
    with warehouse(home) as con:
        found = {one.scope: one for one in loaded(con)}
        if scope not in found:
            have = ", ".join(str(one) for one in found) or "none"
            raise SystemsMissingError(f"{home.root} has loaded no {scope}; it has: {have}")
        con.execute(
            "insert into ledger.system_removed values (?, ?, now()::timestamp)",
            [scope.system, scope.instance],
        )
    record(home, [one for one in enabled_systems(home) if parse(one) != scope])
    return found[scope]
