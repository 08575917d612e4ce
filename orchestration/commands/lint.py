"""`headset lint`: source contracts, metric contracts and their lock."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.console import out

if TYPE_CHECKING:
    from ground.home import Home
    from metrics.contracts.contract import Finding


@click.command()
@click.option("--agree", is_flag=True, help="Agree on what your own metrics mean now.")
def lint(agree: bool) -> None:
    """Check source contracts, metric definitions and the company's lists in landing/company/.

    Exit code 1 when something is to mend; warnings alone leave it at 0.
    """
    from expectations import company_lint
    from ground.home import CHECKOUT, Home, dbt_project_dir, sources_dir
    from ground.systems import enabled_systems, every_system
    from ingest.contracts import lint as source_lint
    from metrics.contracts import lint as metric_lint
    from metrics.contracts import reader

    home = Home.from_env()
    if agree:
        from metrics import lock

        locked = lock.agree_own(reader.load(dbt_project_dir() / "models" / "metrics"))
        out().print(f"Agreed on {len(locked)} metrics of your own: {lock.own_lock()}")
    findings = [
        (finding.file, finding.line, finding.rule, finding.message)
        for found in (
            source_lint.lint(sources_dir(), enabled_systems(home) or every_system(sources_dir())),
            metric_lint.lint(dbt_project_dir() / "models" / "metrics"),
        )
        for finding in found
    ]
    definitions, _ = reader.read(dbt_project_dir() / "models" / "metrics")
    lists = company_lint.of_files(home, definitions, date.today())
    for one in lists:
        if one.severity == "error":
            findings.append((one.file, one.line, one.rule, f"{one.subject}: {one.message}"))
        else:
            shown = _shown(one.file, [CHECKOUT, Path.cwd()])
            click.echo(f"{shown}:{one.line}: warning: {one.rule}: {one.subject}: {one.message}")
    findings += [(one.file, one.line, one.rule, one.message) for one in _own(home)]
    for file, line, rule, message in sorted(findings, key=lambda f: (str(f[0]), f[1])):
        click.echo(f"{_shown(file, [CHECKOUT, Path.cwd()])}:{line}: {rule}: {message}")
    if findings:
        raise click.ClickException(f"{len(findings)} to mend")
    out().print("Source contracts and metric definitions are in order.")


def _own(home: "Home") -> "list[Finding]":
    """What is wrong in the centre's own dashboards, and which known totals do not come out."""
    from bi import definitions
    from metrics import known_totals
    from metrics.contracts.contract import Finding
    from orchestration.own_centre import own_folder
    from orchestration.run import dashboards

    folder = own_folder()
    if folder is None:
        return []
    try:
        boards = definitions.own()
    except definitions.DashboardError as error:
        return [Finding(folder / "dashboards", 1, "dashboard", str(error))]
    manifest = home.target / "manifest.json"
    found = [
        Finding(folder / "dashboards" / said.partition(":")[0], 1, "dashboard", said)
        for said in (dashboards.faults_of(boards, manifest) if manifest.is_file() else ())
    ]
    known, faults = known_totals.read(folder / "examples")
    if not (home.published / "current").exists():
        if known:
            click.echo(f"{len(known)} known totals wait for the first night.")
        return found + faults
    wrong = [finding for path, one in known for finding in known_totals.check(home, path, one)]
    if known and not wrong:
        click.echo(f"{len(known)} known totals come out.")
    return found + faults + wrong


def _shown(file: str | Path, roots: Iterable[Path]) -> str:
    path = Path(file)
    for root in roots:
        if path.is_relative_to(root):
            return str(path.relative_to(root))
    return str(path)
