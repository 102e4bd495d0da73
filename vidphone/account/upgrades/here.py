"""What an installation has already: the build that runs, and the contents of all versions that are here."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from vidphone.installation.errors import InstallationError
from vidphone.installation.tree import Installation
from vidphone.wire.releases import Manifest

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Here:
    """As it is now. Reads manifests only: whoever uses a content compares its hash."""

    installation: Installation | None
    running: Manifest | None = None
    """Of the build that runs; None: none that we know of."""
    blocked: frozenset[str] = frozenset()
    files: dict[str, Path] = field(default_factory=dict)
    """A file with each content, by its hash."""
    sizes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.installation is None:
            return
        self.blocked = frozenset(self.installation.blocked())
        current = self.installation.running() or self.installation.current()
        for build_id in self.installation.versions():
            try:
                manifest = Manifest.model_validate_json(self.installation.manifest_of(build_id))
                folder = self.installation.path_of(build_id)
            except (ValidationError, InstallationError) as error:
                log.info("%s: %s", build_id, type(error).__name__)
                continue
            if build_id == current:
                self.running = manifest
            for file in manifest.files:
                self.files.setdefault(file.sha256, folder / file.path)
                self.sizes[file.sha256] = file.size
