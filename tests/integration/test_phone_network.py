"""Phones on machines of their own: wires are cut, addresses change, and the call goes on, or ends in time."""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from tests.support import networks
from tests.support.networks import FarProvider, Network
from tests.support.phones import HeadlessPhone, connect
from tests.support.thorough import THOROUGH, all_or

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

QUIET = ("--camera", "test", "--mic", "tone", "--speaker", "none", "--size", "320x180")


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    if reason := networks.missing():
        pytest.skip(reason)
    with Network() as network:
        yield network


@pytest.fixture(scope="module")
def provider(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarProvider]:
    provider = FarProvider(tmp_path_factory.mktemp("service"), network)
    for number in ("1001", "1002"):
        provider.add_customer(number)
    with provider:
        yield provider


@pytest.fixture
def phones(provider: FarProvider, network: Network, tmp_path: Path) -> Iterator[tuple[HeadlessPhone, HeadlessPhone]]:
    """1001 and 1002, each at a place of its own, signed in."""
    with (
        provider.phone(network.places[0], tmp_path / "a", *QUIET, "--record", str(tmp_path / "a.mkv")) as a,
        provider.phone(network.places[1], tmp_path / "b", *QUIET, "--record", str(tmp_path / "b.mkv")) as b,
    ):
        a.sign_in("1001")
        b.sign_in("1002")
        yield a, b
    for place in network.places:
        place.mend()


Phones = tuple[HeadlessPhone, HeadlessPhone]


def flows_again(phone: HeadlessPhone) -> None:
    """Wait until pictures and sound come in, by two counts of the same call."""
    phone.heard("stats")
    first = phone.wait_for("stats")
    until_s = time.monotonic() + 20
    while time.monotonic() < until_s:
        later = phone.wait_for("stats")
        if later["audio_packets"] > first["audio_packets"] + 20 and later["frames"] > first["frames"] + 5:
            return
        if later["audio_packets"] < first["audio_packets"]:  # a new transport counts anew
            first = later
    raise AssertionError(f"no media: {phone.said[-8:]}")


def longest_freeze_s(recording: Path) -> float:
    """The longest time between two pictures that were seen."""
    with av.open(str(recording)) as file:
        at_s = [packet.pts * float(packet.time_base) for packet in file.demux(video=0) if packet.pts is not None]
    return max(later - earlier for earlier, later in itertools.pairwise(at_s))


@pytest.mark.parametrize("cut_s", [8, *([25] if THOROUGH else [])])
def test_a_cut_wire_is_repaired_within_the_same_call(network: Network, phones: Phones, cut_s: int) -> None:
    a, b = phones
    call = connect(a, b, "1002")
    for phone in phones:
        phone.has_said("first-frame")
    network.places[0].cut()
    time.sleep(cut_s)
    for phone in phones:
        told = phone.wait_for("reconnecting", 5, call=call)
        assert 28 < told["seconds_left"] <= 30
    network.places[0].mend()
    mended_at_s = time.monotonic()
    for phone in phones:
        back = phone.wait_for("reconnected", call=call)
        print(f"cut {cut_s} s: reconnected after {phone.when(back) - mended_at_s:.2f} s")
        flows_again(phone)
    a.link_is_up()
    a.do("hang-up")
    for phone in phones:
        assert phone.wait_for("ended")["reason"] == "hung-up"
        assert [line["call"] for line in phone.heard("ended")] == [call]
        assert len(phone.heard("connected")) == 1
        assert len(phone.heard("reconnecting")) == 1
    assert [line["call"] for line in b.heard("incoming")] == [call]


def test_a_wire_that_stays_cut_ends_the_call_after_thirty_seconds(network: Network, phones: Phones) -> None:
    a, b = phones
    call = connect(a, b, "1002")
    for phone in phones:
        phone.has_said("first-frame")
    network.places[1].cut()
    for phone in phones:
        lost = phone.wait_for("reconnecting", call=call)
        ended = phone.wait_for("ended", 45, call=call)
        assert ended["reason"] == "connection-lost"
        assert phone.when(ended) - phone.when(lost) == pytest.approx(30, abs=2)
        assert not phone.heard("reconnected")
    network.places[1].mend()
    b.link_is_up()
    again = connect(a, b, "1002")
    assert again != call
    a.do("hang-up")
    b.wait_for("ended", call=again)


@pytest.mark.parametrize(("mover", "away_s"), [(0, 0), (1, 0), (0, all_or(8, 15))])
def test_another_address_in_the_call_is_taken_within_the_same_call(
    network: Network, phones: Phones, tmp_path: Path, mover: int, away_s: int
) -> None:
    a, b = phones
    call = connect(a, b, "1002")
    for phone in phones:
        phone.has_said("first-frame")
        phone.has_said("recording", on=True)
        phone.wait_for("stats")
    place, before = network.places[mover], network.places[mover].address
    try:
        place.leave()
        time.sleep(away_s)
        place.arrive(f"10.77.0.{40 + mover}")
        for phone in phones:
            if away_s:
                phone.has_said("reconnecting")
                phone.has_said("reconnected")
            flows_again(phone)
        phones[mover].has_said("link", state="down")
        phones[mover].link_is_up()
        a.do("hang-up")
        for phone in phones:
            assert phone.wait_for("ended")["reason"] == "hung-up"
            assert [line["call"] for line in phone.heard("ended")] == [call]
            assert len(phone.heard("connected")) == 1
            phone.quit()
    finally:
        place.leave()
        place.arrive(before)
    for name in ("a", "b"):
        freeze_s = longest_freeze_s(tmp_path / f"{name}.mkv")
        print(f"{name} saw nothing for {freeze_s:.2f} s, {away_s} of them without an address")
        assert freeze_s < away_s + 10  # 0.4 to 1.1 s on a machine with nothing else to do


def test_an_unused_interface_that_comes_and_goes_disturbs_nobody(
    network: Network, phones: Phones, tmp_path: Path
) -> None:
    a, b = phones
    connect(a, b, "1002")
    for phone in phones:
        phone.has_said("first-frame")
    network.places[0].plug_unused()
    time.sleep(5)  # two looks of the watch
    network.places[0].unplug_unused()
    time.sleep(5)
    for phone in phones:
        flows_again(phone)
        assert not phone.heard("reconnecting")
        assert len(phone.heard("link", state="up")) == 1
    a.do("hang-up")
    for phone in phones:
        phone.wait_for("ended")
        phone.quit()
    for name in ("a", "b"):
        assert longest_freeze_s(tmp_path / f"{name}.mkv") < 1.5
