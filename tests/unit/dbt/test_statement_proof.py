"""A year of statements, worked out a second time by hand, agrees to the cent."""

from decimal import Decimal

import pytest

from ingest.ledger import ledger
from tests.unit.dbt.books_by_hand import Books
from tests.unit.dbt.statement_by_hand import Statements
from tests.unit.dbt.warehouse_of_a_night import Night
from tests.unit.dbt.year_of_contracts import year


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Night:
    night = year(tmp_path_factory.mktemp("year"))
    night.build("--select", "+sla_statement_line")
    return night


@pytest.fixture(scope="module")
def by_hand(built: Night) -> Statements:
    with ledger.warehouse(built.home) as con:
        return Statements(Books(con))


def test_a_year_of_statements_agrees_to_the_cent(built: Night, by_hand: Statements) -> None:
    mart = {
        (contract, month, line): tuple(values)
        for contract, month, line, *values in built.rows(
            "select contract_id, statement_month, line_id, numerator, denominator, points, amount, "
            "amount_group from client.sla_statement_line"
        )
    }
    assert mart.keys() == by_hand.lines.keys()
    assert {
        key: (mart[key], line) for key, line in by_hand.lines.items() if mart[key] != line
    } == {}


def test_the_year_has_everything_that_could_go_wrong(by_hand: Statements) -> None:
    """Otherwise agreeing would prove little: each kind of line, kept and missed."""
    lines = by_hand.lines
    assert len({month for _, month, _ in lines}) >= 12
    assert {contract for contract, _, _ in lines} == {"K1", "K2", "K3", "K4"}
    assert {line.split(".")[0] for _, _, line in lines} == {
        "fee", "clause", "bonus", "points", "cap", "earn_back"
    }  # fmt: skip
    amounts: dict[tuple[str, str], set[Decimal | None]] = {}
    for (contract, _, line), values in lines.items():
        amounts.setdefault((contract, line.split("@")[0]), set()).add(values[3])
    for key in (("K1", "clause.SL"), ("K2", "points"), ("K2", "clause.ALL"), ("K3", "clause.WAIT"),
                ("K4", "clause.DAYS")):  # fmt: skip
        assert 0 in amounts[key], key
        assert len(amounts[key] - {None}) > 1, key
    assert None in amounts["K2", "points"], "a credit that waits for the next bill"
    assert len(amounts["K3", "clause.HALF_HOURS"]) > 6
    changed = [key for key in lines if key[0] == "K1" and str(key[1]) == "2026-03-01"]
    assert {"clause.SL@2020-01-01", "clause.SL@2026-03-15"} <= {line for _, _, line in changed}
    assert lines["K1", next(iter(changed))[1], "clause.NIGHT@2020-01-01"][1:4] == (0, None, 0)


def test_every_reason_to_leave_out_did(built: Night) -> None:
    found = built.rows(
        "select exclusion, count(distinct contract_id), sum(denominator) > 20 "
        "from client.sla_half_hour where exclusion is not null group by 1 order by 1"
    )
    assert found == [("holiday", 2, True), ("outage", 1, True), ("volume_above_band", 1, True)]


def test_every_contact_of_a_clause_counts_or_is_left_out_for_one_reason(built: Night) -> None:
    keys = "contract_id, clause_id, clause_valid_from, month_start_date"
    counted = "denominator + outage_n + holiday_n + volume_above_band_n + too_few_n"
    assert built.rows("select sum(too_few_n) > 0 from client.sla_clause_month") == [(True,)]
    assert (
        built.rows(
            f"select * from (select {keys}, sum(denominator) as all_n from client.sla_half_hour "
            f"group by all) inner join (select {keys}, {counted} as told_n "
            f"from client.sla_clause_month) using ({keys}) where all_n <> told_n"
        )
        == []
    )
