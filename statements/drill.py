"""The contacts, visits, surveys, cases or evaluations behind a line of a statement.

Belongs here: the query from a clause's line down to the rows it counts. Does not: the statement.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ground.home import Home
from ground.sql import ident, literal
from metrics.contracts.contract import from_json
from statements import statement
from statements.engine import StatementError


@dataclass(frozen=True)
class _Behind:
    """How a fact falls into the cells of clauses, as sla_cell and int_sla_event_cell cut them."""

    shown: tuple[str, ...]
    instant: str = "half_hour_start_utc"
    queue: str = "'none'"
    line: str = "line_of_business"


_BEHIND = {
    "fct_contact_leg": _Behind(("leg_id", "contact_id", "outcome", "wait_s"), queue="queue_id"),
    "fct_contact": _Behind(("contact_id", "outcome", "wait_s")),
    "fct_survey": _Behind(
        ("survey_id", "contact_id", "score"),
        "coalesce(responded_at_utc, cast(event_date as timestamp))",
    ),
    "fct_case": _Behind(("case_id", "first_reply_s", "resolution_s"), "opened_at_utc"),
    "fct_evaluation": _Behind(
        ("evaluation_id", "contact_id", "score_pct"), "evaluated_at_utc", line="'all'"
    ),
}


@dataclass(frozen=True)
class Drill:
    """How a line came about: the query down to contacts, its rows, and their sums."""

    sql: str
    rows: tuple[Mapping[str, Any], ...]
    numerator: float
    denominator: float


def drill(home: Home, client_id: str, month: dt.date, line_id: str, limit: int = 20) -> Drill:
    """The contacts, visits, surveys, cases or evaluations behind a clause line, and those left out.

    The sums over rows that count equal the numerator and denominator that the rows of today give:
    the line's own until it is issued. Raises StatementError for a line without a metric.
    """
    lines = statement.read(home, client_id, month).lines
    line = next((line for line in lines if line["line_id"] == line_id), None)
    if line is None or not line["metric"]:
        having = [str(line["line_id"]) for line in lines if line["metric"]]
        raise StatementError(
            f"no line {line_id!r} rests on contacts; these do: {', '.join(having)}"
        )
    with statement.published(home) as (con, folder):
        sql = _drill_sql(folder, line)
        sums = con.execute(
            f"select coalesce(sum(in_numerator), 0), coalesce(sum(in_denominator), 0) from ({sql}) "
            f"where exclusion is null"
        ).fetchone()
        rows = statement.rows_of(con, f"{sql} limit {int(limit)}", [])
    assert sums is not None
    return Drill(sql, rows, float(sums[0]), float(sums[1]))


def _drill_sql(folder: Path, line: Mapping[str, Any]) -> str:
    semantic = json.loads((folder / "semantic_manifest.json").read_text(encoding="utf-8"))
    tables = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["tables"]
    metric = next(m for m in semantic["metrics"] if m["name"] == line["metric"])
    params = metric["type_params"]
    parts = [params[part]["name"] for part in ("numerator", "denominator")]
    model = next(
        m
        for m in semantic["semantic_models"]
        if set(parts) <= {measure["name"] for measure in m["measures"]}
    )
    exprs: dict[str, str] = {
        measure["name"]: measure["expr"] or measure["name"] for measure in model["measures"]
    }
    known = _known(folder, str(line["metric"]), exprs)
    fact = model["node_relation"]["alias"]
    published = next(
        name for name, table in tables.items() if str(table["model"]).rsplit(".", 1)[-1] == fact
    )
    behind = _BEHIND[fact]
    return (
        f"with cell as (select * from client.sla_half_hour "
        f"where contract_id = {literal(line['contract_id'])} "
        f"and clause_id = {literal(line['clause_id'])} "
        f"and clause_valid_from = date {literal(str(line['clause_valid_from']))} "
        f"and month_start_date = date {literal(str(line['statement_month']))}), "
        f"fact as (select *, {behind.queue} as cell_queue_id, {behind.line} as cell_line, "
        f"{behind.instant} as cell_instant, {exprs[parts[0]]} as in_numerator, "
        f"{exprs[parts[1]]} as in_denominator from {ident(*published.split('.'))} where {known}) "
        f"select {''.join(f'fact.{name}, ' for name in behind.shown)}fact.site_id, "
        f"cell.contract_date, fact.cell_instant as counted_at_utc, coalesce(cell.exclusion, "
        f"case when not period.is_assessed then 'too_few' end) as exclusion, fact.in_numerator, "
        f"fact.in_denominator from fact inner join cell on fact.client_id = cell.client_id "
        f"and fact.site_id = cell.site_id and fact.cell_line = cell.line_of_business "
        f"and fact.cell_queue_id = cell.queue_id "
        f"and fact.cell_instant >= cell.half_hour_start_utc "
        f"and fact.cell_instant < cell.half_hour_start_utc + interval 30 minute "
        f"inner join client.sla_period as period using (contract_id, clause_id, clause_valid_from) "
        f"where period.period_start = case period.period "
        f"when 'interval' then cell.half_hour_start_utc "
        f"when 'day' then cast(cell.contract_date as timestamp) "
        f"else cast(cell.month_start_date as timestamp) end "
        f"and (fact.in_numerator <> 0 or fact.in_denominator <> 0) "
        f"order by fact.cell_instant, fact.{behind.shown[0]}"
    )


def _known(folder: Path, metric: str, exprs: Mapping[str, str]) -> str:
    """The rows that count: those of which every part is known that the metric needs."""
    contracts = from_json((folder / "metrics.json").read_text(encoding="utf-8"))
    needs = next((one.needs for one in contracts if one.id == metric), None)
    if needs is None or not needs.least or needs.of not in exprs:
        return "true"
    return f"({exprs[needs.of]}) = ({exprs[needs.known]})"
