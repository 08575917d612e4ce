"""What does not come is not published as if there were none, and a person can say that it is right.

One night lacks a site (most of one client) and brings a list of agents copied half.
"""

import json
from datetime import date, timedelta

import duckdb
from click.testing import CliRunner

from ground.home import Home
from orchestration.cli import cli
from orchestration.run.night import run_night
from publish import snapshot
from tests.centre import Centre


def newest_days(home: Home) -> dict[str, date]:
    """The last date of each client's contacts, as readers see it."""
    with duckdb.connect(str(home.published / "current" / "serve.duckdb"), read_only=True) as con:
        return dict(
            con.execute(
                "select client_id, max(site_date) from interaction.contact "
                "where client_id <> 'unmapped' group by 1"
            ).fetchall()
        )


def people(home: Home) -> int:
    with duckdb.connect(str(home.published / "current" / "serve.duckdb"), read_only=True) as con:
        row = con.execute("select count(distinct agent_id) from agent.scorecard").fetchone()
    assert row is not None
    return int(row[0])


def test_a_client_without_its_site_and_half_a_list_wait_until_a_person_accepts_them(
    centre: Centre,
) -> None:
    home, day = centre.home, centre.last_day - timedelta(days=2)
    scored = people(home)
    centre.drop(arrived_by=day, arrived_after=day - timedelta(days=1))
    site = [*home.landing.glob(f"sim/contact*_halifax_{day}.csv.gz")]
    assert len(site) == 2, "contacts and their legs"
    for path in site:
        path.rename(home.root / path.name)
    whole = max((home.landing / "company").glob("agents_*.csv")).read_text()
    half = "".join(whole.splitlines(keepends=True)[: whole.count("\n") // 2])
    (home.landing / "company" / f"agents_{day}.csv").write_text(half)

    night = run_night(home, day, day)

    assert (night.status, night.held_clients) == ("partial", ("borealis_bank",)), night
    assert any("volume.came_less_client" in why for why in night.failing), night.failing
    refused = {name: why for feed in night.feeds for name, why in feed.rejected}
    assert "list_shrank" in refused[f"agents_{day}.csv"]
    assert people(home) == scored
    seen = newest_days(home)
    assert seen.pop("borealis_bank") == day - timedelta(days=1), "it keeps what it had"
    assert set(seen.values()) == {day}
    page = (home.audit / "incidents" / f"{night.run_id}.md").read_text()
    assert "headset night --accept" in page

    (home.landing / "company" / f"agents_{day}.r2.csv").write_text(whole)
    words = ["night", "--date", str(day), "--accept"]
    assert CliRunner().invoke(cli, [*words, "ok"]).exit_code == 2, "a reason has words"
    done = CliRunner().invoke(cli, [*words, "halifax was closed for the move"])
    assert done.exit_code == 0, done.output
    now = snapshot.current(home)
    assert now is not None
    assert now["verdict"]["held_clients"] == []
    assert people(home) == scored
    status = CliRunner().invoke(cli, ["status", "--format", "json"])
    told = json.loads(status.stdout)["accepted"]
    assert {row["reason"] for row in told} == {"halifax was closed for the move"}
    assert any("client borealis_bank" in row["what"] for row in told)

    for path in site:
        (home.root / path.name).rename(path)
    late = run_night(home, day, day)
    assert late.status == "published", late
    assert newest_days(home)["borealis_bank"] == day
