"""The command people type: `headset`.

Belongs here: the group and how errors are told. The commands are in `commands/`, imported when
one is asked for, so that `headset status` does not wait for dbt and Dagster.
"""

import importlib
import os

import click

COMMANDS = {
    "init": "init",
    "config": "init",
    "company": "company",
    "client": "client",
    "discover": "discover",
    "coverage": "coverage",
    "simulate": "simulate",
    "night": "night",
    "tick": "live",
    "live": "live",
    "floor": "floor",
    "plan": "plan",
    "status": "status",
    "metric": "metric",
    "metrics": "metric",
    "reconcile": "reconcile",
    "quarantine": "quarantine",
    "file": "file",
    "reload": "reload",
    "lint": "lint",
    "source": "source",
    "system": "system",
    "sla": "sla",
    "holidays": "holidays",
    "publish": "publication",
    "extract": "extract",
    "access": "person",
    "erase": "person",
    "backup": "backup",
    "restore": "backup",
    "doctor": "doctor",
    "watch": "watch",
    "upgrade": "upgrade",
    "dbt": "tools",
    "dev": "tools",
    "prepare": "tools",
    "demo": "demo",
}
# What works before there is a centre.
WITHOUT_A_HOME = ("init", None)
HELP = {"help_option_names": ["-h", "--help"]}


class Headset(click.Group):
    """Loads commands lazily, and tells expected errors in one line instead of a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of a first day: simulate, night, status, ..."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, from the module that has it."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"orchestration.commands.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what a user can mend ends with one line and exit code 1."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if isinstance(error, click.ClickException | click.exceptions.Exit | click.Abort):
                raise
            if not isinstance(error, expected_errors()):
                raise
            raise click.ClickException(str(error)) from error


def expected_errors() -> tuple[type[Exception], ...]:
    """Errors that name what a person has to do; anything else is a fault of ours."""
    from bi.definitions import DashboardError
    from expectations.audit import AuditError
    from ground.centre import CentreError
    from ground.dbt_manifest import ManifestError
    from ground.guard import GuardError
    from ground.home_version import HomeVersionError
    from ground.product import ProductError
    from ground.systems import SystemsError
    from ingest.errors import IngestError
    from live.lane import LiveError
    from metrics.contracts.reader import ContractError as MetricContractError
    from metrics.lock import LockError
    from metrics.question.query import MetricError
    from orchestration.backup.store import BackupError
    from orchestration.dbt.runner import DbtError
    from orchestration.run.lock import NightRunningError
    from orchestration.run.night import NightError
    from orchestration.upgrade.place import UpgradeError
    from publish.errors import PublishError

    return (
        AuditError,
        BackupError,
        CentreError,
        DashboardError,
        DbtError,
        GuardError,
        HomeVersionError,
        IngestError,
        LiveError,
        LockError,
        ManifestError,
        MetricContractError,
        MetricError,
        NightError,
        NightRunningError,
        ProductError,
        PublishError,
        SystemsError,
        UpgradeError,
    )


@click.group(cls=Headset, context_settings=HELP)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Headset: the performance warehouse behind a contact centre.

    A centre's own repository has a headset.toml (`headset init`); all state lies in its home.
    """
    from ground import home_version
    from ground.guard import guard
    from ground.home import Home

    os.umask(0o077)
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    if ctx.invoked_subcommand not in WITHOUT_A_HOME:
        from orchestration.own_centre import enter

        ctx.call_on_close(enter(str(ctx.invoked_subcommand)))
        guard(Home.from_env())
        home_version.check(Home.from_env(), str(ctx.invoked_subcommand))
