"""Writes THIRD-PARTY-LICENSES.md: what vidphone runs on, from the metadata of the packages in packaging/locks/run.txt.

Run it in an environment that holds them: `.venv/bin/python packaging/licences.py`.
"""

import re
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OTHER_SYSTEMS = {"colorama": "BSD-3-Clause", "pywin32-ctypes": "BSD-3-Clause", "pyobjc": "MIT"}
"""Packages that are installed on Windows or macOS only, so that no metadata is here to read."""
NAMED = {
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}

HEAD = """\
# Third-party software

vidphone itself is under the Apache License 2.0 (`LICENSE`). It runs on the packages below, which are installed beside
it and keep their own licences; the full text of each lies in the package (`*.dist-info/`), and that of everything in a
frozen program in its `licences` folder (docs/packages.md). This list is written by `packaging/licences.py` from what
the packages say of themselves.

## What to know before passing it on

- **PyAV** (`av`, BSD-3-Clause) brings FFmpeg (LGPL-3.0-or-later) and with it **x264 and x265 (GPL-2.0-or-later)** in
  its wheel. Installing it from the package index is no matter; a build that ships these libraries inside falls under
  the GPL. An operator who ships closed software builds PyAV without them (`packaging/pyav_without_gpl.sh`, then
  `make package WITHOUT_GPL=1`, docs/packages.md): its FFmpeg is LGPL-2.1-or-later, SVT-AV1, dav1d, libvpx and Opus are
  under BSD licences, and calls then send AV1, VP9 or VP8.
- **PySide6 and Qt** are used under the LGPL-3.0: dynamically linked, unchanged, and replaceable.
- **OpenCV** (`opencv-python-headless`, Apache-2.0) brings its own FFmpeg (LGPL-2.1-or-later).
- **pywebrtc-audio** (Apache-2.0) holds WebRTC's audio processing (BSD-3-Clause, with a grant of patents) in its
  library.
- **Icons** in `assets/icons/` are from Lucide (ISC, https://lucide.dev) but for `vidphone.svg` and `coin.svg`; their
  licence lies beside them and is part of every installation.
- `@roamhq/wrtc` (BSD-2-Clause) is the foreign phone of the tests and part of no installation.

## Packages

| package | version | licence | home |
|---|---|---|---|
"""


def locked() -> list[tuple[str, str]]:
    """Names and versions in the lock; the first version where there is one for each Python."""
    lines = (ROOT / "packaging" / "locks" / "run.txt").read_text(encoding="utf-8")
    pins: dict[str, str] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", lines, re.MULTILINE):
        pins.setdefault(name, version)
    return sorted(pins.items())


def licence_of(found: PackageMetadata) -> str:
    """The licence in as few words as the metadata allow."""
    said = found.get("License-Expression") or found.get("License") or ""
    classified = [line.rpartition(" :: ")[2] for line in found.get_all("Classifier", []) if line.startswith("License")]
    if not said or len(said) > 60 or "\n" in said:
        said = " AND ".join(NAMED.get(name, name) for name in classified) or said.strip().partition("\n")[0]
    return NAMED.get(said, said)


def home_of(found: PackageMetadata) -> str:
    """Where the source is, or the project's own site."""
    links = dict(line.split(", ", 1) for line in found.get_all("Project-URL", []) if ", " in line)
    by_name = {name.lower(): link for name, link in links.items()}
    for name in ("source", "source code", "repository", "github", "homepage", "home"):
        if name in by_name:
            return by_name[name]
    return found.get("Home-page") or next(iter(links.values()), "")


def row(name: str, version: str) -> str:
    """One line of the table.

    Raises:
        SystemExit: the package is neither installed nor one of another system.
    """
    try:
        found = metadata(name)
    except PackageNotFoundError:
        for stem, licence in OTHER_SYSTEMS.items():
            if name.startswith(stem):
                return f"| {name} | {version} | {licence} | |\n"
        raise SystemExit(f"{name} is not installed here, so its licence is not known") from None
    return f"| {name} | {version} | {licence_of(found)} | {home_of(found)} |\n"


if __name__ == "__main__":
    rows = "".join(row(name, version) for name, version in locked())
    (ROOT / "THIRD-PARTY-LICENSES.md").write_text(HEAD + rows, encoding="utf-8")
