"""Links, sessions, codes and roles of staff, by the clock of the test."""

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from vidphone.service.audit.log import AuditLog
from vidphone.service.staff.register import LINK_S, NoStaff, StaffExists, StaffRegister
from vidphone.service.staff.roles import Role, read, written
from vidphone.service.staff.sessions import CHALLENGE_S, STEP_S, StaffSessions, step_of
from vidphone.service.staff.values import Secrets
from vidphone.service.store.engine import open_database
from vidphone.service.store.sealed import open_vault, rotate_keys

AT = 1_800_000_000.0
IDLE_S, WHOLE_S = 1800.0, 43_200.0


class Staffed:
    def __init__(self, folder: Path) -> None:
        self.engine: Engine = open_database(folder / "data")
        self.keys = folder / "keys.json"
        vault, self.audit = open_vault(self.engine, self.keys, AT), AuditLog(self.engine)
        self.register = StaffRegister(self.engine, vault, self.audit)
        self.sessions = StaffSessions(self.engine, vault, self.audit, IDLE_S, WHOLE_S)

    def enrolled(self, name: str) -> tuple[str, str]:
        """A member with password and codes: the secrets of the codes, and of the session."""
        token = self.register.add(name, [Role.SUPPORT], "root", AT)
        link = self.register.link(token, AT)
        assert link is not None
        session = self.sessions.set_up_code(token, link.totp, code(link.totp, AT), "hash", AT)
        assert session is not None
        return link.totp, session

    def known(self, name: str) -> Secrets:
        found = self.sessions.secrets(name)
        assert found is not None
        return found


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    made = Staffed(tmp_path)
    yield made
    made.engine.dispose()


def code(totp: str, at: float) -> str:
    return pyotp.TOTP(totp).at(int(at))


def test_a_link_works_once_and_for_a_day(staffed: Staffed) -> None:
    token = staffed.register.add("ann", [Role.AUDIT], "root", AT)
    link = staffed.register.link(token, AT + LINK_S - 1)
    assert link is not None
    assert (link.name, staffed.register.link(token, AT + LINK_S), staffed.register.link("x", AT)) == ("ann", None, None)
    assert staffed.sessions.set_up_code(token, link.totp, "000000", "hash", AT) is None
    assert staffed.sessions.set_up_code(token, link.totp, code(link.totp, AT), "hash", AT) is not None
    assert staffed.sessions.set_up_code(token, link.totp, code(link.totp, AT), "hash", AT) is None
    assert staffed.sessions.set_up_passkey(token, b"id", b"key", 0, AT) is None
    assert staffed.register.link(token, AT) is None


def test_a_code_is_taken_once_and_none_before_it(staffed: Staffed) -> None:
    totp, _ = staffed.enrolled("ann")
    known, later = staffed.known("ann"), AT + 5 * STEP_S
    assert staffed.sessions.sign_in_by_code(known, code(totp, AT), None, AT) is None, "used to set up"
    assert staffed.sessions.sign_in_by_code(known, code(totp, later), None, later) is not None
    assert staffed.sessions.sign_in_by_code(known, code(totp, later), None, later) is None
    assert staffed.sessions.sign_in_by_code(known, code(totp, later - STEP_S), None, later) is None
    assert staffed.sessions.sign_in_by_code(known, code(totp, later + STEP_S), None, later) is not None


