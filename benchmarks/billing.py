"""The monthly run: accounts billed a second, with rent and the calls of a month, on a real SQLite file.

    python -m benchmarks.billing [ACCOUNTS] [CALLS]

The bar is 1,000 accounts a second. Transactions are on the disk when they return, as in the service. Twice: with the
steps that run beside a service's calls, and with large ones. The ledger is checked after each.
"""

import random
import secrets
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.report import tell
from tests.support.metered import add_metered, plan
from vidphone.service.audit.log import AuditLog
from vidphone.service.billing.leaving import Endings
from vidphone.service.billing.runner import AT_A_TIME, Runner
from vidphone.service.billing.settings import BillingSettings
from vidphone.service.billing.values import Conditions
from vidphone.service.days import CHINA
from vidphone.service.ledger.check import faults
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import Finish, Reserve, Step
from vidphone.service.store.engine import open_database, writing
from vidphone.service.store.identities import Identities
from vidphone.service.store.sealed import open_vault
from vidphone.service.store.tables_billing import bills
from vidphone.terms.figures import Figures
from vidphone.terms.tariff import rate

BEGUN = date(2026, 7, 1)
AT = datetime(2026, 7, 1, 9, tzinfo=CHINA).timestamp()
DUE = datetime(2026, 8, 1, 1, tzinfo=CHINA).timestamp()
LIMIT_FEN = 100_000
BATCH = 500
LARGE = 1000


def main(accounts: int, calls: int) -> None:
    figures: dict[str, object] = {"accounts": accounts, "calls of each": calls}
    for at_a_time in (AT_A_TIME, LARGE):
        with tempfile.TemporaryDirectory() as folder:
            figures |= measured(Path(folder), accounts, calls, at_a_time)
    tell("billing", figures)


def measured(folder: Path, accounts: int, calls: int, at_a_time: int) -> dict[str, object]:
    engine = open_database(folder / "data")
    of, draw = plan(), random.Random(1)
    ids = add_metered(engine, (f"{20_000_000 + each}" for each in range(accounts)), of, LIMIT_FEN, BEGUN, AT)
    price = rate(of, "30000000", True, datetime.fromtimestamp(AT, CHINA), ())
    steps: list[Step] = []
    for account in ids:
        for _ in range(calls):
            call = secrets.token_hex(16)
            steps += [Reserve(call, account, "30000000", price), Finish(call, draw.randint(1, 600))]
    for first in range(0, len(steps), 2 * BATCH):
        with writing(engine) as connection:
            Ledger().perform(connection, steps[first : first + 2 * BATCH], AT + first)
    audit = AuditLog(engine)
    identities = Identities(engine, open_vault(engine, folder / "keys", AT), audit)
    runner = Runner(engine, Endings(identities, audit, Conditions(Figures(), BillingSettings())), at_a_time)
    longest_s, begun_s, cpu_s = 0.0, time.monotonic(), time.process_time()
    while True:
        step_s = time.monotonic()
        more = runner.step(DUE)
        longest_s = max(longest_s, time.monotonic() - step_s)
        if not more:
            break
    took_s, cpu_s = time.monotonic() - begun_s, time.process_time() - cpu_s
    with engine.connect() as connection:
        made = connection.scalar(select(func.count()).select_from(bills))
        assert made == accounts, made
        assert faults(connection) == []
    engine.dispose()
    return {
        f"accounts a second, {at_a_time} at a time": round(accounts / took_s),
        f"accounts a core-second, {at_a_time} at a time": round(accounts / cpu_s),
        f"longest step, ms, {at_a_time} at a time": round(longest_s * 1000),
    }


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:3]]
    main(*(words + [3000, 30][len(words) :]))
