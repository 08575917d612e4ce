"""`headset backup` and `headset restore`: a home's copy, and the home back from it."""

from pathlib import Path

import click

from orchestration.console import out, working

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option(
    "--to", "folder", type=FOLDER, required=True, help="Folder of backups, not in the home."
)
@click.option("--check", is_flag=True, help="Read a backup again instead of making one.")
@click.option("--name", help="With --check: which one. Default: the newest.")
@click.option("--keep", type=click.IntRange(1), help="Remove all but the newest so many.")
def backup(folder: Path, check: bool, name: str | None, keep: int | None) -> None:
    """Copy this home while no night runs; what did not change is stored once.

    The key of the pseudonyms is not in it: keep that elsewhere. Without it nothing is brought back.
    """
    from ground.home import Home
    from orchestration.backup import home_files, store

    home, say = Home.from_env(), out()
    if check:
        with working("Reading the backup") as progress:
            found = home_files.check(home, folder, name, progress)
        say.print(
            f"Backup {found.name} is whole: {len(found.entries)} files, {found.bytes / 1e6:,.0f} "
            f"MB, key {found.key_fingerprint}, which is this home's.", soft_wrap=True
        )  # fmt: skip
        return
    with working("Backing up") as progress:
        made = home_files.back_up(home, folder, progress)
    say.print(
        f"Backup {made.name}: {len(made.entries)} files, {made.bytes / 1e6:,.0f} MB, snapshot "
        f"{made.snapshot_id or 'none'}.", soft_wrap=True
    )  # fmt: skip
    say.print(f"Its key {made.key_fingerprint} is not in it: keep a copy of the key elsewhere.")
    if keep:
        for gone in store.prune(folder, keep):
            say.print(f"Removed: {gone}")


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--name", help="Which backup. Default: the newest.")
@click.option("--key", type=click.Path(path_type=Path, dir_okay=False),
              help="File of the master key, where HEADSET_MASTER_KEY is not set.")  # fmt: skip
@click.option("--check", is_flag=True, help="Only say whether it could be brought back.")
def restore(folder: Path, name: str | None, key: Path | None, check: bool) -> None:
    """Bring a home back from FOLDER. It must not be there yet; nothing is written over."""
    from ground.home import Home
    from orchestration.backup import home_files, store

    home = Home.from_env()
    if check:
        found = store.load(folder, name)
        with working("Reading the backup") as progress:
            store.prove(folder, found, progress)
        out().print(
            f"Backup {found.name} of {found.home} is whole: {found.bytes / 1e6:,.0f} MB, made by "
            f"Headset {found.release} under the key {found.key_fingerprint}.", soft_wrap=True
        )  # fmt: skip
        return
    with working("Bringing back"):
        made = home_files.restore(home, folder, name, key)
    out().print(f"{home.root} is as it was on {made.made_at}: backup {made.name}.", soft_wrap=True)
