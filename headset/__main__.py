"""Entry point of the command: `headset`, or `python -m headset`."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# In a checkout the rooms lie beside this folder.
PRODUCT = HERE / "product" if (HERE / "product").is_dir() else HERE.parent


def main() -> None:
    """Make the rooms importable here and in child processes, then run the command."""
    sys.path.insert(0, str(PRODUCT))
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(PRODUCT), *([before] if before else [])])
    from orchestration.cli import cli

    cli()


if __name__ == "__main__":
    main()
