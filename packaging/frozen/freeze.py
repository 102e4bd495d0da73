"""Freezes the program and its launcher: one run of PyInstaller, the same bytes for the same commit and environment.

What PyInstaller leaves is put in order: no links (an upgrade's list of files has none), two modes, the operator's own
files and all licences in the assets.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import contents
import licence_texts

SPEC = Path(__file__).with_name("vidphone.spec")
GPL = re.compile(r"lib(x264|x265|postproc|xvidcore)\b|(^|[^a-z])x26[45]", re.IGNORECASE)
"""Libraries under the GPL, by name: what PyAV's wheels of the package index carry, and what FFmpeg may have besides."""
GPL_NEEDED = re.compile(rb"libx26[45][-.]|--enable-(?:gpl|nonfree|libx26[45]|libxvid|libxavs2?|libdavs2)\b")
"""How FFmpeg's libraries ask the loader for them, and how their configuration, which they carry, tells of them where
they are linked in."""


@dataclass(frozen=True)
class Wish:
    """What is to be built; `epoch` in seconds since 1970, `operator` and `pyav` by path or not at all."""

    build: Path
    epoch: int
    operator: Path | None = None
    pyav: Path | None = None
    gpl: bool = True


@dataclass(frozen=True)
class Frozen:
    """The two folders, and how long it took in seconds."""

    program: Path
    launcher: Path
    took_s: float


def freeze(wish: Wish) -> Frozen:
    """Freeze what the checkout holds into `wish.build`, which is emptied first.

    Raises:
        SystemExit: PyInstaller failed, or something is in it that must not be, or nobody knows its licence.
    """
    began_s = time.monotonic()
    shutil.rmtree(wish.build, ignore_errors=True)
    wish.build.mkdir(parents=True)
    environment = os.environ | {
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": str(wish.epoch),
        "VIDPHONE_ASSETS": str(_assets(wish)),
        "VIDPHONE_PYAV": str(_pyav(wish) or ""),
    }
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    folders = ["--distpath", str(wish.build / "frozen"), "--workpath", str(wish.build / "work"), str(SPEC)]
    log = wish.build / "pyinstaller.log"
    with log.open("wb") as said:
        done = subprocess.run(
            [*command, *folders], env=environment, stdout=said, stderr=said, cwd=wish.build, check=False
        )
    if done.returncode:
        last = "\n".join(log.read_text(errors="replace").split("\n")[-20:])
        raise SystemExit(f"PyInstaller failed; its last words, of {log}:\n{last}")
    program, launcher = wish.build / "frozen" / "program", wish.build / "frozen" / "launcher"
    if not wish.gpl and (found := gpl_libraries(program)):
        raise SystemExit(
            "this is not free of GPL codecs: " + ", ".join(found) + ". Name a wheel of PyAV that was built without "
            "x264 and x265: make package WITHOUT_GPL=1 PYAV=<file> (docs/packages.md)"
        )
    tidy(program, wish.epoch)
    tidy(launcher, wish.epoch)
    licence_texts.collect(program / "_internal", program / "_internal/vidphone/assets/licences")
    tidy(program, wish.epoch)
    return Frozen(program, launcher, time.monotonic() - began_s)


def gpl_libraries(folder: Path) -> list[str]:
    """Libraries under the GPL in a folder, and libraries that ask for one to be loaded; their paths, sorted."""
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or not (".so" in path.name or path.suffix in {".dll", ".dylib"}):
            continue
        if GPL.search(path.name) or (path.name.startswith("libav") and GPL_NEEDED.search(path.read_bytes())):
            found.append(path.relative_to(folder).as_posix())
    return found


def tidy(folder: Path, epoch: int) -> None:
    """Take out links, give files the modes 0644 and 0755 and the time `epoch`.

    PyInstaller links every library of a sub-folder into the top one; the libraries find each other without.
    """
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_symlink():
            path.unlink()
            continue
        if path.is_file():
            path.chmod(0o755 if path.name == "vidphone" or path.suffix == ".exe" else 0o644)
        elif not any(path.iterdir()):
            path.rmdir()
            continue
        else:
            path.chmod(0o755)
        os.utime(path, (epoch, epoch))


def _assets(wish: Wish) -> Path:
    """The assets with what the operator adds: `root.json` (whom upgrades are believed) and `operator.json`."""
    folder = wish.build / "assets"
    shutil.copytree(contents.ROOT / "assets", folder)
    if wish.operator is None:
        return folder
    upgrades = folder / "upgrades"
    upgrades.mkdir(exist_ok=True)
    for name in ("root.json", "operator.json"):
        path = wish.operator / name
        try:
            content = path.read_bytes()
            json.loads(content)
        except (OSError, ValueError) as error:
            raise SystemExit(f"{path} cannot be read: {error}") from None
        (upgrades / name).write_bytes(content)
    return folder


def _pyav(wish: Wish) -> Path | None:
    """A folder with the operator's own build of PyAV, which is preferred to the installed one."""
    if wish.pyav is None:
        return None
    folder = wish.build / "pyav"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(folder)]
    if subprocess.run([*command, str(wish.pyav.resolve())], check=False).returncode:
        raise SystemExit(f"{wish.pyav} is no wheel for this Python")
    return folder
