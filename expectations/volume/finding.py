"""One absence or excess, and the checks that findings become."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from expectations.checks import CheckResult, Radius
from expectations.samples import SAMPLE_N

ACCEPT = '`headset night --accept "why"` lets it pass once'
REASONS = {
    "gone": "readers have rows of it and there are none now",
    "fell": "far fewer rows than readers have",
    "rose": "far more rows of a month that is over than readers have, and than came",
    "not_come": "nothing came for a date, though the same weekdays before had rows",
    "came_less": "far less came for a date than on the same weekdays before",
    "came_more": "far more came for a date than on the same weekdays before",
}
RADII: tuple[Radius, ...] = ("client", "feed", "snapshot")


@dataclass(frozen=True)
class Finding:
    """What is missing or too much. `where`: a published table or a feed; `whose`: of its rows.

    when: a month or a date, empty for all. clients, feeds: what is held back until it is mended;
    where neither can be told, everything is.
    """

    kind: str
    where: str
    whose: str
    when: str
    before_n: int
    now_n: int
    clients: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()

    @property
    def radius(self) -> Radius:
        """The smallest part of the snapshot that can be held back for it."""
        return "client" if self.clients else "feed" if self.feeds else "snapshot"

    @property
    def text(self) -> str:
        """The finding in one line."""
        when = f", {self.when}" if self.when else ""
        return f"{self.where} ({self.whose}{when}): {self.before_n:,} before, {self.now_n:,} now"

    @property
    def row(self) -> dict[str, object]:
        """The finding as a row of a check's sample."""
        return {
            "where": self.where,
            "whose": self.whose,
            "when": self.when,
            "rows_before": self.before_n,
            "rows_now": self.now_n,
        }


def results(findings: Sequence[Finding], accept: str | None = None) -> list[CheckResult]:
    """One check per kind and radius, those without a finding passed; so each has a history.

    accept: why a person lets them pass; then they are told and hold nothing back.
    """
    return [
        _result(kind, radius, [f for f in findings if (f.kind, f.radius) == (kind, radius)], accept)
        for kind in REASONS
        for radius in RADII
    ]


def _result(kind: str, radius: Radius, found: Sequence[Finding], accept: str | None) -> CheckResult:
    how = f"accepted: {accept}" if accept else f"if that is right, {ACCEPT}"
    return CheckResult(
        check_id=f"volume.{kind}_{radius}",
        subject=", ".join(_each(f.where for f in found)[:SAMPLE_N]) or "published tables",
        tool="ledger",
        severity="warn" if accept and found else "block",
        radius=radius,
        reason=f"{REASONS[kind]}; {how}" if found else REASONS[kind],
        status="fail" if found else "pass",
        failing_n=len(found),
        clients=_each(name for f in found for name in f.clients),
        feeds=_each(name for f in found for name in f.feeds),
        sample=tuple(f.row for f in found[:SAMPLE_N]),
        tables=_each(name for f in found for name in f.tables),
    )


def _each(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
