"""A real coturn with the service's way of credentials and a command line."""

import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.provider import free_port
from vidphone.media.rtc.gathering import host_addresses

SECRET = "north-and-south"
CONTROL_PASSWORD = "open-sesame"
START_S = 20.0


class Coturn:
    """`turnserver` on an address of this machine; its files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.address = next(each for each in host_addresses() if ":" not in each)
        self.port, self.control_port = free_port(), free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> str:
        """Sections of `config.toml` for a service that sends all media through it."""
        return (
            f"[ice]\nrelay_only = true\n[[ice.turn]]\n"
            f'urls = ["turn:{self.address}:{self.port}?transport=udp"]\nsecret = "{SECRET}"\n'
            f'control = "127.0.0.1:{self.control_port}"\ncontrol_password = "{CONTROL_PASSWORD}"\n'
        )

    def __enter__(self) -> Self:
        program = shutil.which("turnserver")
        assert program, "coturn is not installed: packaging/setup.sh test installs it"
        command = [program, "-n", "--no-tls", "--no-dtls", "--use-auth-secret", f"--static-auth-secret={SECRET}"]
        command += ["--realm=test", f"--listening-ip={self.address}", f"--relay-ip={self.address}"]
        command += [f"--listening-port={self.port}", "--allow-loopback-peers", "--cli-ip=127.0.0.1"]
        command += [f"--cli-port={self.control_port}", f"--cli-password={CONTROL_PASSWORD}"]
        command += [f"--pidfile={self._folder / 'pid'}", f"--userdb={self._folder / 'users.db'}", "--log-file=stdout"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder
        )
        for host, port in (self.address, self.port), ("127.0.0.1", self.control_port):
            self._wait(host, port)
        return self

    def _wait(self, host: str, port: int) -> None:
        until_s = time.monotonic() + START_S
        while time.monotonic() < until_s:
            try:
                socket.create_connection((host, port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("coturn did not start")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
