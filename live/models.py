"""The day's models: SQL that dbt compiled from the one project, and the parts that metrics add up.

Belongs here: what is kept of them and in which order they stand. Does not: calling dbt
(`orchestration`), running them (`build.py`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ground import files
from live.lane import Lane, LiveError

FORMAT = 1
# What the floor sees; with all models above them these are the day's, about fifteen.
TOPS = ("interaction_queue_half_hour", "forecast_half_hour", "int_agent_activity")
PARTS_OF = "queue_visit"


@dataclass(frozen=True)
class Model:
    """One model: where its rows stand, and the query that makes them."""

    name: str
    schema: str
    is_view: bool
    sql: str

    @property
    def relation(self) -> str:
        """Where compiled SQL finds it."""
        return f'"{self.schema}"."{self.name}"'


@dataclass(frozen=True)
class Metric:
    """A metric that the open day may show: its parts, and what open visits do to it."""

    id: str
    display: str
    version: int
    unit: str
    direction: str
    intraday: str
    numerator: str
    denominator: str | None


@dataclass(frozen=True)
class DayModels:
    """Models in building order, parts as SQL over a queue visit, and the metrics made of them.

    definitions: the fingerprint of project and contracts that they were compiled from.
    """

    definitions: str
    models: tuple[Model, ...]
    parts: Mapping[str, str]
    metrics: tuple[Metric, ...]

    def model(self, name: str) -> Model:
        """The model of one name."""
        return next(one for one in self.models if one.name == name)


def wanted(manifest: Mapping[str, Any]) -> list[str]:
    """Unique ids of the tops and every model above them, parents first."""
    nodes, order = manifest["nodes"], []
    ids = {node["name"]: uid for uid, node in nodes.items() if node["resource_type"] == "model"}

    def add(uid: str) -> None:
        if uid in order or not uid.startswith("model."):
            return
        for parent in sorted(nodes[uid]["depends_on"]["nodes"]):
            add(parent)
        order.append(uid)

    for top in TOPS:
        add(ids[top])
    return order


def from_manifest(
    manifest: Mapping[str, Any],
    compiled: Mapping[str, str],
    contracts: Iterable[Any],
    definitions: str,
) -> DayModels:
    """Put together what dbt's manifest and its compiled SQL (by unique id) say of the day."""
    models = tuple(
        Model(
            node["name"],
            node["schema"],
            node["config"]["materialized"] == "view",
            compiled[uid].replace('"warehouse".', ""),
        )
        for uid in wanted(manifest)
        for node in [manifest["nodes"][uid]]
    )
    parts = {
        measure["name"]: str(measure.get("expr") or measure["name"])
        for semantic in manifest["semantic_models"].values()
        if semantic["name"] == PARTS_OF
        for measure in semantic["measures"]
    }
    metrics = tuple(
        Metric(
            one.id, one.display, one.version, one.unit, one.direction, one.intraday,
            one.numerator, one.denominator,
        )
        for one in contracts
        if one.intraday != "never"
    )  # fmt: skip
    used = {part for one in metrics for part in (one.numerator, one.denominator) if part}
    return DayModels(definitions, models, {name: parts[name] for name in sorted(used)}, metrics)


def write(lane: Lane, day: DayModels) -> None:
    """Keep them until definitions change."""
    lane.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.write_json(lane.models, {"format": FORMAT} | asdict(day))


def read(lane: Lane) -> DayModels | None:
    """What was kept; None before the first tick, or when another release wrote it."""
    try:
        raw = json.loads(lane.models.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise LiveError(f"{lane.models} is broken ({error}); remove it, a tick writes it") from None
    if raw.pop("format", None) != FORMAT:
        return None
    return DayModels(
        raw["definitions"],
        tuple(Model(**one) for one in raw["models"]),
        raw["parts"],
        tuple(Metric(**one) for one in raw["metrics"]),
    )
