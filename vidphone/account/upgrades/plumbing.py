"""What stands between a fetch and the network: a line that can be cut from outside, and gzip in bounded pieces."""

import contextlib
import socket
import threading
import zlib
from collections.abc import Iterator, Mapping

from tuf.api.exceptions import DownloadError

_PIECE_BYTES = 65_536
_GZIP = 16 + zlib.MAX_WBITS


class Line:
    """The connection below a client, whichever it has just now, for other threads to cut. Thread-safe.

    It is held by a descriptor of its own: closing or wrapping it in TLS above changes nothing here.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: socket.socket | None = None

    def watch(self, event: str, info: Mapping[str, object]) -> None:
        """What httpcore tells as it goes (its `trace` extension): a new connection is the one from now on."""
        if event == "connection.connect_tcp.complete":
            connection = info["return_value"].get_extra_info("socket")  # type: ignore[attr-defined]
            self.drop()
            with self._lock:
                self._connection = connection.dup()

    def cut(self) -> None:
        """End the connection under whoever reads or writes it."""
        with self._lock:
            if self._connection is not None:
                with contextlib.suppress(OSError):  # it ended by itself
                    self._connection.shutdown(socket.SHUT_RDWR)

    def drop(self) -> None:
        """Hold it no more."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextlib.contextmanager
    def cut_after(self, seconds: float) -> Iterator[None]:
        """Cut it if what is done within takes longer."""
        watchdog = threading.Timer(seconds, self.cut)
        watchdog.daemon = True
        watchdog.start()
        try:
            yield
        finally:
            watchdog.cancel()


def unzipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The content of a gzip stream in pieces of at most 64 KiB, however far a chunk of it unpacks.

    Raises:
        DownloadError: it is none, or does not end.
    """
    unpacker = zlib.decompressobj(_GZIP)
    try:
        for chunk in chunks:
            rest = chunk
            while rest and not unpacker.eof:
                yield unpacker.decompress(rest, _PIECE_BYTES)
                rest = unpacker.unconsumed_tail
    except zlib.error as error:
        raise DownloadError("not packed by gzip") from error
    if not unpacker.eof:
        raise DownloadError("it broke off")
