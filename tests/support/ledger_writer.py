"""A process that makes calls on one customer's account, one after another.

    python -m tests.support.ledger_writer DATA ACCOUNT NAME CALLS

Each call is reserved, renewed and finished, each step in a transaction of its own; one that is refused is followed by
a payment, so that the account stays close to its limit. What has been committed is said on standard output, by line:
`reserved <call>`, `renewed <call>`, `refused <call>`, `paid <fen>`, `finished <call> <fen>`. The choices follow from
NAME alone.
"""

import random
import sqlite3
import sys
import time
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine, event

from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import Refused
from vidphone.service.store.engine import open_database, writing
from vidphone.terms.orders import Words
from vidphone.terms.tariff import Rate

PRICES = [
    Rate(False, Words("市内", "Local"), price, minimum, step)
    for price, minimum, step in ((6_000, 0, 1), (1_500, 0, 1), (3_000, 60, 60))
]
PAUSE_S = 0.01
"""Between calls, at the most: so others come in between."""


def _wait_long(connection: sqlite3.Connection, _record: object) -> None:
    """SQLite lets whoever asks at the right moment go first: of several in a hurry one may wait for long."""
    connection.execute("PRAGMA busy_timeout=120000").close()


class Writer:
    def __init__(self, engine: Engine, account: int, name: str) -> None:
        self.engine = engine
        self.account = account
        self.name = name
        self.ledger = Ledger()
        self.chance = random.Random(name)
        event.listen(engine, "connect", _wait_long)
        engine.dispose()

    def call(self, number: int) -> None:
        """One call from its beginning; ended at random before, at or past the end of its grant."""
        call = sha256(f"{self.name}:{number}".encode()).hexdigest()[:32]
        with writing(self.engine) as connection:
            given = self.ledger.reserve(
                connection, call, self.account, self.chance.choice(PRICES), number, number="1002"
            )
        if isinstance(given, Refused):
            print("refused", call, flush=True)
            fen = self.chance.randrange(1, 200)
            with writing(self.engine) as connection:
                self.ledger.pay(connection, self.account, fen, f"pay:{call}", number)
            print("paid", fen, flush=True)
            return
        print("reserved", call, flush=True)
        used = 0
        for _ in range(self.chance.randrange(3)):
            used += self.chance.randrange(1, 60)
            with writing(self.engine) as connection:
                given = self.ledger.commit(connection, call, given.sequence, used, number, renew=True)
            print("renewed", call, flush=True)
        used += self.chance.randrange(90)
        with writing(self.engine) as connection:
            charge = self.ledger.finish(connection, call, used, number)
        print("finished", call, charge.fen, flush=True)


def main(data: Path, account: int, name: str, calls: int) -> None:
    engine = open_database(data)
    writer = Writer(engine, account, name)
    for number in range(calls):
        writer.call(number)
        time.sleep(writer.chance.uniform(0, PAUSE_S))
    engine.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
