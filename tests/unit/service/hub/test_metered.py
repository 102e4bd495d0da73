"""Calls that cost, through the hub: who is told what, and what the journal and the ledger are told."""

import pytest

from tests.unit.service.hub.bench import FREE_NUMBER, Bench, Device, accept, call_id, end, propose
from tests.unit.service.metering.world import rate
from vidphone.service.hub.directory import Gate
from vidphone.service.hub.effects import CallEnded
from vidphone.service.ledger.books import Credit
from vidphone.service.ledger.values import Finish, Reserve
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import Charging, Media, Propose, Reject, Retract


class Metered(Bench):
    """1001 pays a fen a second."""

    def __init__(self, limit_fen: int = 300) -> None:
        super().__init__()
        self.credit(limit_fen)
        self.gates["1002"] = Gate(rate=rate())
        self.caller, self.callee = self.device("1001"), self.device("1002")

    def credit(self, limit_fen: int) -> None:
        before = self.books.credit[1]
        self.books.credit[1] = Credit(1, limit_fen, reserved_fen=before.reserved_fen, unbilled_fen=before.unbilled_fen)

    def media(self, call: str, *, flowing: bool = True) -> None:
        for device in (self.caller, self.callee):
            if device.connection is not None:
                device.say(Media(call=call, flowing=flowing))

    def talk(self, call: str, seconds: int) -> None:
        for _ in range(seconds // 5):
            self.advance(5)
            if self.hub.counts()[3]:
                self.media(call)

    @property
    def charged(self) -> list[int]:
        return [step.used_s for step in self.steps if isinstance(step, Finish)]


def charges(device: Device) -> list[Charging]:
    return [body for body in device.news() if isinstance(body, Charging)]


def test_the_caller_hears_the_price_at_once_and_nobody_else_hears_of_money() -> None:
    world = Metered()
    world.caller.say(propose(call_id(1), "1002"))
    (told,) = charges(world.caller)
    assert (told.price_e4_yuan, told.remaining_s, told.running) == (6_000, 300, False)
    world.callee.say(accept(call_id(1)))
    world.media(call_id(1))
    world.talk(call_id(1), 400)
    assert {body.type for body in world.callee.news()} == {"propose", "end"}


def test_a_caller_at_the_limit_is_refused_before_anybody_rings() -> None:
    world = Metered(limit_fen=0)
    world.caller.say(propose(call_id(1), "1002"))
    assert world.caller.news() == [Reject(call=call_id(1), reason=EndReason.CREDIT_LIMIT)]
    assert (world.callee.news(), world.journal) == ([], [])


def test_a_call_that_nobody_answers_gives_its_reservation_back() -> None:
    world = Metered()
    world.caller.say(propose(call_id(1), "1002"))
    assert world.books.credit[1].available_fen == 240
    world.caller.say(Retract(call=call_id(1), reason=EndReason.CANCELLED))
    assert (world.books.credit[1].available_fen, world.charged) == (300, [0])


def test_at_the_limit_the_hub_ends_the_call_and_tells_the_other_side_no_reason_of_money() -> None:
    world = Metered()
    call = world.accepted_call(world.caller, world.callee)
    world.media(call)
    world.talk(call, 400)
    told = world.caller.news()
    assert [body.warning for body in told if isinstance(body, Charging) and body.warning] == [60, 30, 10]
    last, ending = told[-2:]
    assert isinstance(last, Charging)
    assert (last.settled, last.spent_fen, last.answered_s) == (True, 300, 300)
    assert ending.type == "end"
    assert ending.reason is EndReason.CREDIT_LIMIT
    assert world.callee.reasons() == [("end", EndReason.HUNG_UP)]
    assert world.journal[-1] == CallEnded(call, EndReason.CREDIT_LIMIT)
    assert world.charged == [300]


def test_two_calls_of_one_customer_cannot_overdraw() -> None:
    world = Metered(limit_fen=100)
    world.gates["1003"] = Gate(rate=rate())
    second, third = world.device("1001", 2), world.device("1003")
    calls = world.accepted_call(world.caller, world.callee, 1), world.accepted_call(second, third, 2)
    for _ in range(30):
        for call, devices in zip(calls, ((world.caller, world.callee), (second, third)), strict=True):
            for device in devices:
                device.say(Media(call=call, flowing=True))
        world.advance(5)
    assert sum(world.charged) == 100
    assert world.books.credit[1].available_fen == 0


def test_a_payment_during_the_countdown_keeps_the_call() -> None:
    world = Metered(limit_fen=100)
    call = world.accepted_call(world.caller, world.callee)
    world.media(call)
    world.talk(call, 95)
    assert charges(world.caller)[-1].final
    world.credit(400)
    world.hub.money_changed("1001", paused=False, now=world.now)
    world.perform()
    assert not charges(world.caller)[-1].final
    world.talk(call, 200)
    assert world.hub.counts()[3] == 1


def test_hanging_up_charges_the_seconds_used_and_tells_them_last() -> None:
    world = Metered()
    call = world.accepted_call(world.caller, world.callee)
    world.media(call)
    world.advance(7.3)
    world.caller.say(end(call))
    assert world.charged == [8]
    assert charges(world.caller)[-1].settled


def test_a_client_that_is_gone_is_charged_what_was_confirmed() -> None:
    world = Metered()
    call = world.accepted_call(world.caller, world.callee)
    world.media(call)
    world.talk(call, 20)
    world.caller.drop()
    world.advance(31)
    assert world.charged == [20]
    assert world.callee.reasons() == [("end", EndReason.CONNECTION_LOST)]


def test_who_pays_hears_how_it_stands_when_it_comes_back_anew() -> None:
    world = Metered()
    call = world.accepted_call(world.caller, world.callee)
    world.media(call)
    world.talk(call, 20)
    world.caller.session = "unknown-session-0001"
    world.caller.drop()
    world.caller.connect()
    assert [body.type for body in world.caller.news()][-2:] == ["standing", "charging"]


@pytest.mark.parametrize("word", ["caller", "callee"])
def test_media_of_a_call_that_costs_nothing_does_nothing(word: str) -> None:
    world = Metered()
    world.gates.clear()
    call = world.accepted_call(world.caller, world.callee)
    device: Device = getattr(world, word)
    device.say(Media(call=call, flowing=True))
    world.advance(500)
    assert (world.caller.errors, world.callee.errors, world.steps) == ([], [], [])
    assert world.hub.counts()[3] == 1


@pytest.mark.parametrize("why", [EndReason.ACCOUNT_SUSPENDED, EndReason.SERVICE_PAUSED, EndReason.CREDIT_LIMIT])
def test_a_refusal_names_its_reason_and_lets_free_numbers_pass(why: EndReason) -> None:
    world = Metered()
    world.customer(FREE_NUMBER)
    free = world.device(FREE_NUMBER)
    world.gates["1002"] = world.gates[FREE_NUMBER] = Gate(refusal=why)
    world.caller.say(propose(call_id(1), "1002"))
    world.caller.say(propose(call_id(2), FREE_NUMBER))
    assert world.caller.reasons() == [("reject", why)]
    assert isinstance(free.news()[0], Propose)
    assert not [step for step in world.steps if isinstance(step, Reserve)]


def test_a_callee_whose_service_is_suspended_is_out_of_service_for_others_than_free_numbers() -> None:
    world = Metered()
    world.customer(FREE_NUMBER)
    free = world.device(FREE_NUMBER)
    world.gates["1002"] = Gate(callee_closed=True)
    world.caller.say(propose(call_id(1), "1002"))
    assert world.caller.reasons() == [("reject", EndReason.NUMBER_DISABLED)]
    free.say(propose(call_id(2), "1002"))
    assert [body.type for body in world.callee.news()] == ["propose"]


def test_a_pause_by_the_law_ends_running_calls_but_those_with_free_numbers() -> None:
    world = Metered()
    world.customer(FREE_NUMBER)
    free = world.device(FREE_NUMBER)
    paid = world.accepted_call(world.caller, world.callee, 1)
    world.accepted_call(world.device("1001", 2), free, 2)
    world.media(paid)
    world.advance(5)
    world.hub.money_changed("1001", paused=True, now=world.now)
    world.perform()
    assert world.caller.reasons() == [("end", EndReason.SERVICE_PAUSED)]
    assert world.callee.reasons() == [("end", EndReason.NUMBER_DISABLED)]
    assert world.charged == [5]
    assert free.reasons() == []
