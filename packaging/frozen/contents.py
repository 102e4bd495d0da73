"""What is frozen into the program and what stays out, for `vidphone.spec`: computed from what the project asks for.

An environment of development holds much that a customer needs not. Everything that is installed but is not asked for
by the project's own dependencies (followed through theirs, without extras) is left out by name.
"""

from __future__ import annotations

import fnmatch
import re
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "vidphone"
OTHER_SIDE = ("vidphone.service", "vidphone.release", "vidphone.demo")
"""What customers have no use for: the provider's service, the tools of releases, the demonstration."""

NEVER_USED = (
    "PIL", "fontTools", "lxml", "mypy", "pygments", "rich", "uharfbuzz",  # drawing and lists of trust, by signers
    "zstandard._cffi", "zstandard.backend_cffi", "zstandard.backend_rust",  # one of three of the same
    "_pytest", "IPython", "curses", "idlelib", "lib2to3", "readline", "tkinter", "test", "turtle",
    "numpy.f2py", "numpy.testing", "numpy._pyinstaller", "PySide6.QtQml", "PySide6.QtQuick",
)  # fmt: skip
"""Modules of packages that are asked for, which no way through this program comes to."""

FILES_LEFT_OUT = (
    "libSvtAv1Enc.so*", "libvpx.so*", "libx264.so*", "libx265.so*", "libopus.so*",  # PyAV's wheel carries its own
    "libstdc++.so*", "libgcc_s.so*", "libmvec.so*", "libasound.so*", "libsystemd*",  # the system's own
    "libcups.so*", "libavahi-*", "libgnutls.so*", "libhogweed.so*", "libnettle.so*", "libp11-kit.so*", "libtasn1.so*",
    "libidn2.so*", "libunistring.so*", "libgmp.so*",  # printing: where there is no CUPS there is no printer
    "libgtk-3.so*", "libgdk-3.so*", "libgdk_pixbuf*", "libatk*", "libatspi*", "libepoxy*", "libcairo*", "libpango*",
    "libpixman*", "libthai*", "libdatrie*", "libfribidi*", "libharfbuzz.so*", "libgraphite2.so*", "libgio-2*",
    "libgmodule-2*", "libgobject-2*", "libmount.so*", "libblkid.so*", "libselinux*", "libjpeg.so*", "libXcomposite.so*",
    "libXcursor.so*", "libXdamage.so*", "libXext.so*", "libXfixes.so*", "libXi.so*", "libXinerama.so*",
    "libXrandr.so*", "libXrender.so*", "*/platformthemes/libqgtk3.so",  # GTK, by a theme of Qt alone
    "libXau.so*", "libXdmcp.so*", "libbsd.so*", "libmd.so*",  # of libxcb, which is the system's
    "libgcrypt.so*", "libgpg-error.so*", "libcap.so*", "liblz4.so*",  # of libsystemd
    "*/_dbm.*", "*/_gdbm.*", "libgdbm*", "libreadline*", "libncurses*", "libtinfo*",
    "*/egldeviceintegrations/*", "*/platforms/libqeglfs.so", "*/platforms/libqvnc.so",
    "*/platforms/libqlinuxfb.so", "*/platforms/libqvkkhrdisplay.so", "*/platforms/libqminimal*.so",
    "*/libQt6Egl*", "*/generic/libqevdev*", "*/generic/libqtuio*", "*/networkinformation/*",
    "*/imageformats/libqtiff.so", "*/imageformats/libqtga.so", "*/imageformats/libqwbmp.so",
    "*/imageformats/libqicns.so", "*/wayland-shell-integration/libivi*", "*/Qt/translations/*",
)  # fmt: skip
"""Files that PyInstaller finds and the program has no use for, by pattern of their path."""


@cache
def wanted_distributions() -> frozenset[str]:
    """The canonical names of what the project needs to run, through all levels, without any extra.

    Raises:
        SystemExit: something of it is not installed.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    seen: set[str] = set()
    waiting = _names(project["dependencies"])
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        try:
            required = distribution(name).requires or []
        except PackageNotFoundError:
            raise SystemExit(f"{name} is needed and not installed: packaging/setup.sh package") from None
        seen.add(name)
        waiting += _names(required)
    return frozenset(seen)


def _names(requirements: Iterable[str]) -> list[str]:
    """Those that count on this system, without extras."""
    parsed = [Requirement(line) for line in requirements]
    return [canonical(one.name) for one in parsed if one.marker is None or one.marker.evaluate({"extra": ""})]


def canonical(name: str) -> str:
    """A distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def unwanted_modules() -> list[str]:
    """Top-level modules of everything that is installed here and not wanted, and what is never used of the wanted."""
    wanted = wanted_distributions()
    others = [
        module
        for module, owners in packages_distributions().items()
        if module.isidentifier() and not {canonical(owner) for owner in owners} & wanted
    ]
    return sorted({*others, *NEVER_USED, *OTHER_SIDE} - {"vidphone"})


def own_modules() -> list[str]:
    """Every module of ours that goes along, so that what is imported late is there too."""
    names = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ("vidphone", *path.relative_to(PACKAGE).with_suffix("").parts)
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not any(name == side or name.startswith(f"{side}.") for side in OTHER_SIDE) and name != "vidphone.__main__":
            names.append(name)
    return names


def is_left_out(path: str, patterns: Sequence[str] = FILES_LEFT_OUT) -> bool:
    """Whether a file of the collection (its path in the folder, with slashes) stays out."""
    return any(fnmatch.fnmatch(path, pattern) for pattern in patterns)


def keep(entries: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """PyInstaller's table without what stays out, in an order that does not depend on the file system."""
    return sorted(entry for entry in entries if not is_left_out(entry[0].replace("\\", "/")))
