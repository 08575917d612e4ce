"""What landed names rows for the company's lists, largest first, and nobody by name."""

import csv
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestration.cli import cli

LOG = "time,callid,queuename,agent,event,data1,data2,data3,data4,data5\n"
ROSTER = "person_no,hire_date,site,role,leader_no\n"
ABSENCES = "absence_id,agent_code,site_id,started_at,absence_class\n"


def headset(*arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments])


def call(n: int, queue: str, agent: str) -> str:
    head = f"2026-10-20 09:{n:02d}"
    return (
        f"{head}:00,c{n},{queue},NONE,ENTERQUEUE,,02079460000,1,,\n"
        f"{head}:05,c{n},{queue},{agent},CONNECT,5,,,,\n"
        f"{head}:45,c{n},{queue},{agent},COMPLETECALLER,5,40,1,,\n"
    )


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A centre whose lists are empty, with a day of calls, a roster and a sheet of absences."""
    for name in ("HEADSET_HOME", "HEADSET_SYSTEMS"):
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    systems = [f"--system={name}" for name in ("asterisk", "roster", "forms", "zendesk")]
    result = headset("init", "acme", *systems, "--first-day", "2026-01-01")
    assert result.exit_code == 0, result.output
    root = tmp_path / "acme"
    calls = [call(n, "sales", "P101") for n in range(5)] + [call(9, "help", "MORIAH")]
    for place, text in {
        "asterisk/queue_log_mnl_2026-10-20.csv": LOG + "".join(calls),
        "roster/roster_2026-10-20.csv": ROSTER
        + "A17,2025-01-06,mnl,agent,\nA18,2025-01-06,mnl,agent,\nMORIAH,2025-01-06,mnl,agent,\n",
        "forms/absences_2026-10-20.csv": ABSENCES
        + "a1,A17,mnl,2026-10-20T08:00:00Z,annual_leave\n"
        + "a2,A18,mnl,2026-10-20T08:00:00Z,unplanned_leave\n",
    }.items():
        path = root / "state" / "landing" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(root)
    return root


def rows(text: str, list_: str) -> list[dict[str, str]]:
    """The rows of one list, as they would be pasted."""
    (part,) = [p for p in text.split("# company/") if p.startswith(f"{list_}.csv")]
    return list(csv.DictReader(x for x in part.splitlines()[1:] if x and not x.startswith("#")))


def test_the_busiest_code_comes_first_with_its_volume_and_first_day(made: Path) -> None:
    output = headset("discover").output
    queues = rows(output, "queues")
    assert [row["queue_code"] for row in queues] == ["sales", "help"]
    assert (queues[0]["system"], queues[0]["valid_from"]) == ("asterisk", "2026-10-20")
    assert "# 15 rows of asterisk.queue_log_csv queue_code since 2026-10-20" in output
    assert "# fill in: client_id, line_of_business, channel, language" in output
    assert [row["site_id"] for row in rows(output, "sites")] == ["mnl"]


def test_one_employee_number_makes_one_person_and_one_name_never(made: Path) -> None:
    output = headset("discover", "--list", "agents").output
    people = {(row["system"], row["agent_code"]): row for row in rows(output, "agents")}
    assert people["forms", "A17"]["agent_id"] == "A17"
    assert people["forms", "A17"]["site_id"] == "mnl"
    assert "the employee number of HR, check it" in output
    # The same word in two systems may be two people, and is not shown.
    assert "MORIAH" not in output
    assert people["asterisk", "P101"]["agent_id"] == ""


def test_one_address_makes_one_person_without_being_shown(made: Path) -> None:
    mail = "Ann.Lee@acme.example"
    landing = made / "state" / "landing"
    (landing / "forms" / "absences_2026-10-21.csv").write_text(
        ABSENCES + f"a3,{mail},mnl,2026-10-21T08:00:00Z,annual_leave\n"
    )
    (landing / "asterisk" / "queue_log_mnl_2026-10-21.csv").write_text(
        LOG + call(1, "sales", mail.lower()).replace("10-20", "10-21")
    )
    result = headset("discover", "--list", "agents")
    assert mail.lower() not in result.output.lower()
    assert "the same e-mail address in asterisk" in result.output
    headset("discover", "--write")
    written = made / "company" / "proposed" / "agents.csv"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    people = [
        row
        for row in csv.DictReader(x for x in written.open() if not x.startswith("#"))
        if "@" in row["agent_code"]
    ]
    assert len(people) == 2
    assert len({row["agent_id"] for row in people}) == 1
    assert people[0]["agent_id"].startswith("person_")


def test_what_a_list_knows_is_not_proposed_again(made: Path) -> None:
    with (made / "company" / "queues.csv").open("a") as file:
        file.write("asterisk,sales,Sales,acme,sales,voice,en,20,5,2026-01-01,\n")
    headset("company", "apply")
    assert [row["queue_code"] for row in rows(headset("discover").output, "queues")] == ["help"]


def test_a_column_that_is_called_as_a_lists_key_is_looked_up_there(made: Path) -> None:
    """A source of one's own needs no line of maps for that; models look it up by its name."""
    path = made / "sources" / "own" / "calls.yml"
    path.parent.mkdir()
    path.write_text(
        "system: own\nfeed: calls\nfills: [contacts]\ndescription: x\nsource: x\n"
        'file: {pattern: "calls_{extract_date}.csv", format: csv}\ndelivery: event\n'
        "key: [contact_id]\nevent_at: started_at\nclient: acme\ncolumns:\n"
        '  - {name: contact_id, type: text, required: true, description: "Id."}\n'
        '  - {name: started_at, type: timestamp, required: true, description: "Start."}\n'
        '  - {name: agent_code, type: text, class: staff_id, description: "Agent."}\n'
    )
    settings = made / "headset.toml"
    settings.write_text(settings.read_text().replace("[systems]", '[systems]\nown = ["default"]'))
    landing = made / "state" / "landing" / "own"
    landing.mkdir()
    (landing / "calls_2026-10-20.csv").write_text(
        "contact_id,started_at,agent_code\n1,2026-10-20T09:00:00Z,P7\n"
    )
    people = rows(headset("discover", "--list", "agents").output, "agents")
    assert ("own", "P7") in {(row["system"], row["agent_code"]) for row in people}


def test_nothing_is_taken_in_and_nothing_is_left_behind(made: Path) -> None:
    headset("discover")
    state = made / "state"
    assert not (state / "warehouse.duckdb").exists()
    assert [path.name for path in state.iterdir() if path.name.startswith(".discover")] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--list", "queue"), "no list 'queue'; codes are looked up in: sites, clients, queues")],
)
def test_a_list_that_there_is_not_is_named(
    made: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = headset("discover", *arguments)
    assert (result.exit_code, said in result.output) == (1, True), result.output
