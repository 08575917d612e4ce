"""The record of a snapshot (`manifest.json`). Belongs here: its types and their JSON form."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

MANIFEST = "manifest.json"
SERVE = "serve.duckdb"

PartitionKey = tuple[str | None, ...]
# Columns that say whose a row is: the client, and the account (instance) that sent it.
COUNTED = ("client_id", "source_system")


@dataclass(frozen=True)
class Column:
    """One published column. `audience`: self, agent, leader, hr, client or internal.

    `text`: the kind of text that it may hold (`publish.texts`); null where it holds none.
    """

    name: str
    type: str
    description: str
    audience: str
    unit: str | None = None
    personal_class: str | None = None
    text: str | None = None

    @property
    def comment(self) -> str:
        """The text a BI tool shows: description, unit, personal-data class."""
        notes = []
        if self.unit:
            notes.append(f"unit: {self.unit}")
        if self.personal_class:
            notes.append(f"personal data: {self.personal_class}")
        return f"{self.description} [{'; '.join(notes)}]".strip() if notes else self.description


@dataclass(frozen=True)
class Partition:
    """One Parquet file. `path` is relative to the snapshot, `key` follows `partition_by`.

    `day` is set for a file that holds one day of an open month, null for a whole partition.
    `as_of` is the snapshot whose audit last accepted these rows; older than the snapshot itself
    when the client or the feed was held back. A file without rows keeps the types of an empty
    table and has an empty key. `rows_by` counts the rows by whose they are (`COUNTED`), for
    columns that the key does not have; snapshots of earlier releases have none.
    """

    path: str
    key: PartitionKey
    rows: int
    fingerprint: str
    sha256: str
    bytes: int
    as_of: str
    day: str | None = None
    rows_by: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """One published table. `as_of` is null when a feed was held before it was ever published."""

    name: str
    model: str
    description: str
    columns: tuple[Column, ...]
    partition_by: tuple[str, ...]
    month_of: str | None
    key: tuple[str, ...]
    as_of: str | None
    partitions: tuple[Partition, ...]

    @property
    def rows(self) -> int:
        """Rows over all partitions."""
        return sum(partition.rows for partition in self.partitions)

    @property
    def shape(self) -> tuple[object, ...]:
        """What must be equal for a file of an earlier snapshot to be used again."""
        types = tuple((column.name, column.type, column.text) for column in self.columns)
        return (types, self.partition_by, self.month_of, self.key)

    def client_of(self, partition: Partition) -> str | None:
        """The client whose rows a partition holds; null when not partitioned by client."""
        if "client_id" not in self.partition_by or not partition.key:
            return None
        return partition.key[self.partition_by.index("client_id")]


@dataclass(frozen=True)
class Client:
    """The folder of one client: relative path, tables, and whether it was held back."""

    client_id: str
    folder: str
    as_of: str
    held: bool
    tables: dict[str, Table]


@dataclass(frozen=True)
class Verdict:
    """The audit's verdict as it stood when the snapshot was published."""

    run_id: str
    batch_id: int
    status: str
    definition_hash: str
    held_clients: tuple[str, ...]
    held_feeds: tuple[str, ...]
    checks_n: int
    failed_n: int


@dataclass(frozen=True)
class Snapshot:
    """A whole snapshot. `previous` is what was served before it, the target of a rollback.

    `served_from` is the absolute folder that the views of its serve.duckdb name; `writer` is the
    engine and format that made fingerprints comparable.
    """

    snapshot_id: str
    created_at: str
    run_id: str
    batch_id: int
    definition_hash: str
    verdict: Verdict
    previous: str | None
    writer: str
    served_from: str
    held_tables: tuple[str, ...]
    tables: dict[str, Table]
    clients: dict[str, Client]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def parts(self) -> Iterator[Partition]:
        """Every Parquet file of the snapshot, client folders included."""
        for table in self.tables.values():
            yield from table.partitions
        for client in self.clients.values():
            for table in client.tables.values():
                yield from table.partitions

    def serve_paths(self) -> Iterator[str]:
        """Relative paths of every serve.duckdb of the snapshot."""
        yield SERVE
        for client in self.clients.values():
            yield f"{client.folder}/{SERVE}"

    def to_json(self) -> dict[str, Any]:
        """The JSON form, exactly as a reader of the file gets it; row counts beside each table."""
        data: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        for name, table in self.tables.items():
            data["tables"][name]["rows"] = table.rows
        for client_id, client in self.clients.items():
            for name, table in client.tables.items():
                data["clients"][client_id]["tables"][name]["rows"] = table.rows
        return data


def snapshot_from_json(data: Mapping[str, Any]) -> Snapshot:
    """Read back what `Snapshot.to_json` wrote. Raises KeyError or TypeError on other content."""
    verdict = dict(data["verdict"])
    verdict["held_clients"] = tuple(verdict["held_clients"])
    verdict["held_feeds"] = tuple(verdict["held_feeds"])
    return Snapshot(
        **{
            **data,
            "verdict": Verdict(**verdict),
            "held_tables": tuple(data["held_tables"]),
            "tables": {name: _table(table) for name, table in data["tables"].items()},
            "clients": {name: _client(client) for name, client in data["clients"].items()},
        }
    )


def _client(data: Mapping[str, Any]) -> Client:
    return Client(
        **{**data, "tables": {name: _table(table) for name, table in data["tables"].items()}}
    )


def _table(data: Mapping[str, Any]) -> Table:
    fields = {name: value for name, value in data.items() if name != "rows"}
    return Table(
        **{
            **fields,
            "columns": tuple(Column(**column) for column in data["columns"]),
            "partition_by": tuple(data["partition_by"]),
            "key": tuple(data["key"]),
            "partitions": tuple(
                Partition(**{**part, "key": tuple(part["key"])}) for part in data["partitions"]
            ),
        }
    )
