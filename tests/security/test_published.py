"""What is published, read as its readers and their adversary read it: one built home, all tables.

The surface of secrets is declared in docs/decisions/groups.md. Here the attack on it is computed:
over every table of one audience, and over two snapshots of it.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ground.home import Home, dbt_project_dir, sources_dir
from ground.sql import ident, literal
from ground.systems import SIMULATED
from ingest.contracts.contract import load_contracts
from metrics.contracts import reader
from metrics.question.engine import SemanticLayer
from publish import snapshot_store
from publish.manifest import Snapshot, Table
from publish.specs import HR_ALONE
from publish.texts import WITHHELD

SMALLEST = 5
SEES = {
    "client": {"client"},
    "leader": {"client", "agent", "leader"},
    "hr": {"client", "agent", "leader", "hr"},
}
# That a job has ended is what a leader's own list of people says.
DECLARED = {("agent.employment", "valid_to", "left_date")}


@dataclass(frozen=True)
class Served:
    """A home after some nights: what is served, and the warehouse behind it."""

    home: Home
    snapshot: Snapshot
    root: Path

    def ask(self, sql: str, client: str | None = None) -> list[tuple[Any, ...]]:
        folder = self.root / (self.snapshot.clients[client].folder if client else "")
        with duckdb.connect(str(folder / "serve.duckdb"), read_only=True) as con:
            return con.execute(sql).fetchall()

    def warehouse(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.home.warehouse), read_only=True) as con:
            return con.execute(sql).fetchall()


def served_by(root: Path, number: int = -1) -> Served:
    home = Home(root)
    one = snapshot_store.ids(home)[number]
    return Served(home, snapshot_store.load(home, one), snapshot_store.snapshot_dir(home, one))


@pytest.fixture(scope="module")
def served(after_corrected_night: Path) -> Served:
    return served_by(after_corrected_night)


def texts_of(con: duckdb.DuckDBPyConnection, path: Path) -> set[str]:
    source = f"read_parquet({literal(str(path))}, hive_partitioning = false)"
    columns = [n for n, kind, *_ in con.execute(f"describe select * from {source}").fetchall()
               if kind == "VARCHAR"]  # fmt: skip
    return {
        row[0]
        for name in columns
        for row in con.execute(f"select distinct {ident(name)} from {source}").fetchall()
        if row[0] is not None
    }


def words(text: str) -> Iterator[str]:
    """A text, what stands between its colons and bars, and its words: `sim:u1|E7` names u1."""
    yield text
    yield from re.split(r"[|:/#,; ]+", text)


def staff_known(served: Served) -> set[str]:
    """Every login, code, name and id of staff that came in: columns of staff of every contract."""
    contracts = load_contracts(sources_dir(), SIMULATED.split(","))
    found: set[str] = set()
    for contract in contracts:
        for column in contract.columns:
            if column.personal in ("staff_id", "staff_name"):
                found |= {row[0] for row in served.warehouse(
                    f"select distinct {ident(column.name)} from raw.{ident(contract.raw_table)} "
                    f"where {ident(column.name)} is not null")}  # fmt: skip
    found |= {row[0] for row in served.warehouse("select distinct agent_id from core.dim_agent")}
    return {one for one in found if len(one) >= 3 and not one.isdigit()}


def test_a_clients_folder_names_nobody_who_works_here(served: Served) -> None:
    staff = staff_known(served)
    assert len(staff) > 20
    assert served.snapshot.clients
    with duckdb.connect() as con:
        for client in served.snapshot.clients.values():
            files = sorted((served.root / client.folder).rglob("*.parquet"))
            assert len(files) > 10
            for path in files:
                said = {word for text in texts_of(con, path) for word in words(text)}
                assert not said & staff, path
    # The same search finds them where they may stand.
    with duckdb.connect() as con:
        days = min((served.root / "tables/agent.day").rglob("*.parquet"))
        assert {word for text in texts_of(con, days) for word in words(text)} & staff


def test_a_clients_folder_has_no_customer_and_no_number_of_a_system(served: Served) -> None:
    """Customers' pseudonyms are for leaders; records are keyed for the client."""
    sql = "select distinct customer_id from core.fct_contact where customer_id is not null"
    customers = {row[0] for row in served.warehouse(sql)}
    numbers: set[str] = set()
    with duckdb.connect() as con:
        for name, table in served.snapshot.tables.items():
            columns = [c.name for c in table.columns if c.text == "record"]
            for column in columns:
                numbers |= {row[0] for row in served.ask(
                    f"select distinct {ident(column)} from {name} where {ident(column)} is not null"
                )}  # fmt: skip
        assert len(customers) > 50
        assert len(numbers) > 1000
        for client in served.snapshot.clients.values():
            for path in sorted((served.root / client.folder).rglob("*.parquet")):
                said = texts_of(con, path)
                assert not said & customers, path
                assert not said & numbers, path


