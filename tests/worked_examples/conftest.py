from pathlib import Path

import pytest

from ground.home import Home
from tests.worked_examples.house import built_home


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """All worked examples, built and published once, whoever of the test workers comes first."""
    base: Path = tmp_path_factory.getbasetemp()
    # Workers of one run have folders side by side; what they share lies beside those.
    return built_home(base if base.name.startswith("pytest-") else base.parent)
