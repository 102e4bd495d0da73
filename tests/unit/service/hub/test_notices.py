from tests.unit.service.hub.bench import Bench, call_id, propose
from vidphone.service.hub.effects import CloseCode
from vidphone.service.hub.frames import decode
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import Notice, Propose, Topic


def test_a_notice_reaches_the_devices_of_its_numbers_only() -> None:
    bench = Bench()
    first, second, other = bench.device("1001"), bench.device("1001", 2), bench.device("1002")
    bench.hub.notice(["1001", "4711"], Topic.CASES)
    bench.perform()
    assert [device.notices for device in (first, second, other)] == [[("cases",)], [("cases",)], []]


def test_a_notice_for_everyone_waits_for_a_device_that_comes_back_to_its_session() -> None:
    bench = Bench()
    there, away = bench.device("1001"), bench.device("1002")
    away.drop()
    bench.hub.notice(None, Topic.RELEASES)
    bench.hub.notice(None, Topic.ANNOUNCEMENTS)
    bench.hub.notice(None, Topic.RELEASES)
    away.connect()
    assert there.notices == [("releases",), ("announcements",), ("releases",)]
    assert away.welcomes[-1].resumed
    assert away.notices == [("announcements", "releases")]
    away.drop()
    away.connect()
    assert len(away.notices) == 1


def test_a_client_may_not_send_notices() -> None:
    bench = Bench()
    device = bench.device("1001")
    frame = Notice(topics=("cases",)).model_dump_json()
    device.give(decode(frame))
    assert [error.code for error in device.errors] == ["malformed"]


def test_devices_of_a_changed_number_are_sent_away_to_come_again() -> None:
    bench = Bench()
    moving, other = bench.device("1001"), bench.device("1002")
    call = bench.accepted_call(other, moving)
    bench.hub.renumbered("1001", bench.now)
    bench.perform()
    assert moving.closed_with == CloseCode.COME_AGAIN
    assert other.reasons() == [("end", EndReason.CONNECTION_LOST)]
    assert moving.errors == []
    assert call


def test_a_call_for_the_old_number_rings_at_the_new_one() -> None:
    bench = Bench()
    bench.customer("1009")
    bench.directory["1001"] = bench.directory["1009"]
    caller, moved = bench.device("1002"), bench.device("1009")
    caller.say(propose(call_id(1), "1001"))
    (heard,) = moved.news()
    assert isinstance(heard, Propose)
    assert heard.callee == "1009"


def test_who_has_not_come_again_yet_cannot_call_as_the_old_number() -> None:
    bench = Bench()
    old, other = bench.device("1001"), bench.device("1002")
    bench.customer("1009")
    bench.directory["1001"] = bench.directory["1009"]
    old.say(propose(call_id(1), "1002"))
    assert old.reasons() == [("reject", EndReason.FAILED)]
    assert other.news() == []
