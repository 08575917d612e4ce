"""`headset metric` and `headset metrics`: numbers from what is published, and what they mean."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click
from rich.padding import Padding

from orchestration.console import err, format_option, out, parse_date, show, working

if TYPE_CHECKING:
    from metrics.contracts.contract import MetricContract


class Questions(click.Group):
    """`headset metric NAME` asks; `headset metric new` drafts one."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """What is no command is the name of a metric."""
        return super().get_command(ctx, cmd_name) or self.commands["ask"]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The name of a metric is an argument, not a command."""
        first = args[0] if args else ""
        return super().resolve_command(ctx, args if first in self.commands else ["ask", *args])


@click.group(cls=Questions, context_settings={"ignore_unknown_options": True}, no_args_is_help=True)
def metric() -> None:
    """Values of a metric: `headset metric NAME --by DIM` (`headset metric ask -h` has the options).

    NAME is a dotted name (service_level.answered_of_offered) or a family (service_level).
    """


@metric.command()
@click.argument("name")
@click.option("--like", required=True, help="The packaged metric that it begins as a copy of.")
def new(name: str, like: str) -> None:
    """Draft a metric of your own in metrics/, as a copy of a packaged one."""
    import os

    from ground.centre import CentreError
    from ground.home import dbt_project_dir
    from metrics.contracts import reader
    from orchestration.own_centre import own_folder
    from orchestration.own_files import new_metric

    folder = own_folder()
    if folder is None:
        raise CentreError("a metric of your own belongs to a centre: `headset init NAME`")
    definitions, _ = reader.read(dbt_project_dir() / "models" / "metrics")
    path = new_metric(folder, os.environ["HEADSET_CENTRE_NAME"], name, like, definitions)
    out().print(f"written: {path}", soft_wrap=True)
    out().print("Next: change it, then `headset lint --agree`.")


@metric.command()
@click.argument("name")
@click.option("--by", default="", help="Dimensions to split by, with commas.")
@click.option(
    "--grain",
    type=click.Choice(["all", "day", "week", "month", "quarter", "year"]),
    default="all",
    show_default=True,
    help="Period of the site's date.",
)
@click.option("--where", "where", multiple=True, help="DIM=VALUE or DIM=VALUE,VALUE; repeatable.")
@click.option("--from", "from_", callback=parse_date, help="First site date.")
@click.option("--to", callback=parse_date, help="Last site date.")
@click.option("--as-published", help="A snapshot's id or a date: the answer given then.")
@click.option("--explain", is_flag=True, help="Also print contract and SQL, on stderr.")
@format_option
def ask(
    name: str,
    by: str,
    grain: str,
    where: tuple[str, ...],
    from_: date | None,
    to: date | None,
    as_published: str | None,
    explain: bool,
    style: str,
) -> None:
    """Values of the metric NAME over what is published.

    NAME is a dotted name (service_level.answered_of_offered) or a family (service_level).
    """
    from ground.home import Home
    from metrics.question.query import query

    with working(f"{name}") as progress:
        progress("loading the semantic layer")
        answer = query(
            Home.from_env(),
            name,
            by=[part.strip() for part in by.split(",") if part.strip()],
            grain=grain,
            where=where,
            from_=from_,
            to=to,
            as_published=as_published,
            explain=explain,
        )
    if answer.sql:
        err().print(_contract(answer.contract), markup=False)
        err().print(answer.sql, markup=False)
    if style != "table":
        show(answer.rows, answer.columns, style)
        return
    contract = answer.contract
    out().print(f"[bold]{answer.metric}[/bold] version {contract.version}: {contract.meaning}")
    unsaid = {"metric", "version"}
    if not any(row["blank_reason"] for row in answer.rows):
        unsaid.add("blank_reason")
    shown = [name for name in answer.columns if name not in unsaid]
    show(answer.rows, shown, style)
    out().print(f"[dim]Unit: {contract.unit}. Snapshot {answer.snapshot_id}.[/dim]")


def _contract(contract: "MetricContract") -> str:
    """The contract to read: what is counted, when it is empty, what it may be used for."""
    shown = (
        "display", "version", "meaning", "numerator", "denominator", "grain",
        "interval_convention", "null_rule", "unit", "direction", "minimum_sample",
        "smallest_group", "permitted_use", "counter_metric", "not_to_confuse_with", "source",
        "final_after_days", "needs",
    )  # fmt: skip
    lines = [f"{name.replace('_', ' ')}: {getattr(contract, name)}" for name in shown]
    return "\n".join([*lines, ""])


@click.command()
@format_option
def metrics(style: str) -> None:
    """The dictionary: every published metric, its version and meaning."""
    from ground.home import Home
    from metrics.question.query import metrics as dictionary

    rows = [
        {
            "metric": c.display,
            "default": c.default,
            "version": c.version,
            "unit": c.unit,
            "grain": c.grain,
            "meaning": c.meaning,
        }
        for c in dictionary(Home.from_env())
    ]
    if style == "table":
        _page(rows)
    else:
        show(rows, ["metric", "default", "version", "unit", "grain", "meaning"], style)


def _page(rows: list[dict[str, Any]]) -> None:
    """By family, the default first, each with its meaning on a line of its own."""
    console, family = out(), ""
    for row in sorted(rows, key=lambda r: (_family(r), not r["default"], r["metric"])):
        if _family(row) != family:
            family = _family(row)
            console.print(f"\n[bold]{family}[/bold]")
        name = row["metric"].removeprefix(f"{family}.")
        mark = " [green](default)[/green]" if row["default"] else ""
        unit = f"[dim]{row['unit']}, per {row['grain']}, version {row['version']}[/dim]"
        console.print(f"  {name}{mark}  {unit}")
        console.print(Padding(row["meaning"], (0, 0, 0, 6)))
    console.print("\n[dim]`headset metric NAME` asks one; a family alone asks its default.[/dim]")


def _family(row: dict[str, Any]) -> str:
    return str(row["metric"]).split(".", 1)[0]
