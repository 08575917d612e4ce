"""How the command talks: data on stdout, everything else on stderr.

Belongs here: tables, CSV and JSON of plain rows; progress. Does not: what is said.
"""

import csv
import datetime as dt
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.status import Status
from rich.table import Table

FORMATS = ("table", "csv", "json")
PLAIN_EVERY_S = 5.0
PIPED_WIDTH = 120
# Columns of prose may take several lines; names and numbers must stay whole.
PROSE = ("reason", "why", "meaning", "error", "from", "would_fill", "lacks", "empty_tables", "said")

format_option = click.option(
    "--format",
    "style",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="csv and json print data alone on stdout.",
)


def out() -> Console:
    """Where answers go."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    return console


def err() -> Console:
    """Where progress and remarks go, so that stdout can be piped."""
    return Console(stderr=True, highlight=False)


@contextmanager
def working(title: str) -> Iterator[Callable[[str], None]]:
    """Show what is going on for the block; the callable is told each step in one line.

    On a terminal one line that changes, with the time so far; elsewhere a line every few seconds.
    """
    console, begun = err(), time.monotonic()
    if not console.is_terminal:
        yield _plain(console, title)
        return
    with console.status(title, spinner="dots") as status:
        yield _live(status, title, begun)


def _live(status: Status, title: str, begun: float) -> Callable[[str], None]:
    def tell(text: str) -> None:
        seconds = time.monotonic() - begun
        status.update(f"{title} [dim]{seconds:4.0f} s  {_escape(text)[:90]}[/dim]")

    return tell


def _plain(console: Console, title: str) -> Callable[[str], None]:
    console.print(f"{title} ...")
    last = time.monotonic()

    def tell(text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= PLAIN_EVERY_S:
            last = time.monotonic()
            console.print(f"  {_escape(text)}")

    return tell


def _escape(text: str) -> str:
    return text.replace("[", r"\[")


def show(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], style: str) -> None:
    """Print rows as a table for people, or as CSV or JSON with nothing else on stdout."""
    if style == "json":
        body = [{name: _json_value(row.get(name)) for name in columns} for row in rows]
        sys.stdout.write(json.dumps(body, indent=1, ensure_ascii=False) + "\n")
    elif style == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_csv_value(row.get(name)) for name in columns] for row in rows)
    else:
        out().print(table(rows, columns))


def table(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], title: str | None = None
) -> Table:
    """Rows as a plain table: numbers to the right, whole numbers with thousands separators."""
    shown = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
    for name in columns:
        numeric = any(isinstance(row.get(name), int | float) for row in rows)
        shown.add_column(
            heading(name), justify="right" if numeric else "left", no_wrap=name not in PROSE
        )
    for row in rows:
        shown.add_row(*(_escape(cell(row.get(name))) for name in columns))
    return shown


def heading(name: str) -> str:
    """A column's name as people read it: `rows_n` is "rows"."""
    return name.removesuffix("_n").replace("_", " ")


def cell(value: object) -> str:
    """One value as people read it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:,.4f}" if abs(value) < 10 else f"{value:,.1f}"
    return str(value)


def _json_value(value: object) -> object:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, str | int | float | bool | type(None)) else str(value)


def _csv_value(value: object) -> object:
    if isinstance(value, Decimal):
        return value
    return "" if value is None else _json_value(value)


def parse_date(_: click.Context, __: click.Parameter, value: str | None) -> dt.date | None:
    """A date option: YYYY-MM-DD."""
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a date (YYYY-MM-DD)") from error
