"""Recompute statements from what is published, by other terms: the engine's own models, again.

Belongs here: rendering the SQL models of the engine (`RULES`, in order) on a snapshot's tables.
There is no second engine: the text is that of `dbt_project`, rendered for DuckDB without dbt.
"""

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from ground import dbt_macros
from ground.home import dbt_project_dir
from ground.sql import ident, literal
from publish.errors import PublishError

# Model: folder, in the order in which they stand on each other.
RULES = {
    "sla_period": "marts/client",
    "int_sla_clause_values": "intermediate",
    "sla_clause_month": "marts/client",
    "int_sla_lines": "intermediate",
}
# What they stand on, by the name it is published under.
TERMS = {
    "sla_half_hour": "client.sla_half_hour",
    "contract_fee_day": "client.contract_fee_day",
    "dim_contract": "client.contract",
    "dim_contract_clause": "client.contract_clause",
    "dim_clause_step": "client.clause_step",
}
CHANGEABLE = (
    "threshold", "required_share", "minimum_n", "period", "weighting", "consequence_value",
    "cap_rate", "bonus_threshold", "bonus_rate",
)  # fmt: skip
_MACROS = ("portable/instants.sql", "conform.sql", "sums.sql", "sla.sql", "sla_lines.sql")
_CHANGE = re.compile(r"(?P<clause>[^.=]+)\.(?P<field>\w+)=(?P<value>[\w.]+)")


class StatementError(PublishError):
    """A statement that cannot be shown; the message says what to ask instead."""


def parse_change(text: str) -> tuple[str, str, str]:
    """`SL.threshold=0.85` as (clause, field, value). Raises StatementError saying what may."""
    found = _CHANGE.fullmatch(text.strip())
    if found is None:
        raise StatementError(f"{text!r} is not CLAUSE.FIELD=VALUE, such as SL.threshold=0.85")
    if found["field"] not in CHANGEABLE:
        raise StatementError(
            f"{found['field']!r} cannot be changed in a what-if; these can: {', '.join(CHANGEABLE)}"
        )
    return found["clause"], found["field"], found["value"]


def compute(
    con: duckdb.DuckDBPyConnection,
    client_id: str,
    changes: Mapping[tuple[str, str], str] | None = None,
) -> None:
    """Make the temp views of the engine for one client, `int_sla_lines` last.

    changes: (clause_id, field) to value; they hold for every version of the clause.
    con: a connection on a snapshot's serve.duckdb.
    """
    wanted = changes or {}
    for model, table in TERMS.items():
        view, source = ident(model), ident(*table.split("."))
        if model == "dim_contract_clause" and wanted:
            source = f"(select * replace ({_replaced(con, wanted)}) from {source})"
        if model == "sla_half_hour" and "unknown_n" not in _columns(con, table):
            # A snapshot from before parts could be unknown: all of them are known there.
            source = f"(select *, cast(0 as decimal(18, 6)) as unknown_n from {source})"
        where = _where(con, model, client_id)
        con.execute(f"create or replace temp view {view} as select * from {source} as t {where}")
    for model, folder in RULES.items():
        sql = _render(dbt_project_dir() / "models" / folder / f"{model}.sql")
        con.execute(f"create or replace temp table {ident(model)} as {sql}")


def _where(con: duckdb.DuckDBPyConnection, model: str, client_id: str) -> str:
    if model != "dim_clause_step":
        return f"where client_id = {literal(client_id)}"
    return "where contract_id in (select contract_id from dim_contract)"


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    source = ident(*table.split("."))
    return {str(row[0]) for row in con.execute(f"describe select * from {source}").fetchall()}


def _replaced(con: duckdb.DuckDBPyConnection, changes: Mapping[tuple[str, str], str]) -> str:
    types = {
        row[0]: row[1]
        for row in con.execute("describe select * from client.contract_clause").fetchall()
    }
    fields: dict[str, str] = {}
    for (clause, name), value in changes.items():
        kept = fields.get(name, ident(name))
        new = f"cast({literal(value)} as {types[name]})"
        fields[name] = f"case when clause_id = {literal(clause)} then {new} else {kept} end"
    return ", ".join(f"{expression} as {ident(name)}" for name, expression in fields.items())


def _no_contracts() -> list[Any]:
    """A rule that asks for definitions cannot be computed here; none is no answer."""
    raise StatementError("a rule of statements looks up metric contracts, which needs dbt")


@functools.lru_cache(maxsize=16)
def _render(path: Path) -> str:
    macros = dbt_project_dir() / "macros"
    environment, _ = dbt_macros.environment(
        "\n".join((macros / name).read_text(encoding="utf-8") for name in _MACROS)
    )
    # A statement is computed whole, from what is published; definitions are not looked up.
    environment.globals.update(
        config=lambda **_: "", only_touched=lambda _column: "true", metric_contracts=_no_contracts
    )
    template = environment.from_string(path.read_text(encoding="utf-8"))
    return template.render(ref=lambda name: ident(name))
