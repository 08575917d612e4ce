"""A system with several instances: each is built by models of its own, so that none sees another.

The models of a system are written once, as if there were one account. For each instance they are
copied into `models/staging/_generated/<system>/`, their sources cut to its rows and their
references turned to the copies. What joins by an id can so only meet rows of the same instance,
whatever model it is; the feeds' union then puts the scope in front of every id.
Belongs here: that text. Does not: models of one instance (they are used as they are written).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ground.sql import literal
from ground.systems import Scope
from ingest.contracts.contract import EVERY_MAP, Contract
from ingest.errors import ContractError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def named(model: str, scope: Scope) -> str:
    """The copy of a model for one instance: `stg_zendesk__tickets__beta`."""
    return f"{model}__{scope.instance}"


def copies(
    models: Mapping[str, str], scope: Scope, maps: Iterable[Contract] = ()
) -> dict[str, str]:
    """The text of each of the system's `models` (name to SQL), for one instance, by copy's name.

    maps: company maps; what they say of the scope is shown as if it were the system's.
    Raises ContractError when a model reads a source in a way that cannot be cut to an instance.
    """
    return {
        named(name, scope): _copy(name, text, scope, models, list(maps))
        for name, text in models.items()
    }


def _copy(
    name: str, text: str, scope: Scope, models: Mapping[str, str], maps: Sequence[Contract]
) -> str:
    raw = f"raw_{scope.system}"
    source = rf"\{{\{{\s*source\(\s*'{raw}'\s*,\s*'\w+'\s*\)\s*\}}\}}"
    own = f"where _instance = {literal(scope.instance)}"
    out, cut_n = re.subn(source, rf"(select sent.* from \g<0> as sent {own})", text)
    if cut_n != len(re.findall(rf"['\"]{raw}['\"]", text)):
        raise ContractError(
            f"{name}.sql: a source is written {{{{ source('{raw}', 'feed') }}}} and not otherwise, "
            f"so that it can be cut to one instance of {scope.system}"
        )
    for other in models:
        out = re.sub(rf"(['\"]){other}\1", rf"\g<1>{named(other, scope)}\g<1>", out)
    for contract in maps:
        if any(column.name == "system" for column in contract.columns):
            reference = rf"\{{\{{\s*ref\(\s*'stg_{EVERY_MAP}__{contract.feed}'\s*\)\s*\}}\}}"
            out = re.sub(reference, _map_of(scope, contract), out)
    return f"-- Written from {name}.sql for {scope}; change that one.\n{out}"


def _map_of(scope: Scope, contract: Contract) -> Any:
    columns = ", ".join(column.name for column in contract.columns if column.name != "system")

    def cut(found: re.Match[str]) -> str:
        return (
            f"(select {columns}, {literal(scope.system)} as source_system "
            f"from {found[0]} where source_system = {literal(str(scope))})"
        )

    return cut


def models_of(project_dir: Path, system: str) -> dict[str, Path]:
    """The models of one system, by name."""
    models = project_dir / "models"
    paths = [
        *sorted((models / "staging" / system).glob("*.sql")),
        *sorted((models / "intermediate" / "systems" / system).glob("*.sql")),
    ]
    return {path.stem: path for path in paths}


def declarations(
    project_dir: Path, system: str, declared: Sequence[Mapping[str, Any]], scope: Scope
) -> list[dict[str, Any]]:
    """What dbt is told of the copies: as of the models, in the layer of the models, switched on."""
    said = {str(model["name"]): dict(model) for model in declared}
    written = project_dir / "models" / "intermediate" / "systems" / system
    for path in sorted(written.glob("*.yml")):
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or {}
        for model in document.get("models", []):
            said[model["name"]] = {**model, **said.get(model["name"], {})}
    out = []
    for name, path in models_of(project_dir, system).items():
        model = said.get(name, {"description": f"{path.stem}, of one instance."})
        layer = "staging" if path.is_relative_to(project_dir / "models" / "staging") else None
        config = {"enabled": True, "schema": layer or "intermediate"}
        out.append({**model, "name": named(name, scope), "config": config})
    return out
