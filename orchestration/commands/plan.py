"""`headset plan`: what the next night would rebuild."""

import json
from datetime import UTC, date, datetime

import click

from orchestration.console import format_option, out, parse_date, show, table, working


@click.command()
@click.option("--date", "day", callback=parse_date, help="Extract date. Default: today (UTC).")
@format_option
def plan(day: date | None, style: str) -> None:
    """What the next night would rebuild, from when, and what it cannot because raw is gone."""
    from ground.home import Home
    from orchestration.dbt import runner
    from orchestration.run.foresight import foresee

    home = Home.from_env()
    if not home.warehouse.exists():
        raise click.ClickException("nothing has landed yet: the first night builds everything")
    with working("Reading the project") as progress:
        runner.prepare(home, progress)
    now = foresee(home, day or datetime.now(UTC).date())
    if style == "json":
        click.echo(json.dumps(now.as_json(), indent=1, default=str))
        return
    if style == "csv":
        show(now.redefined, ["model", "kind", "because"], style)
        return
    console = out()
    if now.why is None:
        console.print("Nothing new, nothing changed: the next night would build nothing.")
        return
    console.print(
        f"The next night would build, because {now.why}: {len(now.redefined)} models whole, "
        f"{now.moved_n} tables by dates; {now.kept_n} tables stay."
    )
    if now.waiting:
        console.print(table(now.waiting, ["feed", "files_n"], "Waiting"))
    if now.redefined:
        console.print(table(now.redefined, ["model", "kind", "because"], "Built whole"))
    if now.partly:
        console.print(table(now.partly, ["model", "from", "by_dates"], "Raw begins later"))
        console.print(
            "Older months stay as they were built where by_dates is yes; where it is no, they go."
        )
