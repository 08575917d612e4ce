"""`headset reconcile`: why two variants, or another's figure and ours, are not the same."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.console import format_option, out, parse_date, show, working

if TYPE_CHECKING:
    from metrics.reconcile.variants import Reconciliation

COLUMNS = ("cause", "numerator", "denominator", "value", "effect")


@click.command()
@click.argument("name", metavar="METRIC")
@click.option("--variants", default="", help="Two variants A,B; with --report, the one it uses.")
@click.option("--report", type=click.Path(path_type=Path), help="CSV of another's figures.")
@click.option("--by", default="", help="Dimensions to split by, with commas.")
@click.option(
    "--grain",
    type=click.Choice(["all", "day", "week", "month", "quarter", "year"]),
    default="all",
    show_default=True,
    help="Period of the site's date.",
)
@click.option("--where", multiple=True, help="DIM=VALUE or DIM=VALUE,VALUE; repeatable.")
@click.option("--from", "from_", callback=parse_date, help="First site date.")
@click.option("--to", callback=parse_date, help="Last site date.")
@format_option
def reconcile(
    name: str,
    variants: str,
    report: Path | None,
    by: str,
    grain: str,
    where: tuple[str, ...],
    from_: date | None,
    to: date | None,
    style: str,
) -> None:
    """Explain a difference of METRIC by named causes that add up to it exactly.

    --variants A,B leads from one variant to another. --report FILE.csv leads from ours to the
    figures of another system's report; what no cause explains is shown as unexplained.
    """
    from ground.home import Home
    from metrics.reconcile.report import reconcile_report
    from metrics.reconcile.variants import reconcile as explained

    pair = _words(variants)
    with working(f"{name}") as progress:
        progress("loading the semantic layer")
        home = Home.from_env()
        if report is None:
            found = explained(
                home, name, pair, by=_words(by), grain=grain, where=where, from_=from_, to=to
            )
        else:
            if by or grain != "all":
                raise click.UsageError("a report says by its columns how it is split")
            found = reconcile_report(home, name, report, pair, where=where, from_=from_, to=to)
    rows = _rows(found)
    if style == "table":
        out().print(f"[bold]{found.first.display}[/bold] to [bold]{found.last}[/bold]")
    show(rows, [*found.keys, *COLUMNS], style)
    if style == "table":
        unit = found.first.unit
        out().print(f"[dim]Unit: {unit}. Causes in documented order; effects add up.[/dim]")


def _words(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _rows(found: "Reconciliation") -> list[dict[str, object]]:
    return [
        dict(zip(found.keys, key, strict=True))
        | {
            "cause": step.cause,
            "numerator": _number(step.numerator),
            "denominator": _number(step.denominator),
            "value": _number(step.value),
            "effect": _number(step.effect),
        }
        for key, steps in found.steps.items()
        for step in steps
    ]


def _number(value: Fraction | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)