def test_two_clients_share_no_record(served: Served) -> None:
    sets = [
        {row[0] for row in served.ask("select contact_id from interaction.contact", client)}
        for client in served.snapshot.clients
    ]
    assert len(sets) >= 2
    assert sum(map(len, sets)) == len(set().union(*sets))
    for client in served.snapshot.clients:
        ((lost,),) = served.ask(
            "select count(*) from interaction.contact_leg as leg left join interaction.contact as "
            "contact using (contact_id) where contact.contact_id is null", client)  # fmt: skip
        ((all_n,),) = served.ask("select count(*) from interaction.contact_leg", client)
        assert lost <= all_n / 50, "legs still find their contacts"


def test_nothing_of_a_sound_night_is_withheld(served: Served) -> None:
    """The kinds of text are wide enough for all that a centre says; else a reader would lose it."""
    withheld = {}
    with duckdb.connect(str(served.root / "serve.duckdb"), read_only=True) as con:
        for name, table in served.snapshot.tables.items():
            texts = [ident(c.name) for c in table.columns if c.text]
            if not texts:
                continue
            told = " || ' ' || ".join(
                f"coalesce(max({c}) filter (starts_with({c}, {literal(WITHHELD)})), '')"
                for c in texts
            )
            ((found,),) = con.execute(f"select {told} from {name}").fetchall()
            if found and found.strip():
                withheld[name] = found.strip()
    assert withheld == {}


def seen_by(served: Served, audience: str) -> Iterator[tuple[str, Table, list[str]]]:
    for name, table in served.snapshot.tables.items():
        columns = [c.name for c in table.columns if c.audience in SEES[audience]]
        if columns:
            yield name, table, columns


def test_what_hr_alone_may_know_stands_in_no_column_of_leaders(served: Served) -> None:
    """By its values, not its name: of the people for whom HR knows it, a column says the same."""
    found, tried = set(), 0
    with duckdb.connect(str(served.root / "serve.duckdb"), read_only=True) as con:
        con.execute("create temp table known (secret varchar, agent_id varchar, value varchar)")
        for name, table in served.snapshot.tables.items():
            names = {column.name for column in table.columns}
            for column in sorted(HR_ALONE & names) if "agent_id" in names else ():
                con.execute(
                    f"insert into known select distinct '{column}', agent_id, {column}::varchar "
                    f"from {name} where {column} is not null"
                )
        # What nearly everybody has says nothing of anybody.
        telling = dict(con.execute(
            "select secret, count(*) from known group by secret having count(*) >= 3 "
            "and count(distinct value) > 2").fetchall())  # fmt: skip
        assert {"left_date", "hire_source"} <= telling.keys()
        for name, table, columns in seen_by(served, "leader"):
            if "agent_id" not in columns:
                continue
            plain = [c.name for c in table.columns if c.name in columns and c.name != "agent_id"
                     and c.type.split("(")[0] in ("DATE", "VARCHAR", "DECIMAL")]  # fmt: skip
            con.execute(f"create or replace temp table rows as select agent_id, "
                        f"{', '.join(map(ident, plain)) or '1 as none'} from {name}")  # fmt: skip
            for column in plain:
                tried += 1
                same = con.execute(
                    f"with told as (select distinct agent_id, {ident(column)}::varchar as value "
                    f"from rows where {ident(column)} is not null) select secret, count(*), "
                    "(select count(*) from told) from known join told using (agent_id, value) "
                    "group by secret"
                ).fetchall()
                for secret, agree, rows_n in same:
                    known_n = telling.get(secret, 0)
                    if known_n and agree >= 0.8 * known_n and rows_n < 3 * known_n:
                        found.add((name, column, secret))
    assert tried > 100
    assert found - DECLARED == set()


# --- groups ---------------------------------------------------------------------------------


