"""Columns of contracts: what may enter, of which type, how it is read, whose data it is.

Belongs here: one column and how its lines in a contract are read. Does not: pieces of source text
(`parts.py`), contracts (`contract.py`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ground.yaml_keys import refuse_unknown
from ingest.contracts.column_sources import Part, as_list, one_of, read_part

SQL_TYPES = {
    "text": "varchar",
    "integer": "integer",
    "bigint": "bigint",
    "decimal": "double",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "timestamp": "timestamp",
    # A name that clocks go by (IANA); another one would silently be read as UTC.
    "time_zone": "varchar",
}
PERSONAL_CLASSES = ("none", "phone", "email", "customer_id", "staff_id", "staff_name")
# Never taken in, listed or not; a vendor's emotion score of an agent is among them.
FORBIDDEN_CLASSES = (
    "national_id",
    "religion",
    "ethnicity",
    "union_membership",
    "health",
    "biometrics",
    "politics",
    "emotion",
)
DEFAULT_NULL_TOKENS = ("", "null", "NULL", "N/A", "n/a")


@dataclass(frozen=True)
class Column:
    """One column that may enter the warehouse; what is not listed stays out."""

    name: str
    parts: tuple[Part, ...]
    type: str
    description: str
    required: bool = False
    unit: str | None = None
    personal: str = "none"
    minimum: float | None = None
    maximum: float | None = None
    earliest: date | None = None
    latest: date | None = None
    pattern: str | None = None
    accepted: tuple[str, ...] = ()
    classes: Mapping[str, str] | None = None
    formats: tuple[str, ...] = ()
    ambiguous: str = "earlier"
    first_of: bool = False
    since: str | None = None
    true_values: tuple[str, ...] = ()
    false_values: tuple[str, ...] = ()

    @property
    def is_pseudonym(self) -> bool:
        """True when the value is replaced by a keyed pseudonym at the door."""
        return self.personal in ("phone", "email", "customer_id")

    @property
    def from_file_name(self) -> str | None:
        """The file-name capture that fills the column, if it comes from there."""
        source = self.parts[0].source
        return source.removeprefix("file.") if source.startswith("file.") else None

    @property
    def sql_type(self) -> str:
        """The column's type in the warehouse."""
        return SQL_TYPES[self.type]


# How a column's text is found and read; with `first_of` each part can say it for itself.
_KEYS = (
    "name", "type", "description", "required", "unit", "class", "min", "max", "accepted", "classes",
    "format", "ambiguous", "first_of", "from", "since", "true_values", "false_values",
    "null_tokens", "read_as", "when", "extract", "pattern", "earliest", "latest",
)  # fmt: skip


def read_column(raw: dict[str, Any], null_tokens: tuple[str, ...]) -> Column:
    """A column as a contract writes it. Raises KeyError or ValueError when it is none."""
    name = raw["name"]
    refuse_unknown(raw, _KEYS, f"column {name}")
    one_of(f"type of column {name}", raw["type"], tuple(SQL_TYPES))
    own_tokens = tuple(str(t) for t in raw["null_tokens"]) if "null_tokens" in raw else ()
    tokens = tuple(dict.fromkeys([*null_tokens, *own_tokens]))
    if raw.get("class") in FORBIDDEN_CLASSES:
        raise ValueError(f"column {name} is of class {raw['class']}, which never enters; remove it")
    sources = raw.get("first_of") or raw.get("from", name)
    formats = raw.get("format", ())
    return Column(
        name=name,
        parts=tuple(read_part(item, raw, tokens) for item in as_list(sources)),
        type=raw["type"],
        description=raw.get("description", ""),
        required=bool(raw.get("required", False)),
        unit=raw.get("unit"),
        personal=raw.get("class", "none"),
        minimum=raw.get("min"),
        maximum=raw.get("max"),
        earliest=_day(raw.get("earliest")),
        latest=_day(raw.get("latest")),
        pattern=_pattern(raw.get("pattern")),
        accepted=tuple(str(value) for value in raw.get("accepted", ())),
        classes=raw.get("classes"),
        # `%Y` reads two figures as well, as the year 24; so years of two figures are tried first.
        formats=tuple(sorted(as_list(formats), key=lambda form: "%Y" in form)),
        ambiguous=one_of("ambiguous", raw.get("ambiguous", "earlier"), ("earlier", "later")),
        first_of="first_of" in raw,
        since=raw.get("since"),
        true_values=tuple(str(value).lower() for value in raw.get("true_values", ())),
        false_values=tuple(str(value).lower() for value in raw.get("false_values", ())),
    )


def _day(value: Any) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise ValueError(f"{value!r} is no date (YYYY-MM-DD)")


def _pattern(value: str | None) -> str | None:
    if value is not None:
        re.compile(value)
    return value
