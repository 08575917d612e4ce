"""Writing a centre's repository: settings, company lists, empty folders, ways to deploy.

Belongs here: what stands in which file. Does not: asking (`commands/init.py`).
"""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path
from string import Template
from typing import Any

import yaml

from ground.centre import FILE, CentreError, load
from ground.home import CHECKOUT

TEMPLATES = Path(__file__).with_name("templates") / "centre"
# Template to its place.
FILES = {
    "headset.toml": FILE,
    "README.md": "README.md",
    "env.example": ".env.example",
    "gitignore": ".gitignore",
    "ci.yml": ".github/workflows/headset.yml",
    "headset.service": "deploy/headset.service",
    "headset.timer": "deploy/headset.timer",
    "headset-watch.service": "deploy/headset-watch.service",
    "headset-watch.timer": "deploy/headset-watch.timer",
    "Containerfile": "deploy/Containerfile",
    "compose.yml": "deploy/compose.yml",
}
FOLDERS = ("sources", "models", "metrics", "dashboards", "examples")
# Lists without which nothing can be attributed; the others come with `headset init --add GROUP`.
LISTS = ("sites", "clients", "queues", "agents", "activity_codes", "dispositions")
GROUPS = {
    "calls": ("dialled_numbers", "own_numbers"),
    "terms": (
        "contracts", "contract_clauses", "clause_points", "clause_exclusions", "client_status",
        "issued_statements", "metric_sets", "holidays", "forecasts", "forecast_bands",
        "rule_waivers", "objectives", "key_results",
    ),
    "people": (
        "jurisdictions", "labour_rules", "termination_codes", "coaching_steps", "ladder_criteria",
    ),
    "money": ("cost_rates", "fx_rates", "incentive_plans", "customer_values"),
}  # fmt: skip
QUESTIONS: dict[str, tuple[str, str | None]] = {
    "systems": ("Systems, such as asterisk zendesk/acme zendesk/beta", None),
    "time_zone": ("Time zone of the night's clock", "UTC"),
    "night_at": ("The night starts at", "02:00"),
}


def read_answers(path: Path) -> dict[str, Any]:
    """The answers of a TOML file. Raises CentreError for what is asked nowhere."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CentreError(f"{path}: not valid TOML: {error}") from error
    known = (*QUESTIONS, "first_day")
    for key in given:
        if key not in known:
            raise CentreError(f"{path}: `{key}` is asked nowhere; known: {', '.join(known)}")
    return given


def write(name: str, folder: Path, given: Mapping[str, Any]) -> list[Path]:
    """Write the repository of a centre; the files made.

    Raises CentreError, with nothing written, when an answer is wrong or a file is in the way.
    """
    if folder.exists() and any(folder.iterdir()):
        raise CentreError(f"{folder} is not empty; nothing was written")
    texts = _texts(name, given)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = []
        for place, text in texts.items():
            path = folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            made.append(path)
        load(folder / FILE)
    except (CentreError, OSError):
        for place in texts:
            (folder / place).unlink(missing_ok=True)
        raise
    return made


def add(group: str, folder: Path) -> tuple[list[Path], list[Path]]:
    """Write the templates of a group of lists into a centre: those made, and those there before.

    Raises CentreError for a group that there is not.
    """
    if group not in GROUPS:
        near = get_close_matches(group, GROUPS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise CentreError(f"no group of lists {group!r}{hint} (there are {', '.join(GROUPS)})")
    made, there = [], []
    for one in GROUPS[group]:
        path = folder / "company" / f"{one}.csv"
        if path.exists():
            there.append(path)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_list_template(one), encoding="utf-8")
        made.append(path)
    return made, there


def _texts(name: str, given: Mapping[str, Any]) -> dict[str, str]:
    words = {
        "name": name,
        "version": version("headset"),
        "systems": _systems(given.get("systems") or ()),
        **{key: str(value) for key, value in given.items() if key != "systems"},
    }
    texts = {
        place: Template((TEMPLATES / f"{one}.tmpl").read_text(encoding="utf-8")).substitute(words)
        for one, place in FILES.items()
    }
    texts |= {f"company/{one}.csv": _list_template(one) for one in LISTS}
    return texts | {f"{one}/.gitkeep": "" for one in FOLDERS}


def _systems(scopes: Any) -> str:
    """The lines of `[systems]`."""
    sources = (CHECKOUT / "ingest" / "sources").iterdir()
    known = sorted(path.name for path in sources if path.name != "company")
    found: dict[str, list[str]] = {}
    for scope in scopes:
        system, _, instance = str(scope).partition("/")
        found.setdefault(system, []).append(instance or "default")
    if not found:
        raise CentreError(f"name at least one system; the product knows {', '.join(known)}")
    lines = []
    for system, instances in found.items():
        own = "" if system in known else "  # your own: `headset source new` drafts its contract"
        names = ", ".join(f'"{one}"' for one in instances)
        lines.append(f"{system} = [{names}]{own}")
    return "\n".join(lines)


def _list_template(name: str) -> str:
    """A company list without rows: what each column means, by its contract, then the header."""
    path = CHECKOUT / "ingest" / "sources" / "company" / f"{name}.yml"
    contract = yaml.safe_load(path.read_text(encoding="utf-8"))
    columns = contract["columns"]
    lines = [f"# {contract['description']}"]
    for one in columns:
        need = "required" if one.get("required") else "optional"
        lines.append(f"# {one['name']} ({need}): {one['description']}")
    return "\n".join([*lines, ",".join(one["name"] for one in columns), ""])
