"""Every command that a message, a page or a check's reason names is there, with its options."""

import re
from collections.abc import Iterator

import click

from ground.home import CHECKOUT
from orchestration.cli import cli

ROOMS = (
    "README.md", "CHANGELOG.md", "docs", "dbt_project", "ground", "ingest", "publish", "metrics",
    "statements", "expectations", "orchestration", "bi", "simulator", "benchmarks", "headset",
)  # fmt: skip
KINDS = {".py", ".sql", ".yml", ".md"}
# `headset night --from 2026-01-01 --to ...`, in backticks or behind a prompt.
NAMED = re.compile(
    r"(?:`|^ *(?:\$ )?(?:\.venv/bin/)?)headset ((?:[a-z][a-z-]*)(?: [^`\n|#]*)?)", re.MULTILINE
)


def _named() -> Iterator[tuple[str, list[str]]]:
    for room in ROOMS:
        paths = [CHECKOUT / room] if room.endswith(".md") else (CHECKOUT / room).rglob("*")
        for path in paths:
            if path.suffix in KINDS and "_generated" not in path.parts:
                text = path.read_text(encoding="utf-8")
                for found in NAMED.finditer(text):
                    line = text.count("\n", 0, found.start()) + 1
                    yield f"{path.relative_to(CHECKOUT)}:{line}", found[1].split()


def _fault(words: list[str]) -> str | None:
    command: click.Command = cli
    context = click.Context(cli)
    while words and isinstance(command, click.Group):
        inner = command.get_command(context, words[0])
        if inner is None:
            choices = [w for w in words[0].split("|") if command.get_command(context, w)]
            return None if choices else f"there is no `{command.name} {words[0]}`"
        command, words = inner, words[1:]
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    asked = {word.split("=")[0].rstrip(".,;:)]}'\"") for word in words if word.startswith("--")}
    lacking = sorted(asked - known - {"--help"})
    return f"`{command.name}` has no {', '.join(lacking)}" if lacking else None


def test_every_command_that_a_text_names_is_there_with_its_options() -> None:
    named = list(_named())
    assert len(named) > 100
    assert [f"{at}: {fault}" for at, words in named if (fault := _fault(words))] == []
