"""Lint of the metric definitions: contracts, lock, causes. Source contracts have their own."""

from pathlib import Path

from ground.home import dbt_project_dir
from metrics import lock
from metrics.contracts import reader
from metrics.contracts.reader import Finding
from metrics.reconcile import causes


def lint(
    folder: Path | None = None, *, lock_file: Path = lock.LOCK, examples: Path = lock.EXAMPLES
) -> list[Finding]:
    """Every fault of the metric definitions, in order of file and line; none is an empty list.

    folder: the metric files, by default those of the dbt project.
    The lock is compared only once the contracts are sound.
    """
    definitions, findings = reader.read(folder or dbt_project_dir() / "models" / "metrics")
    if not findings:
        # The installed product has no worked examples: they were run before it was released.
        run = examples if examples.is_dir() else None
        findings = lock.findings(definitions, lock_file, run)
        findings += causes.findings(definitions)
    return sorted(findings, key=lambda found: (str(found.file), found.line, found.rule))
