"""What a hub knows that was killed and started again."""

from tests.unit.service.hub.bench import Bench, Device, accept, call_id, candidates, end, propose
from vidphone.service.hub.effects import CallEnded, StoredCall
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import Standing


class Restarted(Bench):
    """Two devices in a call, and the hub killed under them."""

    def __init__(self, *, delivered: bool = True) -> None:
        super().__init__()
        self.caller, self.callee = self.device("1001"), self.device("1002")
        self.call = self.accepted_call(self.caller, self.callee)
        kept = None if delivered else accept(self.call)
        self.restart(StoredCall(self.call, self.caller.address, "1002", self.callee.address.device, kept, None))

    def restart(self, *stored: StoredCall) -> None:
        for device in list(self.devices.values()):
            device.connection = None
        self.devices.clear()
        self.journal.clear()
        self.hub = self._new_hub()
        self.hub.restore(stored, self.now)

    def back(self, device: Device) -> None:
        device.connect()
        assert not device.welcomes[-1].resumed


def test_call_stands_when_both_come_back() -> None:
    world = Restarted()
    for device in (world.caller, world.callee):
        world.back(device)
        assert device.news() == [Standing(calls=(world.call,))]
    world.advance(60)
    world.caller.say(end(world.call))
    assert world.callee.reasons() == [("end", EndReason.HUNG_UP)]


def test_hanging_up_while_the_service_is_away_ends_the_call_when_it_is_back() -> None:
    world = Restarted()
    world.caller.say(end(world.call))
    world.back(world.callee)
    world.back(world.caller)
    assert world.callee.reasons() == [("end", EndReason.HUNG_UP)]
    assert world.journal == [CallEnded(world.call, EndReason.HUNG_UP)]


def test_what_is_said_before_the_other_is_back_is_kept_for_it() -> None:
    world = Restarted()
    world.back(world.caller)
    world.caller.say(candidates(world.call))
    world.back(world.callee)
    assert world.callee.news() == [Standing(calls=(world.call,)), candidates(world.call)]


def test_end_before_the_other_is_back_comes_before_the_calls_that_stand() -> None:
    world = Restarted()
    world.back(world.caller)
    world.caller.say(end(world.call))
    world.back(world.callee)
    assert world.callee.news() == [end(world.call), Standing(calls=())]


def test_who_does_not_come_back_loses_the_call() -> None:
    world = Restarted()
    world.back(world.caller)
    world.caller.news()
    world.advance(30)
    assert world.caller.reasons() == [("end", EndReason.CONNECTION_LOST)]
    world.back(world.callee)
    assert world.callee.news() == [Standing(calls=())]


def test_accept_that_the_caller_may_not_have_is_given_again() -> None:
    world = Restarted(delivered=False)
    world.back(world.caller)
    assert world.caller.news() == [Standing(calls=(world.call,)), accept(world.call)]


def test_messages_sent_again_do_no_harm() -> None:
    world = Restarted()
    world.callee.say(accept(world.call))
    world.back(world.caller)
    world.back(world.callee)
    world.caller.say(end(world.call))
    world.callee.say(end(world.call))
    assert (world.caller.errors, world.callee.errors) == ([], [])


def test_call_that_rang_at_the_kill_is_over_for_those_who_still_ring() -> None:
    world = Restarted()
    ended = StoredCall(call_id(7), world.caller.address, "1002", None, None, EndReason.SERVICE_RESTARTED)
    world.restart(ended)
    world.callee.say(accept(call_id(7)))
    world.caller.say(propose(call_id(7), "1002"))
    world.back(world.callee)
    world.back(world.caller)
    assert world.callee.reasons() == [("retract", EndReason.SERVICE_RESTARTED)]
    assert world.caller.news() == [Standing(calls=())]
    assert (world.caller.errors, world.callee.errors) == ([], [])
    assert world.hub.counts()[2:] == (0, 0)
