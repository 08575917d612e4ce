"""What is handed out of a whole centre's snapshot: no foreign identifier is in any byte of it."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ground.home import Home
from ground.sql import literal
from publish import snapshot_store
from publish.errors import PublishError
from publish.extract import extract
from publish.snapshot import current

MONEY_AND_PEOPLE = ("margin", "cost_group", "revenue_group", "paid_s", "headcount", "attrition",
                    "leaver", "termination", "weekly_hours", "fte")  # fmt: skip


@pytest.fixture
def snapshot(published_history: Path) -> Path:
    return snapshot_store.snapshot_dir(Home(published_history), _id(published_history))


def _id(root: Path) -> str:
    found = snapshot_store.current_id(Home(root))
    assert found is not None
    return found


def ask(snapshot: Path, sql: str) -> list[tuple[str, ...]]:
    with duckdb.connect(str(snapshot / "serve.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def texts(folder: Path) -> Iterator[tuple[Path, str, set[str]]]:
    """Every text that a reader gets out of the files, by column; compression hides none."""
    for path in sorted(folder.rglob("*.parquet")):
        source = f"read_parquet({literal(str(path))}, hive_partitioning = false)"
        with duckdb.connect() as con:
            for name, kind, *_ in con.execute(f"describe from {source}").fetchall():
                if kind == "VARCHAR":
                    values = con.execute(f'select distinct "{name}" from {source}').fetchall()
                    yield path, name, {value for (value,) in values if value is not None}


def found_in(folder: Path, foreign: set[str]) -> list[tuple[Path, str]]:
    """Foreign identifiers in the bytes of any file, or as a value of any column."""
    hits = []
    needles = [text.encode() for text in foreign]
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            hits += [(path, needle.decode()) for needle in needles if needle in raw]
    for path, name, values in texts(folder):
        hits += [(path, f"{name}: {value}") for value in values & foreign]
    return hits


def test_a_clients_folder_names_no_other_client_and_nobody_of_the_staff(snapshot: Path) -> None:
    clients = {name for (name,) in ask(snapshot, "select client_id from core.client")}
    staff = {name for (name,) in ask(snapshot, "select agent_id from core.agent")}
    queues = ask(snapshot, "select queue_id, client_id from core.queue where client_id is not null")
    assert len(clients) >= 3
    assert len(staff) >= 12
    for client in sorted(clients - {"unmapped", "shared"}):
        folder = snapshot / "clients" / client
        foreign = {one for one in clients if one != client} - {"unmapped", "shared"}
        foreign |= {queue for queue, owner in queues if owner not in (client, "shared", "unmapped")}
        assert found_in(folder, foreign | staff) == []
    # The search would find them: the whole surface has all of them.
    assert found_in(snapshot / "tables" / "core.client", clients - {"unmapped"})
    assert found_in(snapshot / "tables" / "core.agent", staff)


def test_a_clients_folder_never_has_margin_pay_or_attrition(published_history: Path) -> None:
    manifest = current(Home(published_history))
    assert manifest is not None
    whole = {column["name"] for t in manifest["tables"].values() for column in t["columns"]}
    assert {word for word in MONEY_AND_PEOPLE if any(_says(name, word) for name in whole)} == set(
        MONEY_AND_PEOPLE
    )
    for client in manifest["clients"].values():
        assert len(client["tables"]) >= 15
        for name, table in client["tables"].items():
            assert name.split(".")[0] in ("client", "core", "interaction", "metric"), name
            assert {column["audience"] for column in table["columns"]} == {"client"}, name
            for column in table["columns"]:
                said = [word for word in MONEY_AND_PEOPLE if _says(column["name"], word)]
                assert not said, (name, column["name"])


def test_a_clients_folder_has_values_of_metrics_for_clients_alone(
    published_history: Path, snapshot: Path
) -> None:
    manifest = current(Home(published_history))
    assert manifest is not None
    told = 0
    for client in manifest["clients"]:
        rows = ask(
            snapshot / "clients" / client,
            "select distinct audience, client_id, metric from metric.value",
        )
        told += len(rows)
        assert {(audience, who) for audience, who, _ in rows} <= {("client", client)}
        assert [m for *_, m in rows if any(_says(m, word) for word in MONEY_AND_PEOPLE)] == []
    assert told >= 20


def _says(column: str, word: str) -> bool:
    return f"_{word}" in f"_{column}"


def people(snapshot: Path) -> tuple[list[str], list[str], set[str]]:
    """Some leaders, some agents with rows, and everybody."""
    leaders = ask(snapshot, "select distinct leader_id from agent.day where leader_id is not null")
    agents = ask(snapshot, "select distinct agent_id from agent.day")
    everybody = ask(
        snapshot, "select agent_id from core.agent union select leader_id from agent.day"
    )
    chosen = random.Random(5)
    return (
        chosen.sample(sorted(name for (name,) in leaders), min(2, len(leaders))),
        chosen.sample(sorted(name for (name,) in agents), 4),
        {name for (name,) in everybody if name},
    )


def test_an_extract_holds_one_agents_rows_and_names_none_but_his_leaders(
    snapshot: Path, published_history: Path, tmp_path: Path
) -> None:
    _, agents, everybody = people(snapshot)
    for agent in agents:
        folder = tmp_path / agent
        done = extract(Home(published_history), "agent", agent, folder)
        assert done.rows["agent.day"] > 0
        own = {agent}
        for _, name, values in texts(folder):
            if name == "agent_id":
                assert values <= {agent}
            if name == "leader_id":
                own |= values
        assert found_in(folder, everybody - own) == []
        assert sum(done.rows.values()) > 100


def test_an_extract_of_a_leader_holds_his_team_at_the_time_and_nobody_else(
    snapshot: Path, published_history: Path, tmp_path: Path
) -> None:
    leaders, _, everybody = people(snapshot)
    for leader in leaders:
        folder = tmp_path / leader
        done = extract(Home(published_history), "leader", leader, folder)
        team = ask(
            snapshot,
            "select agent_id from agent.employment where leader_id = " + literal(leader)
            + " union select agent_id from agent.day where leader_id = " + literal(leader)
            + " union select agent_id from agent.scorecard where leader_id = " + literal(leader),
        )  # fmt: skip
        own = {leader} | {name for (name,) in team}
        assert found_in(folder, everybody - own) == []
        assert done.rows["agent.day"] > 0
        with duckdb.connect(str(folder / "extract.duckdb"), read_only=True) as con:
            led = con.execute("select distinct leader_id from agent.day").fetchall()
            assert led == [(leader,)]


def test_an_extract_can_be_moved_is_its_owners_alone_and_has_no_column_for_hr(
    snapshot: Path, published_history: Path, tmp_path: Path
) -> None:
    _, (agent, *_), _ = people(snapshot)
    extract(Home(published_history), "agent", agent, tmp_path / "made")
    assert (tmp_path / "made").stat().st_mode & 0o077 == 0
    moved = (tmp_path / "made").rename(tmp_path / "moved")
    about = json.loads((moved / "about.json").read_text())
    assert (about["kind"], about["id"]) == ("agent", agent)
    with duckdb.connect(str(moved / "extract.duckdb"), read_only=True) as con:
        for name, rows in about["rows"].items():
            assert con.execute(f"select count(*) from {name}").fetchall() == [(rows,)]
        columns = {
            name for (name,) in con.execute("select column_name from duckdb_columns() "
                                            "where not internal").fetchall()
        }  # fmt: skip
    kept_back = {"evaluator_id", "coach_id", "giver_id", "mentor_id", "weekly_hours", "file_id"}
    assert not columns & kept_back
    assert {"agent_id", "leader_id", "handle_s"} <= columns


def test_an_unknown_person_and_a_folder_in_use_are_refused(
    published_history: Path, tmp_path: Path
) -> None:
    home = Home(published_history)
    with pytest.raises(PublishError, match="holds nothing about agent 'E00x'"):
        extract(home, "agent", "E00x", tmp_path / "none")
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "a").touch()
    with pytest.raises(PublishError, match="is not empty"):
        extract(home, "leader", "E10001", tmp_path / "used")
