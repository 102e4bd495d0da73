"""Members of staff in the database: added, given roles, revoked, and given a link to set up how they sign in.

Everything here is in the audit chain. Blocking. Times are UTC seconds since 1970.
"""

import re
import secrets
from collections.abc import Collection
from typing import Any

import pyotp
from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select, update

from vidphone.service.audit.log import AuditLog
from vidphone.service.passwords import hash_token, new_token
from vidphone.service.staff.roles import Role, read, written
from vidphone.service.staff.values import Link, Staff
from vidphone.service.store.engine import writing
from vidphone.service.store.tables_staff import staff, staff_challenges, staff_links, staff_passkeys, staff_sessions
from vidphone.service.vault.vault import Vault

LINK_S = 86_400.0
"""How long a link to set up a sign-in holds."""
NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")


class NoStaff(Exception):
    """There is no such member of staff, or it was revoked."""


class StaffExists(Exception):
    """There is one of that name."""


class StaffRegister:
    """Who belongs to the staff."""

    def __init__(self, engine: Engine, vault: Vault, audit: AuditLog) -> None:
        self._engine = engine
        self._vault = vault
        self._audit = audit

    def add(self, name: str, roles: Collection[Role], actor: str, at: float) -> str:
        """A new member, and the secret of the link by which they set up their sign-in.

        Raises:
            ValueError: the name is none.
            StaffExists: there is one of that name, revoked perhaps: who did what must stay clear.
        """
        if not NAME.fullmatch(name):
            raise ValueError("a name of staff is short, in small letters")
        with writing(self._engine) as connection:
            if connection.scalar(select(staff.c.id).where(staff.c.name == name)) is not None:
                raise StaffExists
            row = {"name": name, "handle": secrets.token_bytes(32), "roles": written(roles), "enabled": True}
            made = insert(staff).values(**row, totp_step=0, created_at=at).returning(staff.c.id)
            member = int(connection.execute(made).scalar_one())
            details = {"roles": written(roles)}
            self._audit.append(connection, "staff-added", actor, f"staff:{member}", details, at)
            return self._link(connection, member, at)

    def set_roles(self, name: str, roles: Collection[Role], actor: str, at: float) -> None:
        """Other roles, which hold from the next thing that they ask for.

        Raises:
            NoStaff: there is no such member.
        """
        with writing(self._engine) as connection:
            member = _member(connection, name)
            connection.execute(update(staff).where(staff.c.id == member).values(roles=written(roles)))
            details = {"roles": written(roles)}
            self._audit.append(connection, "staff-roles", actor, f"staff:{member}", details, at)

    def revoke(self, name: str, actor: str, at: float) -> None:
        """They may no longer sign in, and are signed out everywhere.

        Raises:
            NoStaff: there is no such member.
        """
        with writing(self._engine) as connection:
            member = _member(connection, name)
            self._forget(connection, member)
            connection.execute(update(staff).where(staff.c.id == member).values(enabled=False))
            self._audit.append(connection, "staff-revoked", actor, f"staff:{member}", {}, at)

    def reset(self, name: str, actor: str, at: float) -> str:
        """Forget how they sign in, sign them out everywhere, and let them set it up anew: the secret of the link.

        A member who was revoked is one again, with the roles that they had.

        Raises:
            NoStaff: there never was such a member.
        """
        with writing(self._engine) as connection:
            member = _member(connection, name, revoked=True)
            self._forget(connection, member)
            connection.execute(update(staff).where(staff.c.id == member).values(enabled=True))
            self._audit.append(connection, "staff-reset", actor, f"staff:{member}", {}, at)
            return self._link(connection, member, at)

    def list(self) -> tuple[Staff, ...]:
        """All, by name."""
        with self._engine.connect() as connection:
            return tuple(_staff(row) for row in connection.execute(_counted().order_by(staff.c.name)))

    def one(self, member: int) -> Staff:
        """One of them.

        Raises:
            NoStaff: there is no such member.
        """
        with self._engine.connect() as connection:
            row = connection.execute(_counted().where(staff.c.id == member)).one_or_none()
        if row is None:
            raise NoStaff
        return _staff(row)

    def link(self, token: str, at: float) -> Link | None:
        """The open link of that secret; None where there is none, or no longer."""
        wanted = (
            select(staff_links, staff.c.name)
            .join(staff, staff.c.id == staff_links.c.staff_id)
            .where(staff_links.c.hash == hash_token(token), staff_links.c.expires_at > at, staff.c.enabled)
        )
        with self._engine.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            return None
        totp = self._vault.decrypt(row.totp, table="staff_links", row=row.hash, column="totp")
        return Link(row.staff_id, row.name, totp.decode())

    def _link(self, connection: Connection, member: int, at: float) -> str:
        token = new_token()
        known, totp = hash_token(token), pyotp.random_base32()
        sealed = self._vault.encrypt(totp.encode(), table="staff_links", row=known, column="totp")
        row = {"hash": known, "staff_id": member, "totp": sealed, "expires_at": at + LINK_S}
        connection.execute(insert(staff_links).values(row))
        return token

    @staticmethod
    def _forget(connection: Connection, member: int) -> None:
        for table in (staff_passkeys, staff_sessions, staff_links, staff_challenges):
            connection.execute(delete(table).where(table.c.staff_id == member))
        nothing = update(staff).where(staff.c.id == member).values(password_hash=None, totp=None)
        connection.execute(nothing)


def _member(connection: Connection, name: str, *, revoked: bool = False) -> int:
    wanted = select(staff.c.id).where(staff.c.name == name)
    if not revoked:
        wanted = wanted.where(staff.c.enabled)
    found: int | None = connection.scalar(wanted)
    if found is None:
        raise NoStaff
    return found


def _counted() -> Select[tuple[Any, ...]]:
    passkeys = select(func.count()).where(staff_passkeys.c.staff_id == staff.c.id).scalar_subquery()
    sessions = select(func.count()).where(staff_sessions.c.staff_id == staff.c.id).scalar_subquery()
    return select(*staff.c, passkeys.label("passkeys"), sessions.label("sessions"))


def _staff(row: Row[tuple[object, ...]]) -> Staff:
    return Staff(
        id=row.id,
        name=row.name,
        handle=row.handle,
        roles=read(row.roles),
        enabled=row.enabled,
        has_code=row.password_hash is not None,
        passkeys=row.passkeys,
        sessions=row.sessions,
        signed_in_at=row.signed_in_at,
    )
