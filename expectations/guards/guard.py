"""What one guard is. Belongs here: the type; the guards themselves come from the contracts."""

from dataclasses import dataclass

from expectations.checks import Radius, Severity

# Sums of seconds as doubles may differ in the last digits between two orders of adding.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Guard:
    """One guard: the rule that Great Expectations checks, as SQL whose rows break it."""

    check_id: str
    subject: str
    fact: str
    table: str
    severity: Severity
    radius: Radius
    reason: str
    violations: str
