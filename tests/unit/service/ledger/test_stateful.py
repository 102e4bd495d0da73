"""The ledger against a model that a reader can check by eye: plain sums, and grants found by trying every second."""

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine

from tests.support.thorough import all_or
from tests.unit.service.ledger.parts import add, call, database, rate
from vidphone.service.ledger.check import faults
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import BillRow, Charge, Commit, Finish, Grant, Outcome, Refused, Reserve, Step
from vidphone.service.store.engine import writing
from vidphone.terms.tariff import Rate

CALLS = 4
PRICES = [
    rate(1_500),
    rate(6_000),
    rate(2_345),
    rate(0),
    rate(12_345, minimum_s=7, increment_s=6),
    rate(3_000, minimum_s=60, increment_s=60),
]
_numbers = itertools.count(1)


def billed(price: Rate, seconds: int) -> int:
    if seconds == 0:
        return 0
    return price.minimum_s + ceil(Fraction(max(0, seconds - price.minimum_s), price.increment_s)) * price.increment_s


def cost(price: Rate, seconds: int) -> int:
    yuan = Fraction(billed(price, seconds), 60) * Fraction(price.price_e4_yuan, 10_000)
    return floor(yuan * 100 + Fraction(1, 2))


@dataclass
class ModelCall:
    customer: int
    price: Rate
    sequence: int = 0
    used: int = 0
    granted: int = 0
    charge: Charge | None = None


@dataclass
class ModelCustomer:
    limit: int
    paid: int = 0
    billed: int = 0
    unbilled: int = 0


