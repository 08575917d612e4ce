"""`headset lint`: source contracts, metric contracts and their lock."""

from collections.abc import Iterable
from pathlib import Path

import click

from orchestration.console import out


@click.command()
def lint() -> None:
    """Check source contracts and metric definitions. Exit code 1 when something is to mend."""
    from expectations import lint as metric_lint
    from ingest import lint as source_lint
    from ingest.home import CHECKOUT, dbt_project_dir, enabled_systems, sources_dir

    findings = [
        (finding.file, finding.line, finding.rule, finding.message)
        for found in (
            source_lint.lint(sources_dir(), enabled_systems()),
            metric_lint.lint(dbt_project_dir() / "models" / "metrics"),
        )
        for finding in found
    ]
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
