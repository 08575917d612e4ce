"""Which systems a deployment has, and which instances (accounts, switches) of each.

A scope is written `system` or `system/instance`: the same text in `HEADSET_SYSTEMS`, as the folder
under `landing/`, in a company map's column `system` and at the front of conformed ids.
Belongs here: that text and where the list comes from. Does not: what a system sends (`ingest`).
"""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ground.files import write_whole
from ground.home import Home, sources_dir

# The instance whose files lie directly in `landing/<system>/`; its ids carry the system alone.
DEFAULT_INSTANCE = "default"
# Lists that the company keeps itself; they belong to every deployment.
COMPANY = "company"
# The simulated centre, one name per system.
SIMULATED = "sim,sim_crm,sim_hr,sim_wfm,sim_qa,sim_people"
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class SystemsError(Exception):
    """The list of systems cannot be read; the message says how to write it."""


@dataclass(frozen=True, order=True)
class Scope:
    """One instance of one system: within it an id means one thing."""

    system: str
    instance: str = DEFAULT_INSTANCE

    @property
    def is_default(self) -> bool:
        """True for the instance without a name of its own."""
        return self.instance == DEFAULT_INSTANCE

    def __str__(self) -> str:
        return self.system if self.is_default else f"{self.system}/{self.instance}"


def parse(text: str) -> Scope:
    """`zendesk` or `zendesk/acme`. Raises SystemsError with the spelling that is meant."""
    system, slash, instance = text.strip().partition("/")
    for name in (system, instance or DEFAULT_INSTANCE):
        if not _NAME.fullmatch(name) or (slash and not instance):
            raise SystemsError(
                f"{text.strip()!r} names no system: write `system` or `system/instance`, in lower "
                f"case letters, figures and single underscores (zendesk/acme,zendesk/beta)"
            )
    return Scope(system, instance or DEFAULT_INSTANCE)


def parse_all(text: str) -> tuple[Scope, ...]:
    """A comma list of scopes, in its order, each once."""
    return tuple(dict.fromkeys(parse(one) for one in text.split(",") if one.strip()))


def enabled_systems(home: Home) -> tuple[str, ...]:
    """Scopes of this deployment: `HEADSET_SYSTEMS` (a comma list), else those that the home has.

    Nothing is enabled by default. A home without a record has what landed in it: folders of
    `landing/`, each a system. Sorted, so that the order of a list changes nothing.
    """
    named = os.environ.get("HEADSET_SYSTEMS")
    if named:
        return tuple(sorted(str(scope) for scope in parse_all(named)))
    return recorded(home) if home.systems.exists() else _landed(home)


def recorded(home: Home) -> tuple[str, ...]:
    """The scopes that the home itself has written down; none before its first night."""
    if not home.systems.exists():
        return ()
    lines = home.systems.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in map(str.strip, lines) if line and not line.startswith("#"))


def record(home: Home, scopes: Iterable[str]) -> None:
    """Write down which systems the home has; an unset variable then changes nothing."""
    head = "# Systems of this home, one a line; HEADSET_SYSTEMS overrides them.\n"
    text = head + "".join(f"{scope}\n" for scope in scopes)
    if home.systems.exists() and home.systems.read_text(encoding="utf-8") == text:
        return
    write_whole(home.systems, text)


def every_system(sources: Path) -> tuple[str, ...]:
    """All systems that have contracts, but for the company's own lists."""
    folders = sorted(path for path in sources.iterdir() if any(path.glob("*.yml")))
    return tuple(path.name for path in folders if path.name != COMPANY)


def _landed(home: Home) -> tuple[str, ...]:
    folders = sorted(home.landing.iterdir()) if home.landing.is_dir() else []
    return tuple(path.name for path in folders if path.name in every_system(sources_dir()))


def instances_of(scopes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The enabled instances of each system, in the order in which they are named."""
    out: dict[str, list[str]] = {}
    for scope in map(parse, scopes):
        out.setdefault(scope.system, [])
        if scope.instance not in out[scope.system]:
            out[scope.system].append(scope.instance)
    return {system: tuple(instances) for system, instances in out.items()}


def has_named(instances: Sequence[str]) -> bool:
    """True when the instances of a system must be told from each other."""
    return tuple(instances) != (DEFAULT_INSTANCE,)
