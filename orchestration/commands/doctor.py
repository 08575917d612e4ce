"""`headset doctor`: whether this machine and this home are fit for tonight."""

from dataclasses import asdict

import click

from orchestration.console import format_option, show


@click.command()
@format_option
def doctor(style: str) -> None:
    """Look at Python, packages, disk, memory, modes, key, clock, landing, locks and the backup.

    Exit code 1 when something would stop a night or endanger data; warnings leave it at 0.
    """
    from ground.home import Home
    from orchestration.doctor import examine, worst

    checks = examine(Home.from_env())
    show([asdict(check) for check in checks], ["name", "status", "said"], style)
    if worst(checks) == "fail":
        raise click.exceptions.Exit(1)
