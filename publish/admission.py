"""May this build be published? Belongs here: the one decision, pure."""

from collections.abc import Collection
from typing import Protocol

from publish.errors import PublishRefused
from publish.manifest import Verdict


class VerdictLike(Protocol):
    """What publication needs to know of an audit's verdict."""

    @property
    def run_id(self) -> str:
        """Run that was audited."""

    @property
    def batch_id(self) -> int:
        """Batch that was audited."""

    @property
    def status(self) -> str:
        """pass, partial or blocked."""

    @property
    def held_clients(self) -> Collection[str]:
        """Clients to keep at what is served."""

    @property
    def held_feeds(self) -> Collection[str]:
        """Feeds to keep at what is served: canonical, or `system.feed`."""

    @property
    def definition_hash(self) -> str:
        """Definitions that were audited."""

    @property
    def checks_n(self) -> int:
        """Checks that ran."""

    @property
    def failed_n(self) -> int:
        """Checks that failed."""


def admit(verdict: VerdictLike | None, *, newest_batch_id: int, definition_hash: str) -> Verdict:
    """The verdict as it will be recorded, when it allows this very build to be published.

    Raises PublishRefused when there is none, when it blocks, or when it is about another batch
    or about other definitions than the ones now built.
    """
    if verdict is None:
        raise PublishRefused(
            f"batch {newest_batch_id} has no verdict: run the audit before publishing"
        )
    if verdict.batch_id != newest_batch_id:
        raise PublishRefused(
            f"the verdict of run {verdict.run_id} is stale: it judged batch {verdict.batch_id}, "
            f"the newest built batch is {newest_batch_id}; run the audit again"
        )
    if verdict.definition_hash != definition_hash:
        raise PublishRefused(
            f"the verdict of run {verdict.run_id} is stale: it judged definitions "
            f"{verdict.definition_hash}, the build has {definition_hash}; run the audit again"
        )
    if verdict.status == "blocked":
        raise PublishRefused(
            f"the audit of run {verdict.run_id} blocked batch {verdict.batch_id} "
            f"({verdict.failed_n} of {verdict.checks_n} checks failed); "
            "the last snapshot stays in place"
        )
    if verdict.status not in ("pass", "partial"):
        raise PublishRefused(
            f"the verdict of run {verdict.run_id} has status {verdict.status!r}; "
            "only pass and partial can be published"
        )
    if verdict.status == "partial" and not (verdict.held_clients or verdict.held_feeds):
        raise PublishRefused(
            f"the verdict of run {verdict.run_id} is partial but names no client and no feed to "
            "hold back"
        )
    return Verdict(
        run_id=verdict.run_id,
        batch_id=verdict.batch_id,
        status=verdict.status,
        definition_hash=verdict.definition_hash,
        held_clients=tuple(sorted(verdict.held_clients)),
        held_feeds=tuple(sorted(verdict.held_feeds)),
        checks_n=verdict.checks_n,
        failed_n=verdict.failed_n,
    )