class Model:
    def __init__(self, limits: list[int]) -> None:
        self.customers = [ModelCustomer(limit) for limit in limits]
        self.calls: dict[str, ModelCall] = {}

    def reserved(self, customer: int) -> int:
        mine = [one for one in self.calls.values() if one.customer == customer and one.charge is None]
        return sum(cost(one.price, one.granted) for one in mine)

    def available(self, customer: int) -> int:
        one = self.customers[customer]
        return one.limit + one.paid - one.billed - one.unbilled - self.reserved(customer)

    def affordable(self, one: ModelCall, budget: int, most: int) -> int:
        """The longest whole step up to `most` seconds that costs no more; at least what is granted.

        At the limit nothing is given, not even a second that would round to nothing.
        """
        if one.price.price_e4_yuan and self.available(one.customer) <= 0:
            return one.granted
        steps = range(most, one.granted, -1)
        return next((s for s in steps if billed(one.price, s) == s and cost(one.price, s) <= budget), one.granted)

    def grant(self, name: str) -> Grant:
        one = self.calls[name]
        budget = cost(one.price, one.granted) + max(0, self.available(one.customer))
        lasts = None
        if one.price.price_e4_yuan:
            lasts = self.affordable(one, budget, (budget + 1) * 6_000 // one.price.price_e4_yuan)
        left = max(0, one.granted - one.used)
        spent = cost(one.price, one.used)
        return Grant(name, one.sequence, left, one.granted, lasts, spent, final=lasts == one.granted)

    def extend(self, one: ModelCall) -> None:
        budget = cost(one.price, one.granted) + max(0, self.available(one.customer))
        one.granted = self.affordable(one, budget, billed(one.price, one.used + 60))

    def again(self, name: str) -> Outcome:
        charge = self.calls[name].charge
        if charge is None:
            return self.grant(name)
        return Charge(name, charge.used_s, charge.billed_s, charge.fen, charge.uncovered_fen, first=False)

    def reserve(self, name: str, customer: int, price: Rate) -> Outcome:
        if name in self.calls:
            return self.again(name)
        trial = ModelCall(customer, price)
        left = self.available(customer)
        if price.price_e4_yuan and (left <= 0 or not self.affordable(trial, left, billed(price, 60))):
            return Refused(name, "credit-limit", left, self.customers[customer].limit)  # type: ignore[arg-type]
        self.extend(trial)
        self.calls[name] = trial
        return self.grant(name)

    def commit(self, name: str, sequence: int, used: int, renew: bool) -> Outcome:
        one = self.calls.get(name)
        if one is None:
            return None
        if one.charge or sequence < one.sequence:
            return self.again(name)
        one.used = max(one.used, used)
        if renew:
            one.sequence += 1
            self.extend(one)
        return self.grant(name)

    def finish(self, name: str, used: int) -> Outcome:
        one = self.calls.get(name)
        if one is None:
            return None
        if one.charge:
            return self.again(name)
        one.used = max(one.used, used)
        wanted = cost(one.price, one.used)
        fen = min(wanted, cost(one.price, one.granted) + max(0, self.available(one.customer)))
        one.charge = Charge(name, one.used, billed(one.price, one.used), fen, wanted - fen, first=True)
        self.customers[one.customer].unbilled += fen
        return one.charge


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with ExitStack() as stack:
        yield stack.enter_context(database(Path(stack.enter_context(tempfile.TemporaryDirectory()))))


def _machine(engine: Engine) -> type[RuleBasedStateMachine]:
    used = st.integers(0, 150)
    which = st.integers(0, CALLS - 1)
    customers = st.integers(0, 1)

    class LedgerMachine(RuleBasedStateMachine):
        @initialize(limits=st.lists(st.integers(0, 300), min_size=2, max_size=2))
        def begin(self, limits: list[int]) -> None:
            self.ledger, self.run = Ledger(), next(_numbers)
            self.accounts = [add(engine, f"{self.run * 2 + index + 10_000}", limits[index]) for index in (0, 1)]
            self.model = Model(limits)
            self.references = 0

        def name(self, number: int) -> str:
            return call(self.run * CALLS + number)

        def owner(self, number: int) -> int:
            return number % 2

        @rule(
            plan=st.lists(
                st.tuples(
                    st.sampled_from(["reserve", "reserve", "commit", "renew", "finish"]),
                    which,
                    used,
                    st.sampled_from(PRICES),
                    st.booleans(),
                ),
                min_size=1,
                max_size=6,
            )
        )
        def steps(self, plan: list[tuple[str, int, int, Rate, bool]]) -> None:
            """Steps of any calls in one transaction; the model takes them one by one."""
            asked: list[Step] = []
            expected: list[Outcome] = []
            for what, number, seconds, price, stale in plan:
                name = self.name(number)
                known = self.model.calls.get(name)
                if what == "reserve":
                    asked.append(Reserve(name, self.accounts[self.owner(number)], "1002", price))
                    expected.append(self.model.reserve(name, self.owner(number), price))
                elif what == "finish":
                    asked.append(Finish(name, seconds))
                    expected.append(self.model.finish(name, seconds))
                else:
                    sequence = max(0, known.sequence - stale) if known else 0
                    asked.append(Commit(name, sequence, seconds, what == "renew"))
                    expected.append(self.model.commit(name, sequence, seconds, what == "renew"))
            with writing(engine) as connection:
                assert self.ledger.perform(connection, asked, 1) == expected

        @rule(customer=customers, fen=st.integers(1, 400), repeat=st.booleans())
        def pay(self, customer: int, fen: int, repeat: bool) -> None:
            self.references += 1
            with writing(engine) as connection:
                for _ in range(1 + repeat):
                    reference = f"pay:{self.run}:{self.references}"
                    self.ledger.pay(connection, self.accounts[customer], fen, reference, 1)
            self.model.customers[customer].paid += fen

        @rule(customer=customers, rent=st.integers(0, 100))
        def bill(self, customer: int, rent: int) -> None:
            self.references += 1
            one = self.model.customers[customer]
            row = BillRow(self.accounts[customer], f"{self.run}-{self.references}", one.unbilled, rent, 0)
            with writing(engine) as connection:
                self.ledger.bill(connection, [row], 1)
            one.billed, one.unbilled = one.billed + one.unbilled + rent, 0

        @rule(customer=customers, limit=st.integers(0, 300))
        def change_limit(self, customer: int, limit: int) -> None:
            with writing(engine) as connection:
                self.ledger.set_limit(connection, self.accounts[customer], limit)
            self.model.customers[customer].limit = limit

        @rule(silent=st.booleans())
        def restart(self, silent: bool) -> None:
            """The journal knows of none of these calls: all are settled with what they confirmed."""
            with writing(engine) as connection:
                if silent:
                    self.ledger.supervise(connection, 2, 3)
                else:
                    self.ledger.reconcile(connection, 3)
            for name in sorted(self.model.calls):
                self.model.finish(name, 0)

        @invariant()
        def sums_are_those_of_the_model(self) -> None:
            with engine.connect() as connection:
                for customer, account in enumerate(self.accounts):
                    balance, one = self.ledger.balance(connection, account), self.model.customers[customer]
                    assert balance.available == self.model.available(customer)
                    assert balance.reserved == self.model.reserved(customer)
                    assert balance.prepaid - balance.unpaid == one.paid - one.billed
                    assert balance.unbilled == one.unbilled

        def teardown(self) -> None:
            with writing(engine) as connection:
                if hasattr(self, "ledger"):
                    self.ledger.supervise(connection, 99, 99)
                assert faults(connection) == []

    return LedgerMachine


def _check(engine: Engine, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        _machine(engine),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def test_ledger_does_what_plain_sums_do(engine: Engine) -> None:
    _check(engine, examples=10, steps=10)


@pytest.mark.slow
def test_ledger_does_what_plain_sums_do_in_long_lives(engine: Engine) -> None:
    _check(engine, examples=all_or(20, 150), steps=40)
