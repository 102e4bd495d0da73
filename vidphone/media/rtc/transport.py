"""ICE, DTLS and SRTP of one call's media, on aiortc's parts without its RTCPeerConnection, senders and receivers.

aiortc's own way costs a task switch or two for each packet: sending awaits, receiving goes through a queue, and a relay
makes a task of every datagram. Here an RTP packet is encrypted and handed to the socket within `send`, and a received
one is decrypted and handed on within the socket's callback; DTLS alone still goes aiortc's way. Private names of aiortc
and aioice are allowed here, in `adapter` and in `gathering`; `adapter.check` sees to it that they exist.
"""

import asyncio
import contextlib
import logging
import struct
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pylibsrtp
from aioice import Candidate as IceCandidate
from aioice import Connection, turn
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from aiortc.rtcicetransport import RTCIceGatherer, RTCIceParameters, RTCIceTransport

from vidphone.media.rtc import gathering
from vidphone.media.rtc.flights import Flights
from vidphone.media.rtc.sdp.agreement import RemoteTransport
from vidphone.media.rtc.sdp.model import IceCredentials
from vidphone.media.rtp.packet import is_rtcp
from vidphone.wire.http import IceServer

log = logging.getLogger(__name__)

MAX_PACKET_BYTES = 1356
"""What libsrtp's buffer takes of plaintext."""
MAX_WAITING_BYTES = 65_536
"""A socket or a relay's TCP connection that is further behind takes no more: late media is worth less than lost."""
EARLY_PACKETS = 256
"""Media kept that came before the end of the handshake: the last flight may be late or lost."""
CHANNEL_RETRY_S = 5.0
UDP_BYTES, IPV4_BYTES, IPV6_BYTES, CHANNEL_BYTES = 8, 20, 40, 4
GCM_TAG_BYTES, SHA1_TAG_BYTES = 16, 10
_RECEIVE_BYTES = 2048
_RTP_FIRST, _RTP_LAST = 128, 191
"""First bytes of RTP and RTCP (RFC 7983 section 7)."""

DTLS_NAMES = ("_rx_srtp", "_tx_srtp", "_set_role", "_ssl", "_handle_rtp_data", "_handle_rtcp_data")
ICE_NAMES = ("_connection", "_role_set", "_send")
RELAY_NAMES = ("_TurnTransport__inner_protocol",)
RELAY_CLIENT_NAMES = ("peer_to_channel", "channel_refresh_at", "channel_refresh_time", "_send")


def ignore_packet(data: bytes, arrival_s: float) -> None:
    """Where nobody listens yet."""


def ignore_state() -> None:
    """Where nobody listens yet."""


def parts(certificate: RTCCertificate) -> tuple[Any, Any]:
    """aiortc's DTLS transport and the ICE transport under it."""
    ice = RTCIceTransport(RTCIceGatherer(iceServers=[]))
    return RTCDtlsTransport(ice, [certificate]), ice


