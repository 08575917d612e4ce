"""The lock of the metrics as a check of the night."""

from pathlib import Path

from expectations.checks import CheckResult
from ground.home import dbt_project_dir
from metrics import lock
from metrics.contracts import reader


def check(folder: Path | None = None, path: Path = lock.LOCK) -> CheckResult:
    """The night's own look at the lock: a formula that changed unseen blocks the snapshot.

    folder: the metric files, by default those of the dbt project.
    """
    definitions, found = reader.read(folder or dbt_project_dir() / "models" / "metrics")
    found = found or lock.findings(definitions, path, examples=None)
    return CheckResult(
        check_id="lock.metrics",
        subject="metric definitions",
        tool="ledger",
        severity="block",
        radius="snapshot",
        reason="a metric means something else than was agreed (see `headset lint`)",
        status="fail" if found else "pass",
        failing_n=len(found),
        sample=tuple({"where": f"{f.file.name}:{f.line}", "what": f.message} for f in found[:5]),
    )
