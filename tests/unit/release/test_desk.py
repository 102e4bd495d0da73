"""Asking a service that answers with more than it may."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from vidphone.release import desk
from vidphone.release.desk import Desk
from vidphone.release.said import Refused

CHUNK = b" " * 65_536
WOULD_SEND = 1_000


class Service(ThreadingHTTPServer):
    """Answers with white space, as much as is taken."""

    chunks_sent = 0
    encodings: list[str]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talkative)
        self.encodings = []
        self.ended = threading.Event()


class Talkative(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.encodings.append(self.headers.get("Accept-Encoding", ""))
        self.send_response(404 if self.path.endswith("missing") else 200)
        self.end_headers()
        try:
            while self.server.chunks_sent < WOULD_SEND:
                self.wfile.write(CHUNK)
                self.server.chunks_sent += 1
        except OSError:
            pass
        finally:
            self.server.ended.set()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["metadata/timestamp.json", "metadata/missing"])
def test_no_more_of_an_answer_is_taken_than_there_may_be(
    service: Service, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setattr(desk, "MAX_ANSWER_BYTES", 100_000)
    asking = Desk(f"http://127.0.0.1:{service.server_port}", "token")
    with pytest.raises(Refused, match="no answer that can be used"):
        asking.fetch(path)
    asking.close()
    assert service.ended.wait(10)
    assert service.chunks_sent < WOULD_SEND // 2, "what lies between holds some"
    assert service.encodings == ["identity"]
