"""Lint of the company's lists: metric sets, contracts, rates, goals. One rule, one YAML file.

A rule is SQL over the lists, each a table named as its feed with the columns of its contract,
`_file`, `_line` and `is_in_force`; besides `metrics` (the governed definitions, also with the file
and line of each and the formulas of its parts) and `today`. It
gives rows of client_id, subject, _file, _line, message. The same rules judge files
(`headset lint`) and, at night, what was taken in. Belongs here: running them. Does not: the rules.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from expectations.checks import CheckResult
from ground import built_tables, yaml_lines
from ground.home import Home, dbt_project_dir, sources_dir
from ground.sql import file_literal, ident, literal
from ground.yaml_keys import refuse_unknown
from ingest.contracts.contract import EVERY_MAP, Contract, load_contracts
from ingest.read.landing import landed
from metrics.contracts import reader
from metrics.contracts.contract import MetricContract
from metrics.contracts.reader import Definitions

RULES = Path(__file__).with_name("company_rules")
FINDINGS = "client_id varchar, subject varchar, _file varchar, _line bigint, message varchar"
METRICS = (
    "id varchar, display varchar, name varchar, kind varchar, unit varchar, bound_min double, "
    "bound_max double, minimum_sample integer, permitted_use varchar, numerator varchar, "
    "denominator varchar, rests_on varchar, direction varchar, numerator_formula varchar, "
    "denominator_formula varchar, _file varchar, _line bigint"
)


@dataclass(frozen=True)
class Rule:
    """One rule. `trips` and `clean`: rows by feed, of which it finds something and nothing."""

    id: str
    severity: str
    title: str
    reason: str
    source: str
    advice: str
    sql: str
    trips: Mapping[str, Sequence[Mapping[str, Any]]]
    clean: Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Found:
    """What a rule found: whose, in which row, and what to write instead."""

    rule: str
    severity: str
    client_id: str | None
    subject: str
    file: str
    line: int
    message: str


@lru_cache
def rules() -> tuple[Rule, ...]:
    """All rules, by id."""
    return tuple(sorted((read_rule(path) for path in RULES.glob("*.yml")), key=lambda r: r.id))


def read_rule(path: Path) -> Rule:
    """One rule as its file has it. Raises ValueError naming file and key when it has others."""
    body = yaml_lines.read(path).data
    refuse_unknown(body, tuple(Rule.__dataclass_fields__), path.name)
    return Rule(**body)


def company_contracts() -> tuple[Contract, ...]:
    """The contracts of the company's own lists."""
    return tuple(c for c in load_contracts(sources_dir(), []) if c.system == EVERY_MAP)


def of_files(home: Home, definitions: Definitions, today: dt.date) -> list[Found]:
    """Findings on the newest landed file of each list, waived ones left out."""
    with duckdb.connect() as con:
        for contract in company_contracts():
            _make(con, contract)
            files = landed(home, contract)
            newest = files[-1:] if contract.delivery == "full" else files
            for file in newest:
                _read(con, contract, file.path)
        _finish(con, definitions, today)
        return run(con)


def of_rows(
    tables: Mapping[str, Sequence[Mapping[str, Any]]], today: dt.date, rule: Rule
) -> list[Found]:
    """Findings of one rule on given rows, as its examples have them."""
    with duckdb.connect() as con:
        for contract in company_contracts():
            _make(con, contract)
        con.execute(f"create table metrics ({METRICS})")
        for table, rows in tables.items():
            for number, row in enumerate(rows, 2):
                full = {**row, "_file": f"{table}.csv", "_line": number}
                names = ", ".join(ident(name) for name in full)
                marks = ", ".join("?" * len(full))
                con.execute(
                    f"insert into {ident(table)} ({names}) values ({marks})", list(full.values())
                )
        _finish(con, None, today)
        return run(con, [rule])


def of_warehouse(home: Home, *, batch_id: int) -> list[CheckResult]:
    """Each rule as a check of the audit; an error holds back the client concerned alone.

    What is in force is judged by the batch's own date, so that a night run again says the same.
    """
    definitions, _ = reader.read(dbt_project_dir() / "models" / "metrics")
    with duckdb.connect() as con:
        built_tables.attach(con, home, "house")
        batch = con.execute(
            "select through_date from house.ledger.batch where batch_id = ?", [batch_id]
        ).fetchone()
        today = batch[0] if batch else dt.date.today()
        there = {
            row[0]
            for row in con.execute(
                "select table_name from information_schema.tables "
                "where table_catalog = 'house' and table_schema = 'raw'"
            ).fetchall()
        }
        for contract in company_contracts():
            _make(con, contract)
            if contract.raw_table not in there:
                continue
            names = ", ".join(f"t.{ident(column.name)}" for column in contract.columns)
            con.execute(
                f"insert into {ident(contract.feed)} by name select {names}, f.file_name as _file, "
                f"t._row_number + 1 as _line from house.raw.{ident(contract.raw_table)} as t "
                f"join house.ledger.file as f on f.file_id = t._file_id where t._is_current"
            )
        _finish(con, definitions, today)
        found = run(con)
    return [_check(rule, [one for one in found if one.rule == rule.id]) for rule in rules()]


