"""A worked example as canonical rows: of any feed, each example a client (or site) of its own.

An example gives what matters; the rest is filled in. Times are local to its zone; ids and codes are
made its own, so that all examples fit into one build. `times: 3` is three rows alike; `agents: 3`
likewise, each of an agent of its own (a1.0, a1.1, a1.2).
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import yaml

from ground import yaml_lines
from ground.home import CHECKOUT

HERE = Path(__file__).parent
ROWS = HERE / "rows"
FEEDS_DIR = CHECKOUT / "dbt_project" / "models" / "intermediate" / "feeds"
SYSTEM = "example"
ALWAYS = dt.date(2000, 1, 1)
# Ids that name a thing of everybody's, or are made by the example itself.
AS_GIVEN = {"client_id", "site_id", "customer_id", "form_id", "question_id", "file_id"}
OWN_CODES = {
    "agent_code", "leader_code", "evaluator_code", "team_code", "queue_code", "given_by_code",
    "mentor_code",
}  # fmt: skip
MADE = ("id", "legs", "times", "agents")
ACTIVITIES = {
    "available": True, "on_contact": True, "acw": True, "break": True, "lunch": False,
    "training": True, "meeting": True, "coaching": True, "off_queue": True, "logged_out": False,
    "off": False, "leave": False,
}  # fmt: skip


class ExampleError(Exception):
    """A worked example is wrong in itself; the message names file and line."""


@dataclass(frozen=True)
class Example:
    """One worked example: its rows, what is asked, and the answers worked out by hand."""

    metric: str
    file: yaml_lines.YamlFile

    @property
    def client_id(self) -> str:
        """The example's own client."""
        return f"{self.metric}/{self.file.path.stem}"

    @property
    def rows(self) -> Mapping[str, Any]:
        """Zone, queues and contacts: its own, or those of the file that it shares."""
        shared = self.file.data.get("rows")
        if shared is None:
            found: Mapping[str, Any] = self.file.data
        else:
            found = yaml_lines.read(ROWS / f"{shared}.yml").data
        return found


def examples() -> list[Example]:
    """Every example, by folder and file name."""
    return [
        Example(path.parent.name, yaml_lines.read(path))
        for path in sorted(HERE.glob("*/*.yml"))
        if path.parent != ROWS
    ]


@dataclass(frozen=True)
class Feed:
    """A canonical feed: columns with their types, and the instant from which its date comes."""

    name: str
    columns: Mapping[str, str]
    event_at: str


def canonical_feeds() -> dict[str, Feed]:
    """Every canonical feed, read from its definition."""
    found = {}
    for path in sorted(FEEDS_DIR.glob("_*.yml")):
        for model in yaml.safe_load(path.read_text())["models"]:
            columns = {
                c["name"]: c["data_type"] for c in model["columns"] if c["name"] != "source_system"
            }
            said = {c["name"]: c["description"] for c in model["columns"]}
            named = re.search(r"UTC date of (\w+)", said.get("event_date", ""))
            name = model["name"].removeprefix("feed_")
            found[name] = Feed(name, columns, named.group(1) if named else "")
    return found


def insert(
    con: duckdb.DuckDBPyConnection, example: Example, feeds: Mapping[str, Feed], maps: set[str]
) -> None:
    """Put all rows of an example into the raw tables. Raises ExampleError on an unknown feed."""
    rows, client = example.rows, example.client_id
    _queues(con, example)
    site = {"site_id": client, "site_name": client, "time_zone": _zone(example)}
    _map(con, "sites", site | {"shift_date_rule": "start"})
    for contact, legs, times, of_agents in _contacts(example):
        _put(con, f"{SYSTEM}__contacts", contact, times, {"contact_id"})
        counted = {"contact_id", "agent_code"} if of_agents else {"contact_id"}
        for leg in legs:
            _put(con, f"{SYSTEM}__contact_legs", leg, times, counted)
    for name, entries in (rows.get("maps") or {}).items():
        if name not in maps:
            line = example.file.line("maps", name)
            raise ExampleError(f"{example.file.path}:{line}: no company map {name}")
        for entry in entries:
            _map(con, name, {k: _own_text(v, example) for k, v in entry.items()})
    known = {"title", "why", "rows", "ask", "zone", "queues", "contacts", "maps", "published"}
    for name, entries in rows.items():
        if name in known:
            continue
        if name not in feeds:
            line = example.file.line(name)
            raise ExampleError(f"{example.file.path}:{line}: no canonical feed {name}")
        for number, entry in enumerate(entries, start=1):
            _feed_row(con, example, feeds[name], number, entry)


def activity_codes(con: duckdb.DuckDBPyConnection) -> None:
    """The map of activities that all examples share: a code is the activity itself."""
    for name, paid in ACTIVITIES.items():
        row = {"system": SYSTEM, "activity_code": name, "activity": name, "is_paid": paid}
        _map(con, "activity_codes", row)


