"""Every kind of YAML file that people write refuses a key that nothing reads."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bi import definitions
from expectations import company_lint
from ground.home import CHECKOUT
from ingest.contracts.contract import read_contract
from metrics.contracts import reader
from metrics.reconcile import causes

READERS: dict[str, tuple[Path, Callable[[Path], object]]] = {
    "a source contract": (
        CHECKOUT / "ingest" / "sources" / "sim" / "contacts.yml",
        read_contract,
    ),
    "a company rule": (
        next(iter(sorted(company_lint.RULES.glob("*.yml")))),
        company_lint.read_rule,
    ),
    "the file of causes": (causes.CAUSES, causes.load),
    "a dashboard": (
        next(iter(sorted(definitions.FOLDER.glob("*.yml")))),
        lambda path: definitions.definitions(path.parent),
    ),
}


@pytest.mark.parametrize(("original", "read"), READERS.values(), ids=READERS)
def test_an_unknown_key_is_refused_by_name(
    tmp_path: Path, original: Path, read: Callable[[Path], object]
) -> None:
    path = tmp_path / original.name
    text = original.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    read(path)
    path.write_text(f"expected_evry: 1 day\n{text}", encoding="utf-8")
    with pytest.raises(Exception, match="no key 'expected_evry'"):
        read(path)


def test_a_metric_contract_refuses_an_unknown_key(tmp_path: Path) -> None:
    folder = CHECKOUT / "dbt_project" / "models" / "metrics"
    text = (folder / "offered.yml").read_text(encoding="utf-8")
    assert "          unit:" in text
    wrong = text.replace("          unit:", "          unti: seconds\n          unit:", 1)
    (tmp_path / "offered.yml").write_text(wrong, encoding="utf-8")
    _, found = reader.read(tmp_path)
    assert any("unti" in str(finding) for finding in found)
