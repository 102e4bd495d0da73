import json

from hypothesis import given, settings
from hypothesis import strategies as st

from vidphone.service.hub.frames import Refusal, Unreadable, decode
from vidphone.wire.errors import ErrorCode
from vidphone.wire.signaling import MAX_FRAME_BYTES, Ack, Hello, Message, Propose

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TYPES = st.sampled_from(["hello", "message", "ack", "error", "welcome", "propose"])


@given(st.text() | st.binary() | ANY_JSON.map(json.dumps))
def test_whatever_comes_is_read_or_refused(data: str | bytes) -> None:
    assert isinstance(decode(data), Hello | Message | Ack | Unreadable | Refusal)


@given(st.fixed_dictionaries({"type": TYPES}, optional={"seq": ANY_JSON, "ack": ANY_JSON, "body": ANY_JSON}))
def test_near_misses_are_read_or_refused(frame: dict[str, object]) -> None:
    assert isinstance(decode(json.dumps(frame)), Hello | Message | Ack | Unreadable | Refusal)


def test_size_is_counted_in_bytes() -> None:
    refused = decode('"' + "号" * (MAX_FRAME_BYTES // 3) + '"')
    assert isinstance(refused, Refusal)
    assert refused.code is ErrorCode.TOO_LARGE
    small = decode('"' + "a" * (MAX_FRAME_BYTES - 2) + '"')
    assert isinstance(small, Refusal)
    assert small.code is ErrorCode.MALFORMED


@given(st.text('a\n"é号😀', min_size=1, max_size=9).map(lambda piece: (piece * 32_768)[:32_768]))
@settings(max_examples=30, deadline=None)
def test_what_the_hub_hands_on_is_never_larger_than_a_frame_may_be(sdp: str) -> None:
    body = Propose(call="1" * 32, callee="1001", video=True, sdp=sdp, commitment="a" * 64)
    read = decode(Message(seq=1, ack=0, body=body).model_dump_json(exclude_none=True))
    if isinstance(read, Message):
        handed_on = body.model_copy(update={"caller": "9" * 15, "caller_name": "😀" * 64})
        frame = Message(seq=2**53, ack=2**53, body=handed_on)
        assert len(frame.model_dump_json(exclude_none=True).encode()) <= MAX_FRAME_BYTES
    else:
        assert isinstance(read, Unreadable | Refusal)


def test_unknown_body_keeps_its_number_and_call() -> None:
    frame = {"type": "message", "seq": 3, "ack": 2, "body": {"type": "sing", "call": "abc"}}
    read = decode(json.dumps(frame))
    assert isinstance(read, Unreadable)
    assert (read.seq, read.ack, read.refusal.call) == (3, 2, "abc")


def test_fault_is_named_without_the_value() -> None:
    secret = "13800138000"
    read = decode(json.dumps({"type": "message", "seq": 1, "ack": 0, "body": {"type": "end", "call": secret}}))
    assert isinstance(read, Unreadable)
    assert secret not in str(read.refusal.about)


def test_nested_beyond_reason_is_refused() -> None:
    assert isinstance(decode("[" * 30_000), Refusal)