def _feed_row(
    con: duckdb.DuckDBPyConnection,
    example: Example,
    feed: Feed,
    number: int,
    entry: Mapping[str, Any],
) -> None:
    client, zone = example.client_id, _zone(example)
    given = {key: value for key, value in entry.items() if key not in ("times", "agents")}
    unknown = sorted(set(given) - set(feed.columns))
    if unknown:
        line = example.file.line(feed.name, number - 1)
        raise ExampleError(
            f"{example.file.path}:{line}: feed {feed.name} has no column {', '.join(unknown)}"
        )
    own_id = next((c for c in feed.columns if c.endswith("_id") and c not in AS_GIVEN), None)
    row: dict[str, Any] = {"file_id": 1, "row_number": number}
    row |= {"client_id": client, "site_id": client, "time_zone": zone}
    if own_id is not None:
        row[own_id] = str(number)
    row |= given
    row = {column: value for column, value in row.items() if column in feed.columns}
    for column, value in row.items():
        if value is None:
            continue
        if feed.columns[column] == "timestamp":
            row[column] = _utc(str(value), zone)
        elif column in OWN_CODES:
            row[column] = f"{client}/{value}"
        elif column == own_id and feed.name != "evaluation_answers":
            row[column] = f"{client}:{value}"
        elif column.endswith("_id") and column not in AS_GIVEN:
            # A row that is there once is number 0 of its kind.
            row[column] = f"{client}:{value}.0"
    if feed.name == "evaluation_answers":
        row["evaluation_id"] = f"{client}:{entry['evaluation_id']}.0"
    at = row.get(feed.event_at)
    if at is not None and "event_date" in feed.columns:
        row["event_date"] = at.date() if isinstance(at, dt.datetime) else at
    counted = {own_id} - {None} if feed.name != "evaluation_answers" else set()
    copies = entry.get("times", 1)
    if "agents" in entry:
        counted, copies = counted | {"agent_code"}, entry["agents"]
    _put(con, f"{SYSTEM}__{feed.name}", row, int(copies), counted)


def _queues(con: duckdb.DuckDBPyConnection, example: Example) -> None:
    queues = example.rows.get("queues") or {"main": {}}
    for code, terms in queues.items():
        row = {
            "system": SYSTEM,
            "queue_code": f"{example.client_id}/{code}",
            "queue_name": code,
            "client_id": example.client_id,
            "line_of_business": "service",
            "channel": "voice",
            "language": "en",
            "service_level_threshold_s": terms.get("threshold_s", 20),
            "short_abandon_s": terms.get("short_abandon_s", 5),
        }
        _map(con, "queues", row)


def _contacts(
    example: Example,
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]], int, bool]]:
    """Each entry's contact, its legs, how many alike there are, and if each has its own agent."""
    zone, client = _zone(example), example.client_id
    for number, entry in enumerate(example.rows.get("contacts") or (), start=1):
        given = {key: value for key, value in entry.items() if key not in MADE}
        started = _utc(given.pop("at"), zone)
        if given.get("customer_id"):
            given["customer_id"] = f"{client}:{given['customer_id']}"
        common = {
            "contact_id": f"{client}:{entry.get('id', number)}",
            "client_id": client,
            "site_id": "here",
            "time_zone": zone,
            "file_id": 1,
            "row_number": number,
        }
        contact = common | {
            "channel": "voice",
            "direction": "inbound",
            "started_at": started,
            "event_date": started.date(),
            **given,
        }
        for column in ("ended_at",):
            if column in given:
                contact[column] = _utc(given[column], zone)
        legs = []
        for leg_number, leg in enumerate(entry.get("legs") or (), start=1):
            rest = dict(leg)
            queued = _utc(rest.pop("at"), zone) if "at" in rest else started
            agent = rest.pop("agent", None)
            own = {
                "leg_number": leg_number,
                "queue_code": f"{client}/{rest.pop('queue', 'main')}",
                "agent_code": agent and f"{client}/{agent}",
                "queued_at": queued,
                "event_date": queued.date(),
            }
            legs.append(common | own | rest)
        copies = int(entry.get("agents", entry.get("times", 1)))
        yield contact, legs, copies, "agents" in entry


def _zone(example: Example) -> str:
    return str(example.rows.get("zone") or "UTC")


def _utc(local: str, zone: str) -> dt.datetime:
    """A local time, or one with its offset (for the hour that a clock change repeats), in UTC."""
    moment = dt.datetime.fromisoformat(local)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def _own_text(value: Any, example: Example) -> Any:
    """`CLIENT` in a map's value stands for the example's own client."""
    return value.replace("CLIENT", example.client_id) if isinstance(value, str) else value


def _map(con: duckdb.DuckDBPyConnection, name: str, row: Mapping[str, Any]) -> None:
    full = {"valid_from": ALWAYS} | row | {"_is_current": True}
    known = {str(one[0]) for one in con.execute(f"describe raw.company__{name}").fetchall()}
    if "valid_from" not in known:
        del full["valid_from"]
    _put(con, f"company__{name}", full)


def _put(
    con: duckdb.DuckDBPyConnection,
    table: str,
    row: Mapping[str, Any],
    times: int = 1,
    counted: Collection[str] = (),
) -> None:
    """One row, or `times` rows alike but for a number at the end of the columns `counted`."""
    columns = ", ".join(f'"{name}"' for name in row)
    given = ", ".join("? || '.' || n" if name in counted else "?" for name in row)
    con.execute(
        f'insert into raw."{table}" ({columns}) select {given} from range(?) as copies(n)',
        [*row.values(), times],
    )
