"""The wheel is the whole product: it works outside a checkout, and puts one name on the path."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ground.home import CHECKOUT


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content as pip lays it out, in a folder nobody may write to."""
    root = tmp_path_factory.mktemp("wheel")
    source = root / "source"
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in names:
        path = CHECKOUT / name
        if path.is_file() and not name.startswith(("tests/", "docs/", "benchmarks/")):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes(path.read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index",
               "--no-build-isolation", "--disable-pip-version-check"]  # fmt: skip
    subprocess.run([*command, "-w", str(root), str(source)], check=True, capture_output=True)
    (wheel,) = root.glob("headset-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(root / "site")
    return root / "site"


def headset(site: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {k: v for k, v in os.environ.items() if not k.startswith("HEADSET_")}
    return subprocess.run(
        [sys.executable, "-c",
         f"import sys; sys.path[:] = [p for p in sys.path if p not in ('', {str(CHECKOUT)!r})]; "
         f"sys.path.insert(0, {str(site)!r}); sys.argv = ['headset', *{list(arguments)!r}]; "
         "from headset.__main__ import main; main()"],
        cwd=cwd, env=environ | {"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_no_general_name_is_put_beside_a_users_modules(unpacked: Path) -> None:
    assert [path.name for path in unpacked.iterdir() if "dist-info" not in path.name] == ["headset"]


def test_every_file_that_is_no_test_or_doc_is_in_the_wheel(unpacked: Path) -> None:
    product = unpacked / "headset" / "product"
    for folder, pattern in (
        ("ingest/sources", "**/*.yml"), ("dbt_project/models", "**/*.sql"),
        ("dbt_project/macros", "**/*.sql"), ("dbt_project/tests", "*.sql"),
        ("expectations", "**/*.yml"), ("metrics", "**/*.yml"), ("bi/dashboards", "*"),
        ("simulator/company", "*"), ("orchestration/templates", "**/*.tmpl"),
        ("live/sources", "**/*.yml"), ("live/page", "*"),
    ):  # fmt: skip
        ours = {
            path.relative_to(CHECKOUT)
            for path in (CHECKOUT / folder).glob(pattern)
            if path.is_file() and "_generated" not in path.parts
        }
        assert ours, folder
        assert {path for path in ours if not (product / path).is_file()} == set(), folder


def test_a_centre_is_begun_and_linted_by_the_installed_product(
    unpacked: Path, tmp_path: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in unpacked.rglob("*")}
    refused = headset(unpacked, tmp_path, "status")
    assert (refused.returncode, "headset init NAME" in refused.stderr) == (1, True)
    made = headset(unpacked, tmp_path, "init", "acme", "--system", "asterisk",
                   "--first-day", "2026-01-01")  # fmt: skip
    assert made.returncode == 0, made.stderr
    linted = headset(unpacked, tmp_path / "acme", "lint")
    assert linted.returncode == 0, linted.stderr + linted.stdout
    for command in (["doctor"], ["discover"], ["init", "--add", "people"]):
        done = headset(unpacked, tmp_path / "acme", *command)
        assert done.returncode == 0, done.stderr + done.stdout
    assert {path: path.stat().st_mtime_ns for path in unpacked.rglob("*")} == before
