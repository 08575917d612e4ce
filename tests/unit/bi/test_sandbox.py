"""A reader of dashboards can read what is published, and cannot write, wander or exhaust."""

import pytest

from bi.sandbox import RefusedError, reading


@pytest.mark.parametrize(
    "statement",
    [
        "select count(*) from interaction.contact where site_date = published_through()",
        "with days as (select 1 as n) select sum(n) from days",
        "select date_trunc('week', day), sum(a) / nullif(sum(n), 0) from t group by 1",
        "select * from duckdb_tables()",
        "select * from (select unnest([1, 2])) as one",
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
