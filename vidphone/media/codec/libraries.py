"""Where PyAV's wheels keep the codec libraries they carry."""

import ctypes
from pathlib import Path

import av


def find_library(name: str) -> Path | None:
    """The shared library of that name (without "lib"), or None; on Linux, Windows and macOS in this order."""
    package = Path(av.__file__).parent
    if ctypes.sizeof(ctypes.c_void_p) != 8:
        return None  # the structures are written down for 64 bit
    for folder, pattern in (
        (package.parent / "av.libs", f"lib{name}*.so*"),
        (package.parent / "av.libs", f"*{name}*.dll"),
        (package / ".dylibs", f"lib{name}*.dylib"),
    ):
        for found in sorted(folder.glob(pattern)):
            return found
    return None
