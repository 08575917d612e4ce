"""Keyed pseudonyms of customers: HMAC-SHA-256, one key per client, computed in SQL.

Belongs here: the master key, keys derived from it, the SQL that turns a value into a pseudonym,
and phone numbers into E.164 first (ITU-T E.164: a plus, a country code, 8 to 15 digits).
Does not: choosing which columns are personal; contracts say that.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from ingest.errors import IngestError

_BLOCK_BYTES = 64
_INTERNAL_DIGITS = 6


def master_key(keys_dir: Path) -> bytes:
    """The key that all client keys derive from: `HEADSET_MASTER_KEY` (hex) or a guarded file.

    The file is generated once, readable by its owner alone. Raises IngestError when the
    variable is no hex of at least 32 bytes or the file is open to others.
    """
    given = os.environ.get("HEADSET_MASTER_KEY")
    if given:
        try:
            key = bytes.fromhex(given)
        except ValueError as error:
            raise IngestError("HEADSET_MASTER_KEY is not hexadecimal") from error
        if len(key) < 32:
            raise IngestError("HEADSET_MASTER_KEY must hold at least 32 bytes (64 hex digits)")
        return key
    path = keys_dir / "master.key"
    if not path.exists():
        keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    if path.stat().st_mode & 0o077:
        raise IngestError(f"{path} can be read by others; run: chmod 600 {path}")
    return bytes.fromhex(path.read_text().strip())


def client_pads(master: bytes, clients: Iterable[str]) -> list[tuple[str, bytes, bytes]]:
    """(client, inner block, outer block) of HMAC for each client's own key (RFC 2104)."""
    pads = []
    for client in clients:
        key = hmac.new(master, client.encode(), hashlib.sha256).digest().ljust(_BLOCK_BYTES, b"\0")
        pads.append((client, bytes(b ^ 0x36 for b in key), bytes(b ^ 0x5C for b in key)))
    return pads


# Temporary macros of the loader's connection. A withheld number (`anonymous`, `private`) has no
# digits and an internal extension too few, so both come out as null.
MACROS = f"""
create or replace temp macro phone_user(v) as
    regexp_replace(split_part(lower(trim(v)), '@', 1), '^(sips?|tel):|;.*$', '', 'g');
create or replace temp macro phone_digits(v) as
    regexp_replace(nullif(phone_user(v), ''), '[^0-9+]', '', 'g');
create or replace temp macro e164_national(d, calling_code, trunk, abroad) as
    case
        when starts_with(d, '+') then substr(d, 2)
        when starts_with(d, abroad) then substr(d, length(abroad) + 1)
        when starts_with(d, '00') then substr(d, 3)
        when trunk <> '' and starts_with(d, trunk) then calling_code || substr(d, length(trunk) + 1)
        when calling_code <> '' and starts_with(d, calling_code)
            and length(d) >= length(calling_code) + 9 then d
        else calling_code || d
    end;
create or replace temp macro e164_of_digits(d, calling_code, trunk, abroad) as
    case
        when length(d) <= {_INTERNAL_DIGITS} then null
        else '+' || nullif(regexp_extract(e164_national(
            d, coalesce(calling_code, ''), coalesce(trunk, ''), coalesce(nullif(abroad, ''), '00')),
            '^[1-9][0-9]{{7,14}}$'), '')
    end;
create or replace temp macro e164(v, calling_code, trunk, abroad) as
    e164_of_digits(phone_digits(v), calling_code, trunk, abroad);
create or replace temp macro email_address(v) as
    case when v like '%_@_%' then lower(trim(v)) end;
create or replace temp macro pseudonym(kind, v, inner_pad, outer_pad) as
    substr(sha256(outer_pad || unhex(sha256(inner_pad || encode(kind || ':' || v)))), 1, 32);
"""
