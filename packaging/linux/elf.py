"""What the executables and libraries of a folder ask of the system they will run on."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

_NEEDED = re.compile(r"\(NEEDED\).*\[(.+)\]")
_GLIBC = re.compile(rb"GLIBC_(\d+)\.(\d+)")
MAGIC = b"\x7fELF"


def elf_files(folder: Path) -> list[Path]:
    """Executables and shared libraries below a folder, sorted."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as opened:
                if opened.read(4) == MAGIC:
                    found.append(path)
    return found


def needed_glibc(folder: Path) -> tuple[int, int]:
    """The oldest C library that everything in a folder loads on."""
    versions = {
        (int(major), int(minor)) for path in elf_files(folder) for major, minor in _GLIBC.findall(path.read_bytes())
    }
    return max(versions)


def asked_of_system(folder: Path) -> list[str]:
    """Names of shared libraries that something in the folder needs and the folder does not hold, sorted."""
    files = elf_files(folder)
    asked: set[str] = set()
    for start in range(0, len(files), 100):
        command = ["readelf", "--dynamic", *map(str, files[start : start + 100])]
        english = os.environ | {"LC_ALL": "C"}
        answer = subprocess.run(command, capture_output=True, text=True, check=True, env=english)
        asked.update(_NEEDED.findall(answer.stdout))
    return sorted(asked - {path.name for path in files})


def debian_packages(libraries: list[str]) -> list[str]:
    """The Debian packages that hold these libraries here, sorted; the loader and what nobody has left out."""
    packages = set()
    for library in libraries:
        answer = subprocess.run(["dpkg", "-S", f"*/{library}"], capture_output=True, text=True, check=False)
        names = [line.partition(":")[0] for line in answer.stdout.splitlines() if line.endswith(f"/{library}")]
        packages.update(sorted(names, key=len)[:1])
    return sorted(packages)
