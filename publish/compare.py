"""The served snapshot against the warehouse: the same rows in every table, client and month?

Belongs here: comparing. Does not: the files against their checksums (`maintenance.verify`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from ground.built_tables import NotBuiltError, built_tables
from ground.home import Home
from publish import partitions, snapshot_store
from publish.errors import PublishError
from publish.manifest import Partition, PartitionKey, Snapshot, Table
from publish.partitions import WRITER
from publish.specs import Spec, specs


def differences(home: Home, manifest: Mapping[str, Any]) -> list[str]:
    """Sentences on every partition whose rows (count or hash) differ; none when all agree.

    manifest: dbt's, of the build that was published. Tables and clients that were held back, and
    tables of groups that are said once, stay as they were on purpose and are left out.
    Raises PublishError when nothing is published, or nothing is built.
    """
    served = snapshot_store.current_id(home)
    if served is None:
        raise PublishError(f"nothing is published in {home.published} yet")
    snapshot = snapshot_store.load(home, served)
    try:
        with built_tables(home) as con:
            return [
                said
                for spec in specs(manifest)
                if spec.name not in snapshot.held_tables and not spec.once
                for said in _table(con, snapshot, spec)
            ]
    except NotBuiltError as error:
        raise PublishError(str(error)) from error


def _table(con: duckdb.DuckDBPyConnection, snapshot: Snapshot, spec: Spec) -> Iterable[str]:
    published = snapshot.tables.get(spec.name)
    if published is None:
        yield f"{spec.name} is built and not published"
        return
    held = frozenset(snapshot.verdict.held_clients)
    rows = partitions.source(con, spec)
    built = {
        piece.key: piece.fingerprint
        for piece in partitions.pieces(con, rows, partitions.without(rows.table, held))
    }
    shown = _shown(published, held)
    for key in built.keys() | shown.keys():
        ours, theirs = built.get(key, "0:0"), shown.get(key, "0:0")
        same_rows = ours.split(":")[0] == theirs.split(":")[0]
        if ours != theirs and not (same_rows and snapshot.writer != WRITER):
            where = ", ".join(
                f"{name} {value}" for name, value in zip(published.partition_by, key, strict=True)
            )
            yield (
                f"{spec.name} ({where or 'whole'}): {ours.split(':')[0]} rows in the warehouse, "
                f"{theirs.split(':')[0]} published{', with other values' * same_rows}"
            )


def _shown(table: Table, held: frozenset[str]) -> dict[PartitionKey, str]:
    """Fingerprints of whole partitions as published; those of days are added up."""
    days: dict[PartitionKey, list[partitions.Piece]] = {}
    for part in table.partitions:
        if part.rows and table.client_of(part) not in held:
            days.setdefault(part.key, []).append(_piece(part))
    return {key: partitions.whole(found).fingerprint for key, found in days.items()}


def _piece(part: Partition) -> partitions.Piece:
    rows_n, hash_sum = part.fingerprint.split(":")
    return partitions.Piece(part.key, part.day, int(rows_n), int(hash_sum, 16))
