"""`headset lint`: source contracts, metric contracts and their lock."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click

from orchestration.console import out


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
    for file, line, rule, message in sorted(findings, key=lambda f: (str(f[0]), f[1])):
        click.echo(f"{_shown(file, [CHECKOUT, Path.cwd()])}:{line}: {rule}: {message}")
    if findings:
        raise click.ClickException(f"{len(findings)} to mend")
    out().print("Source contracts and metric definitions are in order.")


def _shown(file: str | Path, roots: Iterable[Path]) -> str:
    path = Path(file)
    for root in roots:
        if path.is_relative_to(root):
            return str(path.relative_to(root))
    return str(path)
