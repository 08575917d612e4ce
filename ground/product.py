"""The packaged product beside a centre's own files, composed under the home.

dbt and the contract reader each want one folder. A centre has two: the installed product, which is
read-only, and its own repository. So the home gets a folder of links to both; nothing is ever
written into the product or the checkout, and two homes never meet.
Belongs here: which file of which side stands where. Does not: reading any of them.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from ground.home import CHECKOUT, Home

# What dbt and Headset write themselves, in the composed folder only.
GENERATED = Path("models") / "staging" / "_generated"
PRODUCT_PROJECT, PRODUCT_SOURCES = CHECKOUT / "dbt_project", CHECKOUT / "ingest" / "sources"
SKIPPED = {"target", "logs", "_generated", "sqlfluff_lib", "__pycache__"}
MODELS = Path("models")


class ProductError(Exception):
    """Own files and the product do not go together; the message names both."""


def compose(home: Home, centre: Path | None) -> tuple[Path, Path]:
    """Bring the home's links up to date; (dbt project, source contracts)."""
    project, sources = home.root / "product" / "dbt_project", home.root / "product" / "sources"
    _link(project, _project(centre))
    _link(sources, _sources(centre))
    return project, sources


def _project(centre: Path | None) -> dict[Path, Path]:
    wanted = _files(PRODUCT_PROJECT)
    if centre is None:
        return wanted
    own = {_place(name): path for name, path in _files(centre / "models").items()}
    own |= {MODELS / "metrics" / name: path for name, path in _files(centre / "metrics").items()}
    for name, path in own.items():
        if name in wanted:
            raise ProductError(f"{path}: the product has a file {name} too; rename yours")
    _no_second_model(wanted, own)
    return wanted | own


def _place(name: Path) -> Path:
    """Staging models stand with the product's, by system; all others in a folder of their own."""
    return MODELS / name if name.parts[0] == "staging" else MODELS / "own" / name


def _sources(centre: Path | None) -> dict[Path, Path]:
    wanted = _files(PRODUCT_SOURCES)
    for name, path in _files(centre / "sources").items() if centre else ():
        if name in wanted and not _overrides(path):
            raise ProductError(
                f"{path}: the product has a contract {name} too; give yours another system or "
                "feed, or write `overrides: packaged` at its top"
            )
        wanted[name] = path
    return wanted


def _overrides(path: Path) -> bool:
    with path.open(encoding="utf-8") as file:
        return any(line.rstrip() == "overrides: packaged" for line in file)


def _no_second_model(product: Mapping[Path, Path], own: Mapping[Path, Path]) -> None:
    """dbt knows models by name alone, whatever their folder."""
    packaged = {name.stem: path for name, path in product.items() if name.suffix == ".sql"}
    for name, path in own.items():
        if name.suffix == ".sql" and name.stem in packaged:
            raise ProductError(
                f"{path}: the product has a model {name.stem} too ({packaged[name.stem].name}); "
                "give yours another name"
            )


def _files(root: Path) -> dict[Path, Path]:
    found = {}
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if name not in SKIPPED)
        for name in sorted(files):
            path = Path(folder, name)
            if not name.startswith(".") or name == ".user.yml":
                found[path.relative_to(root)] = path
    return found


def _link(root: Path, wanted: Mapping[Path, Path]) -> None:
    """Links for exactly the wanted files; those that are right stay untouched."""
    for folder, _, files in os.walk(root):
        for file in files:
            path = Path(folder, file)
            if path.is_symlink() and path.relative_to(root) not in wanted:
                path.unlink()
    for name, source in wanted.items():
        path = root / name
        if path.is_symlink() and path.readlink() == source:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(source)
