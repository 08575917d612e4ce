"""Which columns of the contract a file does not bring, so that a change of its columns is seen.

A table says it by its header. A record of JSON names only what it has: a field that no record of
the file fills is not brought.
Belongs here: noting it in the ledger. Does not: what has changed since (`ledger.columns`).
"""

import json
from collections.abc import Sequence

import duckdb

from ingest.contracts.contract import Contract
from ingest.read.incoming import Readable, sources_of


def note_absent(
    con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Readable]
) -> None:
    """Note for each file of `incoming` the contract's columns that it lacks."""
    sources = sources_of(contract)
    if files[0].header:
        header = set(files[0].header)
        lacking = {file.file_id: {s for s in sources if s not in header} for file in files}
    else:
        counts = ", ".join(f"count(p{n})" for n in range(len(sources)))
        rows = con.execute(f"select _file_id, {counts} from incoming group by 1").fetchall()
        lacking = {
            file_id: {source for source, n in zip(sources, filled, strict=True) if not n}
            for file_id, *filled in rows
        }
    if not lacking:  # a file without a record lacks nothing that could be told
        return
    con.executemany(
        "update ledger.file set absent_columns = ? where file_id = ?",
        [[json.dumps(_columns(contract, gone)), file_id] for file_id, gone in lacking.items()],
    )


def _columns(contract: Contract, gone: set[str]) -> list[str]:
    """Columns none of whose fields is there, by name."""
    return [
        column.name
        for column in contract.columns
        if column.parts and all(part.source in gone for part in column.parts)
    ]
