"""Where things stand in a YAML file, so that a message can name the line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Steps = tuple[str | int, ...]
# The C parser is ten times as quick; PyYAML has it wherever it was built with libyaml.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# A key, or `<<`: what another mapping holds.
_TEXT = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")


class YamlFileError(Exception):
    """A YAML file cannot be read; the message names file and line."""


@dataclass(frozen=True)
class YamlFile:
    """A parsed file: its data, and the line (from 1) of every key and list entry."""

    path: Path
    data: Any
    lines: dict[Steps, int]

    def line(self, *steps: str | int) -> int:
        """The line of the deepest step that exists: `line("metrics", 0, "name")`."""
        for end in range(len(steps), -1, -1):
            if steps[:end] in self.lines:
                return self.lines[steps[:end]]
        return 1


def read(path: Path) -> YamlFile:
    """Read one file with PyYAML's safe loader. Raises YamlFileError, naming the line."""
    try:
        loader = _LOADER(path.read_text(encoding="utf-8"))
        try:
            node = loader.get_single_node()
            lines = dict(_lines(node, ())) if node else {}
            data = loader.construct_document(node) if node else None
        finally:
            loader.dispose()
    except OSError as error:
        raise YamlFileError(f"{path}: cannot be read: {error}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise YamlFileError(f"{path}:{line}: not valid YAML: {error.problem}") from error
    return YamlFile(path, data, lines)


def _lines(node: yaml.Node, at: Steps) -> Iterator[tuple[Steps, int]]:
    if not at:
        yield (), node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.tag not in _TEXT:
                # dbt cannot read back what it keeps of a project with such a key, and would read
                # the whole project again in every process: 11 processor seconds a night.
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value} is no text; write it in quotes",
                    problem_mark=key.start_mark,
                )
            yield (*at, str(key.value)), key.start_mark.line + 1
            yield from _lines(value, (*at, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield (*at, number), value.start_mark.line + 1
            yield from _lines(value, (*at, number))
