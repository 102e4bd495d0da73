"""Which program this is: version, build, channel, platform, and how it came onto this machine."""

import json
import logging
import os
import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vidphone import __version__
from vidphone.installation.errors import InstallationError
from vidphone.installation.installed_as import InstalledAs, distribution, installed_as
from vidphone.installation.tree import BUILD_VARIABLE, ROOT_VARIABLE, Installation

log = logging.getLogger(__name__)

NO_CHANNEL = "none"
_SYSTEMS = {"linux": "linux", "win32": "windows", "darwin": "macos"}
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_CHANNELS = frozenset({"stable", "beta", "test"})


@dataclass(frozen=True, slots=True)
class ThisProgram:
    """What runs here."""

    version: str
    build: str
    """The id of the build; of a program that is none, its version and how it was installed."""
    installed_as: InstalledAs
    distribution: str
    """What the package was made for, `deb` for one; empty where that is not known, or it is no package."""
    root: Path | None
    """The tree that its launcher keeps; None where it does not upgrade itself."""

    @classmethod
    def here(cls, environment: Mapping[str, str] = os.environ) -> "ThisProgram":
        """This process."""
        how = installed_as(environment)
        if how is InstalledAs.SELF_UPDATING:
            return cls(__version__, environment[BUILD_VARIABLE], how, "", Path(environment[ROOT_VARIABLE]))
        made_for = distribution() if how is InstalledAs.PACKAGE else ""
        suffix = re.sub(r"[^0-9A-Za-z.-]", "", made_for) or how.value
        return cls(__version__, f"{__version__}+{suffix}"[:80], how, made_for, None)

    def installation(self) -> Installation | None:
        """The tree of versions that this one is part of."""
        return None if self.root is None else Installation(self.root)

    def channel(self) -> str:
        """The channel that the build came from; `none` where it came from nowhere. Reads a file."""
        installation = self.installation()
        if installation is None:
            return NO_CHANNEL
        try:
            found = json.loads(installation.manifest_of(self.build)).get("channel")
        except (InstallationError, ValueError, AttributeError):
            log.warning("the manifest of this build cannot be read")
            return NO_CHANNEL
        return found if found in _CHANNELS else NO_CHANNEL


def platform_name() -> str:
    """System and processor, as releases are named: `linux-x86_64`."""
    machine = re.sub(r"[^a-z0-9_]", "", platform.machine().lower()) or "unknown"
    system = _SYSTEMS.get(sys.platform, re.sub(r"[^a-z]", "", sys.platform) or "other")
    return f"{system}-{_MACHINES.get(machine, machine)}"
