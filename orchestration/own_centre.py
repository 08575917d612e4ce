"""Which centre a command works for: its settings into the environment, its files beside ours.

Belongs here: the one place where a command finds its home. Does not: what a command does there.
"""

import os
from collections.abc import Callable
from pathlib import Path

from ground import centre, product
from ground.home import CHECKOUT, Home

# Commands that make a home of their own where there is none.
DEMO_HOME = "headset-demo"
STARTING = ("demo", "simulate")
# The environment as the command found it, before a headset.toml filled it.
ORIGIN: dict[str, str] = {}


def enter(command: str) -> Callable[[], None]:
    """Settle home, settings and the composed project; gives what puts the environment back.

    Raises CentreError when an installed product is asked for a home that nobody named.
    """
    ORIGIN.clear()
    ORIGIN.update(os.environ)
    folder = centre.apply()
    if folder is None and not is_checkout() and not os.environ.get("HEADSET_HOME"):
        if command not in STARTING:
            raise centre.CentreError(
                f"no {centre.FILE} here or in a folder above: change into your centre's folder, "
                "set HEADSET_CENTRE to it, or begin one with `headset init NAME` "
                "(HEADSET_HOME names a home that has none, such as the demo's)"
            )
        os.environ["HEADSET_HOME"] = str(Path.cwd() / DEMO_HOME)
    if "HEADSET_DBT_PROJECT" not in os.environ:
        project, sources = product.compose(Home.from_env(), folder)
        os.environ["HEADSET_DBT_PROJECT"] = str(project)
        os.environ.setdefault("HEADSET_SOURCES", str(sources))
    return _restore


def own_folder() -> Path | None:
    """The repository of the centre that this process works for; None in a bare checkout."""
    named = os.environ.get("HEADSET_CENTRE")
    return Path(named) if named else None


def is_checkout() -> bool:
    """Whether the product is run from its sources, where its own files may be edited."""
    return (CHECKOUT / "Makefile").exists()


def _restore() -> None:
    os.environ.clear()
    os.environ.update(ORIGIN)