@given(at=st.integers(10**9, 2 * 10**9), off=st.integers(-200, 200))
def test_a_code_is_of_its_time(at: int, off: int) -> None:
    totp = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    found = step_of(totp, code(totp, at + off), at)
    near = abs((at + off) // STEP_S - at // STEP_S) <= 1
    assert (found is not None) or not near
    assert step_of(totp, "", at) is None
    assert step_of(totp, "１２３４５６", at) is None


def test_a_session_ends_when_idle_and_at_its_time(staffed: Staffed) -> None:
    _, token = staffed.enrolled("ann")
    assert staffed.sessions.session(token, AT + IDLE_S - 1, seen=False) is not None
    assert staffed.sessions.session(token, AT + IDLE_S) is None
    at = AT
    while at + IDLE_S / 2 < AT + WHOLE_S:
        at += IDLE_S / 2
        assert staffed.sessions.session(token, at) is not None
    assert staffed.sessions.session(token, AT + WHOLE_S) is None


def test_signing_in_ends_the_session_before_and_no_other(staffed: Staffed) -> None:
    totp, first = staffed.enrolled("ann")
    later = AT + 3 * STEP_S
    second = staffed.sessions.sign_in_by_code(staffed.known("ann"), code(totp, later), first, later)
    assert second is not None
    assert staffed.sessions.session(first, later) is None
    third = staffed.sessions.sign_in_by_code(staffed.known("ann"), code(totp, later + 30), None, later + 30)
    assert third is not None
    assert staffed.sessions.session(second, later + 30) is not None
    member = staffed.register.list()[0].id
    staffed.sessions.sign_out_everywhere(member, "ann", later)
    assert staffed.sessions.session(second, later) is None
    assert staffed.sessions.session(third, later) is None


def test_who_is_revoked_is_out_and_a_reset_begins_anew(staffed: Staffed) -> None:
    totp, token = staffed.enrolled("ann")
    known = staffed.known("ann")
    staffed.register.revoke("ann", "root", AT)
    assert staffed.sessions.session(token, AT) is None
    assert staffed.sessions.secrets("ann") is None
    assert staffed.sessions.sign_in_by_code(known, code(totp, AT + 90), None, AT + 90) is None
    with pytest.raises(NoStaff):
        staffed.register.set_roles("ann", [Role.AUDIT], "root", AT)
    with pytest.raises(StaffExists):
        staffed.register.add("ann", [Role.AUDIT], "root", AT)
    link = staffed.register.link(staffed.register.reset("ann", "root", AT), AT)
    assert link is not None
    assert link.totp != totp


def test_a_challenge_is_for_one_member_and_for_once(staffed: Staffed) -> None:
    staffed.enrolled("ann")
    member = staffed.register.list()[0].id
    mine, anybodys = staffed.sessions.challenge(member, AT), staffed.sessions.challenge(None, AT)
    assert not staffed.sessions.take_challenge(mine, None, AT)
    assert not staffed.sessions.take_challenge(anybodys, member, AT)
    assert not staffed.sessions.take_challenge(anybodys, None, AT + CHALLENGE_S)
    assert staffed.sessions.take_challenge(mine, member, AT)
    assert not staffed.sessions.take_challenge(mine, member, AT)


def test_a_passkey_that_counts_backwards_is_a_copy(staffed: Staffed) -> None:
    staffed.enrolled("ann")
    member = staffed.register.list()[0].id
    for credential, count in ((b"counts", 5), (b"does not", 0)):
        assert staffed.sessions.add_passkey(member, "ann", credential, b"key", count, AT)
    counting, still = staffed.sessions.passkeys(member)
    for count, taken in ((5, False), (4, False), (0, False), (6, True), (6, False)):
        assert (staffed.sessions.sign_in_by_passkey(counting, count, None, AT) is not None) is taken
    for _ in range(2):
        assert staffed.sessions.sign_in_by_passkey(still, 0, None, AT) is not None


def test_the_last_way_to_sign_in_stays(staffed: Staffed) -> None:
    token = staffed.register.add("bob", [Role.AUDIT], "root", AT)
    assert staffed.sessions.set_up_passkey(token, b"one", b"key", 0, AT) is not None
    member = staffed.register.list()[0].id
    (only,) = staffed.sessions.passkeys(member)
    assert not staffed.sessions.remove_passkey(member, "bob", only.id, AT)
    staffed.sessions.add_passkey(member, "bob", b"two", b"key", 0, AT)
    assert not staffed.sessions.remove_passkey(member + 1, "eve", only.id, AT)
    assert staffed.sessions.remove_passkey(member, "bob", only.id, AT)


def test_everything_is_in_the_audit_chain(staffed: Staffed) -> None:
    staffed.enrolled("ann")
    staffed.register.set_roles("ann", [Role.AUDIT, Role.SUPPORT], "root", AT)
    staffed.register.revoke("ann", "root", AT)
    kinds = [entry.kind for entry in staffed.audit.entries()]
    assert kinds == ["staff-added", "staff-enrolled", "staff-signed-in", "staff-roles", "staff-revoked"]
    assert staffed.audit.entries()[3].details == {"roles": "audit,support"}
    assert staffed.audit.verify() is None


def test_codes_work_under_a_new_key(staffed: Staffed) -> None:
    totp, _ = staffed.enrolled("ann")
    staffed.register.add("bob", [Role.AUDIT], "root", AT)
    assert rotate_keys(staffed.engine, staffed.keys, AT).rewrapped == 2
    vault = open_vault(staffed.engine, staffed.keys, AT)
    found = StaffSessions(staffed.engine, vault, staffed.audit, IDLE_S, WHOLE_S).secrets("ann")
    assert found is not None
    assert found.totp == totp


def test_no_secret_stands_in_the_database(staffed: Staffed, tmp_path: Path) -> None:
    totp, token = staffed.enrolled("ann")
    link = staffed.register.reset("ann", "root", AT)
    written_ = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir())
    for secret in (totp, token, link):
        assert secret.encode() not in written_


@given(st.frozensets(st.sampled_from(Role)))
def test_roles_are_read_as_written(roles: frozenset[Role]) -> None:
    assert read(written(roles)) == roles
    assert read(written(roles) + ",emperor") == roles
