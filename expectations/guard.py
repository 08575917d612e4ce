"""What one guard is. Belongs here: the type; the guards themselves come from the contracts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from expectations.checks import Radius, Severity

# Sums of seconds as doubles may differ in the last digits between two orders of adding.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Guard:
    """One guard: an expectation, and the SQL whose rows break it (for the sample and clients)."""

    check_id: str
    subject: str
    fact: str
    table: str
    severity: Severity
    radius: Radius
    reason: str
    expectation: str
    arguments: Mapping[str, Any]
    violations: str
