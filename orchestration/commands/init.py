"""`headset init` and `headset config`: a centre's own repository, and what its settings are."""

import os
from datetime import date
from pathlib import Path

import click

from orchestration.console import out


@click.command()
@click.argument("name", required=False)
@click.option("--add", "group", help="Add templates of lists: calls, terms, people or money.")
@click.option("--to", type=click.Path(path_type=Path), help="Folder to make. Default: ./NAME.")
@click.option("--answers", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="A TOML file with what would be asked.")  # fmt: skip
@click.option("--system", "systems", multiple=True, help="system or system/instance; repeat it.")
@click.option("--time-zone", help="Zone of the night's clock (IANA), such as Asia/Manila.")
@click.option("--night-at", help="When the night starts there, HH:MM.")
@click.option("--first-day", help="First extract date, YYYY-MM-DD.")
def init(
    name: str | None,
    group: str | None,
    to: Path | None,
    answers: Path | None,
    systems: tuple[str, ...],
    time_zone: str | None,
    night_at: str | None,
    first_day: str | None,
) -> None:
    """Begin a centre of your own: its settings, company lists and empty folders.

    Asks for what no option and no answer says. Nothing is fetched, and no file is written over.
    """
    from orchestration import new_centre

    if group:
        _add(group)
        return
    if name is None:
        raise click.UsageError("give the centre's NAME, or --add GROUP inside a centre")
    given = new_centre.read_answers(answers) if answers else {}
    given |= {
        key: value
        for key, value in {
            "systems": list(systems), "time_zone": time_zone,
            "night_at": night_at, "first_day": first_day,
        }.items()
        if value
    }  # fmt: skip
    if not answers:
        _ask(given)
    made = new_centre.write(name, to or Path.cwd() / name, given)
    say = out()
    for path in made:
        say.print(f"written: {path}", soft_wrap=True)
    say.print("Next: read README.md there; `headset config` checks what you wrote.")


def _add(group: str) -> None:
    from ground import centre
    from orchestration import new_centre

    path = centre.find()
    if path is None:
        raise centre.CentreError(f"--add needs a centre: no {centre.FILE} here or above")
    made, there = new_centre.add(group, path.parent)
    for one in made:
        out().print(f"written: {one}", soft_wrap=True)
    for one in there:
        out().print(f"as it was: {one}", soft_wrap=True)


def _ask(given: dict[str, object]) -> None:
    """Ask on a terminal; elsewhere a missing answer is an error that names its option."""
    from orchestration import new_centre

    for key, (question, default) in new_centre.QUESTIONS.items():
        if key in given:
            continue
        if not os.isatty(0):
            if default is None:
                raise click.UsageError(f"give --{key.rstrip('s').replace('_', '-')} or --answers")
            given[key] = default
            continue
        answer = click.prompt(question, default=default or None)
        given[key] = answer.replace(",", " ").split() if key == "systems" else answer
    given.setdefault("first_day", date.today().isoformat())


@click.command()
def config() -> None:
    """Print each setting of this centre with where it comes from."""
    from ground import centre
    from orchestration.own_centre import ORIGIN

    path = centre.find()
    if path is None:
        raise centre.CentreError(f"no {centre.FILE} here or in a folder above")
    for one in centre.settings(path, ORIGIN):
        origin = one.origin if one.value else "not set"
        out().print(f"{one.variable:27} {one.value}  [dim]({origin})[/dim]", soft_wrap=True)
