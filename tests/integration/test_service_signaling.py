import json
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.integration.service_bench import Client, acceptance, accepted_call, make_provider, new_id, proposal
from tests.support.provider import Provider
from vidphone.wire.errors import ErrorCode
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import (
    MAX_FRAME_BYTES,
    PROTOCOL_VERSION,
    Dtmf,
    End,
    Error,
    Hello,
    Message,
    Propose,
    Reject,
    Retract,
    Ringing,
)


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with make_provider(tmp_path_factory.mktemp("service"), *(str(2000 + n) for n in range(20))) as running:
        yield running


async def test_all_devices_ring_and_the_first_takes_the_call(provider: Provider) -> None:
    caller, first, second = (Client(provider.url, number) for number in ("2000", "2001", "2001"))
    async with caller, first, second:
        offer = proposal("2001")
        await caller.say(offer)
        for device in (first, second):
            heard = await device.hear()
            assert isinstance(heard, Propose)
            assert (heard.caller, heard.caller_name) == ("2000", "Customer 2000")
            await device.say(Ringing(call=offer.call))
        await second.say(acceptance(offer.call))
        assert await first.hear() == Retract(call=offer.call, reason=EndReason.ANSWERED_ELSEWHERE)
        assert await caller.hear() == Ringing(call=offer.call)
        assert await caller.hear() == acceptance(offer.call)
        await first.say(acceptance(offer.call))
        assert await first.hear() == Retract(call=offer.call, reason=EndReason.ANSWERED_ELSEWHERE)
        await second.say(End(call=offer.call, reason=EndReason.HUNG_UP))
        assert await caller.hear() == End(call=offer.call, reason=EndReason.HUNG_UP)


async def test_numbers_that_cannot_be_called_are_told(provider: Provider) -> None:
    async with Client(provider.url, "2002") as caller:
        for callee, reason in (("2999", EndReason.UNKNOWN_NUMBER), ("2019", EndReason.UNREACHABLE)):
            offer = proposal(callee)
            await caller.say(offer)
            assert await caller.hear() == Reject(call=offer.call, reason=reason)


async def test_lost_connection_resumed_loses_nothing(provider: Provider) -> None:
    async with Client(provider.url, "2003") as caller, Client(provider.url, "2004") as callee:
        call = await accepted_call(caller, callee)
        for digit in "123456":
            await caller.cut()
            await caller.say(Dtmf(call=call, digits=digit))
            await callee.say(Dtmf(call=call, digits=f"{digit}#"))
            await caller.connect()
            assert caller.welcome
            assert caller.welcome.resumed
            assert await callee.hear() == Dtmf(call=call, digits=digit)
            assert await caller.hear() == Dtmf(call=call, digits=f"{digit}#")


async def test_what_is_wrong_is_answered_and_nothing_else_is_touched(provider: Provider) -> None:
    clients = [Client(provider.url, number) for number in ("2005", "2006", "2007")]
    async with clients[0] as caller, clients[1] as callee, clients[2] as wrong:
        call = await accepted_call(caller, callee)
        refused = [
            await wrong.raw("{"),
            await wrong.raw(b"\x00\x01"),
            await wrong.raw(json.dumps({"type": "message", "seq": 1, "ack": 0, "body": {"type": "dance"}})),
            await wrong.raw("x" * (MAX_FRAME_BYTES + 1)),
            await wrong.raw("号" * 200_000),
            await wrong.raw(Message(seq=9, ack=0, body=Dtmf(call=call, digits="1")).model_dump_json()),
            await wrong.raw(Message(seq=2, ack=0, body=End(call=call, reason=EndReason.HUNG_UP)).model_dump_json()),
        ]
        assert [error.code for error in refused] == [
            *[ErrorCode.MALFORMED] * 3,
            *[ErrorCode.TOO_LARGE] * 2,
            ErrorCode.OUT_OF_ORDER,
            ErrorCode.UNKNOWN_CALL,
        ]
        assert all(error.message and error.next_step for error in refused)
        await caller.say(Dtmf(call=call, digits="5"))
        assert await callee.hear() == Dtmf(call=call, digits="5")
        wrong.link.send(Dtmf(call=call, digits="1"))  # its numbers 1 and 2 are used up
        wrong.link.send(Dtmf(call=call, digits="1"))
        await wrong.say(proposal("2999"))
        assert isinstance(await wrong.hear(), Reject)


async def test_unknown_version_may_greet_again(provider: Provider) -> None:
    client = Client(provider.url, "2008")
    await client.open()
    hello = Hello(version=PROTOCOL_VERSION + 1, device=client.device)
    await client.socket.send(hello.model_dump_json())
    refused = await client.frame()
    assert isinstance(refused, Error)
    assert (refused.code, refused.versions) == (ErrorCode.UNKNOWN_VERSION, (PROTOCOL_VERSION,))
    await client.socket.send(hello.model_copy(update={"version": PROTOCOL_VERSION}).model_dump_json())
    assert (await client.frame()).type == "welcome"
    await client.close()


async def test_no_valid_token_no_connection(provider: Provider) -> None:
    client = Client(provider.url, "2009")
    client.token = "stolen"
    with pytest.raises(InvalidStatus) as refused:
        await client.open()
    assert refused.value.response.status_code == 401
    assert b"not-signed-in" in (refused.value.response.body or b"")


async def test_disabled_customer_is_signed_out_of_a_running_call(provider: Provider) -> None:
    async with Client(provider.url, "2010") as caller, Client(provider.url, "2011") as callee:
        call = await accepted_call(caller, callee)
        provider.admin("disable", "--number", "2010")
        assert await callee.hear() == End(call=call, reason=EndReason.NUMBER_DISABLED)
        assert await caller.hear() == End(call=call, reason=EndReason.CALLER_DISABLED)
        error = await caller.hear()
        assert isinstance(error, Error)
        assert error.code is ErrorCode.ACCOUNT_DISABLED
        with pytest.raises(ConnectionClosed) as closed:
            await caller.hear()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4003


async def test_reader_that_takes_nothing_holds_nobody_up(provider: Provider) -> None:
    async with Client(provider.url, "2012") as caller, Client(provider.url, "2013") as deaf:
        call = await accepted_call(caller, deaf)
        deaf.socket.transport.pause_reading()
        for _ in range(300):
            await caller.say(Dtmf(call=call, digits="1"))
        await caller.say(proposal("2999"))
        assert isinstance(await caller.hear(), Reject)
        deaf.socket.transport.resume_reading()
        for _ in range(300):
            assert await deaf.hear() == Dtmf(call=call, digits="1")


async def test_call_id_of_another_call_is_refused(provider: Provider) -> None:
    async with Client(provider.url, "2014") as caller:
        await caller.say(End(call=new_id(), reason=EndReason.HUNG_UP))
        refused = await caller.hear()
        assert isinstance(refused, Error)
        assert refused.code is ErrorCode.UNKNOWN_CALL
