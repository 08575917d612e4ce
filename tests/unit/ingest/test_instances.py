"""Two accounts of one system share its contract and nothing else: an id means one thing in each."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ingest.ledger import ledger
from ingest.read.landing import unclaimed
from tests.unit.ingest.calls import CALLS, DAY, HEADER, Centre, call, map_contract

BY_KEY = CALLS.replace("replaces: file", "replaces: key").replace(
    "before_days: 0", "before_days: 5"
)
OWN_IDS = CALLS.replace("class: phone", "class: customer_id")
FULL = CALLS.replace("delivery: increment", "delivery: full")
LINES = "system,line,client_id,valid_from,valid_to"


def account(centre: Centre, name: str | None, *rows: str, day: str = str(DAY)) -> None:
    """Drop one extract of an account; None is the one whose files lie directly in landing."""
    folder = f"{name}/" if name else ""
    centre.drop(f"{folder}calls_north_{day}.csv", "\n".join([HEADER, *rows]) + "\n")


def two_accounts(centre: Centre, contract: str = CALLS) -> None:
    """A centre whose system has an account without a name and one called beta."""
    centre.contract(contract)
    centre.systems = ("acme", "acme/beta")


def current(centre: Centre, columns: str) -> list[tuple[object, ...]]:
    """Columns of the calls that count, by instance and id."""
    return centre.ask(
        f"select _instance, call_id, {columns} from raw.acme__calls where _is_current order by 1, 2"
    )


KEYS = {
    "a key inside a correctable file": CALLS,
    "a key across deliveries": BY_KEY,
    "a key of a full list": FULL,
}


@pytest.mark.parametrize("contract", KEYS.values(), ids=KEYS)
def test_equal_ids_of_two_accounts_are_two_rows(centre: Centre, contract: str) -> None:
    two_accounts(centre, contract)
    account(centre, None, call("1", wait="1"), call("2", wait="2"))
    account(centre, "beta", call("1", wait="7"), call("2", wait="8"))
    outcome = centre.night()
    assert (outcome.landed_n, outcome.loaded_n, outcome.superseded_n) == (4, 4, 0)
    assert current(centre, "wait_s") == [
        ("beta", "1", 7),
        ("beta", "2", 8),
        ("default", "1", 1),
        ("default", "2", 2),
    ]


def test_a_later_delivery_supersedes_in_its_own_account_alone(centre: Centre) -> None:
    two_accounts(centre, BY_KEY)
    account(centre, None, call("1", wait="1"))
    account(centre, "beta", call("1", wait="7"))
    centre.night()
    account(centre, "beta", call("1", wait="9"), day=str(DAY + timedelta(1)))
    assert centre.night(DAY + timedelta(1)).loaded_n == 1
    assert current(centre, "wait_s") == [("beta", "1", 9), ("default", "1", 1)]


def test_the_same_bytes_in_two_accounts_are_two_files(centre: Centre) -> None:
    two_accounts(centre)
    account(centre, None, call("1"))
    account(centre, "beta", call("1"))
    assert [file.verdict for file in centre.night().files] == ["loaded", "loaded"]


def by_system(centre: Centre, *rows: str) -> None:
    """Let the map of lines name systems, and deliver it."""
    columns = ["system", "line", "client_id"]
    (centre.sources / "company" / "lines.yml").write_text(map_contract("lines", columns))
    centre.drop("lines_2026-02-01.csv", "\n".join([LINES, *rows]) + "\n", "company")


def test_a_code_means_what_the_map_says_for_the_account_or_for_all(centre: Centre) -> None:
    two_accounts(centre)
    by_system(
        centre,
        "acme,100,alba,2026-01-01,",
        "acme/beta,100,brisa,2026-01-01,",
        "acme,200,alba,2026-01-01,",
        "acme/default,300,brisa,2026-01-01,",
    )
    rows = [call("1", line="100"), call("2", line="200"), call("3", line="300")]
    account(centre, None, *rows)
    account(centre, "beta", *rows)
    outcome = centre.night()
    assert current(centre, "_client_id") == [
        ("beta", "1", "brisa"),
        ("beta", "2", "alba"),
        ("beta", "3", "unmapped"),
        ("default", "1", "alba"),
        ("default", "2", "alba"),
        ("default", "3", "brisa"),
    ]
    assert outcome.unmapped_n == 1


def test_a_changed_map_reads_the_named_account_again_alone(centre: Centre) -> None:
    two_accounts(centre)
    by_system(centre, "acme,100,alba,2026-01-01,")
    account(centre, None, call("1"))
    account(centre, "beta", call("1"))
    centre.night()
    rows = [LINES, "acme,100,alba,2026-01-01,", "acme/beta,100,brisa,2026-01-01,"]
    centre.drop("lines_2026-03-01.csv", "\n".join(rows) + "\n", "company")
    assert [file.file_name for file in centre.night().files] == [f"beta/calls_north_{DAY}.csv"]
    assert current(centre, "_client_id") == [("beta", "1", "brisa"), ("default", "1", "alba")]


def test_a_source_id_is_another_customer_in_another_account(centre: Centre) -> None:
    centre.contract(OWN_IDS)
    account(centre, None, call("1", ani="77"))
    centre.night()
    alone = current(centre, "customer_id")
    centre.systems = ("acme", "acme/beta")
    account(centre, "beta", call("1", ani="77"))
    account(centre, None, call("2", ani="77"), day=str(DAY + timedelta(-1)))
    centre.contract(OWN_IDS.replace("before_days: 0", "before_days: 5").replace(
        "after_days: 0", "after_days: 5"))  # fmt: skip
    centre.night()
    (beta, first, second) = (row[2] for row in current(centre, "customer_id"))
    assert first == second == alone[0][2], "the account that was there keeps its pseudonyms"
    assert beta != first


def test_a_phone_number_is_the_same_customer_in_every_account(centre: Centre) -> None:
    two_accounts(centre)
    account(centre, None, call("1", ani="+34600111222"))
    account(centre, "beta", call("1", ani="600111222"))
    centre.night()
    (one, other) = (row[2] for row in current(centre, "customer_id"))
    assert one == other is not None


SPELLINGS: dict[str, tuple[tuple[str, ...], list[str], list[str]]] = {
    "one account without a name": (("acme",), ["default"], ["beta/calls_north_2026-03-10.csv"]),
    "one account with a name": (("acme/beta",), ["beta"], ["calls_north_2026-03-10.csv"]),
    "both": (("acme", "acme/beta"), ["beta", "default"], []),
}


@pytest.mark.parametrize(("systems", "loaded", "left"), SPELLINGS.values(), ids=SPELLINGS)
def test_a_folder_belongs_to_the_account_that_the_configuration_names(
    centre: Centre, systems: tuple[str, ...], loaded: list[str], left: list[str]
) -> None:
    centre.systems = systems
    account(centre, None, call("1"))
    account(centre, "beta", call("1"))
    centre.night()
    assert [row[0] for row in current(centre, "wait_s")] == loaded
    names = [one.file_name for one in unclaimed(centre.home, centre.contracts())]
    assert names == left


def _as_before_instances(centre: Centre) -> None:
    with ledger.warehouse(centre.home) as con:
        tables = con.execute(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "where column_name in ('_instance', 'instance') and schema_name in ('raw', 'ledger')"
        ).fetchall()
        for schema, table, column in tables:
            con.execute(f'alter table {schema}."{table}" drop column {column}')
        con.execute("comment on table ledger.batch is 'an older release'")


@pytest.mark.parametrize(
    "later",
    [
        lambda centre: account(centre, None, call("1", wait="9"), day=str(DAY + timedelta(1))),
        lambda centre: centre.calls(call("1", wait="9"), call("2"), revision=2),
    ],
    ids=["a later delivery of the key", "a correction of the file"],
)
def test_a_home_of_before_instances_goes_on_without_a_reload(
    centre: Centre, later: Callable[[Centre], None]
) -> None:
    centre.contract(BY_KEY)
    centre.calls(call("1", wait="1"), call("2"))
    centre.night()
    _as_before_instances(centre)
    two_accounts(centre, BY_KEY)
    assert centre.night(DAY + timedelta(1)).files == (), "nothing is read again"
    later(centre)
    account(centre, "beta", call("1", wait="7"))
    centre.night(DAY + timedelta(1))
    assert current(centre, "wait_s") == [
        ("beta", "1", 7),
        ("default", "1", 9),
        ("default", "2", 5),
    ]
