"""The lock: what every metric meant when it was last agreed, so that no formula changes unseen.

`metrics.lock.yml` keeps, per metric, its version and a fingerprint of its meaning: the parts of its
contract that change the number, and its subtree of the semantic layer (formula, measures, fact,
date). It also keeps a fingerprint of each worked example (rows in, answers out). Prose may change
freely. MetricFlow's SQL is not locked: it changes when an unrelated model is added.

`python -m metrics.lock` writes the file; it refuses a changed meaning under an old version.
What an earlier version meant stands in the contract (`earlier`); a version above 1 has a line in
the changelog.

Metrics of a centre's own repository begin with its name and stand in a lock of its own, beside its
`headset.toml`; `headset lint --agree` writes that one.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ground import yaml_lines
from ground.home import CHECKOUT, dbt_project_dir
from metrics.contracts import reader
from metrics.contracts.fingerprint import means
from metrics.contracts.reader import Definitions, Finding, MetricContract

LOCK = Path(__file__).with_name("metrics.lock.yml")
EXAMPLES = CHECKOUT / "tests" / "worked_examples"
CHANGELOG = CHECKOUT / "CHANGELOG.md"
HEADER = """\
# Written by `python -m metrics.lock`; not by hand (`check` covers the whole file).
# A metric whose meaning changes needs a new version in its contract; then run that command.
"""


class LockError(Exception):
    """The lock cannot be written; the message names every metric in the way."""


@dataclass(frozen=True)
class Locked:
    """One metric as agreed; `examples` are fingerprints of its worked examples, by name."""

    version: int
    fingerprint: str
    examples: Mapping[str, str]


def fingerprint(contract: MetricContract, definitions: Definitions) -> str:
    """Sixteen hex digits that change when the metric's meaning does."""
    return _hash(means(contract, definitions))


def current(definitions: Definitions, examples: Path | None = EXAMPLES) -> dict[str, Locked]:
    """What the definitions and worked examples say now, by metric id."""
    return {
        contract.id: Locked(
            contract.version,
            fingerprint(contract, definitions),
            _examples(examples / contract.display) if examples else {},
        )
        for contract in sorted(definitions.metrics, key=lambda c: c.id)
    }


def read(path: Path = LOCK) -> dict[str, Locked]:
    """The lock file. Raises LockError when it is missing, broken, or was edited by hand."""
    if not path.exists():
        raise LockError(f"{path}:1: no lock; write it with `python -m metrics.lock`")
    try:
        body = yaml_lines.read(path).data
        metrics, check = body["metrics"], body["check"]
    except (yaml_lines.YamlFileError, KeyError, TypeError) as error:
        raise LockError(f"{path}:1: not a metric lock: {error}") from error
    if check != _hash(metrics):
        raise LockError(f"{path}:1: edited by hand; write it with `python -m metrics.lock`")
    return {name: Locked(**one) for name, one in metrics.items()}


def write(
    definitions: Definitions, path: Path = LOCK, examples: Path | None = EXAMPLES
) -> dict[str, Locked]:
    """Write the lock for the definitions as they are now, and return it.

    Raises LockError, and writes nothing, when a meaning changed without a higher version.
    """
    old = read(path) if path.exists() else {}
    locked: dict[str, Locked] = {}
    refused = []
    for name, now in current(definitions, examples).items():
        before = old.get(name)
        agreed = before and (before.version, before.fingerprint)
        if before and now.version <= before.version and agreed != (now.version, now.fingerprint):
            refused.append(f"{name}: its meaning changed, its version must be {before.version + 1}")
        locked[name] = now
    if refused:
        raise LockError("\n".join(refused))
    body = {name: asdict(one) for name, one in locked.items()}
    lines = [f"  {name}: {json.dumps(one)}\n" for name, one in body.items()]
    path.write_text(f"{HEADER}check: {_hash(body)}\nmetrics:\n{''.join(lines)}", encoding="utf-8")
    return locked


