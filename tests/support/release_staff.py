"""Support staff with keys and tokens at a real service, who use `vidphone release` as they would."""

import io
import os
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

from tests.support.provider import Provider
from vidphone.cli import main

PASSPHRASE = "a passphrase for tests"
NAMES = ("li", "wang")


class Staff:
    """A member of support staff with a folder of their own."""

    def __init__(self, folder: Path, url: str, token: str) -> None:
        self.folder = folder
        self.url = url
        self.token = token

    @property
    def root(self) -> Path:
        """The `root.json` to ship."""
        return self.folder / "root.json"

    def offline(self, *kinds: str) -> list[str]:
        """Two of each of these kinds of offline keys, of targets unless others are named, where this person held the
        ceremony.
        """
        folder = self.folder / "offline"
        return [str(folder / f"{kind}-{number}.pem") for kind in kinds or ("targets",) for number in (1, 2)]

    def run(self, *arguments: str, fails: bool = False) -> str:
        """`vidphone release …`, in this process; what it said."""
        own = () if arguments[0] == "build" else ("--folder", str(self.folder), "--service", self.url)
        secrets = {"VIDPHONE_RELEASE_TOKEN": self.token, "VIDPHONE_RELEASE_PASSPHRASE": PASSPHRASE, "LC_ALL": "C"}
        said = io.StringIO()
        with mock.patch.dict(os.environ, secrets), redirect_stdout(said), redirect_stderr(said):
            code = main(["release", *arguments, *own])
        assert (code != 0) == fails, said.getvalue()
        return said.getvalue()

    def build(self, tree: Path, version: str, *more: str) -> Path:
        """A build of a folder."""
        made = self.run("build", str(tree), "--version", version, "--to", str(self.folder / "builds"), *more)
        return Path(made.strip().splitlines()[-1])


def release_staff(provider: Provider, folder: Path) -> tuple[Staff, Staff]:
    """Li, who held the ceremony and signs for all channels, and Wang, who signs for stable; the service runs."""
    people = [Staff(folder / name, provider.url, token_of(provider, name)) for name in NAMES]
    first = people[0]
    first.run("init", "--reason", "ceremony")
    for one, name in zip(people, NAMES, strict=True):
        one.run("keys", "make", "--name", name)
        public, channels = str(one.folder / "keys" / f"{name}.json"), ("test", "beta", "stable")
        given = ("--public", public, "--channels", *channels, "--offline", *first.offline(), "--reason", "colleague")
        first.run("keys", "add", *given)
        if one is not first:
            one.root.write_bytes(first.root.read_bytes())
    return first, people[1]


def token_of(provider: Provider, name: str) -> str:
    """A token for a member of staff."""
    return provider.admin("release-staff", "add", "--name", name).strip().splitlines()[-1]
