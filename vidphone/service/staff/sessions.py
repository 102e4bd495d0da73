"""Sign-in of staff, and their sessions, in the database. Blocking. Times are UTC seconds since 1970.

A session is a secret of 256 random bits in a cookie, of which the database has the hash. It ends when nothing was asked
for a while, at its time whatever was asked, at sign-out, and with the member's right to be there. Roles are read with
every request, so that a change of them holds at once.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

import pyotp
from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from vidphone.service.audit.log import AuditLog
from vidphone.service.passwords import hash_token, new_token
from vidphone.service.staff.roles import read
from vidphone.service.staff.values import Passkey, Secrets, Session, Way
from vidphone.service.store.engine import writing
from vidphone.service.store.tables_staff import staff, staff_challenges, staff_links, staff_passkeys, staff_sessions
from vidphone.service.vault.vault import Vault

SEEN_GRAIN_S = 60.0
"""A session in use is written back at most that often."""
CHALLENGE_S = 300.0
CHALLENGE_BYTES = 32
STEP_S = 30
"""Of a one-time code (RFC 6238)."""
MAX_PASSKEYS = 10


@dataclass(frozen=True)
class StaffSessions:
    """Who is signed in."""

    engine: Engine
    vault: Vault
    audit: AuditLog
    idle_s: float
    """Without a request a session ends after that time."""
    whole_s: float
    """And after that time in any case."""

    # Sessions.

    def session(self, token: str, at: float, *, seen: bool = True) -> Session | None:
        """Whose session that is; `seen`: somebody asked, not their page by itself."""
        wanted = (
            select(staff_sessions, staff.c.name, staff.c.roles)
            .join(staff, staff.c.id == staff_sessions.c.staff_id)
            .where(staff_sessions.c.hash == hash_token(token), staff.c.enabled)
        )
        with self.engine.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None or at >= row.created_at + self.whole_s or at >= row.seen_at + self.idle_s:
            return None
        if seen and at - row.seen_at >= min(SEEN_GRAIN_S, self.idle_s / 4):
            with writing(self.engine) as connection:
                this = update(staff_sessions).where(staff_sessions.c.id == row.id)
                connection.execute(this.values(seen_at=at))
        ends_at, way = row.created_at + self.whole_s, Way(row.way)
        return Session(row.id, row.staff_id, row.name, read(row.roles), way, row.created_at, ends_at)

    def sign_out(self, token: str) -> None:
        """End one session."""
        with writing(self.engine) as connection:
            connection.execute(delete(staff_sessions).where(staff_sessions.c.hash == hash_token(token)))

    def sign_out_everywhere(self, member: int, name: str, at: float) -> None:
        """End all sessions of a member."""
        with writing(self.engine) as connection:
            connection.execute(delete(staff_sessions).where(staff_sessions.c.staff_id == member))
            self.audit.append(connection, "staff-signed-out", name, f"staff:{member}", {}, at)

    # Password and one-time code.

    def secrets(self, name: str) -> Secrets | None:
        """What a sign-in is checked against; None where nobody of that name signs in so."""
        wanted = select(staff).where(staff.c.name == name, staff.c.enabled, staff.c.password_hash.is_not(None))
        with self.engine.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None or row.totp is None:
            return None
        totp = self.vault.decrypt(row.totp, table="staff", row=row.id, column="totp")
        return Secrets(row.id, row.password_hash, totp.decode())

    def sign_in_by_code(self, known: Secrets, code: str, before: str | None, at: float) -> str | None:
        """Sign in who knew the password: the secret of a new session; None where the code is wrong, or was used.

        `before` is the session that the browser had, which ends.
        """
        step = step_of(known.totp, code, at)
        if step is None:
            return None
        with writing(self.engine) as connection:
            unused = (staff.c.id == known.staff) & (staff.c.totp_step < step) & staff.c.enabled
            same = staff.c.password_hash == known.password_hash
            if connection.execute(update(staff).where(unused, same).values(totp_step=step)).rowcount != 1:
                return None
            return self._begin(connection, known.staff, Way.CODE, before, at)

    def set_up_code(self, link: str, totp: str, code: str, password_hash: str, at: float) -> str | None:
        """Use a link up for password and code, whose first is shown to work; the secret of a new session.

        None where the code is wrong, or the link no longer holds.
        """
        step = step_of(totp, code, at)
        if step is None:
            return None
        with writing(self.engine) as connection:
            member = _use_link(connection, link, at)
            if member is None:
                return None
            sealed = self.vault.encrypt(totp.encode(), table="staff", row=member, column="totp")
            new = {"password_hash": password_hash, "totp": sealed, "totp_step": step}
            connection.execute(update(staff).where(staff.c.id == member).values(new))
            self._enrolled(connection, member, Way.CODE, at)
            return self._begin(connection, member, Way.CODE, None, at)

    # Passkeys.

    def challenge(self, member: int | None, at: float) -> bytes:
        """Something to sign once: by the member who adds a passkey, or by whoever signs in (None)."""
        challenge = secrets.token_bytes(CHALLENGE_BYTES)
        row = {"hash": _digest(challenge), "staff_id": member, "expires_at": at + CHALLENGE_S}
        with writing(self.engine) as connection:
            connection.execute(delete(staff_challenges).where(staff_challenges.c.expires_at <= at))
            connection.execute(insert(staff_challenges).values(row))
        return challenge

    def take_challenge(self, challenge: bytes, member: int | None, at: float) -> bool:
        """Whether a challenge was given to that member and is open; it no longer is after that."""
        this = (staff_challenges.c.hash == _digest(challenge)) & (staff_challenges.c.expires_at > at)
        whose = staff_challenges.c.staff_id.is_not_distinct_from(member)
        with writing(self.engine) as connection:
            return connection.execute(delete(staff_challenges).where(this, whose)).rowcount == 1

    def passkeys(self, member: int) -> tuple[Passkey, ...]:
        """A member's passkeys, oldest first."""
        wanted = select(staff_passkeys).where(staff_passkeys.c.staff_id == member).order_by(staff_passkeys.c.id)
        with self.engine.connect() as connection:
            return tuple(_passkey(row) for row in connection.execute(wanted))

    def passkey(self, credential: bytes) -> Passkey | None:
        """The passkey of that id."""
        wanted = select(staff_passkeys).where(staff_passkeys.c.credential == credential)
        with self.engine.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        return _passkey(row) if row else None

    def add_passkey(self, member: int, name: str, credential: bytes, key: bytes, count: int, at: float) -> bool:
        """Another passkey of a member who is signed in; False where there are enough."""
        with writing(self.engine) as connection:
            return self._add(connection, member, name, credential, key, count, at)

    def set_up_passkey(self, link: str, credential: bytes, key: bytes, count: int, at: float) -> str | None:
        """Use a link up for a passkey; the secret of a new session, or None where the link no longer holds."""
        with writing(self.engine) as connection:
            member = _use_link(connection, link, at)
            if member is None:
                return None
            name: str = connection.execute(select(staff.c.name).where(staff.c.id == member)).scalar_one()
            self._add(connection, member, name, credential, key, count, at)
            self._enrolled(connection, member, Way.PASSKEY, at)
            return self._begin(connection, member, Way.PASSKEY, None, at)

    def remove_passkey(self, member: int, name: str, passkey: int, at: float) -> bool:
        """Forget a member's own passkey; False where it is not theirs, or their only way to sign in."""
        mine = staff_passkeys.c.staff_id == member
        with writing(self.engine) as connection:
            ways = len(connection.execute(select(staff_passkeys.c.id).where(mine)).all())
            coded = select(staff.c.id).where(staff.c.id == member, staff.c.password_hash.is_not(None))
            if ways + (connection.scalar(coded) is not None) < 2:
                return False
            if not connection.execute(delete(staff_passkeys).where(mine, staff_passkeys.c.id == passkey)).rowcount:
                return False
            self.audit.append(connection, "passkey-removed", name, f"staff:{member}", {"passkey": str(passkey)}, at)
        return True

    def sign_in_by_passkey(self, passkey: Passkey, count: int, before: str | None, at: float) -> str | None:
        """Sign in who proved to have a passkey; the secret of a new session, or None where it no longer holds.

        `count` is what the passkey says how often it was used: one that goes backwards is a copy.
        """
        with writing(self.engine) as connection:
            # one that does not count says 0 each time
            counts = staff_passkeys.c.sign_count < count if count else staff_passkeys.c.sign_count == 0
            this = (staff_passkeys.c.id == passkey.id) & counts
            used = update(staff_passkeys).where(this).values(sign_count=count, used_at=at)
            enabled = select(staff.c.id).where(staff.c.id == passkey.staff, staff.c.enabled)
            if connection.scalar(enabled) is None or connection.execute(used).rowcount != 1:
                return None
            return self._begin(connection, passkey.staff, Way.PASSKEY, before, at)

    def _add(
        self, connection: Connection, member: int, name: str, credential: bytes, key: bytes, count: int, at: float
    ) -> bool:
        mine = select(staff_passkeys.c.id).where(staff_passkeys.c.staff_id == member)
        if len(connection.execute(mine).all()) >= MAX_PASSKEYS:
            return False
        row = {"staff_id": member, "credential": credential, "public_key": key, "sign_count": count, "added_at": at}
        made = connection.execute(insert(staff_passkeys).values(row).returning(staff_passkeys.c.id)).scalar_one()
        self.audit.append(connection, "passkey-added", name, f"staff:{member}", {"passkey": str(made)}, at)
        return True

    def _enrolled(self, connection: Connection, member: int, way: Way, at: float) -> None:
        name: str = connection.execute(select(staff.c.name).where(staff.c.id == member)).scalar_one()
        self.audit.append(connection, "staff-enrolled", name, f"staff:{member}", {"way": way.value}, at)

    def _begin(self, connection: Connection, member: int, way: Way, before: str | None, at: float) -> str:
        token = new_token()
        old = (staff_sessions.c.created_at <= at - self.whole_s) | (staff_sessions.c.seen_at <= at - self.idle_s)
        if before is not None:
            old |= staff_sessions.c.hash == hash_token(before)
        connection.execute(delete(staff_sessions).where(old))
        row = {"hash": hash_token(token), "staff_id": member, "way": way.value, "created_at": at, "seen_at": at}
        connection.execute(insert(staff_sessions).values(row))
        connection.execute(update(staff).where(staff.c.id == member).values(signed_in_at=at))
        name: str = connection.execute(select(staff.c.name).where(staff.c.id == member)).scalar_one()
        self.audit.append(connection, "staff-signed-in", name, f"staff:{member}", {"way": way.value}, at)
        return token


def step_of(totp: str, code: str, at: float) -> int | None:
    """The time step that a code belongs to: now, or one before or after; None where it is none of them."""
    now = int(at) // STEP_S
    maker = pyotp.TOTP(totp, interval=STEP_S)
    found = None
    for step in (now - 1, now, now + 1):
        if hmac.compare_digest(maker.at(step * STEP_S).encode(), code.encode(errors="replace")):
            found = step
    return found


def _use_link(connection: Connection, link: str, at: float) -> int | None:
    this = (staff_links.c.hash == hash_token(link)) & (staff_links.c.expires_at > at)
    member: int | None = connection.scalar(delete(staff_links).where(this).returning(staff_links.c.staff_id))
    if member is not None:
        connection.execute(delete(staff_links).where(staff_links.c.staff_id == member))
    return member


def _passkey(row: Row[tuple[object, ...]]) -> Passkey:
    key = row.public_key
    return Passkey(row.id, row.staff_id, row.credential, key, row.sign_count, row.added_at, row.used_at)


def _digest(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()
