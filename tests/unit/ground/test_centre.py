"""A centre's own headset.toml: what is wrong is named with its line, and nothing is guessed."""

from pathlib import Path

import pytest

from ground import centre
from ground.centre import CentreError

SOUND = """\
[centre]
name = "acme"
first_day = 2026-01-01

[night]
at = "03:30"
time_zone = "Asia/Manila"

[systems]
asterisk = ["default"]
zendesk = ["north", "south"]

[environments.dev]
home = "state-dev"
"""


def written(folder: Path, text: str = SOUND) -> Path:
    path = folder / "headset.toml"
    path.write_text(text, encoding="utf-8")
    return path


def values(path: Path, **environ: str) -> dict[str, str]:
    return {one.variable: one.value for one in centre.settings(path, environ)}


def test_a_centre_says_its_systems_with_their_instances(tmp_path: Path) -> None:
    found = values(written(tmp_path))
    assert found["HEADSET_SYSTEMS"] == "asterisk,zendesk/north,zendesk/south"
    assert found["HEADSET_HOME"] == str(tmp_path / "state")
    assert (found["HEADSET_NIGHT_AT"], found["HEADSET_NIGHT_ZONE"]) == ("03:30", "Asia/Manila")


def test_a_variable_overrides_the_file_and_says_so(tmp_path: Path) -> None:
    found = centre.settings(written(tmp_path), {"HEADSET_MEMORY_LIMIT": "8GB"})
    memory = next(one for one in found if one.variable == "HEADSET_MEMORY_LIMIT")
    assert (memory.value, memory.origin) == ("8GB", "environment")


def test_an_environment_has_a_home_of_its_own(tmp_path: Path) -> None:
    found = values(written(tmp_path), HEADSET_ENV="dev")
    assert found["HEADSET_HOME"] == str(tmp_path / "state-dev")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("time_zone", "timezone", "headset.toml:7: `timezone` is no setting; did you mean `time_z"),
        ('"Asia/Manila"', '"Asia/Manilla"', "headset.toml:7: `night.time_zone`: 'Asia/Manilla' is"),
        ('name = "acme"\n', "", "headset.toml:1: [centre] has no `name`"),
        ('"acme"', '"Acme GmbH"', "headset.toml:2: `centre.name`: String should match"),
        ("2026-01-01", '"soon"', "headset.toml:3: `centre.first_day`"),
        ("[systems]", "[system]", "`system` is no setting; did you mean `systems`?"),
        ("[night]", "[night", "headset.toml: not valid TOML"),
        ('asterisk = ["default"]\nzendesk = ["north", "south"]', "", "`systems`"),
    ],
)
def test_a_broken_file_is_named_with_line_and_remedy(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in SOUND
    with pytest.raises(CentreError) as caught:
        centre.load(written(tmp_path, SOUND.replace(old, new)))
    assert says in str(caught.value)


def test_an_unknown_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CentreError, match="environments of the file: dev"):
        centre.settings(written(tmp_path), {"HEADSET_ENV": "prod"})


def test_a_centre_is_found_from_any_folder_inside_it(tmp_path: Path) -> None:
    path = written(tmp_path)
    inside = tmp_path / "models" / "staging"
    inside.mkdir(parents=True)
    assert centre.find(inside) == path
