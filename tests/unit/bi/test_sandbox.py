"""A reader of dashboards can read what is published, and cannot write, wander or exhaust."""

from pathlib import Path

import duckdb
import pytest

from bi.sandbox import REFUSED_FUNCTIONS, RefusedError, published_file, reading


@pytest.mark.parametrize(
    "statement",
    [
        "select count(*) from interaction.contact where site_date = published_through()",
        "with days as (select 1 as n) select sum(n) from days",
        "select date_trunc('week', day), sum(a) / nullif(sum(n), 0) from t group by 1",
        "select * from duckdb_tables()",
        "select * from (select unnest([1, 2])) as one",
        "select count(*) from range(100) as n, generate_series(1, 10) as m",
        "select schema_name from information_schema.schemata",
    ],
)
def test_what_charts_ask_is_let_through(statement: str) -> None:
    assert reading(statement) == statement


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("select * from enable_logging(storage = 'file')", "enable_logging"),
        ("select write_log('x')", "write_log"),
        ("select max(repeat('a', 1000000000)) from t", "repeat"),
        ("select lpad('a', 1000000000, 'b')", "lpad"),
        ("select printf('%1000000000d', 1)", "printf"),
        ("select format('{:>1000000000}', 'a')", "format"),
        ("select bar(1, 0, 1, 1000000000)", "bar"),
        ("select range(1000000000)", "range"),
        ("select len(generate_series(1, 1000000000))", "generate_series"),
        ("select unnest(range(1000000000))", "range"),
        ("select equi_width_bins(0, 1, 1000000000, false)", "equi_width_bins"),
        (
            "with recursive a as (select 'x' as t union all select t || t from a) select * from a",
            "WITH RECURSIVE",
        ),
        ("select list_reduce([1, 2, 3], lambda x, y: x || x)", "lambda"),
        ("select getenv('HOME')", "getenv"),
        ("select * from read_parquet('clients/other/part.parquet')", "read_parquet"),
        ("select * from read_text('/etc/passwd')", "read_text"),
        ("select * from glob('*')", "glob"),
        ("select * from 'clients/other/part.parquet'", "not files"),
        ("select (select count(*) from read_csv('x.csv'))", "read_csv"),
        ("select * from query('select 1')", "query"),
        ("select * from duckdb_secrets()", "duckdb_secrets"),
        ("with a as (select * from sniff_csv('x')) select * from a", "sniff_csv"),
        ("select 1; select 2", "only one statement"),
        ("copy t to 'x.csv'", "only one statement"),
        ("call enable_logging()", "only one statement"),
        ("set threads = 8", "only one statement"),
        ("attach 'x.duckdb'", "only one statement"),
        ("insert into t values (1)", "only one statement"),
    ],
)
def test_what_reads_or_writes_elsewhere_is_refused(statement: str, says: str) -> None:
    with pytest.raises(RefusedError) as caught:
        reading(statement)
    assert says in str(caught.value)


# With a figure as an argument, and yet no larger than what they are given.
HARMLESS = {
    "->>", "<<", ">>", "__internal_decompress_string", "alias", "array_extract", "array_reduce",
    "array_slice", "bin", "cast_to_type", "chr", "concat", "concat_ws", "constant_or_null",
    "create_sort_key", "enum_code", "enum_first", "enum_last", "enum_range",
    "enum_range_boundary", "formatReadableDecimalSize", "formatReadableSize", "format_bytes",
    "greatest", "hex", "json_extract_path_text", "json_extract_string", "json_value", "least",
    "left", "left_grapheme", "list_element", "list_extract", "list_reduce", "list_slice", "reduce",
    "regexp_extract", "regexp_extract_all", "remap_struct", "replace_type", "right",
    "right_grapheme", "set_bit", "stats", "struct_extract", "struct_extract_at", "struct_keys",
    "substr", "substring", "substring_grapheme", "to_base", "to_binary", "to_hex", "typeof",
    "vector_type", "||",
}  # fmt: skip


def test_every_function_of_the_engine_that_takes_a_size_was_looked_at() -> None:
    """A new engine's new function is refused, or entered above, before anybody can call it."""
    with duckdb.connect() as con:
        found = con.execute(
            "select distinct function_name from duckdb_functions() where function_type = 'scalar' "
            "and (coalesce(return_type, 'ANY') in ('VARCHAR', 'BLOB', 'BIT', 'ANY') "
            "or return_type like '%[]' or return_type like '%LIST%') and list_has_any("
            "parameter_types, ['BIGINT', 'INTEGER', 'HUGEINT', 'UBIGINT', 'SMALLINT', 'DOUBLE', "
            "'ANY'])"
        ).fetchall()
    assert {name for (name,) in found} - HARMLESS - REFUSED_FUNCTIONS == set()


def test_a_server_with_a_folder_of_its_own_opens_what_is_published_elsewhere(
    tmp_path: Path,
) -> None:
    """A second user's home holds a link to the published folder, and nothing else of it."""
    served = tmp_path / "headset" / "published" / "snapshots" / "1" / "serve.duckdb"
    served.parent.mkdir(parents=True)
    served.touch()
    (served.parents[2] / "current").symlink_to(Path("snapshots") / "1")
    (tmp_path / "headset" / "warehouse.duckdb").touch()
    own = tmp_path / "dashboards" / "published"
    own.parent.mkdir()
    own.symlink_to(served.parents[2])
    assert published_file(str(own / "current" / "serve.duckdb"), own) == served
    for other in (own.parent / "serve.duckdb", own / ".." / "warehouse.duckdb"):
        with pytest.raises(RefusedError):
            published_file(str(other), own)