def run(con: duckdb.DuckDBPyConnection, wanted: Iterable[Rule] | None = None) -> list[Found]:
    """Run rules on prepared tables. A waiver in force hides what it names, with reason and end."""
    found = []
    for rule in wanted or rules():
        con.execute(f"create or replace temp table finding ({FINDINGS})")
        con.execute(f"insert into finding by name {rule.sql}")
        rows = con.execute(
            "select client_id, subject, _file, _line, message from finding as f "
            "where not exists (select 1 from rule_waivers as w where w.rule = ? "
            "and w.client_id in ('all', coalesce(f.client_id, 'all')) "
            "and w.subject in ('all', f.subject) and length(trim(w.reason)) > 0 "
            "and w.valid_from <= (select day from today) "
            "and w.valid_to > (select day from today)) order by _file, _line, message",
            [rule.id],
        ).fetchall()
        found += [Found(rule.id, rule.severity, *row) for row in rows]
    return found


def _make(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    columns = ", ".join(f"{ident(c.name)} {c.sql_type}" for c in contract.columns)
    con.execute(
        f"create table {ident(contract.feed)} "
        f"({columns}, _file varchar, _line bigint, is_in_force boolean)"
    )


def _read(con: duckdb.DuckDBPyConnection, contract: Contract, path: Path) -> None:
    source = (
        f"read_csv({file_literal(path)}, header = true, all_varchar = true, parallel = false, "
        f"delim = {literal(contract.delimiter)}, quote = {literal(contract.quote)})"
    )
    have = {row[0] for row in con.execute(f"describe select * from {source}").fetchall()}
    columns = ", ".join(
        f"try_cast(nullif(trim({ident(c.name)}), '') as {c.sql_type}) as {ident(c.name)}"
        for c in contract.columns
        if c.name in have
    )
    con.execute(
        f"insert into {ident(contract.feed)} by name "
        f"select {columns}, {literal(str(path))} as _file, "
        f"row_number() over () + 1 as _line from {source}"
    )


def _finish(
    con: duckdb.DuckDBPyConnection, definitions: Definitions | None, today: dt.date
) -> None:
    con.execute(f"create table if not exists metrics ({METRICS})")
    con.execute(f"create table today as select date {literal(str(today))} as day")
    facts = _facts(definitions) if definitions else {}
    formulas = _formulas(definitions) if definitions else {}
    paths = {file.path.name: str(file.path) for file in definitions.files} if definitions else {}
    for metric in definitions.metrics if definitions else ():
        low, high = metric.bounds
        con.execute(
            f"insert into metrics values ({', '.join('?' * 17)})",
            [metric.id, metric.display, metric.name, metric.kind, metric.unit, low, high,
             metric.minimum_sample, metric.permitted_use, metric.numerator, metric.denominator,
             _fact(metric, facts), metric.direction, formulas.get(metric.numerator or ""),
             formulas.get(metric.denominator or ""), paths.get(metric.file, metric.file),
             metric.line],
        )  # fmt: skip
    for contract in company_contracts():
        names = {column.name for column in contract.columns}
        if {"valid_from", "valid_to"} <= names:
            con.execute(
                f"update {ident(contract.feed)} set is_in_force = "
                f"coalesce(valid_to, date '9999-12-31') > (select day from today)"
            )


def _facts(definitions: Definitions) -> dict[str, str]:
    """The fact of each part that is a plain sum."""
    return {
        measure["name"]: str(model["model"]).removeprefix("ref('").removesuffix("')")
        for file in definitions.files
        for model in (file.data or {}).get("semantic_models") or ()
        for measure in model.get("measures") or ()
        if measure.get("agg") == "sum"
    }


def _formulas(definitions: Definitions) -> dict[str, str]:
    """How each part is computed, in the words of its file: a wrong formula shows there."""
    return {
        measure["name"]: f"{measure.get('agg')}({measure.get('expr') or measure['name']})"
        for file in definitions.files
        for model in (file.data or {}).get("semantic_models") or ()
        for measure in model.get("measures") or ()
    }


def _fact(metric: MetricContract, facts: Mapping[str, str]) -> str | None:
    """The one fact that a metric sums; None when it needs two, or is no ratio or count of sums."""
    parts = [part for part in (metric.numerator, metric.denominator) if part]
    found = {facts.get(part) for part in parts}
    return found.pop() if metric.kind in ("ratio", "count") and len(found) == 1 else None


def _check(rule: Rule, found: Sequence[Found]) -> CheckResult:
    clients = tuple(sorted({c for one in found if (c := one.client_id) and c != "all"}))
    return CheckResult(
        check_id=f"company.{rule.id}",
        subject="company lists",
        tool="ledger",
        severity="block" if rule.severity == "error" and clients else "warn",
        radius="client",
        reason=f"{rule.title}: {rule.reason} See docs/advice/{rule.id}.md.",
        status="fail" if found else "pass",
        failing_n=len(found),
        clients=clients,
        sample=tuple(
            {"line": one.line, "file": one.file, "what": one.message} for one in found[:5]
        ),
    )


def advice(rule: Rule) -> str:
    """The page docs/advice/<rule>.md."""
    severity = "refused" if rule.severity == "error" else "warned"
    return (
        f"# {rule.title}\n\n`{rule.id}` ({severity})\n\n**Why.** {rule.reason}\n"
        f"Source: {rule.source}.\n\n**What to do.** {rule.advice}\n\n"
        "If it is right here, waive it in `landing/company/rule_waivers_<date>.csv`, with a reason "
        "and an end date.\nA row that trips the rule and one that does not stand beside it in "
        f"`expectations/company_rules/{rule.id}.yml`.\n"
    )