def findings(
    definitions: Definitions,
    path: Path = LOCK,
    examples: Path | None = EXAMPLES,
    changelog: Path = CHANGELOG,
) -> list[Finding]:
    """Where definitions and lock disagree, each with file and line.

    examples: folder of worked examples; None compares definitions alone, as a night does.
    """
    own = own_lock()
    try:
        locked = read(path) | (read(own) if own and own.exists() else {})
    except LockError as error:
        return [Finding(path, 1, "lock", str(error).split(": ", 1)[-1])]
    files = {file.path.name: file.path for file in definitions.files}
    found: list[Finding] = []
    try:
        present = current(definitions, examples)
    except yaml_lines.YamlFileError as error:
        return [Finding(examples or path, 1, "example", str(error))]
    for contract in definitions.metrics:
        now, before = present[contract.id], locked.get(contract.id)
        packaged = examples is not None and not is_own(contract.id)
        for rule, message in _differences(now, before, with_examples=packaged):
            text = f"metric {contract.id}: {message}"
            found.append(Finding(files[contract.file], contract.line, rule, text))
        if contract.version > 1 and packaged and not _told(contract, changelog):
            text = (
                f"metric {contract.id}: version {contract.version} has no line in the changelog, "
                f"such as: | `{contract.display}` | {contract.version} | what changed |"
            )
            found.append(Finding(files[contract.file], contract.line, "no_changelog_line", text))
    found += [
        Finding(path, 1, "lock_unknown", f"metric {name} is locked but no longer defined")
        for name in locked
        if name not in present
    ]
    return found


def own_lock() -> Path | None:
    """The lock of the centre that this process works for; None without one."""
    folder = os.environ.get("HEADSET_CENTRE")
    return Path(folder) / LOCK.name if folder else None


def is_own(metric_id: str) -> bool:
    """Whether a metric belongs to a centre's own repository: its name begins with the centre's."""
    name = os.environ.get("HEADSET_CENTRE_NAME")
    return bool(name) and metric_id.startswith(f"{name}_")


def agree_own(definitions: Definitions) -> dict[str, Locked]:
    """Write the centre's own lock. Raises LockError as `write`, and where there is no centre."""
    path = own_lock()
    if path is None:
        raise LockError("no headset.toml here or in a folder above, so no metrics of your own")
    metrics = tuple(metric for metric in definitions.metrics if is_own(metric.id))
    return write(replace(definitions, metrics=metrics), path, None)


def _differences(
    now: Locked, before: Locked | None, *, with_examples: bool
) -> Iterable[tuple[str, str]]:
    again = "then `python -m metrics.lock`"
    if before is None:
        yield "lock_missing", f"not in the lock; agree on it, {again}"
        return
    if now.version < before.version:
        yield "version_went_back", f"version {now.version}, but {before.version} is locked"
    elif now.version == before.version and now.fingerprint != before.fingerprint:
        yield (
            "formula_changed",
            f"its meaning changed under version {now.version}; "
            f"give it version {now.version + 1}, {again}",
        )
    elif now.version > before.version:
        yield "lock_stale", f"version {now.version} is not locked yet; run `{again[6:-1]}`"
    if now.version != before.version or not with_examples:
        return
    if not now.examples:
        yield "no_example", "has no worked example in tests/worked_examples/"
    for name, digest in before.examples.items():
        if now.examples.get(name) != digest:
            yield (
                "example_changed",
                f"worked example {name} was changed or removed under version {now.version}",
            )
    for name in now.examples.keys() - before.examples.keys():
        yield "lock_stale", f"worked example {name} is not locked yet; agree on it, {again}"


def _told(contract: MetricContract, changelog: Path) -> bool:
    """A row of the changelog's table names the metric (or its family) and the version."""
    row = re.compile(
        rf"^\|[^|]*`{re.escape(contract.name)}(\.{re.escape(contract.variant)})?`[^|]*"
        rf"\|\s*{contract.version}\s*\|",
        re.MULTILINE,
    )
    return changelog.exists() and bool(row.search(changelog.read_text(encoding="utf-8")))


def _examples(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.glob("*.yml")):
        data = yaml_lines.read(path).data or {}
        body = {key: data[key] for key in data if key not in ("title", "why")}
        if "rows" in data:
            body["rows"] = yaml_lines.read(folder.parent / "rows" / f"{data['rows']}.yml").data
        found[path.stem] = _hash(body)
    return found


def _hash(body: Any) -> str:
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def main() -> None:
    """Write the lock of the checkout's own definitions."""
    write(reader.load(dbt_project_dir() / "models" / "metrics"))


if __name__ == "__main__":
    main()
