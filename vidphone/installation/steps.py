"""Every step at which an installation can be cut off, in one place.

Whoever changes a disk says so here, right after each change. Between any two steps the power may fail: a test walks
through all of them, and afterwards the old version or the new one starts, whole.
"""

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """What has just been done. In the order of an upgrade; steps of small files occur wherever one is written."""

    OTHERS_CLEARED = "unfinished versions of other builds are removed"
    STAGING_MADE = "the folder for the new version is there"
    FILE_BEGUN = "the place of a file of it is free"
    FILE_WRITTEN = "its content is written"
    FILE_PLACED = "it bears its name"
    EXTRAS_REMOVED = "nothing is in the folder that the manifest does not name"
    HASHED = "every file is what the manifest says"
    FILES_SYNCED = "every file is on the disk"
    FOLDERS_SYNCED = "every name in the folder is on the disk"
    MOVED = "the folder bears the name of a version"
    VERSIONS_SYNCED = "so it does on the disk"
    SMALL_WRITTEN = "the pointer, the state or a record is written beside the one in force"
    SMALL_SYNCED = "it is on the disk"
    SMALL_SWAPPED = "it is in force"
    SMALL_KEPT = "so it is on the disk"
    SET_ASIDE = "a version is out of the way"
    REMOVED = "it is gone"


Reached = Callable[[Step], None]


def unobserved(_step: Step) -> None:
    """Nobody watches."""
