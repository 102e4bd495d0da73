"""Several phones of one number, a second call in a call, and two people who dial each other at once."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.phones import HeadlessPhone, connect
from tests.support.provider import Provider

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SOUND_ONLY = ("--camera", "none", "--mic", "tone", "--speaker", "none")


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    provider = Provider(tmp_path_factory.mktemp("service"))
    for number in ("1001", "1002", "1003"):
        provider.add_customer(number)
    with provider:
        yield provider


class Phones:
    """Signed-in phones, started as they are asked for."""

    def __init__(self, provider: Provider, folder: Path, stack: ExitStack) -> None:
        self._provider, self._folder, self._stack = provider, folder, stack
        self._count = 0

    def of(self, *numbers: str) -> list[HeadlessPhone]:
        """A phone for each number; they start side by side."""
        phones = []
        for _ in numbers:
            self._count += 1
            profile = self._folder / f"profile-{self._count}"
            phones.append(self._stack.enter_context(HeadlessPhone(self._provider.url, profile, *SOUND_ONLY)))
        for phone, number in zip(phones, numbers, strict=True):
            phone.sign_in(number)
        return phones


@pytest.fixture
def phones(provider: Provider, tmp_path: Path) -> Iterator[Phones]:
    with ExitStack() as stack:
        yield Phones(provider, tmp_path, stack)


def hears(phone: HeadlessPhone, call: str) -> None:
    """Wait until sound comes in by that call."""
    phone.heard("stats")
    first = phone.wait_for("stats", call=call)
    while phone.wait_for("stats", call=call)["audio_packets"] <= first["audio_packets"] + 20:
        pass


def test_all_phones_of_a_number_ring_and_the_first_to_answer_has_the_call(phones: Phones) -> None:
    caller, first, second = phones.of("1001", "1002", "1002")
    caller.do("dial", number="1002", video=False)
    call = first.wait_for("incoming")["call"]
    second.wait_for("incoming", call=call)
    caller.wait_for("ringing", call=call)
    second.do("answer", video=False)
    assert first.wait_for("ended", call=call)["reason"] == "answered-elsewhere"
    second.wait_for("connected", call=call)
    caller.wait_for("connected", call=call)
    hears(caller, call)
    assert caller.has_said("comparison-code")["code"] == second.has_said("comparison-code")["code"]
    first.do("hang-up")  # it has no part in the call any more
    assert first.wait_for("error")["code"] == "no-such-call"
    second.do("hang-up")
    assert caller.wait_for("ended", call=call)["reason"] == "hung-up"


def test_declining_on_one_phone_stops_all_of_them(phones: Phones) -> None:
    caller, first, second = phones.of("1001", "1002", "1002")
    caller.do("dial", number="1002", video=False)
    call = first.wait_for("incoming")["call"]
    second.wait_for("incoming", call=call)
    first.do("decline")
    assert caller.wait_for("ended", call=call)["reason"] == "declined"
    assert first.wait_for("ended", call=call)["reason"] == "declined"
    assert second.wait_for("ended", call=call)["reason"] in ("declined", "declined-elsewhere")


def test_giving_up_stops_all_phones(phones: Phones) -> None:
    caller, first, second = phones.of("1001", "1002", "1002")
    caller.do("dial", number="1002", video=False)
    call = first.wait_for("incoming")["call"]
    second.wait_for("incoming", call=call)
    caller.do("hang-up")
    for phone in (caller, first, second):
        assert phone.wait_for("ended", call=call)["reason"] == "cancelled"


def test_a_second_call_is_answered_the_first_is_held_and_they_swap(phones: Phones) -> None:
    first, middle, second = phones.of("1001", "1002", "1003")
    one = connect(first, middle, "1002", video=False)
    hears(middle, one)
    two = connect(second, middle, "1002", video=False)
    first.wait_for("peer", call=one, hold=True)
    hears(middle, two)
    middle.do("hold", on=True)  # nothing is active now
    second.wait_for("peer", call=two, hold=True)
    middle.do("hold", on=False)
    second.wait_for("peer", call=two, hold=False)
    second.do("hang-up")
    assert middle.wait_for("ended", call=two)["reason"] == "hung-up"
    middle.do("hold", on=False)
    first.wait_for("peer", call=one, hold=False)
    hears(first, one)
    middle.do("hang-up")
    assert first.wait_for("ended", call=one)["reason"] == "hung-up"


def test_a_waiting_call_that_is_declined_leaves_the_first_alone(phones: Phones) -> None:
    first, middle, second = phones.of("1001", "1002", "1003")
    one = connect(first, middle, "1002", video=False)
    second.do("dial", number="1002", video=False)
    two = middle.wait_for("incoming")["call"]
    middle.do("decline")
    assert second.wait_for("ended", call=two)["reason"] == "declined"
    hears(first, one)
    assert not first.heard("peer", hold=True)
    middle.do("hang-up")
    assert first.wait_for("ended", call=one)["reason"] == "hung-up"


def test_two_who_dial_each_other_at_once_get_one_call(phones: Phones) -> None:
    a, b = phones.of("1001", "1002")
    both = (a, b)
    crossed = 0
    for rounds in range(1, 7):
        ended_before = {phone: len(phone.heard("ended")) for phone in both}
        a.do("dial", number="1002", video=False)
        b.do("dial", number="1001", video=False)
        call = a.wait_for("connected", 15)["call"]
        assert b.wait_for("connected", 15)["call"] == call
        hears(a, call)
        hears(b, call)
        for phone in both:
            ended = [line["reason"] for line in phone.heard("ended")[ended_before[phone] :]]
            assert ended in ([], ["glare"])
            crossed += len(ended)
            assert len(phone.heard("connected")) == rounds
            assert not phone.heard("incoming")
        a.do("hang-up")
        for phone in both:
            phone.wait_for("ended", call=call)
        if crossed:
            return
    raise AssertionError("the two calls never crossed")
