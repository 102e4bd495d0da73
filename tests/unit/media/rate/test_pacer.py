from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.rate.model import Probe
from vidphone.media.rate.pacer import Pacer, Priority


def run(pacer: Pacer[str], begin_s: float, end_s: float) -> list[tuple[float, str]]:
    left, now_s = [], begin_s
    while now_s < end_s:
        left += [(now_s, item) for item, _ in pacer.due(now_s)]
        next_s = pacer.next_at(now_s)
        if next_s is None:
            break
        now_s = max(next_s, now_s + 0.0005)
    return left


def test_speech_never_waits_for_a_picture() -> None:
    pacer: Pacer[str] = Pacer(500_000)
    for _ in range(30):
        pacer.enqueue("video", 1200, Priority.VIDEO, 0.0)
    pacer.due(0.0)
    pacer.enqueue("audio", 120, Priority.AUDIO, 0.001)
    assert pacer.next_at(0.001) == 0.001
    assert [item for item, _ in pacer.due(0.001)] == ["audio"]


def test_what_is_missing_goes_before_what_is_new_and_repair_after() -> None:
    pacer: Pacer[str] = Pacer(1_000_000)
    for item, priority in (("fec", Priority.FEC), ("video", Priority.VIDEO), ("again", Priority.RETRANSMISSION)):
        pacer.enqueue(item, 1000, priority, 0.0)
    assert [item for _, item in run(pacer, 0.0, 1.0)] == ["again", "video", "fec"]


def test_keyframe_is_spread_at_the_pacing_rate() -> None:
    pacer: Pacer[str] = Pacer(2_000_000)
    for _ in range(25):
        pacer.enqueue("key", 1000, Priority.VIDEO, 0.0)
    left = run(pacer, 0.0, 1.0)
    assert len(left) == 25
    assert 0.08 < left[-1][0] < 0.11


def test_ten_kilobytes_leave_at_once_on_a_fast_line() -> None:
    pacer: Pacer[str] = Pacer(30_000_000)
    for _ in range(9):
        pacer.enqueue("video", 1150, Priority.VIDEO, 0.0)
    assert run(pacer, 0.0, 1.0)[-1][0] < 0.004


@given(st.lists(st.integers(50, 1250), min_size=1, max_size=300), st.integers(30_000, 5_000_000))
def test_nothing_waits_much_longer_than_bound(sizes: list[int], rate_bps: int) -> None:
    pacer: Pacer[str] = Pacer(rate_bps, longest_wait_s=0.25)
    for size in sizes:
        assert pacer.enqueue("video", size, Priority.VIDEO, 0.0)
    left = run(pacer, 0.0, 5.0)
    assert len(left) == len(sizes)
    assert left[-1][0] < 0.3
    assert pacer.queued_bytes == 0


def test_probe_takes_media_and_asks_for_the_rest() -> None:
    pacer: Pacer[str] = Pacer(300_000)
    pacer.enqueue("video", 1000, Priority.VIDEO, 0.0)
    pacer.probe(Probe(7, 2_000_000, 5, 4000), 0.0)
    assert pacer.due(0.0) == [("video", 7)]
    tagged, now_s, padded = 1, 0.0, 0
    while pacer.next_at(now_s) is not None and tagged < 10:
        now_s = max(pacer.next_at(now_s) or now_s, now_s + 0.0005)
        if pacer.padding_wanted(now_s) > 0:
            padded += 1
            pacer.enqueue("padding", 800, Priority.PADDING, now_s)
        tagged += sum(cluster == 7 for _, cluster in pacer.due(now_s))
    assert (tagged, padded) == (5, 4)
    assert 0.010 < now_s < 0.025
    assert pacer.padding_wanted(now_s) == 0


def test_full_pacer_refuses_all_but_speech() -> None:
    pacer: Pacer[str] = Pacer(100_000, limit_bytes=3000)
    assert [pacer.enqueue("video", 1000, Priority.VIDEO, 0.0) for _ in range(4)] == [True, True, True, False]
    assert pacer.enqueue("audio", 100, Priority.AUDIO, 0.0)
    assert pacer.queued_bytes <= 3000


def test_dropped_packets_no_longer_count() -> None:
    pacer: Pacer[str] = Pacer(100_000)
    pacer.enqueue("old", 1000, Priority.VIDEO, 0.0)
    pacer.enqueue("new", 700, Priority.VIDEO, 0.0)
    assert pacer.drop(lambda item: item == "old") == 1000
    assert (pacer.queued_bytes, pacer.queued_packets) == (700, 1)
