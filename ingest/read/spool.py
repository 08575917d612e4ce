"""From a landed file to something DuckDB reads: plain, UTF-8, LF, checked to its last byte.

Belongs here: bytes. Compression, encodings, line ends, truncation, checksums. Does not: columns.
A file that is fine as it lies is not copied.
"""

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import zstandard

from ingest.errors import FileRejectedError
from ingest.privacy.mask import error_told
from ingest.read.limits import check_ratio

_CHUNK = 1 << 22
_ZSTD_WINDOW = 1 << 27
_REPLACEMENT = "\ufffd".encode()
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


@dataclass(frozen=True)
class Spooled:
    """A readable text file. `path` is the landed file itself when nothing had to be mended.

    `lines_n` counts physical lines, blank ones and a last one without an end included.
    `repaired`: bytes that the encoding does not know stand as U+FFFD. `checksum`: of what was
    packed in the file; None when nothing had to be copied, and so nothing was packed.
    """

    path: Path
    lines_n: int
    repaired: bool = False
    checksum: str | None = None


def spool_text(landed: Path, target: Path, encoding: str) -> Spooled:
    """Write `landed` to `target` as plain UTF-8 text with LF line ends, if it is not so already.

    Raises FileRejectedError (`unreadable`) when a compressed stream is damaged or cut short, and
    (`empty`) when there is not one byte of text.
    """
    with landed.open("rb") as file:
        head = file.read(4)
    packed, size = hashlib.sha256(), landed.stat().st_size
    compressed = head.startswith((_GZIP, _ZSTD))
    if not compressed and encoding == "utf-8" and not head.startswith(tuple(_BOMS)):
        lines_n, clean = _survey(landed)
        if clean:
            return Spooled(landed, lines_n)
    lines_n, wrote, last, repaired = 0, False, b"", False
    with target.open("wb") as out, landed.open("rb") as file:
        for chunk in _normalised(_hashed(plain_chunks(file, size), packed), encoding):
            out.write(chunk)
            lines_n += chunk.count(b"\n")
            last = chunk[-1:] or last
            repaired = repaired or _REPLACEMENT in chunk
            wrote = wrote or bool(chunk.strip())
    if not wrote:
        raise FileRejectedError("empty", "the file holds not one byte of text")
    return Spooled(target, lines_n + (last != b"\n"), repaired, packed.hexdigest())


def plain_head(landed: Path, size: int) -> bytes:
    """The first bytes, decompressed. Raises FileRejectedError when the stream is damaged."""
    out = b""
    with landed.open("rb") as file:
        for chunk in plain_chunks(file, landed.stat().st_size):
            out += chunk
            if len(out) >= size:
                break
    return out[:size]


def _survey(landed: Path) -> tuple[int, bool]:
    lines_n, clean, last = 0, True, b""
    with landed.open("rb") as file:
        while chunk := file.read(_CHUNK):
            last = chunk[-1:]
            lines_n += chunk.count(b"\n")
            # Text beyond ASCII may hold bytes that are no UTF-8; the copy finds and marks them.
            clean = clean and b"\r" not in chunk and chunk.isascii()
    if not last:
        raise FileRejectedError("empty", "the file holds not one byte of text")
    return lines_n + (last != b"\n"), clean


def plain_chunks(file: IO[bytes], size: int) -> Iterator[bytes]:
    """The bytes of an open file of `size` bytes, unpacked where they are packed.

    Raises FileRejectedError when the stream is damaged or unpacks beyond all bounds.
    """
    head = file.read(4)
    file.seek(0)
    plain = 0
    try:
        with _unpacked(file, head) as stream:
            while chunk := stream.read(_CHUNK):
                plain += len(chunk)
                check_ratio(size, plain)
                yield chunk
    except (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError) as error:
        raise FileRejectedError(
            "unreadable",
            f"the compressed stream is damaged or cut short ({error_told(error)}); "
            f"ask for the file again",
        ) from None


def _hashed(chunks: Iterator[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def _unpacked(file: IO[bytes], head: bytes) -> AbstractContextManager[IO[bytes]]:
    if head.startswith(_GZIP):
        return cast(IO[bytes], gzip.open(file, "rb"))
    if head.startswith(_ZSTD):
        _check_zstd_end(file)
        unpack = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        return cast(IO[bytes], unpack.stream_reader(file, read_across_frames=True, closefd=False))
    return nullcontext(file)


def _check_zstd_end(file: IO[bytes]) -> None:
    # The library's reader takes a cut stream for its end; only the decompressor object tells.
    unpack = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    step, size, plain = unpack.decompressobj(read_across_frames=False), 0, 0
    while chunk := file.read(1 << 16):
        size += len(chunk)
        while chunk:
            plain += len(step.decompress(chunk))
            check_ratio(size, plain)
            chunk = step.unused_data
            if step.eof and chunk:
                step = unpack.decompressobj(read_across_frames=False)
    file.seek(0)
    if not step.eof:
        raise EOFError("zstd frame ends before its end marker")


def _normalised(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder("utf-8")()
    carry, first, plain = b"", True, True
    for raw in chunks:
        chunk = raw
        if first:
            bom = next((bom for bom in _BOMS if chunk.startswith(bom)), b"")
            name = _BOMS.get(bom, encoding)
            chunk, first = chunk[len(bom) :], False
            decoder = codecs.getincrementaldecoder(name)(errors="replace")
            plain = name == "utf-8"
        if not (plain and chunk.isascii() and not decoder.getstate()[0]):
            chunk = decoder.decode(chunk).encode()
        chunk = carry + chunk
        carry = b"\r" if chunk.endswith(b"\r") else b""
        chunk = chunk.removesuffix(b"\r") if carry else chunk
        yield chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in chunk else chunk
    if tail := decoder.decode(b"", final=True):
        yield tail.encode()
    if carry:
        yield b"\n"
