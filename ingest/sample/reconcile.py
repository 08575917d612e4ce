"""The last page of a draft: what the sample says by it, to be held against the system's own report.

Belongs here: figures over the drafted models, run on the loaded sample, and plain sentences about
those that a wrong guess makes odd. Does not: guessing. It shows counts, means and instants, and no
value of a row.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import duckdb

from ingest.sample.roles import CUSTOMERS, Meaning
from ingest.sample.shape import SampleError

Figure = int | float | datetime | None
_MACROS = (
    (r"\{\{ source\('raw_(\w+)', '(\w+)'\) \}\}", r"raw.\1__\2"),
    (r"\{\{ add_seconds\('(\w+)', '([^']+)'\) \}\}", r"(\1 + to_seconds(\2))"),
    (r"\{\{ seconds_between\('(\w+)', '(\w+)'\) \}\}", r"date_diff('second', \1, \2)"),
    (r"\{\{ dbt\.dateadd\('day', 1, '(\w+)'\) \}\}", r"(\1 + 1)"),
)
_MANY, _FEW = 0.6, 20
_NIGHT, _NIGHT_SHARE = 5, 0.25
_LONG_TALK_S, _LONG_WAIT_S = 5400, 3600
_MEANS = ("answered_share", "mean_wait_s", "mean_talk_s", "mean_score", "fte")


@dataclass(frozen=True)
class Page:
    """Figures by name, contacts by hour of the local clock, and what is odd about them."""

    figures: Mapping[str, Figure]
    by_hour: Mapping[int, int] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The page as plain lines."""
        out = [f"  {name:<16} {_shown(name, value)}" for name, value in self.figures.items()]
        if self.by_hour:
            most = max(self.by_hour.values())
            out += [
                f"  {hour:02}:00 {n:>9,} {'#' * max(1, round(30 * n / most))}"
                for hour, n in sorted(self.by_hour.items())
            ]
        return out + [f"  {sentence}" for sentence in self.sentences]

    def differences(self, totals: Mapping[str, str]) -> list[str]:
        """One line for each total of the person's that the page does not have."""
        return [line for name, total in totals.items() if (line := self._differs(name, total))]

    def _differs(self, name: str, total: str) -> str | None:
        if name not in self.figures:
            raise SampleError(
                f"--check {name}: no such figure; there are {', '.join(self.figures)}"
            )
        value = self.figures[name]
        if isinstance(value, datetime):
            same = f"{value:%Y-%m-%d %H:%M:%S}".startswith(total.strip().replace("T", " "))
        elif value is None:
            same = total.strip().lower() in ("", "none", "-")
        else:
            same = _same(name, value, total)
        return None if same else f"{name}: the sample gives {_shown(name, value)}, you have {total}"


def _same(name: str, value: float, total: str) -> bool:
    text = total.strip().rstrip("%").strip().replace(",", "")
    try:
        given = float(text)
    except ValueError as error:
        raise SampleError(f"--check {name}={total}: not a number") from error
    if total.strip().endswith("%"):
        value *= 100
    # As exact as it was typed: 23.4 stands for anything that rounds to it.
    places = len(text.partition(".")[2])
    return abs(value - given) <= (0.5 * 10**-places + 1e-9 if name in _MEANS else 1e-9)


def _shown(name: str, value: Figure) -> str:
    if value is None:
        return "not known"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if name.endswith("_share"):
        return f"{value:.1%}"
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"


def runnable(sql: str) -> str:
    """A drafted model as DuckDB runs it, its macros written out."""
    for pattern, written in _MACROS:
        sql = re.sub(pattern, written, sql)
    return sql


def page_of(
    con: duckdb.DuckDBPyConnection,
    meaning: Meaning,
    models: Mapping[str, str],
    raw_table: str,
) -> Page:
    """Measure the drafted models on the loaded sample. `models`: SQL by canonical feed."""
    for feed, sql in models.items():
        con.execute(f"create or replace temp view drafted_{feed} as {runnable(sql)}")
    rows_n = con.execute(f"select count(*) from {raw_table} where _is_current").fetchall()[0][0]
    if "contacts" in models:
        return _contacts(con, meaning, rows_n, "surveys" in models)
    if "employment" in models:
        return _employment(con, meaning, raw_table, rows_n)
    if "cases" in models:
        return _cases(con, rows_n)
    if "surveys" in models:
        return _surveys(con, rows_n)
    return Page({"rows": rows_n})


