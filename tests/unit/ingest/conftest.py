"""Fixtures of the ingest tests."""

from pathlib import Path

import pytest

from tests.unit.ingest.calls import Centre, make_centre


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """One site in Madrid, two lines of two clients."""
    return make_centre(tmp_path)
