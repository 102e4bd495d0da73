"""The audit chain, and who the staff are."""

import re

from starlette.responses import Response

from vidphone.service.audit.log import Head
from vidphone.service.console import audit_words
from vidphone.service.console.visit import Visit
from vidphone.service.store.customers import UnknownNumber
from vidphone.texts import text
from vidphone.wire.errors import ErrorCode, VidphoneError

AT_A_TIME = 100
_SUBJECT = re.compile(r"[a-z-]+:[A-Za-z0-9._+-]{1,63}")


def show(visit: Visit) -> Response:
    """Entries, newest first; of one customer or all."""
    return _shown(visit, "", sound=True)


def verify(visit: Visit) -> Response:
    """Look through the whole chain, held against a head that was published before, if one is given."""
    written = visit.field("head").strip()
    try:
        head = Head.parse(written) if written else None
    except ValueError:
        return _shown(visit, text("admin.audit.no-head", visit.language), sound=False, status=422)
    if broken := visit.console.audit.verify(head):
        told = text(f"admin.audit.{broken.problem.value}", visit.language, entry=broken.entry)
        return _shown(visit, told, sound=False)
    said = "admin.audit.sound" if head is None else "admin.audit.as-published"
    return _shown(visit, text(said, visit.language, head=str(visit.console.audit.head())), sound=True)


def members(visit: Visit) -> Response:
    """Everybody who may sign in here, or could."""
    return visit.page("staff", rows=visit.console.register.list())


def _shown(visit: Visit, told: str, *, sound: bool, status: int = 200) -> Response:
    before, number, subject = visit.query("before", 15), visit.query("number", 16), visit.query("subject")
    if before and not (before.isascii() and before.isdigit()):
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "before"})
    nobody = False
    if number:
        try:
            subject = f"account:{visit.console.customers.row(number).account}"
        except UnknownNumber:
            nobody = True
    elif subject and not _SUBJECT.fullmatch(subject):
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "subject"})
    log = visit.console.audit
    found = [] if nobody else log.latest(int(before) if before else None, AT_A_TIME + 1, subject or None)
    last = found[AT_A_TIME - 1].id if len(found) > AT_A_TIME else None
    return visit.page(
        "audit",
        status,
        rows=audit_words.lines(visit, found[:AT_A_TIME]),
        last=last,
        first=not before,
        number=number,
        subject=subject,
        head=str(log.head()),
        told=told,
        sound=sound,
    )
