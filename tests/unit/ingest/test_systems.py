"""Which systems a home has is written in the home: a forgotten setting cannot empty a centre."""

import pytest

from ground.home import Home
from ground.systems import Scope, SystemsError, enabled_systems, parse, recorded
from ingest.ledger.systems import SystemsMissingError, remove, settle
from tests.unit.ingest.calls import Centre, call


@pytest.fixture
def loaded(centre: Centre) -> Centre:
    """A home that has loaded calls of two accounts of acme."""
    centre.systems = ("acme", "acme/beta")
    centre.calls(call("1"))
    centre.drop("beta/" + centre.calls(call("1")).name, centre.calls(call("1")).read_text())
    centre.night()
    settle(centre.home, centre.systems)
    return centre


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("zendesk", Scope("zendesk", "default")),
        (" zendesk/acme_2 ", Scope("zendesk", "acme_2")),
        ("zendesk/default", Scope("zendesk", "default")),
    ],
)
def test_a_system_and_its_account_are_written_as_their_folder(text: str, scope: Scope) -> None:
    assert parse(text) == scope


@pytest.mark.parametrize("text", ["zendesk:acme", "zendesk/", "/acme", "../x", "Zendesk", "a__b"])
def test_another_spelling_is_refused_with_the_right_one(text: str) -> None:
    with pytest.raises(SystemsError, match="write `system` or `system/instance`"):
        parse(text)


def test_nothing_is_enabled_by_default(own_home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEADSET_SYSTEMS")
    home = Home.from_env()
    assert enabled_systems(home) == ()
    with pytest.raises(SystemsMissingError, match="has no systems yet"):
        settle(home, enabled_systems(home))


def test_a_home_without_a_record_has_what_landed_in_it(
    own_home: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEADSET_SYSTEMS")
    home = Home.from_env()
    for name in ("zendesk", "company", "not_ours"):
        (home.landing / name).mkdir(parents=True)
    assert enabled_systems(home) == ("zendesk",)


def test_an_unset_variable_leaves_the_systems_of_the_home(
    loaded: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEADSET_SYSTEMS")
    assert enabled_systems(loaded.home) == ("acme", "acme/beta")


LACKING = {
    "another system altogether": (("sim",), "acme/beta"),
    "one account less": (("acme",), "acme/beta"),
    "the account without a name less": (("acme/beta",), "acme"),
}


@pytest.mark.parametrize(("enabled", "named"), LACKING.values(), ids=LACKING)
def test_a_night_without_a_system_that_is_loaded_stops(
    loaded: Centre, enabled: tuple[str, ...], named: str
) -> None:
    with pytest.raises(SystemsMissingError) as told:
        settle(loaded.home, enabled)
    assert f"{named} (1 rows)" in str(told.value)
    assert "headset system remove" in str(told.value)
    assert recorded(loaded.home) == ("acme", "acme/beta"), "what was written down stays"


def test_a_system_taken_out_on_purpose_is_not_missed_until_it_is_back(loaded: Centre) -> None:
    remove(loaded.home, "acme/beta")
    settle(loaded.home, ("acme",))
    assert recorded(loaded.home) == ("acme",)
    settle(loaded.home, ("acme", "acme/beta"))
    with pytest.raises(SystemsMissingError):
        settle(loaded.home, ("acme",))


def test_what_is_not_loaded_cannot_be_taken_out(loaded: Centre) -> None:
    with pytest.raises(SystemsMissingError, match=r"it has: acme, acme/beta"):
        remove(loaded.home, "zendesk")


def test_a_system_that_never_loaded_anything_may_go(loaded: Centre) -> None:
    settle(loaded.home, ("acme", "acme/beta", "qa"))
    settle(loaded.home, ("acme", "acme/beta"))
    assert recorded(loaded.home) == ("acme", "acme/beta")
