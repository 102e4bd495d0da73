"""The network test against a real service and a real coturn, and over a line that loses packets."""

import asyncio
import shutil
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.support.coturn import Coturn
from tests.support.provider import PASSWORD, Provider
from vidphone.account.network_client import NetworkClient
from vidphone.media.rtc import relay_probe
from vidphone.media.rtc.relay_probe import Refused, ask_stun, servers_of, through_relay
from vidphone.phone.network_events import Step
from vidphone.phone.network_test import measure as measuring
from vidphone.phone.network_test.measure import measure
from vidphone.phone.network_test.result import Expected, Reach, Trips, Way, expected
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.http import IceServer
from vidphone.wire.network_test import MAX_DOWN_BYTES, MAX_UP_BYTES, PATH

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("turnserver") is None, reason="coturn is not installed"),
]
DEVICES = ("1" * 32, "2" * 32)


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    with Coturn(tmp_path_factory.mktemp("relay")) as running:
        yield running


@pytest.fixture(scope="module")
def provider(relay: Coturn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    running = Provider(tmp_path_factory.mktemp("service") / "data")
    tcp = f'"turn:{relay.address}:{relay.port}?transport=tcp"'
    more = relay.settings.replace('?transport=udp"]', f'?transport=udp", {tcp}]')
    running.configure(more=f'{more}\n[rates]\nnetwork_test_per_number = "12/hour"\n')
    running.add_customer("1001")
    running.add_customer("1002")
    with running:
        yield running


def token(provider: Provider, number: str) -> str:
    body = {"number": number, "password": PASSWORD, "device": DEVICES[0], "device_name": "test"}
    answer = httpx.post(f"{provider.url}/v1/sign-in", json=body)
    return str(answer.json()["token"])


async def test_a_good_network_is_measured_through_the_relay(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "PROBES", 40)
    client = NetworkClient(provider.url, token(provider, "1001"))
    steps: list[Step] = []
    result = await measure(client, steps.append)
    await client.close()
    assert steps == list(Step)
    assert (result.udp, result.tcp, result.tls) == (Reach.YES, Reach.YES, Reach.NOT_OFFERED)
    assert (result.way, result.relay_only) == (Way.RELAY, True)
    assert result.trips is not None
    assert result.trips.sent == 40
    assert result.trips.lost < 10
    assert result.down_bps
    assert result.up_bps
    assert expected(result)[0] is not Expected.NOTHING


async def test_it_is_for_customers_bounded_and_not_too_often(provider: Provider) -> None:
    async with httpx.AsyncClient(base_url=provider.url) as client:
        assert (await client.get(PATH, params={"bytes": 1})).status_code == 401
        assert (await client.post(PATH, content=b"x")).status_code == 401
        client.headers["Authorization"] = f"Bearer {token(provider, '1002')}"
        content = (await client.get(PATH, params={"bytes": 100_000})).content
        assert len(content) == 100_000
        assert len(set(content)) > 200
        for wrong in ("0", str(MAX_DOWN_BYTES + 1), "x"):
            assert (await client.get(PATH, params={"bytes": wrong})).status_code == 422
        took = (await client.post(PATH, content=bytes(200_000))).json()
        assert took["bytes"] == 200_000
        assert (await client.post(PATH, content=bytes(MAX_UP_BYTES + 1))).status_code == 413
        codes = {(await client.get(PATH, params={"bytes": 1})).status_code for _ in range(12)}
    assert codes == {200, 429}
    asking = NetworkClient(provider.url, client.headers["Authorization"].removeprefix("Bearer "))
    with pytest.raises(VidphoneError) as raised:
        await asking.rate_down()
    await asking.close()
    assert raised.value.code is ErrorCode.TOO_MANY_ATTEMPTS


async def test_a_relay_that_refuses_and_one_that_is_not_there_are_told_apart(relay: Coturn) -> None:
    trusted = ssl.create_default_context()
    url = f"turn:{relay.address}:{relay.port}?transport=udp"
    (refusing,) = servers_of([IceServer(urls=(url,), username="guess", credential="guess")])
    with pytest.raises(Refused):
        await through_relay(refusing, 1, 0.01, trusted)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        gone = f"turn:127.0.0.1:{unused.getsockname()[1]}?transport=tcp"
        (absent,) = servers_of([IceServer(urls=(gone, "nonsense"), username="a", credential="b")])
        with pytest.raises(OSError, match=r"."):
            await through_relay(absent, 1, 0.01, trusted)


async def test_loss_and_delay_of_a_bad_line_are_found(relay: Coturn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_probe, "LATE_S", 0.4)
    async with bad_line(relay.address, relay.port) as port:
        (server,) = servers_of([IceServer(urls=(f"stun:127.0.0.1:{port}",))])
        trips = Trips.of(await ask_stun(server, 40, 0.01))
    assert (trips.sent, trips.lost) == (40, 10)
    assert trips.round_trip_ms is not None
    assert trips.round_trip_ms >= 50


@asynccontextmanager
async def bad_line(host: str, port: int) -> AsyncIterator[int]:
    """A line that loses each fourth datagram on the way there, and takes 50 ms on the way back."""
    loop = asyncio.get_running_loop()
    asker: list[tuple[str, int]] = []
    count = 0

    class Back(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, _address: object) -> None:
            loop.call_later(0.05, lambda: near.sendto(data, asker[0]))

    class There(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
            nonlocal count
            asker[:] = [address]
            count += 1
            if count % 4:
                far.sendto(data)

    far, _ = await loop.create_datagram_endpoint(Back, remote_addr=(host, port))
    near, _ = await loop.create_datagram_endpoint(There, local_addr=("127.0.0.1", 0))
    yield int(near.get_extra_info("sockname")[1])
    near.close()
    far.close()
