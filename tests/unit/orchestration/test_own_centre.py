"""A centre of one's own: begun by one command, found from inside it, its lists handed over."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ground import centre
from orchestration.cli import cli


def headset(*arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments])


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new centre with two accounts of one system, and this test's working folder."""
    monkeypatch.delenv("HEADSET_HOME")
    monkeypatch.chdir(tmp_path)
    answers = tmp_path / "answers.toml"
    answers.write_text(
        'systems = ["zendesk/north", "zendesk/south"]\ntime_zone = "Asia/Manila"\n'
        'night_at = "03:30"\nfirst_day = "2026-01-01"\n'
    )
    result = headset("init", "acme", "--answers", str(answers))
    assert result.exit_code == 0, result.output
    monkeypatch.chdir(tmp_path / "acme")
    return tmp_path / "acme"


def test_what_init_writes_is_sound_and_complete(made: Path) -> None:
    loaded = centre.load(made / "headset.toml")
    assert loaded.scopes == "zendesk/north,zendesk/south"
    for name in ("README.md", ".gitignore", "deploy/headset.timer", "company/sites.csv"):
        assert (made / name).is_file(), name
    assert "site_id" in (made / "company" / "sites.csv").read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_the_units_are_what_systemd_reads(made: Path, tmp_path: Path) -> None:
    """With the command, folder and user of this machine in the place of those of a server."""
    units = tmp_path / "units"
    units.mkdir()
    for path in sorted((made / "deploy").glob("headset*.*")):
        text = path.read_text().replace("/usr/local/bin/headset", sys.executable)
        (units / path.name).write_text(
            text.replace(f"/srv/{made.name}", str(made)).replace("User=headset", "User=root")
        )
    assert len(list(units.iterdir())) == 4
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(units.iterdir()))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    # Units of the machine itself may be warned about; ours may not.
    assert [line for line in found.stderr.splitlines() if "headset" in line] == []
    assert found.returncode == 0, found.stderr
    assert "OnCalendar=*-*-* 03:30:00 Asia/Manila" in (units / "headset.timer").read_text()


def test_a_folder_with_files_is_never_written_over(made: Path) -> None:
    result = headset("init", "acme", "--to", str(made), "--system", "asterisk", "--time-zone",
                     "UTC", "--night-at", "02:00", "--first-day", "2026-01-01")  # fmt: skip
    assert result.exit_code == 1
    assert "is not empty; nothing was written" in result.output


def test_config_says_where_each_setting_comes_from(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADSET_MEMORY_LIMIT", "8GB")
    output = headset("config").output
    assert "8GB  (environment)" in output
    assert f"{made / 'state'}  (headset.toml)" in output


def test_a_list_is_handed_over_once_and_a_change_again(made: Path) -> None:
    sites = made / "company" / "sites.csv"
    assert "sites: has no rows yet" in headset("company", "diff").output
    with sites.open("a") as file:
        file.write("mnl,Manila,PH,Asia/Manila,start,2026-01-01,\n")
    assert "sites: 1 row added" in headset("company", "apply").output
    assert "sites: as handed over" in headset("company", "apply").output
    sites.write_text(sites.read_text().replace("Asia/Manila", "UTC"))
    assert "0 removed, 1 changed" in headset("company", "apply").output
    sites.write_text(sites.read_text().replace("Manila,PH", "Cebu,PH"))
    assert "0 removed, 1 changed" in headset("company", "apply").output
    landed = sorted((made / "state" / "landing" / "company").iterdir())
    assert landed[0].name == "sites_2026-01-01.csv", "nights of history know the first one"
    assert [".r1." in path.name for path in landed] == [False, False, True]
    assert all("#" not in path.read_text() for path in landed)


def test_a_list_emptied_by_mistake_is_not_handed_over(made: Path) -> None:
    sites = made / "company" / "sites.csv"
    template = sites.read_text()
    sites.write_text(template + "mnl,Manila,PH,Asia/Manila,start,2026-01-01,\n")
    headset("company", "apply")
    sites.write_text(template)
    assert "is empty, but 1 row holds" in headset("company", "apply").output


def test_a_column_that_the_list_does_not_have_is_refused(made: Path) -> None:
    (made / "company" / "sites.csv").write_text("site_id,zone\nmnl,Asia/Manila\n")
    result = headset("company", "diff")
    assert (result.exit_code, "column 'zone' is not one of the list sites" in result.output) == (
        1,
        True,
    )


def test_a_command_leaves_the_environment_as_it_was(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    before = dict(os.environ)
    headset("config")
    assert dict(os.environ) == before


def test_without_a_centre_an_installed_product_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEADSET_HOME")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("orchestration.own_centre.is_checkout", lambda: False)
    result = headset("status")
    assert result.exit_code == 1
    assert "begin one with `headset init NAME`" in result.output
