"""One end of a measured call: Chromium without a window, which is what vidphone must stand ahead of.

    python -m benchmarks.anchors.chromium_peer send SECONDS CLIP.y4m CODEC [SPEECH.raw]
    python -m benchmarks.anchors.chromium_peer recv SECONDS FOLDER

The page asks a small HTTP server here what to do, so that nothing but Chromium is needed; it does not talk while the
call is measured. Processor time is that of all of Chromium's processes, seen from outside.
"""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import psutil

from benchmarks import ends

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows", "--autoplay-policy=no-user-gesture-required",
    "--enable-blink-features=MediaStreamInsertableStreams",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)  # fmt: skip
TASK_S = 60.0
RECORDS = ("frames.bin", "audio.bin", "shown.bin")
_TYPES = {".html": "text/html", ".js": "text/javascript", ".json": "application/json"}


class Server:
    """What the page asks, over HTTP on the loopback."""

    def __init__(self, files: dict[str, Path], folder: Path) -> None:
        self._files, self._folder = files, folder
        self._tasks: asyncio.Queue[bytes] = asyncio.Queue(1)
        self._said: asyncio.Queue[dict[str, Any]] = asyncio.Queue(1)
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listen; returns the port."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def do(self, task: str, argument: object = None) -> Any:
        """Have the page do something.

        Raises:
            RuntimeError: The page failed at it.
        """
        await self._tasks.put(json.dumps([task, argument]).encode())
        said = await asyncio.wait_for(self._said.get(), TASK_S)
        if "error" in said:
            raise RuntimeError(said["error"])
        return said["said"]

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                fields = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
                left = int(fields.get("content-length", "0"))
                path = head[0].split(" ")[1].partition("?")[0].lstrip("/")
                if path in RECORDS:
                    await self._keep(reader, path, left)
                    kind, body = ".json", b"null"
                else:
                    kind, body = await self._answer(path, await reader.readexactly(left))
                status = "404 Not Found" if kind == "" else "200 OK"
                length = f"Content-Type: {_TYPES.get(kind, 'application/octet-stream')}\r\nContent-Length: {len(body)}"
                writer.write(f"HTTP/1.1 {status}\r\n{length}\r\n\r\n".encode())
                writer.write(body)
                await writer.drain()
        writer.close()

    async def _keep(self, reader: asyncio.StreamReader, name: str, left: int) -> None:
        with (self._folder / name).open("wb") as file:
            while left > 0:
                piece = await reader.read(min(left, 1 << 20))
                if not piece:
                    return
                file.write(piece)
                left -= len(piece)

    async def _answer(self, path: str, body: bytes) -> tuple[str, bytes]:
        match path:
            case "clock":
                return ".json", repr(time.monotonic() * 1000).encode()
            case "next":
                return ".json", await self._tasks.get()
            case "said":
                await self._said.put(json.loads(body))
                return ".json", b"null"
            case _ if path in self._files:
                file = self._files[path]
                return file.suffix, await asyncio.to_thread(file.read_bytes)
            case _:
                return "", b""


class Browser:
    """Chromium on a fresh profile."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> Self:
        program = next((path for name in NAMES if (path := shutil.which(name))), None)
        if program is None:
            raise FileNotFoundError("Chromium is not installed")
        self._profile = tempfile.mkdtemp(prefix="chromium-peer-")
        self._process = await asyncio.create_subprocess_exec(
            program, *FLAGS, f"--user-data-dir={self._profile}", self._url,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        processes = self._processes()
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), 5)
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        await self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)

    def _processes(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            top = psutil.Process(self._process.pid)
            return [top, *top.children(recursive=True)]
        return []

    def _used_s(self) -> dict[psutil.Process, float]:
        used = {}
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                used[process] = times.user + times.system
        return used

    async def cores_used(self, seconds: float) -> float:
        """Processor time of all its processes over the next seconds, in cores."""
        before, then_s = self._used_s(), time.monotonic()
        await asyncio.sleep(seconds)
        after, passed_s = self._used_s(), time.monotonic() - then_s
        return sum(used_s - before.get(process, 0.0) for process, used_s in after.items()) / passed_s


async def _send(server: Server, browser: Browser, words: ends.Words) -> None:
    ends.say(await server.do("offer", {"codec": words.codec, "speech": words.speech is not None}))
    started = await server.do("start", await ends.heard())
    await asyncio.sleep(words.warm_s)
    used = await browser.cores_used(words.seconds)
    told = await server.do("sent")
    kbps = told.pop("bytes") * 8 / (words.seconds + words.warm_s) / 1000
    ends.say({"who": "send", "cpu": used, "kbps": kbps, **started, **told})


async def _receive(server: Server, browser: Browser, words: ends.Words) -> None:
    ends.say(await server.do("answer", await ends.heard()))
    await asyncio.sleep(words.warm_s)
    await server.do("measure")
    used = await browser.cores_used(words.seconds)
    figures = await server.do("figures", words.seconds)
    ends.say({"who": "recv", "cpu": used, **figures})


async def main() -> None:
    words = ends.Words.parse(sys.argv[1:])
    files = {"": HERE / "chromium_page.html", "marks.js": HERE / "marks.js"}
    files |= {"clip.y4m": words.clip} if words.clip else {}
    files |= {"speech.raw": words.speech} if words.speech else {}
    server = Server(files, words.folder)
    async with Browser(f"http://127.0.0.1:{await server.start()}/") as browser:
        await server.do("clock")
        await (_send if words.clip is not None else _receive)(server, browser, words)
    sys.stdout.flush()
    os._exit(0)  # the page is gone: there is nobody to close connections with


if __name__ == "__main__":
    asyncio.run(main())