def _row(con: duckdb.DuckDBPyConnection, names: Sequence[str], sql: str) -> dict[str, Any]:
    return dict(zip(names, con.execute(sql).fetchall()[0], strict=True))


def _contacts(con: duckdb.DuckDBPyConnection, meaning: Meaning, rows_n: int, scored: bool) -> Page:
    figures: dict[str, Any] = {"rows": rows_n}
    figures |= _row(
        con,
        ("contacts", "first", "last", "offered", "outbound", "answered", "not_answered", "closed",
         "unmapped"),
        "select count(distinct contact_id), min(started_at), max(started_at), "
        "count(*) filter (where direction = 'inbound' and outcome <> 'phantom'), "
        "count(*) filter (where direction = 'outbound'), "
        "count(*) filter (where direction = 'inbound' and outcome = 'answered'), "
        "count(*) filter (where direction = 'inbound' and outcome like 'abandoned%'), "
        "count(*) filter (where direction = 'inbound' and outcome in ('closed', 'voicemail', "
        "'callback_requested')), count(*) filter (where outcome = 'unmapped' or direction is null) "
        "from drafted_contacts",
    )  # fmt: skip
    known = figures["answered"] + figures["not_answered"] + figures["closed"]
    figures["answered_share"] = figures["answered"] / known if known else None
    figures |= _row(
        con,
        ("wait_s", "mean_wait_s", "within_20_s", "talk_s", "mean_talk_s", "agents"),
        "select sum(wait_s) filter (where outcome = 'answered')::bigint, "
        "avg(wait_s) filter (where outcome = 'answered'), "
        "case when count(wait_s) > 0 then count(*) filter (where outcome = 'answered' "
        "and wait_s <= 20) end, "
        "sum(talk_s) filter (where outcome = 'answered')::bigint, "
        "avg(talk_s) filter (where outcome = 'answered'), "
        "count(distinct agent_code) from drafted_contact_legs",
    )
    if scored:
        figures |= _row(con, ("scores", "mean_score"),
                        "select count(*), avg(score) from drafted_surveys")  # fmt: skip
    customer = next((meaning.roles[r] for r in CUSTOMERS if r in meaning.roles), None)
    nobody = customer.field.fits.get("zero", 0) if customer and customer.more.get(
        "null_tokens") else 0  # fmt: skip
    named_n = customer.field.filled_n - nobody if customer else 0
    figures["customers"] = customer.field.distinct_n - bool(nobody) if customer else None
    hours = dict(con.execute(
        "select hour(timezone(time_zone, timezone('UTC', started_at))), count(*) "
        "from drafted_contacts where started_at is not null group by 1"
    ).fetchall())  # fmt: skip
    night = sum(n for hour, n in hours.items() if hour < _NIGHT)
    facts = _odd(con, figures, hours, night, meaning)
    if named_n >= _FEW:
        facts += _of_customers(1 - figures["customers"] / named_n)
    return Page(figures, hours, tuple(facts))


def _of_customers(again: float) -> list[str]:
    if again > _MANY:
        return [f"{again:.0%} of contacts come from a customer who called before: "
                "is this the customer's id?"]  # fmt: skip
    if again == 0:
        return ["No customer called twice: is this the customer's id, or one of the call?"]
    return []


