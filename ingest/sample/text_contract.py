"""A contract by which every field of a sample is text: how it is first read.

Belongs here: that contract. Does not: what is found by it.
"""

from collections.abc import Sequence
from pathlib import Path

import yaml

from ingest.contracts.contract import Contract, read_contract
from ingest.sample.shape import Shape


def text_contract(
    folder: Path,
    system: str,
    shape: Shape,
    *,
    fields: Sequence[str] = (),
    not_records: Sequence[str] = (),
) -> Contract:
    """The contract, written to `folder` and read as any other."""
    file = {
        "pattern": "*",
        "format": shape.format,
        "delimiter": shape.delimiter,
        "encoding": shape.encoding,
        "header": shape.header,
        "skip_lines": shape.skip_lines,
        "not_records": list(not_records),
    }
    file |= {name: getattr(shape, name) for name in ("sheet", "records") if getattr(shape, name)}
    raw = {
        "system": system,
        "feed": "sample",
        "description": "A sample, as text.",
        "source": "sample",
        "file": file,
        "delivery": "event",
        "columns": [
            {"name": f"f{n}", "from": name, "type": "text"} for n, name in enumerate(fields)
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "sample.yml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return read_contract(path)
