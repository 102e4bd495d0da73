"""Phones that are not ours, driven by the same few words: libwebrtc in Node.js, and Chromium."""

import asyncio
import base64
import contextlib
import json
import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from tests.fakes.media_ends import SIZE, chirp, frame_of
from vidphone.media import timecode
from vidphone.media.plumbing import Samples

HERE = Path(__file__).parent
FRAMES = 64
SEED = 7
ANSWER_S = 60.0
CHROMIUM_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows", "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required", "--enable-blink-features=MediaStreamInsertableStreams",
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """What a peer saw and heard."""

    frames: int
    luma: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | None
    rate_hz: int
    sound: Samples

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Report":
        luma = None
        if told.get("luma"):
            luma = np.frombuffer(base64.b64decode(told["luma"]), np.uint8).reshape(told["height"], told["width"])
        return cls(
            told["frames"], luma, told.get("rate") or 0, np.frombuffer(base64.b64decode(told["sound"]), np.int16)
        )


class Peer(Protocol):
    """A foreign phone."""

    async def start(self) -> None: ...

    def say(self, words: dict[str, Any]) -> None: ...

    async def hear(self) -> dict[str, Any]: ...

    async def stop(self) -> None: ...


def write_media(directory: Path) -> tuple[Path, Path]:
    """What a peer shows (pictures that number themselves) and says."""
    frames, sound = directory / "frames.yuv", directory / "sound.raw"
    with frames.open("wb") as file:
        for number in range(FRAMES):
            frame = frame_of(number, SEED, 0.0)
            for index in range(3):
                file.write(np.ascontiguousarray(timecode.plane(frame, index)).tobytes())
    sound.write_bytes(chirp().tobytes())
    return frames, sound


def program(*names: str) -> str:
    """The path of the first program that is there; `make test` installs them."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    assert found, f"{names[0]} is not installed: packaging/setup.sh test installs it"
    return found


class LibwebrtcPeer:
    """libwebrtc by way of npm's @roamhq/wrtc; VP8 only, as its build has no H.264."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        frames, sound = write_media(self._directory)
        self._process = await asyncio.create_subprocess_exec(
            program("node", "nodejs"), str(HERE / "libwebrtc_peer.js"), str(frames), *map(str, SIZE), str(sound),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**24,
        )  # fmt: skip

    def say(self, words: dict[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words).encode() + b"\n")

    async def hear(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(ANSWER_S):  # wait_for may swallow a cancellation
            line = await self._process.stdout.readline()
        assert line, "the peer is gone"
        words: dict[str, Any] = json.loads(line)
        return words

    async def stop(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.communicate()


class ChromiumPeer:
    """Chromium without a window, whose page talks to a small HTTP server here."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._to_page: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_page: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._process: asyncio.subprocess.Process | None = None
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._profile = tempfile.mkdtemp(prefix="chromium-peer-")

    async def start(self) -> None:
        write_media(self._directory)
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self._process = await asyncio.create_subprocess_exec(
            program("chromium", "chromium-browser", "google-chrome"), *CHROMIUM_FLAGS,
            f"--user-data-dir={self._profile}",
            f"http://127.0.0.1:{port}/?width={SIZE[0]}&height={SIZE[1]}",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip

    def say(self, words: dict[str, Any]) -> None:
        self._to_page.put_nowait(words)

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(ANSWER_S):
            return await self._from_page.get()

    async def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), 5)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        if self._server is not None:
            self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await asyncio.to_thread(shutil.rmtree, self._profile, ignore_errors=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            await self._serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._serving.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head[0].split(" ")[1].split("?")[0]
            fields = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
            body = await reader.readexactly(int(fields.get("content-length", "0")))
            kind, answer = "application/octet-stream", b""
            match path:
                case "/":
                    kind, answer = "text/html", (HERE / "chromium_peer.html").read_bytes()
                case "/frames.yuv" | "/sound.raw":
                    answer = (self._directory / path[1:]).read_bytes()
                case "/say":
                    self._from_page.put_nowait(json.loads(body))
                case "/next":
                    kind, answer = "application/json", json.dumps(await self._to_page.get()).encode()
            status = "404 Not Found" if path == "/favicon.ico" else "200 OK"
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer
            )
            await writer.drain()
