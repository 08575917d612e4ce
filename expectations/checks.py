"""The vocabulary of the audit: what one check found, and what a night is worth.

Every tool (dbt tests, Great Expectations suites, the ledger's own laws) reports in these words, so
that `audit.decide` can weigh them together.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Tool = Literal["dbt", "gx", "ledger"]
Severity = Literal["block", "warn"]
Radius = Literal["snapshot", "client", "feed"]
Status = Literal["pass", "fail", "error"]
VerdictStatus = Literal["pass", "partial", "blocked"]


def utc_now() -> dt.datetime:
    """The current instant, naive and in UTC, as the ledger stores instants."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class CheckResult:
    """What one check found; one row of `ledger.check_result` once a run has recorded it.

    check_id: stable name of the check, the same every night ("dbt.unique_fct_contact_contact_id").
    subject: what was looked at: a model, a feed, a metric ("fct_contact", "sim.contacts").
    severity: `block` holds something back when the check does not pass; `warn` only tells.
    radius: what a failing block holds back: the whole snapshot, some clients, some feeds.
    reason: one sentence: what a failure means, in words of the field.
    status: `error` means that the check could not be evaluated. That is never a pass.
    failing_n: rows (or files) that break the rule.
    clients, feeds: who is hit, where the check can tell.
    sample: up to five failing rows, without personal columns.
    tables: published tables that stand on the subject ("interaction.contact").
    from_batch: the batch whose build the check was last asked of, where it is not of this build:
    nothing that it looks at has changed since.
    """

    check_id: str
    subject: str
    tool: Tool
    severity: Severity
    radius: Radius
    reason: str
    status: Status
    failing_n: int = 0
    clients: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    sample: tuple[Mapping[str, object], ...] = ()
    tables: tuple[str, ...] = ()
    checked_at: dt.datetime = field(default_factory=utc_now)
    from_batch: int | None = None

    @property
    def passed(self) -> bool:
        """True only if the check ran and found nothing."""
        return self.status == "pass"

    @property
    def holds(self) -> bool:
        """True if this result alone holds something back."""
        return self.severity == "block" and not self.passed


@dataclass(frozen=True)
class Verdict:
    """What a night is worth; one row of `ledger.verdict` and `audit/<run_id>.json`.

    status: `pass`: publish everything; `partial`: publish all but what is held;
    `blocked`: publish nothing.
    batch_id, definition_hash: the build that was audited; `publish` refuses any other.
    """

    run_id: str
    batch_id: int
    status: VerdictStatus
    held_clients: tuple[str, ...]
    held_feeds: tuple[str, ...]
    checks_n: int
    failed_n: int
    warned_n: int
    definition_hash: str
    decided_at: dt.datetime
