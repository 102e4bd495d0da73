"""Who may hand in releases: members of support staff, by a token. What they hand in still wants their keys."""

from dataclasses import dataclass

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from vidphone.service.audit.log import AuditLog
from vidphone.service.passwords import hash_token, new_token
from vidphone.service.store.engine import writing
from vidphone.service.store.tables_releases import release_staff


class NameTaken(Exception):
    """There is a member of that name."""


class UnknownName(Exception):
    """There is no member of that name."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of support staff; times are UTC seconds since 1970."""

    name: str
    created_at: float


class ReleaseStaff:
    """The members. Blocking."""

    def __init__(self, engine: Engine, audit: AuditLog) -> None:
        self._engine = engine
        self._audit = audit

    def add(self, name: str, actor: str, at: float) -> str:
        """A new member; the token, which is kept nowhere.

        Raises:
            NameTaken: there is one of that name.
        """
        token = new_token()
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(release_staff).values(name=name, token_hash=hash_token(token), created_at=at))
                self._audit.append(connection, "release-staff-added", actor, f"release-staff:{name}", {}, at)
        except IntegrityError as error:
            raise NameTaken from error
        return token

    def remove(self, name: str, actor: str, at: float) -> None:
        """End a member's token. Their keys are withdrawn by `vidphone release keys withdraw`.

        Raises:
            UnknownName: there is no such member.
        """
        there = (release_staff.c.name == name) & release_staff.c.removed_at.is_(None)
        with writing(self._engine) as connection:
            if not connection.execute(update(release_staff).where(there).values(removed_at=at)).rowcount:
                raise UnknownName
            self._audit.append(connection, "release-staff-removed", actor, f"release-staff:{name}", {}, at)

    def list(self) -> list[Member]:
        """All of them by name."""
        wanted = select(release_staff).where(release_staff.c.removed_at.is_(None)).order_by(release_staff.c.name)
        with self._engine.connect() as connection:
            return [Member(row.name, row.created_at) for row in connection.execute(wanted)]

    def name_of(self, token: str) -> str | None:
        """Whose token it is."""
        there = (release_staff.c.token_hash == hash_token(token)) & release_staff.c.removed_at.is_(None)
        with self._engine.connect() as connection:
            found: str | None = connection.scalar(select(release_staff.c.name).where(there))
        return found
