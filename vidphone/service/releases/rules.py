"""When a build is held back by itself. Pure."""

from vidphone.service.releases.settings import ReleasesSettings
from vidphone.wire.releases import BuildEvent

FAILURES = frozenset({BuildEvent.CRASHED, BuildEvent.FELL_BACK})
"""What counts against a build. One that could not be installed says more of the machine than of the build."""


def holds(failed: int, accounts: int, settings: ReleasesSettings) -> bool:
    """Whether a build is to be offered to nobody any more.

    Args:
        failed: Accounts where it crashed or fell back, each counted once.
        accounts: All that reported anything of it.
        settings: The bounds.
    """
    return failed >= settings.hold_failures and failed * 100 >= accounts * settings.hold_percent
