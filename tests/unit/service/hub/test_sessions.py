from tests.unit.service.hub.bench import Bench, accept, call_id, candidates, propose
from vidphone.service.hub import limits
from vidphone.service.hub.frames import Refusal, Unreadable, decode
from vidphone.wire.errors import ErrorCode
from vidphone.wire.reasons import EndReason
from vidphone.wire.reliable import MAX_UNACKNOWLEDGED
from vidphone.wire.signaling import PROTOCOL_VERSION, Ack, Dtmf, Hello, Message, Standing


def test_connection_resumed_loses_no_message_either_way() -> None:
    bench = Bench()
    caller, callee = bench.device("1001"), bench.device("1002")
    call = bench.ringing_call(caller, callee)
    caller.drop()
    callee.say(accept(call))
    callee.say(candidates(call))
    caller.say(candidates(call, 5001))
    bench.advance(29)
    caller.connect()
    assert caller.welcomes[-1].resumed
    assert caller.news() == [accept(call), candidates(call)]
    assert callee.news() == [candidates(call, 5001)]


def test_books_that_disagree_are_not_resumed() -> None:
    bench = Bench()
    caller, callee = bench.device("1001"), bench.device("1002")
    bench.accepted_call(caller, callee)
    caller.drop()
    caller.link.received += 5
    caller.connect()
    assert not caller.welcomes[-1].resumed
    caller.link.received = 0


def test_second_connection_supersedes_the_first() -> None:
    bench = Bench()
    caller, callee = bench.device("1001"), bench.device("1002")
    first = caller.connection
    assert first is not None
    call = bench.accepted_call(caller, callee)
    caller.connect()
    bench.hub.closed(first, bench.now)
    bench.advance(60)
    caller.say(Dtmf(call=call, digits="1"))
    assert callee.news() == [Dtmf(call=call, digits="1")]
    assert bench.hub.counts() == (2, 2, 0, 1)


def test_unknown_version_is_told_the_known_ones_and_may_greet_again() -> None:
    bench = Bench()
    device = bench.stranger("1001").open()
    device.give(Hello(version=99, device=device.address.device))
    assert (device.errors[0].code, device.errors[0].versions) == (ErrorCode.UNKNOWN_VERSION, (PROTOCOL_VERSION,))
    device.give(Hello(version=PROTOCOL_VERSION, device=device.address.device))
    assert device.session


def test_token_of_another_device_does_not_greet() -> None:
    bench = Bench()
    device = bench.stranger("1001").open()
    device.give(Hello(version=PROTOCOL_VERSION, device="f" * 32))
    assert [error.code for error in device.errors] == [ErrorCode.NOT_SIGNED_IN]


def test_message_before_greeting_is_refused_and_silence_is_ended() -> None:
    bench = Bench()
    device = bench.stranger("1001").open()
    device.give(Message(seq=1, ack=0, body=propose(call_id(1), "1002")))
    assert [error.code for error in device.errors] == [ErrorCode.NOT_GREETED]
    bench.advance(limits.GREETING_S)
    assert (device.closed_with, bench.hub.counts()) == (4004, (0, 0, 0, 0))


def test_message_out_of_order_is_refused_and_may_be_sent_again() -> None:
    bench = Bench()
    caller, callee = bench.device("1001"), bench.device("1002")
    missing, ahead = caller.link.send(propose(call_id(1), "1002")), caller.link.send(candidates(call_id(1)))
    caller.give(ahead)
    assert (caller.errors[0].code, caller.errors[0].seq, caller.errors[0].expected) == (ErrorCode.OUT_OF_ORDER, 2, 1)
    assert callee.news() == []
    caller.give(missing)
    caller.give(ahead)
    assert [body.type for body in callee.news()] == ["propose", "candidates"]


def test_unreadable_message_uses_up_its_number() -> None:
    bench = Bench()
    device, other = bench.device("1001"), bench.device("1002")
    device.give(Unreadable(1, 0, Refusal(ErrorCode.MALFORMED, {"detail": "body"}, "x")))
    assert [(error.code, error.seq, error.call) for error in device.errors] == [(ErrorCode.MALFORMED, 1, "x")]
    device.give(Message(seq=2, ack=0, body=propose(call_id(1), "1002")))
    assert len(other.news()) == 1


def test_message_sent_twice_acts_once_and_is_acknowledged_twice() -> None:
    bench = Bench()
    device, other = bench.device("1001"), bench.device("1002")
    message = Message(seq=1, ack=0, body=propose(call_id(1), "1002"))
    device.give(message)
    assert device.connection is not None
    bench.hub.received(device.connection, message, bench.now)
    sent = [effect.frame for effect in bench.perform() if hasattr(effect, "frame")]
    assert sent == [Ack(ack=1)]
    assert len(other.news()) == 1


def test_sessions_of_a_number_are_bounded() -> None:
    bench = Bench()
    for device in range(limits.MAX_SESSIONS_PER_NUMBER):
        bench.device("1001", device)
    surplus = bench.device("1001", 99)
    assert [error.code for error in surplus.errors] == [ErrorCode.NOT_POSSIBLE_NOW]
    assert bench.hub.counts()[1] == limits.MAX_SESSIONS_PER_NUMBER


def test_connections_of_a_number_are_bounded() -> None:
    bench = Bench()
    for _ in range(limits.MAX_CONNECTIONS_PER_NUMBER):
        bench.stranger("1001").open()
    assert bench.stranger("1001").open().closed_with == 4006
    assert bench.stranger("1002").open().closed_with is None


def test_flood_is_refused_then_passes_again() -> None:
    bench = Bench()
    device = bench.device("1001")
    for _ in range(limits.BURST_FRAMES + 10):
        device.give(Ack(ack=0))
    assert {error.code for error in device.errors} == {ErrorCode.TOO_MANY_MESSAGES}
    assert bench.pauses == len(device.errors)
    bench.advance(1)
    device.errors.clear()
    device.say(propose(call_id(1), "1002"))
    assert device.errors == []


def test_device_that_acknowledges_nothing_is_given_up() -> None:
    bench = Bench()
    caller, callee = bench.device("1001"), bench.device("1002")
    call = bench.accepted_call(caller, callee)
    callee.drop()
    for _ in range(MAX_UNACKNOWLEDGED + 1):
        bench.advance(0.02)
        caller.say(Dtmf(call=call, digits="1"))
    assert caller.reasons()[0] == ("end", EndReason.CONNECTION_LOST)
    callee.connect()
    assert callee.news() == [Standing(calls=())]


def test_second_hello_is_refused() -> None:
    bench = Bench()
    device = bench.device("1001")
    device.give(Hello(version=PROTOCOL_VERSION, device=device.address.device))
    assert [error.code for error in device.errors] == [ErrorCode.NOT_POSSIBLE_NOW]


def test_clients_do_not_speak_as_the_hub() -> None:
    bench = Bench()
    device = bench.device("1001")
    device.say(Standing(calls=()))
    refused = decode('{"type":"ack","ack":1}'), decode(device.welcomes[0].model_dump_json())
    assert [error.code for error in device.errors] == [ErrorCode.NOT_POSSIBLE_NOW]
    assert isinstance(refused[0], Ack)
    assert isinstance(refused[1], Refusal)
