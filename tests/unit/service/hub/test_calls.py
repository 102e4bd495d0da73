import pytest

from tests.unit.service.hub.bench import FREE_NUMBER, Bench, accept, call_id, candidates, end, propose
from vidphone.service.hub import limits
from vidphone.service.hub.effects import AcceptDelivered, CallAccepted, CallEnded, CallProposed
from vidphone.wire.errors import ErrorCode
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import (
    NO_ANSWER_S,
    Ack,
    Answer,
    CallMessage,
    Dtmf,
    Info,
    Offer,
    Reject,
    Restart,
    Retract,
    Reveal,
    Ringing,
)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_proposal_reaches_every_device_with_the_callers_true_name(bench: Bench) -> None:
    caller, first, second = bench.device("1001"), bench.device("1002"), bench.device("1002", 2)
    caller.say(propose(call_id(1), "1002", caller="1003", caller_name="Somebody else"))
    expected = propose(call_id(1), "1002", caller="1001", caller_name="Name of 1001")
    assert first.news() == second.news() == [expected]


def test_device_that_connects_while_it_rings_gets_proposal_and_candidates(bench: Bench) -> None:
    caller, _ = bench.device("1001"), bench.device("1002")
    caller.say(propose(call_id(1), "1002"))
    caller.say(candidates(call_id(1)))
    late = bench.device("1002", 2)
    assert [body.type for body in late.news()] == ["propose", "candidates"]
    late.say(accept(call_id(1)))
    assert [body.type for body in caller.news()] == ["accept"]


def test_ringing_is_told_once(bench: Bench) -> None:
    caller, first, second = bench.device("1001"), bench.device("1002"), bench.device("1002", 2)
    caller.say(propose(call_id(1), "1002"))
    for device in (first, second, first):
        device.say(Ringing(call=call_id(1)))
    assert caller.news() == [Ringing(call=call_id(1))]


def test_second_accept_is_told_answered_elsewhere(bench: Bench) -> None:
    caller, first, second = bench.device("1001"), bench.device("1002"), bench.device("1002", 2)
    call = bench.ringing_call(caller, first, second)
    second.say(accept(call))
    assert first.reasons() == [("retract", EndReason.ANSWERED_ELSEWHERE)]
    first.say(accept(call))
    assert first.reasons() == [("retract", EndReason.ANSWERED_ELSEWHERE)]
    assert caller.news() == [accept(call)]
    caller.say(end(call))
    first.say(accept(call))
    assert first.reasons() == [("retract", EndReason.ANSWERED_ELSEWHERE)]
    assert not first.errors


def test_busy_counts_for_one_device_only(bench: Bench) -> None:
    caller, first, second = bench.device("1001"), bench.device("1002"), bench.device("1002", 2)
    call = bench.ringing_call(caller, first, second)
    first.say(Reject(call=call, reason=EndReason.BUSY))
    assert (caller.news(), second.news()) == ([], [])
    second.say(Reject(call=call, reason=EndReason.MEDIA_FAILED))
    assert caller.reasons() == [("reject", EndReason.BUSY)]


def test_declined_ends_it_everywhere(bench: Bench) -> None:
    caller, first, second = bench.device("1001"), bench.device("1002"), bench.device("1002", 2)
    call = bench.ringing_call(caller, first, second)
    first.say(Reject(call=call, reason=EndReason.DECLINED))
    assert caller.reasons() == [("reject", EndReason.DECLINED)]
    assert second.reasons() == [("retract", EndReason.DECLINED_ELSEWHERE)]
    assert first.news() == []


@pytest.mark.parametrize(
    ("callee", "reason"),
    [
        ("1999", EndReason.UNKNOWN_NUMBER),
        ("1003", EndReason.NUMBER_DISABLED),
        ("1001", EndReason.OWN_NUMBER),
        ("1002", EndReason.UNREACHABLE),
    ],
)
def test_call_that_cannot_be_is_rejected_at_once(bench: Bench, callee: str, reason: EndReason) -> None:
    bench.customer("1003", enabled=False)
    caller = bench.device("1001")
    caller.say(propose(call_id(1), callee))
    caller.say(candidates(call_id(1)))
    assert caller.reasons() == [("reject", reason)]
    assert (caller.errors, bench.journal) == ([], [])


