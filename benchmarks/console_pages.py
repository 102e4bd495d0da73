"""How long the console's pages take with 100,000 customers: `python -m benchmarks.console_pages [CUSTOMERS]`."""

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import insert, select

from tests.support.console import Browser, House
from tests.support.sign_up import person
from vidphone.service.staff.roles import Role
from vidphone.service.store.engine import writing
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_billing import bills, standings
from vidphone.service.store.tables_ledger import credit
from vidphone.terms.standing import CLAUSES, Cause, Lift, Standing, State
from vidphone.wire.sign_up import ReviewState

FIRST = 2_000_000
WITH_DATA = 2000
"""So many have identity data; each takes a while to seal."""
ROUNDS = 9
AT = 1_785_000_000.0
MIDDLE = FIRST + 50_000
PAGES = (
    "/",
    "/customers",
    f"/customers?number=20&after={MIDDLE}",
    "/customers?number=20999",
    f"/customers/{FIRST}",
    f"/bills?day=2026-08-20&bill=202607-{MIDDLE}",
    "/reviews?state=pending",
    f"/reviews?state=pending&since={AT}&account=1500",
    f"/standings?after={MIDDLE}",
    "/audit",
)


def fill(house: House, count: int) -> None:
    """Customers on paper, an open bill each, one in ten suspended, some with data and reviews, an audit chain."""
    blank = {"name": "", "password_hash": "", "enabled": True, "created_at": AT}
    nothing = {"limit_fen": 10_000, "receivable_fen": 0, "unbilled_fen": 0, "reserved_fen": 0}
    with writing(house.engine) as connection:
        connection.execute(insert(accounts), [blank | {"number": str(FIRST + index)} for index in range(count)])
        ids = connection.scalars(select(accounts.c.id)).all()
        connection.execute(insert(credit), [nothing | {"account_id": account} for account in ids])
    fixed = {"period": "2026-07", "part": 0, "from_day": "2026-07-01", "to_day": "2026-07-31", "made_on": "2026-08-01"}
    fixed |= {"late_until": "2026-08-20", "due_on": "2026-08-20"}
    money = {"total_fen": 3000, "late_fen": 0, "paid_fen": 0, "paid_late_fen": 0, "late_open": True, "rehearsal": False}
    cause = Cause.OVERDUE
    standing = Standing(State.SUSPENDED, cause, CLAUSES[cause], date(2026, 10, 1), (Lift.PAY,), 3000)
    body = TypeAdapter(Standing).dump_json(standing).decode()
    with writing(house.engine) as connection:
        people = connection.execute(select(accounts.c.id, accounts.c.number)).all()
        one_each = [
            {"number": f"202607-{who.number}", "account_id": who.id, "customer_number": who.number} for who in people
        ]
        connection.execute(insert(bills), [row | fixed | money for row in one_each])
        stands = {"state": "suspended", "cause": cause.value, "body": body, "from_day": "2026-10-01"}
        connection.execute(insert(standings), [stands | {"account_id": who.id} for who in people[::10]])
        for index, who in enumerate(people[:WITH_DATA]):
            house.parts.identities.store(connection, who.id, person(index), AT)
            house.parts.reviews._set(connection, who.id, ReviewState.PENDING, "", "service", AT)


async def measure(browser: Browser, path: str, **form: str) -> None:
    """The median and the longest of some rounds."""
    took_ms = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = await (browser.post(path, **form) if form else browser.get(path))
        took_ms.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    print(f"{statistics.median(took_ms):7.1f} ms  {max(took_ms):7.1f} ms  {path} {form.get('by', '')}")


async def run(house: House) -> None:
    """All pages."""
    browser = house.browser(house.session("bench", *Role))
    for path in PAGES:
        await measure(browser, path)
    who = person(7)
    await browser.get("/customers")
    for by, value in (("name", who.name), ("identity-number", who.identity_number), ("telephone", who.telephone)):
        await measure(browser, "/customers", by=by, value=value)
    await browser.get("/audit")
    await measure(browser, "/audit", head="")


def main() -> None:
    """Fill a database, and ask."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder, House(Path(folder)) as house:
        fill(house, count)
        print(f"{count} customers; median and longest of {ROUNDS}")
        asyncio.run(run(house))


if __name__ == "__main__":
    main()
