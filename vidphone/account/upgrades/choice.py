"""Which of the builds on offer is for this installation (clauses 3 and 8). Pure: the time is an argument."""

from collections.abc import Iterable
from dataclasses import dataclass

from vidphone.wire.releases import Manifest, version_key

MAX_DELAY_S = 604_800.0
"""How long a person may put off a build in all, from when it was first shown."""


@dataclass(frozen=True, slots=True)
class Asker:
    """An installation, as far as it matters to what it is offered."""

    platform: str
    install_id: str
    version: str
    """Of the program that runs."""
    build_id: str | None = None
    """None: it runs from source, or was packaged by a distribution."""
    sequence: int | None = None
    """Of the build that runs; None: nobody knows, and versions are compared."""
    account_number: str | None = None
    """None: nobody has signed in."""
    blocked: frozenset[str] = frozenset()
    """Builds that failed on this installation."""
    held: frozenset[str] = frozenset()
    """Builds the service withholds for now."""


def choose(manifests: Iterable[Manifest], asker: Asker, now: float) -> Manifest | None:
    """The newest build that is for this installation; None: what runs is right as it is."""
    manifests = tuple(manifests)
    required = minimum(manifests, asker)
    sequence = _standing(manifests, asker)
    fitting = [manifest for manifest in manifests if _is_for(manifest, asker, sequence, now, required)]
    return max(fitting, key=lambda manifest: manifest.sequence, default=None)


def minimum(manifests: Iterable[Manifest], asker: Asker) -> str | None:
    """The least version that may call, where what runs is below it; None: it is not.

    Builds for named accounts demand nothing of others, and one that nobody can have, or not here, nothing at all.
    """
    least = [m.min_version for m in manifests if _is_meant(m, asker) and not _is_withheld(m, asker)]
    highest = max(least, key=version_key, default=asker.version)
    return highest if version_key(asker.version) < version_key(highest) else None


def delayed_until(first_shown_at: float, now: float, hours: float, *, must: bool) -> float:
    """Until when a build is put off if a person asks for `hours`: within bounds, and not where it must be taken."""
    if must:
        return now
    return max(now, min(now + max(hours, 0.0) * 3_600, first_shown_at + MAX_DELAY_S))


def _is_meant(manifest: Manifest, asker: Asker) -> bool:
    named = not manifest.accounts or asker.account_number in manifest.accounts
    return manifest.platform == asker.platform and named


def _is_withheld(manifest: Manifest, asker: Asker) -> bool:
    return manifest.halted or manifest.build_id in asker.blocked | asker.held


def _is_for(manifest: Manifest, asker: Asker, sequence: int | None, now: float, required: str | None) -> bool:
    if not _is_meant(manifest, asker) or _is_withheld(manifest, asker) or manifest.build_id == asker.build_id:
        return False
    if not _is_newer(manifest, asker, sequence):
        return False
    if required is not None:  # who cannot call is not made to wait for a turn
        return version_key(manifest.version) >= version_key(required)
    return manifest.rollout.reaches(asker.install_id, now - manifest.created_at)


def _standing(manifests: tuple[Manifest, ...], asker: Asker) -> int | None:
    """The sequence of what runs, or a later one under which the same build is offered again: a rollback stays."""
    if asker.sequence is None:
        return None
    again = [m.sequence for m in manifests if m.build_id == asker.build_id and _is_meant(m, asker)]
    return max([asker.sequence, *again])


def _is_newer(manifest: Manifest, asker: Asker, sequence: int | None) -> bool:
    if sequence is not None:
        return manifest.sequence > sequence
    return version_key(manifest.version) > version_key(asker.version)
