"""`headset holidays`: write the company's list of public holidays from the library."""

from datetime import date

import click

from orchestration.console import out, parse_date


@click.command()
@click.argument("jurisdictions", nargs=-1, required=True)
@click.option("--from-year", type=int, required=True, help="First year.")
@click.option("--to-year", type=int, required=True, help="Last year, included.")
@click.option("--on", callback=parse_date, help="Date of the list; today when not given.")
def holidays(jurisdictions: tuple[str, ...], from_year: int, to_year: int, on: date | None) -> None:
    """A new full list in landing/company/ for JURISDICTIONS such as PL or CA-NS.

    Check it with somebody who knows the place: it is no legal advice.
    """
    from ground.files import write_whole
    from ground.home import Home
    from ingest.public_holidays import UnknownJurisdictionError, holiday_lines

    try:
        lines = holiday_lines(jurisdictions, from_year, to_year)
    except UnknownJurisdictionError as error:
        raise click.ClickException(str(error)) from error
    path = Home.from_env().landing / "company" / f"holidays_{on or date.today()}.csv"
    write_whole(path, "\n".join(lines) + "\n")
    out().print(
        f"{len(lines) - 1} days in {path.name}. The next night takes it in.", soft_wrap=True
    )
