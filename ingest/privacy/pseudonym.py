"""Keyed pseudonyms of customers: HMAC-SHA-256, one key per client, computed in SQL.

Belongs here: the master key, keys derived from it, the SQL that turns a value into a pseudonym,
and phone numbers into E.164 first (ITU-T E.164: a plus, a country code, 8 to 15 digits).
Does not: choosing which columns are personal; contracts say that.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from ground.sql import literal
from ground.systems import DEFAULT_INSTANCE
from ingest.errors import IngestError, WarehouseError

_BLOCK_BYTES = 64
_INTERNAL_DIGITS = 6


def master_key(keys_dir: Path) -> bytes:
    """The key that all client keys derive from: `HEADSET_MASTER_KEY` (hex) or a guarded file.

    The file is generated once, readable by its owner alone. Raises IngestError when the
    variable or the file holds no hex of at least 32 bytes, or the file is open to others.
    """
    given = os.environ.get("HEADSET_MASTER_KEY")
    if given:
        return _key_of(given, "HEADSET_MASTER_KEY")
    path = keys_dir / "master.key"
    if not path.exists():
        _generate(path)
    _guarded(path)
    try:
        return _key_of(path.read_text(encoding="utf-8").strip(), str(path))
    except IngestError as error:
        raise IngestError(
            f"{error}. Put back its copy: with another key no customer would be recognised again"
        ) from error


def key_in(path: Path) -> bytes:
    """The key that a file holds. Raises IngestError when it holds none or is open to others."""
    try:
        _guarded(path)
        return _key_of(path.read_text(encoding="utf-8").strip(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise IngestError(f"{path} cannot be read as a key: {error}") from error


def _guarded(path: Path) -> None:
    if path.stat().st_mode & 0o077:
        raise IngestError(f"{path} can be read by others; run: chmod 600 {path}")


def fingerprint(key: bytes) -> str:
    """Sixteen hex digits that tell one key from another and nothing of it."""
    return hmac.new(key, b"fingerprint of the master key", hashlib.sha256).hexdigest()[:16]


def _key_of(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError as error:
        raise IngestError(f"{where} is not hexadecimal") from error
    if len(key) < 32:
        raise IngestError(f"{where} must hold at least 32 bytes (64 hex digits), not {len(key)}")
    return key


def _generate(path: Path) -> None:
    """Write the key whole or not at all; of two processes the first one's key stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(part)
    except OSError as error:
        raise WarehouseError(f"the pseudonym key {path} could not be written: {error}") from error
    finally:
        part.unlink()


def client_pads(master: bytes, clients: Iterable[str]) -> list[tuple[str, bytes, bytes]]:
    """(client, inner block, outer block) of HMAC for each client's own key (RFC 2104)."""
    pads = []
    for client in clients:
        key = hmac.new(master, client.encode(), hashlib.sha256).digest().ljust(_BLOCK_BYTES, b"\0")
        pads.append((client, bytes(b ^ 0x36 for b in key), bytes(b ^ 0x5C for b in key)))
    return pads


def scoped_kind(kind: str, instance: str) -> str:
    """What `scoped_kind_sql` gives for one instance."""
    return kind if instance == DEFAULT_INSTANCE else f"{kind}@{instance}"


def scoped_kind_sql(kind: str, instance: str) -> str:
    """SQL: the kind that a source's own id is hashed under; the default instance's is bare."""
    bare = f"{instance} = {literal(DEFAULT_INSTANCE)}"
    return f"case when {bare} then {literal(kind)} else {literal(kind + '@')} || {instance} end"


# Temporary macros of the loader's connection. A withheld number (`anonymous`, `private`) has no
# digits and an internal extension too few, so both come out as null. A trunk zero in brackets, an
# extension behind a number and a name before an address belong to nobody's identity.
MACROS = f"""
create or replace temp macro phone_user(v) as
    regexp_replace(split_part(lower(trim(v)), '@', 1),
        '^(sips?|tel):|;.*$|[(]0[)]|[ ,]*(x|ext[.]?|extension|#) *[0-9]+ *$', '', 'g');
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
    case when v like '%_@_%' then coalesce(
        nullif(regexp_extract(lower(v), '<(?:mailto:)?[ ]*([^<>@ ]+@[^<>@ ]+)[ ]*>', 1), ''),
        regexp_replace(lower(trim(v)), '^mailto:', '')) end;
create or replace temp macro pseudonym(kind, v, inner_pad, outer_pad) as
    substr(sha256(outer_pad || unhex(sha256(inner_pad || encode(kind || ':' || v)))), 1, 32);
"""
