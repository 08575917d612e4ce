from pathlib import Path
from urllib.parse import unquote

import duckdb
import pytest

from ground.sql import ident, literal, parquet, partition_segment, safe_name
from publish.clients import folder_of
from publish.errors import PublishError

ODD = ["a/b", "it's", "Ünï", "..", ".", ".git", "a b", "50%", "x=y", '"q"', "-", "a\nb", "*[1]?"]


@pytest.mark.parametrize("name", ODD)
def test_any_client_name_is_one_plain_folder(name: str) -> None:
    folder = safe_name(name)
    assert folder.isascii()
    assert "/" not in folder
    assert not folder.startswith(".")
    assert unquote(folder) == name


def test_no_two_values_share_a_folder() -> None:
    values = [*ODD, "", None, "null", "NULL", "__HIVE_DEFAULT_PARTITION__", "%2F", "a%2Fb"]
    assert len({partition_segment("client_id", value) for value in values}) == len(values)


def test_a_name_too_long_for_a_folder_is_refused() -> None:
    with pytest.raises(PublishError, match="too long for a folder name"):
        folder_of("é" * 100)


@pytest.mark.parametrize("text", ["it's", '"', "'; drop table t --", "\\'", ""])
def test_values_and_identifiers_survive_quoting(text: str) -> None:
    found = duckdb.sql(f"select {literal(text)} as {ident(text or 'x')}")
    assert found.fetchall() == [(text,)]
    assert found.columns == [text or "x"]


def test_a_folder_with_glob_characters_means_itself(tmp_path: Path) -> None:
    wanted, other = tmp_path / "[ab]*'?.parquet", tmp_path / "a.parquet"
    for path, value in ((wanted, 1), (other, 2)):
        duckdb.sql(f"copy (select {value} as x) to {literal(str(path))} (format parquet)")
    assert duckdb.sql(f"select x from {parquet([wanted])}").fetchall() == [(1,)]
