"""A real service process with an embedded database, on a free port of the loopback."""

import argparse
import io
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from tests.support.offer import write_offer
from vidphone.service import commands

PASSWORD = "correct horse battery"
START_S = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Provider:
    """`vidphone serve` with customers; `kill` and `start` again keep its data and its port."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def add_customer(self, number: str, name: str = "") -> None:
        """A customer whose agreement was signed on paper."""
        named = ("--number", number, "--name", name or f"Customer {number}")
        self.admin("add", *named, "--paper", "TEST", "--password-stdin", stdin=PASSWORD)

    def configure(self, *numbers: str, more: str = "") -> Self:
        """Set it up for sign-up: the sample offer, these numbers to choose from, `more` sections of `config.toml`."""
        write_offer(self.data, more)
        if numbers:
            self.admin("numbers", "add", *numbers)
        return self

    def admin(self, *arguments: str, stdin: str = "") -> str:
        """What `vidphone admin` prints; in this process, as starting another each time would take most of the tests."""
        parser = argparse.ArgumentParser()
        commands.add_arguments(parser, "admin")
        out, err, given = io.StringIO(), io.StringIO(), sys.stdin
        sys.stdin = io.StringIO(stdin)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = commands.run("admin", parser.parse_args([*arguments, "--data", str(self.data)]))
        finally:
            sys.stdin = given
        assert code == 0, err.getvalue()
        return out.getvalue()

    def start(self) -> Self:
        return self.start_as("-m", "vidphone", "serve", "--data", str(self.data), "--port", str(self.port))

    def start_as(self, *command: str) -> Self:
        """A command of the interpreter that serves the data at the port."""
        self._process = subprocess.Popen(
            [sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until_s = time.monotonic() + START_S
        while time.monotonic() < until_s:
            try:
                if httpx.get(f"{self.url}/health", timeout=1).status_code == 200:
                    return self
            except httpx.TransportError:
                assert self._process.poll() is None, "the service did not start"
                time.sleep(0.05)
        raise AssertionError("the service did not answer in time")

    def kill(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def wait_killed(self) -> None:
        assert self._process is not None
        assert self._process.wait(10) == -signal.SIGKILL

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
