"""`headset upgrade`: a new release on this home, compared before readers see it."""

from pathlib import Path

import click

from orchestration.console import out, table, working

COLUMNS = ["metric", "cells_n", "moved_n", "first_month", "last_month", "largest", "why"]


@click.command()
@click.option("--backup", "folder", type=click.Path(path_type=Path, file_okay=False),
              help="Folder of backups. Default: beside the home.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Build and compare, and change nothing.")
@click.option(
    "--accept", metavar="REASON", help="Why values without a changed definition may move."
)
@click.option("--yes", is_flag=True, help="Do not ask before it is put in place.")
def upgrade(folder: Path | None, dry_run: bool, accept: str | None, yes: bool) -> None:
    """Back up, build this home by this release beside it, compare every value, then show it.

    Reports what moved by metric and cause. Readers see the snapshot from before until the end.
    """
    from dataclasses import asdict

    from ground import home_version
    from ground.home import Home
    from orchestration.backup import home_files
    from orchestration.run.lock import night_lock
    from orchestration.upgrade import place, run

    home, say = Home.from_env(), out()
    with night_lock(home, "headset upgrade"):
        done = place.finish(home)
        if done:
            say.print(f"The upgrade that was cut off is finished: snapshot {done} is served.")
            return
        with working("Reading the project") as progress:
            changed = run.changes(home, progress)
        if changed is None:
            home_version.stamp(home)
            say.print("Nothing is defined otherwise: this home is of this release.")
            return
        say.print(
            f"From Headset {changed.from_release} to {home_version.release()}: "
            f"{len(changed.edited)} models are defined otherwise, {changed.below_n} stand on them."
        )
        for name in changed.edited[:10]:
            say.print(f"  {name}")
        where = folder or home.root.with_name(f"{home.root.name}-backups")
        with working("Backing up") as progress:
            made = home_files.back_up(home, where, progress)
        say.print(f"Backup {made.name} in {where}.", soft_wrap=True)
        with working("Building beside") as progress:
            built = run.build(home, changed, progress)
        if built.moved:
            rows = [{**asdict(one), "why": one.cause} for one in built.moved]
            say.print(table(rows, COLUMNS, f"Moved, of {built.cells_n:,} published values"))
        else:
            say.print(f"All {built.cells_n:,} published values are as they were.")
        if dry_run or not (yes or click.confirm("Put it in place?")):
            run.drop(built)
            say.print("Nothing changed.")
            return
        report = run.put_in_place(home, built, accept)
    say.print(f"Snapshot {built.snapshot_id} is served. What moved: {report}", soft_wrap=True)
