"""Several processes at one customer's account, and writers that are killed in the middle of it."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Self

import pytest
from sqlalchemy import Engine, func, select

from tests.support.thorough import all_or
from tests.unit.service.ledger.parts import add, database
from vidphone.service.ledger.check import faults, trial
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import Account, Kind
from vidphone.service.store.engine import writing
from vidphone.service.store.tables_ledger import call_charges, transfers

WAIT_S = 300
CALLS = all_or(200, 1_000)


def _writer(data: Path, account: int, name: str, calls: int) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "tests.support.ledger_writer", str(data), str(account), name, str(calls)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def _watch(engine: Engine, account: int, writers: Sequence[subprocess.Popen[str]]) -> Iterator[int]:
    """What is available, again and again while they write."""
    while True:
        with engine.connect() as connection:
            yield Ledger().balance(connection, account).available
        if all(writer.poll() is not None for writer in writers):
            return
        time.sleep(0.01)


@dataclass
class Said:
    """What a writer said was committed; a torn last line is left out."""

    steps: int
    reserved: set[str]
    paid: int
    finished: dict[str, int]

    @classmethod
    def of(cls, lines: str) -> Self:
        whole = [line.split() for line in lines.splitlines(keepends=True) if line.endswith("\n")]
        return cls(
            steps=len(whole),
            reserved={words[1] for words in whole if words[0] == "reserved"},
            paid=sum(int(words[1]) for words in whole if words[0] == "paid"),
            finished={words[1]: int(words[2]) for words in whole if words[0] == "finished"},
        )


def _charges(engine: Engine) -> dict[str, int]:
    wanted = select(call_charges.c.call, call_charges.c.amount_fen).where(call_charges.c.charged_at.is_not(None))
    with engine.connect() as connection:
        return {row.call: row.amount_fen for row in connection.execute(wanted)}


@pytest.mark.slow
@pytest.mark.timeout(WAIT_S)
def test_processes_with_thousands_of_steps_on_one_account_never_overdraw_it(tmp_path: Path) -> None:
    with database(tmp_path) as engine:
        account = add(engine, "1001", limit_fen := 300)
        writers = [_writer(tmp_path, account, f"writer-{index}", CALLS) for index in range(4)]
        watched = Thread(target=lambda: seen.extend(_watch(engine, account, writers)))
        seen: list[int] = []
        watched.start()
        said = [Said.of(writer.communicate()[0]) for writer in writers]
        watched.join()
        assert [writer.returncode for writer in writers] == [0] * 4
        charges = {call: fen for one in said for call, fen in one.finished.items()}
        paid = sum(one.paid for one in said)
        with engine.connect() as connection:
            balance = Ledger().balance(connection, account)
            assert faults(connection) == []
            assert trial(connection)[Account.REVENUE_CALLS] == -sum(charges.values())
        assert min(seen) >= 0
        assert (balance.reserved, balance.prepaid) == (0, paid)
        assert limit_fen + paid - balance.available == balance.unbilled == sum(charges.values())
        assert _charges(engine) == charges
        assert sum(one.steps for one in said) >= 10 * CALLS


@pytest.mark.slow
@pytest.mark.timeout(WAIT_S)
def test_killed_writers_lose_and_double_nothing(tmp_path: Path) -> None:
    """What a writer said was committed stands; what it had not finished is settled once, with what it confirmed."""
    chance = random.Random(5)
    with database(tmp_path) as engine:
        account = add(engine, "1001", 1_000_000)
        said: dict[str, int] = {}
        for life in range(all_or(5, 20)):
            writers = [_writer(tmp_path, account, f"life-{life}-{index}", 10_000) for index in range(2)]
            for writer in writers:
                assert writer.stdout
                first = writer.stdout.readline()  # it is at work
                time.sleep(chance.uniform(0, 0.3))
                writer.send_signal(signal.SIGKILL)
                one = Said.of(first + writer.communicate()[0])
                assert one.finished.keys() <= one.reserved
                said |= one.finished
            with writing(engine) as connection:
                left = Ledger().reconcile(connection, 1)
                assert Ledger().reconcile(connection, 1) == []
                assert all(one.first for one in left)
                assert Ledger().balance(connection, account).reserved == 0
                assert faults(connection) == []
        charges = _charges(engine)
        assert said.items() <= charges.items()
        with engine.connect() as connection:
            calls_only = transfers.c.kind == Kind.CALL.value
            posted = connection.scalars(select(func.sum(transfers.c.amount_fen)).where(calls_only)).one()
            assert posted == sum(charges.values()) == Ledger().balance(connection, account).unbilled
