"""Whether this machine and this home are fit for tonight: `headset doctor`.

Each check says one sentence; a failing one says what to do. Belongs here: the checks. Does not:
mending anything.
"""

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from ground import home_version
from ground.home import Home
from ground.systems import enabled_systems
from ingest.errors import IngestError
from ingest.privacy.pseudonym import fingerprint, master_key
from orchestration.backup.home_files import last
from orchestration.run.lock import holder_of, killed
from publish.errors import PublishError
from publish.snapshot import current

LEAST_FREE_BYTES = 1_000_000_000
BACKUP_DAYS = 7
OLDEST_PYTHON = (3, 11)
# A machine without a battery for its clock comes up in 1970 or in the year it was made.
RELEASED = datetime(2026, 1, 1, tzinfo=UTC)
SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class Check:
    """One look: `status` is ok, warn or fail."""

    name: str
    status: str
    said: str


def examine(home: Home) -> list[Check]:
    """All checks, in the order in which a person would mend things."""
    looks: tuple[Callable[[Home], Iterator[Check]], ...] = (
        _python, _packages, _version, _disk, _memory, _modes, _key, _clock, _landing, _systems,
        _locks, _served, _backup,
    )  # fmt: skip
    return [check for look in looks for check in look(home)]


def _python(_: Home) -> Iterator[Check]:
    here = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        yield Check("python", "fail", f"Python {here}; Headset needs 3.11 or newer")
    else:
        yield Check("python", "ok", f"Python {here}, Headset {home_version.release()}")


def _packages(_: Home) -> Iterator[Check]:
    wrong = []
    for line in requires("headset") or ():
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            have = version(wanted.name)
        except PackageNotFoundError:
            wrong.append(f"{wanted.name} is missing")
            continue
        if not wanted.specifier.contains(have, prereleases=True):
            wrong.append(f"{wanted.name} is {have}, not {wanted.specifier}")
    if wrong:
        yield Check("packages", "fail", f"{'; '.join(wrong)}: install Headset again")
    else:
        yield Check("packages", "ok", "each has the version that Headset was tested with")


def _version(home: Home) -> Iterator[Check]:
    found = home_version.read(home)
    if found is None:
        yield Check("home", "warn", f"{home.root} is new; its first night makes it")
    elif found.format < home_version.FORMAT or found.release != home_version.release():
        yield Check(
            "home", "warn",
            f"written by Headset {found.release}: `headset upgrade` compares before it changes",
        )  # fmt: skip
    else:
        yield Check("home", "ok", f"{home.root}, written by this release")


def disk(home: Home) -> Check:
    """Whether a rebuild still fits."""
    place = next(p for p in (home.root, *home.root.parents) if p.exists())
    free = shutil.disk_usage(place).free
    built = home.warehouse.stat().st_size if home.warehouse.exists() else 0
    said = f"{free / 1e9:.1f} GB free, the warehouse has {built / 1e9:.1f} GB"
    if free < LEAST_FREE_BYTES:
        return Check("disk", "fail", f"{said}: a night would stop; free some space")
    if free < 2 * built:
        return Check("disk", "warn", f"{said}: a rebuild may need twice that")
    return Check("disk", "ok", said)


def _disk(home: Home) -> Iterator[Check]:
    yield disk(home)


def _memory(_: Home) -> Iterator[Check]:
    has = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = os.environ.get("HEADSET_MEMORY_LIMIT", "3GB")
    asked = _bytes(limit)
    said = f"DuckDB may take {limit} of {has / 1e9:.1f} GB"
    if asked is None:
        yield Check("memory", "fail", f"HEADSET_MEMORY_LIMIT is {limit!r}; write 3GB or 800MB")
    elif asked > 0.8 * has:
        yield Check("memory", "warn", f"{said}: leave a fifth for the rest ([night] memory)")
    else:
        yield Check("memory", "ok", said)


def _bytes(text: str) -> int | None:
    for unit, size in (("GB", 10**9), ("MB", 10**6)):
        if text.endswith(unit) and text.removesuffix(unit).strip().isdigit():
            return int(text.removesuffix(unit)) * size
    return None


def _modes(home: Home) -> Iterator[Check]:
    opened = []
    for path in (home.root, home.keys, home.warehouse, home.audit, home.keys / "master.key"):
        if path.exists():
            mode = stat.S_IMODE(path.stat().st_mode)
            allowed = 0o710 if path == home.root else 0o700
            if mode & ~allowed & 0o777:
                opened.append(f"{path} is {mode:o}")
    if opened:
        yield Check("modes", "fail", f"{'; '.join(opened)}: chmod go= them, others can read")
    else:
        yield Check("modes", "ok", "nobody else can read the home")


