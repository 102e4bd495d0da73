from tests.unit.service.hub.bench import Bench
from vidphone.service.hub.frames import decode
from vidphone.wire.signaling import Notice, Topic


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