def test_disabled_caller_cannot_call(bench: Bench) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    bench.customer("1001", enabled=False)
    caller.say(propose(call_id(1), "1002"))
    assert caller.reasons() == [("reject", EndReason.CALLER_DISABLED)]
    assert callee.news() == []


BARS = [EndReason.AGREEMENT_REQUIRED, EndReason.IDENTITY_SUSPENDED]


@pytest.mark.parametrize("why", BARS)
def test_barred_caller_is_told_why_and_nobody_rings(bench: Bench, why: EndReason) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    bench.customer("1001", barred=why)
    caller.say(propose(call_id(1), "1002"))
    assert caller.reasons() == [("reject", why)]
    assert (callee.news(), bench.journal) == ([], [])


@pytest.mark.parametrize("why", BARS)
def test_barred_caller_reaches_free_numbers_and_can_be_called(bench: Bench, why: EndReason) -> None:
    bench.customer(FREE_NUMBER)
    bench.customer("1001", barred=why)
    caller, free, other = bench.device("1001"), bench.device(FREE_NUMBER), bench.device("1002")
    caller.say(propose(call_id(1), FREE_NUMBER))
    other.say(propose(call_id(2), "1001"))
    assert [body.type for body in free.news()] == ["propose"]
    assert "propose" in [body.type for body in caller.news()]


def test_free_number_calls_without_an_agreement_of_its_own(bench: Bench) -> None:
    bench.customer(FREE_NUMBER, barred=EndReason.AGREEMENT_REQUIRED)
    free, callee = bench.device(FREE_NUMBER), bench.device("1002")
    free.say(propose(call_id(1), "1002"))
    assert [body.type for body in callee.news()] == ["propose"]


def test_device_within_its_time_to_resume_counts_as_there(bench: Bench) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    callee.drop()
    bench.advance(29)
    caller.say(propose(call_id(1), "1002"))
    callee.connect()
    assert [body.type for body in callee.news()] == ["propose"]


def test_nobody_answers(bench: Bench) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    bench.ringing_call(caller, callee)
    bench.advance(NO_ANSWER_S - 0.1)
    assert caller.news() == []
    bench.advance(0.1)
    assert caller.reasons() == [("reject", EndReason.NO_ANSWER)]
    assert callee.reasons() == [("retract", EndReason.NO_ANSWER)]


def test_caller_gives_up(bench: Bench) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    call = bench.ringing_call(caller, callee)
    caller.say(Retract(call=call, reason=EndReason.CANCELLED))
    assert callee.reasons() == [("retract", EndReason.CANCELLED)]
    callee.say(accept(call))
    assert callee.reasons() == [("retract", EndReason.CANCELLED)]
    assert caller.news() == []


def test_caller_who_gives_up_while_the_answer_is_on_its_way_hangs_up(bench: Bench) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    call = bench.accepted_call(caller, callee)
    caller.say(Retract(call=call, reason=EndReason.CANCELLED))
    assert callee.reasons() == [("end", EndReason.HUNG_UP)]


def test_two_who_call_each_other_at_once_get_one_call(bench: Bench) -> None:
    one, other = bench.device("1001"), bench.device("1002")
    one.say(propose(call_id(1), "1002"))
    other.say(propose(call_id(2), "1001"))
    assert other.news()[-1] == Reject(call=call_id(2), reason=EndReason.GLARE, winner=call_id(1))
    other.say(accept(call_id(1)))
    assert one.news() == [accept(call_id(1))]
    assert bench.hub.counts()[2:] == (0, 1)


