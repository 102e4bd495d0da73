"""A build that was found, and how far it has come."""

from collections.abc import Callable
from dataclasses import dataclass

from vidphone.wire.releases import Channel, Manifest, Notes

_STEPS = 200
"""Progress is told at most so often."""


@dataclass(frozen=True, slots=True)
class Found:
    """A build that is for this installation."""

    manifest: Manifest
    content: bytes
    """The manifest as it was signed."""
    proofs: dict[str, bytes]
    bytes_to_fetch: int
    """At most, as it looks now."""
    must: bool
    """What runs is below the minimum: it cannot be put off."""

    @property
    def build_id(self) -> str:
        """Its name."""
        return self.manifest.build_id

    @property
    def version(self) -> str:
        """Its version."""
        return self.manifest.version

    @property
    def channel(self) -> Channel:
        """Where it came from."""
        return self.manifest.channel

    @property
    def notes(self) -> Notes:
        """What changed."""
        return self.manifest.notes


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a download has come, in bytes of what travels."""

    done: int
    total: int


class Counter:
    """Adds up what came, and tells it in steps."""

    def __init__(self, total: int, tell: Callable[[Progress], None]) -> None:
        self._done, self._total, self._told, self._tell = 0, total, -1, tell
        self.came(0)

    def came(self, size: int) -> None:
        """So many bytes more."""
        self._done += size
        step = self._done * _STEPS // max(self._total, 1)
        if step != self._told:
            self._told = step
            self._tell(Progress(min(max(self._done, 0), self._total), self._total))
