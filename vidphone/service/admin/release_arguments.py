"""The commands of `vidphone admin release-staff`, as they are written."""

import argparse
from collections.abc import Callable

ABOUT = "support staff who hand in releases (docs/releases.md)"


def describe(add: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Describe the commands of the group; `add` makes one."""
    named = "small letters, digits, dots and dashes"
    add("add", "a token for a member of staff, shown once").add_argument("--name", required=True, help=named)
    add("remove", "end a member's token").add_argument("--name", required=True)
    add("list", "the members")
    add("online-keys", "the service's public keys, for an offline ceremony")
