"""What dbt says is to be published. Belongs here: reading dbt's manifest, pure.

A model is published when its `config.meta.publish` says so:

    publish:
      schema: interaction          # subject
      name: contact
      partition_by: [client_id, site_month]   # optional; site_month is derived
      month_of: site_date          # optional; the date that site_month is the month of
      key: [contact_id]            # optional; default: the model's primary key, else <name>_id
      once: week_start_date        # optional; a period that was published stays as it was
      volume: {fall: 0.9, why: ..} # optional; how far its rows may fall and rise from one night to
                                   # the next (`expectations/volume`); free: true for no bound
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from publish import texts
from publish.errors import PublishError, PublishRefused

AUDIENCES = ("self", "agent", "leader", "hr", "client", "internal")
_SUBJECT_AUDIENCE = {
    "interaction": "client",
    "client": "client",
    "core": "client",
    "metric": "internal",
    "agent": "leader",
    "attrition": "hr",
}
_TABLE_AUDIENCE = {"core.agent": "leader"}
STAFF, CUSTOMER = "staff pseudonym", "customer pseudonym"
# Columns that lead to a person wherever they stand, unless dbt says another class.
STAFF_COLUMNS = (
    "agent_id", "leader_id", "first_leader_id", "entity_id", "coach_id", "giver_id", "mentor_id",
    "evaluator_id",
)  # fmt: skip
# What HR alone may know of a person, in whatever table. That a job has ended, a leader sees.
HR_ALONE = frozenset({
    "left_date", "hire_source", "termination_code", "termination_class", "termination_reason",
    "termination_event_id", "is_regretted", "contract_type", "fte", "weekly_hours",
})  # fmt: skip
_PERSONAL = {**dict.fromkeys(STAFF_COLUMNS, STAFF), "customer_id": CUSTOMER}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PUBLISH_KEYS = {"schema", "name", "partition_by", "month_of", "key", "once", "volume"}
_RESERVED = "core.snapshot"


@dataclass(frozen=True)
class ColumnDoc:
    """What dbt documents of a column; `audience` is null when it does not say."""

    description: str
    audience: str | None
    unit: str | None
    personal_class: str | None
    text: str | None = None


@dataclass(frozen=True)
class Volume:
    """How far the rows of a table may fall (a share of them) and rise; null: by the default.

    free: a table that may even be empty, because that is good news. `why` is its reason.
    """

    fall: float | None = None
    rise: float | None = None
    free: bool = False
    why: str = ""


@dataclass(frozen=True)
class Spec:
    """One table to publish: `schema.name` from the relation `relation` in the warehouse."""

    name: str
    model: str
    unique_id: str
    relation: tuple[str, str]
    description: str
    partition_by: tuple[str, ...]
    month_of: str
    key: tuple[str, ...]
    docs: Mapping[str, ColumnDoc]
    once: str | None = None
    volume: Volume = Volume()

    def audience(self, column: str) -> str:
        """Who may see a column: what dbt says, else the default of its table or subject."""
        doc = self.docs.get(column.lower())
        if doc is not None and doc.audience is not None:
            return doc.audience
        if column.lower() in HR_ALONE:
            return "hr"
        subject = self.name.split(".")[0]
        return _TABLE_AUDIENCE.get(self.name) or _SUBJECT_AUDIENCE.get(subject, "internal")

    def text(self, column: str) -> str:
        """What kind of text a column holds: what dbt says, else what is listed, else a code."""
        doc = self.docs.get(column.lower())
        said = doc.text if doc is not None else None
        return said or texts.declared(self.name, column) or "code"


def specs(manifest: Mapping[str, Any]) -> tuple[Spec, ...]:
    """Every table to publish, by name. Raises PublishError naming the model that is at fault."""
    found: dict[str, Spec] = {}
    for unique_id, node in sorted(manifest["nodes"].items()):
        if node.get("resource_type") != "model":
            continue
        publish = _meta(node).get("publish")
        if publish is None:
            continue
        spec = _spec(unique_id, node, publish)
        if spec.name in found:
            raise PublishError(
                f"models {found[spec.name].model} and {spec.model} both publish {spec.name}"
            )
        found[spec.name] = spec
    if not found:
        raise PublishError("no model in dbt's manifest has config.meta.publish: nothing to publish")
    return tuple(found[name] for name in sorted(found))


def held_tables(
    manifest: Mapping[str, Any], tables: Collection[Spec], feeds: Collection[str]
) -> frozenset[str]:
    """Published tables that depend on a held feed.

    A feed is a canonical one (`contacts`: the model feed_contacts and sources of that name) or
    one system's (`sim.contacts`: the source raw_sim.contacts and the model stg_sim__contacts).
    Raises PublishRefused when dbt knows no such feed: what it touches cannot be told.
    """
    held: set[str] = set()
    parents = manifest.get("parent_map", {})
    for feed in feeds:
        roots = _roots(manifest, feed)
        if not roots:
            raise PublishRefused(
                f"feed {feed!r} is held back but dbt's manifest has no model or source of it, "
                "so the tables that depend on it cannot be told"
            )
        held.update(table.name for table in tables if _reaches(parents, table.unique_id, roots))
    return frozenset(held)


def _roots(manifest: Mapping[str, Any], feed: str) -> set[str]:
    system, _, name = feed.rpartition(".")
    models = {f"stg_{system}__{name}"} if system else {f"feed_{name}"}
    roots = {key for key, node in manifest["nodes"].items() if node.get("name") in models}
    return roots | {
        key
        for key, source in manifest.get("sources", {}).items()
        if source.get("name") == name
        and source.get("source_name", "").startswith("raw_")
        and (not system or source["source_name"] == f"raw_{system}")
    }


def _reaches(parents: Mapping[str, Collection[str]], start: str, roots: Collection[str]) -> bool:
    seen: set[str] = set()
    todo = [start]
    while todo:
        node = todo.pop()
        if node in roots:
            return True
        if node not in seen:
            seen.add(node)
            todo.extend(parents.get(node, ()))
    return False


def _spec(unique_id: str, node: Mapping[str, Any], publish: Any) -> Spec:
    model = node["name"]
    if not isinstance(publish, dict) or not {"schema", "name"} <= publish.keys():
        raise PublishError(f"model {model}: config.meta.publish needs schema and name")
    unknown = sorted(publish.keys() - _PUBLISH_KEYS)
    if unknown:
        raise PublishError(f"model {model}: config.meta.publish has unknown keys {unknown}")
    for field in ("schema", "name"):
        if not isinstance(publish[field], str) or not _NAME.fullmatch(publish[field]):
            raise PublishError(
                f"model {model}: config.meta.publish.{field} is {publish[field]!r}; "
                "use lower-case letters, digits and underscores"
            )
    name = f"{publish['schema']}.{publish['name']}"
    if name == _RESERVED:
        raise PublishError(f"model {model}: {name} is written by publication itself")
    return Spec(
        name=name,
        model=model,
        unique_id=unique_id,
        relation=(node["schema"], node.get("alias") or model),
        description=node.get("description", ""),
        partition_by=tuple(publish.get("partition_by") or ()),
        month_of=publish.get("month_of") or "site_date",
        key=tuple(publish.get("key") or _primary_key(node)),
        docs={
            column.lower(): _doc(model, column, entry)
            for column, entry in node.get("columns", {}).items()
        },
        once=publish.get("once"),
        volume=_volume(model, publish.get("volume")),
    )


def _volume(model: str, raw: Any) -> Volume:
    if raw is None:
        return Volume()
    known = {"fall", "rise", "free", "why"}
    if not isinstance(raw, dict) or raw.keys() - known or not str(raw.get("why") or "").strip():
        raise PublishError(
            f"model {model}: config.meta.publish.volume has fall, rise or free, and a why"
        )
    fall, rise = raw.get("fall"), raw.get("rise")
    if (fall is not None and not 0 < float(fall) < 1) or (rise is not None and float(rise) <= 0):
        raise PublishError(
            f"model {model}: config.meta.publish.volume: fall is a share between 0 and 1, "
            "rise is above 0"
        )
    return Volume(
        fall=None if fall is None else float(fall),
        rise=None if rise is None else float(rise),
        free=bool(raw.get("free", False)),
        why=str(raw["why"]),
    )


def _doc(model: str, column: str, entry: Mapping[str, Any]) -> ColumnDoc:
    meta = _meta(entry)
    audience = meta.get("audience")
    if audience is not None and audience not in AUDIENCES:
        raise PublishError(
            f"model {model}, column {column}: audience {audience!r} is none of "
            + ", ".join(AUDIENCES)
        )
    if column.lower() in HR_ALONE and audience not in (None, "hr", "internal"):
        raise PublishError(
            f"model {model}, column {column}: audience {audience!r}, but {column} is for HR alone"
        )
    text = meta.get("text")
    if text is not None and text not in texts.KINDS:
        raise PublishError(
            f"model {model}, column {column}: text {text!r} is none of " + ", ".join(texts.KINDS)
        )
    return ColumnDoc(
        description=entry.get("description", ""),
        audience=audience,
        unit=meta.get("unit"),
        personal_class=meta.get("class") or _PERSONAL.get(column.lower()),
        text=text,
    )


def _meta(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Meta of a model or column: `config.meta` wins over the older top-level `meta`."""
    return {**(entry.get("meta") or {}), **((entry.get("config") or {}).get("meta") or {})}


def _primary_key(node: Mapping[str, Any]) -> tuple[str, ...]:
    for constraint in node.get("constraints") or ():
        if constraint.get("type") == "primary_key":
            return tuple(constraint.get("columns") or ())
    return tuple(
        name
        for name, column in node.get("columns", {}).items()
        if any(entry.get("type") == "primary_key" for entry in column.get("constraints") or ())
    )
