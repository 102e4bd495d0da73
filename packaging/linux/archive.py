"""The self-installing archive: a shell script with everything behind it, for a person without root."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

HERE = Path(__file__).resolve().parent
SPARE = 1.2
"""Free space asked for, by the size of what is unpacked."""


@dataclass(frozen=True)
class Contents:
    """What goes into the archive; `share` is what `desktop.write` made, `component` its name there."""

    program: Path
    launcher: Path
    share: Path
    build_id: str
    manifest: bytes
    component: str
    machine: str
    glibc: tuple[int, int]
    epoch: int


def write(contents: Contents, path: Path, *, level: int = 6) -> None:
    """Write the archive to `path`; the same contents make the same bytes.

    Raises:
        SystemExit: `xz` is not there or failed.
    """
    packed = path.with_suffix(".payload")
    size = _pack(contents, packed, level)
    with packed.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    script = (HERE / "install.sh").read_text(encoding="utf-8")
    places = {
        "@FILE@": path.name,
        "@BUILD@": contents.build_id,
        "@MACHINE@": contents.machine,
        "@GLIBC_MAJOR@": str(contents.glibc[0]),
        "@GLIBC_MINOR@": str(contents.glibc[1]),
        "@KILOBYTES@": str(int(size * SPARE) // 1024),
        "@SHA256@": digest,
        "@LINES@": str(script.count("\n")),
    }
    with path.open("wb") as out, packed.open("rb") as payload:
        out.write(re.sub("@[A-Z0-9_]+@", lambda place: places.get(place[0], place[0]), script).encode())
        shutil.copyfileobj(payload, out)
    packed.unlink()
    path.chmod(0o755)


def _pack(contents: Contents, packed: Path, level: int) -> int:
    """The payload, packed; its unpacked size in bytes."""
    command = ["xz", f"-{level}", "--threads=0", "--block-size=64MiB", "--stdout"]
    with packed.open("wb") as out, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out) as xz:
        assert xz.stdin is not None  # noqa: S101 - it was asked for
        with tarfile.open(fileobj=xz.stdin, mode="w|", format=tarfile.GNU_FORMAT) as archive:
            size = _fill(archive, contents)
        xz.stdin.close()
    if xz.returncode:
        raise SystemExit(f"xz failed with {xz.returncode}")
    return size


def _fill(archive: tarfile.TarFile, contents: Contents) -> int:
    folders = ((contents.program, "version"), (contents.launcher, "launcher"), (contents.share, "share"))
    size = sum(_add_folder(archive, folder, name, contents.epoch) for folder, name in folders)
    goodbye = (HERE / "uninstall.sh").read_text(encoding="utf-8").replace("@ID@", contents.component).encode()
    _add_bytes(archive, "uninstall", goodbye, 0o755, contents.epoch)
    _add_bytes(archive, "version/.release/manifest.json", contents.manifest, 0o644, contents.epoch)
    return size


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes, mode: int, epoch: int) -> None:
    _add(archive, name, io.BytesIO(content), len(content), mode, epoch)


def _add_folder(archive: tarfile.TarFile, folder: Path, name: str, epoch: int) -> int:
    size = 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found = path.stat()
        size += found.st_size
        with path.open("rb") as opened:
            mode = 0o755 if found.st_mode & 0o100 else 0o644
            _add(archive, f"{name}/{path.relative_to(folder).as_posix()}", opened, found.st_size, mode, epoch)
    return size


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int, mode: int, epoch: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, mode, epoch
    archive.addfile(entry, content)
