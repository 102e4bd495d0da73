"""The first version of an installation, out of a folder: what an installer does."""

from collections.abc import Iterator
from pathlib import Path

from vidphone.installation.disk import CHUNK
from vidphone.installation.errors import InstallationError, Reason, told_as_reasons
from vidphone.installation.manifest import read_manifest
from vidphone.installation.tree import Installation


def seed(installation: Installation, manifest: bytes, content: Path) -> str:
    """Install the build of a manifest from a folder with its files, by the steps of an upgrade; its name.

    An installation that is there already gets one version more, which is then the current one.

    Raises:
        InstallationError: as `Installation.begin`, `Staging.put` and `Installation.switch`.
    """
    build_id = read_manifest(manifest).build_id
    with told_as_reasons():
        installation.root.mkdir(parents=True, exist_ok=True)
    try:
        with installation.begin(build_id, manifest) as staging:
            for entry in staging.copy_unchanged():
                staging.put(entry.path, _read(content / entry.path))
            staging.finish()
    except InstallationError as error:
        if error.reason is not Reason.ALREADY_THERE:
            raise
    installation.switch(build_id)
    return build_id


def _read(path: Path) -> Iterator[bytes]:
    with told_as_reasons(), path.open("rb") as opened:
        while piece := opened.read(CHUNK):
            yield piece