def sums_by(served: Served, table: str, columns: Sequence[str], keys: Mapping[str, str]) -> Any:
    """Per key the sum of every figure of a table and the count of its flags, by name."""
    kinds = {c.name: c.type for c in served.snapshot.tables[table].columns}
    parts = {"rows": "count(*)"}
    for column in columns:
        kind = kinds[column].split("(")[0]
        if kind == "BOOLEAN":
            parts[column] = f"count(*) filter ({ident(column)})"
        elif kind in ("INTEGER", "BIGINT", "DOUBLE", "DECIMAL", "SMALLINT", "HUGEINT"):
            parts[column] = f"sum({ident(column)})"
        elif column == "agent_id":
            parts["people"] = "count(distinct agent_id)"
    listed = ", ".join(keys.values())
    rows = served.ask(
        f"select {listed}, {', '.join(parts.values())} from {table} group by {listed}"
    )
    width = len(keys)
    return {
        name: {tuple(map(str, row[:width])): row[width + n] for row in rows}
        for n, name in enumerate(parts)
    }


def told_beside(
    truth: Mapping[tuple[str, ...], float],
    shown: set[tuple[str, ...]],
    beside: Mapping[str, Mapping[tuple[str, ...], Any]],
) -> set[str]:
    """Columns that agree with what is shown, and so tell what is blank."""
    found = set()
    for name, values in beside.items():
        agrees = [key for key in shown if values.get(key) is not None
                  and float(values[key]) == pytest.approx(truth[key])]  # fmt: skip
        blank = [key for key in truth.keys() - shown if values.get(key) is not None
                 and float(values[key]) == pytest.approx(truth[key])]  # fmt: skip
        various = len({round(float(truth[key]), 6) for key in agrees})
        if shown and len(agrees) == len(shown) and various > 1 and blank:
            found.add(name)
        if not shown and len(blank) == len(truth) and len({*truth.values()}) > 1:
            found.add(name)
    return found


Answers = Mapping[tuple[str, ...], float]
PARTS = ("count(*)", "sum(score)", "count(*) filter (is_detractor)")


def pulse_truth(served: Served, part: str) -> tuple[Answers, set[tuple[str, ...]]]:
    """What was answered by site and month, and which of it is told."""
    truth = {tuple(map(str, row[:2])): float(row[2]) for row in served.warehouse(
        f"select site_id, date_trunc('month', site_date)::date, {part} from core.fct_pulse_answer "
        "where question = 'enps' group by 1, 2")}  # fmt: skip
    shown = {tuple(map(str, row)) for row in served.ask(
        "select site_id, month_start_date from attrition.pulse_month where question = 'enps' "
        "and level_kind = 'site' and not is_suppressed")}  # fmt: skip
    return truth, shown & truth.keys()


