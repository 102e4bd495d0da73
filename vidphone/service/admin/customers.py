"""Customers: `add`, `list`, `password`, `enable`, `disable`. Each function prints what it did."""

import getpass
import sys
import time

from sqlalchemy import Engine

from vidphone.service import passwords
from vidphone.service.admin.said import actor, check_number, moment, print_table, refused, say, words
from vidphone.service.audit.log import AuditLog
from vidphone.service.office.reasons import MAX_REASON, Reasons
from vidphone.service.ports import Customer
from vidphone.service.store.customers import StoredCustomers, UnknownNumber, add_customer, set_enabled, set_password
from vidphone.service.store.engine import writing
from vidphone.service.store.numbers import NumberTaken

MAX_NAME = 64
MAX_REFERENCE = 64


def add(engine: Engine, number: str, name: str, paper: str | None, source: str) -> None:
    """A new customer; `source` of the password as in `_password`, `paper` the reference of a signed agreement."""
    check_number(number)
    if not 1 <= len(name.strip()) <= MAX_NAME or not name.isprintable():
        raise refused("bad-name")
    if paper is not None and (not 1 <= len(paper.strip()) <= MAX_REFERENCE or not paper.isprintable()):
        raise refused("bad-reference", most=MAX_REFERENCE)
    password, generated = _password(number, source)
    reference = paper.strip() if paper is not None else None
    hashed, now = passwords.hash_password(password), time.time()
    try:
        with writing(engine) as connection:
            account = add_customer(connection, number, name.strip(), hashed, now, reference)
            details = {"agreement": "none" if paper is None else "paper"}
            AuditLog(engine).append(connection, "customer-added", actor(), f"account:{account}", details, now)
    except NumberTaken:
        raise refused("exists", number=number) from None
    say("added", number=number)
    if paper is None:
        say("no-agreement")
    if generated:
        say("generated", password=password)


def show_all(engine: Engine) -> None:
    """All customers as a table."""
    found = StoredCustomers(engine).list()
    if not found:
        say("no-customers")
        return
    print_table(("number", "name", "state", "devices", "seen"), map(_row, found))


def new_password(engine: Engine, number: str, source: str) -> None:
    """A new password for a customer; their devices are signed out."""
    known = StoredCustomers(engine).credentials(number)
    if known is None:
        raise refused("unknown", number=number)
    password, generated = _password(number, source)
    hashed, now = passwords.hash_password(password), time.time()
    with writing(engine) as connection:
        set_password(connection, known.account, number, hashed, now, keep=None)
        AuditLog(engine).append(connection, "password-set", actor(), f"account:{known.account}", {}, now)
    say("password-set", number=number)
    if generated:
        say("generated", password=password)


def enable(engine: Engine, reasons: Reasons, number: str, reason: str, *, on: bool) -> None:
    """Enable or disable a number."""
    kind, now = "customer-enabled" if on else "customer-disabled", time.time()
    try:
        with writing(engine) as connection:
            account = set_enabled(connection, number, on, now)
            why = reasons.keep(connection, kind, actor(), account, reason, now)
            AuditLog(engine).append(connection, kind, actor(), f"account:{account}", why, now)
    except UnknownNumber:
        raise refused("unknown", number=number) from None
    except ValueError:
        raise refused("long-reason", most=MAX_REASON) from None
    say("enabled" if on else "disabled", number=number)


def _password(number: str, source: str) -> tuple[str, bool]:
    """The new password, and whether it was made here. `source`: `prompt`, `stdin` (its first line) or `generate`."""
    if source == "generate":
        return passwords.generate_password(), True
    if source == "stdin":
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = getpass.getpass(words("password-prompt", number=number))
        if password != getpass.getpass(words("password-again")):
            raise refused("passwords-differ")
    if not passwords.LEAST <= len(password) <= passwords.MOST:
        raise refused("bad-password", least=passwords.LEAST, most=passwords.MOST)
    return password, False


def _row(customer: Customer) -> tuple[str, ...]:
    state = words("state.enabled" if customer.enabled else "state.disabled")
    return customer.number, customer.name, state, str(customer.devices), moment(customer.seen_at)
