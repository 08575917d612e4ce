"""Source contracts: one YAML file per feed, read into frozen dataclasses.

Belongs here: the shape of a contract and how it is read. Does not: judging whether a contract
is wise (`lint.py`), reading data files (`readers.py`). All reading is safe-loaded YAML.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ground.systems import COMPANY, DEFAULT_INSTANCE, Scope, has_named, instances_of
from ground.yaml_keys import refuse_unknown
from ingest.contracts.bounds import (
    AS_USUAL,
    NOT_TOLD,
    Control,
    Volume,
    read_control,
    read_volume,
)
from ingest.contracts.column import DEFAULT_NULL_TOKENS, Column, read_column
from ingest.contracts.column_sources import one_of
from ingest.contracts.file_pattern import FilePattern
from ingest.errors import ContractError

FORMATS = ("csv", "ndjson", "json", "parquet", "xlsx")
EVERY_MAP = COMPANY
_KEYS = (
    "system", "feed", "fills", "description", "source", "owner", "file", "delivery", "correction",
    "key", "latest_by", "event_at", "extract_window", "touches", "deletes", "time_zone", "client",
    "freshness", "volume", "control", "intraday", "retention", "maps", "null_tokens", "columns",
    "rules",
)  # fmt: skip
# The mappings within a contract, each with the keys that it can have.
_INNER_KEYS = {
    "file": (
        "pattern", "format", "delimiter", "quote", "encoding", "header", "fields_n", "sheet",
        "records", "each", "concatenated", "skip_lines", "not_records",
    ),
    "correction": ("replaces", "within_days"),
    "extract_window": ("before_days", "after_days"),
    "touches": ("before_days", "after_days"),
    "freshness": ("late_after_hours", "optional"),
    "control": ("trailer", "marker"),
    "volume": ("fall", "rise", "is_list", "why"),
    "intraday": ("latency_s",),
    "retention": ("raw_days", "landing_days", "quarantine_days"),
}  # fmt: skip
# The C parser is ten times as quick; PyYAML has it wherever it was built with libyaml.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What a phone number is normalised by, and the company's own numbers, which are nobody.
PHONE_MAPS = frozenset({"company.clients", "company.own_numbers", "company.dialled_numbers"})


@dataclass(frozen=True)
class Lookup:
    """A value found in a company map: `value` of the row whose `match` columns agree."""

    map: str
    match: Mapping[str, str]
    value: str

    @property
    def table(self) -> str:
        """The raw table that holds the map."""
        return self.map.replace(".", "__")


@dataclass(frozen=True)
class CodeMap:
    """A code column whose values a company map should know; the rest is counted as unmapped."""

    column: str
    map: str
    key: str


@dataclass(frozen=True)
class Rule:
    """A condition on one typed row, in SQL; rows that break it go to quarantine."""

    id: str
    check: str
    reason: str


@dataclass(frozen=True)
class Contract:
    """The agreement on one feed of one system. `path` is where it is written.

    `instances` are the enabled accounts of the system; no contract names them.
    `intraday_latency_s`: the feed's open day may be read while it happens, and what happened so
    many seconds ago is in its files; None for a feed that comes once its day is over.
    """

    path: Path
    digest: str
    system: str
    feed: str
    fills: tuple[str, ...]
    description: str
    source: str
    owner: str
    pattern: FilePattern
    format: str
    delimiter: str
    quote: str
    encoding: str
    header: bool
    fields_n: int
    sheet: str | None
    records: str | None
    each: str | None
    concatenated: bool
    skip_lines: int
    not_records: tuple[str, ...]
    delivery: str
    replaces: str
    within_days: int
    key: tuple[str, ...]
    latest_by: str | None
    event_at: str | None
    window_days: tuple[int, int] | None
    touches_days: tuple[int, int]
    deletes: str | None
    time_zone: str | Lookup
    client: str | Lookup | None
    late_after_hours: int
    is_optional: bool
    retention_days: Mapping[str, int]
    code_maps: tuple[CodeMap, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    volume: Volume = AS_USUAL
    intraday_latency_s: int | None = None
    control: Control = NOT_TOLD
    instances: tuple[str, ...] = (DEFAULT_INSTANCE,)

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The system's instances, each as `system/instance`."""
        return tuple(Scope(self.system, instance) for instance in self.instances)

    @property
    def has_named_instances(self) -> bool:
        """True when rows of the system must be told from each other by their instance."""
        return has_named(self.instances)

    @property
    def name(self) -> str:
        """`system.feed`, as messages and commands use it."""
        return f"{self.system}.{self.feed}"

    @property
    def raw_table(self) -> str:
        """Table name in schema raw."""
        return f"{self.system}__{self.feed}"

    def column(self, name: str) -> Column:
        """The column called `name`; ContractError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise ContractError(f"{self.path}: no column {name!r} is listed")

    @property
    def is_list(self) -> bool:
        """True when every file says how all of it stands, so that a row it lacks is gone."""
        return self.delivery == "full" or self.volume.is_list

    @property
    def maps_read(self) -> frozenset[str]:
        """Names of the company maps that this feed's rows depend on."""
        lookups = [look.map for look in (self.client, self.time_zone) if isinstance(look, Lookup)]
        return frozenset([*lookups, *(code.map for code in self.code_maps)])

    @property
    def maps_before(self) -> frozenset[str]:
        """Maps that must be in before a row of this feed: also those that phone numbers need."""
        phones = any(column.personal == "phone" for column in self.columns)
        return self.maps_read | (PHONE_MAPS if phones else frozenset())