def monthly(table: Table, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    dates = [c.name for c in table.columns if c.name in columns and c.type == "DATE"]
    if "site_id" in columns:
        for date in dates:
            yield {"site": "site_id", "month": f"date_trunc('month', {ident(date)})::date"}


def test_no_table_of_hr_has_beside_a_blank_pulse_what_it_hides(served: Served) -> None:
    truths = [pulse_truth(served, part) for part in PARTS]
    assert len(truths[0][0]) > 2
    tried = 0
    for name, table, columns in seen_by(served, "hr"):
        if name != "attrition.pulse_month":
            for keys in monthly(table, columns):
                tried += 1
                beside = sums_by(served, name, columns, keys)
                for truth, shown in truths:
                    assert told_beside(truth, shown, beside) == set(), (name, keys)
    assert tried > 20


def test_the_search_beside_blanks_would_find_the_number(served: Served) -> None:
    truth, shown = pulse_truth(served, "sum(score)")
    copied = {"beside": dict(truth), "other": dict.fromkeys(truth, 1)}
    assert told_beside(truth, shown, copied) == {"beside"}


def test_metric_value_hides_no_part_that_stands_in_a_mart_of_its_audience(served: Served) -> None:
    """Of few people no rate is formed; the parts are those of the marts, beside it as here."""
    rows = served.ask(
        "select blank_reason, count(*), count(numerator), count(value) from metric.value "
        "where blank_reason in ('small group', 'still open') and not is_of_mart "
        "group by 1 order by 1"
    )
    assert {row[0] for row in rows} == {"small group", "still open"}
    assert all(row[1] == row[2] and row[3] == 0 for row in rows)
    coached = served.ask(
        "select count(*) from metric.value as told join agent.team_week as beside "
        "on told.entity_id = beside.leader_id and told.period_start_date = beside.week_start_date "
        "where told.metric = 'coaching.coverage' and told.entity_kind = 'leader' "
        "and told.grain = 'week' "
        "and told.numerator is distinct from beside.coached_within_30_days_n"
    )
    assert coached == [(0,)]


def test_no_metric_is_for_more_people_than_the_marts_that_have_its_parts(served: Served) -> None:
    """So what stands in metric.value tells its audience nothing that it could not read before."""
    semantic = json.loads((served.root / "semantic_manifest.json").read_text())
    layer = SemanticLayer(semantic)
    measured = {
        one["name"]: one["type_params"]["measure"]["name"]
        for one in semantic["metrics"]
        if one["type_params"].get("measure")
    }
    tables = {table.model.rsplit(".", 1)[-1]: table for table in served.snapshot.tables.values()}
    rank = ("client", "agent", "leader", "hr", "internal")
    wider, seen = [], 0
    for metric in reader.load(dbt_project_dir() / "models" / "metrics").metrics:
        if metric.published is None or metric.smallest_group == 1 or metric.bound is not None:
            continue
        parts = {measured.get(str(part)) for part in (metric.numerator, metric.denominator)}
        allowed = rank[: rank.index(metric.published.audience) + 1]
        for model in layer.models_of(metric.id):
            table = tables.get(model["node_relation"]["alias"])
            for measure in model["measures"]:
                if measure["name"] in parts:
                    seen += 1
                    named = set(re.findall("[a-z_0-9]+", measure["expr"] or measure["name"]))
                    told = {c.name: c.audience for c in table.columns} if table else {}
                    if table is None or not {told[n] for n in named & told.keys()} <= set(allowed):
                        wider.append((metric.display, measure["name"], metric.published.audience))
    assert wider == []
    assert seen > 60


def test_a_voice_without_a_name_may_be_of_any_of_five(served: Served) -> None:
    """With the roster that the same leaders read: who of the team, or of all withheld, worked."""
    voices = served.ask(
        "select distinct week_start_date, site_id, team_id from agent.voice where is_anonymous"
    )
    worked: dict[Any, set[tuple[str, str, str]]] = {}
    for week, site, team, agent in served.ask(
        "select distinct date_trunc('week', shift_date)::date, site_id, team_id, agent_id "
        "from agent.day"
    ):
        worked.setdefault(week, set()).add((site, str(team).partition(":")[2], agent))
    told = {(week, site, team.partition(":")[2]) for week, site, team in voices}
    for week, site, team in told:
        people = {
            agent
            for where, of, agent in worked.get(week, set())
            if (site == "withheld" or where == site)
            # A team that is told elsewhere is not among those withheld.
            and (of == team or (team in ("", "none") and (week, where, of) not in told))
        }
        assert len(people) >= SMALLEST or not worked.get(week), (week, site, team)
    assert served.ask(
        "select count(raised_at_utc) + count(answered_at_utc) + count(site_date) "
        "+ count(answered_after_s) + count(agent_id) from agent.voice where is_anonymous"
    ) == [(0,)]


SAID_ONCE: dict[str, Callable[[Served], set[tuple[Any, ...]]]] = {
    "a month of the pulse": lambda s: set(s.ask("from attrition.pulse_month")),
    "a week of a team's strain": lambda s: set(s.ask("from attrition.team_strain_week")),
}


@pytest.mark.parametrize("what", SAID_ONCE)
def test_what_was_said_of_a_group_is_not_said_again_otherwise(
    after_plain_night: Path, served: Served, what: str
) -> None:
    """Two snapshots with late and corrected files between them: no difference tells of one."""
    before, after = SAID_ONCE[what](served_by(after_plain_night)), SAID_ONCE[what](served)
    assert before
    assert before <= after


def test_no_voice_without_a_name_comes_up_on_the_day_after(
    after_plain_night: Path, served: Served
) -> None:
    sql = "select distinct week_start_date from agent.voice where is_anonymous"
    new = set(served.ask(sql)) - set(served_by(after_plain_night).ask(sql))
    ((through,),) = served.warehouse("select max(through_date) from ledger.batch")
    assert all((through - week).days >= 7 for (week,) in new)
