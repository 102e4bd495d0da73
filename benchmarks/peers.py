"""The ends of measured calls as processes that speak lines of JSON, each in a network namespace or without one."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import psutil

ROOT = Path(__file__).resolve().parents[1]
COMMANDS: dict[str, tuple[str, ...]] = {
    "vidphone": (sys.executable, "-m", "benchmarks.peer"),
    "chromium": (sys.executable, "-m", "benchmarks.anchors.chromium_peer"),
    "libwebrtc": ("node", str(ROOT / "benchmarks" / "anchors" / "libwebrtc_peer.js")),
    "aiortc": (sys.executable, "-m", "benchmarks.anchors.aiortc_peer"),
}
STOP_S = 5.0


class PeerFailed(Exception):
    """A peer said nothing in time, or ended."""


class End:
    """A process, for as long as a `with` block lasts; it and all it started end with the block."""

    def __init__(
        self, name: str, words: Sequence[str], folder: Path, *, space: str = "", env: Mapping[str, str] | None = None
    ) -> None:
        """`folder` takes its temporary files and, as `NAME.log`, its complaints."""
        self._name, self._folder = name, folder
        self._command = [*(("ip", "netns", "exec", space) if space else ()), *words]
        self._env = {**os.environ, "TMPDIR": str(folder), **(env or {})}
        self._said: queue.Queue[dict[str, Any] | None] = queue.Queue()

    def __enter__(self) -> Self:
        with self._log.open("wb") as complaints:
            self.process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._env, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints,
            )  # fmt: skip
        threading.Thread(target=self._listen, name=f"from {self._name}", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        processes: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            top = psutil.Process(self.process.pid)
            processes = [top, *top.children(recursive=True)]
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        alive = psutil.wait_procs(processes, STOP_S)[1]
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()

    @property
    def _log(self) -> Path:
        return self._folder / f"{self._name}.log"

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with suppress(ValueError):
                said = json.loads(line)
                if isinstance(said, dict):
                    self._said.put(said)
        self._said.put(None)

    def say(self, words: Mapping[str, Any]) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # what it has to say about that is in its log
            self.process.stdin.write(json.dumps(words) + "\n")
            self.process.stdin.flush()

    def close_input(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def hear(self, within_s: float) -> dict[str, Any]:
        """The next object it prints.

        Raises:
            PeerFailed: Nothing came.
        """
        try:
            said = self._said.get(timeout=within_s)
        except queue.Empty:
            raise PeerFailed(f"{self._name} said nothing for {within_s:.0f} s: {self._complaints()}") from None
        if said is None:
            raise PeerFailed(f"{self._name} ended: {self._complaints()}")
        return said

    def _complaints(self) -> str:
        return self._log.read_text(errors="replace")[-1500:].strip() or "without a word"

    def done(self, within_s: float = STOP_S) -> None:
        """Let it end by itself."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(within_s)


def introduce(sender: End, receiver: End, within_s: float = 60.0) -> None:
    """Carry the offer and the answer between two ends."""
    receiver.say(sender.hear(within_s))
    sender.say(receiver.hear(within_s))
