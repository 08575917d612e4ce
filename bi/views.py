"""What a snapshot shows: its views with columns and comments, and who may see which column."""

import json
from collections.abc import Mapping
from pathlib import Path

import duckdb

from bi.definitions import View

READERS = {
    # kind of reader: (column that says whose row it is, audiences of columns he may see)
    "client": ("client_id", {"client"}),
    "leader": ("leader_id", {"client", "agent", "leader"}),
    "agent": ("agent_id", {"self", "client", "agent", "leader"}),
    "floor": (None, {"client", "agent", "leader"}),
    "hr": (None, {"client", "agent", "leader", "hr"}),
    "data": (None, {"client", "agent", "leader", "hr", "internal"}),
}
# A client's own rows may name no agent, whatever the audience of the other columns.
NOT_FOR = {"client": {"agent_id", "leader_id", "entity_id"}}


def views(serve_file: Path) -> dict[str, View]:
    """Every published view by `schema.name`."""
    with duckdb.connect(str(serve_file), read_only=True) as con:
        names = con.execute(
            "select schema_name, view_name, comment from duckdb_views() where not internal"
        ).fetchall()
        columns = con.execute(
            "select schema_name, table_name, column_name, data_type, comment "
            "from duckdb_columns() where not internal order by column_index"
        ).fetchall()
    of: dict[str, dict[str, tuple[str, str]]] = {}
    for schema, table, name, kind, comment in columns:
        of.setdefault(f"{schema}.{table}", {})[name] = (kind, comment or "")
    return {
        f"{schema}.{name}": View(f"{schema}.{name}", comment or "", of[f"{schema}.{name}"])
        for schema, name, comment in names
    }


def visible(snapshot: Path) -> dict[str, dict[str, str | None]]:
    """Per kind of reader the views he may see, with the column that says whose a row is.

    A view counts as a whole: one column beyond the reader's audiences hides it.
    """
    manifest = json.loads((snapshot / "manifest.json").read_text(encoding="utf-8"))
    found: dict[str, dict[str, str | None]] = {kind: {} for kind in READERS}
    for kind in ("floor", "hr", "data"):
        found[kind]["core.snapshot"] = None
    for name, table in manifest["tables"].items():
        audiences = {column["name"]: column["audience"] for column in table["columns"]}
        for kind, (key, allowed) in READERS.items():
            if _may_see(audiences, key, allowed, NOT_FOR.get(kind, set())):
                found[kind][name] = key
    return found


def told_by_rows(snapshot: Path) -> set[str]:
    """Views whose rows say for whom they are (`audience`): readers see those for them."""
    manifest = json.loads((snapshot / "manifest.json").read_text(encoding="utf-8"))
    return {
        name
        for name, table in manifest["tables"].items()
        if "audience" in table.get("partition_by", ())
    }


def _may_see(
    audiences: Mapping[str, str], key: str | None, allowed: set[str], barred: set[str]
) -> bool:
    if key is not None and key not in audiences:
        return False
    return set(audiences.values()) <= allowed and not barred & set(audiences)
