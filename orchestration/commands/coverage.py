"""`headset coverage`: which feeds, metrics and pages are alive, and which file would light more."""

import json

import click

from orchestration.console import format_option, out, show, table, working

FEEDS = ["feed", "rows_n", "since", "until", "missing_days_n", "from", "would_fill"]
METRICS = ["metric", "lacks"]
PAGES = ["page", "charts_n", "dark_n", "empty_tables"]


@click.command()
@format_option
def coverage(style: str) -> None:
    """Which feeds have rows since when, which metrics and pages are alive, and what is missing.

    csv gives the feeds alone.
    """
    from bi.definitions import definitions
    from ground.home import Home, sources_dir
    from ground.systems import enabled_systems, every_system
    from ingest.contracts.contract import load_contracts
    from orchestration.dbt import runner
    from orchestration.run import coverage as found

    home = Home.from_env()
    with working("Reading the project") as progress:
        runner.prepare(home, progress)
    now = found.coverage(
        home,
        load_contracts(sources_dir(), enabled_systems(home)),
        load_contracts(sources_dir(), every_system(sources_dir())),
        definitions(),
    )
    if style == "json":
        click.echo(json.dumps(now.as_json(), indent=1, default=str))
        return
    if style == "csv":
        show(now.feeds, FEEDS, style)
        return
    console = out()
    console.print(table(now.feeds, FEEDS, "Feeds"))
    if not now.metrics:
        console.print("Nothing is published yet, so no metric is alive: `headset night` publishes.")
        return
    dark = [row for row in now.metrics if not row["alive"]]
    console.print(f"{len(now.metrics) - len(dark)} of {len(now.metrics)} metrics are alive.")
    if dark:
        console.print(table(dark, METRICS, "Dark, and which feeds below them are empty"))
    console.print(table(now.pages, PAGES, "Pages"))
