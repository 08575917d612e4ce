"""A home whose key or landing folder is another one's is refused before anything is done."""

import shutil

import pytest

from ingest.errors import IngestError
from ingest.ledger.systems import settle
from tests.unit.ingest.calls import Centre, call


@pytest.fixture
def used(centre: Centre) -> Centre:
    """A home that has taken a file in."""
    centre.calls(call("a"))
    centre.night()
    return centre


def test_a_home_as_it_was_is_no_reason_to_stop(used: Centre) -> None:
    settle(used.home, ["acme"])


@pytest.mark.parametrize("way", ["lost", "replaced", "another in the environment"])
def test_another_key_is_refused_for_no_customer_would_be_recognised(
    used: Centre, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = used.home.keys / "master.key"
    match way:
        case "lost":
            key.unlink()
        case "replaced":
            key.write_text("cd" * 32)
        case _:
            monkeypatch.setenv("HEADSET_MASTER_KEY", "cd" * 32)
    with pytest.raises(IngestError, match="no customer would be recognised again"):
        settle(used.home, ["acme"])
    assert way != "lost" or not key.exists(), "no new key is made in its place"


def test_the_same_key_may_move_into_the_environment(
    used: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = used.home.keys / "master.key"
    monkeypatch.setenv("HEADSET_MASTER_KEY", key.read_text().strip())
    key.unlink()
    settle(used.home, ["acme"])


@pytest.mark.parametrize("is_there", [True, False], ids=["empty", "gone"])
def test_a_landing_folder_without_a_file_is_not_mounted(used: Centre, is_there: bool) -> None:
    shutil.rmtree(used.home.landing)
    if is_there:
        (used.home.landing / "acme").mkdir(parents=True)
    with pytest.raises(IngestError, match="is it mounted"):
        settle(used.home, ["acme"])


def test_a_home_that_was_never_used_may_be_empty(centre: Centre) -> None:
    shutil.rmtree(centre.home.landing)
    settle(centre.home, ["acme"])
