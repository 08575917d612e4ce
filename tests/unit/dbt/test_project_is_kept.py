"""What dbt read of the project is read back by the next process, so that a night parses in part."""

import msgpack

from ground import yaml_lines
from ground.home import CHECKOUT
from tests.unit.dbt.compiled import Compiled


def test_dbt_reads_back_what_it_keeps_of_the_project(compiled: Compiled) -> None:
    kept = (compiled.target / "partial_parse.msgpack").read_bytes()
    # Refuses a key that is no text, as dbt does; the extension types are dbt's dates.
    assert msgpack.unpackb(kept, raw=False, ext_hook=lambda code, data: (code, data))["nodes"]


def test_every_key_of_a_file_of_the_project_is_text() -> None:
    files = sorted((CHECKOUT / "dbt_project").rglob("*.yml"))
    assert len(files) > 80
    for path in files:
        yaml_lines.read(path)
