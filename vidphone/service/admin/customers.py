"""Customers: `add`, `list`, `password`, `enable`, `disable`. Each function prints what it did."""

import getpass
import sys
import time

from sqlalchemy import Engine

from vidphone.service import passwords
from vidphone.service.admin.said import check_number, moment, print_table, refused, say, words
from vidphone.service.ports import Customer
from vidphone.service.store.customers import StoredCustomers, UnknownNumber
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
    try:
        StoredCustomers(engine).add(number, name.strip(), passwords.hash_password(password), time.time(), reference)
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
    customers = StoredCustomers(engine)
    if customers.credentials(number) is None:
        raise refused("unknown", number=number)
    password, generated = _password(number, source)
    customers.set_password(number, passwords.hash_password(password), time.time())
    say("password-set", number=number)
    if generated:
        say("generated", password=password)


def enable(engine: Engine, number: str, *, on: bool) -> None:
    """Enable or disable a number."""
    try:
        StoredCustomers(engine).set_enabled(number, on, time.time())
    except UnknownNumber:
        raise refused("unknown", number=number) from None
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