CALLER_ONLY = (Offer(call=call_id(1), generation=1, sdp="v=0"), Reveal(call=call_id(1), nonce="c" * 32))
CALLEE_ONLY = (Answer(call=call_id(1), generation=1, sdp="v=0"), Restart(call=call_id(1)))
EITHER = (
    candidates(call_id(1)),
    Info(call=call_id(1), microphone=True, camera=False, hold=False, recording=False),
    Dtmf(call=call_id(1), digits="1*#"),
)


def test_in_a_call_messages_go_to_the_other_party_only(bench: Bench) -> None:
    caller, callee, idle, same = (
        bench.device("1001"), bench.device("1002"), bench.device("1002", 2), bench.device("1001", 2)
    )  # fmt: skip
    bench.accepted_call(caller, callee)
    idle.news()
    for said in (*CALLER_ONLY, *EITHER):
        caller.say(said)
        assert callee.news() == [said]
    for replied in (*CALLEE_ONLY, *EITHER):
        callee.say(replied)
        assert caller.news() == [replied]
    assert (idle.news(), same.news(), caller.errors, callee.errors) == ([], [], [], [])


def test_nobody_else_can_say_anything_in_a_call(bench: Bench) -> None:
    caller, callee, same, stranger = (
        bench.device("1001"), bench.device("1002"), bench.device("1001", 2), bench.device("1003")
    )  # fmt: skip
    call = bench.accepted_call(caller, callee)
    for outsider in (same, stranger):
        outsider.say(end(call))
        assert [error.code for error in outsider.errors] == [ErrorCode.UNKNOWN_CALL]
    assert (caller.news(), callee.news()) == ([], [])
    assert bench.hub.counts()[3] == 1


@pytest.mark.parametrize("body", [*CALLER_ONLY, *CALLEE_ONLY, end(call_id(1)), Ringing(call=call_id(1))])
def test_message_not_allowed_while_ringing_is_refused_and_the_call_goes_on(bench: Bench, body: CallMessage) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    call = bench.ringing_call(caller, callee)
    caller.say(body)
    assert [(error.code, error.call) for error in caller.errors] == [(ErrorCode.NOT_POSSIBLE_NOW, call)]
    assert callee.news() == []
    callee.say(accept(call))
    assert caller.news() == [accept(call)]


@pytest.mark.parametrize("body", [*CALLEE_ONLY, accept(call_id(1)), Reject(call=call_id(1), reason=EndReason.BUSY)])
def test_caller_cannot_speak_for_the_callee(bench: Bench, body: CallMessage) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    bench.accepted_call(caller, callee)
    caller.say(body)
    assert [error.code for error in caller.errors] == [ErrorCode.NOT_POSSIBLE_NOW]
    assert callee.news() == []


def test_device_gone_too_long_ends_its_call(bench: Bench) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    call = bench.accepted_call(caller, callee)
    callee.drop()
    bench.advance(29.9)
    assert caller.news() == []
    bench.advance(0.1)
    assert caller.reasons() == [("end", EndReason.CONNECTION_LOST)]
    assert bench.journal[-1] == CallEnded(call, EndReason.CONNECTION_LOST)


def test_ringing_device_gone_too_long_is_dropped(bench: Bench) -> None:
    caller, first, second = bench.device("1001"), bench.device("1002"), bench.device("1002", 2)
    bench.ringing_call(caller, first, second)
    first.drop()
    bench.advance(31)
    assert caller.news() == []
    second.drop()
    bench.customer("1002")
    bench.advance(13.9)  # the ringing lasts 45 s in all
    assert caller.reasons() == []
    bench.advance(0.2)
    assert caller.reasons() == [("reject", EndReason.NO_ANSWER)]


def test_last_ringing_device_gone_makes_the_callee_unreachable(bench: Bench) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    bench.ringing_call(caller, callee)
    callee.drop()
    bench.advance(30)
    assert caller.reasons() == [("reject", EndReason.UNREACHABLE)]


def test_caller_gone_too_long_stops_the_ringing(bench: Bench) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    bench.ringing_call(caller, callee)
    caller.drop()
    bench.advance(30)
    assert callee.reasons() == [("retract", EndReason.CANCELLED)]


