"""`headset client new`: a client in the centre's own list."""

import re
from datetime import date

import click

from orchestration.console import out


@click.group()
def client() -> None:
    """The clients of this centre."""


@client.command()
@click.argument("client_id")
@click.option("--name", required=True, help="Name as shown on reports.")
@click.option("--country", required=True, help="Of its customers, ISO 3166-1 alpha-2, such as GB.")
@click.option("--calling-code", required=True, help="Country calling code, without plus or zeros.")
@click.option("--trunk-prefix", default="", help="Prefix of a national call there; none in some.")
@click.option("--international-prefix", default="00", show_default=True)
@click.option("--from", "since", help="First day on which it holds. Default: the centre's.")
def new(
    client_id: str,
    name: str,
    country: str,
    calling_code: str,
    trunk_prefix: str,
    international_prefix: str,
    since: str | None,
) -> None:
    """Add CLIENT_ID to company/clients.csv."""
    import os

    from ground.centre import CentreError
    from orchestration.own_centre import own_folder
    from orchestration.own_files import new_client

    folder = own_folder()
    if folder is None:
        raise CentreError("a client of your own belongs to a centre: `headset init NAME`")
    for said, value, pattern in (
        ("CLIENT_ID", client_id, r"[a-z0-9][a-z0-9_-]*"),
        ("--country", country, "[A-Z]{2}"),
        ("--calling-code", calling_code, "[1-9][0-9]{0,3}"),
    ):
        if not re.fullmatch(pattern, value):
            raise CentreError(f"{said} is {value!r}; it is written as {pattern}")
    day = since or os.environ.get("HEADSET_FIRST_DAY") or str(date.today())
    path = new_client(
        folder,
        {
            "client_id": client_id, "client_name": name, "country_code": country,
            "calling_code": calling_code, "trunk_prefix": trunk_prefix,
            "international_prefix": international_prefix, "valid_from": day,
        },
    )  # fmt: skip
    out().print(f"written: {path}", soft_wrap=True)
    out().print("Next: name its queues in company/queues.csv (`headset discover` proposes them).")
