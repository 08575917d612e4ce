"""A drill on a real home: made, proved, the home lost, and brought back to equal checksums."""

import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from ground import files
from orchestration.backup import home_files
from orchestration.cli import cli
from publish.snapshot import verify
from tests.centre import Centre

# The key lies elsewhere; the rest is made again by a command, a night or a tick.
NOT_KEPT = ("keys", "product", "night.lock", "backup.json", "intraday", "intraday.duckdb")


def headset(*arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments])


def sums(root: Path) -> dict[str, str]:
    """Checksum of every file of a home, but for what no backup holds."""
    return {
        str(path.relative_to(root)): files.sha256(path)
        for path in root.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and path.relative_to(root).parts[0] not in NOT_KEPT
    }


def test_a_drill_brings_back_equal_checksums_and_stores_nothing_twice(
    centre: Centre, tmp_path: Path
) -> None:
    """Made, proved, the home lost, brought back; then a second backup costs almost nothing."""
    home, kept = centre.home, tmp_path / "backups"
    made = headset("backup", "--to", str(kept))
    assert made.exit_code == 0, made.output
    assert "is not in it" in made.output
    before = sums(home.root)
    assert len(before) > 100
    proved = headset("backup", "--to", str(kept), "--check")
    assert "which is this home's" in proved.output
    assert home_files.last(home).proved_at is not None  # type: ignore[union-attr]
    key = tmp_path / "key"
    shutil.copy(home.keys / "master.key", key)
    assert not any(key.read_bytes() in p.read_bytes() for p in kept.rglob("*") if p.is_file())
    shutil.rmtree(home.root)
    back = headset("restore", str(kept), "--key", str(key))
    assert back.exit_code == 0, back.output
    assert sums(home.root) == before
    assert verify(home).files_n > 0
    stored = len(list((kept / "objects").rglob("*")))
    home_files.back_up(home, kept)
    assert len(list((kept / "objects").rglob("*"))) - stored < 10
