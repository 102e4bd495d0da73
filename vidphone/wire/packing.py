"""How the content of files is packed for the way: zstd (RFC 8878), and for a content that is known already, what
changed in it (zstd's "patch from": the old content as a raw dictionary, a window over both).

Whoever unpacks names the size that must come out, or counts: memory is bounded before a byte is read. Nothing here is
trusted: the hash of what comes out is compared by the caller.
"""

from collections.abc import Iterable, Iterator
from typing import IO, cast

import zstandard

PACK_LEVEL = 19
"""A build is packed once and fetched by thousands."""
MAX_DELTA_INPUT_BYTES = 33_554_432
"""Of the old and of the new content each: both are held in memory."""
_BLOB_WINDOW_LOG = 23
"""8 MiB: the memory that unpacking takes."""
_DELTA_WINDOW_LOG = 26
"""64 MiB: both."""
_CHUNK_BYTES = 65_536


class PackingError(ValueError):
    """What came is not packed content of the size that was named."""


def pack(content: bytes) -> bytes:
    """A content as a blob; the same bytes for the same content and library."""
    parameters = zstandard.ZstdCompressionParameters.from_level(PACK_LEVEL, window_log=_BLOB_WINDOW_LOG)
    return zstandard.ZstdCompressor(compression_params=parameters).compress(content)


def unpack(chunks: Iterable[bytes], size: int | None) -> Iterator[bytes]:
    """The content of a blob in pieces of at most 64 KiB; `size` None: the caller counts, and stops.

    Raises:
        PackingError: it is no packed content, or not of `size` bytes.
    """
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << _BLOB_WINDOW_LOG)
    return _bounded(unpacker, chunks, size)


def delta(old: bytes, new: bytes) -> bytes | None:
    """What makes `new` from `old`; None where they are too large for it."""
    if max(len(old), len(new)) > MAX_DELTA_INPUT_BYTES or not old:
        return None
    window_log = max(10, min(_DELTA_WINDOW_LOG, (len(old) + len(new)).bit_length()))
    parameters = zstandard.ZstdCompressionParameters.from_level(PACK_LEVEL, window_log=window_log, enable_ldm=True)
    known = zstandard.ZstdCompressionDict(old, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    return zstandard.ZstdCompressor(dict_data=known, compression_params=parameters).compress(new)


def apply_delta(old: bytes, chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """What a delta makes from `old`, chunk by chunk.

    Raises:
        PackingError: it is no delta, or what it makes is not of `size` bytes, or either is too large.
    """
    if max(len(old), size) > MAX_DELTA_INPUT_BYTES or not old:
        raise PackingError("too large for a delta")
    known = zstandard.ZstdCompressionDict(old, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    unpacker = zstandard.ZstdDecompressor(dict_data=known, max_window_size=1 << _DELTA_WINDOW_LOG)
    return _bounded(unpacker, chunks, size)


def _bounded(unpacker: zstandard.ZstdDecompressor, chunks: Iterable[bytes], size: int | None) -> Iterator[bytes]:
    made = 0
    try:
        with unpacker.stream_reader(cast(IO[bytes], _Pieces(chunks)), read_size=_CHUNK_BYTES) as reader:
            while part := reader.read(_CHUNK_BYTES):
                made += len(part)
                if size is not None and made > size:
                    raise PackingError("more comes out than was named")
                yield part
    except zstandard.ZstdError as error:
        raise PackingError("not packed content") from error
    if size is not None and made != size:
        raise PackingError("less comes out than was named")


class _Pieces:
    """Chunks of any size as something that is read."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; none at the end."""
        if not self._rest:
            self._rest = next(self._chunks, b"")
        part, self._rest = self._rest[:size], self._rest[size:]
        return part
