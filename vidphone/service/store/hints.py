"""Hints for phones, written with what they hint at: the running service tells them, whoever wrote them."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, insert

from vidphone.service.ports import AccountEventKind
from vidphone.service.store.tables import account_events
from vidphone.wire.signaling import Topic

KEPT_S = 600.0
"""A service looks every second; one that starts later need not tell, since its phones ask then."""


def hint(connection: Connection, numbers: Collection[str] | None, topic: Topic, at: float) -> None:
    """In the caller's transaction: there is something new on a topic for these numbers, or for everyone (None).

    Phones that are there hear of it within seconds of the commit, the others ask when they start.
    `at`: UTC seconds since 1970.
    """
    old = account_events.c.at < at - KEPT_S
    connection.execute(delete(account_events).where(old, account_events.c.kind == AccountEventKind.NOTICE.value))
    rows = [
        {"number": number, "kind": AccountEventKind.NOTICE.value, "token_id": None, "at": at, "topic": topic.value}
        for number in (("",) if numbers is None else numbers)
    ]
    if rows:
        connection.execute(insert(account_events), rows)