def load_contracts(sources: Path, systems: Sequence[str]) -> tuple[Contract, ...]:
    """All contracts of the enabled `systems` (company maps first), in a stable order.

    systems: scopes, `system` or `system/instance`; each contract is told its instances.
    Raises ContractError when a system has none, or any contract cannot be read.
    """
    contracts: list[Contract] = []
    for system, instances in instances_of([EVERY_MAP, *systems]).items():
        files = sorted((sources / system).glob("*.yml"))
        if not files and system != EVERY_MAP:
            raise ContractError(no_contracts(sources, system))
        contracts += [replace(read_contract(path), instances=instances) for path in files]
    return tuple(contracts)


def no_contracts(sources: Path, system: str) -> str:
    """What to do about a system that is enabled and that no contract describes."""
    known = sorted(p.name for p in sources.iterdir() if p.is_dir())
    near = get_close_matches(system, known, n=1)
    meant = f"did you mean {near[0]!r}?" if near else f"known systems: {', '.join(known)}"
    return (
        f"system {system!r} has no contracts; {meant} One of your own: "
        f"`headset source new {system} --sample FILE` drafts them"
    )


def read_contract(path: Path) -> Contract:
    """Read one contract file. Raises ContractError naming the file and the field."""
    return _read(path, path.read_text(encoding="utf-8"))


@lru_cache(maxsize=1024)
def _read(path: Path, text: str) -> Contract:
    try:
        raw = yaml.load(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise ContractError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(raw, dict):
        raise ContractError(f"{path}: a contract is a mapping, found {type(raw).__name__}")
    try:
        return _contract(path, hashlib.sha256(text.encode()).hexdigest()[:16], raw)
    except KeyError as error:
        raise ContractError(f"{path}: the field {error.args[0]!r} is missing") from error
    except (TypeError, ValueError, AttributeError, re.error) as error:
        raise ContractError(f"{path}: {error}") from error


def _contract(path: Path, digest: str, raw: dict[str, Any]) -> Contract:
    refuse_unknown(raw, _KEYS, "a contract")
    for name, known in _INNER_KEYS.items():
        refuse_unknown(raw.get(name) or {}, known, name)
    for entry in raw.get("maps") or ():
        refuse_unknown(entry, ("column", "map", "key"), "an entry of maps")
    for rule in raw.get("rules") or ():
        refuse_unknown(rule, ("id", "check", "reason"), f"rule {rule.get('id')}")
    file, correction = raw["file"], raw.get("correction") or {}
    window, touches = raw.get("extract_window"), raw.get("touches") or {}
    null_tokens = tuple(str(token) for token in raw.get("null_tokens", DEFAULT_NULL_TOKENS))
    one_of("file.format", file["format"], FORMATS)
    one_of("delivery", raw["delivery"], ("full", "increment", "event"))
    replaces = correction.get("replaces", "file" if raw["delivery"] == "full" else "key")
    one_of("correction.replaces", replaces, ("file", "key"))
    return Contract(
        path=path,
        digest=digest,
        system=raw["system"],
        feed=raw["feed"],
        fills=tuple(raw.get("fills", ())),
        description=raw["description"],
        source=raw["source"],
        owner=raw.get("owner", "data-platform"),
        pattern=FilePattern.parse(file["pattern"]),
        format=file["format"],
        delimiter=file.get("delimiter", ","),
        quote=file.get("quote", '"'),
        encoding=file.get("encoding", "utf-8"),
        header=file.get("header", True),
        fields_n=int(file.get("fields_n", 0)),
        sheet=file.get("sheet"),
        records=file.get("records"),
        each=file.get("each"),
        concatenated=bool(file.get("concatenated", False)),
        skip_lines=int(file.get("skip_lines", 0)),
        not_records=tuple(_regexes(file.get("not_records", ()))),
        delivery=raw["delivery"],
        replaces=replaces,
        within_days=int(correction.get("within_days", 35)),
        key=tuple(raw.get("key", ())),
        latest_by=raw.get("latest_by"),
        event_at=raw.get("event_at"),
        window_days=(int(window["before_days"]), int(window["after_days"])) if window else None,
        touches_days=(int(touches.get("before_days", 0)), int(touches.get("after_days", 0))),
        deletes=raw.get("deletes"),
        time_zone=_lookup_or_constant(raw.get("time_zone", "UTC")) or "UTC",
        client=_lookup_or_constant(raw.get("client")),
        late_after_hours=int((raw.get("freshness") or {}).get("late_after_hours", 30)),
        is_optional=bool((raw.get("freshness") or {}).get("optional", False)),
        retention_days={k: int(v) for k, v in (raw.get("retention") or {}).items()},
        code_maps=tuple(CodeMap(m["column"], m["map"], m["key"]) for m in raw.get("maps") or ()),
        columns=tuple(read_column(column, null_tokens) for column in raw["columns"]),
        rules=tuple(Rule(r["id"], r["check"], r["reason"]) for r in raw.get("rules") or ()),
        volume=read_volume(raw.get("volume")),
        intraday_latency_s=int(raw["intraday"]["latency_s"]) if raw.get("intraday") else None,
        control=read_control(file["format"], raw.get("control")),
    )


def _lookup_or_constant(raw: str | dict[str, Any] | None) -> str | Lookup | None:
    if raw is None or isinstance(raw, str):
        return raw
    refuse_unknown(raw, ("map", "match", "value"), "a look-up")
    return Lookup(raw["map"], dict(raw["match"]), raw["value"])


def _regexes(patterns: Sequence[str]) -> Iterable[str]:
    for pattern in patterns:
        re.compile(pattern)
        yield pattern
