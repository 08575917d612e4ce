"""SQL that MetricFlow has written once, kept while the definitions behind it stay as they are.

Writing it takes MetricFlow 0.2 s a question, and a night asks the same questions every time.
Belongs here: keeping. Does not: what the SQL says.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ground.files import write_whole

_written: dict[str, str] = {}


def sql_of(
    definitions: Mapping[str, Any],
    question: Sequence[object],
    write: Callable[[], str],
    folder: Path | None,
) -> str:
    """What `write` gives for a question, or gave before for the same one.

    definitions: the part of the semantic manifest that the answer hangs on; any change of it is
    another question. folder: where the SQL outlives the process; None keeps it in memory alone.
    """
    text = json.dumps([_version(), definitions, list(question)], sort_keys=True, default=str)
    key = hashlib.sha256(text.encode()).hexdigest()[:32]
    if key not in _written:
        path = folder / f"{key}.sql" if folder else None
        _written[key] = path.read_text("utf-8") if path and path.is_file() else write()
    if folder and not (folder / f"{key}.sql").is_file():
        write_whole(folder / f"{key}.sql", _written[key])
    return _written[key]


def _version() -> str:
    from importlib.metadata import version

    return version("metricflow")
