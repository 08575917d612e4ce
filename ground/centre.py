"""A centre's own repository: `headset.toml` and the folders beside it.

The file says what a deployment is; an environment variable overrides it. The rest of Headset reads
the environment alone, so that a scheduled process, a test and a container need no file.
Belongs here: reading the file and where each setting comes from. Does not: using a setting.
"""

import os
import re
import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

FILE = "headset.toml"
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
Address = Annotated[str, StringConstraints(pattern=r"^[^@\s,]+@[^@\s,]+$")]
Memory = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*(MB|GB)$")]


class CentreError(Exception):
    """A centre's configuration is wrong or missing; the message says where and what to write."""


def _zone(name: str) -> str:
    if name not in available_timezones():
        near = get_close_matches(name, available_timezones(), n=1)
        raise ValueError(
            f"{name!r} is no time zone" + (f"; did you mean {near[0]!r}?" if near else "")
        )
    return name


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CentreTable(_Table):
    """`[centre]`: name (it prefixes own metrics), home of all state, first extract date."""

    name: Name
    home: str = "state"
    first_day: date


class NightTable(_Table):
    """`[night]`: when the nightly run starts, in which zone, and the memory DuckDB may take."""

    at: time = time(2, 0)
    time_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    memory: Memory = "3GB"


def _deadline(text: str) -> str:
    try:
        clock, zone = text.split(" ")
        time.fromisoformat(clock)
    except ValueError:
        raise ValueError(f"{text!r} is no time and zone, such as 06:00 Asia/Manila") from None
    return f"{clock} {_zone(zone)}"


class AlertsTable(_Table):
    """`[alerts]`: by when a night must have been published, and who is told when it is not.

    What carries a secret stands in the environment alone: HEADSET_ALERT_WEBHOOK, HEADSET_SMTP_URL.
    """

    published_by: Annotated[str, AfterValidator(_deadline)] | None = None
    file: str = "alerts.jsonl"
    mail_from: Address | None = None
    mail_to: list[Address] = []
    backup_days: Annotated[int, Field(ge=1)] = 7


class EnvironmentTable(_Table):
    """`[environments.NAME]`: what differs in one environment (`HEADSET_ENV` chooses it)."""

    home: str | None = None
    memory: Memory | None = None


class Centre(_Table):
    """The whole file. systems: each with the names of its instances (`["default"]` for one)."""

    centre: CentreTable
    night: NightTable = NightTable()
    alerts: AlertsTable = AlertsTable()
    systems: Annotated[dict[Name, list[Name]], Field(min_length=1)]
    environments: dict[Name, EnvironmentTable] = {}

    @property
    def scopes(self) -> str:
        """The systems as `HEADSET_SYSTEMS` has them: `zendesk/acme,zendesk/beta,asterisk`."""
        return ",".join(
            system if instance == "default" else f"{system}/{instance}"
            for system, instances in self.systems.items()
            for instance in instances
        )


@dataclass(frozen=True)
class Setting:
    """One setting as it holds: its variable, its value, and where that comes from."""

    variable: str
    value: str
    origin: str


def find(start: Path | None = None) -> Path | None:
    """The `headset.toml` of this folder or one above it; `HEADSET_CENTRE` names its folder."""
    named = os.environ.get("HEADSET_CENTRE")
    if named:
        return Path(named).absolute() / FILE
    here = (start or Path.cwd()).absolute()
    return next((p / FILE for p in (here, *here.parents) if (p / FILE).is_file()), None)


def load(path: Path) -> Centre:
    """Read a `headset.toml`. Raises CentreError naming file, line and the nearest right name."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CentreError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return Centre.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise CentreError(f"{path}: not valid TOML: {error}") from error
    except ValidationError as error:
        lines = [_said(path, text, one) for one in error.errors()]
        raise CentreError("\n".join(lines)) from error


def settings(path: Path, environ: Mapping[str, str]) -> list[Setting]:
    """Every setting of a centre, an environment variable before the file."""
    centre, root = load(path), path.parent
    chosen = environ.get("HEADSET_ENV", "")
    if chosen and chosen not in centre.environments:
        known = ", ".join(centre.environments) or "none"
        raise CentreError(f"{path}: HEADSET_ENV is {chosen!r}; environments of the file: {known}")
    here = centre.environments.get(chosen, EnvironmentTable())
    said = {
        "HEADSET_CENTRE_NAME": centre.centre.name,
        "HEADSET_HOME": str(root / (here.home or centre.centre.home)),
        "HEADSET_SYSTEMS": centre.scopes,
        "HEADSET_FIRST_DAY": centre.centre.first_day.isoformat(),
        "HEADSET_MEMORY_LIMIT": here.memory or centre.night.memory,
        "HEADSET_NIGHT_AT": f"{centre.night.at:%H:%M}",
        "HEADSET_NIGHT_ZONE": centre.night.time_zone,
        "HEADSET_ALERT_PUBLISHED_BY": centre.alerts.published_by or "",
        "HEADSET_ALERT_FILE": centre.alerts.file,
        "HEADSET_ALERT_MAIL_FROM": centre.alerts.mail_from or "",
        "HEADSET_ALERT_MAIL_TO": ",".join(centre.alerts.mail_to),
        "HEADSET_ALERT_BACKUP_DAYS": str(centre.alerts.backup_days),
    }
    return [
        Setting(name, environ[name], "environment")
        if environ.get(name)
        else Setting(name, value, f"{path.name}{f' [environments.{chosen}]' if chosen else ''}")
        for name, value in said.items()
    ]


def apply(environ: MutableMapping[str, str] = os.environ) -> Path | None:
    """Put a centre's settings into the environment; its folder, or None where there is no file."""
    path = find()
    if path is None:
        return None
    for one in settings(path, environ):
        environ[one.variable] = one.value
    environ["HEADSET_CENTRE"] = str(path.parent)
    return path.parent


def _said(path: Path, text: str, error: Any) -> str:
    *outer, field = map(str, error["loc"])
    line = _line(text, outer, field)
    where = f"{path}:{line}: " if line else f"{path}: "
    if error["type"] == "missing":
        table = f"[{'.'.join(outer)}]" if outer else "the file"
        return f"{where}{table} has no `{field}`"
    if error["type"] == "extra_forbidden":
        near = get_close_matches(field, _known(outer), n=1)
        hint = f"; did you mean `{near[0]}`?" if near else f"; known: {', '.join(_known(outer))}"
        return f"{where}`{field}` is no setting{hint}"
    return f"{where}`{'.'.join([*outer, field])}`: {error['msg'].removeprefix('Value error, ')}"


def _known(outer: list[str]) -> list[str]:
    tables: dict[str, type[_Table]] = {
        "centre": CentreTable, "night": NightTable, "alerts": AlertsTable,
        "environments": EnvironmentTable,
    }  # fmt: skip
    return list((tables[outer[0]] if outer else Centre).model_fields)


def _line(text: str, outer: list[str], field: str) -> int | None:
    """The line on which a key of a table stands, or the table itself."""
    table, found = "", None
    for number, line in enumerate(text.splitlines(), 1):
        head = re.match(r"\s*\[+\s*([\w.\"-]+)\s*\]+", line)
        if head:
            table = head[1]
            if table in (".".join([*outer, field]), ".".join(outer)):
                found = found or number
        elif table == ".".join(outer) and re.match(rf"\s*{re.escape(field)}\s*=", line):
            return number
    return found