class Transport:
    """One ICE component with DTLS-SRTP on it. Made and used on the loop.

    `on_packet` is called with each authenticated RTP or RTCP packet, in plaintext, and the monotonic time in seconds at
    which the socket's callback ran; `on_state` after every change of `state`. Neither may raise.
    """

    def __init__(self, certificate: RTCCertificate) -> None:
        self.on_packet: Callable[[bytes, float], None] = ignore_packet
        self.on_state: Callable[[], None] = ignore_state
        self.overhead_bytes = UDP_BYTES + IPV4_BYTES + GCM_TAG_BYTES
        """What the way adds to an RTP packet: SRTP's tag, UDP, IP and the relay's header."""
        self.packets_sent = self.bytes_sent = 0
        self.packets_received = self.bytes_received = 0
        """Authenticated RTP and RTCP; bytes as on the wire above UDP."""
        self.send_failures = self.damaged = 0
        self._loop = asyncio.get_running_loop()
        self._dtls, self._ice = parts(certificate)
        self._connection: Connection = self._ice._connection
        self._connection._queue = gathering.ReceiveQueue()
        gathering.end_consent_with(self._connection)
        self._dtls._handle_rtp_data = self._late_rtp
        self._dtls._handle_rtcp_data = self._late_rtcp
        self._flights = Flights(self._ice._send, lambda: self.packets_received > 0)
        self._ice._send = self._flights.send
        self._early: deque[tuple[bytes, float]] = deque(maxlen=EARLY_PACKETS)
        self._dtls.on("statechange", self._changed)
        self._ice.on("statechange", self._changed)
        self._tx: pylibsrtp.Session | None = None
        self._rx: pylibsrtp.Session | None = None
        self._pair: Any = None
        self._write: Callable[[bytes], bool] = self._refuse
        self._tag_bytes = GCM_TAG_BYTES
        self._tapped: set[Any] = set()
        self._connecting: asyncio.Task[None] | None = None
        self._binding: set[asyncio.Task[None]] = set()
        self._remote_ended = False
        self._closing = self._broken = False
        self._state = "new"

    @property
    def state(self) -> str:
        """As W3C's RTCPeerConnectionState, without `disconnected`: `new`, `connecting`, `connected`, `failed`, `closed`
        (by the other side, or by us)."""
        return self._state

    @property
    def connected(self) -> bool:
        """Media can be sent."""
        return self._tx is not None

    @property
    def credentials(self) -> IceCredentials:
        """Ours, for a description."""
        return IceCredentials(self._connection.local_username, self._connection.local_password)

    @property
    def local_candidate(self) -> IceCandidate | None:
        """Ours of the pair in use."""
        pair = self._connection._nominated.get(1)
        return pair.local_candidate if pair else None

    @property
    def remote_candidate(self) -> IceCandidate | None:
        """The other side's of the pair in use."""
        pair = self._connection._nominated.get(1)
        return pair.remote_candidate if pair else None

    @property
    def local_candidates(self) -> tuple[str, ...]:
        """Those found so far, `candidate:…`."""
        return tuple(f"candidate:{each.to_sdp()}" for each in self._connection.local_candidates)

    # Coming to stand.

    async def gather_host(self) -> list[str]:
        """Open sockets; what was found, as SDP has it without `candidate:`.

        Raises:
            OSError: no socket could be opened.
        """
        found = await gathering.gather_host(self._connection)
        self._tap()
        return found

    def gather_no_host(self) -> None:
        """Instead of `gather_host`: be reached by relays only."""
        gathering.gather_no_host(self._connection)

    async def gather_servers(
        self, servers: Sequence[IceServer], found: Callable[[list[str]], None], *, relay_only: bool = False
    ) -> None:
        """Ask STUN and TURN servers, after `gather_host`; returns when all have answered or were given up."""

        def tell(candidates: list[str]) -> None:
            self._tap()
            found(candidates)

        await gathering.gather_servers(self._connection, servers, tell, relay_only=relay_only)

    def control(self) -> None:
        """Ours is the controlling role: we make the offer (RFC 8445 section 6.1.1).

        To be said before `gather_host`: the other side's checks may come before its answer, and would find a conflict
        of roles, which aioice's two sides then settle each in its own way.
        """
        self._connection.ice_controlling = True

    def start(self, remote: RemoteTransport) -> None:
        """Connect, after `gather_host` and with both descriptions known."""
        if not self._closing and self._connecting is None:
            if remote.ice_lite:
                self.control()
            self._ice._role_set = True
            self._connecting = self._loop.create_task(self._connect(remote))

    async def _connect(self, remote: RemoteTransport) -> None:
        try:
            await self._establish(remote)
        except Exception:  # a fault of ours or a library's must not look like a line that is merely slow
            log.exception("a transport broke while it was set up")
            self._broken = True
            self._changed()

    async def _establish(self, remote: RemoteTransport) -> None:
        await self._ice.start(
            RTCIceParameters(usernameFragment=remote.ice.ufrag, password=remote.ice.password, iceLite=remote.ice_lite)
        )
        if self._ice.state != "completed" or self._closing:
            return
        self._dtls._set_role("client" if remote.dtls_client else "server")
        await self._dtls.start(
            RTCDtlsParameters(fingerprints=[RTCDtlsFingerprint(algorithm="sha-256", value=remote.fingerprint)])
        )

    async def add_candidate(self, candidate: IceCandidate) -> None:
        """A candidate of the other side; looks up a name (mDNS), which takes seconds if nobody answers."""
        if not self._remote_ended:
            await self._connection.add_remote_candidate(candidate)

    async def end_candidates(self) -> None:
        """No more will come, from the other side or from our own servers: connecting may fail from now on."""
        if not self._remote_ended:
            self._remote_ended = True
            await self._connection.add_remote_candidate(None)

    async def close(self) -> None:
        """Tell the other side, and free sockets and tasks."""
        self._closing = True
        self._tx = self._rx = None
        self._early.clear()
        with contextlib.suppress(ConnectionError):
            await self._dtls.stop()
        self._flights.end()
        await self._ice.stop()
        if self._connecting is not None:
            await asyncio.gather(self._connecting, return_exceptions=True)
        for task in self._binding:
            task.cancel()
        await asyncio.gather(*self._binding, return_exceptions=True)
        self._changed()

    def _changed(self) -> None:
        dtls, ice = self._dtls.state, self._ice.state
        if self._closing:
            state = "closed"
        elif self._broken or "failed" in (dtls, ice):
            state = "failed"
        elif dtls in ("connected", "closed"):
            state = str(dtls)
        else:
            state = "new" if ice == "new" else "connecting"
        if state == "connected" and self._state != "connected":
            self._tx, self._rx = self._dtls._tx_srtp, self._dtls._rx_srtp
            cipher = self._dtls._ssl.get_selected_srtp_profile()
            self._tag_bytes = SHA1_TAG_BYTES if b"SHA1" in cipher else GCM_TAG_BYTES
            self._choose_way()
        elif state != "connected":
            self._tx = self._rx = None
        if state != self._state:
            self._state = state
            self.on_state()
            while self._early and self._rx is not None:
                self._media(*self._early.popleft())

    # Sending.

    def send(self, data: bytes) -> bool:
        """Encrypt and send a plaintext RTP or RTCP packet of up to `MAX_PACKET_BYTES`, at once.

        False where it could not be sent: not connected, the line behind by `MAX_WAITING_BYTES`, or the system refused.
        """
        if (srtp := self._tx) is None:
            return False
        try:
            protected = srtp.protect_rtcp(data) if is_rtcp(data) else srtp.protect(data)
            if self._connection._nominated.get(1) is not self._pair:
                self._choose_way()
            sent = self._write(protected)
        except (OSError, ValueError, pylibsrtp.Error):
            sent = False
        if sent:
            self.packets_sent += 1
            self.bytes_sent += len(protected)
        else:
            self.send_failures += 1
        return sent

    def _choose_way(self) -> None:
        """Bind what a datagram needs of the pair in use."""
        self._pair = pair = self._connection._nominated.get(1)
        if pair is None:
            self._write = self._refuse
            return
        address, wire = pair.remote_addr, pair.protocol.transport
        overhead = UDP_BYTES + (IPV6_BYTES if ":" in address[0] else IPV4_BYTES) + self._tag_bytes
        if isinstance(wire, turn.TurnTransport):
            overhead += CHANNEL_BYTES
            self._write = partial(self._write_relay, _private(wire), address)
        else:
            self._write = partial(_write_socket, wire, address)
        self.overhead_bytes = overhead

    @staticmethod
    def _refuse(data: bytes) -> bool:
        return False

    def _write_relay(self, wire: Any, address: tuple[str, int], data: bytes) -> bool:
        client = wire._TurnTransport__inner_protocol
        if client.transport.is_closing() or client.transport.get_write_buffer_size() > MAX_WAITING_BYTES:
            return False
        channel = client.peer_to_channel.get(address)
        if channel is None:
            return False  # ICE's checks bind one; without it the relay would refuse the packet
        if time.time() > client.channel_refresh_at[channel]:
            client.channel_refresh_at[channel] = time.time() + client.channel_refresh_time
            task = self._loop.create_task(_bind_again(client, channel, address))
            self._binding.add(task)
            task.add_done_callback(self._binding.discard)
        client._send(struct.pack("!HH", channel, len(data)) + data)
        return True

    def _not_sent(self, error: Exception) -> None:
        """The system refused a datagram after all, or the other side's says that nobody listens."""
        self.send_failures += 1

    # Receiving.

    def _tap(self) -> None:
        """Take RTP off the sockets before aioice tries to read it as STUN and queues it."""
        for protocol in map(_private, self._connection._protocols):
            if protocol not in self._tapped:
                self._tapped.add(protocol)
                protocol.datagram_received = partial(self._datagram, protocol.datagram_received)
                protocol.error_received = self._not_sent
                if not isinstance(protocol.transport, turn.TurnTransport):
                    protocol.transport.max_size = _RECEIVE_BYTES

    def _datagram(self, onward: Callable[[bytes, Any], None], data: bytes, address: Any) -> None:
        if not data:
            return
        if _RTP_FIRST <= data[0] <= _RTP_LAST:
            if self._rx is not None:
                self._media(data, time.monotonic())
            elif not self._closing:
                self._early.append((data, time.monotonic()))
            return
        try:
            onward(data, address)
        except (struct.error, LookupError, ValueError):  # what aioice's reading of STUN stumbles over
            self.damaged += 1

    def _media(self, data: bytes, now_s: float) -> None:
        if (srtp := self._rx) is None:
            return
        try:
            plain = srtp.unprotect_rtcp(data) if is_rtcp(data) else srtp.unprotect(data)
        except (ValueError, pylibsrtp.Error):  # not from the other side, or here already
            self.damaged += 1
            return
        self.packets_received += 1
        self.bytes_received += len(data)
        self.on_packet(plain, now_s)

    async def _late_rtp(self, data: bytes, arrival_time_ms: int) -> None:
        """A packet that came aiortc's way, from a relay that was not tapped yet."""
        self.packets_received += 1
        self.bytes_received += len(data)
        self.on_packet(data, time.monotonic())

    async def _late_rtcp(self, data: bytes) -> None:
        await self._late_rtp(data, 0)


def _private(thing: object) -> Any:
    """An object of a library whose private names are to be used."""
    return thing


def _write_socket(wire: asyncio.DatagramTransport, address: tuple[str, int], data: bytes) -> bool:
    if _private(wire).get_write_buffer_size() > MAX_WAITING_BYTES:
        return False
    wire.sendto(data, address)
    return True


async def _bind_again(client: Any, channel: int, address: tuple[str, int]) -> None:
    """Refresh a relay's channel, which would lapse after ten minutes (RFC 8656 section 12)."""
    try:
        await client.channel_bind(channel, address)
    except Exception:  # whatever it was, it is tried again until the channel lapses
        client.channel_refresh_at[channel] = time.time() + CHANNEL_RETRY_S
