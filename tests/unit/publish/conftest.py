from pathlib import Path

import pytest

from tests.unit.publish.small_warehouse import Centre


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path / "home")