def _key(home: Home) -> Iterator[Check]:
    given = bool(os.environ.get("HEADSET_MASTER_KEY"))
    if not given and not (home.keys / "master.key").exists():
        lost = home.warehouse.exists()
        said = "no key, though rows were loaded under one: put its copy back" if lost else (
            "no key yet; the first night makes one, keep a copy of it elsewhere"
        )  # fmt: skip
        yield Check("key", "fail" if lost else "warn", said)
        return
    try:
        mine = fingerprint(master_key(home.keys))
    except IngestError as error:
        yield Check("key", "fail", str(error))
        return
    noted = last(home)
    if noted and noted.key_fingerprint != mine:
        yield Check(
            "key", "fail",
            f"the key is {mine}, and the backup of {noted.made_at} was made under "
            f"{noted.key_fingerprint}: with another key no customer is recognised again",
        )  # fmt: skip
    else:
        where = "HEADSET_MASTER_KEY" if given else str(home.keys / "master.key")
        yield Check("key", "ok", f"fingerprint {mine}, from {where}")


def _clock(home: Home) -> Iterator[Check]:
    now = datetime.now(UTC)
    if now < RELEASED:
        yield Check("clock", "fail", f"it says {now:%Y-%m-%d}: set it before a night")
        return
    noted = [path.stat().st_mtime for path in (home.audit, home.warehouse) if path.exists()]
    newest = datetime.fromtimestamp(max(noted, default=0), UTC)
    if newest > now + SKEW:
        yield Check("clock", "fail", f"it says {now:%Y-%m-%d %H:%M} UTC, before the last night")
    else:
        yield Check("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC")


def _landing(home: Home) -> Iterator[Check]:
    if not home.landing.is_dir():
        yield Check("landing", "warn", f"{home.landing} is not there yet: senders write there")
        return
    blind = [
        str(path.relative_to(home.landing))
        for path in (home.landing, *sorted(home.landing.iterdir()))
        if path.is_dir() and not os.access(path, os.R_OK | os.X_OK)
    ]
    company = home.landing / "company"
    if blind:
        yield Check("landing", "fail", f"{', '.join(blind)} cannot be read by this user")
    elif not os.access(company if company.is_dir() else home.landing, os.W_OK):
        yield Check("landing", "warn", "read-only: `headset company apply` cannot write")
    else:
        yield Check("landing", "ok", f"{home.landing} can be read, and lists can be handed over")


def _systems(home: Home) -> Iterator[Check]:
    systems = enabled_systems(home)
    if systems:
        yield Check("systems", "ok", ", ".join(systems))
    else:
        yield Check("systems", "fail", "none is named: [systems] in headset.toml")


def _locks(home: Home) -> Iterator[Check]:
    if not home.root.is_dir():
        return
    running, dead = holder_of(home), killed(home)
    if running:
        yield Check("lock", "ok", running)
    elif dead:
        yield Check("lock", "warn", f"a night was killed ({dead}); the next one goes on")
    else:
        yield Check("lock", "ok", "no night is running")


def _served(home: Home) -> Iterator[Check]:
    try:
        now = current(home)
    except PublishError as error:
        yield Check("published", "fail", str(error))
        return
    if now is None:
        yield Check("published", "warn", "nothing is published yet")
    else:
        yield Check("published", "ok", f"snapshot {now['snapshot_id']}")


def _backup(home: Home) -> Iterator[Check]:
    noted = last(home)
    if noted is None:
        if home.warehouse.exists():
            yield Check("backup", "warn", "there is none: `headset backup --to FOLDER`")
        return
    age = datetime.now(UTC) - datetime.fromisoformat(noted.made_at)
    if noted.proved_at is None:
        said = f"{noted.name} was never read again: `headset backup --to {noted.folder} --check`"
        yield Check("backup", "warn", said)
    elif age > timedelta(days=BACKUP_DAYS):
        yield Check("backup", "warn", f"the last one is {age.days} days old")
    else:
        yield Check("backup", "ok", f"{noted.name} in {noted.folder}, read again {noted.proved_at}")


def worst(checks: list[Check]) -> str:
    """fail, warn or ok."""
    found = {check.status for check in checks}
    return next((one for one in ("fail", "warn") if one in found), "ok")
