"""How many reservations and commits a second the ledger does, durable (`synchronous=FULL`), in one process.

    python -m benchmarks.ledger [SECONDS] [FOLDER]

`alone`: a transaction a step, as an HTTP request does it. `batched`: as the hub does it, the steps of all inputs that
wait in one transaction. A set-up is one reservation. The anchor is SQLite itself in the same folder and minute: commits
of two rows, without SQLAlchemy, as durable. FOLDER is where the database goes; its disk decides.
"""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks.report import tell
from tests.unit.service.ledger.parts import A_FEN_A_SECOND, add, call, database
from vidphone.service.ledger.check import faults
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import Commit, Finish, Reserve, Step
from vidphone.service.store.engine import writing

ACCOUNTS = 200
BATCHES = (16, 64, 256)


def rate(seconds: float, work: Callable[[], int]) -> float:
    """How many a second `work` does, which says how many it did each time."""
    work()
    done, begun = 0, time.perf_counter()
    while (past := time.perf_counter() - begun) < seconds:
        done += work()
    return round(done / past, 1)


def anchor(folder: Path, seconds: float) -> float:
    connection = sqlite3.connect(folder / "anchor.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}").close()
    connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, call TEXT, fen INTEGER)")

    def commit() -> int:
        connection.execute("BEGIN IMMEDIATE")
        for number in range(2):
            connection.execute("INSERT INTO rows (call, fen) VALUES (?, ?)", ("0" * 32, number))
        connection.execute("COMMIT")
        return 1

    found = rate(seconds, commit)
    connection.close()
    return found


def main(seconds: float, folder: Path) -> None:
    ledger, numbers = Ledger(), count(1)
    rows: dict[str, object] = {"bare two-row commits/s (anchor, before)": anchor(folder, seconds)}
    with database(folder / "data") as engine:
        accounts = [add(engine, f"{10_000 + index}", 10**9) for index in range(ACCOUNTS)]

        def steps(size: int, kind: Callable[[int], list[Step]]) -> int:
            with writing(engine) as connection:
                found = [step for _ in range(size) for step in kind(next(numbers))]
                ledger.perform(connection, found, 0)
            return size

        def reserve(number: int) -> list[Step]:
            return [Reserve(call(number), accounts[number % ACCOUNTS], "1002", A_FEN_A_SECOND)]

        calls = [call(2**64 + number) for number in range(BATCHES[-1])]
        sequences = dict.fromkeys(calls, 0)
        with writing(engine) as connection:
            begun = [
                Reserve(one, accounts[index % ACCOUNTS], "1002", A_FEN_A_SECOND) for index, one in enumerate(calls)
            ]
            ledger.perform(connection, begun, 0)

        def renew(number: int) -> list[Step]:
            one = calls[number % len(calls)]
            sequence = sequences[one]
            sequences[one] += 1
            return [Commit(one, sequence, 45 * (sequence + 1), renew=True)]

        for size in (1, *BATCHES):
            label = "alone" if size == 1 else f"batched by {size}"
            rows[f"reserve/s {label}"] = rate(seconds, partial(steps, size, reserve))
            rows[f"commit and reserve/s {label}"] = rate(seconds, partial(steps, size, renew))
        with writing(engine) as connection:
            ledger.perform(connection, [Finish(one, 0) for one in ledger.running(connection)], 1)
        with engine.connect() as connection:
            rows["faults"] = faults(connection)
    rows["bare two-row commits/s (anchor, after)"] = anchor(folder / "data", seconds)
    tell("ledger", rows)


if __name__ == "__main__":
    where = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(dir=where) as made:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0, Path(made))
