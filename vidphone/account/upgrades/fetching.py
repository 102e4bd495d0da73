"""Fetching files of releases over HTTP with bounds on everything: size, speed, memory, and where from.

The other end is not trusted. It may send without end, drip, pack a bomb, redirect or lie about lengths: a fetch reads
at most what was asked for, gives up on what is too slow, follows nothing, and unpacks in pieces.
"""

import email.utils
import logging
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
from tuf.api.exceptions import DownloadError, DownloadHTTPError, DownloadLengthMismatchError, SlowRetrievalError
from tuf.ngclient.fetcher import FetcherInterface

from vidphone.account.asking import checked_address, is_certificate_fault, tls_context
from vidphone.account.upgrades.pace import Pace, Stop
from vidphone.account.upgrades.plumbing import Line, unzipped
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.packing import PackingError, unpack

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 15.0
"""Without a single byte."""
ANSWER_TIMEOUT_S = 30.0
"""Until the head of an answer is there, from the first byte sent: handshake and head could drip, too."""
SLOW_WINDOW_S = 20.0
SLOW_BYTES = 20_480
"""Less than this in a window of waiting is no line, it is a drip."""
RECEIVE_BUFFER_BYTES = 65_536
"""What the system may take in ahead of the pace: with its own, seconds of a narrow line would come unasked."""


class Fetcher(FetcherInterface):
    """One repository, over TLS, or in the open on this machine alone. Used by one thread at a time."""

    def __init__(self, base_url: str, *, stop: Stop | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """Prepare to fetch; nothing is sent yet.

        Raises:
            VidphoneError: as `account.asking.checked_address`.
        """
        url, here = checked_address(base_url)
        self._service = base_url
        self._origin = (url.scheme, url.host, url.port)
        self._clock = clock
        self._stop = stop or Stop()
        self._line = Line()
        self._stop.wakes(self._line.cut)
        self._client = httpx.Client(
            transport=httpx.HTTPTransport(
                verify=tls_context(),
                limits=httpx.Limits(max_connections=1),
                proxy=None if here else _proxy_of(url),
                socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)],
            ),
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            trust_env=False,
            headers={"Accept": "*/*"},
        )
        self.date_epoch_s: float | None = None
        """What the repository's clock said in its last answer; not signed."""
        self.received = 0
        """Bytes of bodies so far, as they travelled."""

    def close(self) -> None:
        """Close the connection."""
        self._client.close()
        self._line.drop()

    def _fetch(self, url: str) -> Iterator[bytes]:
        """Metadata or a manifest, for the framework, which counts what comes; packed where that is offered."""
        with self._answer(url, {"Accept-Encoding": "zstd, gzip"}) as answer:
            if answer.status_code != httpx.codes.OK:
                raise DownloadHTTPError(f"status {answer.status_code}", answer.status_code)
            chunks = self._chunks(answer, None)
            match answer.headers.get("Content-Encoding", "identity"):
                case "identity":
                    yield from chunks
                case "gzip":
                    yield from unzipped(chunks)
                case "zstd":  # the longer reach halves a manifest, which has each hash twice
                    yield from unpack(chunks, None)
                case _:
                    raise DownloadError("packed in a way that was not asked for")

    @contextmanager
    def rest(self, url: str, begun: int, size: int, pace: Pace) -> Iterator[tuple[int, Iterator[bytes]]]:
        """What is missing of a file of `size` bytes, of which `begun` are here: where it goes on, and the chunks.

        It goes on at 0 where the other end does not continue. No more than `size` bytes are given.

        Raises:
            DownloadError: it did not come, is too slow, or is not of that size.
            Stopped: somebody stopped it.
        """
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={begun}-"} if begun else {})
        with self._answer(url, headers) as answer:
            start = _start_of(answer, begun)
            yield start, self._exactly(answer, size - start, pace)

    def post(self, url: str, body: bytes, token: str) -> int:
        """Send a small JSON body; the status of the answer, whose body is not read. Raises as `rest`."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        with self._answer(url, headers, body) as answer:
            return answer.status_code

    def _exactly(self, answer: httpx.Response, size: int, pace: Pace) -> Iterator[bytes]:
        had = 0
        for chunk in self._chunks(answer, pace):
            had += len(chunk)
            if had > size:
                raise DownloadLengthMismatchError("more than was named")
            yield chunk
        if had < size:
            raise DownloadError("it broke off")

    @contextmanager
    def _answer(self, url: str, headers: dict[str, str], body: bytes | None = None) -> Iterator[httpx.Response]:
        self._stop.check()
        try:
            request = self._client.build_request(
                "GET" if body is None else "POST",
                url,
                headers=headers,
                content=body,
                extensions={"trace": self._line.watch},
            )
            if (request.url.scheme, request.url.host, request.url.port) != self._origin:
                raise DownloadError("not from the repository")
            with self._line.cut_after(ANSWER_TIMEOUT_S):
                answer = self._client.send(request, stream=True)
            try:
                self.date_epoch_s = _date_of(answer)
                yield answer
            finally:
                answer.close()
        except PackingError as error:
            raise DownloadError("not packed as it says") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._stop.check()
            log.info("%s: %s", url, type(error).__name__)
            if is_certificate_fault(error):
                raise VidphoneError(ErrorCode.SERVICE_NOT_SECURE, {"service": self._service}) from error
            raise DownloadError(type(error).__name__) from error

    def _chunks(self, answer: httpx.Response, pace: Pace | None) -> Iterator[bytes]:
        """What comes, as it comes: gathered into larger pieces, a drip would not be seen."""
        waited_s, came = 0.0, 0
        chunks = answer.iter_raw()
        while True:
            asked = self._clock()
            chunk = next(chunks, None)
            self._stop.check()
            if chunk is None:
                return
            waited_s, came = waited_s + self._clock() - asked, came + len(chunk)
            if waited_s >= SLOW_WINDOW_S:
                if came < SLOW_BYTES:
                    raise SlowRetrievalError("too slow")
                waited_s, came = 0.0, 0
            self.received += len(chunk)
            if pace is not None:
                pace.take(len(chunk), self._stop.stopped)
            yield chunk


def _start_of(answer: httpx.Response, begun: int) -> int:
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise DownloadError("packed in a way that was not asked for")
    if answer.status_code == httpx.codes.OK:
        return 0
    if answer.status_code == httpx.codes.PARTIAL_CONTENT and begun:
        if answer.headers.get("Content-Range", "").startswith(f"bytes {begun}-"):
            return begun
        raise DownloadError("another part than was asked for")
    raise DownloadHTTPError(f"status {answer.status_code}", answer.status_code)


def _proxy_of(url: httpx.URL) -> str | None:
    if urllib.request.proxy_bypass(url.host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    return proxy if proxy and proxy.startswith(("http://", "https://")) else None


def _date_of(answer: httpx.Response) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except (ValueError, OverflowError):
        return None
