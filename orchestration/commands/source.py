"""`headset source new`: a draft contract and draft staging models from a sample."""

from pathlib import Path

import click

from orchestration.console import out


@click.group()
def source() -> None:
    """Sources of your own."""


@source.command()
@click.argument("name")
@click.option("--sample", type=click.Path(path_type=Path), required=True, help="A file of it.")
@click.option("--feed", help="What the feed is to be called; else by what its rows are.")
@click.option("--client", help="The one client whose rows they are; else NAME.")
@click.option("--time-zone", help="Zone of its clocks (IANA), such as Europe/Berlin; else UTC.")
@click.option("--sheet", help="Sheet of a workbook; else the first.")
@click.option(
    "--dates",
    type=click.Choice(["day-first", "month-first"]),
    help="Order of day and month, where the sample itself cannot say.",
)
@click.option(
    "--check",
    "checks",
    multiple=True,
    metavar="FIGURE=TOTAL",
    help="A total that you know, such as answered=812; may be given again. The page names them.",
)
def new(
    name: str,
    sample: Path,
    feed: str | None,
    client: str | None,
    time_zone: str | None,
    sheet: str | None,
    dates: str | None,
    checks: tuple[str, ...],
) -> None:
    """Draft the contract and the staging models of system NAME from a sample file.

    CSV, XLSX, Parquet, JSON and NDJSON. Every guess stands in a comment; nothing is written over,
    and no value of the sample is written anywhere. The last page says what the sample counts by
    the draft; where a --check differs from it, nothing is written.
    """
    from ground.home import Home, dbt_project_dir, sources_dir
    from ground.systems import enabled_systems, parse
    from ingest.sample.draft import draft_source
    from orchestration.own_centre import is_checkout, own_folder

    own = own_folder()
    if own is None and not is_checkout():
        raise click.ClickException("a source of your own belongs to a centre: `headset init NAME`")

    totals = {}
    for check in checks:
        figure, equals, total = check.partition("=")
        if not equals:
            raise click.BadParameter(f"{check!r}: write FIGURE=TOTAL", param_hint="--check")
        totals[figure.strip()] = total
    made = draft_source(
        name,
        sample,
        sources=own / "sources" if own else sources_dir(),
        project=dbt_project_dir(),
        models_dir=own / "models" if own else dbt_project_dir() / "models",
        feed=feed,
        client=client,
        time_zone=time_zone,
        sheet=sheet,
        dates=dates,
        totals=totals,
    )

    def say(text: str) -> None:
        out().print(text, soft_wrap=True, markup=False, highlight=False)

    say(f"{made.loaded_n} of {made.landed_n} rows of the sample load by the draft.")
    for column, rule, rows_n in made.faults:
        say(f"  {rows_n} rows would be kept apart: {column or 'the row'}, {rule}")
    for path in (made.contract, *made.models):
        say(f"written: {path}")
    if not made.fills:
        say("No canonical feed is filled: too few fields were recognised. Rows will stay in raw.")
    for column, why in made.left_out:
        say(f"left out: {column} ({why})")
    say("What the sample says by this draft; hold it against the system's own report:")
    for line in made.page.lines():
        say(line)
    home = Home.from_env()
    say("Now read each GUESS, then:")
    say(f"  mkdir -p {home.landing / name} && cp {sample} {home.landing / name}/")
    if own and name in (parse(one).system for one in enabled_systems(home)):
        say("  headset lint && headset night")
    elif own:
        say(f'  add `{name} = ["default"]` to [systems] of {own / "headset.toml"}')
        say("  headset lint && headset night")
    else:
        say(f"  HEADSET_SYSTEMS={name} headset lint && HEADSET_SYSTEMS={name} headset night")
