"""What each model, test and source means, as a fingerprint: equal while its rows would be equal.

Belongs here: pure functions over dbt's manifest. A fingerprint holds a model's code and that of
the macros it calls without comments and spacing, the variables they name, what its config and
contract decide about its rows, and its parents' fingerprints. Descriptions, owners, tags and tests
are prose to it. How a table is put in place (`materialization_*`) decides no row.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ground.dbt_manifest import Manifest

CONFIG = (
    "materialized",
    "database",
    "schema",
    "alias",
    "incremental_strategy",
    "on_schema_change",
    "full_refresh",
    "unique_key",
    "contract",
    "column_types",
    "pre-hook",
    "post-hook",
)
TEST_CONFIG = ("materialized", "fail_calc", "warn_if", "error_if", "limit", "severity", "where")
# Strings stay as they are; what is prose or spacing becomes one space.
_TOKEN = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|(?:\{#.*?#\}|--[^\n]*|/\*.*?\*/|\s)+""", re.DOTALL
)
_VARIABLE = re.compile(r"""\bvar\(\s*(?:["'](\w+)["'])?""")
# What only the ledger knows changes from night to night, whatever the models above say.
_LEDGER = re.compile(r"\b(?:ledger|raw)\.[a-z_]+")
PROJECT = "macro.headset."


def normalised(code: str) -> str:
    """Code without comments of SQL or Jinja, and with single spaces outside of strings."""
    return _TOKEN.sub(lambda found: found[0] if found[0][0] in "'\"" else " ", code).strip()


def fingerprints(manifest: Manifest, variables: Mapping[str, Any]) -> dict[str, str]:
    """Unique id to fingerprint of every model and source, and of every data test.

    variables: `vars` of the dbt project; a model hangs on those that its code names.
    """
    macros = own_macros(manifest)
    found: dict[str, str] = {}
    for start in (*manifest["sources"], *manifest["nodes"]):
        _fingerprint(start, manifest, macros, variables, found)
    return found


def own_macros(manifest: Manifest) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The project's macros: normalised code, and which macros each calls."""
    return {
        uid: (normalised(str(macro["macro_sql"])), tuple(macro["depends_on"]["macros"]))
        for uid, macro in manifest["macros"].items()
        if uid.startswith(PROJECT)
    }


def called(
    node: Mapping[str, Any], macros: Mapping[str, tuple[str, tuple[str, ...]]]
) -> dict[str, str]:
    """The project's macros that a node calls, directly or through others, with their code."""
    seen: dict[str, str] = {}
    todo = list(node["depends_on"]["macros"])
    while todo:
        uid = todo.pop()
        if uid in macros and uid not in seen:
            seen[uid], more = macros[uid]
            todo.extend(more)
    return dict(sorted(seen.items()))


def by_dates(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """How a model of the strategy `touched` finds its dates (`touched.sql`); else nothing."""
    return (node["config"].get("meta") or {}).get("touched") or {}


def inputs_by_name(node: Mapping[str, Any]) -> set[str]:
    """Models whose changes reach a model of that strategy by name, beside what its code reads."""
    spec = by_dates(node)
    linked = (spec.get("linked_to") or {}).get("models", ())
    differs = [spec["differs_from"]] if spec.get("differs_from") else []
    return {*spec.get("follows", ()), *spec.get("rebuild_on", ()), *linked, *differs}


def changes_by_itself(
    node: Mapping[str, Any], macros: Mapping[str, tuple[str, tuple[str, ...]]]
) -> bool:
    """Whether a model's rows may differ tomorrow though no parent of it changed.

    It reads the ledger, or some of its rows are not settled until time has passed. (Models of the
    strategy `touched` ask the ledger through macros which dates to rewrite: that alone is no
    change of theirs.)
    """
    if by_dates(node).get("unsettled"):
        return True
    code = [normalised(str(node["raw_code"]))]
    if node["config"]["materialized"] != "incremental":
        code += called(node, macros).values()
    return any(_LEDGER.search(one) for one in code)


def _fingerprint(
    uid: str,
    manifest: Manifest,
    macros: Mapping[str, tuple[str, tuple[str, ...]]],
    variables: Mapping[str, Any],
    found: dict[str, str],
) -> str:
    if uid in found:
        return found[uid]
    if uid in manifest["sources"]:
        found[uid] = _digest(_source(manifest["sources"][uid]))
        return found[uid]
    node = manifest["nodes"][uid]
    parents = {
        parent: _fingerprint(parent, manifest, macros, variables, found)
        for parent in sorted(set(node["depends_on"]["nodes"]))
        if parent in manifest["nodes"] or parent in manifest["sources"]
    }
    code = normalised(str(node["raw_code"]))
    calls = called(node, macros)
    found[uid] = _digest(
        {
            "code": code,
            "macros": calls,
            "variables": _named(variables, (code, *calls.values())),
            "config": _config(node),
            "columns": _columns(node),
            "constraints": node.get("constraints") or [],
            "arguments": (node.get("test_metadata") or {}).get("kwargs"),
            "parents": parents,
        }
    )
    return found[uid]


def _config(node: Mapping[str, Any]) -> dict[str, Any]:
    config = node["config"]
    names = TEST_CONFIG if node["resource_type"] == "test" else CONFIG
    kept = {name: config.get(name) for name in names}
    return kept | {"touched": by_dates(node)}


def _columns(node: Mapping[str, Any]) -> list[tuple[str, str | None, Any]]:
    return [
        (name, column.get("data_type"), column.get("constraints"))
        for name, column in node["columns"].items()
    ]


def _source(source: Mapping[str, Any]) -> dict[str, Any]:
    return {"relation": source["relation_name"], "columns": _columns(source)}


def _named(variables: Mapping[str, Any], code: Iterable[str]) -> dict[str, Any]:
    names = {name for one in code for name in _VARIABLE.findall(one)}
    # A name that is not written out may be any of them.
    return dict(variables) if "" in names else {n: variables.get(n) for n in sorted(names)}


def _digest(parts: Mapping[str, Any]) -> str:
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
