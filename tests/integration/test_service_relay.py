"""A real coturn takes the credentials that the service hands out."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.provider import free_port
from vidphone.service.config import IceConfig, Turn
from vidphone.service.relay import SharedSecretRelay

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("turnserver") is None, reason="coturn is not installed"),
]
SECRET = "north-and-south"


@pytest.fixture
def turn_port(tmp_path: Path) -> Iterator[int]:
    port = free_port()
    command = ["turnserver", "-n", "--listening-ip=127.0.0.1", f"--listening-port={port}", "--relay-ip=127.0.0.1"]
    command += ["--use-auth-secret", f"--static-auth-secret={SECRET}", "--realm=example.com", "--no-tls", "--no-dtls"]
    command += ["--allow-loopback-peers", "--no-cli", f"--pidfile={tmp_path / 'pid'}", "--log-file=stdout"]
    command += [f"--userdb={tmp_path / 'users.db'}"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path)
    time.sleep(1)  # it has no way to say that it is ready
    yield port
    server.terminate()
    server.wait()


def relayed(port: int, username: str, password: str) -> bool:
    """Whether coturn's own client gets one packet through the relay and back."""
    command = ["turnutils_uclient", "-y", "-n", "1", "-c", "-u", username, "-w", password, "-p", str(port), "127.0.0.1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    return done.returncode == 0 and "Total lost packets 0 " in done.stdout


def test_coturn_relays_for_credentials_of_the_service_until_they_expire(turn_port: int) -> None:
    relay = SharedSecretRelay(IceConfig(turn=[Turn(urls=[f"turn:127.0.0.1:{turn_port}"], secret=SECRET)]))
    fresh = relay.ice_servers("17", time.time()).servers[0]
    expired = relay.ice_servers("17", time.time() - 2 * 86_400).servers[0]
    assert fresh.username is not None
    assert fresh.credential is not None
    assert expired.username is not None
    assert expired.credential is not None
    assert relayed(turn_port, fresh.username, fresh.credential)
    assert not relayed(turn_port, fresh.username, "guessed")
    assert not relayed(turn_port, expired.username, expired.credential)