def _odd(
    con: duckdb.DuckDBPyConnection,
    figures: Mapping[str, Any],
    hours: Mapping[int, int],
    night: int,
    meaning: Meaning,
) -> list[str]:
    total = max(figures["contacts"], 1)
    out = []
    if figures["contacts"] != figures["rows"]:
        out.append(
            f"{figures['rows']:,} rows are {figures['contacts']:,} contacts: is a row a leg?"
        )
    if set(hours) == {0} and total >= _FEW:
        out.append("All contacts begin at midnight: the field has a day and no clock time.")
    elif night / total > _NIGHT_SHARE:
        out.append(f"{night / total:.0%} of contacts begin between 0 and 5 o'clock: is the time "
                   "zone right?")  # fmt: skip
    if figures["unmapped"]:
        out.append(
            f"{figures['unmapped'] / total:.0%} of contacts have an ending or a direction that is "
            "not known: they count in no rate until the model says what it is."
        )
    if figures["answered_share"] in (0.0, 1.0) and figures["offered"] >= _FEW:
        many = "All" if figures["answered_share"] else "None"
        out.append(f"{many} of the offered contacts were answered: which field says so?")
    if not meaning.has("direction") and not figures["outbound"]:
        out.append("No field says the direction: all contacts are taken as inbound.")
    if figures["mean_wait_s"] is None and figures["answered"]:
        out.append("No wait is known: service level and speed of answer will not be computed.")
    elif (figures["mean_wait_s"] or 0) > _LONG_WAIT_S:
        out.append("The mean wait is above an hour: is its unit right?")
    if (figures["mean_talk_s"] or 0) > _LONG_TALK_S:
        out.append("The mean talk is above 90 minutes: is its unit right?")
    if figures["agents"] == figures["answered"] > _FEW:
        out.append("Every answered contact has an agent of its own: is this the agent?")
    if figures["last"] and figures["last"].replace(tzinfo=UTC) > datetime.now(UTC):
        out.append("The last contact lies in the future: is the order of day and month right?")
    below = con.execute(
        "select count(*) from drafted_contact_legs where wait_s < 0 or talk_s < 0"
    ).fetchall()[0][0]
    if below:
        out.append(f"{below:,} contacts have a wait or a talk below zero.")
    return out


def _employment(
    con: duckdb.DuckDBPyConnection, meaning: Meaning, raw_table: str, rows_n: int
) -> Page:
    figures = {"rows": rows_n} | _row(
        con,
        ("people", "first_hire", "last_hire", "leavers", "here_today"),
        "select count(distinct agent_code), min(valid_from)::timestamp, "
        "max(valid_from)::timestamp, count(valid_to), count(*) filter (where valid_from <= "
        "current_date and coalesce(valid_to, date '9999-12-31') > current_date) "
        "from drafted_employment",
    )
    odd = []
    lost = con.execute(
        "select (select count(*) from drafted_employment) - count(*) from (select distinct "
        "agent_code, valid_from from drafted_employment)"
    ).fetchall()[0][0]
    if lost:
        odd.append(f"{lost:,} rows repeat a person and a first day: they are not one each.")
    if figures["people"] < figures["rows"]:
        odd.append(f"{figures['rows'] - figures['people']:,} rows are of people who stand there "
                   "already: were they hired again?")  # fmt: skip
    early = (
        con.execute(
            f"select count(*) from {raw_table} where _is_current and termination_date < hire_date"
        ).fetchall()[0][0]
        if meaning.has("termination_date")
        else 0
    )
    if early:
        odd.append(f"{early:,} people leave before their first day; they are taken as here.")
    if not figures["leavers"]:
        odd.append("Nobody ever left: attrition will be 0 by this list.")
    return Page(figures, {}, tuple(odd))


def _cases(con: duckdb.DuckDBPyConnection, rows_n: int) -> Page:
    return Page({"rows": rows_n} | _row(
        con, ("cases", "first", "last", "resolved"),
        "select count(distinct case_id), min(opened_at), max(opened_at), "
        "count(*) filter (where status in ('resolved', 'closed')) from drafted_cases",
    ))  # fmt: skip


def _surveys(con: duckdb.DuckDBPyConnection, rows_n: int) -> Page:
    return Page({"rows": rows_n} | _row(
        con, ("responses", "first", "last", "mean_score", "linked"),
        "select count(distinct survey_id), min(responded_at), max(responded_at), avg(score), "
        "count(contact_id) from drafted_surveys",
    ))  # fmt: skip
