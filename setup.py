"""What the wheel holds: one package, `headset`, with the rooms and their data inside it."""

from setuptools import find_packages, setup

ROOMS = (
    "ground", "ingest", "publish", "metrics", "live", "statements", "expectations", "orchestration",
    "bi", "simulator",
)  # fmt: skip
DATA = [
    "dagster.yaml",
    "pyproject.toml",
    "CHANGELOG.md",
    "ingest/sources/**/*.yml",
    "dbt_project/*.yml",
    "dbt_project/macros/**/*",
    "dbt_project/models/**/*",
    "dbt_project/tests/**/*",
    "expectations/**/*.yml",
    "metrics/**/*.yml",
    "live/sources/**/*.yml",
    "live/page/*",
    "bi/dashboards/**/*",
    "simulator/company/**/*",
    "orchestration/**/*.tmpl",
]
NOT_DATA = ["dbt_project/models/staging/_generated/*"]

rooms = [name for name in find_packages() if name.split(".")[0] in ROOMS]
setup(
    packages=["headset", "headset.product", *(f"headset.product.{name}" for name in rooms)],
    package_dir={"headset": "headset", "headset.product": "."},
    package_data={"headset.product": DATA},
    exclude_package_data={"headset.product": NOT_DATA},
)
