"""Own files stand beside the product's, never in their place, and never inside the product."""

from pathlib import Path

import pytest

from ground import product
from ground.home import Home
from ground.product import ProductError


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "centre"
    for name, text in {
        "sources/helpdesk/tickets.yml": "system: helpdesk\n",
        "models/staging/helpdesk/stg_helpdesk__cases.sql": "select 1\n",
        "models/my_mart.sql": "select 1\n",
        "metrics/acme_speed.yml": "metrics: []\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_own_files_stand_where_dbt_and_the_contract_reader_look(own: Path, tmp_path: Path) -> None:
    project, sources = product.compose(Home(tmp_path / "home"), own)
    assert (sources / "helpdesk" / "tickets.yml").read_text() == "system: helpdesk\n"
    assert (sources / "asterisk" / "queue_log.yml").is_file()
    models = project / "models"
    assert (models / "staging" / "helpdesk" / "stg_helpdesk__cases.sql").is_file()
    assert (models / "own" / "my_mart.sql").is_file()
    assert (models / "metrics" / "acme_speed.yml").is_file()
    assert (models / "core" / "fct_contact.sql").is_file()


def test_a_file_that_goes_leaves_no_link(own: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    project, _ = product.compose(home, own)
    (own / "models" / "my_mart.sql").unlink()
    product.compose(home, own)
    assert not (project / "models" / "own" / "my_mart.sql").is_symlink()


def test_what_is_generated_stays_in_the_home(own: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    project, _ = product.compose(home, own)
    made = project / product.GENERATED / "helpdesk.yml"
    made.parent.mkdir(parents=True)
    made.write_text("version: 2\n")
    product.compose(home, own)
    assert made.is_file()
    assert not (product.PRODUCT_PROJECT / product.GENERATED / "helpdesk.yml").exists()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("models/fct_contact.sql", "the product has a model fct_contact too"),
        ("metrics/abandonment.yml", "the product has a file models/metrics/abandonment.yml too"),
        ("sources/asterisk/queue_log.yml", "write `overrides: packaged` at its top"),
    ],
)
def test_a_name_of_the_product_is_refused(own: Path, tmp_path: Path, name: str, says: str) -> None:
    path = own / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x\n")
    with pytest.raises(ProductError) as caught:
        product.compose(Home(tmp_path / "home"), own)
    assert says in str(caught.value)


def test_a_contract_that_says_so_overrides_the_packaged_one(own: Path, tmp_path: Path) -> None:
    path = own / "sources" / "asterisk" / "queue_log.yml"
    path.parent.mkdir(parents=True)
    path.write_text("overrides: packaged\nsystem: asterisk\n")
    _, sources = product.compose(Home(tmp_path / "home"), own)
    assert (sources / "asterisk" / "queue_log.yml").readlink() == path
