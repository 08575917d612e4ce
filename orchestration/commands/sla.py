"""`headset sla`: a client's monthly statement, what it would be by other terms, and issuing it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import click

from orchestration.console import err, format_option, out, parse_date, show

COLUMNS = (
    "contract_id", "line_id", "clause", "metric", "definition_version", "numerator", "denominator",
    "stated_value", "required_value", "is_attained", "left_out", "points", "base_amount", "amount",
    "currency", "amount_group",
)  # fmt: skip
SHOWN = ("line", "counted", "value", "required", "kept", "points", "amount")
TRIED = ("line", "required", "value", "kept", "kept what-if", "amount", "what-if")
ALSO_FOUND = ("contact_id", "site_id", "contract_date")
REASONS = {
    "outage_n": "outages", "holiday_n": "holidays", "volume_above_band_n": "volume above band",
    "too_few_n": "in periods with too few, or unknown",
}  # fmt: skip


@click.command()
@click.option("--client", "client_id", required=True, help="Client.")
@click.option("--month", required=True, help="Month, as 2026-10.")
@click.option("--what-if", "changes", multiple=True, help="CLAUSE.FIELD=VALUE; repeatable.")
@click.option("--line", help="Show the contacts behind this line, and the query that gives them.")
@click.option("--issue", is_flag=True, help="Issue it: the lines are kept as they are, for good.")
@click.option("--on", callback=parse_date, help="Date of issue; today when not given.")
@format_option
def sla(
    client_id: str,
    month: str,
    changes: tuple[str, ...],
    line: str | None,
    issue: bool,
    on: date | None,
    style: str,
) -> None:
    """The monthly statement of a client, from what is published."""
    from ground.home import Home
    from statements import statement
    from statements.drill import drill

    home, first = Home.from_env(), _month(month)
    if issue:
        for path in statement.issue(home, client_id, first, on or date.today()):
            out().print(f"Issued: {path.name}. The next night takes it in.", soft_wrap=True)
        return
    if changes:
        rows = statement.what_if(home, client_id, first, changes)
        if style != "table":
            names = [name for name in rows[0] if name != "contract_id"] if rows else []
            show([_plain(row) for row in rows], names, style)
        else:
            show([_page(row) for row in rows], TRIED, style)
            before, after = (sum(row[name] for row in rows) for name in ("amount", "what_if"))
            out().print(f"Total {before:,.2f} as agreed, {after:,.2f} with {', '.join(changes)}.")
        return
    if line:
        found = drill(home, client_id, first, line)
        err().print(found.sql, markup=False, soft_wrap=True)
        names = list(found.rows[0]) if found.rows else []
        if style == "table":
            names = [name for name in names if name not in ALSO_FOUND or name == names[0]]
        show([dict(row) for row in found.rows], names, style)
        if style == "table":
            out().print(
                f"In all: {found.numerator:g} of {found.denominator:g}, left out not counted."
            )
        return
    read = statement.read(home, client_id, first)
    rows = [_told(row, read.clause_names) for row in read.lines]
    if style != "table":
        show(rows, COLUMNS, style)
        return
    _print(read, rows)


def _month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is no month; write 2026-10", param_hint="--month"
        ) from error


def _print(read: Any, rows: list[dict[str, Any]]) -> None:
    console = out()
    if read.issued_at:
        state = f"issued {read.issued_at:%Y-%m-%d %H:%M} UTC"
    else:
        state = "not issued" if read.is_closed else "provisional: the month is not over"
    console.print(f"[bold]{read.client_id}[/bold], {read.month:%B %Y} ({state})")
    for contract in sorted({row["contract_id"] for row in rows}):
        mine = [row for row in rows if row["contract_id"] == contract]
        console.print(f"\nContract {contract}, {mine[0]['currency']}")
        show([_page(row) for row in mine], SHOWN, "table")
        open_n = sum(row["amount"] is None for row in mine)
        total = sum(row["amount"] for row in mine if row["amount"] is not None)
        waits = f", {open_n} lines not known yet" if open_n else ""
        console.print(f"Total {total:,.2f} {mine[0]['currency']}{waits}")
        for row in mine:
            kept = read.periods_kept.get(row["line_id"])
            left_out = f"left out: {row['left_out']}" if row["left_out"] else None
            if notes := "; ".join(note for note in (kept, left_out) if note):
                console.print(f"[dim]{row['line_id']}[/dim] {notes}")
    names = "; ".join(f"{clause}: {name}" for clause, name in read.clause_names.items())
    console.print(f"[dim]{names}.[/dim]")
    console.print(
        f"[dim]Snapshot {read.snapshot_id}. --line LINE shows the contacts behind one.[/dim]"
    )


def _told(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    left_out = [f"{float(row[name]):,g} {why}" for name, why in REASONS.items() if row[name]]
    told = _plain(row)
    told["clause"] = names.get(str(row["clause_id"]), "")
    if row["line_kind"] == "clause" and not row["denominator"] and not left_out:
        left_out = ["nothing to assess"]
    told["left_out"] = ", ".join(left_out)
    return told


def _page(row: Mapping[str, Any]) -> dict[str, Any]:
    """A line as it fits a page: what was counted as one text."""
    plain, clause = _plain(row), row["line_kind"] == "clause"
    counted = [_count(plain[name]) for name in ("numerator", "denominator") if plain.get(name)]
    if clause and plain.get("denominator"):
        counted = [f"{_count(plain['numerator'] or 0)} of {_count(plain['denominator'])}"]
    return {
        "line": plain["line_id"],
        "counted": " ".join(counted),
        "value": _figure(plain.get("stated_value")),
        "required": _figure(plain.get("required_value")) if clause else None,
        "kept": plain.get("is_attained"),
        "kept what-if": plain.get("what_if_attained"),
        "points": None if plain.get("points") is None else f"{plain['points']:g}",
        "amount": _money(plain.get("amount")),
        "what-if": _money(plain.get("what_if")),
    }


def _count(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _figure(value: float | None) -> str | None:
    return None if value is None else f"{value:,.4g}"


def _money(value: Any) -> str:
    return "not known yet" if value is None else f"{value:,.2f}"


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as a person writes them: no trailing zeros of a decimal, money with its cents."""
    whole = ("numerator", "denominator", "points", "required_value")
    plain = dict(row)
    for name in whole:
        if plain.get(name) is not None:
            plain[name] = float(plain[name])
    if plain.get("stated_value") is not None:
        plain["stated_value"] = round(float(plain["stated_value"]), 6)
    return plain
