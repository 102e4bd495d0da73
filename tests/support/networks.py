"""A network of the tests' own: a service and phones on three machines, which are network namespaces of this one.

The service's namespace is a switch as well; each phone's is plugged into it with one wire. A wire can be cut, another
address set, a further interface plugged in, and no process but those started here sees any of it.
"""

import datetime
import os
import queue
import subprocess
import sys
import threading
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.phones import HeadlessPhone
from tests.support.provider import START_S, Provider

SERVICE_ADDRESS = "10.77.0.1"
SWITCH = "switch"
PREFIX_BITS = 24


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"


def missing() -> str:
    """What keeps this machine from having such networks, or nothing."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    name = f"vp{os.getpid()}probe"
    try:
        _run("ip", "netns", "add", name)
        try:
            _run("ip", "-n", name, "link", "add", "name", SWITCH, "type", "bridge")
        finally:
            _run("ip", "netns", "del", name)
    except (AssertionError, OSError) as reason:
        return f"this machine has no network namespaces or bridges: {reason}"
    return ""


class Place:
    """One phone's machine."""

    def __init__(self, stem: str, number: int) -> None:
        self.space = f"{stem}{number}"
        self.inside = ("ip", "netns", "exec", self.space)
        self._switch_space = f"{stem}0"
        self._port = f"port{number}"
        self.address = f"10.77.0.{number + 1}"
        _run("ip", "netns", "add", self.space)
        _run("ip", "-n", self.space, "link", "set", "lo", "up")
        _run("ip", "-n", self._switch_space, "link", "add", self._port, "type", "veth",
             "peer", "name", "eth0", "netns", self.space)  # fmt: skip
        _run("ip", "-n", self.space, "address", "add", f"{self.address}/{PREFIX_BITS}", "dev", "eth0")
        _run("ip", "-n", self.space, "link", "set", "eth0", "up")
        _run("ip", "-n", self._switch_space, "link", "set", self._port, "up")
        self.mend()

    def cut(self) -> None:
        """Nothing goes in or out; the machine itself cannot see that."""
        _run("ip", "-n", self._switch_space, "link", "set", self._port, "nomaster")

    def mend(self) -> None:
        """The wire is whole again."""
        _run("ip", "-n", self._switch_space, "link", "set", self._port, "master", SWITCH)

    def leave(self) -> None:
        """Give the address up, as one does on the way from one network to the next."""
        _run("ip", "-n", self.space, "address", "del", f"{self.address}/{PREFIX_BITS}", "dev", "eth0")

    def arrive(self, address: str) -> None:
        """Get another address."""
        _run("ip", "-n", self.space, "address", "add", f"{address}/{PREFIX_BITS}", "dev", "eth0")
        self.address = address

    def plug_unused(self) -> None:
        """A further interface, with an address that leads nowhere."""
        _run("ip", "-n", self.space, "link", "add", "eth1", "type", "veth", "peer", "name", "eth1far")
        _run("ip", "-n", self.space, "address", "add", "10.99.0.1/24", "dev", "eth1")
        _run("ip", "-n", self.space, "link", "set", "eth1", "up")
        _run("ip", "-n", self.space, "link", "set", "eth1far", "up")

    def unplug_unused(self) -> None:
        """Away with it."""
        _run("ip", "-n", self.space, "link", "del", "eth1")


class Network:
    """The namespaces, gone when the `with` block ends."""

    def __init__(self) -> None:
        self._stem = f"vp{os.getpid()}n"
        self._switch_space = f"{self._stem}0"
        self.inside = ("ip", "netns", "exec", self._switch_space)
        self.places: list[Place] = []

    def __enter__(self) -> Self:
        try:
            _run("ip", "netns", "add", self._switch_space)
            _run("ip", "-n", self._switch_space, "link", "set", "lo", "up")
            _run("ip", "-n", self._switch_space, "link", "add", "name", SWITCH, "type", "bridge")
            _run("ip", "-n", self._switch_space, "address", "add", f"{SERVICE_ADDRESS}/{PREFIX_BITS}", "dev", SWITCH)
            _run("ip", "-n", self._switch_space, "link", "set", SWITCH, "up")
            self.places = [Place(self._stem, number) for number in (1, 2)]
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._remove()

    def _remove(self) -> None:
        for number in range(3):
            subprocess.run(["ip", "netns", "del", f"{self._stem}{number}"], capture_output=True, check=False)


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of the service's address that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, SERVICE_ADDRESS)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(SERVICE_ADDRESS))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "service.pem", folder / "service.key"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain, private


class FarProvider(Provider):
    """The service in the switch's namespace, over TLS."""

    def __init__(self, data: Path, network: Network) -> None:
        super().__init__(data)
        self.url = f"https://{SERVICE_ADDRESS}:{self.port}"
        self._inside = network.inside
        self.chain, self._key = write_certificate(data)

    def start(self) -> Self:
        command = [*self._inside, sys.executable, "-m", "vidphone", "serve", "--data", str(self.data)]
        command += ["--host", SERVICE_ADDRESS, "--port", str(self.port)]
        command += ["--tls-cert", str(self.chain), "--tls-key", str(self._key)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._process = process
        said: queue.Queue[bytes] = queue.Queue()

        def listen() -> None:
            assert process.stdout is not None
            with process.stdout as lines:
                for line in lines:
                    said.put(line)
            said.put(b"")

        threading.Thread(target=listen, name="service output", daemon=True).start()
        assert said.get(timeout=START_S), "the service did not start"
        return self

    def phone(self, place: Place, profile: Path, *options: str) -> HeadlessPhone:
        """A phone at that place that trusts this service."""
        return HeadlessPhone(
            self.url, profile, *options, environment={"SSL_CERT_FILE": str(self.chain)}, inside=place.inside
        )
