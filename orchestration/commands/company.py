"""`headset company`: the company's lists, kept in the centre's repository, handed to the night."""

from datetime import UTC, datetime, timedelta

import click

from orchestration.console import out


@click.group()
def company() -> None:
    """The company's own lists: sites, clients, queues, agents and what codes mean."""


@company.command()
def diff() -> None:
    """Say what company/*.csv would change, list by list; nothing is written."""
    for one in _changes():
        out().print(str(one), soft_wrap=True)


@company.command()
def apply() -> None:
    """Hand changed lists over: the next night takes them in as a full list of its day.

    A list that is handed over for the first time is dated with the centre's first day, so that
    nights of history know it.
    """
    from ground.home import Home
    from orchestration import company_lists
    from orchestration.run.dates import first_day

    # The next night takes in what is dated up to yesterday (UTC).
    home, day = Home.from_env(), datetime.now(UTC).date() - timedelta(days=1)
    for one in _changes():
        if one.is_new:
            known = company_lists.is_handed_over(home, one.name)
            path = company_lists.hand_over(home, one, day if known else min(first_day(), day))
            out().print(f"{one} -> {path}", soft_wrap=True)
        else:
            out().print(str(one), soft_wrap=True)


def _changes() -> list["Change"]:  # type: ignore[name-defined]  # noqa: F821
    from ground.home import Home
    from orchestration import company_lists
    from orchestration.own_centre import own_folder

    folder = own_folder()
    if folder is None:
        raise click.ClickException("company lists lie in a centre's repository: `headset init`")
    return company_lists.changes(Home.from_env(), folder / "company")
