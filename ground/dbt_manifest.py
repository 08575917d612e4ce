"""Who stands on what, read from dbt's manifest: published tables below, source feeds above."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

Manifest = Mapping[str, Any]


class ManifestError(Exception):
    """dbt's manifest is missing or cannot be read."""


def load(path: Path) -> Manifest:
    """dbt's manifest.json as it stands; read once while the file stays as it is.

    Raises ManifestError when it is missing or broken.
    """
    try:
        found = path.stat()
        return _read(path, found.st_mtime_ns, found.st_size)
    except FileNotFoundError as error:
        raise ManifestError(f"{path}: no dbt manifest; run the build first") from error
    except json.JSONDecodeError as error:
        raise ManifestError(f"{path}: not valid JSON: {error}") from error


@lru_cache(maxsize=2)
def _read(path: Path, changed_ns: int, size: int) -> Manifest:
    """The manifest of one file at one time; two homes at most, for they are large."""
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def published_name(node: Mapping[str, Any]) -> str | None:
    """`interaction.contact` for a model with `meta.publish`, else None."""
    meta = node.get("config", {}).get("meta") or node.get("meta") or {}
    publish = meta.get("publish")
    return f"{publish['schema']}.{publish['name']}" if publish else None


def published_below(manifest: Manifest, nodes: Iterable[str]) -> tuple[str, ...]:
    """Published tables among `nodes` (unique ids) and everything built from them."""
    found = set()
    for node_id in _walk(manifest.get("child_map", {}), nodes):
        name = published_name(manifest.get("nodes", {}).get(node_id, {}))
        if name:
            found.add(name)
    return tuple(sorted(found))


def below(manifest: Manifest, nodes: Iterable[str]) -> frozenset[str]:
    """`nodes` (unique ids) and everything built from them: models, checks, metrics."""
    return frozenset(_walk(manifest.get("child_map", {}), nodes))


def above(manifest: Manifest, nodes: Iterable[str]) -> frozenset[str]:
    """`nodes` (unique ids) and everything that they are built from."""
    return frozenset(_walk(manifest.get("parent_map", {}), nodes))


def feeds_above(manifest: Manifest, nodes: Iterable[str]) -> tuple[str, ...]:
    """Source feeds (`sim.contacts`) that `nodes` are built from; the company's maps left out."""
    found = set()
    for node_id in _walk(manifest.get("parent_map", {}), nodes):
        source = manifest.get("sources", {}).get(node_id)
        if source:
            system = str(source["source_name"]).removeprefix("raw_")
            if system != "company":
                found.add(f"{system}.{source['name']}")
    return tuple(sorted(found))


def model_ids(manifest: Manifest, names: Iterable[str]) -> tuple[str, ...]:
    """Unique ids of models by name."""
    wanted = set(names)
    return tuple(
        node_id
        for node_id, node in manifest.get("nodes", {}).items()
        if node.get("resource_type") == "model" and node.get("name") in wanted
    )


def source_ids(manifest: Manifest, feeds: Iterable[str]) -> tuple[str, ...]:
    """Unique ids of source tables by feed name (`sim.contacts`)."""
    wanted = set(feeds)
    return tuple(
        source_id
        for source_id, source in manifest.get("sources", {}).items()
        if f"{str(source['source_name']).removeprefix('raw_')}.{source['name']}" in wanted
    )


def _walk(edges: Mapping[str, list[str]], start: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    todo = list(start)
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo.extend(edges.get(node, ()))
    return seen
