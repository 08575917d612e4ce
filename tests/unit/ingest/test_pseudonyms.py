"""Customers are keyed pseudonyms: equal within a client, unlinkable across clients, never raw."""

import os
import stat
from pathlib import Path

import duckdb
import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import IngestError
from ingest.privacy.pseudonym import MACROS, client_pads, master_key
from tests.unit.ingest.calls import DAY, Centre, call


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute(MACROS)
    return made


def test_one_customer_written_in_many_ways_is_one_pseudonym(centre: Centre) -> None:
    ways = ["+34 600 111 222", "0034600111222", "600111222", "600-111-222", "34600111222"]
    ways += ["+34 (0) 600111222", "600111222 x123", "600111222 ext. 7", "tel:+34600111222"]
    centre.calls(*(call(f"c{n}", ani=way) for n, way in enumerate(ways)))
    centre.night()
    ids = centre.ask("select distinct customer_id from raw.acme__calls")
    assert len(ids) == 1
    assert ids[0][0] is not None


def test_one_customer_of_two_clients_cannot_be_followed_across_them(centre: Centre) -> None:
    centre.calls(call("a", line="100"), call("b", line="200"))
    centre.night()
    (first,), (second,) = centre.ask("select customer_id from raw.acme__calls order by call_id")
    assert first != second


@pytest.mark.parametrize("ani", ["anonymous", "", "4411", "withheld", "0"])
def test_a_withheld_or_internal_number_is_nobody(centre: Centre, ani: str) -> None:
    centre.calls(call("a", ani=ani))
    centre.night()
    assert centre.ask("select customer_id from raw.acme__calls") == [(None,)]


def test_the_raw_number_is_nowhere_in_the_warehouse(centre: Centre) -> None:
    number = "+34655443322"
    centre.calls(
        call("a", ani=number),
        call("b", ani=number, wait="-3"),
        f"c,{number}",
        call("d", ani=number),
    )
    centre.night()
    for path in centre.home.root.rglob("*"):
        if path.is_file() and "landing" not in path.parts:
            assert b"655443322" not in path.read_bytes(), path
    assert centre.ask("select count(*) from ledger.quarantine") == [(2,)]


def test_repeat_contacts_match_across_days(centre: Centre) -> None:
    next_day = DAY.replace(day=11)
    centre.calls(call("a"))
    centre.calls(call("b", start=f"{next_day}T09:00:00+01:00"), day=next_day)
    centre.night(next_day)
    assert centre.ask("select count(distinct customer_id) from raw.acme__calls") == [(1,)]


@settings(max_examples=150, deadline=None)
@given(
    region=st.sampled_from(["ES", "PL", "PH", "GB", "DE", "US"]),
    data=st.data(),
    style=st.sampled_from(["E164", "INTERNATIONAL", "NATIONAL"]),
)
def test_numbers_normalise_as_the_reference_library_does(
    con: duckdb.DuckDBPyConnection, region: str, data: st.DataObject, style: str
) -> None:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None
    tail = data.draw(st.integers(0, 99))
    example.national_number = example.national_number // 100 * 100 + tail
    form = getattr(phonenumbers.PhoneNumberFormat, style)
    written = phonenumbers.format_number(example, form)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    assert metadata is not None
    trunk = metadata.national_prefix or ""
    row = con.execute(
        "select e164(?, ?, ?, ?)",
        [written, str(example.country_code), trunk, "011" if region == "US" else "00"],
    ).fetchone()
    assert row == (phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164),)


@pytest.mark.parametrize(
    "written", ["ana@x.es", " Ana@X.es ", "Ana <ana@x.es>", "mailto:ana@x.es", "<ANA@x.es>"]
)
def test_one_address_written_in_many_ways_is_one(
    con: duckdb.DuckDBPyConnection, written: str
) -> None:
    assert con.execute("select email_address(?)", [written]).fetchone() == ("ana@x.es",)


def test_the_pseudonym_is_hmac_sha_256(con: duckdb.DuckDBPyConnection) -> None:
    import hashlib
    import hmac

    master = bytes(range(32))
    ((_, inner, outer),) = client_pads(master, ["alba"])
    row = con.execute("select pseudonym('phone', '+34600111222', ?, ?)", [inner, outer]).fetchone()
    key = hmac.new(master, b"alba", hashlib.sha256).digest()
    expected = hmac.new(key, b"phone:+34600111222", hashlib.sha256).hexdigest()[:32]
    assert row == (expected,)


def test_the_generated_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    first = master_key(tmp_path / "keys")
    path = tmp_path / "keys" / "master.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert master_key(tmp_path / "keys") == first
    path.chmod(0o644)
    with pytest.raises(IngestError, match="chmod 600"):
        master_key(tmp_path / "keys")


def test_a_key_that_was_cut_short_is_refused_and_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    for text in ("", "ab" * 16, "zz" * 32):
        path.write_text(text)
        path.chmod(0o600)
        with pytest.raises(IngestError, match=r"master\.key.*Put back its copy"):
            master_key(tmp_path)
        assert path.read_text() == text


def test_a_full_disk_leaves_no_half_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(IngestError, match="No space left on device"):
            master_key(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert len(master_key(tmp_path)) == 32


def test_a_key_of_the_environment_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "HEADSET_MASTER_KEY", "ab" * 32)
    assert master_key(tmp_path) == bytes.fromhex("ab" * 32)
    monkeypatch.setitem(os.environ, "HEADSET_MASTER_KEY", "zz")
    with pytest.raises(IngestError, match="not hexadecimal"):
        master_key(tmp_path)
    monkeypatch.setitem(os.environ, "HEADSET_MASTER_KEY", "ab")
    with pytest.raises(IngestError, match="at least 32 bytes"):
        master_key(tmp_path)
