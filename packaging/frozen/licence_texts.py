"""Full texts of the licences of everything in a frozen folder, put into its assets; nothing goes without one.

A shared library is known by the package in whose folder it lies, by `licence-texts/bundled.json` where its wheel says
nothing, or by the package of the Linux distribution that it was taken from.
"""

from __future__ import annotations

import fnmatch
import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path, PurePath
from typing import Any

import contents

TEXTS = contents.ROOT / "packaging" / "licence-texts"
_NAMES = re.compile(r"licen[cs]e|copying|notice|copyright", re.IGNORECASE)
_CODE = {".py", ".pyc", ".pyi", ".so", ".html"}


def collect(internal: Path, folder: Path) -> list[str]:
    """Copy the texts for the frozen program `internal` (its `_internal`) into `folder`; lines of an index, sorted.

    Raises:
        SystemExit: a library or package whose licence nobody knows; named.
    """
    index = {*_of_packages(folder), *_of_python(folder)}
    table = json.loads((TEXTS / "bundled.json").read_text(encoding="utf-8"))["libraries"]
    nameless = []
    for library in sorted(path for path in internal.rglob("*") if _is_library(path)):
        path = library.relative_to(internal).as_posix()
        row = next((row for row in table if _is_of(row, path, library)), None)
        if row is not None:
            for text in row[3]:
                shutil.copyfile(TEXTS / text, _made(folder / "texts") / text)
            index.add(f"{row[1]}: {row[2]} ({', '.join(f'texts/{text}' for text in row[3])})")
        elif path.count("/") == 0 and not path.startswith(("_cffi", "libpython")):
            found = _of_system(library.name, folder)
            (index.add(found) if found else nameless.append(path))
    if nameless:
        raise SystemExit(f"the licences of these libraries are not known: {', '.join(nameless)}")
    lines = sorted(index)
    (folder / "INDEX.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    shutil.copyfile(contents.ROOT / "LICENSE", folder / "vidphone-LICENSE")
    shutil.copyfile(contents.ROOT / "THIRD-PARTY-LICENSES.md", folder / "THIRD-PARTY-LICENSES.md")
    return lines


def _is_of(row: list[Any], path: str, library: Path) -> bool:
    """Whether a row of the table is that of a library: by its path and, in rows of five, by what FFmpeg says in it."""
    return fnmatch.fnmatch(path, row[0]) and (len(row) < 5 or row[4].encode() in library.read_bytes())


def _is_library(path: Path) -> bool:
    return path.is_file() and (".so" in path.name or path.suffix in {".dll", ".dylib"})


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _of_packages(folder: Path) -> list[str]:
    lines, without = [], []
    for name in sorted(contents.wanted_distributions()):
        found = distribution(name)
        texts = sorted({_below_metadata(one): one for one in found.files or [] if _is_text(one)}.items())
        if not texts:
            if not name.startswith(("pyside6", "shiboken6")):  # theirs are in the table
                without.append(name)
            continue
        for called, text in texts:
            shutil.copyfile(str(text.locate()), _made(folder / "packages") / f"{name}-{called}")
        said = found.metadata.get("License-Expression") or found.metadata.get("License") or "see its text"
        lines.append(f"{name} {found.version}: {said.strip().partition(chr(10))[0][:120]} (packages/{name}-*)")
    if without:
        raise SystemExit(f"no licence text comes with {', '.join(without)}")
    return lines


def _is_text(path: PurePath) -> bool:
    in_folder = any(part.lower() == "licenses" for part in path.parts[:-1])
    return (in_folder or bool(_NAMES.search(path.name))) and path.suffix not in _CODE


def _below_metadata(path: PurePath) -> str:
    """A name of its own for each text, from where it lies."""
    parts = [part for part in path.parts if not part.endswith(".dist-info") and part.lower() != "licenses"]
    return "-".join(parts)


def _of_python(folder: Path) -> list[str]:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    places = (
        Path(sys.base_prefix) / "lib" / f"python{version}" / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE.txt",
        Path(f"/usr/share/doc/python{version}/copyright"),
        Path(f"/usr/share/doc/libpython{version}-minimal/copyright"),
    )
    place = next((place for place in places if place.is_file()), None)
    if place is None:
        raise SystemExit(f"the licence of Python {version} is not beside it")
    shutil.copyfile(place, _made(folder / "packages") / "python-LICENSE.txt")
    lines = [f"Python {version}: PSF-2.0 (packages/python-LICENSE.txt)"]
    try:
        bootloader = distribution("pyinstaller")
    except PackageNotFoundError:
        return lines
    for text in bootloader.files or []:
        if text.name == "COPYING.txt":
            shutil.copyfile(str(text.locate()), folder / "packages" / "pyinstaller-COPYING.txt")
    return [*lines, "PyInstaller's boot loader: GPL-2.0-or-later with its exception (packages/pyinstaller-COPYING.txt)"]


def _of_system(name: str, folder: Path) -> str | None:
    """The line for a library that came from the distribution; its copyright file is copied."""
    if sys.platform != "linux":
        return f"{name}: of Python or of the system's own libraries"
    answer = subprocess.run(["dpkg", "-S", f"*/{name}"], capture_output=True, text=True, check=False)
    for line in answer.stdout.splitlines():
        package = line.partition(":")[0]
        text = Path("/usr/share/doc") / package / "copyright"
        if text.is_file():
            shutil.copyfile(text, _made(folder / "system") / package)
            return f"{package}: from the distribution (system/{package})"
    return None
