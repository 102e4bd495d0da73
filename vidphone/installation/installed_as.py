"""Who keeps this program up to date: itself, a distribution's package manager, or whoever works on its source."""

import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from vidphone.installation.layout import read_small
from vidphone.installation.tree import BUILD_VARIABLE, ROOT_VARIABLE, Installation

DISTRIBUTION_FILE = Path("_internal/vidphone/assets/upgrades/distribution")
"""Beside the program: names what packaged it; its being there means that the program keeps its hands off itself."""


class InstalledAs(StrEnum):
    """How the program came here."""

    SELF_UPDATING = "self-updating"
    PACKAGE = "package"
    SOURCE = "source"


def installed_as(
    environment: Mapping[str, str] = os.environ, program: Path | None = None, package: Path | None = None
) -> InstalledAs:
    """How this program came here; `program`: its executable, `package`: the folder of `vidphone`.

    Only a program that the launcher of a tree started out of that tree, and that may write there, upgrades itself.
    """
    executable = program or Path(sys.executable)
    if not distribution(executable):
        root, build_id = environment.get(ROOT_VARIABLE, ""), environment.get(BUILD_VARIABLE, "")
        installation = Installation(Path(root), environment=environment)
        if root and installation.running() and installation.is_writable():
            version = installation.layout.version(build_id)
            if executable.resolve().is_relative_to(version.resolve()):
                return InstalledAs.SELF_UPDATING
    of_source = (package or Path(__file__).parents[1]).parent / "pyproject.toml"
    return InstalledAs.SOURCE if of_source.is_file() else InstalledAs.PACKAGE


def distribution(program: Path | None = None) -> str:
    """What packaged the program: `deb`, `rpm`; `pip` for a Python environment; empty where nothing says so."""
    executable = program or Path(sys.executable)
    named = read_small(executable.parent / DISTRIBUTION_FILE, 64)
    if named is not None:
        return named.decode("ascii", "replace").strip() or "package"
    return "" if getattr(sys, "frozen", False) or program is not None else _of_environment()


def _of_environment() -> str:
    return "pip" if "site-packages" in Path(__file__).parts else ""
