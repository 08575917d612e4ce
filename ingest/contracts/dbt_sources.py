"""What dbt must know of the raw tables, derived from the contracts and never written twice.

Belongs here: the source declarations and staging documentation that dbt reads, generated into
`models/staging/_generated/` (not committed). Does not: SQL models; staging is written by hand.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from ground.home import dbt_project_dir
from ingest.contracts import dbt_instances
from ingest.contracts.contract import EVERY_MAP, Contract
from ingest.load.raw_tables import UNDERSCORED

# The C versions are ten times as quick; PyYAML has them wherever it was built with libyaml.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

_UNDERSCORED_MEANING = {
    "_client_id": "client whose contact it is, by the contract's map; `unmapped` if none knows",
    "_time_zone": "zone of the clocks that the row was stamped by (IANA name)",
    "_event_date": "UTC date of the event; null for a feed without one",
    "_file_id": "file in the ledger that brought the row",
    "_row_number": "record number within that file, from 1",
    "_loaded_at": "when it was loaded (UTC)",
    "_is_current": "false once a repeat or a correction has outdone the row",
    "_instance": "account of the system that sent it; `default` for the one without a name",
}


def write(project_dir: Path, contracts: Sequence[Contract]) -> None:
    """Write one YAML file per system; files of systems that are gone are removed.

    A system with named instances has a copy of its models for each of them (`dbt_instances`).
    Files whose text would not change are left alone, so that dbt's partial parse holds.
    """
    folder = project_dir / "models" / "staging" / "_generated"
    folder.mkdir(parents=True, exist_ok=True)
    feeds = canonical_columns(project_dir)
    wanted: dict[str, str] = {}
    for system in dict.fromkeys(contract.system for contract in contracts):
        own = [contract for contract in contracts if contract.system == system]
        models = _models(project_dir, system, own, feeds)
        if own[0].has_named_instances:
            written = dbt_instances.models_of(project_dir, system)
            texts = {name: path.read_text(encoding="utf-8") for name, path in written.items()}
            maps = [contract for contract in contracts if contract.system == EVERY_MAP]
            said = [
                dbt_instances.declarations(project_dir, system, models, s) for s in own[0].scopes
            ]
            models = [model for of_one in said for model in of_one]
            for scope in own[0].scopes:
                for name, text in dbt_instances.copies(texts, scope, maps).items():
                    wanted[f"{system}/{name}.sql"] = text
        document = {"version": 2, "sources": [_source(system, own)], "models": models}
        wanted[f"{system}.yml"] = yaml.dump(
            document, Dumper=_DUMPER, sort_keys=False, allow_unicode=True
        )
    for path in [*folder.rglob("*.yml"), *folder.rglob("*.sql")]:
        if path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def filled_feeds(contracts: Iterable[Contract], project_dir: Path | None = None) -> str:
    """What HEADSET_FEEDS tells dbt: `system.feed` of every canonical feed that is filled.

    A feed that is put together from events names the model that does it: `system.feed=model`.
    Each instance of a system that has named ones is listed: `system/instance.feed=model`.
    """
    project = project_dir or dbt_project_dir()
    triples = [(c, c.system, feed) for c in contracts if c.system != EVERY_MAP for feed in c.fills]
    out: dict[str, None] = {}
    for contract, system, feed in triples:
        built = _built_folder(project, system) / f"int_{system}__{feed}.sql"
        if not contract.has_named_instances:
            out[f"{system}.{feed}" + (f"={built.stem}" if built.exists() else "")] = None
            continue
        model = built.stem if built.exists() else f"stg_{system}__{feed}"
        for scope in contract.scopes:
            copy = dbt_instances.named(model, scope)
            out[f"{system}/{scope.instance}.{feed}={copy}"] = None
    return ",".join(out)


def _built_folder(project_dir: Path, system: str) -> Path:
    """Models that put a system's canonical feeds together from its events."""
    return project_dir / "models" / "intermediate" / "systems" / system


def _source(system: str, contracts: Sequence[Contract]) -> dict[str, Any]:
    return {
        "name": f"raw_{system}",
        "schema": "raw",
        "description": f"Raw tables of {system}, typed as sent; one per source feed.",
        "tables": [
            {
                "name": contract.feed,
                "identifier": contract.raw_table,
                "description": contract.description,
                "meta": {"dagster": {"asset_key": ["raw", system, contract.feed]}},
                "columns": _raw_columns(contract),
            }
            for contract in contracts
        ],
    }


def _raw_columns(contract: Contract) -> list[dict[str, str]]:
    listed = [
        {"name": c.name, "data_type": c.sql_type, "description": c.description}
        for c in contract.columns
    ]
    return listed + [
        {"name": name, "data_type": kind, "description": _UNDERSCORED_MEANING[name]}
        for name, kind in UNDERSCORED
    ]


def _models(
    project_dir: Path,
    system: str,
    contracts: Sequence[Contract],
    feeds: dict[str, list[dict[str, str]]],
) -> list[dict[str, Any]]:
    out = []
    for path in sorted((project_dir / "models" / "staging" / system).glob("stg_*.sql")):
        feed = path.stem.removeprefix(f"stg_{system}__")
        own = [c for c in contracts if feed in (*c.fills, c.feed)]
        said = " ".join(contract.description for contract in own)
        if system == EVERY_MAP:
            columns = [
                {"name": column.name, "description": column.description}
                for contract in own
                for column in contract.columns
            ]
        else:
            columns = feeds.get(feed, [])
        out.append(
            {
                "name": path.stem,
                "description": f"{said} Names, units and null tokens only; grain as sent.",
                # The folder is off by default; a system that is not enabled leaves nothing behind.
                "config": {"enabled": True},
                "columns": columns,
            }
        )
    for path in sorted(_built_folder(project_dir, system).glob("int_*.sql")):
        feed = path.stem.removeprefix(f"int_{system}__")
        if feed in feeds:
            out.append(
                {
                    "name": path.stem,
                    "description": f"{system}'s {feed}, put together from what it sends.",
                    "config": {"enabled": True},
                    "columns": feeds[feed],
                }
            )
    return out


def canonical_columns(project_dir: Path) -> dict[str, list[dict[str, str]]]:
    """Column documentation of each canonical feed, from the models `feed_<name>`."""
    out: dict[str, list[dict[str, str]]] = {}
    for path in sorted((project_dir / "models" / "intermediate" / "feeds").glob("*.yml")):
        said = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or {}
        for model in said.get("models", []):
            out[model["name"].removeprefix("feed_")] = [
                {
                    "name": column["name"],
                    "description": column.get("description", ""),
                    "data_type": column["data_type"],
                }
                for column in model.get("columns", [])
                if column["name"] != "source_system"
            ]
    return out
