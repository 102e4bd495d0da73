"""A whole release repository with all its keys, made in this process in a moment."""

import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata

from vidphone.release import roles
from vidphone.release.building import Build, Built, Wish, build
from vidphone.service.releases.online import OnlineKeys
from vidphone.service.releases.repository import Repository
from vidphone.wire.release_staff import ROOT, TARGETS
from vidphone.wire.releases import Channel, Manifest, Rollout, blob_path, delta_path, target_path

PLATFORM = "linux-x86_64"
VERSION = "0.2.0"
SIGNERS = {ROOT: ("root1", "root2"), TARGETS: ("targets1", "targets2"), "stable": ("li", "wang"), "beta": ("li",)}
"""Who signs what; `test` is signed by `li`."""
KINDS = (ROOT, TARGETS, "channels")
"""Of keepers' keys, three each: `root1` and so on."""
Tree = Mapping[str, bytes] | Path | Built


class Releases:
    """A repository below `folder`, as the service keeps it and phones read it."""

    def __init__(self, folder: Path, now: datetime | None = None) -> None:
        self._work = folder
        self.folder = folder / "repository"
        self.now = now or datetime.now(UTC)
        self.online = OnlineKeys(folder / "keys")
        self.repository = Repository(self.folder, self.online)
        names = [f"{kind}{number}" for kind in KINDS for number in (1, 2, 3)]
        self.signers = {name: CryptoSigner.generate_ed25519() for name in (*names, "li", "wang")}
        self.signers |= {"snapshot": self.online._snapshot, "timestamp": self.online._timestamp}
        root, targets, channels = (
            [self.signers[f"{kind}{number}"].public_key for number in (1, 2, 3)] for kind in KINDS
        )
        first = roles.begin(root, targets, channels, self.online.public, self.now)
        for person in ("li", "wang"):
            key = roles.named(self.signers[person].public_key, person)
            for channel in Channel:
                first[TARGETS].signed.add_key(key, channel.value)
        self.publish(first)
        self._built: list[Built] = []

    @property
    def root(self) -> bytes:
        """The first `root.json`, which a package ships."""
        return (self.folder / "metadata" / "1.root.json").read_bytes()

    @property
    def channels(self) -> Mapping[str, Metadata[Any]]:
        trusted = self.repository.trusted
        assert trusted is not None
        return trusted.channels

    def build(
        self, tree: Tree, version: str = VERSION, previous: Sequence[Built] = (), platform: str = PLATFORM
    ) -> Built:
        """A build of a folder, or of paths with their contents; executable where the path begins with `bin`."""
        if isinstance(tree, Built):
            return tree
        folder = tree if isinstance(tree, Path) else _write_tree(self._work / "tree", tree)
        wish = Wish(version, platform, self.now.timestamp(), len(self._built) + 1)
        made = build(folder, wish, self._work / "built", previous)
        self._built.append(made)
        return made

    def push(
        self,
        tree: Tree,
        version: str = VERSION,
        channel: str = "test",
        accounts: Sequence[str] = ("1002",),
        platform: str = PLATFORM,
        previous: Sequence[Built] = (),
        **fields: object,
    ) -> Manifest:
        """Offer a build. `fields` go into the manifest."""
        built = self.build(tree, version, previous, platform)
        self.upload(built)
        sequence = roles.next_sequence(self.channels.values(), platform)
        manifest = manifest_of(built.build, channel, sequence, accounts, self.now, **fields)
        self._name(manifest)
        return manifest

    def upload(self, built: Built) -> None:
        """Put a build's contents into the repository."""
        for digest in built.build.blobs:
            _copy(built.blob(digest), self.folder / blob_path(digest))
        for delta in built.build.deltas:
            _copy(built.delta(delta), self.folder / delta_path(delta.from_, delta.to))

    def change(self, channel: str = "test", platform: str = PLATFORM, **fields: object) -> Manifest:
        """What the channel offers, with some fields changed."""
        manifest = self.current(channel, platform)
        changed = Manifest.model_validate(manifest.model_dump(by_alias=True) | fields)
        self._name(changed)
        return changed

    def promote(self, to: str, from_channel: str = "test", platform: str = PLATFORM, **fields: object) -> Manifest:
        """Offer the same bytes to another channel."""
        manifest = self.current(from_channel, platform)
        given = {"channel": to, "accounts": (), "created_at": self.now.timestamp()} | fields
        promoted = Manifest.model_validate(manifest.model_dump(by_alias=True) | given)
        self._name(promoted)
        return promoted

    def current(self, channel: str = "test", platform: str = PLATFORM) -> Manifest:
        """What a channel offers."""
        manifest = self.repository.manifest(target_path(Channel(channel), platform))
        assert manifest is not None
        return manifest

    def publish(
        self,
        metadata: Mapping[str, Metadata[Any]],
        manifests: Mapping[str, bytes] | None = None,
        signers: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Sign and publish, checked as the service checks it."""
        given = {
            name: roles.sign(one, [self.signers[who] for who in (signers or SIGNERS).get(name, self._default(name))])
            for name, one in metadata.items()
        }
        checked = self.repository.check(given, manifests or {}, self.now)
        assert checked.complete
        name = sha256(b"".join(given.values())).hexdigest()[:32]
        self.repository.stage(name, given, manifests or {}, checked, self.now)
        self.repository.finish(name)

    def _default(self, name: str) -> tuple[str, ...]:
        """The channels of the very first publication have no people yet in what is trusted, but in what comes."""
        return SIGNERS.get(name, ("li",))

    def _name(self, manifest: Manifest) -> None:
        channel = manifest.channel.value
        made, content = roles.with_manifest(self.channels[channel], manifest, self.now)
        self.publish({channel: made}, {target_path(manifest.channel, manifest.platform): content})

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Its address on this machine while the block runs, as `<service>/v1/releases`."""
        handler = partial(_Quiet, directory=str(self.folder))
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                thread.join()


def manifest_of(
    made: Build, channel: str, sequence: int, accounts: Sequence[str], now: datetime, **fields: object
) -> Manifest:
    """A build's manifest for a channel."""
    body = made.model_dump(by_alias=True) | {
        "channel": channel,
        "sequence": sequence,
        "accounts": tuple(accounts) if channel == "test" else (),
        "created_at": now.timestamp(),
        "min_version": "0.0.0",
        "rollout": Rollout(salt="salt", percent=100),
    }
    return Manifest.model_validate(body | fields)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def _write_tree(folder: Path, tree: Mapping[str, bytes]) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    for path, content in tree.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(0o755 if path.startswith("bin") else 0o644)
    return folder


def _copy(from_path: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        shutil.copyfile(from_path, path)
