"""Drafts in a centre's own repository: a metric, a client.

Belongs here: what the drafts say and where they go. Does not: source contracts (`ingest.sample`).
Nothing is ever written over.
"""

import csv
import io
import re
from pathlib import Path
from typing import Any

import yaml

from ground.centre import CentreError
from ground.files import write_whole
from metrics.contracts.contract import Definitions, MetricContract
from metrics.question import names
from metrics.question.snapshot import MetricError

# What belongs to the metric that is taken as the beginning, not to the new one.
NOT_TAKEN = ("default", "earlier", "adds_up_to", "plausible")
CLIENT = ("client_id", "client_name", "country_code", "calling_code", "trunk_prefix",
          "international_prefix", "valid_from")  # fmt: skip


def new_metric(
    centre: Path, centre_name: str, name: str, like: str, definitions: Definitions
) -> Path:
    """Draft a metric of the centre's own as a copy of a packaged one, to be changed.

    Raises CentreError for a name that is none or taken, MetricError for `like`.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise CentreError(f"{name!r} is no name of a metric: lower case, figures, underscores")
    family = name if name.startswith(f"{centre_name}_") else f"{centre_name}_{name}"
    if any(one.name == family for one in definitions.metrics):
        raise CentreError(f"there is a metric {family} already; give yours another name")
    path = centre / "metrics" / f"{family}.yml"
    if path.exists():
        raise CentreError(f"{path} is there already; nothing was written")
    given = names.find(definitions.metrics, like)
    if given.kind == "model":
        raise MetricError(
            f"{given.display} is computed by a model of its own; begin with a count or a ratio"
        )
    entry = _entry(given, definitions)
    contract = {
        key: value
        for key, value in entry["config"]["meta"]["contract"].items()
        if key not in NOT_TAKEN
    } | {"version": 1, "default": True}
    draft = entry | {
        "name": f"{family}_{contract['variant']}",
        "config": {"meta": {"contract": contract}},
    }
    text = yaml.safe_dump({"metrics": [draft]}, sort_keys=False, allow_unicode=True, width=100)
    head = (
        f"# {family}: a copy of {given.display} to begin with. Change formula and contract,\n"
        "# then `headset lint --agree` writes down what it means.\n\n"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head + text, encoding="utf-8")
    return path


def _entry(given: MetricContract, definitions: Definitions) -> dict[str, Any]:
    for file in definitions.files:
        for entry in (file.data or {}).get("metrics") or ():
            if entry["name"] == given.id:
                return dict(entry)
    raise MetricError(f"{given.display}: its definition was not found")


def new_client(centre: Path, values: dict[str, str]) -> Path:
    """Add a client to company/clients.csv.

    Raises CentreError for a client that is there, or a column that the file lacks.
    """
    path = centre / "company" / "clients.csv"
    if not path.exists():
        raise CentreError(f"{path} is not there; `headset init` writes it")
    text = path.read_text(encoding="utf-8")
    numbered = [(n, line) for n, line in enumerate(text.splitlines(), 1)
                if line.strip() and not line.startswith("#")]  # fmt: skip
    if not numbered:
        raise CentreError(f"{path} has no header line: {','.join(CLIENT)},valid_to")
    header = next(csv.reader([numbered[0][1]]))
    lacking = [name for name in CLIENT if name not in header]
    if lacking:
        raise CentreError(f"{path}:{numbered[0][0]}: the header has no {lacking[0]!r}")
    for n, line in numbered[1:]:
        row = dict(zip(header, next(csv.reader([line])), strict=False))
        if row.get("client_id") == values["client_id"]:
            raise CentreError(f"{path}:{n}: client {values['client_id']!r} is there already")
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([values.get(name, "") for name in header])
    write_whole(path, text.rstrip("\n") + "\n" + out.getvalue())
    return path
