"""What members of staff may do. Pure."""

from collections.abc import Collection
from enum import StrEnum


class Role(StrEnum):
    """A member of staff has any of these, and may do what one of them allows."""

    SUPPORT = "support"
    """Customers: their data, identity reviews, numbers, cases."""
    BILLING = "billing"
    """Money: bills, payments, adjustments."""
    RELEASE = "release"
    """Builds of the program, and whom they reach."""
    AUDIT = "audit"
    """Reads everything that was done, and does nothing."""


ALL = frozenset(Role)


def written(roles: Collection[Role]) -> str:
    """As the database has them: `audit,support`."""
    return ",".join(sorted(roles))


def read(roles: str) -> frozenset[Role]:
    """What `written` wrote; what a later version wrote besides counts for nothing here."""
    known = {role.value for role in Role}
    return frozenset(Role(role) for role in roles.split(",") if role in known)
