"""What an installed tree looks like (docs/packages.md), and what a freshly installed build is called."""

from __future__ import annotations

import hashlib
import platform
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import contents

sys.path.insert(0, str(contents.ROOT))
from vidphone import __version__
from vidphone.installation.seed import seed
from vidphone.installation.tree import Installation
from vidphone.wire.releases import FILE_MODE, PROGRAM_MODE, Blob, Channel, File, Manifest, Notes, Rollout, build_id

LAUNCHER = "launcher"
SYSTEMS = {"linux": "linux", "win32": "windows", "darwin": "macos"}


@dataclass(frozen=True)
class Build:
    """A frozen program with its name; `manifest` is what lies in its version until a signed one comes."""

    program: Path
    name: str
    platform: str
    manifest: bytes


def platform_name() -> str:
    """As releases name it: `linux-x86_64`.

    Raises:
        SystemExit: a system that nothing is packaged for.
    """
    if sys.platform not in SYSTEMS:
        raise SystemExit(f"there are no packages for {sys.platform}")
    return f"{SYSTEMS[sys.platform]}-{platform.machine().lower().replace('amd64', 'x86_64')}"


def listed(folder: Path) -> tuple[File, ...]:
    """Every file below a folder, sorted by path."""
    files = []
    for path in folder.rglob("*"):
        if path.is_file():
            mode = PROGRAM_MODE if path.stat().st_mode & 0o100 else FILE_MODE
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            relative = path.relative_to(folder).as_posix()
            files.append(File(path=relative, mode=mode, size=path.stat().st_size, sha256=digest))
    return tuple(sorted(files, key=lambda file: file.path))


def named(program: Path, epoch: int, number: int, sequence: int = 1, channel: str = "stable") -> Build:
    """Name a frozen program by its content, as `vidphone release build` does.

    What lies in its version is a whole list of its files without a signature, which no installer can have: the build
    has not been published yet. `sequence` is where it stands among what is: 1 for a provider's first.
    """
    files = listed(program)
    name = build_id(__version__, datetime.fromtimestamp(epoch, UTC).strftime("%Y%m%d"), number, files)
    manifest = Manifest(
        channel=Channel(channel),
        platform=platform_name(),
        build_id=name,
        sequence=sequence,
        version=__version__,
        min_version="0.0.0",
        created_at=epoch,
        notes=Notes(zh="", en=""),
        rollout=Rollout(salt="installed", percent=100),
        files=files,
        blobs={file.sha256: Blob(size=max(1, file.size)) for file in files},
    )
    return Build(program, name, platform_name(), manifest.model_dump_json(by_alias=True).encode())


def lay_out(build: Build, launcher: Path, root: Path) -> None:
    """Make an installed tree in an empty or new folder, by the steps of an upgrade.

    Raises:
        InstallationError: the disk is full or cannot be written.
    """
    seed(Installation(root), build.manifest, build.program)
    shutil.copytree(launcher, root / LAUNCHER)
