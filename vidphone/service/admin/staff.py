"""Who works in the console: `staff …`. Each function prints what it did."""

import time
from collections.abc import Sequence

from vidphone.service.admin.said import actor, moment, print_table, refused, say, words
from vidphone.service.staff.register import LINK_S, NAME, NoStaff, StaffExists, StaffRegister
from vidphone.service.staff.roles import Role

HOUR_S = 3600
LOCAL = "http://localhost:8420"
"""Where the console is opened from while the configuration does not say."""


def add(register: StaffRegister, url: str | None, name: str, roles: Sequence[str]) -> None:
    """A new member, and the link by which they set up how they sign in."""
    if not NAME.fullmatch(name):
        raise refused("staff.bad-name")
    try:
        token = register.add(name, [Role(role) for role in roles], actor(), time.time())
    except StaffExists:
        raise refused("staff.exists", name=name) from None
    say("staff.added", name=name, roles=", ".join(sorted(roles)))
    _show_link(url, token)


def set_roles(register: StaffRegister, name: str, roles: Sequence[str]) -> None:
    """Other roles for a member."""
    try:
        register.set_roles(name, [Role(role) for role in roles], actor(), time.time())
    except NoStaff:
        raise refused("staff.unknown", name=name) from None
    say("staff.roles", name=name, roles=", ".join(sorted(roles)))


def revoke(register: StaffRegister, name: str) -> None:
    """A member signs in no more."""
    try:
        register.revoke(name, actor(), time.time())
    except NoStaff:
        raise refused("staff.unknown", name=name) from None
    say("staff.revoked", name=name)


def reset(register: StaffRegister, url: str | None, name: str) -> None:
    """A member sets up anew how they sign in."""
    try:
        token = register.reset(name, actor(), time.time())
    except NoStaff:
        raise refused("staff.unknown", name=name) from None
    say("staff.reset", name=name)
    _show_link(url, token)


def show_all(register: StaffRegister) -> None:
    """All members as a table."""
    found = register.list()
    if not found:
        say("staff.none")
        return
    rows = (
        (
            one.name,
            words("state.enabled" if one.enabled else "state.disabled"),
            ", ".join(sorted(one.roles)),
            str(one.passkeys + one.has_code),
            moment(one.signed_in_at),
        )
        for one in found
    )
    print_table(("name", "state", "roles", "ways", "seen"), rows)


def _show_link(url: str | None, token: str) -> None:
    link = f"{url or LOCAL}/console/enrol/{token}"
    say("staff.link", link=link, hours=round(LINK_S / HOUR_S))
    if url is None:
        say("staff.no-url")
