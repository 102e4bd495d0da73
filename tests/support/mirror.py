"""A repository's files over HTTP, from a server that may be told to misbehave. It knows ranges, and gzip for JSON."""

import email.utils
import gzip
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from vidphone.wire.packing import pack

Misdeed = Callable[["Answer", bytes], None]


class Mirror:
    """What is served and how; `misdeeds` by a pattern of the path answer in its place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.misdeeds: dict[str, Misdeed] = {}
        self.date: float | None = None
        self.asked: list[str] = []
        self.ranges: list[str] = []
        self.posted: list[tuple[str, bytes]] = []
        self.post_status = 204
        self.zstd = False
        self.leaving = threading.Event()

    def misdeed_for(self, path: str) -> Misdeed | None:
        return next((deed for pattern, deed in self.misdeeds.items() if re.search(pattern, path)), None)

    @contextmanager
    def serve(self) -> Iterator[str]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Answer,), {"mirror": self}))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            self.leaving.set()
            server.shutdown()
            server.server_close()
            thread.join()


class Answer(BaseHTTPRequestHandler):
    mirror: Mirror
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.lstrip("/")
        self.mirror.asked.append(path)
        file = self.mirror.folder / path
        content = file.read_bytes() if file.is_file() else None
        try:
            if misdeed := self.mirror.misdeed_for(path):
                misdeed(self, content or b"")
                self.close_connection = True
            elif content is None:
                self.head(404, 0)
            else:
                self.serve_file(content)
        except OSError:  # the client had enough
            self.close_connection = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.mirror.posted.append((self.path.lstrip("/"), body))
        self.head(self.mirror.post_status, 0)

    def serve_file(self, content: bytes) -> None:
        if wanted := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")):
            self.mirror.ranges.append(self.headers["Range"])
            start = int(wanted[1])
            self.head(206, len(content) - start, ("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}"))
            content = content[start:]
        elif self.path.endswith(".json") and self.mirror.zstd and "zstd" in self.headers.get("Accept-Encoding", ""):
            content = pack(content)
            self.head(200, len(content), ("Content-Encoding", "zstd"))
        elif self.path.endswith(".json") and "gzip" in self.headers.get("Accept-Encoding", ""):
            content = gzip.compress(content)
            self.head(200, len(content), ("Content-Encoding", "gzip"))
        else:
            self.head(200, len(content))
        self.wfile.write(content)

    def head(self, status: int, size: int | None, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if size is not None:
            self.send_header("Content-Length", str(size))
        self.end_headers()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return email.utils.formatdate(self.mirror.date if timestamp is None else timestamp, usegmt=True)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def endless(answer: Answer, content: bytes) -> None:
    answer.head(200, None)
    while not answer.mirror.leaving.is_set():
        answer.wfile.write(bytes(65_536))


def drip(answer: Answer, content: bytes) -> None:
    answer.head(200, 1_000_000)
    while not answer.mirror.leaving.is_set():
        answer.wfile.write(b" ")
        time.sleep(0.002)


def dripping_head(answer: Answer, content: bytes) -> None:
    answer.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while not answer.mirror.leaving.is_set():
        answer.wfile.write(b"x")
        time.sleep(0.002)


def bomb(answer: Answer, content: bytes) -> None:
    packed = gzip.compress(bytes(50_000_000))
    answer.head(200, len(packed), ("Content-Encoding", "gzip"))
    answer.wfile.write(packed)


def zstd_bomb(answer: Answer, content: bytes) -> None:
    packed = pack(bytes(50_000_000))
    answer.head(200, len(packed), ("Content-Encoding", "zstd"))
    answer.wfile.write(packed)


def zstd_junk(answer: Answer, content: bytes) -> None:
    answer.head(200, 4, ("Content-Encoding", "zstd"))
    answer.wfile.write(b"junk")


def elsewhere(answer: Answer, content: bytes) -> None:
    answer.head(302, 0, ("Location", "http://127.0.0.1:9/other"))


def other_bytes(answer: Answer, content: bytes) -> None:
    answer.serve_file(bytes(byte ^ 1 for byte in content))


def from_the_beginning(answer: Answer, content: bytes) -> None:
    answer.head(200, len(content))
    answer.wfile.write(content)


def half(answer: Answer, content: bytes) -> None:
    """Half of it, and the line breaks."""
    answer.head(200, len(content))
    answer.wfile.write(content[: len(content) // 2])


def half_and_silence(answer: Answer, content: bytes) -> None:
    half(answer, content)
    answer.wfile.flush()
    answer.mirror.leaving.wait(30)


def longer(answer: Answer, content: bytes) -> None:
    answer.serve_file(content + bytes(1_000_000))