def test_program_started_anew_has_no_part_in_its_old_calls(bench: Bench) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    bench.accepted_call(caller, callee)
    caller.connect(fresh=True)
    assert callee.reasons() == [("end", EndReason.CONNECTION_LOST)]
    assert caller.news() == []


def test_disabled_number_loses_its_sessions_and_calls(bench: Bench) -> None:
    caller, callee, other = bench.device("1001"), bench.device("1002"), bench.device("1003")
    bench.accepted_call(caller, callee)
    bench.ringing_call(other, caller, number=2)
    bench.hub.disabled("1001", bench.now)
    bench.perform()
    assert callee.reasons() == [("end", EndReason.NUMBER_DISABLED)]
    assert other.reasons() == [("reject", EndReason.NUMBER_DISABLED)]
    assert caller.reasons() == [("end", EndReason.CALLER_DISABLED), ("retract", EndReason.CALLER_DISABLED)]
    assert [error.code for error in caller.errors] == [ErrorCode.ACCOUNT_DISABLED]
    assert (caller.closed_with, bench.hub.counts()) == (4003, (2, 2, 0, 0))


def test_revoked_token_ends_only_its_own_session(bench: Bench) -> None:
    caller, callee, same = bench.device("1001"), bench.device("1002"), bench.device("1001", 2)
    bench.accepted_call(caller, callee)
    bench.hub.signed_out("1001", caller.token, bench.now)
    bench.perform()
    assert callee.reasons() == [("end", EndReason.SIGNED_OUT)]
    assert (caller.closed_with, same.closed_with) == (4002, None)


def test_calls_of_a_device_are_bounded(bench: Bench) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    for number in range(limits.MAX_CALLS_PER_DEVICE):
        caller.say(propose(call_id(number), "1002"))
    third = bench.device("1003")
    third.say(propose(call_id(100), "1002"))
    assert third.reasons() == [("reject", EndReason.BUSY)]
    assert len(callee.news()) == limits.MAX_CALLS_PER_DEVICE
    caller.say(propose(call_id(101), "1003"))
    assert caller.reasons() == [("reject", EndReason.FAILED)]


def test_early_candidates_are_bounded(bench: Bench) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    call = bench.ringing_call(caller, callee)
    for port in range(limits.MAX_EARLY_CANDIDATE_MESSAGES + 1):
        caller.say(candidates(call, port))
    assert len(callee.news()) == limits.MAX_EARLY_CANDIDATE_MESSAGES
    assert [error.code for error in caller.errors] == [ErrorCode.NOT_POSSIBLE_NOW]


def test_ended_calls_are_forgotten(bench: Bench) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    call = bench.accepted_call(caller, callee)
    caller.say(end(call))
    callee.say(end(call))
    assert callee.errors == []
    bench.advance(limits.ENDED_MEMORY_S)
    bench.accepted_call(caller, callee, number=2)
    caller.say(end(call_id(2)))
    callee.say(end(call))
    assert [error.code for error in callee.errors] == [ErrorCode.UNKNOWN_CALL]


def test_id_of_an_earlier_call_cannot_be_used_again(bench: Bench) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    caller.say(end(bench.accepted_call(caller, callee)))
    callee.news()
    bench.advance(limits.ENDED_MEMORY_S)
    caller.say(end(bench.accepted_call(caller, callee, number=2)))
    caller.say(propose(call_id(1), "1002"))
    assert [error.code for error in caller.errors] == [ErrorCode.UNKNOWN_CALL]


def test_journal_tells_the_story_of_a_call(bench: Bench) -> None:
    caller, callee = bench.device("1001"), bench.device("1002")
    call = bench.accepted_call(caller, callee)
    caller.give(Ack(ack=caller.link.received))
    caller.say(end(call))
    assert bench.journal == [
        CallProposed(call, caller.address, "1002", video=True),
        CallAccepted(call, callee.address, accept(call)),
        AcceptDelivered(call),
        CallEnded(call, EndReason.HUNG_UP),
    ]
