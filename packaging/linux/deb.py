"""The `.deb`: the program below /usr/lib/vidphone, kept up to date by the package manager and not by itself."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

import desktop
import elf

LIBRARY = Path("usr/lib/vidphone")
DISTRIBUTION = Path("_internal/vidphone/assets/upgrades/distribution")
RECOMMENDED = ("libpulse0", "libcups2", "gnome-keyring | kwalletmanager", "fonts-noto-cjk")
"""Sound by PulseAudio or PipeWire, printers, a place for passwords, Chinese letters: it runs without."""
CONTROL = """\
Package: vidphone
Version: {version}
Architecture: {architecture}
Section: net
Priority: optional
Maintainer: {maintainer}
Homepage: {homepage}
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: {recommends}
Description: video calls with your provider's account built in
 Call by number, see and hear the other side. Sound and pictures go directly
 between the two and are encrypted end to end. What a call costs is known
 before it, seen during it, and never more than the chosen limit.
"""
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: vidphone
Comment: {gpl}The licences of everything in this package, with their full texts, are in
 /usr/lib/vidphone/_internal/vidphone/assets/licences/, listed in INDEX.txt.

Files: *
Copyright: the vidphone authors
License: Apache-2.0
 On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.
"""
GPL_NOTE = "This package holds x264 and x265 and is therefore passed on under the GPL.\n "


@dataclass(frozen=True)
class Package:
    """What goes into the package; `revision` tells packages of one version apart."""

    program: Path
    version: str
    revision: str
    glibc: tuple[int, int]
    provider: desktop.Provider
    maintainer: str
    epoch: int
    gpl: bool


def write(package: Package, work: Path, into: Path) -> Path:
    """Make the package in `into`, by way of the folder `work`, which is emptied first.

    Raises:
        SystemExit: `dpkg-deb` failed, or a description is not valid.
    """
    shutil.rmtree(work, ignore_errors=True)
    library = work / LIBRARY
    shutil.copytree(package.program, library)
    by = library / DISTRIBUTION
    by.parent.mkdir(parents=True, exist_ok=True)
    by.write_text("deb\n", encoding="ascii")
    desktop.write(work / "usr", "/usr/bin/vidphone", package.provider, package.version, package.epoch, gpl=package.gpl)
    desktop.validate(work / "usr")
    commands = work / "usr/bin"
    commands.mkdir()
    (commands / "vidphone").symlink_to("../lib/vidphone/vidphone")
    _documents(package, work / "usr/share/doc/vidphone")
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    ).stdout.strip()
    version = f"{package.version}-{package.revision}"
    control = work / "DEBIAN" / "control"
    control.parent.mkdir()
    control.write_text(
        CONTROL.format(
            version=version,
            architecture=architecture,
            maintainer=package.maintainer,
            homepage=package.provider.homepage,
            kilobytes=sum(path.lstat().st_size for path in work.rglob("*") if not path.is_dir()) // 1024,
            depends=", ".join(_depends(package)),
            recommends=", ".join(RECOMMENDED),
        ),
        encoding="utf-8",
    )
    return _built(work, into / f"vidphone_{version}_{architecture}.deb", package.epoch)


def _depends(package: Package) -> list[str]:
    packages = elf.debian_packages(elf.asked_of_system(package.program))
    glibc = f"libc6 (>= {package.glibc[0]}.{package.glibc[1]})"
    optional = {name for one in RECOMMENDED for name in one.split(" | ")}
    return [glibc, *(name for name in packages if name not in {"libc6", *optional})]


def _documents(package: Package, folder: Path) -> None:
    folder.mkdir(parents=True)
    note = GPL_NOTE if package.gpl else ""
    (folder / "copyright").write_text(COPYRIGHT.format(gpl=note), encoding="utf-8")
    told = (
        f"vidphone ({package.version}-{package.revision}) stable; urgency=medium\n\n"
        f"  * Built from the sources of {package.version}.\n\n"
        f" -- {package.maintainer}  {formatdate(package.epoch)}\n"
    )
    (folder / "changelog.Debian.gz").write_bytes(gzip.compress(told.encode(), 9, mtime=package.epoch))


def _built(work: Path, path: Path, epoch: int) -> Path:
    for found in work.rglob("*"):
        if not found.is_symlink():
            found.chmod(0o755 if found.is_dir() or found.stat().st_mode & 0o100 else 0o644)
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", str(work), str(path)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(epoch)}
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if answer.returncode:
        raise SystemExit(f"dpkg-deb: {answer.stderr}")
    shutil.rmtree(work)
    return path
