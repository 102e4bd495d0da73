"""Sessions without media: descriptions and candidates, friendly and hostile."""

import asyncio
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.media_ends import End, negotiate, until
from vidphone.media.rtc import adapter
from vidphone.media.rtc.generation import parse_candidate
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.http import IceServer
from vidphone.wire.signaling import Candidate


async def offer_of() -> str:
    end = End()
    offer = await end.session.create_offer(0)
    await end.session.close()
    return offer


async def refused(sdp: str) -> ErrorCode | None:
    """What a fresh session says to an offer; None where it answers."""
    end = End()
    try:
        await end.session.accept_offer(0, sdp)
    except VidphoneError as error:
        return error.code
    finally:
        await end.session.close()
    return None


async def test_the_installed_library_is_the_one_that_is_known() -> None:
    adapter.check()


async def test_another_version_is_refused_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(adapter.VERSIONS, "aiortc", "0.0.1")
    with pytest.raises(adapter.MediaLibraryMismatch, match=r"0\.0\.1 is needed"):
        adapter.check()


async def test_the_offer_has_both_media_both_ways_and_no_candidates() -> None:
    offer = await offer_of()
    assert offer.count("a=sendrecv") == 2
    assert "a=candidate" not in offer
    assert "a=ice-options:trickle" in offer
    assert {"opus/48000/2", "AV1/90000", "H264/90000", "VP8/90000"} <= {
        line.split(" ", 1)[1] for line in offer.splitlines() if line.startswith("a=rtpmap")
    }


async def test_all_generations_have_the_same_fingerprint() -> None:
    end = End()
    offers = [await end.session.create_offer(number) for number in (0, 1)]
    assert all(f"sha-256 {end.session.local_fingerprint}" in offer for offer in offers)
    await end.session.close()


async def test_another_key_than_the_first_is_refused() -> None:
    a, b, stranger = End(), End(), End()
    await negotiate(a, b)
    assert b.session.remote_fingerprint == a.session.local_fingerprint
    with pytest.raises(VidphoneError) as refusal:
        await b.session.accept_offer(1, await stranger.session.create_offer(1))
    assert refusal.value.code is ErrorCode.MALFORMED
    answered_by_stranger = await stranger.session.accept_offer(1, await a.session.create_offer(1))
    with pytest.raises(VidphoneError):
        await a.session.accept_answer(1, answered_by_stranger)
    for end in (a, b, stranger):
        await end.session.close()


async def test_candidates_before_the_description_are_kept() -> None:
    a, b = End(), End()
    offer = await a.session.create_offer(0)
    await until(lambda: bool(a.told))
    for _, generation, candidates, last in a.told:
        await b.session.add_candidates(generation, candidates, last)  # type: ignore[arg-type]
    b.other = a
    await a.session.accept_answer(0, await b.session.accept_offer(0, offer))
    await until(lambda: a.count("connected", 0) == 1 == b.count("connected", 0))
    await asyncio.gather(a.session.close(), b.session.close())


async def test_a_dead_stun_server_delays_nothing_but_its_own_candidates() -> None:
    dead = (IceServer(urls=("stun:192.0.2.254:9",)), IceServer(urls=("nonsense:",)))
    a, b = End(servers=dead), End()
    a.other, b.other = b, a
    await negotiate(a, b)
    await until(lambda: a.count("connected", 0) == 1 == b.count("connected", 0), 3.0)
    first = a.told[0]
    assert first[0] == "candidates"
    assert first[2]
    assert first[3] is False
    await asyncio.gather(a.session.close(), b.session.close())


async def test_after_close_nothing_happens_and_nothing_is_left() -> None:
    before = threading.active_count()
    a, b = End(), End()
    a.other, b.other = b, a
    await negotiate(a, b)
    await until(lambda: a.count("connected", 0) == 1)
    await asyncio.gather(a.session.close(), a.session.close(), b.session.close())
    assert await a.session.create_offer(1) == ""
    await a.session.add_candidates(0, (), True)
    assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()
    left = [thread.name for thread in threading.enumerate() if not thread.name.startswith("asyncio_")]
    assert len(left) <= before


async def test_the_callee_may_close_while_the_caller_still_gathers() -> None:
    a = End(servers=(IceServer(urls=("turn:192.0.2.254:9?transport=udp",), username="u", credential="c"),))
    await a.session.create_offer(0)
    await a.session.close()
    assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a=fingerprint:sha-256", "a=fingerprint:sha-1"),
        ("a=rtcp-mux", "a=rtcp-nomux"),
        ("a=setup:actpass", "a=setup:sideways"),
        ("a=mid:1", "a=mid:0"),
        ("v=0", "v=zero"),
    ],
)
async def test_an_offer_that_no_call_has_is_malformed(old: str, new: str) -> None:
    offer = await offer_of()
    assert old in offer
    assert await refused(offer.replace(old, new)) is ErrorCode.MALFORMED


async def test_descriptions_may_carry_their_candidates() -> None:
    a, b = End(), End()
    await a.session.create_offer(0)
    await b.session.accept_offer(0, await a.session.complete_description(0))
    await a.session.accept_answer(0, await b.session.complete_description(0))
    await until(lambda: a.count("connected", 0) == 1 == b.count("connected", 0))
    assert await a.session.complete_description(7) == ""
    await asyncio.gather(a.session.close(), b.session.close())


LINES = st.sampled_from(
    ["", "m=video 9 UDP/TLS/RTP/SAVPF 97", "m=audio 0 RTP/AVP 255", "a=fmtp:97 apt=;;=", "a=ssrc:-1 cname:x",
     "a=ssrc-group:FID 1", "a=candidate:x", "a=rtcp-fb:* nack", "a=extmap:1 urn:x", "a=fingerprint:sha-256 AB",
     "a=group:BUNDLE", "a=ice-ufrag:" + "u" * 400, "a=setup:active", "c=IN IP4", "\x00", "a=", "a=rtpmap:x"]
)  # fmt: skip


@given(
    st.lists(
        st.tuples(st.integers(0, 80), st.sampled_from(["drop", "twice", "swap", "put", "cut"]), LINES),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mangled_offers_are_answered_or_malformed(changes: list[tuple[int, str, str]]) -> None:
    async def offer_mangled() -> None:
        lines = (await offer_of()).split("\r\n")
        for where, how, line in changes:
            at = where % len(lines)
            match how:
                case "drop":
                    lines.pop(at)
                case "twice":
                    lines.insert(at, lines[at])
                case "swap":
                    lines[at - 1], lines[at] = lines[at], lines[at - 1]
                case "put":
                    lines.insert(at, line)
                case _:
                    lines[at] = lines[at][: len(lines[at]) // 2]
            if not lines:
                lines = [""]
        assert await refused("\r\n".join(lines)) in (None, ErrorCode.MALFORMED)

    asyncio.run(offer_mangled())


@given(st.text(max_size=80))
def test_any_text_as_candidate_is_used_or_passed_over(text: str) -> None:
    parse_candidate(text)


@pytest.mark.parametrize(
    "text",
    ["candidate:1 1 tcp 1 10.0.0.1 9 typ host", "candidate:1 2 udp 1 10.0.0.1 9 typ host",
     "candidate:1 1 udp 1 10.0.0.1 0 typ host", "candidate:1 1 udp x 10.0.0.1 9 typ host", ""],
)  # fmt: skip
async def test_unusable_candidates_are_passed_over(text: str) -> None:
    assert parse_candidate(text) is None
    end = End()
    await end.session.create_offer(0)
    if text:
        await end.session.add_candidates(0, (Candidate(candidate=text, mid="0", line=0),), False)
    await end.session.close()
